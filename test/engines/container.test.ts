import { execFileSync } from "node:child_process";
import { Fn, TerraformOutput, TerraformStack, TerraformVariable } from "cdktf";
import fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { escapeTemplate } from "../../constructs/core/tokens";
import { Container } from "../../constructs/docker/container";
import { ContainerFile } from "../../constructs/docker/container-file";
import { ContainerImage } from "../../constructs/docker/container-image";
import type { ContainerProps } from "../../constructs/docker/container-props";
import { DockerHost, type DockerProviderVersion } from "../../constructs/docker/docker-host";
import { HealthCheck } from "../../constructs/docker/health-check";
import { HostAddress } from "../../constructs/docker/host-address";
import { Labels } from "../../constructs/docker/labels";
import { LogDriver } from "../../constructs/docker/log-driver";
import { BridgeNetwork } from "../../constructs/docker/network";
import { RestartPolicy } from "../../constructs/docker/restart-policy";
import { ManagedVolume, RetainedVolume } from "../../constructs/docker/volume";
import { onOwnEngine } from "./own-engine";
import { docker, inspect, removeByPrefix, Workspace } from "./terraform";

type Props = Partial<ContainerProps>;

const tools = ContainerImage.tag("lab/tools", "1.0");
const s = (amount: number) => Duration.seconds(amount);
const MiB = (amount: number) => Size.mebibytes(amount);
const run = `cdd-${process.pid.toString(36)}`;
/** Enough for some thirty containers to be made and removed by two busy cores. */
const SLOW = 180_000;

/** What would lead the provider to another engine, or to other credentials, if the constructs let it. */
const MISLEADING = {
  DOCKER_HOST: "tcp://192.0.2.1:1",
  DOCKER_CERT_PATH: "/nonexistent",
  DOCKER_CA_MATERIAL: "x",
  DOCKER_CERT_MATERIAL: "x",
  DOCKER_KEY_MATERIAL: "x",
};

const HOSTILE = [
  "${a} %{ if b } $${c} %%{d} $$${e} $ % {",
  'a "quoted" \\"text\\" \\n \\',
  "two\nlines\tand \u{1F40B} é",
  "';`$(id)`#{x}",
];
/** What a file holds that is made of a value that Terraform alone knows, and of hostile text around it. */
const aroundToken = (value: string) => `${HOSTILE.join("\n")}\n${value}\n"\${x}"\n`;

/**
 * Props that are there at first and then gone: the provider does not see some of these go, and the engine does not
 * take some back by an update; in the end each container must be as one that never had them.
 */
const GOING: Readonly<Record<string, Props>> = {
  check: { healthCheck: HealthCheck.exec(["/bin/true"], { interval: s(90) }) },
  memory: { memory: MiB(64) },
  shares: { cpuShares: 512 },
  set: { cpuSet: "0" },
  cpus: { cpus: 0.5 },
  shm: { shmSize: MiB(32) },
  capabilities: { capabilities: { add: ["CAP_NET_ADMIN"], drop: ["CAP_NET_RAW"] } },
  security: { securityOptions: ["no-new-privileges:true"] },
  readonly: { readOnlyRoot: true },
  tmpfs: { tmpfs: [{ containerPath: "/tmp" }] },
  ulimit: { ulimits: [{ name: "nofile", soft: 100, hard: 200 }] },
  sysctl: { sysctls: { "net.core.somaxconn": "512" } },
  device: { devices: [{ hostPath: "/dev/zero", containerPath: "/dev/naught" }] },
  log: { logDriver: LogDriver.local() },
  nolog: { logDriver: LogDriver.none() },
  signal: { stopSignal: "SIGINT" },
  init: { init: true },
  folder: { workingDirectory: "/var" },
  user: { user: "1000:1000" },
  hostname: { hostname: "going.example" },
  extrahosts: { extraHosts: { "db.example": "192.0.2.1" } },
  dns: { dns: "192.0.2.53", dnsSearch: ["example"], dnsOptions: ["ndots:1"] },
  hostnet: { networkMode: "host" },
  command: { command: ["/bin/sleep", "100000"], init: true },
  entrypoint: { entrypoint: ["/bin/sleep"], command: ["100000"], init: true },
  environment: { environment: { A: "b" } },
  label: { labels: { a: "b" } },
  port: { ports: [{ containerPort: 80, hostAddress: "127.0.0.1" }] },
  mount: { hostMounts: [{ hostPath: "/etc/hosts", containerPath: "/etc/hosts.of.host", readOnly: true }] },
};

