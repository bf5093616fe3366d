import fc from "fast-check";
import { Cidr } from "../../constructs/core/addresses";
import { Container } from "../../constructs/docker/container";
import { DockerHost } from "../../constructs/docker/docker-host";
import { BridgeNetwork, type BridgeNetworkProps } from "../../constructs/docker/network";
import { ManagedVolume, RetainedVolume } from "../../constructs/docker/volume";
import { onlyResource, stackOf, synthesize, synthesizeStack } from "../support/apps";
import { expectFault } from "../support/faults";
import { hostOf, image } from "./support";

type NetworkProps = Partial<BridgeNetworkProps>;
const network = (props: NetworkProps) =>
  synthesizeStack((stack) => {
    new BridgeNetwork(stack, "front", { host: hostOf(stack), subnet: "172.30.0.0/24", ...props });
  });

describe("BridgeNetwork", () => {
  test("the least that can be said: subnet and gateway together, as they read back", () => {
    expect(onlyResource(network({}), "docker_network")).toEqual({
      name: "front",
      driver: "bridge",
      internal: false,
      ipam_config: [{ subnet: "172.30.0.0/24", gateway: "172.30.0.1" }],
      provider: "docker.h1",
    });
  });

  test("all that can be said", () => {
    const json = network({
      networkName: "shop",
      gateway: "172.30.0.254",
      ipRange: "172.30.0.128/26",
      internal: true,
      options: { "com.docker.network.bridge.name": "br-${x}", "com.docker.network.a": "1" },
    });
    expect(onlyResource(json, "docker_network")).toEqual({
      name: "shop",
      driver: "bridge",
      internal: true,
      ipam_config: [{ subnet: "172.30.0.0/24", gateway: "172.30.0.254", ip_range: "172.30.0.128/26" }],
      options: { "com.docker.network.a": "1", "com.docker.network.bridge.name": "br-$${x}" },
      provider: "docker.h1",
    });
  });

  test.each<[string, NetworkProps, string, string, string]>([
    ["a name of the engine's own", { networkName: "bridge" }, "docker/network-name", "networkName", "not bridge, host, none or default"],
    ["a name with a slash", { networkName: "a/b" }, "docker/network-name", "networkName", "Take another name"],
    ["a subnet that is none", { subnet: "172.30.0.0" }, "core/cidr", "subnet", "a slash and the length"],
    ["a subnet of IPv6", { subnet: "fd00::/64" }, "docker/subnet", "subnet", "an IPv4 block"],
    ["a subnet without room", { subnet: "172.30.0.0/31" }, "docker/subnet", "subnet", "at most 30 bits"],
    ["a gateway outside", { gateway: "172.31.0.1" }, "docker/address-outside-subnet", "gateway", "between 172.30.0.0 and 172.30.0.255"],
    ["the network's own address as gateway", { gateway: "172.30.0.0" }, "docker/address-outside-subnet", "gateway", "without these two"],
    ["the broadcast address as gateway", { gateway: "172.30.0.255" }, "docker/address-outside-subnet", "gateway", "without these two"],
    ["a name as gateway", { gateway: "gw" }, "core/address", "gateway", "an IPv4 address"],
    ["a range that is none", { ipRange: "172.30.0.129/25" }, "core/cidr", "ipRange", "Write 172.30.0.128/25"],
    ["a range outside", { ipRange: "172.31.0.0/25" }, "docker/ip-range-outside-subnet", "ipRange", "a block inside 172.30.0.0/24"],
    ["a range larger than the subnet", { ipRange: "172.30.0.0/23" }, "docker/ip-range-outside-subnet", "ipRange", "Take a part of the subnet"],
    ["the default bridge's subnet", { subnet: "172.17.128.0/24" }, "docker/subnet-overlap", "subnet", "h1's reservedSubnets has 172.17.0.0/16"],
  ])("%s is refused", (_what, props, code, prop, part) => {
    expectFault(() => network(props), code, prop, part);
  }); // prettier-ignore

  test("networks of one engine share no name and no address, whichever stack they are in", () => {
    const two = (first: NetworkProps, second: NetworkProps) => () =>
      synthesize((app) => {
        const [a, b] = [stackOf(app, "a"), stackOf(app, "b")];
        const attributes = { hostName: "h1", address: "192.0.2.10" };
        new BridgeNetwork(a, "n1", { host: hostOf(a), subnet: "172.30.0.0/24", ...first });
        const host = DockerHost.fromDockerHostAttributes(b, "h1", attributes);
        new BridgeNetwork(b, "n2", { host, subnet: "172.31.0.0/24", ...second });
      });
    expectFault(two({ networkName: "n" }, { networkName: "n" }), "docker/duplicate", "networkName", "a network name that nothing else");
    expectFault(two({}, { subnet: "172.30.0.128/25" }), "docker/subnet-overlap", "subnet", "a/n1 has 172.30.0.0/24");
    expect(Object.keys(two({}, {})())).toEqual(["a", "b"]);
  }); // prettier-ignore

  test("the host's reserved subnets can be others", () => {
    const json = synthesizeStack((stack) => {
      const host = hostOf(stack, { reservedSubnets: ["10.9.0.0/16", "10.9.0.0/24"] });
      new BridgeNetwork(stack, "n1", { host, subnet: "172.17.0.0/24" });
      expectFault(
        () => new BridgeNetwork(stack, "n2", { host, subnet: "10.9.5.0/24" }),
        "docker/subnet-overlap",
        "subnet",
        "Take a block that is free",
      );
    });
    expect(Object.keys(json.resource?.docker_network ?? {})).toHaveLength(1);
  });
});

