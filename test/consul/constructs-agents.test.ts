import { App, type TerraformStack } from "cdktf";
import { ConsulAgent, type ConsulAgentProps } from "../../constructs/consul/consul-agent";
import { ConsulCluster, type ConsulClusterAttributes } from "../../constructs/consul/consul-cluster";
import type { ConsulContainer } from "../../constructs/consul/consul-container";
import { ConsulServer, type ConsulServerProps } from "../../constructs/consul/consul-server";
import { ListenAddress } from "../../constructs/consul/listen-address";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { Container } from "../../constructs/docker/container";
import { ContainerImage } from "../../constructs/docker/container-image";
import { Labels } from "../../constructs/docker/labels";
import { LogDriver } from "../../constructs/docker/log-driver";
import { BridgeNetwork } from "../../constructs/docker/network";
import { ManagedVolume, RetainedVolume } from "../../constructs/docker/volume";
import { synthesize, stackOf, synthesizeStack } from "../support/apps";
import {
  type ContainerJson,
  containerOf,
  hostIn,
  labelsOf,
  networkOn,
  publishedPorts,
  unwrittenStack,
  uploadedText,
} from "../support/containers";
import { expectFault } from "../support/faults";

const CONFIGURATION = "/consul/config/agent.json";
const GATE = "/usr/local/lib/consul-health-gate.sh";
const image = ContainerImage.tag("hashicorp/consul", "1.19.2");

function clusterOf(addresses: readonly string[], more: Partial<ConsulClusterAttributes> = {}): ConsulCluster {
  const names = ["one", "two", "three"];
  return new ConsulCluster({
    version: "1.19.2",
    servers: addresses.map((address, i) => ({ nodeName: names[i] ?? "", address })),
    ...more,
  });
}

const three = () => clusterOf(["10.0.0.1", "10.0.0.2", "10.0.0.3"]);
const elsewhere = () => clusterOf(["10.0.0.101", "10.0.0.102", "10.0.0.103"]);

/** A server on host `one`, in the host's own network unless a bridge is asked for. */
function server(
  stack: TerraformStack,
  props: Partial<ConsulServerProps> = {},
  hostName = "one",
): ConsulServer {
  const host = props.host ?? hostIn(stack, { hostName });
  return new ConsulServer(host, "consul", { cluster: three(), host, image, ...props });
}

function agent(stack: TerraformStack, props: Partial<ConsulAgentProps> = {}, hostName = "web"): ConsulAgent {
  const host = props.host ?? hostIn(stack, { hostName });
  return new ConsulAgent(host, "consul", { cluster: elsewhere(), host, image, ...props });
}

/** A server alone on a bridge network, as a machine alone has it. */
function bridged(
  stack: TerraformStack,
  props: Partial<ConsulServerProps> = {},
  bridge: { readonly address?: string; readonly publishAddress?: string } = {},
): ConsulServer {
  const host = hostIn(stack);
  return new ConsulServer(host, "consul", {
    cluster: clusterOf(["172.30.0.2"]),
    host,
    image,
    bridge: { network: networkOn(host), address: "172.30.0.2", ...bridge },
    ...props,
  });
}

function written(build: (stack: TerraformStack) => ConsulContainer, name = "consul"): ContainerJson {
  return containerOf(synthesizeStack(build), name);
}

type AgentJson = Readonly<Record<string, unknown>>;
const configurationOf = (container: ContainerJson) =>
  JSON.parse(uploadedText(container, CONFIGURATION)) as AgentJson;

