import { createHash } from "node:crypto";
import { App, TerraformStack, TerraformVariable } from "cdktf";
import fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import type { IServiceCatalog } from "../../constructs/discovery/service-catalog";
import { Container } from "../../constructs/docker/container";
import { ContainerFile } from "../../constructs/docker/container-file";
import type { ContainerProps } from "../../constructs/docker/container-props";
import { DockerHost } from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { HealthCheck } from "../../constructs/docker/health-check";
import { HostAddress } from "../../constructs/docker/host-address";
import { Labels } from "../../constructs/docker/labels";
import { LogDriver } from "../../constructs/docker/log-driver";
import { BridgeNetwork } from "../../constructs/docker/network";
import { RestartPolicy } from "../../constructs/docker/restart-policy";
import { ManagedVolume, RetainedVolume } from "../../constructs/docker/volume";
import { onlyResource, stackOf, synthesize, synthesizeStack } from "../support/apps";
import { expectFault, thrownBy } from "../support/faults";
import { evaluate } from "../support/templates";
import { containerJson, hostOf, image, synthesizeContainer } from "./support";

/** The replacement hash in a container's labels. */
function hashOf(...of: Parameters<typeof containerJson>): string {
  const labels = containerJson(...of).labels as { label: string; value: string }[];
  const value = labels.find(({ label }) => label === Labels.replacementHash)?.value;
  if (value === undefined) throw new Error("no hash");
  return value;
}

const IMAGE_REFERENCE = expect.stringMatching(/^\$\{docker_image\.h1_image-.*\.name\}$/) as string;
const EMPTY_HASH = createHash("sha256")
  .update(JSON.stringify([null, false, [], null, null, Array<boolean>(12).fill(false), []]))
  .digest("hex")
  .slice(0, 16);

