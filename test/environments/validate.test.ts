import { ValidationErrors } from "../../constructs/core/errors";
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
    expect(faultsOf(production)).toEqual([]);
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
      /1, 3 or 5/,
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
