import { DataResource, type TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Container } from "../../constructs/docker/container";
import type { DockerHostAttributes } from "../../constructs/docker/docker-host";
import { DockerHost } from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { BridgeNetwork } from "../../constructs/docker/network";
import {
  OverlayNetwork,
  type OverlayNetworkAttributes,
  type OverlayNetworkProps,
} from "../../constructs/docker/overlay-network";
import { onlyResource, stackOf, synthesize, synthesizeStack } from "../support/apps";
import { expectFault, thrownBy } from "../support/faults";
import { containerOf } from "../support/containers";
import { image } from "./support";

/** Hosts of one store: `h1` at 192.0.2.1, and so on. */
const described = (n: number, more: Partial<DockerHostAttributes> = {}): DockerHostAttributes => ({
  hostName: `h${n}`,
  address: `192.0.2.${n}`,
  connection: EngineConnection.ssh({ address: `192.0.2.${n}` }),
  engineVersion: "20.10.5",
  ...more,
});
const hostIn = (stack: TerraformStack, n = 1, more: Partial<DockerHostAttributes> = {}) =>
  new DockerHost(stack, `h${n}`, described(n, more));
type Props = Partial<OverlayNetworkProps>;
const overlay = (props: Props = {}, host: Partial<DockerHostAttributes> = {}) =>
  synthesizeStack((stack) => {
    new OverlayNetwork(stack, "docker-internal", { host: hostIn(stack, 1, host), ...props });
  });

test("the least that can be said: the engine chooses the addresses, and nothing reads back otherwise", () => {
  expect(onlyResource(overlay(), "docker_network")).toEqual({
    name: "docker-internal",
    driver: "overlay",
    internal: false,
    provider: "docker.h1",
  });
});

test("all that can be said", () => {
  const json = overlay({
    networkName: "shop",
    subnet: "10.99.0.0/16",
    gateway: "10.99.0.254",
    ipRange: "10.99.128.0/17",
    internal: true,
    auxAddresses: { router: "10.99.0.9", "a${b}": "10.99.200.1" },
    mtu: 1400,
    options: { "com.docker.network.driver.overlay.vxlanid_list": "4097" },
  });
  expect(onlyResource(json, "docker_network")).toEqual({
    name: "shop",
    driver: "overlay",
    internal: true,
    ipam_config: [
      {
        subnet: "10.99.0.0/16",
        gateway: "10.99.0.254",
        ip_range: "10.99.128.0/17",
        aux_address: { "a$${b}": "10.99.200.1", router: "10.99.0.9" },
      },
    ],
    options: {
      "com.docker.network.driver.mtu": "1400",
      "com.docker.network.driver.overlay.vxlanid_list": "4097",
    },
    provider: "docker.h1",
  });
});