describe("Terraform JSON", () => {
  test("of the least that can be said: everything that the engine would fill in stands there", () => {
    expect(containerJson()).toEqual({
      name: "web",
      image: IMAGE_REFERENCE,
      provider: "docker.h1",
      init: false,
      restart: "unless-stopped",
      log_driver: "json-file",
      log_opts: { "max-file": "3", "max-size": "10m" },
      stop_timeout: 10,
      destroy_grace_seconds: 10,
      labels: [{ label: Labels.replacementHash, value: EMPTY_HASH }],
    });
  });

  test("of all that can be said", () => {
    const json = containerJson(
      {
        containerName: "shop",
        hostname: "shop.example.com",
        platform: "linux/amd64",
        command: ["serve", "--all"],
        entrypoint: ["/bin/shop"],
        environment: { ZONE: "b", AREA: "a" },
        labels: { team: "shop", area: "a" },
        ports: [
          { containerPort: 9000, hostAddress: "192.0.2.10" },
          { containerPort: 53, hostPort: 53, hostAddress: "192.0.2.10", protocol: "udp" },
          { containerPort: 53, hostPort: 53, hostAddress: HostAddress.everyInterface() },
        ],
        volumes: [{ volume: RetainedVolume.named("shop-data"), containerPath: "/data" }],
        hostMounts: [
          { hostPath: "/srv", containerPath: "/srv", readOnly: true, selinuxRelabel: "private" },
          { hostPath: "/opt", containerPath: "/opt" },
        ],
        tmpfs: [
          { containerPath: "/tmp", size: Size.mebibytes(1) },
          { containerPath: "/run", mode: "0755" },
        ],
        files: [ContainerFile.text("/etc/shop.conf", "a=1\n", { permissions: "0600" })],
        healthCheck: HealthCheck.exec(["/bin/true"], {
          interval: Duration.seconds(60),
          timeout: Duration.seconds(1.5),
          retries: 2,
          startPeriod: Duration.minutes(2),
        }),
        waitUntilHealthy: Duration.seconds(20),
        restart: RestartPolicy.onFailure(4),
        memory: Size.mebibytes(64),
        shmSize: Size.mebibytes(32),
        cpus: 1.29,
        cpuShares: 512,
        cpuSet: "0-1",
        user: "app:app",
        capabilities: { add: ["CAP_NET_ADMIN", "CAP_CHOWN"], drop: ["ALL"] },
        securityOptions: ["seccomp=unconfined", "no-new-privileges:true"],
        ulimits: [{ name: "nofile", soft: 100, hard: 200 }],
        sysctls: { "net.core.somaxconn": "512" },
        devices: [
          { hostPath: "/dev/zero", permissions: "r" },
          { hostPath: "/dev/null", containerPath: "/dev/n" },
        ],
        logDriver: LogDriver.local({ maxSize: Size.kibibytes(1500), maxFile: 2 }),
        workingDirectory: "/srv",
        stopGracePeriod: Duration.seconds(3),
        stopSignal: "SIGINT",
        init: true,
        extraHosts: { "db.example": "192.0.2.20", gw: "host-gateway" },
        dns: { resolverAddress: "192.0.2.53" },
        dnsSearch: ["b.example", "a.example"],
        dnsOptions: ["ndots:1"],
      },
      (container, stack) => {
        container.attachTo(
          new BridgeNetwork(stack, "front", {
            host: container.host,
            subnet: "172.30.0.0/24",
            ipRange: "172.30.0.128/25",
          }),
          { aliases: ["www", "api"], ipv4Address: "172.30.0.10" },
        );
      },
    );
    expect(json).toEqual({
      name: "shop",
      hostname: "shop.example.com",
      image: IMAGE_REFERENCE,
      provider: "docker.h1",
      command: ["serve", "--all"],
      entrypoint: ["/bin/shop"],
      env: ["AREA=a", "ZONE=b"],
      labels: [
        { label: "area", value: "a" },
        { label: Labels.replacementHash, value: expect.stringMatching(/^[0-9a-f]{16}$/) as string },
        { label: "team", value: "shop" },
      ],
      ports: [
        { internal: 53, external: 53, ip: "0.0.0.0", protocol: "tcp" },
        { internal: 53, external: 53, ip: "192.0.2.10", protocol: "udp" },
        { internal: 9000, ip: "192.0.2.10", protocol: "tcp" },
      ],
      volumes: [
        { volume_name: "shop-data", container_path: "/data", read_only: false },
        { host_path: "/srv", container_path: "/srv", read_only: true, selinux_relabel: "Z" },
        { host_path: "/opt", container_path: "/opt", read_only: false },
      ],
      tmpfs: { "/tmp": "mode=1777,size=1048576", "/run": "mode=0755" },
      upload: [{ file: "/etc/shop.conf", content_base64: "YT0xCg==", permissions: "0600" }],
      healthcheck: {
        test: ["CMD", "/bin/true"],
        interval: "1m0s",
        timeout: "1.5s",
        start_period: "2m0s",
        retries: 2,
      },
      wait: true,
      wait_timeout: 20,
      restart: "on-failure",
      max_retry_count: 4,
      memory: 64,
      memory_swap: 128,
      shm_size: 32,
      cpu_period: 100_000,
      cpu_quota: 129_000,
      cpu_shares: 512,
      cpu_set: "0-1",
      user: "app:app",
      capabilities: { add: ["CAP_CHOWN", "CAP_NET_ADMIN"], drop: ["ALL"] },
      security_opts: ["no-new-privileges:true", "seccomp=unconfined"],
      ulimit: [{ name: "nofile", soft: 100, hard: 200 }],
      sysctls: { "net.core.somaxconn": "512" },
      devices: [
        { host_path: "/dev/zero", container_path: "/dev/zero", permissions: "r" },
        { host_path: "/dev/null", container_path: "/dev/n", permissions: "rwm" },
      ],
      log_driver: "local",
      log_opts: { "max-file": "2", "max-size": "1500k" },
      working_dir: "/srv",
      stop_timeout: 3,
      destroy_grace_seconds: 3,
      stop_signal: "SIGINT",
      init: true,
      host: [
        { host: "db.example", ip: "192.0.2.20" },
        { host: "gw", ip: "host-gateway" },
      ],
      dns: ["192.0.2.53"],
      dns_search: ["b.example", "a.example"],
      dns_opts: ["ndots:1"],
      networks_advanced: [
        {
          name: expect.stringMatching(/^\$\{docker_network\.front_\w+\.name\}$/) as string,
          aliases: ["api", "www"],
          ipv4_address: "172.30.0.10",
        },
      ],
    });
  });

  test.each<[string, Partial<ContainerProps>, Record<string, unknown>]>([
    [
      "memory and swap, both",
      { memory: Size.mebibytes(8), memorySwap: Size.mebibytes(8) },
      { memory: 8, memory_swap: 8 },
    ],
    [
      "swap without a limit",
      { memory: Size.mebibytes(8), memorySwap: "unlimited" },
      { memory: 8, memory_swap: -1 },
    ],
    ["no health check", { healthCheck: HealthCheck.none() }, { healthcheck: { test: ["NONE"] } }],
    ["the host's network", { networkMode: "host" }, { network_mode: "host" }],
    ["no network", { networkMode: "none" }, { network_mode: "none" }],
    ["a read-only root", { readOnlyRoot: true }, { read_only: true }],
    ["all rights", { privileged: true }, { privileged: true }],
    [
      "all rights and security options: with the one that the engine adds",
      { privileged: true, securityOptions: ["seccomp=unconfined"] },
      { privileged: true, security_opts: ["label=disable", "seccomp=unconfined"] },
    ],
    ["a resolver's address", { dns: "192.0.2.53" }, { dns: ["192.0.2.53"] }],
    [
      "a loopback resolver on the host's network",
      { networkMode: "host", dns: "127.0.0.1" },
      { dns: ["127.0.0.1"] },
    ],
    ["no grace", { stopGracePeriod: Duration.seconds(0) }, { stop_timeout: 0, destroy_grace_seconds: 0 }],
    ["no log", { logDriver: LogDriver.none() }, { log_driver: "none", log_opts: {} }],
  ])("of %s", (_what, props, expected) => {
    expect(containerJson(props)).toMatchObject(expected);
  });

  test("never holds cpus, which makes provider 3.6.2 panic, nor the platform, which reads back differently", () => {
    const json = containerJson({ cpus: 0.5, platform: "linux/amd64" });
    expect(Object.keys(json)).not.toEqual(expect.arrayContaining(["cpus"]));
    expect(Object.keys(json)).not.toEqual(expect.arrayContaining(["platform"]));
    expect(json).toMatchObject({ cpu_period: 100_000, cpu_quota: 50_000 });
  });

  test("is the same for both versions of the provider, but for the version itself", () => {
    const props = {
      memory: Size.mebibytes(64),
      healthCheck: HealthCheck.shell("true"),
      environment: { A: "b" },
    };
    const [older, newer] = (["3.6.2", "4.5.0"] as const).map((providerVersion) =>
      synthesizeContainer(props, undefined, { providerVersion }),
    );
    expect(older?.resource).toEqual(newer?.resource);
    expect(older?.terraform.required_providers).toEqual({
      docker: { source: "kreuzwerker/docker", version: "3.6.2" },
    });
    expect(newer?.terraform.required_providers).toEqual({
      docker: { source: "kreuzwerker/docker", version: "4.5.0" },
    });
  });

  test("does not depend on the order in which maps, ports and labels are given", () => {
    const port = (containerPort: number) => ({ containerPort, hostAddress: "192.0.2.10" });
    expect(
      containerJson({
        environment: { A: "1", B: "2" },
        labels: { a: "1", b: "2" },
        ports: [port(1), port(2)],
      }),
    ).toEqual(
      containerJson({
        environment: { B: "2", A: "1" },
        labels: { b: "2", a: "1" },
        ports: [port(2), port(1)],
      }),
    );
  });

  test("the primary resource is the default child, and takes overrides", () => {
    const json = containerJson({}, (container) => {
      (
        container.node.defaultChild as unknown as { addOverride(path: string, value: unknown): void }
      ).addOverride("group_add", ["audio"]);
    });
    expect(json.group_add).toEqual(["audio"]);
  });
});

