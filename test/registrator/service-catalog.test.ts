import { Testing, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import * as fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Check } from "../../constructs/discovery/check";
import type {
  RegisteredPort,
  RegistrationSubject,
  ServiceRegistration,
} from "../../constructs/discovery/service-catalog";
import { ServiceCatalog } from "../../constructs/registrator/service-catalog";
import { expectFault } from "./faults";

const stack = new TerraformStack(Testing.app(), "web-stack");
let made = 0;
function subject(ports: readonly RegisteredPort[], image?: string): RegistrationSubject {
  made += 1;
  return {
    construct: new Construct(stack, `web${made}`),
    publishedPorts: ports,
    ...(image === undefined ? {} : { image }),
  };
}
const on = (hostAddress: string, containerPort = 8000): RegisteredPort => ({
  containerPort,
  protocol: "tcp",
  hostAddress,
});
const everywhere: RegisteredPort = { containerPort: 8000, protocol: "tcp" };
const catalog = ServiceCatalog.fromConsul();

function refuse(
  by: ServiceCatalog,
  who: RegistrationSubject,
  registration: ServiceRegistration,
  code: string,
  prop: string,
  ...parts: readonly string[]
): void {
  expectFault(
    () => by.registrationLabels(who, registration),
    code,
    prop,
    `${who.construct.node.path}: `,
    ...parts,
  );
}

describe("dnsNameOf", () => {
  test("follows Consul's grammar", () => {
    expect(catalog.domain).toBe("consul");
    expect(catalog.dnsNameOf("shop")).toBe("shop.service.consul");
    expect(catalog.dnsNameOf("shop", { tag: "blue" })).toBe("blue.shop.service.consul");
    expect(catalog.dnsNameOf("shop", { datacenter: "dc2" })).toBe("shop.service.dc2.consul");
    expect(catalog.dnsNameOf("shop", { tag: "blue", datacenter: "dc2" })).toBe(
      "blue.shop.service.dc2.consul",
    );
    expect(catalog.dnsNameOf("consul")).toBe("consul.service.consul");
    expect(catalog.dnsNameOf("bitbucket-server-7990")).toBe("bitbucket-server-7990.service.consul");
  });

  test("takes domain and datacenter from the catalogue", () => {
    const other = ServiceCatalog.fromConsul({ domain: "sd.example.com", datacenter: "dc1" });
    expect(other.dnsNameOf("shop")).toBe("shop.service.dc1.sd.example.com");
    expect(other.dnsNameOf("shop", { datacenter: "dc2" })).toBe("shop.service.dc2.sd.example.com");
  });

  test("is a domain name whatever it is given, or an error", () => {
    fc.assert(
      fc.property(fc.string(), fc.option(fc.string(), { nil: undefined }), (service, tag) => {
        let name: string;
        try {
          name = catalog.dnsNameOf(service, tag === undefined ? {} : { tag });
        } catch {
          return;
        }
        expect(name).toBe(`${tag === undefined ? "" : `${tag}.`}${service}.service.consul`);
        expect(name).toMatch(/^([A-Za-z0-9-]+\.){2,3}consul$/);
      }),
    );
  });

  test("refuses what has no name in DNS", () => {
    const refuseName = (service: string, options: object, code: string, prop: string, part: string) => {
      expectFault(() => catalog.dnsNameOf(service, options), code, prop, "ServiceCatalog.dnsNameOf: ", part);
    };
    refuseName("a.b", {}, "registrator/service-name", "service", "a DNS label");
    refuseName("sha256", {}, "registrator/service-name", "service", "given by its ID");
    refuseName("shop", { tag: "urlprefix-/shop" }, "core/dns-label", "tag", "a DNS label");
    refuseName("shop", { datacenter: "a b" }, "core/dns-label", "datacenter", "a DNS label");
    for (const datacenter of ["node", "Service", "query", "addr", "connect", "virtual", "ingress"]) {
      refuseName("shop", { datacenter }, "registrator/datacenter", "datacenter", "the kind of a query");
    }
    const long = ServiceCatalog.fromConsul({
      domain: `${"a".repeat(60)}.${"b".repeat(60)}.${"c".repeat(60)}`,
    });
    expectFault(
      () => long.dnsNameOf("s".repeat(63), { tag: "t".repeat(40) }),
      "core/domain-name",
      "service",
      "up to 253 characters",
    );
  });
});