describe("ConsulServer on the host's network", () => {
  const container = written((stack) => server(stack));

  it("binds to its literal address and answers clients on loopback alone", () => {
    expect(configurationOf(container)).toMatchObject({
      server: true,
      bootstrap_expect: 3,
      node_name: "one",
      datacenter: "dc1",
      domain: "consul",
      bind_addr: "10.0.0.1",
      advertise_addr: "10.0.0.1",
      client_addr: "127.0.0.1",
      retry_join: ["10.0.0.2", "10.0.0.3"],
      retry_interval: "2s",
      data_dir: "/consul/data",
      performance: { raft_multiplier: 1 },
    });
    expect(configurationOf(container)).not.toHaveProperty("addresses");
    expect(uploadedText(container, CONFIGURATION)).not.toContain("0.0.0.0");
  });

  it("runs the agent command, publishes nothing and takes the host's network", () => {
    expect(container.command).toEqual(["agent"]);
    expect(container.network_mode).toBe("host");
    expect(container.ports).toBeUndefined();
    expect(container.networks_advanced).toBeUndefined();
    expect(container["restart"]).toBe("always");
  });

  it("keeps its data in a volume that the engine makes, outside Terraform's state", () => {
    const json = synthesizeStack((stack) => server(stack));
    expect(containerOf(json, "consul").volumes).toEqual([
      { container_path: "/consul/data", volume_name: "consul-data", read_only: false },
    ]);
    expect(json.resource).not.toHaveProperty("docker_volume");
  });

  it("says in labels what it is, which gate it has and where its data lie", () => {
    expect(labelsOf(container)).toMatchObject({
      [Labels.role]: "consul-server",
      [Labels.gate]: "health-check",
      [Labels.data]: "consul-data",
    });
  });

  it("waits for its gate, which knows the cluster and this server's place in it", () => {
    expect(container["wait"]).toBe(true);
    expect(container["wait_timeout"]).toBe(120);
    expect(container["healthcheck"]).toMatchObject({
      test: ["CMD", "/bin/sh", GATE],
      interval: "3s",
      timeout: "3s",
      retries: 3,
    });
    expect(container.upload?.map(({ file, permissions }) => [file, permissions])).toEqual([
      [CONFIGURATION, "0644"],
      [GATE, "0755"],
    ]);
    const second = uploadedText(
      written((stack) =>
        server(stack, { host: hostIn(stack, { hostName: "two", address: "10.0.0.2" }) }, "two"),
      ),
      GATE,
    );
    expect(second).toContain("position=2\nexpected=3\nserver_port=8300\nself='two'\n");
    expect(second).toContain("'one 10.0.0.1' \\\n  'two 10.0.0.2' \\\n  'three 10.0.0.3'");
    expect(second).toContain("api='127.0.0.1:8500'");
  });

  it("keeps those capabilities alone with which the image's entrypoint becomes consul's user", () => {
    expect(container["capabilities"]).toEqual({
      drop: ["CAP_AUDIT_WRITE", "CAP_MKNOD", "CAP_NET_RAW", "CAP_SYS_CHROOT"],
    });
  });

  it("answers on the addresses that it is told: the API on some, DNS on more", () => {
    let made: ConsulServer | undefined;
    const asked = written(
      (stack) =>
        (made = server(stack, {
          clientAddresses: ["172.30.0.1", "127.0.0.1"],
          dnsAddresses: ["10.0.0.1"],
        })),
    );
    expect(configurationOf(asked)).toMatchObject({
      client_addr: "127.0.0.1 172.30.0.1",
      addresses: { dns: "127.0.0.1 172.30.0.1 10.0.0.1" },
    });
    expect(made?.dnsEndpoints).toEqual([{ address: "172.30.0.1", port: 8600 }]);
    expect(made?.endpoint).toBe("127.0.0.1:8500");
  });

  it("names the address on which alone others ask its DNS, and loopback where there is none", () => {
    const told = server(unwrittenStack(), { dnsAddresses: ["10.0.0.1"] });
    expect(told.dnsEndpoints).toEqual([{ address: "10.0.0.1", port: 8600 }]);
    expect(server(unwrittenStack()).dnsEndpoints).toEqual([{ address: "127.0.0.1", port: 8600 }]);
  });

  it("takes the ports that it listens on from everything else on the host", () => {
    const publish = (hostAddress: string, hostPort: number, protocol: "tcp" | "udp" = "tcp") => {
      const stack = unwrittenStack();
      const host = hostIn(stack);
      server(stack, { host, clientAddresses: ["172.30.0.1"], dnsAddresses: ["10.0.0.1"] });
      const other = new Container(host, "other", { host, image: ContainerImage.tag("web", "1.0") });
      other.publish({ containerPort: 80, hostPort, hostAddress, protocol });
    };
    for (const [address, port, protocol] of [
      ["127.0.0.1", 8500, "tcp"],
      ["172.30.0.1", 8500, "tcp"],
      ["10.0.0.1", 8600, "tcp"],
      ["10.0.0.1", 8600, "udp"],
      ["10.0.0.1", 8300, "tcp"],
      ["10.0.0.1", 8301, "udp"],
      ["10.0.0.1", 8302, "udp"],
    ] as const) {
      expectFault(
        () => {
          publish(address, port, protocol);
        },
        "docker/duplicate-port",
        "ports.hostPort",
        `${address}:${port}/${protocol}`,
        "test/one/consul",
      );
    }
    // The API does not listen there.
    publish("10.0.0.1", 8500);
    publish("10.0.0.1", 8300, "udp");
  });
});