describe("what the provider cannot change or take back replaces the container", () => {
  test.each<[string, Partial<ContainerProps>, Partial<ContainerProps>]>([
    ["a health check", { healthCheck: HealthCheck.shell("a") }, { healthCheck: HealthCheck.shell("b") }],
    ["a health check's interval",
      { healthCheck: HealthCheck.shell("a") },
      { healthCheck: HealthCheck.shell("a", { interval: Duration.seconds(31) }) }],
    ["init", {}, { init: true }],
    ["tmpfs", { tmpfs: [{ containerPath: "/a" }] }, { tmpfs: [{ containerPath: "/a", size: Size.mebibytes(1) }] }],
    ["a CPU quota", { cpus: 1 }, { cpus: 2 }],
    ["a platform", { platform: "linux/amd64" }, { platform: "linux/arm64" }],
    ["a health check that goes away", { healthCheck: HealthCheck.none() }, {}],
    ["a command that goes away", { command: ["a"] }, {}],
    ["an entrypoint that goes away", { entrypoint: ["a"] }, {}],
    ["a host name that goes away", { hostname: "a" }, {}],
    ["an environment that goes away", { environment: { A: "b" } }, {}],
    ["security options that go away", { securityOptions: ["seccomp=unconfined"] }, {}],
    ["a user that goes away", { user: "a" }, {}],
    ["a folder that goes away", { workingDirectory: "/a" }, {}],
    ["a signal that goes away", { stopSignal: "SIGINT" }, {}],
    ["a size of /dev/shm that goes away", { shmSize: Size.mebibytes(1) }, {}],
    ["a memory limit that goes away", { memory: Size.mebibytes(8) }, {}],
    ["a CPU weight that goes away", { cpuShares: 2 }, {}],
    ["a CPU set that goes away", { cpuSet: "0" }, {}],
    ["a host port that goes away",
      { ports: [{ containerPort: 1, hostPort: 1, hostAddress: "192.0.2.10" }] },
      { ports: [{ containerPort: 1, hostAddress: "192.0.2.10" }] }],
  ])("%s", (_what, before, after) => {
    expect(hashOf(before)).not.toBe(hashOf(after));
  }); // prettier-ignore

  test.each<[string, Partial<ContainerProps>, Partial<ContainerProps>]>([
    ["memory", { memory: Size.mebibytes(64) }, { memory: Size.mebibytes(128) }],
    ["restart", {}, { restart: RestartPolicy.always() }],
    ["a CPU weight", { cpuShares: 2 }, { cpuShares: 3 }],
    ["what replaces it anyway", { environment: { A: "b" } }, { environment: { A: "c", B: "d" } }],
    ["an environment without variables", {}, { environment: {} }],
    ["the order of tmpfs",
      { tmpfs: [{ containerPath: "/a" }, { containerPath: "/b" }] },
      { tmpfs: [{ containerPath: "/b" }, { containerPath: "/a" }] }],
    ["a published port", {}, { ports: [{ containerPort: 1, hostPort: 1, hostAddress: "192.0.2.10" }] }],
  ])("%s leaves the label as it is", (_what, before, after) => {
    expect(hashOf(before)).toBe(hashOf(after));
  }); // prettier-ignore

  test("a value that only Terraform knows makes the hash an expression that other tokens do not change", () => {
    const hash = (before: number) => {
      let value = "";
      const json = synthesizeStack((stack) => {
        for (let i = 0; i < before; i++)
          expect(new TerraformVariable(stack, `other${i}`, {}).stringValue).toContain("TfToken");
        const path = new TerraformVariable(stack, "path", {}).stringValue;
        new Container(stack, "web", {
          host: hostOf(stack),
          image,
          healthCheck: HealthCheck.shell(`test -e "${path}"`),
        });
      });
      const labels = onlyResource(json, "docker_container").labels as { value: string }[];
      value = labels[0]?.value ?? "";
      return value;
    };
    expect(hash(0)).toMatch(
      /^\$\{substr\(sha256\(join\("", \["[A-Za-z0-9+/=]+", var\.path, "[A-Za-z0-9+/=]+"\]\)\), 0, 16\)\}$/,
    );
    expect(hash(3)).toBe(hash(0));
  });
});

