import * as fc from "fast-check";
import { renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import type { RawConfiguration } from "../../constructs/consul/raw-configuration";
import { canonicalJson } from "../../constructs/core/objects";
import { firstSecretIn, namesSecret } from "../../constructs/core/secrets";
import { expectFault } from "../support/faults";

const render = (raw: RawConfiguration, version = "1.19.2") =>
  JSON.parse(renderAgentConfiguration({ raw }, { version })) as Record<string, unknown>;

describe("raw keys", () => {
  test("are merged beside typed ones, section by section", () => {
    const written = render({
      node_meta_extra: { a: [1, "x", true, { b: 1.5 }] },
      acl: { enabled: true, default_policy: "deny", enable_token_replication: true, token_ttl: "30s" },
      dns_config: { prefer_namespace: false },
      tls: { defaults: { ca_file: "/tls/ca.pem", key_file: "/tls/key.pem", verify_outgoing: true } },
    });
    expect(written).toMatchObject({
      node_meta_extra: { a: [1, "x", true, { b: 1.5 }] },
      acl: { enabled: true, default_policy: "deny", enable_token_replication: true, token_ttl: "30s" },
      dns_config: { prefer_namespace: false, node_ttl: "10s", soa: { min_ttl: 1 } },
      tls: { defaults: { ca_file: "/tls/ca.pem", key_file: "/tls/key.pem", verify_outgoing: true } },
    });
  });

  test.each<[string, RawConfiguration, string]>([
    ["raw.datacenter", { datacenter: "dc1" }, "Give it as the prop datacenter"],
    ["raw.dns_config.node_ttl", { dns_config: { node_ttl: "1s" } }, "Give it as the prop dnsConfig.nodeTtl"],
    ["raw.DNS_Config.Node_TTL", { DNS_Config: { Node_TTL: "1s" } }, "Give it as the prop dnsConfig.nodeTtl"],
    [
      "raw.dns_config.service_ttl",
      { dns_config: { service_ttl: { web: "1s" } } },
      "Give it as the prop dnsConfig.serviceTtl",
    ],
    ["raw.ui", { ui: true }, "Give it as the prop uiConfig.enabled"],
    ["raw.ui_config.enabled", { ui_config: { enabled: true } }, "Give it as the prop uiConfig.enabled"],
  ])("that have a prop are refused: %s", (prop, raw, mend) => {
    expectFault(() => render(raw), "consul/raw-typed", prop, "keys that have no prop of their own", mend);
  });

  test.each<[string, RawConfiguration]>([
    ["raw.encrypt", { encrypt: "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=" }],
    ["raw.Encrypt", { Encrypt: "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=" }],
    ["raw.acl.tokens.default", { acl: { tokens: { default: "hunter2" } } }],
    ["raw.acl.tokens.agent", { acl: { tokens: { agent: 12345 } } }],
    ["raw.acl_master_token", { acl_master_token: "hunter2" }],
    ["raw.cloud.client_secret", { cloud: { client_secret: "hunter2" } }],
    ["raw.telemetry.circonus_api_token", { telemetry: { circonus_api_token: "hunter2" } }],
    ["raw.connect.ca_config.private_key", { connect: { ca_config: { private_key: "hunter2" } } }],
    [
      "raw.connect.ca_config.leaf",
      { connect: { ca_config: { leaf: "-----BEGIN EC PRIVATE KEY-----\nMH" } } },
    ],
    ["raw.services[0].token", { services: [{ name: "web", token: "hunter2" }] }],
    [
      "raw.checks[0].header.Authorization[0]",
      { checks: [{ header: { Authorization: ["Basic aHVudGVyMg=="] } }] },
    ],
    [
      "raw.ui_config.metrics_proxy.add_headers[0].value",
      { ui_config: { metrics_proxy: { add_headers: [{ name: "Authorization", value: "hunter2" }] } } },
    ],
    ["raw.start_join[0]", { start_join: ["provider=aws secret_access_key=hunter2"] }],
  ])("that hold a secret are refused without showing it: %s", (prop, raw) => {
    const fault = expectFault(
      () => render(raw),
      "consul/secret",
      prop,
      "(masked)",
      "Terraform's state",
      "a later release",
    );
    expect(fault.message).not.toMatch(/hunter2|12345|pUqJ|BEGIN/);
  });

  test("that the version does not know are refused", () => {
    const raw = { tls: { defaults: { ca_file: "/tls/ca.pem" } } };
    expect(render(raw, "1.12.0")).toMatchObject(raw);
    expectFault(
      () => render(raw, "1.11.11"),
      "consul/option-version",
      "raw.tls",
      "Consul 1.11.11",
      "from 1.12.0 on",
    );
  });

  test.each<[string, unknown]>([
    ["raw", []],
    ["raw.dns_config", { dns_config: "off" }],
    ["raw.limits", { limits: [1] }],
    ["raw.x", { x: null }],
    ["raw.x", { x: Number.NaN }],
    ["raw.x[1]", { x: [1, () => 1] }],
  ])("that are no JSON of the right kind are refused: %s", (prop, raw) => {
    expectFault(() => render(raw as RawConfiguration), "consul/wrong-kind", prop);
  });

  test("reach the file as they are, whatever they hold", () => {
    const harmless = fc
      .string({ unit: "binary" })
      .filter((text) => firstSecretIn(text) === undefined && !text.includes("${Tf"));
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.boolean(),
        fc.double({ noNaN: true, noDefaultInfinity: true }).map((n) => (Object.is(n, -0) ? 0 : n)),
        harmless,
        fc.constantFrom('"', "\n", "${var.x}", "%{if}", "}", '","x":"', "\\", "\u2028", "$${", "</script>"),
        fc.array(tie("value")),
        fc.dictionary(
          harmless.filter((name) => !namesSecret(name)),
          tie("value"),
          { noNullPrototype: true },
        ),
      ),
    })).value;
    fc.assert(
      fc.property(value, (x) => {
        const { zz_untyped: written, ...rest } = render({ zz_untyped: x } as RawConfiguration);
        expect(canonicalJson(written)).toBe(canonicalJson(x));
        expect(rest).toEqual(render({}));
      }),
    );
  });
});
