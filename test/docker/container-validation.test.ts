import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { ContainerFile } from "../../constructs/docker/container-file";
import type { ContainerProps } from "../../constructs/docker/container-props";
import { HealthCheck } from "../../constructs/docker/health-check";
import { RetainedVolume } from "../../constructs/docker/volume";
import { expectFault } from "../support/faults";
import { containerJson, synthesizeContainer } from "./support";

const MiB = (amount: number) => Size.mebibytes(amount);
const s = (amount: number) => Duration.seconds(amount);
const file = (path: string, text = "x", permissions = "0644") =>
  ContainerFile.text(path, text, { permissions });
const volume = RetainedVolume.named("data");
const check = HealthCheck.shell("true");

type Case = [what: string, props: Partial<ContainerProps>, code: string, prop: string, part: string];

const process: Case[] = [
  ["a name of one letter", { containerName: "a" }, "docker/container-name", "containerName", "two or more letters"],
  ["a name with a slash", { containerName: "a/b" }, "docker/container-name", "containerName", "Give a containerName"],
  ["a host name with an underscore", { hostname: "a_b" }, "docker/hostname", "hostname", "a domain name of DNS labels"],
  ["an unknown kind of platform", { platform: "Linux" }, "docker/platform", "platform", "os[/arch[/variant]]"],
  ["an empty command", { command: [] }, "docker/command-empty", "command", "Leave the prop out"],
  ["an empty word", { entrypoint: ["a", ""] }, "docker/command-empty", "entrypoint", "none of them empty"],
  ["a relative folder", { workingDirectory: "srv" }, "docker/working-directory", "workingDirectory", "Begin with /"],
  ["waiting without a check", { waitUntilHealthy: s(1) }, "docker/wait-without-health-check", "waitUntilHealthy", "the provider does not see the image's"],
  ["waiting for a check that is off", { waitUntilHealthy: s(1), healthCheck: HealthCheck.none() }, "docker/wait-without-health-check", "waitUntilHealthy", "together with a healthCheck"],
  ["waiting no time", { waitUntilHealthy: s(0), healthCheck: check }, "docker/wait-time", "waitUntilHealthy", "more than 0 s"],
  ["a fraction of a second of grace", { stopGracePeriod: s(1.5) }, "docker/stop-grace-period", "stopGracePeriod", "Docker counts whole seconds"],
  ["a signal in lower case", { stopSignal: "sigterm" }, "docker/stop-signal", "stopSignal", "upper case with SIG before it"],
  ["a variable without a name", { environment: { "": "a" } }, "docker/environment-name", "environment", "a name without ="],
  ["a variable with = in its name", { environment: { "A=B": "a" } }, "docker/environment-name", "environment", "Write the name as the key"],
]; // prettier-ignore

const resources: Case[] = [
  ["less memory than the engine's minimum", { memory: MiB(5) }, "docker/memory-minimum", "memory", "6MiB or more"],
  ["a fraction of a MiB", { memory: Size.kibibytes(8193) }, "docker/memory-unit", "memory", "the provider counts in MiB"],
  ["swap without memory", { memorySwap: MiB(8) }, "docker/memory-swap", "memorySwap", "only together with memory"],
  ["unlimited swap without memory", { memorySwap: "unlimited" }, "docker/memory-swap", "memorySwap", "Give memory too"],
  ["less swap than memory", { memory: MiB(8), memorySwap: MiB(7) }, "docker/memory-swap", "memorySwap", "at least the memory (8MiB)"],
  ["a fraction of a MiB of swap", { memory: MiB(8), memorySwap: Size.kibibytes(8193) }, "docker/memory-unit", "memorySwap", "whole MiB"],
  ["no /dev/shm", { shmSize: MiB(0) }, "docker/shm-size", "shmSize", "more than 0"],
  ["a fraction of a MiB of /dev/shm", { shmSize: Size.kibibytes(1) }, "docker/memory-unit", "shmSize", "whole MiB"],
  ["no processor", { cpus: 0 }, "docker/cpus", "cpus", "0.01 or more"],
  ["a thousandth of a processor", { cpus: 1.001 }, "docker/cpus", "cpus", "in hundredths"],
  ["processors without end", { cpus: Number.POSITIVE_INFINITY }, "docker/cpus", "cpus", "known at synth"],
  ["a weight of 1", { cpuShares: 1 }, "docker/cpu-shares", "cpuShares", "2 to 262144"],
  ["a set in words", { cpuSet: "all" }, "docker/cpu-set", "cpuSet", "0-3 or 0,1"],
  ["a limit in upper case", { ulimits: [{ name: "NOFILE", soft: 1, hard: 1 }] }, "docker/ulimit", "ulimits", "a name of ulimit's"],
  ["a soft limit over the hard one", { ulimits: [{ name: "nofile", soft: 2, hard: 1 }] }, "docker/ulimit", "ulimits", "Lower the soft limit"],
  ["no soft limit under a hard one", { ulimits: [{ name: "nofile", soft: -1, hard: 1 }] }, "docker/ulimit", "ulimits", "Lower the soft limit"],
  ["half a file", { ulimits: [{ name: "nofile", soft: 0.5, hard: 1 }] }, "docker/ulimit", "ulimits", "whole numbers"],
]; // prettier-ignore