/** Props whose change replaces the container although the provider itself would not: before, after, what is seen. */
const REPLACING: Readonly<Record<string, readonly [Props, Props, object]>> = {
  check: [
    { healthCheck: HealthCheck.shell("true", { interval: s(60) }) },
    { healthCheck: HealthCheck.shell("true && true", { interval: s(61) }) },
    { Config: { Healthcheck: { Test: ["CMD-SHELL", "true && true"], Interval: 61e9 } } },
  ],
  init: [{}, { init: true }, { HostConfig: { Init: true } }],
  tmpfs: [
    { tmpfs: [{ containerPath: "/tmp", size: MiB(8) }] },
    { tmpfs: [{ containerPath: "/tmp", size: MiB(16) }] },
    { HostConfig: { Tmpfs: { "/tmp": `mode=1777,size=${16 * 1024 ** 2}` } } },
  ],
  cpus: [{ cpus: 0.5 }, { cpus: 0.25 }, { HostConfig: { CpuPeriod: 100_000, CpuQuota: 25_000 } }],
  mount: [
    { hostMounts: [{ hostPath: "/etc/hosts", containerPath: "/etc/x", readOnly: true }] },
    { hostMounts: [{ hostPath: "/etc/hosts", containerPath: "/etc/y" }] },
    { HostConfig: { Binds: ["/etc/hosts:/etc/y:rw"] } },
  ],
  files: [
    { files: [ContainerFile.text("/etc/a.conf", "a=1")] },
    { files: [ContainerFile.text("/etc/a.conf", "a=2")] },
    {},
  ],
  hostport: [
    { ports: [{ containerPort: 80, hostAddress: "127.0.0.1", hostPort: 42_119 }] },
    { ports: [{ containerPort: 80, hostAddress: "127.0.0.1" }] },
    { HostConfig: { PortBindings: { "80/tcp": [{ HostIp: "127.0.0.1", HostPort: "0" }] } } },
  ],
};

/** Props that reach the running container. */
const IN_PLACE: Readonly<Record<string, readonly [Props, Props, object]>> = {
  memory: [
    { memory: MiB(64) },
    { memory: MiB(128), memorySwap: "unlimited" },
    { HostConfig: { Memory: 128 * 1024 ** 2, MemorySwap: -1 } },
  ],
  restart: [
    { restart: RestartPolicy.always() },
    { restart: RestartPolicy.onFailure(2) },
    { HostConfig: { RestartPolicy: { Name: "on-failure", MaximumRetryCount: 2 } } },
  ],
  cpu: [
    { cpuShares: 512, cpuSet: "0-1" },
    { cpuShares: 256, cpuSet: "0" },
    { HostConfig: { CpuShares: 256, CpusetCpus: "0" } },
  ],
};

interface Names {
  readonly prefix: string;
  readonly subnet: string;
}