describe("publish", () => {
  const port = (
    containerPort: number,
    hostAddress: string | HostAddress = "192.0.2.10",
    hostPort = 8080,
  ) => ({
    containerPort,
    hostAddress,
    hostPort,
  });
  const publishing =
    (...publications: Parameters<Container["publish"]>[0][]) =>
    () =>
      synthesizeContainer({ ports: publications });

  test("the same port over tcp and udp, and on two addresses, is no collision", () => {
    const json = synthesizeStack((stack) => {
      const host = hostOf(stack);
      new Container(stack, "a1", { host, image, ports: [{ ...port(53), protocol: "udp" }, port(53)] });
      new Container(stack, "a2", { host, image }).publish(port(53, "192.0.2.11"));
    });
    expect(Object.keys(json.resource?.docker_container ?? {})).toHaveLength(2);
  });

  test.each<[string, () => unknown, string, string, string]>([
    ["no port", publishing(port(0)), "core/port", "ports.containerPort", "1 to 65535"],
    ["no host port", publishing(port(1, "192.0.2.10", 70_000)), "core/port", "ports.hostPort", "1 to 65535"],
    ["a name", publishing(port(1, "localhost")), "core/address", "ports.hostAddress", "no name"],
    ["every interface, unsaid", publishing(port(1, "0.0.0.0")), "docker/every-interface", "ports.hostAddress",
      "HostAddress.everyInterface()"],
    ["every IPv6 interface, unsaid", publishing(port(1, "0::0")), "docker/every-interface", "ports.hostAddress",
      "one address of the host"],
    ["one port on two addresses", publishing(port(1), port(1, "192.0.2.11")), "docker/port-several-addresses",
      "ports.containerPort", "never gives an empty plan"],
    ["one host port twice", publishing(port(1), port(2)), "docker/duplicate-port", "ports.hostPort",
      "stack/web has 192.0.2.10:8080/tcp"],
    ["one host port on every interface and on one", publishing(port(1), port(2, HostAddress.everyInterface())),
      "docker/duplicate-port", "ports.hostPort", "Take another host port"],
    ["one host port on one interface and on every one", publishing(port(2, HostAddress.everyInterface()), port(1)),
      "docker/duplicate-port", "ports.hostPort", "Take another host port"],
    ["on the host's network", () => synthesizeContainer({ networkMode: "host", ports: [port(1)] }),
      "docker/network-mode", "ports", "every port of the container is a port of the host"],
    ["without a network", () => synthesizeContainer({ networkMode: "none", ports: [port(1)] }),
      "docker/network-mode", "ports", "Take the mode bridge"],
  ])("%s is refused", (_what, act, code, prop, part) => {
    expectFault(act, code, prop, part);
  }); // prettier-ignore

  test("a container on internal networks alone publishes nothing; one more network is enough", () => {
    const attached = (internal: readonly boolean[]) =>
      synthesizeContainer({ ports: [port(1)] }, (container, stack) => {
        internal.forEach((isInternal, i) =>
          container.attachTo(
            new BridgeNetwork(stack, `n${i}`, {
              host: container.host,
              subnet: `172.30.${i}.0/24`,
              internal: isInternal,
            }),
          ),
        );
      });
    const message = String(thrownBy(() => attached([true, true])));
    expect(message).toContain('stack/web: ports: got ["1/tcp"]; allowed is no published ports');
    expect(message).toContain("Attach it to a network that is not internal too");
    expect(message).toContain("[docker/ports-on-internal-network]");
    expect(onlyResource(attached([true, false]), "docker_container").ports).toHaveLength(1);
    expect(onlyResource(attached([]), "docker_container").ports).toHaveLength(1);
  });

  test("what is published can be asked for", () => {
    synthesizeContainer({ ports: [port(2, "0:0::1", 81)] }, (container) => {
      container.publish({ containerPort: 1, hostAddress: "192.0.2.10", protocol: "udp" });
      expect(container.publishedPorts).toEqual([
        { containerPort: 1, protocol: "udp", hostAddress: "192.0.2.10" },
        { containerPort: 2, protocol: "tcp", hostAddress: "::1", hostPort: 81 },
      ]);
    });
    expect.assertions(1);
  });
});