describe("fixed addresses", () => {
  const claim =
    (props: NetworkProps, ...addresses: string[]) =>
    () =>
      synthesizeStack((stack) => {
        const net = new BridgeNetwork(stack, "front", {
          host: hostOf(stack),
          subnet: "172.30.0.0/24",
          ...props,
        });
        addresses.forEach((ipv4Address, i) =>
          new Container(stack, `c${i}`, { host: net.host, image }).attachTo(net, { ipv4Address }),
        );
      });
  const ranged = { ipRange: "172.30.0.128/25" };

  test.each<[string, () => unknown, string, string]>([
    ["outside of the subnet", claim(ranged, "172.31.0.5"), "docker/address-outside-subnet", "Take an address of 172.30.0.0/24"],
    ["the network's own", claim(ranged, "172.30.0.0"), "docker/address-outside-subnet", "without these two"],
    ["the gateway's", claim(ranged, "172.30.0.1"), "docker/duplicate", "the network's gateway"],
    ["inside of the range", claim(ranged, "172.30.0.200"), "docker/address-in-ip-range", "outside the block that addresses are given out from (172.30.0.128/25)"],
    ["without a range", claim({}, "172.30.0.5"), "docker/address-in-ip-range", "(the whole subnet)"],
    ["taken", claim(ranged, "172.30.0.5", "172.30.0.5"), "docker/duplicate", "an address in front that nothing else on this host has"],
    ["no address", claim(ranged, "five"), "core/address", "an IPv4 address"],
  ])("%s is refused", (_what, act, code, part) => {
    expectFault(act, code, "networks.ipv4Address", part);
  }); // prettier-ignore

  test("an address is free for a container exactly if no one else can get it", () => {
    const subnet = Cidr.parse("172.30.0.0/28");
    fc.assert(
      fc.property(fc.integer({ min: 28, max: 32 }), fc.nat(15), fc.integer({ min: 1, max: 14 }), fc.nat(15), (bits, at, gateway, n) => {
        const size = 2 ** (32 - bits);
        const range = Cidr.parse(`${subnet.address(at - (at % size))}/${bits}`);
        const address = subnet.address(n);
        const free = n !== 0 && n !== 15 && n !== gateway && !range.contains(address);
        const act = claim(
          { subnet: subnet.toString(), gateway: subnet.address(gateway), ipRange: range.toString() },
          address,
        );
        if (free) expect(act).not.toThrow();
        else expect(act).toThrow(/networks\.ipv4Address/);
      }),
      { numRuns: 60 },
    );
  }); // prettier-ignore

  test("imported networks know what was said of them", () => {
    synthesizeStack((stack) => {
      const host = hostOf(stack);
      const attributes = { host, networkName: "by-hand" };
      const bare = BridgeNetwork.fromBridgeNetworkAttributes(stack, attributes);
      expect([bare.subnet, bare.gateway, bare.networkReferenceFor(stack)]).toEqual([
        undefined,
        undefined,
        "by-hand",
      ]);
      expectFault(
        () => {
          bare.claimAddress("172.30.0.5", "web", "networks.ipv4Address");
        },
        "docker/address-without-subnet",
        "networks.ipv4Address",
        "Tell the network's subnet",
      );
      const known = BridgeNetwork.fromBridgeNetworkAttributes(stack, {
        ...attributes,
        subnet: "172.30.0.0/24",
        ipRange: "172.30.0.128/25",
      });
      expect([String(known.subnet), known.gateway]).toEqual(["172.30.0.0/24", "172.30.0.1"]);
      known.claimAddress("172.30.0.5", "web", "address");
      expectFault(
        () => BridgeNetwork.fromBridgeNetworkAttributes(stack, { host, networkName: "host" }),
        "docker/network-name",
        "networkName",
        "the engine's own",
      );
    });
    expect.hasAssertions();
  });
});