describe("fromConsul", () => {
  test("checks what it is given", () => {
    const of = (options: object) => () => ServiceCatalog.fromConsul(options);
    expectFault(of({ domain: "consul." }), "core/domain-name", "domain", "without a dot at the end");
    expectFault(of({ datacenter: "dc.1" }), "core/dns-label", "datacenter", "a DNS label");
    expectFault(of({ datacenter: "node" }), "registrator/datacenter", "datacenter", "the kind of a query");
    expectFault(of({ registeredAddress: "web1" }), "core/address", "registeredAddress", "an IPv4 address");
    expectFault(
      of({ registeredAddress: "0.0.0.0" }),
      "registrator/registered-address",
      "registeredAddress",
      "one address",
    );
    expectFault(
      of({ registeredAddress: "10.0.0.1", internal: true }),
      "registrator/registered-address",
      "registeredAddress",
      "nothing together with internal",
    );
  });
});

describe("registrationLabels", () => {
  test("labels a published port", () => {
    expect(
      catalog.registrationLabels(subject([on("172.30.0.1")]), {
        port: 8000,
        name: "shop",
        check: Check.http("/healthz", { interval: Duration.seconds(2), initialStatus: "passing" }),
      }),
    ).toEqual({
      SERVICE_8000_CHECK_HTTP: "/healthz",
      SERVICE_8000_CHECK_INITIAL_STATUS: "passing",
      SERVICE_8000_CHECK_INTERVAL: "2s",
      SERVICE_8000_CHECK_TIMEOUT: "2s",
      SERVICE_8000_NAME: "shop",
    });
  });

  test("keeps a container out", () => {
    expect(catalog.ignoreLabels()).toEqual({ SERVICE_IGNORE: "true" });
  });

  test("wants the port published, unless containers are registered at their own address", () => {
    refuse(
      catalog,
      subject([on("10.0.0.1", 80)]),
      { port: 8000 },
      "registrator/not-published",
      "port",
      "(80/tcp)",
      "not the host's",
    );
    refuse(catalog, subject([]), { port: 8000 }, "registrator/not-published", "port", "(none is)");
    const internal = ServiceCatalog.fromConsul({ internal: true });
    expect(internal.registrationLabels(subject([]), { port: 8000, name: "shop" })).toEqual({
      SERVICE_8000_NAME: "shop",
    });
  });

  test("wants a name where the default one cannot be looked up", () => {
    refuse(
      catalog,
      subject([everywhere], "shop@sha256:0123"),
      { port: 8000 },
      "registrator/default-name",
      "name",
      '"shop@sha256"',
      "repository:tag@digest",
    );
    refuse(
      catalog,
      subject([everywhere], "my.shop:1"),
      { port: 8000 },
      "registrator/default-name",
      "name",
      "my.shop",
    );
    expect(
      catalog.registrationLabels(subject([everywhere], "my.shop:1"), { port: 8000, name: "shop" }),
    ).toEqual({
      SERVICE_8000_NAME: "shop",
    });
    expect(catalog.registrationLabels(subject([everywhere], "shop:1"), { port: 8000 })).toEqual({});
  });

  test("wants a name where registrator passes over what has none", () => {
    const explicit = ServiceCatalog.fromConsul({ explicit: true });
    refuse(explicit, subject([everywhere]), { port: 8000 }, "registrator/name-required", "name", "-explicit");
    expect(explicit.registrationLabels(subject([everywhere]), { port: 8000, name: "shop" })).toEqual({
      SERVICE_8000_NAME: "shop",
    });
  });

  test("allows a script check where the agents do", () => {
    const script: ServiceRegistration = { port: 8000, name: "shop", check: Check.script("/checks/up") };
    refuse(
      catalog,
      subject([everywhere]),
      script,
      "registrator/script-check",
      "check",
      "enable_script_checks",
    );
    expect(
      ServiceCatalog.fromConsul({ allowsScriptChecks: true }).registrationLabels(
        subject([everywhere]),
        script,
      ),
    ).toMatchObject({ SERVICE_8000_CHECK_SCRIPT: "/checks/up" });
  });

  test("refuses a check over TCP of a port that is published over UDP alone", () => {
    const udp: RegisteredPort = { containerPort: 8000, protocol: "udp" };
    const check = Check.tcp();
    refuse(
      catalog,
      subject([udp]),
      { port: 8000, name: "a", check },
      "registrator/check-udp",
      "check",
      "over UDP alone",
    );
    expect(
      catalog.registrationLabels(subject([udp, everywhere]), { port: 8000, name: "a", check }),
    ).toHaveProperty("SERVICE_8000_CHECK_TCP");
    expect(catalog.registrationLabels(subject([udp]), { port: 8000, name: "a" })).toHaveProperty(
      "SERVICE_8000_NAME",
    );
  });

  test.each([Check.http("/"), Check.https("/"), Check.tcp(), Check.grpc()])(
    "refuses a network check of a service at loopback ($kind)",
    (check) => {
      const registration = { port: 8000, name: "shop", check };
      for (const address of ["127.0.0.1", "127.8.8.8", "::1"]) {
        refuse(
          catalog,
          subject([on(address)]),
          registration,
          "registrator/check-address",
          "check",
          "published on loopback",
        );
        const local = ServiceCatalog.fromConsul({ registeredAddress: address });
        refuse(
          local,
          subject([everywhere]),
          registration,
          "registrator/check-address",
          "check",
          "registered at loopback",
        );
      }
    },
  );

  test("allows loopback without a network check", () => {
    const local = ServiceCatalog.fromConsul({ registeredAddress: "127.0.0.1" });
    const check = Check.ttl(Duration.seconds(30));
    expect(
      local.registrationLabels(subject([on("127.0.0.1")]), { port: 8000, name: "a", check }),
    ).toHaveProperty("SERVICE_8000_CHECK_TTL");
    expect(catalog.registrationLabels(subject([on("127.0.0.1")]), { port: 8000, name: "a" })).toHaveProperty(
      "SERVICE_8000_NAME",
    );
  });

  test("refuses a port that nobody reaches at the address that is registered", () => {
    const host = ServiceCatalog.fromConsul({ registeredAddress: "10.0.0.1" });
    refuse(
      host,
      subject([on("127.0.0.1")]),
      { port: 8000, name: "a" },
      "registrator/address-unreachable",
      "port",
      "published on 127.0.0.1",
      "Publish it on 10.0.0.1",
    );
    for (const address of ["10.0.0.1", "0.0.0.0", "10.0.0.2"]) {
      expect(
        host.registrationLabels(subject([on(address)]), { port: 8000, name: "a", check: Check.tcp() }),
      ).toHaveProperty("SERVICE_8000_CHECK_TCP");
    }
  });

  test("refuses a network check of an IPv6 address, which registrator writes without brackets", () => {
    const host = ServiceCatalog.fromConsul({ registeredAddress: "fd00::1" });
    refuse(
      host,
      subject([everywhere]),
      { port: 8000, name: "a", check: Check.tcp() },
      "registrator/check-address",
      "check",
      "without the brackets",
    );
    expect(host.registrationLabels(subject([on("fd00:0::1")]), { port: 8000, name: "a" })).toHaveProperty(
      "SERVICE_8000_NAME",
    );
  });

  test("refuses two registrations of one port, through whatever catalogue", () => {
    const who = subject([everywhere, on("10.0.0.1", 9000)]);
    const labels = catalog.registrationLabels(who, { port: 8000, name: "shop" });
    expect(catalog.registrationLabels(who, { port: 8000, name: "shop" })).toEqual(labels);
    expect(catalog.registrationLabels(who, { port: 9000, name: "shop" })).toHaveProperty("SERVICE_9000_NAME");
    refuse(
      ServiceCatalog.fromConsul({ domain: "other" }),
      who,
      { port: 8000, name: "shop2" },
      "registrator/duplicate-port",
      "port",
      "one registration a port",
    );
  });
});
