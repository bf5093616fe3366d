import { engineAnswers } from "./engine";
import { containerOf, tryConsole } from "./host-console";
import { HOST_USER } from "./host-recipes";
import type { Release } from "./hosts-description";
import { type Lab, pathsOf } from "./hosts-state";
import { inspected } from "./outer-engine";

/** What a host is. */
export interface HostStatus {
  readonly name: string;
  readonly address: string;
  readonly release: Release;
  /** `running` and the like, in the engine's words; `missing` if there is no such container. */
  readonly state: string;
  /** What `systemctl is-system-running` says: `running`, `degraded`, `starting`. */
  readonly system?: string;
  /** The version of the engine that runs on it, if it answers. */
  readonly engine?: string;
  /** The public key of its sshd: `ssh-ed25519 AAAA...`. */
  readonly hostKey?: string;
}

/** What a lab is, and how to reach it. */
export interface LabStatus {
  readonly lab: string;
  readonly subnet: string;
  readonly folder: string;
  /** For `ssh -F`. */
  readonly sshConfig: string;
  readonly knownHosts: string;
  readonly identityFile: string;
  /** The settings of the environment staging on these hosts. */
  readonly stagingSettings: string;
  /** The user of the hosts who is not root; root is let in too. */
  readonly user: string;
  readonly images: readonly string[];
  readonly hosts: readonly HostStatus[];
}

async function statusOf(lab: Lab, name: string): Promise<Omit<HostStatus, "name" | "address" | "release">> {
  const state = await inspected("container", containerOf(lab, name), "{{.State.Status}}");
  const hostKey = lab.hostKeys[name];
  const known = { state: state ?? "missing", ...(hostKey === undefined ? {} : { hostKey }) };
  if (state !== "running") return known;
  const script =
    "systemctl is-system-running || :; timeout 5 docker version --format '{{.Server.Version}}' || :";
  const { stdout } = await tryConsole(lab, name, script, { timeout: 20_000 });
  const [system = "", engine = ""] = stdout.trim().split("\n");
  return { ...known, ...(system === "" ? {} : { system }), ...(engine === "" ? {} : { engine }) };
}

/** What a lab is, and each of its hosts. */
export async function labStatus(lab: Lab): Promise<LabStatus> {
  const { sshConfig, knownHosts, clientKey, stagingSettings } = pathsOf(lab.folder);
  const answers = await engineAnswers();
  const hosts = await Promise.all(
    lab.hosts.map(async ({ name, address, release }) => ({
      name,
      address,
      release,
      ...(answers ? await statusOf(lab, name) : { state: "no engine" }),
    })),
  );
  const { lab: called, subnet, folder, images } = lab;
  return {
    ...{
      lab: called,
      subnet,
      folder,
      sshConfig,
      knownHosts,
      identityFile: clientKey,
      stagingSettings,
      user: HOST_USER,
    },
    ...{ images, hosts },
  };
}

/** The same for people: a line for each host. */
export function statusText(status: LabStatus): string {
  const rows = [
    ["name", "address", "release", "state", "system", "engine"],
    ...status.hosts.map((host) => [
      ...[host.name, host.address, host.release, host.state, host.system ?? "-", host.engine ?? "-"],
    ]),
  ];
  const widths = rows[0]?.map((_, i) => Math.max(...rows.map((row) => row[i]?.length ?? 0))) ?? [];
  const lines = rows.map((row) =>
    row
      .map((cell, i) => cell.padEnd(widths[i] ?? 0))
      .join("  ")
      .trimEnd(),
  );
  return [...lines, `ssh -F ${status.sshConfig} NAME`, `export STAGING_SETTINGS=${status.stagingSettings}`].join("\n"); // prettier-ignore
}