describe("attachTo", () => {
  const attach = (act: (container: Container, network: BridgeNetwork, stack: TerraformStack) => void) => () =>
    synthesizeContainer({}, (container, stack) => {
      act(
        container,
        new BridgeNetwork(stack, "front", { host: container.host, subnet: "172.30.0.0/24" }),
        stack,
      );
    });

  test.each<[string, () => unknown, string, string, string]>([
    ["twice", attach((c, n) => c.attachTo(n).attachTo(n)), "docker/network-twice", "networks", "one call of attachTo"],
    ["with an alias of a space", attach((c, n) => c.attachTo(n, { aliases: ["a b"] })), "docker/alias", "networks.aliases",
      "letters, digits, underscores, dots and hyphens"],
    ["with a fixed address and no range", attach((c, n) => c.attachTo(n, { ipv4Address: "172.30.0.9" })),
      "docker/address-in-ip-range", "networks.ipv4Address", "Give the network an ipRange"],
    ["a container of another engine", attach((_c, n, stack) => {
      const other = new DockerHost(stack, "h2", { hostName: "h2", address: "192.0.2.11",
        connection: EngineConnection.ssh({ address: "192.0.2.11" }) });
      new Container(stack, "far", { host: other, image }).attachTo(n);
    }), "docker/network-of-another-host", "networks", "this one lies on h1"],
    ["without a network of its own", () => synthesizeContainer({ networkMode: "host" }, (container, stack) => {
      container.attachTo(new BridgeNetwork(stack, "n", { host: container.host, subnet: "172.30.0.0/24" }));
    }), "docker/network-mode", "networks", "networkMode is host"],
  ])("%s is refused", (_what, act, code, prop, part) => {
    expectFault(act, code, prop, part);
  }); // prettier-ignore

  test("what it is attached to can be asked for", () => {
    synthesizeContainer({}, (container, stack) => {
      const network = new BridgeNetwork(stack, "front", {
        host: container.host,
        subnet: "172.30.0.0/24",
        ipRange: "172.30.0.128/25",
      });
      container.attachTo(network, { ipv4Address: "172.30.0.9" });
      container.attachTo(
        BridgeNetwork.fromBridgeNetworkAttributes(stack, { host: container.host, networkName: "by-hand" }),
      );
      expect(container.attachments).toEqual([
        { networkName: "front", ipv4Address: "172.30.0.9" },
        { networkName: "by-hand" },
      ]);
    });
    expect.assertions(1);
  });
});