const mounts: Case[] = [
  ["a relative path", { tmpfs: [{ containerPath: "a" }] }, "docker/mount-path", "tmpfs.containerPath", "an absolute path other than /"],
  ["the root", { volumes: [{ volume, containerPath: "/" }] }, "docker/mount-path", "volumes.containerPath", "other than /"],
  ["a colon", { hostMounts: [{ hostPath: "/a", containerPath: "/a:ro" }] }, "docker/mount-path", "hostMounts.containerPath", "without a colon"],
  ["a name as a path of the host", { hostMounts: [{ hostPath: "data", containerPath: "/a" }] }, "docker/mount-path", "hostMounts.hostPath", "a name alone is a volume"],
  ["one path twice", { volumes: [{ volume, containerPath: "/a" }], tmpfs: [{ containerPath: "/a" }] }, "docker/mount-twice", "tmpfs.containerPath", "each path of the container once"],
  ["one path in two spellings", { hostMounts: [{ hostPath: "/x", containerPath: "/a/" }, { hostPath: "/y", containerPath: "/b/../a" }] }, "docker/mount-twice", "hostMounts.containerPath", "Mount one thing there"],
  ["a mode in letters", { tmpfs: [{ containerPath: "/a", mode: "rwx" }] }, "docker/tmpfs-mode", "tmpfs.mode", "three or four octal digits"],
  ["a device without a path", { devices: [{ hostPath: "zero" }] }, "docker/device", "devices.hostPath", "an absolute path"],
  ["a right that there is not", { devices: [{ hostPath: "/dev/zero", permissions: "x" }] }, "docker/device", "devices.permissions", "of r, w and m"],
  ["a right twice", { devices: [{ hostPath: "/dev/zero", permissions: "rr" }] }, "docker/device", "devices.permissions", "each once"],
]; // prettier-ignore

const files: Case[] = [
  ["a relative file", { files: [file("a")] }, "docker/file-path", "files.path", "Begin with /"],
  ["a folder", { files: [file("/a/")] }, "docker/file-path", "files.path", "end with the file's name"],
  ["permissions in letters", { files: [file("/a", "x", "rw-")] }, "docker/file-permissions", "files.permissions", "three octal digits"],
  ["an empty file", { files: [file("/a", "")] }, "docker/file-empty", "files.content", "the provider refuses empty files"],
  ["a file twice", { files: [file("/a"), file("//a")] }, "docker/file-twice", "files.path", "Keep one of the two files"],
  ["a file and a read-only root", { files: [file("/a")], readOnlyRoot: true }, "docker/file-read-only", "files", "no files together with readOnlyRoot"],
  ["a file in a read-only volume", { files: [file("/a/b/c")], volumes: [{ volume, containerPath: "/a", readOnly: true }] }, "docker/file-read-only", "files.path", "mounted read-only (/a)"],
  ["a file under a tmpfs", { files: [file("/run/a/b")], tmpfs: [{ containerPath: "/run/" }] }, "docker/file-under-tmpfs", "files.path", "hidden as soon as the container starts"],
]; // prettier-ignore

