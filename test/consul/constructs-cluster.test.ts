import { Fn } from "cdktf";
import { ConsulCluster, type ConsulClusterAttributes } from "../../constructs/consul/consul-cluster";
import { expectFault } from "../support/faults";

const servers = [1, 2, 3].map((n) => ({ nodeName: `consul-${n}`, address: `10.0.0.${n}` }));
const one = servers.slice(0, 1);

describe("ConsulCluster", () => {
  it("takes Consul's own datacenter, domain and ports where nothing is said", () => {
    const cluster = new ConsulCluster({ servers, version: "1.19" });
    expect(cluster.datacenter).toBe("dc1");
    expect(cluster.domain).toBe("consul");
    expect(cluster.version).toBe("1.19.0");
    expect(cluster.ports).toEqual({ dns: 8600, http: 8500, server: 8300, serfLan: 8301, serfWan: 8302 });
    expect(cluster.configuredPorts).toBeUndefined();
    expect(cluster.dnsEndpoints).toEqual(servers.map(({ address }) => ({ address, port: 8600 })));
  });

  it("keeps what is said, and a copy of it", () => {
    const mine = servers.map((server) => ({ ...server }));
    const cluster = ConsulCluster.fromConsulClusterAttributes({
      servers: mine,
      version: "1.22.1",
      datacenter: "north",
      domain: "discovery.example.com",
      ports: { dns: 53, serfWan: -1, https: 8501 },
    });
    mine.pop();
    expect(cluster.servers).toEqual(servers);
    expect(cluster.datacenter).toBe("north");
    expect(cluster.domain).toBe("discovery.example.com");
    expect(cluster.ports).toMatchObject({ dns: 53, http: 8500, serfWan: -1 });
    expect(cluster.configuredPorts).toEqual({ dns: 53, serfWan: -1, https: 8501 });
    expect(cluster.dnsEndpoints.map(({ port }) => port)).toEqual([53, 53, 53]);
  });

  it("lets a server that is alone be at loopback", () => {
    const cluster = new ConsulCluster({
      servers: [{ nodeName: "a", address: "127.0.0.1" }],
      version: "1.19.2",
    });
    expect(cluster.dnsEndpoints).toEqual([{ address: "127.0.0.1", port: 8600 }]);
  });

  it.each<[string, Partial<ConsulClusterAttributes>, string, string, string]>([
    ["no server", { servers: [] }, "consul/even-servers", "servers", "1, 3, 5 or 7 servers"],
    ["two servers", { servers: servers.slice(0, 2) }, "consul/even-servers", "servers", "Add one, or take"],
    [
      "nine servers",
      { servers: Array.from({ length: 9 }, (_, i) => ({ nodeName: `c${i}`, address: `10.0.0.${i}` })) },
      "consul/even-servers",
      "servers",
      "1, 3, 5 or 7",
    ],
    [
      "one name twice, whatever its case",
      { servers: [...servers.slice(0, 2), { nodeName: "CONSUL-1", address: "10.0.0.3" }] },
      "consul/duplicate-server",
      "servers[2].nodeName",
      "its own node name",
    ],
    [
      "one address twice, however it is written",
      {
        servers: [
          { nodeName: "a", address: "fd00::1" },
          { nodeName: "b", address: "fd00::2" },
          { nodeName: "c", address: "fd00:0:0::1" },
        ],
      },
      "consul/duplicate-server",
      "servers[2].address",
      "a value that no other server has",
    ],
    [
      "a name that is no label",
      { servers: [{ nodeName: "consul.1", address: "10.0.0.1" }] },
      "core/dns-label",
      "servers[0].nodeName",
      "consul.1",
    ],
    [
      "an address that is none",
      { servers: [{ nodeName: "a", address: "consul-1.example.com" }] },
      "core/address",
      "servers[0].address",
      "no name",
    ],
    [
      "an address that stands for all",
      { servers: [{ nodeName: "a", address: "0.0.0.0" }] },
      "consul/server-address",
      "servers[0].address",
      "every interface",
    ],
    [
      "loopback among several",
      { servers: [{ nodeName: "a", address: "127.0.0.1" }, ...servers.slice(1)] },
      "consul/server-address",
      "servers[0].address",
      "loopback is their own",
    ],
    [
      "an address that Terraform alone knows",
      { servers: [{ nodeName: "a", address: Fn.join(".", ["10", "0"]) }] },
      "consul/server-address",
      "servers[0].address",
      "known at synth",
    ],
    ["a datacenter in capitals", { datacenter: "DC1" }, "consul/datacenter", "datacenter", "Write dc1"],
    ["a datacenter with a dot", { datacenter: "eu.1" }, "core/dns-label", "datacenter", "eu.1"],
    ["a domain with a final dot", { domain: "consul." }, "core/domain-name", "domain", "consul."],
    ["DNS turned off", { ports: { dns: -1 } }, "consul/port-off", "ports.dns", "BIND asks it"],
    ["the API turned off", { ports: { http: -1 } }, "consul/port-off", "ports.http", "registrator"],
    [
      "a port that Terraform alone knows",
      { ports: { http: Fn.max([1, 2]) } },
      "consul/port-off",
      "ports.http",
      "known at synth",
    ],
    ["a port out of range", { ports: { server: 70_000 } }, "core/port", "ports.server", "65535"],
    ["gossip turned off", { ports: { serfLan: -1 } }, "core/port", "ports.serfLan", "65535"],
    ["a version by name", { version: "latest" }, "core/version", "version", "exact version"],
    ["a version before 1.8", { version: "1.7.14" }, "consul/version-too-old", "version", "1.8"],
    ["a version that nobody tried", { version: "1.99.0" }, "consul/version-untried", "version", "1.22"],
  ])("refuses %s", (_, change, code, prop, part) => {
    const attributes = { servers: one, version: "1.19.2", ...change };
    expectFault(() => new ConsulCluster(attributes), code, prop, "ConsulCluster", part);
    expectFault(() => ConsulCluster.fromConsulClusterAttributes(attributes), code, prop, part);
  });
});
