import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { LabDescription, LabHost } from "./hosts-description";

/** A lab as its state folder has it. */
export interface Lab extends LabDescription {
  /** The state folder. */
  readonly folder: string;
  /** The public keys of the hosts' sshd, by host, as known_hosts has them: `ssh-ed25519 AAAA...`. */
  readonly hostKeys: Readonly<Record<string, string>>;
  /** The images that every host's engine is to have. */
  readonly images: readonly string[];
  /** Whether the lab started the engine that its hosts are on. */
  readonly engineStarted: boolean;
}

/** The labels of all that a lab makes in the engine. */
export const LAB_LABELS = {
  /** The lab's name. */
  lab: "lab.hosts",
  /** The host's name, on what belongs to one host. */
  host: "lab.host",
  /** The state folder of the lab. */
  folder: "lab.folder",
  /** The host key that a host was made with. */
  key: "lab.host-key",
  /** The key of the lab's that it lets in. */
  client: "lab.client-key",
  /** A hash of the configuration that a container was made with. */
  configuration: "lab.configuration",
} as const;

/** The state folder of a lab: in the folder that LAB_HOSTS names, or in `.lab` of this checkout. */
export function stateFolder(lab: string): string {
  return join(resolve(process.env["LAB_HOSTS"] ?? join(__dirname, "..", ".lab")), lab);
}

/** The paths of what a lab's state folder holds. */
export function pathsOf(folder: string) {
  return {
    state: join(folder, "lab.json"),
    sshConfig: join(folder, "ssh_config"),
    knownHosts: join(folder, "known_hosts"),
    /** The private key that every host lets in, as root and as the user; the public one beside it ends in .pub. */
    clientKey: join(folder, "id_ed25519"),
    /** The settings of the environment staging on these hosts, for STAGING_SETTINGS. */
    stagingSettings: join(folder, "staging.json"),
    /** The private key of a host's sshd. */
    hostKey: (host: string) => join(folder, "host-keys", host),
  };
}

/** The lab of a name, or undefined if it is not there. */
export function findLab(lab: string): Lab | undefined {
  const folder = stateFolder(lab);
  const { state } = pathsOf(folder);
  if (!existsSync(state)) return undefined;
  return { ...(JSON.parse(readFileSync(state, "utf8")) as Omit<Lab, "folder">), folder };
}

/**
 * The lab of a name.
 * @throws Error if it is not there
 */
export function openLab(lab: string): Lab {
  const found = findLab(lab);
  if (found === undefined) throw new Error(`there is no lab ${lab}: run \`npm run lab:up\``);
  return found;
}

/**
 * A host of a lab.
 * @throws Error with the hosts that there are
 */
export function hostOf(lab: Lab, name: string): LabHost {
  const host = lab.hosts.find((candidate) => candidate.name === name);
  if (host !== undefined) return host;
  const names = lab.hosts.map((candidate) => candidate.name).join(", ");
  throw new Error(`the lab ${lab.lab} has no host ${name}: it has ${names}`);
}

/** Writes a file so that whoever reads it, or interrupts this, finds the old or the new text and never a part. */
export function replaceFile(path: string, text: string, mode = 0o644): void {
  writeFileSync(`${path}.part`, text, { mode });
  renameSync(`${path}.part`, path);
}

/** Writes down what a lab is. */
export function keepLab(lab: Lab): Lab {
  const { folder, ...state } = lab;
  mkdirSync(folder, { recursive: true, mode: 0o700 });
  replaceFile(pathsOf(folder).state, `${JSON.stringify(state, undefined, 2)}\n`);
  return lab;
}

/** Forgets a lab: its keys, and all else in its state folder. */
export function forgetLab(folder: string): void {
  rmSync(folder, { recursive: true, force: true });
}
