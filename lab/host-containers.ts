import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { containerOf, onConsole, tryConsole } from "./host-console";
import { HOST_USER, HOST_USER_ID, hostCreateArguments } from "./host-recipes";
import { trySsh } from "./host-ssh";
import type { LabHost } from "./hosts-description";
import { type Lab, LAB_LABELS, pathsOf } from "./hosts-state";
import { hostsText, withHostsBlock } from "./hosts-text";
import { docker, inspected, tryDocker } from "./outer-engine";
import { type TreeFile, withTree } from "./trees";
import { resolvConfText } from "./upstream";

/** How long a host may take until systemd has started everything, and its engine answers. */
const BOOT_TIMEOUT = 180_000;
/** What a host gets before its first start: who it is, and who may come in. */
function filesOf(lab: Lab, host: LabHost, clientKey: string): TreeFile[] {
  const hostKey = pathsOf(lab.folder).hostKey(host.name);
  const keys = `${clientKey} lab ${lab.lab}\n`;
  return [
    { at: "etc/hostname", text: `${host.name}\n`, mode: 0o644 },
    { at: "etc/hosts", text: hostsText(lab), mode: 0o644 },
    { at: "etc/resolv.conf", text: resolvConfText(lab), mode: 0o644 },
    { at: "etc/ssh/ssh_host_ed25519_key", text: readFileSync(hostKey, "utf8"), mode: 0o600 },
    { at: "etc/ssh/ssh_host_ed25519_key.pub", text: readFileSync(`${hostKey}.pub`, "utf8"), mode: 0o644 },
    { at: "root/.ssh/authorized_keys", text: keys, mode: 0o600, owner: 0 },
    { at: `home/${HOST_USER}/.ssh/authorized_keys`, text: keys, mode: 0o600, owner: HOST_USER_ID },
  ];
}

interface ContainerSeen {
  readonly state: { readonly Status: string; readonly StartedAt: string };
  readonly labels: Readonly<Record<string, string>>;
}

/** Removes a host's container and its disk. */
export async function removeHost(lab: Lab, host: string): Promise<void> {
  const container = containerOf(lab, host);
  await tryDocker(["container", "rm", "--force", "--volumes", container]);
  if ((await inspected("volume", container, "{{.Name}}")) !== undefined) {
    await docker(["volume", "rm", container]);
  }
}

/** Makes a host, or starts it, unless it runs. One whose making was interrupted, or with other keys, is made anew. */
export async function ensureHost(
  lab: Lab,
  host: LabHost,
  clientKey: string,
  say: (line: string) => void,
): Promise<void> {
  const container = containerOf(lab, host.name);
  const labels: Record<string, string> = {
    [LAB_LABELS.lab]: lab.lab,
    [LAB_LABELS.folder]: lab.folder,
    [LAB_LABELS.host]: host.name,
    [LAB_LABELS.key]: lab.hostKeys[host.name] ?? "",
    [LAB_LABELS.client]: clientKey,
  };
  const format = `{"state":{{json .State}},"labels":{{json .Config.Labels}}}`;
  const text = await inspected("container", container, format);
  if (text !== undefined) {
    const seen = JSON.parse(text) as ContainerSeen;
    if (seen.labels[LAB_LABELS.lab] !== lab.lab) {
      throw new Error(
        `the engine has a container ${container} that is not the lab's: choose another by --lab`,
      );
    }
    const whole =
      !seen.state.StartedAt.startsWith("0001-") &&
      Object.entries(labels).every(([label, value]) => seen.labels[label] === value);
    if (whole && seen.state.Status === "running") return;
    if (whole && seen.state.Status === "paused") {
      await docker(["unpause", container]);
      return;
    }
    if (whole && seen.state.Status === "exited") {
      say(`${host.name}: starting`);
      await docker(["start", container]);
      return;
    }
  }
  say(`${host.name}: making (${host.release}, ${host.address})`);
  await removeHost(lab, host.name);
  await docker([
    ...["volume", "create"],
    ...Object.entries(labels).flatMap(([label, value]) => ["--label", `${label}=${value}`]),
    container,
  ]);
  await docker(hostCreateArguments({ container, network: lab.lab, labels, host }));
  await withTree(filesOf(lab, host, clientKey), (archive) =>
    docker(["cp", "-", `${container}:/`], { inputFile: archive }),
  );
  await docker(["start", container]);
}

/**
 * Waits until a host has started everything, lets the lab in by ssh, and its engine answers.
 * @throws Error with what it still lacks, and the units that failed
 */
export async function awaitHost(lab: Lab, host: string, timeout = BOOT_TIMEOUT): Promise<void> {
  const deadline = Date.now() + timeout;
  const command =
    "systemctl is-system-running --wait >/dev/null; docker info --format '{{.ServerVersion}}' && systemctl is-system-running || :";
  for (;;) {
    const { stdout, stderr } = await trySsh(lab, host, command, { user: "root", timeout: 60_000 });
    const [engine = "", state = ""] = stdout.trim().split("\n");
    if (engine !== "" && (state === "running" || state === "degraded")) return;
    if (Date.now() > deadline) {
      const failed = await tryConsole(lab, host, "systemctl --failed --no-legend --plain");
      throw new Error(
        [`${host}: not ready within ${timeout / 1000} s`, stderr.trim(), failed.stdout.trim()]
          .filter((line) => line !== "")
          .join("\n"),
      );
    }
    await sleep(500);
  }
}

/** Brings the hosts' names in a host's /etc/hosts up to today's lab. Whatever else stands there stays. */
export async function nameHosts(lab: Lab, host: string, say: (line: string) => void): Promise<void> {
  const present = await onConsole(lab, host, "cat /etc/hosts; echo .");
  const before = present.slice(0, -1);
  const after = withHostsBlock(before, lab);
  if (after === undefined) say(`${host}: /etc/hosts has no block of the lab's any more, and stays as it is`);
  else if (after !== before) await onConsole(lab, host, "cat >/etc/hosts", { input: after });
}