function maximal({ prefix }: Names): Props {
  return {
    hostname: "max.example",
    platform: "linux/amd64",
    command: ["100000"],
    entrypoint: ["/bin/sleep"],
    environment: Object.fromEntries(HOSTILE.map((text, i) => [`H${i}`, text])),
    labels: Object.fromEntries(HOSTILE.map((text, i) => [`h${i}${i === 1 ? text : ""}`, text])),
    ports: [
      { containerPort: 8080, hostAddress: "127.0.0.1" },
      { containerPort: 8081, hostAddress: HostAddress.everyInterface(), hostPort: 42_117 },
      { containerPort: 53, hostAddress: "127.0.0.1", hostPort: 42_118, protocol: "udp" },
      { containerPort: 53, hostAddress: "127.0.0.1", hostPort: 42_118 },
    ],
    volumes: [{ volume: RetainedVolume.named(`${prefix}-kept`), containerPath: "/data" }],
    hostMounts: [{ hostPath: "/etc/hosts", containerPath: "/etc/hosts.of.host", readOnly: true }],
    tmpfs: [{ containerPath: "/tmp", size: MiB(8) }, { containerPath: "/scratch", mode: "0755" }],
    files: [ContainerFile.text("/data/conf/literal", HOSTILE.join("\n"), { permissions: "0640" })],
    healthCheck: HealthCheck.exec(["/bin/true"], { interval: s(1), timeout: Duration.milliseconds(500), startPeriod: Duration.minutes(2), retries: 2 }),
    waitUntilHealthy: s(30),
    restart: RestartPolicy.onFailure(4),
    memory: MiB(64),
    shmSize: MiB(32),
    cpus: 0.5,
    cpuShares: 512,
    cpuSet: "0-1",
    user: "0:0",
    capabilities: { add: ["CAP_NET_ADMIN"], drop: ["CAP_NET_RAW", "CAP_MKNOD"] },
    securityOptions: ["no-new-privileges:true", "seccomp=unconfined"],
    ulimits: [{ name: "nofile", soft: 100, hard: 200 }, { name: "core", soft: -1, hard: -1 }],
    sysctls: { "net.core.somaxconn": "512" },
    devices: [{ hostPath: "/dev/zero", containerPath: "/dev/naught", permissions: "r" }],
    logDriver: LogDriver.local({ maxFile: 2 }),
    workingDirectory: "/var",
    stopGracePeriod: s(2),
    stopSignal: "SIGKILL",
    init: true,
    extraHosts: { "db.example": "192.0.2.1", gateway: "host-gateway" },
    dns: "192.0.2.53",
    dnsSearch: ["b.example", "a.example"],
    dnsOptions: ["ndots:1", "timeout:2"],
  }; // prettier-ignore
}

/** One stack with all of it; the stage says whether what changes is before or after its change. */
function build(
  workspace: Workspace,
  names: Names,
  providerVersion: DockerProviderVersion,
  stage: 0 | 1,
): void {
  workspace.synth((app) => {
    const stack = new TerraformStack(app, "containers");
    workspace.backendOf(stack);
    const host = new DockerHost(stack, "host", { hostName: "here", address: "127.0.0.1", providerVersion });
    const add = (id: string, props: Props) =>
      new Container(stack, `${names.prefix}-${id}`, { host, image: tools, stopGracePeriod: s(1), ...props });
    const network = new BridgeNetwork(stack, `${names.prefix}-net`, {
      host,
      subnet: `${names.subnet}.0/24`,
      ipRange: `${names.subnet}.128/25`,
    });
    add("max", maximal(names)).attachTo(network, {
      aliases: ["www", "api"],
      ipv4Address: `${names.subnet}.10`,
    });
    const known = new TerraformVariable(stack, "known", { default: HOSTILE[0] }).stringValue;
    add("plain", {
      files: [ContainerFile.text("/etc/made", aroundToken(known))],
      healthCheck: HealthCheck.none(),
      volumes: [
        { volume: new ManagedVolume(stack, `${names.prefix}-managed`, { host }), containerPath: "/data" },
      ],
    }).attachTo(network);
    // Through a function, so that Terraform works the hash out.
    add("hashed", { healthCheck: HealthCheck.exec(["/bin/echo", Fn.lower(known)], { interval: s(60) }) });
    add("none", { networkMode: "none", stopGracePeriod: s(0) });
    add("control", {});
    if (providerVersion === "4.5.0") {
      add("relabelled", {
        hostMounts: [
          { hostPath: "/etc/hosts", containerPath: "/etc/x", readOnly: true, selinuxRelabel: "shared" },
        ],
      });
    }
    for (const [id, props] of Object.entries(GOING)) add(`going-${id}`, stage === 0 ? props : {});
    for (const [id, cases] of Object.entries(REPLACING)) add(`replaced-${id}`, cases[stage]);
    for (const [id, cases] of Object.entries(IN_PLACE)) add(`updated-${id}`, cases[stage]);
  });
}

