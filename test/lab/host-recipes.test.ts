import { spawnSync } from "node:child_process";
import {
  HOST_COMMANDS,
  HOST_FILES,
  HOST_REMOVALS,
  hostCreateArguments,
  hostDebootstrapArguments,
  hostImportArguments,
  hostRecipeHash,
} from "../../lab/host-recipes";
import { RELEASES } from "../../lab/hosts-description";

const textAt = (path: string) => HOST_FILES.find(({ at }) => at === path)?.text ?? "";

test("a host is a minimal system with an engine, sshd and BIND", () => {
  const [variant, include = "", ...rest] = hostDebootstrapArguments("bullseye", "/at");
  expect([variant, ...rest]).toEqual(["--variant=minbase", "bullseye", "/at"]);
  expect(include.replace("--include=", "").split(",")).toEqual(
    expect.arrayContaining(["systemd-sysv", "openssh-server", "docker.io", "iptables", "sudo", "bind9"]),
  );
});

test("what later releases have as packages of their own is asked for there alone", () => {
  const has = (name: string) =>
    RELEASES.filter((release) => (hostDebootstrapArguments(release, "/at")[1] ?? "").includes(name));
  expect(has("systemd-resolved")).toEqual(["bookworm", "trixie"]);
  expect(has("docker-cli")).toEqual(["trixie"]);
});

test("each release is another recipe", () => {
  expect(new Set(RELEASES.map(hostRecipeHash)).size).toBe(RELEASES.length);
  expect(hostRecipeHash("trixie")).toMatch(/^[0-9a-f]{16}$/);
});

test("an image says where the engine's storage is, and what it was made from", () => {
  const args = hostImportArguments("bullseye", "/a.tar.gz");
  expect(args.slice(-2)).toEqual(["/a.tar.gz", "lab/host:bullseye"]);
  expect(args).toEqual(
    expect.arrayContaining([
      "VOLUME /var/lib/docker",
      'CMD ["/usr/local/sbin/lab-init"]',
      `LABEL lab.host-recipe=${hostRecipeHash("bullseye")}`,
    ]),
  );
});

test("no secret of the image is shared by its hosts", () => {
  expect(HOST_REMOVALS).toEqual(
    expect.arrayContaining([
      "/etc/ssh/ssh_host_ed25519_key",
      "/etc/ssh/ssh_host_rsa_key",
      "/etc/bind/rndc.key",
    ]),
  );
  expect(HOST_FILES.find(({ at }) => at === "/etc/machine-id")?.text).toBe("");
});

test("BIND and systemd-resolved are there, and not in use", () => {
  expect(HOST_COMMANDS).toContainEqual(["systemctl", "disable", "named.service", "systemd-resolved.service"]);
});

test("what starts a host is a script that a shell can parse, and ends in systemd", () => {
  const script = textAt("/usr/local/sbin/lab-init");
  const { status, stderr } = spawnSync("sh", ["-n"], { input: script, encoding: "utf8" });
  expect([status, stderr]).toEqual([0, ""]);
  expect(script.trimEnd().split("\n").at(-1)).toBe("exec /lib/systemd/systemd");
});

test("a host is made with its address and labels, and without privileges that not every root has", () => {
  const args = hostCreateArguments({
    container: "lab-a",
    network: "lab",
    labels: { "lab.hosts": "lab", "lab.host": "a" },
    host: { name: "a", release: "trixie", address: "10.20.0.101" },
  });
  expect(args).toEqual([
    ...["create", "--name", "lab-a", "--hostname", "a", "--network", "lab", "--ip", "10.20.0.101"],
    ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
    ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--device-cgroup-rule", "a *:* rwm"],
    ...["--cgroupns", "private", "--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"],
    ...["--volume", "lab-a:/var/lib/docker", "--stop-timeout", "20", "--stop-signal", "SIGRTMIN+3"],
    ...["--label", "lab.hosts=lab", "--label", "lab.host=a", "lab/host:trixie"],
  ]);
});