const subnet = "10.99.0.0/16";
test.each<[string, Props, string, string, string]>([
  ["a name of the engine's own", { networkName: "host" }, "docker/network-name", "networkName", "Take another name"],
  ["encryption", { options: { encrypted: "" } }, "docker/overlay-encrypted", "options.encrypted", "only swarm mode deals out keys"],
  ["the MTU as an option", { options: { "com.docker.network.driver.mtu": "1400" } }, "docker/overlay-option", "options.com.docker.network.driver.mtu", "Use the prop mtu"],
  ["an MTU without room", { mtu: 100 }, "docker/overlay-mtu", "mtu", "118 to 65535"],
  ["a fraction of a byte", { mtu: 1400.5 }, "docker/overlay-mtu", "mtu", "whole number"],
  ["a gateway without a subnet", { gateway: "10.99.0.1" }, "docker/overlay-without-subnet", "gateway", "Give the subnet as well"],
  ["a range without a subnet", { ipRange: "10.99.0.0/24" }, "docker/overlay-without-subnet", "ipRange", "Give the subnet as well"],
  ["addresses without a subnet", { auxAddresses: { a: "10.99.0.1" } }, "docker/overlay-without-subnet", "auxAddresses", "Give the subnet as well"],
  ["a subnet of the engines' own pools", { subnet: "172.30.0.0/24" }, "docker/overlay-pool", "subnet", "172.28.0.0/14 is one"],
  ["a subnet of pools that were given", { subnet, addressPools: [{ base: "10.96.0.0/11", size: 24 }] }, "docker/overlay-pool", "subnet", "10.96.0.0/11 is one"],
  ["a subnet around the hosts", { subnet: "192.0.2.0/24", addressPools: [] }, "docker/subnet-overlap", "subnet", "h1 has 192.0.2.1"],
  ["a subnet around another host", { subnet, otherHosts: [described(2, { address: "10.99.4.4" })] }, "docker/subnet-overlap", "subnet", "h2 has 10.99.4.4"],
  ["a range outside", { subnet, ipRange: "10.98.0.0/24" }, "docker/ip-range-outside-subnet", "ipRange", "a block inside 10.99.0.0/16"],
  ["an address of something else outside", { subnet, auxAddresses: { a: "10.98.0.1" } }, "docker/address-outside-subnet", "auxAddresses.a", "Take an address of 10.99.0.0/16"],
  ["one address for two things", { subnet, auxAddresses: { a: "10.99.0.9", b: "10.99.0.9" } }, "docker/duplicate", "auxAddresses.b", "an address in docker-internal"],
  ["an engine that knows no store", { otherHosts: [described(2, { engineVersion: "26.1.5" })] }, "docker/overlay-engine", "otherHosts[0].engineVersion", "need swarm mode"],
  ["two hosts of one name", { otherHosts: [described(2, { hostName: "h1" })] }, "docker/overlay-host", "otherHosts[0].hostName", "give it a name of its own"],
])("%s is refused", (_what, props, code, prop, part) => {
  expectFault(() => overlay(props), code, prop, part);
}); // prettier-ignore

test("an engine from 23.0 on, or one whose version nobody said, is refused", () => {
  expectFault(() => overlay({}, { engineVersion: "23.0.0" }), "docker/overlay-engine", "host.engineVersion", "before 23.0");
  const silent = () =>
    synthesizeStack((stack) => {
      const host = new DockerHost(stack, "h1", { hostName: "h1", address: "192.0.2.1" });
      new OverlayNetwork(stack, "n", { host });
    });
  expectFault(silent, "docker/overlay-engine", "host.engineVersion", "its version said");
}); // prettier-ignore

describe("engines of one store have one network of a name, in whichever stack", () => {
  const second = (wire: (stack: TerraformStack) => void) => () =>
    synthesize((app) => {
      const [a, b] = [stackOf(app, "a"), stackOf(app, "b")];
      new OverlayNetwork(a, "docker-internal", { host: hostIn(a), otherHosts: [described(2)], subnet });
      wire(b);
    });

  test("another overlay from another host", () => {
    const same = second((b) => new OverlayNetwork(b, "docker-internal", { host: hostIn(b, 2) }));
    expectFault(same, "docker/duplicate", "networkName", "a/docker-internal has this one");
  });

  test("a bridge of the name, or of the addresses, on another host", () => {
    const bridge = (networkName: string, block: string) =>
      second((b) => new BridgeNetwork(b, "n", { host: hostIn(b, 2), networkName, subnet: block }));
    expectFault(bridge("docker-internal", "10.50.0.0/24"), "docker/duplicate", "networkName", "a/docker-internal");
    expectFault(bridge("lan", "10.99.7.0/24"), "docker/subnet-overlap", "subnet", "a/docker-internal has 10.99.0.0/16");
  }); // prettier-ignore

  test("a host that is described later, and uses the addresses already", () => {
    const late = second(
      (b) => new DockerHost(b, "h2", { ...described(2), reservedSubnets: ["10.99.0.0/24"] }),
    );
    expect(String(thrownBy(late))).toContain("h2's reservedSubnets has 10.99.0.0/24");
  });

  test("engines of another store may have the same", () => {
    const other = second((b) => new OverlayNetwork(b, "docker-internal", { host: hostIn(b, 3), subnet }));
    expect(Object.keys(other())).toEqual(["a", "b"]);
  });
});