describe("ConsulServer on a bridge network", () => {
  const container = written((stack) => bridged(stack));

  it("publishes the API and DNS on the network's gateway, and nothing else", () => {
    expect(publishedPorts(container)).toEqual([
      "172.30.0.1:8500 -> 8500/tcp",
      "172.30.0.1:8600 -> 8600/tcp",
      "172.30.0.1:8600 -> 8600/udp",
    ]);
    expect(container.networks_advanced).toEqual([
      { name: expect.stringContaining("docker_network.") as string, ipv4_address: "172.30.0.2" },
    ]);
    expect(container.network_mode).toBeUndefined();
  });

  it("binds to its own address in the network; alone, it joins nobody", () => {
    const configuration = configurationOf(container);
    expect(configuration).toMatchObject({
      bind_addr: "172.30.0.2",
      advertise_addr: "172.30.0.2",
      client_addr: "127.0.0.1 172.30.0.2",
      bootstrap_expect: 1,
    });
    expect(configuration).not.toHaveProperty("retry_join");
    expect(uploadedText(container, CONFIGURATION)).not.toContain("0.0.0.0");
  });

  it("publishes what other servers come to as well where it tells them the host's address", () => {
    const published = publishedPorts(written((stack) => bridged(stack, { cluster: three() })));
    expect(published).toEqual([
      "10.0.0.1:8300 -> 8300/tcp",
      "10.0.0.1:8301 -> 8301/tcp",
      "10.0.0.1:8301 -> 8301/udp",
      "10.0.0.1:8302 -> 8302/tcp",
      "10.0.0.1:8302 -> 8302/udp",
      "172.30.0.1:8500 -> 8500/tcp",
      "172.30.0.1:8600 -> 8600/tcp",
      "172.30.0.1:8600 -> 8600/udp",
    ]);
    const configuration = configurationOf(written((stack) => bridged(stack, { cluster: three() })));
    expect(configuration).toMatchObject({ bind_addr: "172.30.0.2", advertise_addr: "10.0.0.1" });
  });

  it("publishes on the address that it is told, and on the cluster's ports", () => {
    const ports = { http: 18_500, dns: 18_600, serfWan: -1 };
    let made: ConsulServer | undefined;
    const asked = written(
      (stack) =>
        (made = bridged(
          stack,
          { cluster: clusterOf(["10.0.0.1"], { ports }) },
          { publishAddress: "127.0.0.1" },
        )),
    );
    expect(publishedPorts(asked)).toEqual([
      "10.0.0.1:8300 -> 8300/tcp",
      "10.0.0.1:8301 -> 8301/tcp",
      "10.0.0.1:8301 -> 8301/udp",
      "127.0.0.1:18500 -> 18500/tcp",
      "127.0.0.1:18600 -> 18600/tcp",
      "127.0.0.1:18600 -> 18600/udp",
    ]);
    expect(configurationOf(asked)).toMatchObject({ ports: { http: 18_500, dns: 18_600, serf_wan: -1 } });
    expect(uploadedText(asked, GATE)).toContain("api='127.0.0.1:18500'");
    expect(made?.endpoint).toBe("172.30.0.2:18500");
    expect(made?.dnsEndpoints).toEqual([{ address: "172.30.0.2", port: 18_600 }]);
  });
});

