import { Construct } from "constructs";
import { requireAddress } from "../core/addresses";
import { isDnsLabel, isDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { requirePort } from "../core/ports";
import { isToken } from "../core/tokens";
import { requireHostKeys } from "./host-keys";
import { shellQuote } from "./shell";

/** A machine that is reached by ssh, as constructs see it. */
export interface ISshHost extends Construct {
  /** The host's name, one DNS label. */
  readonly hostName: string;
  /** Its public host keys, `<type> <base64>`. */
  readonly hostKeys: readonly string[];
  /** Options and destination of the `ssh` that reaches it, as the words of a command line without `ssh` itself. */
  readonly sshArguments: readonly string[];
  /** What runs a command as root there: `sudo -n`, or nothing for root. */
  readonly elevation: string;
}

/** Props of a machine that is reached by ssh. */
export interface SshHostProps {
  /** The host's name, one DNS label. */
  readonly hostName: string;
  /**
   * Its address, its name, or an alias of the ssh configuration, which may bring a port, a user, a key and jump hosts.
   */
  readonly address: string;
  /**
   * Its public host keys, as in `/etc/ssh/ssh_host_ed25519_key.pub`. They are verified at every connection, and are the
   * host's identity: another key means another machine, on which everything is made anew.
   */
  readonly hostKeys: readonly string[];
  /**
   * The user. One other than root needs sudo without a password.
   * @default - as the ssh configuration says; then root is expected
   */
  readonly user?: string;
  /**
   * The port.
   * @default - as the ssh configuration says (22)
   */
  readonly port?: number;
  /**
   * A private key's file on the machine that runs Terraform; only its path is written down.
   * @default - as the ssh agent and the ssh configuration say
   */
  readonly identityFile?: string;
  /**
   * The ssh configuration's file.
   * @default - ssh's own, `~/.ssh/config`
   */
  readonly configFile?: string;
  /**
   * Whether commands go through `sudo -n`.
   * @default - unless the user is root, or none is given
   */
  readonly sudo?: boolean;
}

/**
 * The options by which `ssh` accepts these host keys and no others, whatever known_hosts says: `KnownHostsCommand` of
 * ssh_config(5), OpenSSH 8.5 or later on the machine that runs Terraform. Jump hosts are not touched by them: those are
 * verified as the ssh configuration says.
 */
export function hostKeyOptions(hostKeys: readonly string[]): string[] {
  const lines = hostKeys.map((key) => `'* ${key}'`).join(" ");
  return [
    "-o",
    "StrictHostKeyChecking=yes",
    "-o",
    "UserKnownHostsFile=/dev/null",
    "-o",
    "GlobalKnownHostsFile=/dev/null",
    "-o",
    `HostKeyAlgorithms=${[...new Set(hostKeys.flatMap(algorithmsOf))].join(",")}`,
    "-o",
    // ssh splits the line itself, quotes included, and expands %% to %.
    `KnownHostsCommand=/usr/bin/printf '%%s\\n' ${lines}`,
  ];
}

function algorithmsOf(key: string): string[] {
  const [type = ""] = key.split(" ");
  return type === "ssh-rsa" ? ["rsa-sha2-512", "rsa-sha2-256"] : [type];
}

/**
 * A machine with sshd, on which files, drop-ins and commands are put by Terraform's built-in `terraform_data` and the
 * `ssh` of the machine that runs Terraform. Nothing is installed on it.
 */
export class SshHost extends Construct implements ISshHost {
  public readonly hostName: string;
  public readonly hostKeys: readonly string[];
  public readonly sshArguments: readonly string[];
  public readonly elevation: string;

  constructor(scope: Construct, id: string, props: SshHostProps) {
    super(scope, id);
    requireSshConnection(this, props);
    this.hostName = props.hostName;
    this.hostKeys = requireHostKeys(this, "hostKeys", props.hostKeys);
    const { user, port, identityFile, configFile, sudo = user !== undefined && user !== "root" } = props;
    this.elevation = sudo ? "sudo -n " : "";
    this.sshArguments = [
      ...(configFile === undefined ? [] : ["-F", configFile]),
      ...["-o", "BatchMode=yes", "-o", "ConnectTimeout=15"],
      ...["-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4", "-o", "LogLevel=ERROR"],
      ...hostKeyOptions(this.hostKeys),
      ...(identityFile === undefined ? [] : ["-i", identityFile, "-o", "IdentitiesOnly=yes"]),
      ...(port === undefined ? [] : ["-p", String(port)]),
      ...(user === undefined ? [] : ["-l", user]),
      props.address,
    ];
  }
}

/** The command line, `ssh` included, as a shell reads it. */
export function sshCommandLine(host: ISshHost): string {
  return ["ssh", ...host.sshArguments].map(shellQuote).join(" ");
}

/**
 * Checks how a host is reached; its keys are checked by `requireHostKeys`.
 * @throws ValidationError host/host-name, host/address, host/user, host/path, core/address, core/port
 */
export function requireSshConnection(location: Location, props: SshHostProps): void {
  const { hostName, address, user, port } = props;
  if (!isDnsLabel(hostName)) {
    throw new ValidationError(location, {
      code: "host/host-name",
      prop: "hostName",
      got: hostName,
      allowed: "a DNS label: 1 to 63 letters, digits and hyphens",
      mend: "Give the host's short name",
    });
  }
  if (isToken(address)) {
    throw new ValidationError(location, {
      code: "host/address",
      prop: "address",
      got: "a value that is known only when Terraform runs",
      allowed: "an address, a name or an alias of the ssh configuration",
      mend: "Write it down: a host that is destroyed later must still be reached",
    });
  }
  // Nothing that ssh could take for an option.
  if (!isDomainName(address) && !/^[A-Za-z0-9_][\w.-]*$/.test(address)) {
    requireAddress(location, "address", address);
  }
  if (port !== undefined) requirePort(location, "port", port);
  if (user !== undefined && !/^[A-Za-z_][\w.-]*\$?$/.test(user)) {
    throw new ValidationError(location, {
      code: "host/user",
      prop: "user",
      got: user,
      allowed: "a user's name",
      mend: "Give the name alone, without a host",
    });
  }
  for (const [prop, path] of [
    ["identityFile", props.identityFile],
    ["configFile", props.configFile],
  ] as const) {
    if (path === undefined || (path.trim() !== "" && !path.startsWith("-") && !/[\0\n\r]/.test(path)))
      continue;
    throw new ValidationError(location, {
      code: "host/path",
      prop,
      got: path,
      allowed: "a file's path on the machine that runs Terraform",
      mend: "Give the path, or leave the prop out",
    });
  }
}