describe("volumes", () => {
  test("a retained volume stands in no state: it is but a name in its containers", () => {
    const json = synthesizeStack((stack) => {
      const volume = RetainedVolume.named("shop-data");
      const host = hostOf(stack);
      new Container(stack, "c1", {
        host,
        image,
        volumes: [{ volume, containerPath: "/data", readOnly: true }],
      });
    });
    expect(json.resource?.docker_volume).toBeUndefined();
    expect(onlyResource(json, "docker_container").volumes).toEqual([
      { volume_name: "shop-data", container_path: "/data", read_only: true },
    ]);
  });

  test("a managed volume, the least and the most that can be said", () => {
    const managed = (props: object) =>
      onlyResource(
        synthesizeStack((stack) => {
          new ManagedVolume(stack, "data", { host: hostOf(stack), ...props });
        }),
        "docker_volume",
      );
    expect(managed({})).toEqual({ name: "data", driver: "local", provider: "docker.h1" });
    expect(
      managed({
        volumeName: "shop-data",
        driver: "nfs",
        driverOptions: { type: "nfs", o: "addr=${a}" },
        preventDestroy: true,
      }),
    ).toEqual({
      name: "shop-data",
      driver: "nfs",
      driver_opts: { o: "addr=$${a}", type: "nfs" },
      lifecycle: { prevent_destroy: true },
      provider: "docker.h1",
    });
  });

  test("a container refers to a managed volume of its stack, and so comes after it", () => {
    const json = synthesizeStack((stack) => {
      const host = hostOf(stack);
      const volume = new ManagedVolume(stack, "data", { host });
      new Container(stack, "c1", { host, image, volumes: [{ volume, containerPath: "/data" }] });
    });
    const [id] = Object.keys(json.resource?.docker_volume ?? {});
    expect(onlyResource(json, "docker_container").volumes).toEqual([
      { volume_name: `\${docker_volume.${String(id)}.name}`, container_path: "/data", read_only: false },
    ]);
  });

  test.each<[string, () => unknown, string, string, string]>([
    ["a path as a name", () => RetainedVolume.named("/data"), "docker/volume-name", "name", "a path on the host is a host mount"],
    ["a name of one letter", () => RetainedVolume.named("a"), "docker/volume-name", "name", "two or more letters"],
    ["a managed volume with a bad name", () => synthesizeStack((stack) => {
      new ManagedVolume(stack, "data", { host: hostOf(stack), volumeName: "a b" });
    }), "docker/volume-name", "volumeName", "the first a letter or digit"],
    ["two managed volumes of one name", () => synthesizeStack((stack) => {
      const host = hostOf(stack);
      for (const id of ["a1", "a2"]) new ManagedVolume(stack, id, { host, volumeName: "data" });
    }), "docker/duplicate", "volumeName", "a volume name that nothing else on this host has"],
  ])("%s is refused", (_what, act, code, prop, part) => {
    expectFault(act, code, prop, part);
  }); // prettier-ignore
});