describe("ConsulAgent", () => {
  const container = written((stack) => agent(stack, { nodeName: "web-7" }));

  it("joins all servers as a client", () => {
    const configuration = configurationOf(container);
    expect(configuration).toMatchObject({
      node_name: "web-7",
      bind_addr: "10.0.0.1",
      retry_join: ["10.0.0.101", "10.0.0.102", "10.0.0.103"],
    });
    expect(configuration).not.toHaveProperty("server");
    expect(configuration).not.toHaveProperty("bootstrap_expect");
    expect(configuration).not.toHaveProperty("performance");
  });

  it("waits for a leader; its check is nobody's gate", () => {
    expect(uploadedText(container, GATE)).toContain("no leader is known");
    expect(uploadedText(container, GATE)).not.toContain("position=");
    expect(labelsOf(container)).toMatchObject({
      [Labels.role]: "consul-agent",
      [Labels.data]: "consul-data",
    });
    expect(labelsOf(container)).not.toHaveProperty([Labels.gate]);
  });

  it("publishes its gossip on a bridge, but neither a server's RPC nor the gossip between datacenters", () => {
    const published = publishedPorts(
      written((stack) => {
        const host = hostIn(stack);
        const bridge = { network: networkOn(host), address: "172.30.0.9" };
        return agent(stack, { host, nodeName: "web", bridge });
      }),
    );
    expect(published).toEqual([
      "10.0.0.1:8301 -> 8301/tcp",
      "10.0.0.1:8301 -> 8301/udp",
      "172.30.0.1:8500 -> 8500/tcp",
      "172.30.0.1:8600 -> 8600/tcp",
      "172.30.0.1:8600 -> 8600/udp",
    ]);
  });

  it("joins a cluster that someone else runs", () => {
    const cluster = ConsulCluster.fromConsulClusterAttributes({
      servers: [{ nodeName: "theirs", address: "10.9.0.1" }],
      version: "1.20.1",
      datacenter: "north",
      domain: "discovery",
    });
    const joined = written((stack) =>
      agent(stack, { cluster, image: ContainerImage.tag("hashicorp/consul", "1.20") }),
    );
    expect(configurationOf(joined)).toMatchObject({
      datacenter: "north",
      domain: "discovery",
      retry_join: ["10.9.0.1"],
    });
  });
});