describe("labels", () => {
  test("added ones stand beside the given ones; the same value twice is no conflict", () => {
    const json = containerJson({ labels: { a: "1" } }, (container) => {
      container.addLabel("b", "2").addLabel("a", "1");
      expect(container.labels).toMatchObject({ a: "1", b: "2" });
    });
    expect(json.labels).toEqual([
      { label: "a", value: "1" },
      { label: "b", value: "2" },
      { label: Labels.replacementHash, value: EMPTY_HASH },
    ]);
  });

  test("another value for a label is refused, and no secret is shown", () => {
    expectFault(
      () => synthesizeContainer({ labels: { a: "1" } }, (container) => container.addLabel("a", "2")),
      "docker/label",
      'labels["a"]',
      'the value that it has already, "1"',
    );
    const props = {
      labels: { "api.token": "hunter2" },
      acknowledgedPlainTextSecrets: { "api.token": "a test" },
    };
    const fault = expectFault(
      () => synthesizeContainer(props, (container) => container.addLabel("api.token", "other")),
      "docker/label",
      'labels["api.token"]',
    );
    expect(fault.message).not.toMatch(/hunter2|other/);
  });

  test("the construct's own label is its own", () => {
    expectFault(
      () => synthesizeContainer({ labels: { [Labels.replacementHash]: "x" } }),
      "docker/label",
      `labels["${Labels.replacementHash}"]`,
      "Leave it out",
    );
  });

  test("a catalogue gets the container and its ports, and its labels are put on", () => {
    const subjects: unknown[] = [];
    const catalog: IServiceCatalog = {
      domain: "consul",
      dnsNameOf: (service) => `${service}.service.consul`,
      registrationLabels: ({ construct, ...subject }, registration) => {
        subjects.push([construct.node.path, subject, registration]);
        return { [`SERVICE_${registration.port}_NAME`]: "shop" };
      },
      ignoreLabels: () => ({ SERVICE_IGNORE: "true" }),
    };
    const json = containerJson({}, (container) => {
      container.publish({ containerPort: 80, hostAddress: "192.0.2.10" }).registerIn(catalog, { port: 80 });
      container.ignoreIn(catalog);
    });
    expect(subjects).toEqual([
      [
        "stack/web",
        {
          image: "shop/web:2.4.1",
          publishedPorts: [{ containerPort: 80, protocol: "tcp", hostAddress: "192.0.2.10" }],
        },
        { port: 80 },
      ],
    ]);
    expect(json.labels).toEqual(
      expect.arrayContaining([
        { label: "SERVICE_80_NAME", value: "shop" },
        { label: "SERVICE_IGNORE", value: "true" },
      ]),
    );
  });
});

