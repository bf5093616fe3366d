import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { dirname } from "node:path";
import { attempt, type Ended, type Given, outputOf, which } from "./commands";
import { HOST_USER } from "./host-recipes";
import type { LabDescription } from "./hosts-description";
import { hostOf, type Lab, pathsOf, replaceFile } from "./hosts-state";

/** A path as a word of ssh's configuration. */
function word(path: string): string {
  // ssh knows no way to write a quotation mark in a quoted word, and takes % for the beginning of a token.
  if (path.includes('"')) throw new Error(`${path}: ssh cannot be told a path with a quotation mark`);
  return `"${path.replaceAll("%", "%%")}"`;
}

/**
 * A configuration of ssh for the hosts of a lab, by name and by address, and for no others.
 *
 * Used with `-F`, it replaces the user's own and the system's, neither of which is touched.
 */
export function sshConfigText(lab: LabDescription, folder: string): string {
  const { clientKey, knownHosts } = pathsOf(folder);
  const hosts = lab.hosts.map(
    ({ name, address }) => `Host ${name} ${address}
    HostName ${address}
`,
  );
  return `${hosts.join("")}Host ${lab.hosts.flatMap(({ name, address }) => [name, address]).join(" ")}
    User ${HOST_USER}
    IdentityFile ${word(clientKey)}
    IdentitiesOnly yes
    IdentityAgent none
    UserKnownHostsFile ${word(knownHosts)}
    GlobalKnownHostsFile /dev/null
    StrictHostKeyChecking yes
    UpdateHostKeys no
    ConnectTimeout 10
    ServerAliveInterval 5
    ServerAliveCountMax 3
`;
}

/** The known hosts of a lab, each by name and address. Hosts whose key is not there yet are left out. */
export function knownHostsText(lab: LabDescription, hostKeys: Readonly<Record<string, string>>): string {
  return lab.hosts
    .flatMap(({ name, address }) => {
      const key = hostKeys[name];
      return key === undefined ? [] : [`${name},${address} ${key}\n`];
    })
    .join("");
}

/** The kind and the key of a public key file, without its comment. */
export function publicKeyIn(text: string): string {
  const [kind, key] = text.trim().split(/\s+/);
  if (kind === undefined || key === undefined) throw new Error(`${text}: is no public key`);
  return `${kind} ${key}`;
}

/** Makes a key pair unless it is there whole, and returns the public key. */
async function keyPair(path: string, comment: string): Promise<string> {
  if (!existsSync(path) || !existsSync(`${path}.pub`)) {
    if (which("ssh-keygen") === undefined)
      throw new Error("no ssh-keygen on PATH: apt-get install openssh-client");
    mkdirSync(dirname(path), { recursive: true, mode: 0o700 });
    for (const left of [path, `${path}.pub`]) rmSync(left, { force: true });
    await outputOf("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", path]);
  }
  return publicKeyIn(readFileSync(`${path}.pub`, "utf8"));
}

/** The public key that every host of the lab lets in. Made if it is not there. */
export function clientKeyOf(lab: LabDescription, folder: string): Promise<string> {
  return keyPair(pathsOf(folder).clientKey, `lab ${lab.lab}`);
}

/** The public key of a host's sshd. Made if it is not there. */
export function hostKeyOf(host: string, folder: string): Promise<string> {
  return keyPair(pathsOf(folder).hostKey(host), host);
}

/** Throws a host's key away, so that it gets a new one. */
export function forgetHostKey(host: string, folder: string): void {
  const path = pathsOf(folder).hostKey(host);
  for (const file of [path, `${path}.pub`]) rmSync(file, { force: true });
}

/** Writes what ssh needs to reach the hosts. */
export function writeSshFiles(lab: Lab): void {
  const { sshConfig, knownHosts } = pathsOf(lab.folder);
  replaceFile(knownHosts, knownHostsText(lab, lab.hostKeys));
  replaceFile(sshConfig, sshConfigText(lab, lab.folder));
}

/** What a command over ssh is given. */
export interface SshOptions extends Given {
  /** @default - the hosts' user, who is not root */
  readonly user?: string;
}

/** The arguments of ssh that reach a host of a lab. */
export function sshArguments(lab: Lab, host: string, user?: string): string[] {
  const asUser = user === undefined ? [] : ["-l", user];
  return ["-F", pathsOf(lab.folder).sshConfig, ...asUser, hostOf(lab, host).name];
}

/** Runs a command on a host over ssh, by the host's shell, and tells how it ended; 255 is ssh's own failure. */
export function trySsh(lab: Lab, host: string, command: string, options: SshOptions = {}): Promise<Ended> {
  const args = ["-o", "BatchMode=yes", ...sshArguments(lab, host, options.user), "--", command];
  return attempt("ssh", args, options);
}

/**
 * Runs a command on a host over ssh, by the host's shell, and returns what it wrote.
 * @throws Error with the host, the command and what it said
 */
export async function ssh(
  lab: Lab,
  host: string,
  command: string,
  options: SshOptions = {},
): Promise<string> {
  const { status, stdout, stderr } = await trySsh(lab, host, command, options);
  if (status === 0) return stdout.trimEnd();
  const why = status === undefined ? "no end in time" : `exit status ${status}`;
  throw new Error(`${host}: ${command}: ${why}\n${`${stderr}${stdout}`.trim()}`);
}
