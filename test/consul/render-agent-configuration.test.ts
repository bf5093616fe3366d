import { join } from "node:path";
import * as fc from "fast-check";
import { TerraformLocal, TerraformVariable, Token } from "cdktf";
import type { ConsulAgentConfiguration } from "../../constructs/consul/agent-configuration";
import { AGENT_OPTIONS } from "../../constructs/consul/agent-options";
import { CONSUL_MINORS } from "../../constructs/consul/consul-versions";
import { ListenAddress } from "../../constructs/consul/listen-address";
import type { PlacedOption } from "../../constructs/consul/option";
import { keysOf, renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import { Duration } from "../../constructs/core/duration";
import { firstSecretIn } from "../../constructs/core/secrets";
import { escapeTemplate } from "../../constructs/core/tokens";
import { expectGolden } from "../support/golden";
import { synthesizeStack } from "../support/apps";
import { at, configurationOf, corpus } from "./agent-samples";

const golden = (name: string) => join(__dirname, "golden", name);
const render = (config: ConsulAgentConfiguration, version = "1.19.2") =>
  renderAgentConfiguration(config, { version });
const parsed = (config: ConsulAgentConfiguration, version?: string) =>
  JSON.parse(render(config, version)) as Record<string, unknown>;

describe("the text", () => {
  test("of nothing is that of the defaults", () => {
    expect(render({})).toBe(`{
  "data_dir": "/consul/data",
  "disable_update_check": true,
  "dns_config": {
    "enable_truncate": true,
    "node_ttl": "10s",
    "only_passing": true,
    "service_ttl": {
      "*": "3s"
    },
    "soa": {
      "min_ttl": 1
    }
  }
}
`);
  });

  test.each(["1.8.7", "1.22.0"])("of every option of %s", (version) => {
    const [server, , client] = corpus(version);
    expectGolden(golden(`agent-server-${version}.json`), render(server!.config, version));
    expectGolden(golden(`agent-client-${version}.json`), render(client!.config, version));
  });
});

describe("defaults", () => {
  test("give servers raft's own times, and clients none", () => {
    expect(parsed({ server: true })).toMatchObject({
      performance: { raft_multiplier: 1 },
      raft_snapshot_threshold: 1,
    });
    expect(parsed({ server: false })).not.toHaveProperty("performance");
    expect(parsed({ server: false })).not.toHaveProperty("raft_snapshot_threshold");
  });

  test("are put in beside what is said, not over it", () => {
    const { dns_config: dns, ...rest } = parsed({
      dataDir: "/data",
      disableUpdateCheck: false,
      dnsConfig: {
        serviceTtl: { web: Duration.seconds(9) },
        soa: { retry: Duration.minutes(1) },
        onlyPassing: false,
      },
    });
    expect(rest).toEqual({ data_dir: "/data", disable_update_check: false });
    expect(dns).toEqual({
      enable_truncate: true,
      node_ttl: "10s",
      only_passing: false,
      service_ttl: { "*": "3s", web: "9s" },
      soa: { min_ttl: 1, retry: 60 },
    });
  });

  test("give way to `*`", () => {
    expect(parsed({ dnsConfig: { serviceTtl: { "*": Duration.seconds(0) } } })).toMatchObject({
      dns_config: { service_ttl: { "*": "0s" } },
    });
  });
});

describe("versions", () => {
  const ui = { uiConfig: { enabled: true, contentPath: "/c/" } };

  test("the user interface is ui before 1.9 and ui_config from it on", () => {
    expect(parsed(ui, "1.8.19")).toMatchObject({ ui: true, ui_content_path: "/c/" });
    expect(parsed(ui, "1.8.19")).not.toHaveProperty("ui_config");
    expect(parsed(ui, "1.9.0")).toMatchObject({ ui_config: { enabled: true, content_path: "/c/" } });
    expect(parsed(ui, "1.9.0")).not.toHaveProperty("ui");
  });
});

describe("addresses", () => {
  test("every interface, an interface and a template by their words", () => {
    expect(
      parsed({
        bindAddr: ListenAddress.template(
          '{{ GetPrivateInterfaces | include "network" "10.0.0.0/8" | attr "address" }}',
        ),
        clientAddr: ["127.0.0.1", ListenAddress.ofInterface("docker0")],
        addresses: { dns: [ListenAddress.everyInterface()] },
        advertiseAddr: "2001:DB8:0::1",
      }),
    ).toMatchObject({
      bind_addr: '{{ GetPrivateInterfaces | include "network" "10.0.0.0/8" | attr "address" }}',
      client_addr: '127.0.0.1 {{ GetInterfaceIP "docker0" }}',
      addresses: { dns: "0.0.0.0" },
      advertise_addr: "2001:db8::1",
    });
  });
});

describe("tokens", () => {
  test("become JSON when Terraform runs, whatever their kind", () => {
    const json = synthesizeStack((stack) => {
      const address = new TerraformVariable(stack, "address", { type: "string" });
      const count = new TerraformVariable(stack, "count_of", { type: "number" });
      const list = new TerraformVariable(stack, "joined", { type: "list(string)" });
      const text = render({
        bindAddr: address.stringValue,
        nodeMeta: { note: `at ${address.stringValue} with \${this}` },
        ports: { http: Token.asNumber(count.value) },
        retryJoin: Token.asList(list.value),
      });
      new TerraformLocal(stack, "text", escapeTemplate(text));
    });
    const text = (json as unknown as { locals: { text: string } }).locals.text;
    expect(text).toContain('"bind_addr": ${jsonencode(var.address)},');
    expect(text).toContain('"http": ${jsonencode(var.count_of)}\n');
    expect(text).toContain('"retry_join": ${jsonencode(var.joined)}');
    expect(text).toContain('"note": "at ${var.address} with $${this}"');
  });
});

describe("whatever is given", () => {
  const minors = fc.constantFrom(...CONSUL_MINORS.map(({ minor }) => `${minor}.0`));
  /** Any of the options that go together in a version; what one of them needs comes with it. */
  const choice = minors.chain((version) =>
    fc.constantFrom(...corpus(version)).chain(({ options, config }) => {
      const companions = new Set([
        "server", "bindAddr", "advertiseAddr", "raftLogstore.backend", "connect.enabled", "dnsConfig.useCache", "locality.region", "enableSyslog",
        "dnsConfig.soa.refresh", "dnsConfig.soa.retry", "dnsConfig.soa.expire", "domain", "gossipLan.probeInterval", "gossipWan.probeInterval", "maxQueryTime",
        ...options.filter(({ props }) => props[0] === "ports").map(({ props }) => props.join(".")),
      ]); // prettier-ignore
      const needed = options.filter(({ props }) => companions.has(props.join(".")));
      return fc.subarray(options.filter((option) => !needed.includes(option))).map((some) => {
        const chosen = [...needed, ...some];
        return { version, chosen, config: pick(config, chosen) };
      });
    }),
  );

  function pick(
    config: ConsulAgentConfiguration,
    options: readonly PlacedOption[],
  ): ConsulAgentConfiguration {
    return configurationOf(options, { name: "", server: true, without: [], instead: config });
  }

  test("the keys are those of the options, and of the defaults", () => {
    const defaults = ["data_dir", "disable_update_check", "dns_config.enable_truncate", "dns_config.node_ttl", "dns_config.only_passing", "dns_config.service_ttl", "dns_config.soa.min_ttl"]; // prettier-ignore
    fc.assert(
      fc.property(choice, ({ version, chosen, config }) => {
        const written = parsed(config, version);
        const expected = new Set([
          ...defaults,
          ...(config.server === true ? ["performance.raft_multiplier", "raft_snapshot_threshold"] : []),
          ...chosen.map((option) => keysOf(option, version).join(".")),
        ]);
        const paths = AGENT_OPTIONS.map((option) => keysOf(option, version));
        const found = paths.filter((keys) => at(written, keys) !== undefined).map((keys) => keys.join("."));
        expect(new Set(found)).toEqual(expected);
      }),
    );
  });

  test("the order in which it is given does not matter", () => {
    fc.assert(
      fc.property(choice, ({ version, chosen, config }) => {
        expect(render(pick(config, [...chosen].reverse()), version)).toBe(render(config, version));
      }),
    );
  });

  test("texts stay within their quotes", () => {
    const hostile = fc
      .oneof(
        fc.string({ unit: "binary", minLength: 1, maxLength: 60 }),
        fc.constantFrom(
          '"',
          '\\"',
          "a\nb",
          "${var.x}",
          "%{ if true }",
          "}",
          '"},{"',
          "\u2028",
          "\\u0022",
          "$${",
          "{{ }}",
          "// x",
          "\u0000",
        ),
      )
      .filter((text) => firstSecretIn(text) === undefined && !text.includes("${TfToken["));
    fc.assert(
      fc.property(
        hostile,
        hostile,
        hostile,
        hostile,
        fc.uniqueArray(hostile, { minLength: 1 }),
        (a, b, c, d, list) => {
          const { node_meta, log_file, syslog_facility, telemetry, retry_join, ...rest } = parsed({
            nodeMeta: { rack: a },
            logFile: `/${b}`,
            enableSyslog: true,
            syslogFacility: c,
            telemetry: { metricsPrefix: d, dogstatsdTags: list },
            retryJoin: list,
          });
          expect({ node_meta, log_file, syslog_facility, telemetry, retry_join }).toEqual({
            node_meta: { rack: a },
            log_file: `/${b}`,
            syslog_facility: c,
            telemetry: { metrics_prefix: d, dogstatsd_tags: list },
            retry_join: list,
          });
          expect(rest).toEqual(parsed({ enableSyslog: true }));
        },
      ),
    );
  });

  test("times are written as Go reads them", () => {
    const unit: Record<string, number> = { h: 3_600_000, m: 60_000, s: 1_000, ms: 1 };
    const read = (text: string) =>
      [...text.matchAll(/([\d.]+)(ms|h|m|s)/g)].reduce(
        (sum, [, n, u]) => sum + Number(n) * (unit[u ?? ""] ?? NaN),
        0,
      );
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10 ** 10 }), (ms) => {
        const { retry_interval } = parsed({ retryInterval: Duration.milliseconds(ms) });
        expect(retry_interval).toMatch(/^(?:\d+ms|(?:\d+h)?(?:\d+m)?\d+(?:\.\d+)?s)$/);
        expect(Math.round(read(retry_interval as string))).toBe(ms);
      }),
    );
  });
});
