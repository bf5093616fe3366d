import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { Check } from "../../constructs/discovery/check";
import { ValidationErrors } from "../../constructs/core/errors";
import { environments } from "../../environments";
import type { Environment, HostDescription } from "../../environments/environment";
import { production } from "../../environments/production";
import { serverNames, validateEnvironment } from "../../environments/validate";

function host(
  n: number,
  consul: HostDescription["consul"],
  more: Partial<HostDescription> = {},
): HostDescription {
  return {
    address: `10.40.0.${n}`,
    connection: { kind: "ssh" },
    network: { name: "services", subnet: `10.41.${n}.0/24`, ipRange: `10.41.${n}.128/25` },
    consul,
    ...more,
  };
}

const sound: Environment = {
  ...production,
  name: "test",
  hosts: { a: host(1, "server"), b: host(2, "client") },
  groups: { one: ["a"], rest: ["b"] },
  backend: { kind: "local", folder: "/var/lib/state" },
};

const withServices = (services: HostDescription["services"]) =>
  host(2, "client", { services: services ?? {} });
const withNetwork = (subnet: string, ipRange: string) =>
  host(2, "client", { network: { name: "services", subnet, ipRange } });

/** A machine alone, whose agent is on its bridge network. */
const alone = { groups: { one: ["a"] }, consul: { ...sound.consul, network: "bridge" } } as const;

function faultsOf(environment: Environment): readonly { readonly code: string; readonly message: string }[] {
  try {
    validateEnvironment(environment);
  } catch (error) {
    if (error instanceof ValidationErrors) return error.errors;
    throw error;
  }
  return [];
}