describe("containers", () => {
  test("of the stack are ordered behind it, those of others know its name", () => {
    const json = synthesize((app) => {
      const [a, b] = [stackOf(app, "a"), stackOf(app, "b")];
      const network = new OverlayNetwork(a, "docker-internal", { host: hostIn(a) });
      new Container(a, "one", { host: network.createdOn, image }).attachTo(network);
      new Container(b, "two", { host: hostIn(b, 2), image }).attachTo(network);
      const view = OverlayNetwork.fromOverlayNetworkAttributes(b, { networkName: "docker-internal" });
      new Container(b, "three", { host: hostIn(b, 3), image }).attachTo(view);
    });
    const attached = (stack: string, name: string) => containerOf(json[stack]!, name).networks_advanced;
    expect(attached("a", "one")).toEqual([{ name: expect.stringMatching(/^\$\{docker_network\..*\.name\}$/) as string }]);
    expect(attached("b", "two")).toEqual([{ name: "docker-internal" }]);
    expect(attached("b", "three")).toEqual([{ name: "docker-internal" }]);
  }); // prettier-ignore

  test("on it alone publish ports, unless it is internal", () => {
    const published = (internal: boolean) => () =>
      synthesizeStack((stack) => {
        const network = new OverlayNetwork(stack, "n", { host: hostIn(stack), internal });
        const web = new Container(stack, "web", { host: network.createdOn, image }).attachTo(network);
        web.publish({ containerPort: 80, hostPort: 80, hostAddress: "192.0.2.1" });
      });
    expect(Object.keys(published(false)().resource?.docker_network ?? {})).toHaveLength(1);
    expect(String(thrownBy(published(true)))).toContain("docker/ports-on-internal-network");
  });

  test("have each fixed address once, on all hosts together", () => {
    const hosts = [described(1), described(2)];
    const attributes = { networkName: "n", subnet, ipRange: "10.99.128.0/17", hosts };
    const both = (first: string, other: string) => () =>
      synthesize((app) => {
        [first, other].forEach((ipv4Address, i) => {
          const stack = stackOf(app, `s${i + 1}`);
          const view = OverlayNetwork.fromOverlayNetworkAttributes(stack, attributes);
          const containerName = `web-${i + 1}`;
          new Container(stack, "web", { host: hostIn(stack, i + 1), image, containerName }).attachTo(view, { ipv4Address });
        });
      });
    expect(Object.keys(both("10.99.0.5", "10.99.0.6")())).toEqual(["s1", "s2"]);
    expectFault(both("10.99.0.5", "10.99.0.5"), "docker/duplicate", "networks.ipv4Address", "an address in n");
    expectFault(both("10.99.200.5", "10.99.0.5"), "docker/address-in-ip-range", "networks.ipv4Address", "10.99.128.0/17");
  }); // prettier-ignore

  test("have each name once, on all hosts together", () => {
    const hosts = [described(1), described(2)];
    const both = (names: readonly string[]) => () =>
      synthesize((app) => {
        names.forEach((containerName, i) => {
          const stack = stackOf(app, `s${i + 1}`);
          const view = OverlayNetwork.fromOverlayNetworkAttributes(stack, { networkName: "n", hosts });
          new Container(stack, "web", { host: hostIn(stack, i + 1), image, containerName }).attachTo(view);
        });
      });
    expect(Object.keys(both(["web-1", "web-2"])())).toEqual(["s1", "s2"]);
    expectFault(both(["web", "web"]), "docker/duplicate", "containerName", "a container name in n", "s1/web has this one");
  }); // prettier-ignore

  test("what is told of an existing network is checked too", () => {
    const view = (attributes: Partial<OverlayNetworkAttributes>) => () =>
      OverlayNetwork.fromOverlayNetworkAttributes(new Construct(undefined as never, ""), {
        networkName: "n",
        ...attributes,
      });
    expectFault(view({ networkName: "none" }), "docker/network-name", "networkName", "not bridge");
    expectFault(view({ ipRange: subnet }), "docker/overlay-without-subnet", "ipRange", "Give the subnet");
    expect(view({ subnet, internal: true })()).toMatchObject({ networkName: "n", internal: true });
  });
});

test("it is made after what its engines need first", () => {
  const json = synthesizeStack((stack) => {
    const settings = new Construct(stack, "settings");
    settings.node.defaultChild = new DataResource(settings, "Resource", {});
    new OverlayNetwork(stack, "n", { host: hostIn(stack) }).createAfter(settings);
  });
  expect(onlyResource(json, "docker_network").depends_on).toEqual([
    expect.stringMatching(/^terraform_data\.settings/),
  ]);
});