describe("strings never turn into templates", () => {
  const hostile = fc
    .array(fc.constantFrom("${", "%{", "$", "%", "}", '"', "\\", "\n", "'", "a", "é", "\u{1F40B}", " ", "{{", "*/"), { maxLength: 8 })
    .map((parts) => parts.join("")); // prettier-ignore

  test("hostile strings keep the structure of the JSON and read back as they are", () => {
    fc.assert(
      fc.property(hostile, hostile, hostile, (a, b, c) => {
        const app = new App();
        const stack = new TerraformStack(app, "stack");
        const host = hostOf(stack);
        new Container(stack, "web", {
          host,
          image,
          command: [`x${a}`, `y${b}`],
          environment: { A: a, [`N${b.replace(/=/g, "")}`]: c },
          labels: { [`l${a}`]: b },
          files: [ContainerFile.text("/a", `x${c}`)],
          healthCheck: HealthCheck.shell(`x${a}`),
          logDriver: LogDriver.other("x", { tag: c }),
          user: `u${a}`,
          dnsOptions: [`o${b}`],
        });
        const json = JSON.parse(JSON.stringify(stack.toTerraform())) as {
          resource: { docker_container: Record<string, unknown> };
        };
        const [web] = Object.values(json.resource.docker_container) as {
          command: string[];
          env: string[];
          labels: { label: string; value: string }[];
          upload: { content_base64: string }[];
          healthcheck: { test: string[] };
          log_opts: { tag: string };
          user: string;
          dns_opts: string[];
        }[];
        if (web === undefined) throw new Error("no container");
        expect(web.command.map(evaluate)).toEqual([`x${a}`, `y${b}`]);
        expect(new Set(web.env.map(evaluate))).toEqual(new Set([`A=${a}`, `N${b.replace(/=/g, "")}=${c}`]));
        expect(web.labels.map(({ label, value }) => [evaluate(label), evaluate(value)])).toContainEqual([
          `l${a}`,
          b,
        ]);
        expect(Buffer.from(web.upload[0]?.content_base64 ?? "", "base64").toString()).toBe(`x${c}`);
        expect(web.healthcheck.test.map(evaluate)).toEqual(["CMD-SHELL", `x${a}`]);
        expect([evaluate(web.log_opts.tag), evaluate(web.user), ...web.dns_opts.map(evaluate)]).toEqual([
          c,
          `u${a}`,
          `o${b}`,
        ]);
      }),
      { numRuns: 150 },
    );
  });

  test("tokens pass through every string prop", () => {
    const json = synthesizeStack((stack) => {
      const token = new TerraformVariable(stack, "v", {}).stringValue;
      new Container(stack, "web", {
        host: hostOf(stack),
        image,
        containerName: token,
        hostname: token,
        command: [token, `a${token}`],
        environment: { A: token },
        user: token,
        workingDirectory: token,
        cpuSet: token,
        stopSignal: token,
        dns: token,
        extraHosts: { a: token },
        hostMounts: [{ hostPath: token, containerPath: token }],
        volumes: [{ volume: RetainedVolume.named(token), containerPath: "/b" }],
        files: [ContainerFile.text("/c", `x=${token}\n\${y}"\\\n`)],
        ports: [{ containerPort: 1, hostAddress: token }],
      });
    });
    expect(onlyResource(json, "docker_container")).toMatchObject({
      name: "${var.v}",
      hostname: "${var.v}",
      command: ["${var.v}", "a${var.v}"],
      env: ["A=${var.v}"],
      user: "${var.v}",
      working_dir: "${var.v}",
      cpu_set: "${var.v}",
      stop_signal: "${var.v}",
      dns: ["${var.v}"],
      host: [{ host: "a", ip: "${var.v}" }],
      volumes: [
        { volume_name: "${var.v}", container_path: "/b" },
        { host_path: "${var.v}", container_path: "${var.v}" },
      ],
      upload: [
        {
          file: "/c",
          content_base64:
            '${base64encode(join("", [base64decode("eD0="), var.v, base64decode("CiR7eX0iXAo=")]))}',
        },
      ],
      ports: [{ internal: 1, ip: "${var.v}" }],
    });
  });
});

