import { staging } from "../../environments/staging";
import {
  describeLab,
  gatewayOf,
  type LabDescription,
  type LabWish,
  namedHost,
  refuseOverlap,
  routesIn,
  upstreamOf,
} from "../../lab/hosts-description";

const names = (lab: LabDescription): string[] =>
  lab.hosts.map(({ name, release, address }) => `${name} ${release} ${address}`);

test("without a wish there are the hosts of the environment staging", () => {
  const lab = describeLab({});
  expect(lab.hosts.map(({ name, address }) => [name, address])).toEqual(
    Object.entries(staging().hosts).map(([name, { address }]) => [name, address]),
  );
  expect(lab.hosts.map(({ release }) => release)).toEqual(["bullseye", "bullseye", "bullseye"]);
  expect([lab.lab, lab.subnet]).toEqual(["lab", "10.20.0.0/24"]);
});

test("the number of hosts, their release and their subnet are what is asked for", () => {
  expect(names(describeLab({ count: 2, release: "trixie", subnet: "10.99.4.0/22" }))).toEqual([
    "staging-1 trixie 10.99.4.11",
    "staging-2 trixie 10.99.4.12",
  ]);
});

test("hosts with names of their own take the first free addresses, and a default name keeps its own", () => {
  const named = ["server-1=bullseye", "staging-9", "web-1=bookworm"].map(namedHost);
  expect(names(describeLab({ named, release: "trixie" }))).toEqual([
    "server-1 bullseye 10.20.0.101",
    "staging-9 trixie 10.20.0.19",
    "web-1 bookworm 10.20.0.102",
  ]);
});

describe("a lab that is there", () => {
  const present = describeLab({ named: ["a", "b=trixie"].map(namedHost) });

  test("stays as it is without a wish", () => {
    expect(describeLab({}, present)).toEqual(present);
  });

  test("gets more hosts, and moves none", () => {
    expect(names(describeLab({ count: 1 }, present))).toEqual([
      "a bullseye 10.20.0.101",
      "b trixie 10.20.0.102",
      "staging-1 bullseye 10.20.0.11",
    ]);
    expect(names(describeLab({ named: [{ name: "b" }] }, present))).toEqual(names(present));
  });

  test("gives an address that became free to the next host", () => {
    const without = { ...present, hosts: present.hosts.slice(1) };
    expect(names(describeLab({ named: [{ name: "c" }] }, without))).toContain("c bullseye 10.20.0.101");
  });

  test.each<[LabWish, RegExp]>([
    [{ named: [namedHost("b=bookworm")] }, /--host b: is trixie already: take it down first/],
    [{ named: [namedHost("b")], release: "bookworm" }, /--host b: is trixie already/],
    [{ subnet: "10.30.0.0/24" }, /--subnet 10\.30\.0\.0\/24: the lab lab is in 10\.20\.0\.0\/24/],
    [{ count: 19 }, /21 hosts: the lab has 1 to 20/],
  ])("refuses %j", (wish, message) => {
    expect(() => describeLab(wish, present)).toThrow(message);
  });
});

test.each<[LabWish, RegExp]>([
  [{ count: 0 }, /--hosts 0: the lab has 1 to 20 hosts/],
  [{ count: 21 }, /--hosts 21/],
  [{ count: 2.5 }, /--hosts 2\.5/],
  [{ count: Number("three") }, /--hosts NaN/],
  [{ release: "buster" }, /--release buster: buster is none of bullseye, bookworm, trixie/],
  [{ named: [namedHost("a=sid")] }, /--host a: sid is none of/],
  [{ named: [{ name: "A" }] }, /--host A: a host's name is/],
  [{ named: [{ name: "a.b" }] }, /--host a\.b/],
  [{ named: [{ name: "a-" }] }, /--host a-/],
  [{ named: [{ name: "localhost" }] }, /none of localhost, upstream/],
  [{ named: [{ name: "upstream" }] }, /none of localhost, upstream/],
  [{ named: [{ name: "a" }, { name: "a" }] }, /--host a: is given twice/],
  [{ named: [{ name: "a" }], count: 2 }, /--hosts and --host: give the number of hosts or their names/],
  [{ subnet: "10.20.0.1/24" }, /--subnet 10\.20\.0\.1\/24: write a block by its first address/],
  [{ subnet: "10.20.0.0" }, /write a block/],
  [{ subnet: "10.20.0.0/25" }, /with a prefix of 16 to 24/],
  [{ subnet: "10.0.0.0/8" }, /with a prefix of 16 to 24/],
  [{ subnet: "fd00::/64" }, /a lab's subnet is IPv4/],
  [{ lab: "My lab" }, /--lab My lab: a lab's name is/],
  [{ lab: "../x" }, /--lab \.\.\/x/],
])("refuses %j", (wish, message) => {
  expect(() => describeLab(wish)).toThrow(message);
});

test.each(["a=b=c", "a="])("refuses --host %s", (text) => {
  expect(() => namedHost(text)).toThrow(`--host ${text}: write NAME or NAME=RELEASE`);
});

test("the machine and the name server have the subnet's first addresses", () => {
  expect([gatewayOf("10.20.0.0/24"), upstreamOf("10.20.0.0/24")]).toEqual(["10.20.0.1", "10.20.0.2"]);
});

describe("the machine's routes", () => {
  const routes = routesIn(
    [
      "default via 192.0.2.1 dev eth0 proto dhcp metric 100",
      "10.20.0.0/16 dev vpn0 proto kernel scope link src 10.20.3.4",
      "172.17.0.0/16 dev docker0 proto kernel scope link src 172.17.0.1 linkdown",
      "unreachable 198.51.100.0/24 dev lo metric 1024",
      "203.0.113.7 via 192.0.2.9 dev eth0",
      "",
    ].join("\n"),
  );

  test("are blocks, without the default", () => {
    expect(routes).toEqual([
      { block: "10.20.0.0/16", device: "vpn0" },
      { block: "172.17.0.0/16", device: "docker0" },
      { block: "198.51.100.0/24", device: "lo" },
      { block: "203.0.113.7/32", device: "eth0" },
    ]);
  });

  test("may not overlap the lab's subnet", () => {
    expect(() => {
      refuseOverlap("10.20.0.0/24", routes);
    }).toThrow("--subnet 10.20.0.0/24: overlaps 10.20.0.0/16, which this machine reaches by vpn0");
    expect(() => {
      refuseOverlap("203.0.112.0/22", routes);
    }).toThrow(/overlaps 203\.0\.113\.7\/32/);
    refuseOverlap("10.21.0.0/24", routes);
  });
});
