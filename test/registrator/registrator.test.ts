import type { TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { Check } from "../../constructs/discovery/check";
import type { IRegistry } from "../../constructs/discovery/registry";
import { Container } from "../../constructs/docker/container";
import { ContainerImage } from "../../constructs/docker/container-image";
import { Labels } from "../../constructs/docker/labels";
import { Registrator, type RegistratorProps } from "../../constructs/registrator/registrator";
import { synthesizeStack } from "../support/apps";
import {
  type ContainerJson,
  containerOf,
  hostIn,
  labelsOf,
  networkOn,
  unwrittenStack,
  warningsOf,
} from "../support/containers";
import { expectFault } from "../support/faults";

const digest = `sha256:${"ab".repeat(32)}`;
const image = ContainerImage.digest("gliderlabs/registrator", digest, { tag: "master" });
const consul: IRegistry = {
  kind: "consul",
  endpoint: "127.0.0.1:8500",
  version: "1.19.2",
  domain: "consul",
  datacenter: "dc1",
};

function registrator(stack: TerraformStack, props: Partial<RegistratorProps> = {}): Registrator {
  const host = props.host ?? hostIn(stack);
  return new Registrator(host, "registrator", { host, image, registry: consul, ...props });
}

function written(
  props: Partial<RegistratorProps> | ((stack: TerraformStack) => Registrator) = {},
  name = "registrator",
): ContainerJson {
  const build = typeof props === "function" ? props : (stack: TerraformStack) => registrator(stack, props);
  return containerOf(synthesizeStack(build), name);
}

describe("Registrator", () => {
  it("shares the host's network, where it reaches the host's agent at loopback", () => {
    const container = written();
    expect(container.network_mode).toBe("host");
    expect(container.ports).toBeUndefined();
    expect(container.command).toEqual([
      "-cleanup",
      "-deregister=always",
      "-ip=10.0.0.1",
      "-resync=5",
      "-retry-attempts=-1",
      "consul://127.0.0.1:8500",
    ]);
  });

  it("reads the engine's socket, which is mounted read-only, and may do nothing else", () => {
    const container = written();
    expect(container.volumes).toEqual([
      { host_path: "/var/run/docker.sock", container_path: "/tmp/docker.sock", read_only: true },
    ]);
    expect(container["read_only"]).toBe(true);
    expect(container["capabilities"]).toEqual({ drop: ["ALL"] });
    expect(container["security_opts"]).toEqual(["no-new-privileges:true"]);
    expect(container["privileged"]).toBeUndefined();
    expect(container.env).toBeUndefined();
  });

  it("comes back whatever its exit status, under a hostname that stays the same", () => {
    const container = written();
    expect(container["restart"]).toBe("always");
    expect(container["hostname"]).toBe("one");
    expect(container.name).toBe("registrator");
  });

  it("keeps itself out of the catalogue and says what it is", () => {
    expect(labelsOf(written())).toMatchObject({ SERVICE_IGNORE: "true", [Labels.role]: "registrator" });
  });

  it("reaches the registry on a network of its own", () => {
    const registry = { ...consul, endpoint: "172.30.0.2:8500" };
    const container = written((stack) => {
      const host = hostIn(stack);
      return registrator(stack, { host, registry, network: networkOn(host) });
    });
    expect(container.network_mode).toBeUndefined();
    expect(container.networks_advanced).toEqual([
      { name: expect.stringMatching(/^\$\{docker_network\./) as string },
    ]);
    expect(container.command?.at(-1)).toBe("consul://172.30.0.2:8500");
  });

  it("says all that it is told", () => {
    const container = written(
      {
        containerName: "registrator-a",
        hostname: "rack-1",
        ip: "10.0.0.77",
        dockerSocket: "/run/socket-proxy/docker.sock",
        resync: Duration.seconds(10),
        tags: ["blue"],
        explicit: true,
        memory: Size.mebibytes(64),
        cpuShares: 128,
        labels: { team: "platform" },
      },
      "registrator-a",
    );
    expect(container).toMatchObject({ hostname: "rack-1", memory: 64, memory_swap: 128, cpu_shares: 128 });
    expect(container.command).toEqual(
      expect.arrayContaining(["-explicit", "-ip=10.0.0.77", "-resync=10", "-tags=blue"]),
    );
    expect(container.volumes).toMatchObject([{ host_path: "/run/socket-proxy/docker.sock" }]);
    expect(labelsOf(container)).toMatchObject({ team: "platform", SERVICE_IGNORE: "true" });
  });

  it("registers containers' own addresses where it is asked to, and then no address of the host", () => {
    const { command } = written({ internal: true });
    expect(command).toContain("-internal");
    expect(command?.filter((flag) => flag.startsWith("-ip"))).toEqual([]);
  });

  it("has the provider's resource as its default child", () => {
    const made = registrator(unwrittenStack());
    expect(made.node.defaultChild?.node.path).toBe("test/one/registrator/Container/Resource");
  });
});

describe("Registrator's image", () => {
  const warnings = (named: ContainerImage) => warningsOf(registrator(unwrittenStack(), { image: named }));

  it("gives a warning when its tag moves, which says how to name it for good", () => {
    expect(warnings(ContainerImage.tag("gliderlabs/registrator", "master"))).toEqual([
      expect.stringContaining(
        'ContainerImage.digest("gliderlabs/registrator", "sha256:...", { tag: "master" })',
      ),
    ]);
  });

  it("gives none when a digest or a version names it", () => {
    expect(warnings(image)).toEqual([]);
    expect(warnings(ContainerImage.digest("gliderlabs/registrator", digest))).toEqual([]);
    expect(warnings(ContainerImage.tag("registry.example.com/registrator", "7.4.0"))).toEqual([]);
  });
});

describe("Registrator's registry", () => {
  it("is reached by its socket, at the path that it has on the host", () => {
    const { command, volumes } = written({
      registry: { ...consul, kind: "consul-unix", endpoint: "/run/consul/http.sock" },
    });
    expect(command?.at(-1)).toBe("consul-unix:///run/consul/http.sock");
    expect(volumes).toEqual([
      { host_path: "/var/run/docker.sock", container_path: "/tmp/docker.sock", read_only: true },
      { host_path: "/run/consul/http.sock", container_path: "/run/consul/http.sock", read_only: false },
    ]);
  });

  it("is reached over TLS with the files of a folder on the host, of which nothing reaches the state", () => {
    const { command, env, volumes } = written({
      registry: { ...consul, kind: "consul-tls", endpoint: "10.0.0.1:8501" },
      registryCertPath: "/etc/consul-tls",
    });
    expect(command?.at(-1)).toBe("consul-tls://10.0.0.1:8501");
    expect(env).toEqual([
      "CONSUL_CACERT=/etc/registrator/tls/ca.pem",
      "CONSUL_CLIENT_CERT=/etc/registrator/tls/cert.pem",
      "CONSUL_CLIENT_KEY=/etc/registrator/tls/key.pem",
    ]);
    expect(volumes).toContainEqual({
      host_path: "/etc/consul-tls",
      container_path: "/etc/registrator/tls",
      read_only: true,
    });
  });

  it.each<[string, Partial<RegistratorProps>, string]>([
    ["TLS without files", { registry: { ...consul, kind: "consul-tls" } }, "Give the folder on the host"],
    ["files without TLS", { registryCertPath: "/etc/consul-tls" }, "Leave it out"],
  ])("is refused with %s", (_, props, part) => {
    expectFault(
      () => registrator(unwrittenStack(), props),
      "registrator/registry-cert-path",
      "registryCertPath",
      "ca.pem, cert.pem and key.pem",
      part,
    );
  });

  it.each(["127.0.0.1:8500", "127.8.0.1:8500", "localhost:8500", "[::1]:8500"])(
    "is refused at %s from a network that is not the host's",
    (endpoint) => {
      const stack = unwrittenStack();
      const host = hostIn(stack);
      const network = networkOn(host);
      expectFault(
        () => registrator(stack, { host, network, registry: { ...consul, endpoint } }),
        "registrator/registry-loopback",
        "network",
        "the container's own",
        "Leave network out",
      );
    },
  );
});

describe("Registrator as a catalogue", () => {
  const web = (made: Registrator, address = "10.0.0.1") => {
    const container = new Container(made.node.scope as never, "web", {
      host: made.container.host,
      image: ContainerImage.tag("shop", "1.0"),
    });
    return container.publish({ containerPort: 80, hostPort: 8080, hostAddress: address });
  };

  it("registers containers, and says where they are found", () => {
    let name = "";
    const container = containerOf(
      synthesizeStack((stack) => {
        const made = registrator(stack);
        web(made).registerIn(made, {
          port: 80,
          name: "shop",
          check: Check.http("/", { interval: Duration.seconds(2) }),
        });
        name = made.dnsNameOf("shop", { tag: "blue", datacenter: "dc1" });
      }),
      "web",
    );
    expect(name).toBe("blue.shop.service.dc1.consul");
    expect(labelsOf(container)).toMatchObject({
      SERVICE_80_NAME: "shop",
      SERVICE_80_CHECK_HTTP: "/",
      SERVICE_80_CHECK_INTERVAL: "2s",
    });
  });

  it("keeps containers out that are none of its business", () => {
    const made = registrator(unwrittenStack());
    expect(web(made).ignoreIn(made).labels).toMatchObject({ SERVICE_IGNORE: "true" });
  });

  it("knows the agent's domain and whether it runs script checks", () => {
    const made = registrator(unwrittenStack(), {
      registry: { ...consul, domain: "discovery", allowsScriptChecks: true },
    });
    expect(made.domain).toBe("discovery");
    const container = web(made).registerIn(made, { port: 80, name: "shop", check: Check.script("/check") });
    expect(container.labels).toMatchObject({ SERVICE_80_CHECK_SCRIPT: "/check" });
    const strict = registrator(unwrittenStack());
    expectFault(
      () => web(strict).registerIn(strict, { port: 80, name: "shop", check: Check.script("/check") }),
      "registrator/script-check",
      "check",
    );
  });

  it("compares the address that it registers with the one that is published, unless a label may say another", () => {
    const made = registrator(unwrittenStack());
    expectFault(
      () => web(made, "127.0.0.1").registerIn(made, { port: 80, name: "shop" }),
      "registrator/address-unreachable",
      "port",
      "Publish it on 10.0.0.1",
    );
    const labelled = registrator(unwrittenStack(), { useIpFromLabel: "address" });
    expect(web(labelled, "127.0.0.1").registerIn(labelled, { port: 80, name: "shop" }).labels).toMatchObject({
      SERVICE_80_NAME: "shop",
    });
  });

  it("asks for names where it registers nothing without", () => {
    const made = registrator(unwrittenStack(), { explicit: true });
    expectFault(() => web(made).registerIn(made, { port: 80 }), "registrator/name-required", "name");
  });

  it("answers no names where the registry is no catalogue of Consul's", () => {
    const made = registrator(unwrittenStack(), {
      registry: { kind: "zookeeper", endpoint: "10.0.0.9:2181" },
      registryPath: "services",
    });
    expectFault(
      () => made.dnsNameOf("shop"),
      "registrator/no-catalogue",
      "dnsNameOf",
      "this one is zookeeper",
    );
    expectFault(
      () => web(made).registerIn(made, { port: 80, name: "shop" }),
      "registrator/no-catalogue",
      "registerIn",
      "Register in Consul's catalogue",
    );
    expect(made.ignoreLabels()).toEqual({ SERVICE_IGNORE: "true" });
  });
});

describe("several registrators", () => {
  it("are of several hosts", () => {
    const stack = unwrittenStack();
    const host = hostIn(stack);
    registrator(stack, { host });
    expectFault(
      () => new Registrator(host, "second", { host, image, registry: consul, hostname: "other" }),
      "docker/duplicate",
      "host",
      "registrator (one a host)",
      "test/one/registrator has this one",
    );
  });

  it("have hostnames of their own, by which each knows what it registered", () => {
    const stack = unwrittenStack();
    registrator(stack);
    const host = hostIn(stack, { hostName: "two", address: "10.0.0.2" });
    expectFault(
      () => registrator(stack, { host, hostname: "one" }),
      "registrator/duplicate-hostname",
      "hostname",
      "test/one/registrator has this one",
      "its host's name",
    );
    const north = { ...consul, datacenter: "north" };
    const third = hostIn(stack, { hostName: "three", address: "10.0.0.3" });
    expect(registrator(stack, { host: third, hostname: "one", registry: north }).domain).toBe("consul");
  });

  it("do not let a label contradict what they are", () => {
    expectFault(
      () => registrator(unwrittenStack(), { labels: { SERVICE_IGNORE: "false" } }),
      "docker/label",
      'labels["SERVICE_IGNORE"]',
    );
  });
});