describe("validateEnvironment", () => {
  it("finds nothing wrong with a sound environment", () => {
    expect(faultsOf(sound)).toEqual([]);
    for (const environment of environments()) expect(faultsOf(environment)).toEqual([]);
    expect(
      faultsOf({ ...sound, ...alone, hosts: { a: host(1, "server", { address: "10.41.1.1" }) } }),
    ).toEqual([]);
  });

  it.each<[string, Partial<Environment>, string, RegExp]>([
    ["a name that is no label", { name: "te.st" }, "environment/name", /DNS label/],
    [
      "a host's name",
      { hosts: { ...sound.hosts, "b.x": host(3, "client") }, groups: { ...sound.groups, more: ["b.x"] } },
      "environment/host-name",
      /node name/,
    ],
    [
      "a host's address",
      { hosts: { ...sound.hosts, b: host(2, "client", { address: "b.example.com" }) } },
      "environment/host-address",
      /IPv4 or IPv6/,
    ],
    [
      "an unparsable subnet",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", { network: { name: "n", subnet: "10.41.2.7/24", ipRange: "10.41.2.128/25" } }),
        },
      },
      "core/cidr",
      /Write 10\.41\.2\.0\/24/,
    ],
    [
      "one address twice",
      { hosts: { ...sound.hosts, b: host(2, "client", { address: "10.40.0.1" }) } },
      "environment/duplicate-address",
      /a has this one/,
    ],
    [
      "a loopback address",
      { hosts: { ...sound.hosts, b: host(2, "client", { address: "127.0.0.1" }) } },
      "environment/loopback-address",
      /gateway/,
    ],
    [
      "overlapping subnets",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", { network: { name: "n", subnet: "10.41.0.0/16", ipRange: "10.41.2.128/25" } }),
        },
      },
      "environment/subnet-overlap",
      /a has 10\.41\.1\.0\/24/,
    ],
    [
      "a subnet that hides a host",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", { network: { name: "n", subnet: "10.40.0.0/24", ipRange: "10.40.0.128/25" } }),
        },
      },
      "environment/subnet-hides-host",
      /a is 10\.40\.0\.1/,
    ],
    [
      "a group's name",
      { groups: { one: ["a"], "the rest": ["b"] } },
      "environment/group-name",
      /stack's name/,
    ],
    [
      "an empty group",
      { groups: { ...sound.groups, none: [] } },
      "environment/group-size",
      /Remove the group/,
    ],
    [
      "a group that is too large",
      { maximumGroupSize: 1, groups: { one: ["a"], rest: ["b", "b"] } },
      "environment/group-size",
      /1 to 1 hosts/,
    ],
    [
      "an unknown host",
      { groups: { ...sound.groups, rest: ["b", "c"] } },
      "environment/unknown-host",
      /one of a, b/,
    ],
    [
      "a host in two groups",
      { groups: { ...sound.groups, again: ["b"] } },
      "environment/host-in-two-groups",
      /rest already/,
    ],
    ["a host in no group", { groups: { one: ["a"] } }, "environment/host-without-group", /Add it to a group/],
    [
      "two servers",
      { hosts: { a: host(1, "server"), b: host(2, "server") } },
      "environment/even-servers",
      /1, 3, 5 or 7/,
    ],
    [
      "no server",
      { hosts: { a: host(1, "client"), b: host(2, "client") } },
      "environment/even-servers",
      /Make one host/,
    ],
    [
      "servers behind others",
      {
        hosts: { a: host(1, "server"), b: host(2, "client"), c: host(3, "server"), d: host(4, "server") },
        groups: { one: ["a"], rest: ["b"], two: ["c"], three: ["d"] },
      },
      "environment/servers-first",
      /front/,
    ],
    ["Consul's version", { consul: { ...sound.consul, version: "latest" } }, "core/version", /1\.19\.2/],
    [
      "Consul's domain",
      { consul: { ...sound.consul, domain: "consul." } },
      "environment/domain",
      /Take consul/,
    ],
    [
      "an image without a tag",
      { images: { ...sound.images, bind: "bind9" } },
      "docker/image-latest",
      /latest/,
    ],
    [
      "an upstream by name",
      { dns: { ...sound.dns, upstreams: ["dns.example.com"] } },
      "environment/upstream",
      /port is 53/,
    ],
    [
      "a relative state folder",
      { backend: { kind: "local", folder: "state" } },
      "environment/backend",
      /synth deletes/,
    ],
    [
      "a bucket with a scheme",
      { backend: { kind: "s3", bucket: "s3://b", prefix: "p", region: "r" } },
      "environment/backend",
      /without s3/,
    ],
    [
      "a store's address",
      { backend: { kind: "s3", bucket: "bucket", prefix: "p", region: "r", endpoint: "s3.example.com" } },
      "environment/backend",
      /scheme/,
    ],
    [
      "its own Consul as backend",
      { backend: { kind: "consul", address: "10.40.0.1:8500", prefix: "p" } },
      "environment/backend",
      /does not deploy/,
    ],
    [
      "state over plain HTTP",
      { backend: { kind: "http", address: "http://state.example.com" } },
      "environment/backend",
      /Use TLS/,
    ],
    [
      "a password in an address",
      { backend: { kind: "http", address: "https://u:p@state.example.com" } },
      "environment/backend",
      /TF_HTTP_PASSWORD/,
    ],
    [
      "a service's name",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", { services: { my_shop: { image: "shop:1.0", port: 80 } } }),
        },
      },
      "environment/service-name",
      /name in DNS/,
    ],
    [
      "a service's port",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", { services: { shop: { image: "shop:1.0", port: 0 } } }),
        },
      },
      "core/port",
      /1 to 65535/,
    ],
    [
      "one port of a host twice",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", {
            services: {
              shop: { image: "shop:1.0", port: 80, hostPort: 80 },
              till: { image: "till:1.0", port: 80, hostPort: 80 },
            },
          }),
        },
      },
      "environment/duplicate-port",
      /shop has this one/,
    ],
    [
      "a port of the host that is none",
      {
        hosts: {
          ...sound.hosts,
          b: withServices({ shop: { image: "shop:1.0", port: 80, hostPort: 70_000 } }),
        },
      },
      "core/port",
      /hostPort: got 70000/,
    ],
    [
      "a port of the host that Consul has",
      {
        hosts: { ...sound.hosts, b: withServices({ shop: { image: "shop:1.0", port: 80, hostPort: 8600 } }) },
      },
      "environment/duplicate-port",
      /Consul has this one/,
    ],
    [
      "a subnet without room",
      { hosts: { ...sound.hosts, b: withNetwork("10.41.2.0/30", "10.41.2.0/31") } },
      "environment/subnet",
      /8 addresses or more/,
    ],
    [
      "an IPv6 subnet",
      { hosts: { ...sound.hosts, b: withNetwork("fd00:41::/64", "fd00:41::/65") } },
      "environment/subnet",
      /IPv4 block/,
    ],
    [
      "a range outside the subnet",
      { hosts: { ...sound.hosts, b: withNetwork("10.41.2.0/24", "10.41.3.128/25") } },
      "environment/ip-range",
      /a part of 10\.41\.2\.0\/24/,
    ],
    [
      "a range that gives fixed addresses out",
      { hosts: { ...sound.hosts, b: withNetwork("10.41.2.0/24", "10.41.2.0/25") } },
      "environment/ip-range",
      /without the fixed addresses 10\.41\.2\.1, 10\.41\.2\.2, 10\.41\.2\.3/,
    ],
    [
      "a range that does not parse",
      { hosts: { ...sound.hosts, b: withNetwork("10.41.2.0/24", "10.41.2.200") } },
      "core/cidr",
      /network\.ipRange/,
    ],
    [
      "an engine's version",
      { hosts: { ...sound.hosts, b: host(2, "client", { engineVersion: "stable" }) } },
      "core/version",
      /engineVersion/,
    ],
    [
      "several hosts whose agents are on bridges",
      { consul: { ...sound.consul, network: "bridge" } },
      "environment/bridge-alone",
      /Say host/,
    ],
    [
      "a host's address that stands for all",
      { hosts: { ...sound.hosts, b: host(2, "client", { address: "0.0.0.0" }) } },
      "environment/host-address",
      /one IPv4 or IPv6 address/,
    ],
    [
      "an engine that nobody reaches",
      { hosts: { ...sound.hosts, b: host(2, "client", { connection: { kind: "tcp", certPath: "" } }) } },
      "docker/tls-without-ca",
      /certPath/,
    ],
    [
      "a network of the engine's own name",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", {
            network: { name: "host", subnet: "10.41.2.0/24", ipRange: "10.41.2.128/25" },
          }),
        },
      },
      "environment/network-name",
      /not bridge, host, none, default/,
    ],
    [
      "the default bridge's block",
      { hosts: { ...sound.hosts, b: withNetwork("172.17.0.0/16", "172.17.128.0/17") } },
      "environment/default-bridge",
      /apart from 172\.17\.0\.0\/16/,
    ],
    [
      "a service called as one of the host's containers",
      { hosts: { ...sound.hosts, b: withServices({ bind: { image: "dns:1.0", port: 53 } }) } },
      "environment/service-name",
      /other than consul, registrator, bind/,
    ],
    [
      "a service's name that Consul's DNS reads otherwise",
      { hosts: { ...sound.hosts, b: withServices({ sha256: { image: "shop:1.0", port: 80 } }) } },
      "registrator/service-name",
      /shop-admin/,
    ],
    [
      "too little memory",
      {
        hosts: {
          ...sound.hosts,
          b: withServices({ shop: { image: "shop:1.0", port: 80, memory: Size.mebibytes(5) } }),
        },
      },
      "environment/memory",
      /the engine's minimum/,
    ],
    [
      "an empty health command",
      {
        hosts: {
          ...sound.hosts,
          b: withServices({ shop: { image: "shop:1.0", port: 80, healthCommand: " " } }),
        },
      },
      "docker/health-check-command",
      /healthCommand/,
    ],
    [
      "a check that times out after its interval",
      {
        hosts: {
          ...sound.hosts,
          b: withServices({
            shop: {
              image: "shop:1.0",
              port: 80,
              check: Check.tcp({ interval: Duration.seconds(2), timeout: Duration.seconds(3) }),
            },
          }),
        },
      },
      "discovery/check-timeout",
      /at most the interval/,
    ],
    [
      "a script check that no agent runs",
      {
        hosts: {
          ...sound.hosts,
          b: withServices({ shop: { image: "shop:1.0", port: 80, check: Check.script("/bin/true") } }),
        },
      },
      "environment/script-check",
      /enableScriptChecks/,
    ],
    [
      "a network check with Docker Desktop",
      {
        dockerDesktop: true,
        hosts: {
          ...sound.hosts,
          b: withServices({ shop: { image: "shop:1.0", port: 80, check: Check.http("/") } }),
        },
      },
      "environment/network-check",
      /with dockerDesktop/,
    ],
    [
      "a network check at an IPv6 address",
      {
        hosts: {
          ...sound.hosts,
          b: host(2, "client", {
            address: "fd00::2",
            services: { shop: { image: "shop:1.0", port: 80, check: Check.http("/") } },
          }),
        },
      },
      "environment/network-check",
      /without the brackets/,
    ],
    [
      "one upstream twice",
      { dns: { ...sound.dns, upstreams: ["9.9.9.9", "9.9.9.9"] } },
      "environment/upstream",
      /dns\.upstreams\[1\].*each once/,
    ],
    [
      "a further agent that stands for all",
      { dns: { ...sound.dns, furtherAgents: [{ address: "0.0.0.0", port: 8600 }] } },
      "environment/further-agent",
      /one agent answers/,
    ],
    [
      "a machine alone whose services are registered where nothing is published",
      { ...alone, hosts: { a: host(1, "server") } },
      "environment/bridge-address",
      /10\.41\.1\.1, where this host's ports are published/,
    ],
    [
      "a port of a machine alone that BIND has",
      {
        ...alone,
        hosts: {
          a: host(1, "server", {
            address: "10.41.1.1",
            services: { dns: { image: "dns:1.0", port: 53, hostPort: 53 } },
          }),
        },
      },
      "environment/duplicate-port",
      /BIND has this one/,
    ],
    [
      "a version of Consul that is too old",
      { consul: { ...sound.consul, version: "1.7.0" } },
      "consul/version-too-old",
      /1\.8/,
    ],
    [
      "an image of another version of Consul",
      { images: { ...sound.images, consul: "hashicorp/consul:1.20.1" } },
      "consul/image-version",
      /images\.consul.*give the cluster the version 1\.20\.1/,
    ],
    [
      "a version of BIND that is unknown",
      { dns: { ...sound.dns, version: "9.11" } },
      "dns/bind-version",
      /9\.16/,
    ],
    [
      "a datacenter in capitals",
      { consul: { ...sound.consul, datacenter: "North" } },
      "environment/datacenter",
      /lower case/,
    ],
    [
      "settings that Consul would refuse",
      {
        consul: {
          ...sound.consul,
          configuration: { maxQueryTime: Duration.seconds(1), defaultQueryTime: Duration.seconds(9) },
        },
      },
      "consul/contradiction",
      /environment test, consul\.configuration: defaultQueryTime/,
    ],
    [
      "settings that clients do not take",
      { consul: { ...sound.consul, configuration: { retryJoinWan: ["10.50.0.1"] } } },
      "consul/agent-role",
      /only servers take it/,
    ],
    [
      "recursors that lead back",
      { consul: { ...sound.consul, configuration: { recursors: ["9.9.9.9", "10.41.1.1"] } } },
      "environment/recursor-loop",
      /recursors\[1\].*a's BIND, which asks Consul/,
    ],
    [
      "an upstream that is its own BIND",
      { dns: { ...sound.dns, upstreams: ["10.41.2.3"] } },
      "environment/upstream-loop",
      /b's BIND/,
    ],
    [
      "a further agent by name",
      { dns: { ...sound.dns, furtherAgents: [{ address: "agent.example.com", port: 8600 }] } },
      "core/address",
      /dns\.furtherAgents\[0\]\.address/,
    ],
    [
      "a further agent's port",
      { dns: { ...sound.dns, furtherAgents: [{ address: "10.40.0.9", port: 0 }] } },
      "core/port",
      /dns\.furtherAgents\[0\]\.port/,
    ],
    [
      "nine servers",
      {
        hosts: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`s${i}`, host(i + 1, "server")])),
        groups: Object.fromEntries(Array.from({ length: 9 }, (_, i) => [`g${i}`, [`s${i}`]])),
      },
      "environment/even-servers",
      /one less/,
    ],
  ])("refuses %s", (_, change, code, message) => {
    const faults = faultsOf({ ...sound, ...change });
    expect(faults.map((fault) => fault.code)).toContain(code);
    expect(faults.find((fault) => fault.code === code)?.message).toMatch(message);
  });

  it("refuses two of several servers in one group", () => {
    const hosts = { a: host(1, "server"), b: host(2, "server"), c: host(3, "server") };
    const faults = faultsOf({ ...sound, hosts, groups: { one: ["a", "b"], two: ["c"] } });
    expect(faults.map((fault) => fault.code)).toEqual(["environment/server-not-alone"]);
    expect(faults[0]?.message).toMatch(/a, b would be changed together/);
  });

  it("lets a retired server stand where it stood", () => {
    const servers = {
      a: host(1, "server"),
      b: host(2, "server"),
      c: host(3, "server"),
      d: host(4, "server"),
    };
    const groups = { one: ["a"], two: ["b"], three: ["c"], four: ["d"] };
    const hosts = { ...servers, a: { ...servers.a, retired: true } };
    expect(faultsOf({ ...sound, hosts, groups })).toEqual([]);
  });

  it("shows all faults at once, and no address with its password", () => {
    const backend = { kind: "http", address: "https://u:hunter2@state.example.com" } as const;
    const broken = { ...sound, name: "x y", groups: { one: ["a"] }, backend };
    expect(() => {
      validateEnvironment(broken);
    }).toThrow(
      /environment x y: 3 faults\n {2}- .*environment\/name.*\n {2}- .*host-without-group.*\n {2}- .*environment\/backend/,
    );
    expect(
      faultsOf(broken)
        .map((fault) => fault.message)
        .join(),
    ).not.toContain("hunter2");
  });
});

describe("serverNames", () => {
  it("follows the order of the groups", () => {
    expect(serverNames(production)).toEqual(["consul-1", "consul-2", "consul-3"]);
    expect(
      serverNames({ ...production, groups: { z: ["consul-3"], a: ["consul-1"], rest: ["web-1"] } }),
    ).toEqual(["consul-3", "consul-1"]);
  });
});