describe("what an agent is told beside that", () => {
  it("reaches the configuration and the container", () => {
    const container = written(
      (stack) =>
        server(stack, {
          containerName: "consul-a",
          volume: RetainedVolume.named("elsewhere"),
          memory: Size.mebibytes(256),
          memorySwap: Size.mebibytes(256),
          cpus: 0.5,
          cpuShares: 512,
          cpuSet: "0-1",
          logDriver: LogDriver.jsonFile({ maxFile: 5 }),
          ulimits: [{ name: "nofile", soft: 4096, hard: 8192 }],
          labels: { team: "platform" },
          platform: "linux/amd64",
          timeout: Duration.minutes(5),
          configuration: {
            retryInterval: Duration.seconds(9),
            uiConfig: { enabled: true },
            dnsConfig: { serviceTtl: { "*": Duration.seconds(4) } },
            raw: { node_identity: "x" },
          },
        }),
      "consul-a",
    );
    expect(container).toMatchObject({
      memory: 256,
      memory_swap: 256,
      cpu_quota: 50_000,
      cpu_shares: 512,
      cpu_set: "0-1",
      log_opts: { "max-file": "5" },
      ulimit: [{ name: "nofile", soft: 4096, hard: 8192 }],
      wait_timeout: 300,
      volumes: [{ volume_name: "elsewhere" }],
    });
    expect(labelsOf(container)).toMatchObject({ team: "platform", [Labels.data]: "elsewhere" });
    expect(configurationOf(container)).toMatchObject({
      retry_interval: "9s",
      ui_config: { enabled: true },
      node_identity: "x",
      // What was not said keeps this library's default beside what was.
      dns_config: { service_ttl: { "*": "4s" }, node_ttl: "10s", only_passing: true },
    });
  });

  it("shows in the plan: another TTL is another upload", () => {
    const uploadWith = (seconds: number) =>
      written((stack) =>
        server(stack, {
          configuration: { dnsConfig: { serviceTtl: { "*": Duration.seconds(seconds) } } },
        }),
      ).upload;
    expect(uploadWith(3)).toEqual(written((stack) => server(stack)).upload);
    expect(uploadWith(4)).not.toEqual(uploadWith(3));
  });

  it("may be a managed volume, which is made first", () => {
    const json = synthesizeStack((stack) => {
      const host = hostIn(stack);
      server(stack, {
        host,
        volume: new ManagedVolume(host, "data", { host, volumeName: "raft", preventDestroy: true }),
      });
    });
    expect(containerOf(json, "consul").volumes).toMatchObject([
      { volume_name: expect.stringMatching(/^\$\{docker_volume\./) as string },
    ]);
    expect(labelsOf(containerOf(json, "consul"))).toMatchObject({ [Labels.data]: "raft" });
  });

  it("has the provider's resource as its default child", () => {
    const stack = unwrittenStack();
    const made = server(stack);
    expect(made.node.defaultChild?.node.path).toBe("test/one/consul/Container/Resource");
  });

  it("says whether script checks run", () => {
    expect(server(unwrittenStack()).allowsScriptChecks).toBe(false);
    const allowing = server(unwrittenStack(), { configuration: { enableScriptChecks: true } });
    expect(allowing.allowsScriptChecks).toBe(true);
  });
});

describe("several agents", () => {
  it("of one cluster are of several stacks, and every server is told of the others", () => {
    const cluster = three();
    const stacks = synthesize((app) => {
      for (const [i, hostName] of ["one", "two", "three"].entries()) {
        const host = hostIn(stackOf(app, hostName), { hostName, address: `10.0.0.${i + 1}` });
        new ConsulServer(host, "consul", { cluster, host, image });
      }
    });
    const joined = Object.values(stacks).map((json) => configurationOf(containerOf(json, "consul")));
    expect(joined.map((configuration) => [configuration["node_name"], configuration["retry_join"]])).toEqual([
      ["one", ["10.0.0.2", "10.0.0.3"]],
      ["three", ["10.0.0.1", "10.0.0.2"]],
      ["two", ["10.0.0.1", "10.0.0.3"]],
    ]);
    expect(joined.map((configuration) => configuration["bootstrap_expect"])).toEqual([3, 3, 3]);
  });

  /** Two agents of one cluster on two hosts of two stacks. */
  const two = (first: Partial<ConsulAgentProps>, second: Partial<ConsulAgentProps>) => () => {
    const app = new App();
    const cluster = elsewhere();
    const made = [
      { hostName: "web", address: "10.0.0.8", props: first },
      { hostName: "db", address: "10.0.0.9", props: second },
    ].map(({ hostName, address, props }) => {
      const host = hostIn(stackOf(app, hostName), { hostName, address });
      return new ConsulAgent(host, "consul", { cluster, host, image, ...props });
    });
    return made.map(({ nodeName }) => nodeName);
  };

  it("have names and addresses of their own", () => {
    expect(two({}, {})()).toEqual(["web", "db"]);
    expectFault(
      two({ nodeName: "Node" }, { nodeName: "node" }),
      "consul/duplicate-node-name",
      "nodeName",
      "db/db/consul",
      "web/web/consul has this one",
    );
    expectFault(
      two({}, { advertiseAddress: "10.0.0.8" }),
      "consul/duplicate-address",
      "advertiseAddress",
      "web/web/consul has this one",
    );
    expectFault(
      two({}, { advertiseAddress: "10.0.0.102" }),
      "consul/duplicate-address",
      "advertiseAddress",
      "two has this one",
    );
  });

  it("may have one name in two clusters, and in two apps", () => {
    expect(two({}, { cluster: elsewhere(), nodeName: "web" })()).toEqual(["web", "web"]);
    const cluster = three();
    expect(server(unwrittenStack(), { cluster }).nodeName).toBe("one");
    expect(server(unwrittenStack(), { cluster }).nodeName).toBe("one");
  });

  it("do not share a host, nor does another program share an agent's data", () => {
    const stack = unwrittenStack();
    const host = hostIn(stack);
    server(stack, { host });
    expectFault(
      () =>
        new ConsulAgent(host, "second", {
          cluster: elsewhere(),
          host,
          image,
          nodeName: "second",
          advertiseAddress: "10.0.0.50",
          containerName: "second",
        }),
      "docker/duplicate",
      "host",
      "Consul agent (one a host)",
      "test/one/consul has this one",
    );
    const claimed = hostIn(unwrittenStack());
    claimed.claims.claim("data volume", "consul-data", "etcd", "volume");
    expectFault(
      () => server(unwrittenStack(), { host: claimed }),
      "docker/duplicate",
      "volume",
      "consul-data",
      "etcd has this one",
    );
  });
});

describe("an agent that cannot work is refused", () => {
  const refused = (props: Partial<ConsulServerProps>) => () => server(unwrittenStack(), props);

  it("when the cluster does not know the server", () => {
    expectFault(
      refused({ nodeName: "four" }),
      "consul/unknown-server",
      "nodeName",
      "test/one/consul",
      "one of the cluster's servers: one, two, three",
      "ConsulAgent",
    );
  });

  it("when a client has a server's name", () => {
    expectFault(
      () => agent(unwrittenStack(), { nodeName: "two" }),
      "consul/node-name-of-server",
      "nodeName",
      "Make it a ConsulServer",
    );
  });

  it.each([
    ["1.20.1", "Take the tag 1.19.2, or give the cluster the version 1.20.1"],
    ["1.20", "version 1.20"],
    ["1.19.20", "version 1.19.20"],
    ["v1.18.0-ubi", "version 1.18.0"],
  ])("when its image is tagged %s and the cluster's version is another", (tag, part) => {
    for (const repository of ["hashicorp/consul", "registry.example.com:5000/mirror/consul"]) {
      const named = ContainerImage.tag(repository, tag);
      expectFault(refused({ image: named }), "consul/image-version", "image", repository, part);
    }
  });

  it.each([
    ContainerImage.tag("hashicorp/consul", "1.19"),
    ContainerImage.tag("hashicorp/consul", "1.19.2-ubi"),
    ContainerImage.tag("hashicorp/consul", "v1.19.2"),
    ContainerImage.tag("consul", "stable"),
    ContainerImage.tag("consul", "2024-05-01"),
    ContainerImage.tag("team/consul-with-envoy", "1.2.0"),
    ContainerImage.digest("hashicorp/consul", `sha256:${"0".repeat(64)}`),
  ])("but not for an image that names this version, or none: %j", (named) => {
    expect(refused({ image: named })().container.image).toBe(named);
  });

  it.each([
    ["server", false],
    ["bootstrapExpect", 5],
    ["datacenter", "dc2"],
    ["domain", "other"],
    ["nodeName", "other"],
    ["retryJoin", ["10.0.0.9"]],
    ["bindAddr", ListenAddress.everyInterface()],
    ["advertiseAddr", "10.0.0.9"],
    ["clientAddr", ["10.0.0.9"]],
    ["addresses", { http: ["10.0.0.9"] }],
    ["ports", { dns: 53 }],
    ["dataDir", "/data"],
  ])("when the configuration says %s, which the construct says", (key, value) => {
    expectFault(
      refused({ configuration: { [key]: value } }),
      "consul/own-configuration",
      `configuration.${key}`,
      "the construct says this by itself",
    );
  });

  it("when a raw key is one that the construct writes, or holds a secret", () => {
    expectFault(
      refused({ configuration: { raw: { retry_join: ["10.0.0.9"] } } }),
      "consul/raw-typed",
      "raw.retry_join",
      "the prop retryJoin",
    );
    for (const raw of [
      { encrypt: "pUqJrVyVRj5jsiYEkM/tFQYfWyJIv4s3XkvDwy7Cu5s=" },
      { acl: { tokens: { agent: "0f1e2d3c-4b5a-6978-8796-a5b4c3d2e1f0" } } },
    ]) {
      const stack = unwrittenStack();
      let message = "";
      try {
        server(stack, { configuration: { raw } });
      } catch (error) {
        message = String(error);
      }
      expect(message).toContain("[consul/secret]");
      expect(message).toContain("come with a later release");
      expect(message).not.toMatch(/pUqJ|0f1e/);
    }
  });

  it("when a key came after the cluster's version", () => {
    const cluster = clusterOf(["10.0.0.1"], { version: "1.10.12" });
    const old = ContainerImage.tag("hashicorp/consul", "1.10.12");
    expectFault(
      refused({
        cluster,
        image: old,
        configuration: { serverRejoinAgeMax: Duration.hours(10) },
      }),
      "consul/option-version",
      "serverRejoinAgeMax",
      "1.10.12",
    );
  });

  it.each([["clientAddresses"], ["dnsAddresses"]])("when %s are no addresses of the host", (prop) => {
    expectFault(
      refused({ [prop]: ["10.0.0.1", "0.0.0.0"] }),
      "consul/every-interface",
      `${prop}[1]`,
      "without ACLs",
    );
    expectFault(refused({ [prop]: ["docker0"] }), "core/address", `${prop}[0]`, "docker0");
    expectFault(
      () => bridged(unwrittenStack(), { [prop]: ["10.0.0.1"] }),
      "consul/addresses-on-bridge",
      prop,
      "bridge.publishAddress",
    );
  });

  it("when others cannot reach the address that it tells them", () => {
    expectFault(
      () => agent(unwrittenStack(), { advertiseAddress: "127.0.0.1" }),
      "consul/advertise-address",
      "advertiseAddress",
      "loopback is their own",
    );
    expectFault(
      () => agent(unwrittenStack(), { advertiseAddress: "web.example.com" }),
      "core/address",
      "advertiseAddress",
      "web.example.com",
    );
    expectFault(
      () => bridged(unwrittenStack(), {}, { address: "172.30.0.3" }),
      "consul/advertise-address",
      "cluster.servers",
      "172.30.0.2",
      "(172.30.0.3)",
      "the same address",
    );
  });

  it("when nobody says where to publish", () => {
    const stack = unwrittenStack();
    const host = hostIn(stack);
    const network = BridgeNetwork.fromBridgeNetworkAttributes(stack, { host, networkName: "theirs" });
    expectFault(
      () => server(stack, { host, bridge: { network, address: "172.30.0.2" } }),
      "docker/address-without-subnet",
      "networks.ipv4Address",
      "Tell the network's subnet",
    );
    const unknown = {
      networkName: "theirs",
      networkReferenceFor: () => "theirs",
      claimAddress: () => undefined,
    };
    expectFault(
      () =>
        server(unwrittenStack(), {
          cluster: clusterOf(["172.30.0.2"]),
          bridge: { network: unknown, address: "172.30.0.2" },
        }),
      "consul/publish-address",
      "bridge.publishAddress",
      "tell the network's subnet",
    );
  });

  it("when its address is one that the network gives out", () => {
    expectFault(
      () => bridged(unwrittenStack(), { cluster: clusterOf(["172.30.0.200"]) }, { address: "172.30.0.200" }),
      "docker/address-in-ip-range",
      "networks.ipv4Address",
      "172.30.0.128/25",
    );
  });

  it("when a label is the construct's own", () => {
    expectFault(
      refused({ labels: { [Labels.role]: "mine" } }),
      "docker/label",
      `labels["${Labels.role}"]`,
      "Say it in one place",
    );
  });
});
