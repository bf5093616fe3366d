import { Fn, Token } from "cdktf";
import * as fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Check } from "../../constructs/discovery/check";
import type { ServiceRegistration } from "../../constructs/discovery/service-catalog";
import { renderServiceLabels } from "../../constructs/registrator/service-labels";
import { expectFault } from "./faults";
import { buildCheck, newService } from "./registrator-parse";

const refuse = (
  registration: ServiceRegistration,
  code: string,
  prop: string,
  ...parts: readonly string[]
) => {
  expectFault(() => renderServiceLabels(registration, "here"), code, prop, "here: ", ...parts);
};

describe("renderServiceLabels", () => {
  test("writes everything under the port, sorted", () => {
    expect(
      Object.entries(
        renderServiceLabels({
          port: 8000,
          name: "shop",
          tags: ["blue", "urlprefix-/shop", "a,b"],
          meta: { team: "${sales}", "cost-centre": "", zone_1: "eu=1" },
          check: Check.http("/healthz", { interval: Duration.seconds(2) }),
        }),
      ),
    ).toEqual([
      ["SERVICE_8000_CHECK_HTTP", "/healthz"],
      ["SERVICE_8000_CHECK_INTERVAL", "2s"],
      ["SERVICE_8000_CHECK_TIMEOUT", "2s"],
      ["SERVICE_8000_COST-CENTRE", ""],
      ["SERVICE_8000_NAME", "shop"],
      ["SERVICE_8000_TAGS", "blue,urlprefix-/shop,a\\,b"],
      ["SERVICE_8000_TEAM", "${sales}"],
      ["SERVICE_8000_ZONE_1", "eu=1"],
    ]);
    expect(renderServiceLabels({ port: 80 })).toEqual({});
  });

  test("registrator reads the registration back, in whatever order Go walks through the labels", () => {
    const key = fc
      .stringMatching(/^[a-z0-9_-]{1,12}$/)
      .filter((text) => !/^(\d+_|check_|consul-)|^(id|name|tags|ignore)$/.test(text));
    const tag = fc
      .string({ unit: fc.constantFrom(",", "\\", "a", "B", "$", "{", "%", '"', "=", " ", "ü"), minLength: 1 })
      .filter((text) => !text.endsWith("\\"));
    const registration = fc.record(
      {
        port: fc.integer({ min: 1, max: 65_535 }),
        name: fc
          .stringMatching(/^[a-z][a-z0-9]{0,20}$/)
          .filter((text) => text !== "consul" && text !== "sha256"),
        tags: fc.uniqueArray(tag, { maxLength: 4 }),
        meta: fc.dictionary(key, fc.string({ unit: "grapheme", maxLength: 40 }), { maxKeys: 6 }),
        check: fc.constantFrom(Check.tcp(), Check.http("/"), Check.ttl(Duration.seconds(9))),
      },
      { requiredKeys: ["port"] },
    );
    fc.assert(
      fc.property(
        fc.array(registration, { minLength: 1, maxLength: 3 }),
        fc.array(fc.nat(), { minLength: 40, maxLength: 40 }),
        (all, order) => {
          const byPort = new Map(all.map((one) => [one.port, one]));
          const labels = [...byPort.values()]
            .flatMap((one) => Object.entries(renderServiceLabels(one)))
            .map((label, i) => ({ label, at: order[i % 40] ?? 0 }))
            .sort((a, b) => a.at - b.at)
            .map(({ label }) => label);
          for (const one of byPort.values()) {
            const isGroup = byPort.size > 1;
            const service = newService(labels, "registry:5000/team/app:1", String(one.port), isGroup);
            expect(service?.name).toBe(one.name ?? (isGroup ? `app-${one.port}` : "app"));
            expect([...(service?.tags ?? [])].reverse()).toEqual(one.tags ?? []);
            const attrs = { ...service?.attrs };
            expect(buildCheck(attrs, "10.0.0.1", 1) === undefined).toBe(one.check === undefined);
            const meta = Object.entries(attrs).filter(([name]) => !name.startsWith("check_"));
            expect(meta.sort()).toEqual(Object.entries(one.meta ?? {}).sort());
          }
        },
      ),
      { numRuns: 1_000 },
    );
  });

  test("refuses metadata that registrator or Consul would not keep", () => {
    const meta = (key: string, code: string, ...parts: readonly string[]) => {
      refuse({ port: 80, meta: { [key]: "x" } }, code, "meta", ...parts);
    };
    for (const key of ["", "teamName", "a b", "a=b", "a.b", "ü", "a".repeat(129)]) {
      meta(key, "registrator/meta-key", "small letters", "registrator turns capitals into small letters");
    }
    meta("id", "registrator/meta-key", "cleanup removes live services");
    for (const key of ["name", "tags", "ignore", "check_http", "check_x"]) {
      meta(key, "registrator/meta-key", "which registrator takes for itself");
    }
    meta("consul-network-segment", "registrator/meta-key", "which Consul keeps for itself");
    meta("80_name", "registrator/meta-key", "which registrator takes for a port");
    expect(renderServiceLabels({ port: 80, meta: { "80": "x", checked: "y" } })).toEqual({
      SERVICE_80_80: "x",
      SERVICE_80_CHECKED: "y",
    });
  });

  test("keeps to the limits of Consul's metadata, which the check is part of", () => {
    const many = Object.fromEntries(Array.from({ length: 64 }, (_, i) => [`k${i}`, "v"]));
    expect(Object.keys(renderServiceLabels({ port: 80, meta: many, name: "a", tags: ["b"] }))).toHaveLength(
      66,
    );
    refuse(
      { port: 80, meta: many, check: Check.tcp() },
      "registrator/meta-count",
      "meta",
      "got 65",
      "at most 64",
    );
    refuse(
      { port: 80, meta: { a: "é".repeat(257) } },
      "registrator/meta-value",
      "meta.a",
      "at most 512 bytes",
    );
    refuse(
      { port: 80, check: Check.http(`/${"a".repeat(512)}`) },
      "registrator/meta-value",
      "check",
      "Shorten it",
    );
    expect(renderServiceLabels({ port: 80, meta: { a: "é".repeat(256) } })).toHaveProperty("SERVICE_80_A");
  });

  test("masks what its key calls a secret", () => {
    expect(() => renderServiceLabels({ port: 80, meta: { api_token: "s3cr3t".repeat(100) } })).toThrow(
      "(masked)",
    );
  });

  test("refuses names that cannot be looked up", () => {
    for (const name of ["", "a.b", "a_b", "-a", "a".repeat(64), "image@sha256"]) {
      refuse({ port: 80, name }, "registrator/service-name", "name", "a DNS label (RFC 1123)");
    }
    refuse({ port: 80, name: "sha256" }, "registrator/service-name", "name", "an image given by its ID");
    refuse({ port: 80, name: "Consul" }, "registrator/service-name", "name", "Consul's servers");
  });

  test("refuses ports that are none", () => {
    refuse({ port: 0 }, "core/port", "port", "1 to 65535");
    refuse(
      { port: Token.asNumber(Fn.lengthOf(["a"])) },
      "registrator/port-token",
      "port",
      "part of the labels' names",
    );
  });

  test("refuses tags and checks as their own renderers do", () => {
    refuse({ port: 80, tags: ["a", ""] }, "registrator/tag", "tags[1]", "not empty");
    refuse(
      { port: 80, check: Check.script("a b") },
      "registrator/check-script",
      "check.commandLine",
      "runs no shell",
    );
  });

  test("lets tokens through", () => {
    const token = Fn.upper("x");
    expect(renderServiceLabels({ port: 80, name: token, meta: { a: token } })).toEqual({
      SERVICE_80_A: token,
      SERVICE_80_NAME: token,
    });
  });
});
