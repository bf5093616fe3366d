import { requireAddress, hostPort } from "../core/addresses";
import { isDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { requirePort } from "../core/ports";
import { isToken } from "../core/tokens";
import { requireHostKeys } from "../host/host-keys";
import { hostKeyOptions } from "../host/ssh-host";

/** How an engine is reached over TCP. TLS is not optional: whoever reaches an engine is root on its host. */
export interface TcpConnectionOptions {
  /** The engine's address or name, as it stands in its certificate. */
  readonly address: string;
  /**
   * The port.
   * @default 2376
   */
  readonly port?: number;
  /**
   * A folder on the machine that runs Terraform with `ca.pem`, `cert.pem` and `key.pem`: the layout of
   * `DOCKER_CERT_PATH`. The CA is always used, so the engine's certificate is always verified.
   */
  readonly certPath: string;
}

/** How an engine is reached over ssh, by the `ssh` of the machine that runs Terraform. */
export interface SshConnectionOptions {
  /** The host's address, name, or an alias of the ssh configuration. */
  readonly address: string;
  /**
   * The user; it must be allowed to reach the engine's socket.
   * @default - as the ssh configuration says
   */
  readonly user?: string;
  /**
   * The port.
   * @default - as the ssh configuration says (22)
   */
  readonly port?: number;
  /**
   * Keeps one connection open for all calls, so that sshd's MaxStartups does not turn calls away.
   * @default true
   */
  readonly shareConnection?: boolean;
  /**
   * The host's public keys, as in `/etc/ssh/ssh_host_ed25519_key.pub`: then no other is accepted, whatever known_hosts says
   * (`KnownHostsCommand` of OpenSSH 8.5).
   * @default - verified as the ssh configuration says
   */
  readonly hostKeys?: readonly string[];
  /**
   * The ssh configuration's file, on the machine that runs Terraform.
   * @default - ssh's own, `~/.ssh/config`
   */
  readonly configFile?: string;
  /**
   * A private key's file on the machine that runs Terraform; only its path is written down.
   * @default - as the ssh agent and the ssh configuration say
   */
  readonly identityFile?: string;
  /**
   * Further options, as on ssh's command line: `["-o", "Compression=yes"]`. Nothing here turns off the check of the host's
   * key.
   * @default - none
   */
  readonly sshOptions?: readonly string[];
}

/** How Terraform's Docker provider reaches an engine. */
export class EngineConnection {
  /**
   * A socket on the machine that runs Terraform.
   * @param path of the socket, absolute
   */
  public static localSocket(path = "/var/run/docker.sock"): EngineConnection {
    return new EngineConnection(`unix://${path}`);
  }

  /** TCP with TLS, both sides verified. */
  public static tcp(options: TcpConnectionOptions): EngineConnection {
    const { address, port = 2376, certPath } = options;
    return new EngineConnection(`tcp://${hostPort(address, port)}`, certPath, [], () => {
      requireHost("connection.address", address);
      requirePort("EngineConnection.tcp", "connection.port", port);
      if (certPath.trim() === "") {
        throw new ValidationError("EngineConnection.tcp", {
          code: "docker/tls-without-ca",
          prop: "connection.certPath",
          got: certPath,
          allowed: "a folder with ca.pem, cert.pem and key.pem",
          mend: "Give the folder: without a CA the provider would not verify the engine at all",
        });
      }
    });
  }

  /** ssh; runs `docker system dial-stdio` on the host. */
  public static ssh(options: SshConnectionOptions): EngineConnection {
    const {
      address,
      user,
      port,
      shareConnection = true,
      sshOptions = [],
      configFile,
      identityFile,
    } = options;
    const keys =
      options.hostKeys === undefined
        ? []
        : hostKeyOptions(requireHostKeys("EngineConnection.ssh", "connection.hostKeys", options.hostKeys));
    const target =
      port === undefined ? (address.includes(":") ? `[${address}]` : address) : hostPort(address, port);
    // BatchMode: a question that nobody can answer must be an error, not a deploy that hangs.
    // In the home folder itself: nobody else can put a socket there, and ssh does not make a missing ~/.ssh for it.
    const sharing = ["-o", "ControlMaster=auto", "-o", "ControlPath=~/.cdktf-%C", "-o", "ControlPersist=60"];
    return new EngineConnection(
      `ssh://${user === undefined ? "" : `${user}@`}${target}`,
      undefined,
      [
        ...(configFile === undefined ? [] : ["-F", configFile]),
        ...["-o", "BatchMode=yes"],
        ...keys,
        ...(identityFile === undefined ? [] : ["-i", identityFile, "-o", "IdentitiesOnly=yes"]),
        ...(shareConnection ? sharing : []),
        ...sshOptions,
      ],
      () => {
        requireHost("connection.address", address);
        if (port !== undefined) requirePort("EngineConnection.ssh", "connection.port", port);
        if (user !== undefined && !isToken(user) && !/^[A-Za-z_][\w.-]*\$?$/.test(user)) {
          throw new ValidationError("EngineConnection.ssh", {
            code: "docker/ssh-user",
            prop: "connection.user",
            got: user,
            allowed: "a user's name",
            mend: "Give the name alone, without a host",
          });
        }
        const loosened = sshOptions.find((option) =>
          /StrictHostKeyChecking\s*=?\s*(no|off|accept-new)|KnownHostsFile\s*=?\s*(\/dev\/null|none)/i.test(
            option,
          ),
        );
        if (loosened !== undefined) {
          throw new ValidationError("EngineConnection.ssh", {
            code: "docker/ssh-host-key",
            prop: "connection.sshOptions",
            got: loosened,
            allowed: "options that leave the check of the host's key on",
            mend: "Put the host's key into known_hosts instead",
          });
        }
      },
    );
  }

  private constructor(
    /** The engine's URI, as in `DOCKER_HOST`. */
    public readonly uri: string,
    /** The folder with the TLS files, if the connection uses them. */
    public readonly certPath?: string,
    /** What is handed to ssh. */
    public readonly sshOptions: readonly string[] = [],
    check: () => void = () => undefined,
  ) {
    check();
  }
}

function requireHost(prop: string, address: string): void {
  const location: Location = "EngineConnection";
  if (!isToken(address) && !isDomainName(address)) requireAddress(location, prop, address);
}