const kernel: Case[] = [
  ["a capability in lower case", { capabilities: { add: ["net_admin"] } }, "docker/capability", "capabilities.add", "Write CAP_NET_ADMIN"],
  ["a capability without CAP_", { capabilities: { drop: ["CHOWN"] } }, "docker/capability", "capabilities.drop", "Write CAP_CHOWN"],
  ["CAP_ALL", { capabilities: { drop: ["cap_all"] } }, "docker/capability", "capabilities.drop", "Write ALL"],
  ["a parameter of the host", { sysctls: { "vm.swappiness": "1" } }, "docker/sysctl", "sysctls", "of the container's own namespaces"],
  ["a parameter of the host's network", { sysctls: { "net.core.somaxconn": "1" }, networkMode: "host" }, "docker/sysctl", "sysctls", "they would be the host's"],
]; // prettier-ignore

const names: Case[] = [
  ["a host without an address", { extraHosts: { db: "db.example" } }, "docker/extra-host", "extraHosts", "a domain name to an IPv4 address"],
  ["a host with an IPv6 address", { extraHosts: { db: "fd00::1" } }, "docker/extra-host", "extraHosts", "cuts IPv6 addresses at the colon"],
  ["a host that is no name", { extraHosts: { "a_b": "192.0.2.1" } }, "docker/extra-host", "extraHosts", "Give an IPv4 address"],
  ["a resolver's name", { dns: "dns.example" }, "docker/dns", "dns", "the port is always 53"],
  ["a resolver's port", { dns: { resolverAddress: "192.0.2.1:53" } }, "docker/dns", "dns", "the address of a resolver"],
  ["a resolver on loopback", { dns: "127.0.0.53" }, "docker/dns-loopback", "dns", "loopback is the container's own"],
]; // prettier-ignore

const secrets: Case[] = [
  ["in a variable", { environment: { DB_PASSWORD: "hunter2" } }, "docker/plain-text-secret", 'environment["DB_PASSWORD"]', "DB_PASSWORD_FILE"],
  ["in a variable's URL", { environment: { DATABASE: "pg://a:hunter2@db/x" } }, "docker/plain-text-secret", 'environment["DATABASE"]', "no variable that holds a secret"],
  ["in a label", { labels: { "shop.api-token": "hunter2" } }, "docker/plain-text-secret", 'labels["shop.api-token"]', "SHOP_API_TOKEN_FILE"],
  ["in a file's name", { files: [file("/etc/db_password", "hunter2")] }, "docker/plain-text-secret", "files.path", "no file that holds a secret"],
  ["in a line of a file", { files: [file("/etc/shop.conf", "a=1\ndb_password=hunter2\n")] }, "docker/plain-text-secret", 'files["/etc/shop.conf"]', "no line in a file that holds a secret"],
  ["in a JSON file", { files: [file("/etc/a.json", '{"token": "x"}')] }, "docker/plain-text-secret", 'files["/etc/a.json"]', "TOKEN_FILE"],
  ["acknowledged without a reason", { acknowledgedPlainTextSecrets: { DB_PASSWORD: " " } }, "docker/secret-reason", 'acknowledgedPlainTextSecrets["DB_PASSWORD"]', "a reason for each name"],
]; // prettier-ignore

describe.each([
  ["process", process],
  ["resources", resources],
  ["mounts", mounts],
  ["files", files],
  ["kernel", kernel],
  ["names", names],
  ["secrets", secrets],
])("%s", (_subject, cases) => {
  test.each(cases)("%s is refused", (_what, props, code, prop, part) => {
    const fault = expectFault(() => synthesizeContainer(props), code, prop, "stack/web: ", part);
    expect(fault.message).not.toContain("hunter2");
  });
});