/** What the engine knows of a container, without what differs between any two. */
function configurationOf(name: string): unknown {
  const { Config, HostConfig } = inspect("container", name) as {
    Config: { Labels: Record<string, string> };
    HostConfig: object;
  };
  const labels = Object.entries(Config.Labels).filter(([label]) => label !== Labels.replacementHash);
  return { config: { ...Config, Hostname: "its own", Labels: Object.fromEntries(labels) }, host: HostConfig };
}

const bytesIn = (container: string, path: string) =>
  execFileSync("docker", ["exec", container, "cat", path]).toString("utf8");

onOwnEngine();

describe.each<[DockerProviderVersion, string]>([
  ["3.6.2", "10.213.36"],
  ["4.5.0", "10.213.45"],
])("provider %s", (providerVersion, subnet) => {
  const names = { prefix: `${run}-${providerVersion.replaceAll(".", "")}`, subnet };
  const name = (id: string) => `${names.prefix}-${id}`;
  const workspace = new Workspace(MISLEADING);
  const stack = workspace.stack("containers");
  const idOf = (id: string) => inspect("container", name(id)).Id;
  /** The ids of a plan's containers, by what happens to them. */
  const planned = () => {
    const changes = stack.plan().map(({ address, actions }) => {
      const [, id = address] =
        new RegExp(`^docker_container\\.${names.prefix}-(.*)_[0-9A-F]+$`).exec(address) ?? [];
      return [id, actions.join("/")] as const;
    });
    return Object.fromEntries(changes);
  };

  afterAll(() => {
    try {
      workspace.close();
    } finally {
      removeByPrefix(names.prefix);
    }
  }, SLOW);

  test(
    "everything that can be said applies, and the second plan is empty",
    () => {
      build(workspace, names, providerVersion, 0);
      stack.apply();
      expect(planned()).toEqual({});
    },
    SLOW,
  );

  test("the engine has each value", () => {
    const maximum = inspect("container", name("max"));
    expect(maximum).toMatchObject({
      State: { Running: true, Health: { Status: "healthy" } },
      Config: {
        Hostname: "max.example",
        Image: "lab/tools:1.0",
        Entrypoint: ["/bin/sleep"],
        Cmd: ["100000"],
        User: "0:0",
        WorkingDir: "/var",
        StopSignal: "SIGKILL",
        StopTimeout: 2,
        Healthcheck: { Test: ["CMD", "/bin/true"], Interval: 1e9, Timeout: 5e8, StartPeriod: 120e9, Retries: 2 },
      },
      HostConfig: {
        RestartPolicy: { Name: "on-failure", MaximumRetryCount: 4 },
        Memory: 64 * 1024 ** 2,
        MemorySwap: 128 * 1024 ** 2,
        ShmSize: 32 * 1024 ** 2,
        CpuPeriod: 100_000,
        CpuQuota: 50_000,
        CpuShares: 512,
        CpusetCpus: "0-1",
        CapAdd: ["CAP_NET_ADMIN"],
        SecurityOpt: expect.arrayContaining(["no-new-privileges:true", "seccomp=unconfined"]) as string[],
        Ulimits: expect.arrayContaining([{ Name: "nofile", Soft: 100, Hard: 200 }, { Name: "core", Soft: -1, Hard: -1 }]) as object[],
        Sysctls: { "net.core.somaxconn": "512" },
        Devices: [{ PathOnHost: "/dev/zero", PathInContainer: "/dev/naught", CgroupPermissions: "r" }],
        LogConfig: { Type: "local", Config: { "max-file": "2", "max-size": "10m" } },
        Tmpfs: { "/tmp": `mode=1777,size=${8 * 1024 ** 2}`, "/scratch": "mode=0755" },
        Init: true,
        ExtraHosts: expect.arrayContaining(["db.example:192.0.2.1", "gateway:host-gateway"]) as string[],
        Dns: ["192.0.2.53"],
        DnsSearch: expect.arrayContaining(["a.example", "b.example"]) as string[],
        DnsOptions: expect.arrayContaining(["ndots:1", "timeout:2"]) as string[],
        Binds: expect.arrayContaining([`${name("kept")}:/data:rw`, "/etc/hosts:/etc/hosts.of.host:ro"]) as string[],
        PortBindings: {
          "8081/tcp": [{ HostIp: "0.0.0.0", HostPort: "42117" }],
          "53/tcp": [{ HostIp: "127.0.0.1", HostPort: "42118" }],
          "53/udp": [{ HostIp: "127.0.0.1", HostPort: "42118" }],
        },
      },
      NetworkSettings: {
        Ports: { "8080/tcp": [{ HostIp: "127.0.0.1", HostPort: expect.stringMatching(/^\d+$/) as string }] },
        Networks: {
          [name("net")]: {
            IPAddress: `${subnet}.10`,
            Gateway: `${subnet}.1`,
            Aliases: expect.arrayContaining(["api", "www"]) as string[],
          },
        },
      },
    }); // prettier-ignore
    expect(Object.keys((maximum.NetworkSettings as { Networks: object }).Networks)).toEqual([name("net")]);
    expect(inspect("container", name("plain"))).toMatchObject({
      Config: { Healthcheck: { Test: ["NONE"] } },
    });
    expect(inspect("container", name("none"))).toMatchObject({ HostConfig: { NetworkMode: "none" } });
    expect(inspect("network", name("net"))).toMatchObject({
      IPAM: { Config: [{ Subnet: `${subnet}.0/24`, IPRange: `${subnet}.128/25`, Gateway: `${subnet}.1` }] },
    });
    const { Networks } = inspect("container", name("plain")).NetworkSettings as {
      Networks: Record<string, { IPAddress: string }>;
    };
    expect(Number(Networks[name("net")]?.IPAddress.split(".")[3])).toBeGreaterThanOrEqual(128);
  });

  test("hostile strings arrive byte for byte in variables, labels and files", () => {
    const { Env, Labels: labels } = inspect("container", name("max")).Config as {
      Env: string[];
      Labels: Record<string, string>;
    };
    expect(Env).toEqual(expect.arrayContaining(HOSTILE.map((text, i) => `H${i}=${text}`)));
    expect(labels).toMatchObject(
      Object.fromEntries(HOSTILE.map((text, i) => [`h${i}${i === 1 ? text : ""}`, text])),
    );
    expect(bytesIn(name("max"), "/data/conf/literal")).toBe(HOSTILE.join("\n"));
    expect(docker("exec", name("max"), "stat", "-c", "%a %u:%g", "/data/conf/literal")).toBe("640 0:0");
    expect(bytesIn(name("plain"), "/etc/made")).toBe(aroundToken(HOSTILE[0] ?? ""));
    expect(inspect("container", name("hashed")).Config).toMatchObject({
      Healthcheck: { Test: ["CMD", "/bin/echo", (HOSTILE[0] ?? "").toLowerCase()] },
      Labels: { [Labels.replacementHash]: expect.stringMatching(/^[0-9a-f]{16}$/) as string },
    });
  });

  test(
    "what changes shows in the plan, reaches the container, and leaves an empty plan",
    () => {
      const before = Object.fromEntries(Object.keys(IN_PLACE).map((id) => [id, idOf(`updated-${id}`)]));
      build(workspace, names, providerVersion, 1);
      expect(planned()).toEqual({
        ...Object.fromEntries(Object.keys(GOING).map((id) => [`going-${id}`, "delete/create"])),
        ...Object.fromEntries(Object.keys(REPLACING).map((id) => [`replaced-${id}`, "delete/create"])),
        ...Object.fromEntries(Object.keys(IN_PLACE).map((id) => [`updated-${id}`, "update"])),
      });
      stack.apply();
      expect(planned()).toEqual({});
      const control = configurationOf(name("control"));
      for (const id of Object.keys(GOING)) {
        expect({ id, ...(configurationOf(name(`going-${id}`)) as object) }).toEqual({
          id,
          ...(control as object),
        });
      }
      for (const [id, [, , seen]] of Object.entries(REPLACING)) {
        expect(inspect("container", name(`replaced-${id}`))).toMatchObject(seen);
      }
      expect(bytesIn(name("replaced-files"), "/etc/a.conf")).toBe("a=2");
      for (const [id, [, , seen]] of Object.entries(IN_PLACE)) {
        expect(inspect("container", name(`updated-${id}`))).toMatchObject(seen);
      }
      expect(Object.fromEntries(Object.keys(IN_PLACE).map((id) => [id, idOf(`updated-${id}`)]))).toEqual(
        before,
      );
    },
    SLOW,
  );

  if (providerVersion === "3.6.2") {
    test(
      "moving to provider 4.5.0 plans no change",
      () => {
        // Without what only 4.5.0 can do, which would be one more container.
        const id = "relabelled";
        build(workspace, names, "4.5.0", 1);
        expect(planned()).toEqual({ [id]: "create" });
        build(workspace, names, providerVersion, 1);
      },
      SLOW,
    );
  } else {
    test("mounts are relabelled for SELinux", () => {
      expect(inspect("container", name("relabelled"))).toMatchObject({
        HostConfig: { Binds: ["/etc/hosts:/etc/x:ro,z"] },
      });
    });
  }

  test(
    "destroy leaves the retained volume with what is in it, and nothing else",
    () => {
      stack.destroy();
      expect(docker("container", "ls", "--all", "--filter", `name=${names.prefix}`, "--quiet")).toBe("");
      expect(docker("network", "ls", "--filter", `name=${names.prefix}`, "--quiet")).toBe("");
      expect(docker("volume", "ls", "--filter", `name=${names.prefix}`, "--quiet")).toBe(name("kept"));
      const mount = `${name("kept")}:/data`;
      expect(docker("run", "--rm", "--volume", mount, "lab/tools:1.0", "cat", "/data/conf/literal")).toBe(
        HOSTILE.join("\n").trimEnd(),
      );
      expect(docker("image", "inspect", "--format", "{{.Id}}", "lab/tools:1.0")).toMatch(/^sha256:/);
    },
    SLOW,
  );
});

test(
  "Terraform reads what escapeTemplate writes as the very same text",
  () => {
    const part = fc.constantFrom("$", "%", "{", "}", "${", "%{", "$${", "~", "a", '"', "\\", "\n", " ", "é");
    const texts = fc.sample(
      fc.array(part, { maxLength: 8 }).map((parts) => parts.join("")),
      { numRuns: 400, seed: 20 },
    );
    const workspace = new Workspace();
    try {
      workspace.synth((app) => {
        const stack = new TerraformStack(app, "templates");
        workspace.backendOf(stack);
        texts.forEach(
          (text, i) => new TerraformOutput(stack, `t${i}`, { value: escapeTemplate(text), staticId: true }),
        );
      });
      const stack = workspace.stack("templates");
      stack.apply();
      const outputs = stack.outputs();
      expect(texts.map((_text, i) => outputs[`t${i}`])).toEqual(texts);
    } finally {
      workspace.close();
    }
  },
  SLOW,
);