describe("across stacks", () => {
  const connection = EngineConnection.ssh({ address: "192.0.2.10" });
  const attributes = { hostName: "h1", address: "192.0.2.10", connection };
  const two = (
    act: (first: DockerHost, second: ReturnType<typeof DockerHost.fromDockerHostAttributes>) => void,
  ) =>
    synthesize((app) => {
      const [a, b] = [stackOf(app, "a"), stackOf(app, "b")];
      act(new DockerHost(a, "h1", attributes), DockerHost.fromDockerHostAttributes(b, "h1", attributes));
    });
  const stackOfHost = (host: { provider: { node: { scopes: unknown[] } } }) =>
    host.provider.node.scopes[1] as TerraformStack;

  test("two stacks share what is taken on one engine", () => {
    const collide = (props: Partial<ContainerProps>, more: Partial<ContainerProps>) => () =>
      two((first, second) => {
        new Container(stackOfHost(first), "a1", { host: first, image, ...props });
        new Container(stackOfHost(second), "b1", { host: second, image, ...more });
      });
    const port = { containerPort: 1, hostPort: 80, hostAddress: "192.0.2.10" };
    expectFault(collide({ containerName: "web" }, { containerName: "web" }), "docker/duplicate", "containerName",
      "a container name that nothing else on this host has; a/a1 has this one"); // prettier-ignore
    expectFault(
      collide({ hostname: "web" }, { hostname: "web" }),
      "docker/duplicate",
      "hostname",
      "b/b1: hostname",
    );
    expectFault(
      collide({ ports: [port] }, { ports: [port] }),
      "docker/duplicate-port",
      "ports.hostPort",
      "a/a1 has",
    );
    expect(Object.keys(collide({}, {})())).toEqual(["a", "b"]);
  });

  test("apps share nothing", () => {
    const one = () => synthesizeContainer({ containerName: "web", hostname: "web" });
    expect(one()).toEqual(one());
  });

  test("a network and a volume of another stack are named, not referred to", () => {
    const json = two((first, second) => {
      const network = new BridgeNetwork(stackOfHost(first), "front", {
        host: first,
        subnet: "172.30.0.0/24",
      });
      const volume = new ManagedVolume(stackOfHost(first), "data", { host: first });
      new Container(stackOfHost(second), "web", {
        host: second,
        image,
        volumes: [{ volume, containerPath: "/data" }],
      }).attachTo(network);
    });
    const web = onlyResource(json.b ?? { terraform: {} }, "docker_container");
    expect(web).toMatchObject({
      networks_advanced: [{ name: "front" }],
      volumes: [{ volume_name: "data", container_path: "/data" }],
    });
    expect([json.a?.output, json.b?.data]).toEqual([undefined, undefined]);
  });

  test("a host of another stack is refused", () => {
    expectFault(
      () =>
        two((first, second) => {
          new Container(stackOfHost(second), "web", { host: first, image });
        }),
      "docker/host-of-another-stack",
      "host",
      "DockerHost.fromDockerHostAttributes",
    );
  });

  test("a volume of another engine is refused", () => {
    expectFault(
      () =>
        synthesizeStack((stack) => {
          const [host, other] = [hostOf(stack), hostOf(stack, { ...attributes, hostName: "h2" })];
          const volume = new ManagedVolume(stack, "data", { host: other });
          new Container(stack, "web", { host, image, volumes: [{ volume, containerPath: "/data" }] });
        }),
      "docker/volume-of-another-host",
      "volumes",
      "this one lies on h2",
    );
  });
});

test("startAfter orders containers of a stack", () => {
  const json = synthesizeStack((stack) => {
    const host = hostOf(stack);
    const [a, b] = ["a1", "b1"].map((id) => new Container(stack, id, { host, image }));
    if (a === undefined || b === undefined) throw new Error("two containers");
    b.startAfter(a);
  });
  const [first, second] = Object.entries(json.resource?.docker_container ?? {});
  expect(first?.[1].depends_on).toBeUndefined();
  expect(second?.[1].depends_on).toEqual([`docker_container.${String(first?.[0])}`]);
});