describe("health check", () => {
  test.each<[string, HealthCheck, string, string, string]>([
    ["no command", HealthCheck.shell(" "), "docker/health-check-command", "healthCheck.command", "HealthCheck.none()"],
    ["no interval", HealthCheck.shell("a", { interval: s(0) }), "docker/health-check-interval", "healthCheck.interval", "more than 0 s"],
    ["a timeout over the interval", HealthCheck.shell("a", { interval: s(1), timeout: s(2) }), "docker/health-check-timeout", "healthCheck.timeout", "at most the interval (1s)"],
    ["a timeout over the default interval", HealthCheck.shell("a", { timeout: s(31) }), "docker/health-check-timeout", "healthCheck.timeout", "at most the interval (30s)"],
    ["no timeout", HealthCheck.shell("a", { timeout: s(0) }), "docker/health-check-timeout", "healthCheck.timeout", "more than 0 s"],
    ["no retry", HealthCheck.shell("a", { retries: 0 }), "docker/health-check-retries", "healthCheck.retries", "1 or more"],
    ["half a retry", HealthCheck.shell("a", { retries: 1.5 }), "docker/health-check-retries", "healthCheck.retries", "a whole number"],
  ])("%s is refused", (_what, healthCheck, code, prop, part) => {
    expectFault(() => synthesizeContainer({ healthCheck }), code, prop, part);
  }); // prettier-ignore

  test("the default timeout never exceeds the interval", () => {
    expect(containerJson({ healthCheck: HealthCheck.shell("a", { interval: s(2) }) }).healthcheck).toEqual({
      test: ["CMD-SHELL", "a"],
      interval: "2s",
      timeout: "2s",
      start_period: "0s",
      retries: 3,
    });
  });
});

describe("passes", () => {
  test.each<[string, Partial<ContainerProps>]>([
    ["a secret's file", { environment: { DB_PASSWORD_FILE: "/run/secrets/db" } }],
    ["a switch with a secret's name", { environment: { MYSQL_ALLOW_EMPTY_PASSWORD: "yes", TOKEN: "" } }],
    ["a time with a secret's name", { environment: { TOKEN_TTL: "30s" } }],
    [
      "an acknowledged variable, label and file",
      {
        environment: { DB_PASSWORD: "test" },
        labels: { token: "test" },
        files: [file("/etc/a.conf", "password=test1234")],
        acknowledgedPlainTextSecrets: {
          DB_PASSWORD: "a database of tests",
          token: "a test",
          "/etc/a.conf": "a test",
        },
      },
    ],
    [
      "a file in a writable mount inside a read-only one",
      {
        files: [file("/a/b/c")],
        volumes: [
          { volume, containerPath: "/a", readOnly: true },
          { volume, containerPath: "/a/b" },
        ],
      },
    ],
    [
      "a file beside a tmpfs of like name",
      { files: [file("/runner/a")], tmpfs: [{ containerPath: "/run" }] },
    ],
    ["limits without end", { ulimits: [{ name: "core", soft: -1, hard: -1 }] }],
    ["the least memory", { memory: MiB(6) }],
    ["ALL", { capabilities: { add: ["CAP_SYS_PTRACE"], drop: ["ALL"] } }],
    ["parameters of the namespaces", { sysctls: { "kernel.shmmax": "1", "fs.mqueue.msg_max": "1" } }],
    ["a signal's number", { stopSignal: "9" }],
    ["a real-time signal", { stopSignal: "SIGRTMIN+3" }],
  ])("%s", (_what, props) => {
    expect(containerJson(props).name).toBe("web");
  });
});

test("SELinux relabelling needs provider 4.5.0", () => {
  const hostMounts = [{ hostPath: "/a", containerPath: "/a", selinuxRelabel: "shared" as const }];
  expectFault(
    () => synthesizeContainer({ hostMounts }, undefined, { providerVersion: "3.6.2" }),
    "docker/selinux-relabel",
    "hostMounts.selinuxRelabel",
    "only with provider 4.5.0",
  );
  expect(containerJson({ hostMounts }).volumes).toEqual([
    { host_path: "/a", container_path: "/a", read_only: false, selinux_relabel: "z" },
  ]);
});

test("a label that is added later is looked at as well", () => {
  expectFault(
    () => synthesizeContainer({}, (container) => container.addLabel("api.token", "hunter2")),
    "docker/plain-text-secret",
    'labels["api.token"]',
    "API_TOKEN_FILE",
  );
});

test("the caller's arrays and maps are copied", () => {
  const environment: Record<string, string> = { A: "1" };
  const command = ["a"];
  const json = containerJson({ environment, command }, () => {
    environment.B = "2";
    command.push("b");
  });
  expect(json).toMatchObject({ env: ["A=1"], command: ["a"] });
});
