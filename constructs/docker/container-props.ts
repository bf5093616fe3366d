import type { Duration } from "../core/duration";
import type { Protocol } from "../core/ports";
import type { Size } from "../core/size";
import type { IDnsResolver } from "../discovery/dns";
import type { ContainerFile } from "./container-file";
import type { ContainerImage } from "./container-image";
import type { IDockerHost } from "./docker-host";
import type { HealthCheck } from "./health-check";
import type { HostAddress } from "./host-address";
import type { LogDriver } from "./log-driver";
import type { RestartPolicy } from "./restart-policy";
import type { IVolume } from "./volume";

/** A port of a container that the host makes reachable. */
export interface PortPublication {
  /** The container's port, 1 to 65535. */
  readonly containerPort: number;
  /** The host's address that clients use, or `HostAddress.everyInterface()`. */
  readonly hostAddress: string | HostAddress;
  /**
   * The host's port, 1 to 65535.
   * @default - the engine picks a free one each time the container starts; SRV records carry it
   */
  readonly hostPort?: number;
  /**
   * The protocol.
   * @default "tcp"
   */
  readonly protocol?: Protocol;
}

/** A volume in a container. */
export interface VolumeMount {
  /** The volume. */
  readonly volume: IVolume;
  /** The path in the container, absolute. */
  readonly containerPath: string;
  /**
   * Whether the container may only read.
   * @default false
   */
  readonly readOnly?: boolean;
}

/** A file or folder of the host in a container. */
export interface HostMount {
  /** The path on the host, absolute. The engine makes a folder where there is nothing. */
  readonly hostPath: string;
  /** The path in the container, absolute. */
  readonly containerPath: string;
  /**
   * Whether the container may only read. This does not restrict what is spoken over a socket.
   * @default false
   */
  readonly readOnly?: boolean;
  /**
   * Relabels the content for SELinux: `shared` for several containers (Docker's `z`), `private` for this one (`Z`).
   * Needs provider 4.5.0.
   * @default - the labels stay as they are
   */
  readonly selinuxRelabel?: "shared" | "private";
}

/** A file system in memory. */
export interface TmpfsMount {
  /** The path in the container, absolute. */
  readonly containerPath: string;
  /**
   * Its largest size.
   * @default - half of the host's memory
   */
  readonly size?: Size;
  /**
   * Its root's permissions, in octal.
   * @default "1777"
   */
  readonly mode?: string;
}

/** Linux capabilities, beside those that Docker gives. */
export interface Capabilities {
  /**
   * What is added: `CAP_NET_ADMIN`, or `ALL`.
   * @default - none
   */
  readonly add?: readonly string[];
  /**
   * What is taken away: `CAP_NET_RAW`, or `ALL`.
   * @default - none
   */
  readonly drop?: readonly string[];
}

/** A limit of a container's processes, as `ulimit` knows it. */
export interface Ulimit {
  /** The limit's name: `nofile`, `nproc`, `memlock`. */
  readonly name: string;
  /** The limit in force; -1 for none. */
  readonly soft: number;
  /** What a process may raise it to; -1 for none. */
  readonly hard: number;
}

/** A device of the host in a container. */
export interface DeviceMapping {
  /** The device on the host: `/dev/ttyUSB0`. */
  readonly hostPath: string;
  /**
   * The device in the container.
   * @default - the same path
   */
  readonly containerPath?: string;
  /**
   * What the container may do with it: of r(ead), w(rite) and m(knod).
   * @default "rwm"
   */
  readonly permissions?: string;
}

/** Options of a container's attachment to a network. */
export interface AttachmentOptions {
  /**
   * Further names under which the network's other containers find it.
   * @default - none but the container's name
   */
  readonly aliases?: readonly string[];
  /**
   * A fixed IPv4 address, outside the network's IP range.
   * @default - the engine gives one out
   */
  readonly ipv4Address?: string;
}

/** Props of a container. */
export interface ContainerProps {
  /** The host that it runs on. */
  readonly host: IDockerHost;
  /** The image. */
  readonly image: ContainerImage;
  /**
   * The container's name on the engine.
   * @default - the construct's id
   */
  readonly containerName?: string;
  /**
   * Its host name, a domain name.
   * @default - its id, a new one each time it is made
   */
  readonly hostname?: string;
  /**
   * The platform that the image is pulled for, `os[/arch[/variant]]`: `linux/amd64`. It stands on the image alone:
   * on the container, provider 4.5.0 reads `linux` back and would replace it in each plan.
   * @default - the engine's own
   */
  readonly platform?: string;
  /**
   * The arguments, in place of the image's CMD.
   * @default - the image's
   */
  readonly command?: readonly string[];
  /**
   * The program, in place of the image's ENTRYPOINT.
   * @default - the image's
   */
  readonly entrypoint?: readonly string[];
  /**
   * Environment variables.
   * @default - the image's
   */
  readonly environment?: Readonly<Record<string, string>>;
  /**
   * Labels.
   * @default - the image's, and those of these constructs (`Labels`)
   */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * Secrets that stand in the environment, in labels or in files on purpose, and why: the name of the variable or
   * label, or the path of the file, to the reason. They lie in Terraform's state in plain text.
   * @default - none: a name such as DB_PASSWORD is an error
   */
  readonly acknowledgedPlainTextSecrets?: Readonly<Record<string, string>>;
  /**
   * Published ports; `publish` adds more.
   * @default - none
   */
  readonly ports?: readonly PortPublication[];
  /**
   * Volumes.
   * @default - none but the image's anonymous ones
   */
  readonly volumes?: readonly VolumeMount[];
  /**
   * Files and folders of the host.
   * @default - none
   */
  readonly hostMounts?: readonly HostMount[];
  /**
   * File systems in memory.
   * @default - none
   */
  readonly tmpfs?: readonly TmpfsMount[];
  /**
   * Files that are put into it before it starts; not together with `readOnlyRoot`.
   * @default - none
   */
  readonly files?: readonly ContainerFile[];
  /**
   * How the engine finds out whether it is healthy.
   * @default - the image's check
   */
  readonly healthCheck?: HealthCheck;
  /**
   * Lets Terraform wait until it is healthy when it was made, this long at the most; needs a `healthCheck`.
   * @default - Terraform goes on as soon as it started
   */
  readonly waitUntilHealthy?: Duration;
  /**
   * What happens when its process ends.
   * @default RestartPolicy.unlessStopped()
   */
  readonly restart?: RestartPolicy;
  /**
   * The most memory that it may use: whole MiB, 6 or more.
   * @default - no limit
   */
  readonly memory?: Size;
  /**
   * The most memory and swap together; `"unlimited"` for all the swap there is. Only with `memory`.
   *
   * Where the kernel does not account for swap (`docker info` warns "No swap limit support"), the engine keeps no
   * such limit and reads back "unlimited": say so there, or each plan shows a change.
   * @default - twice the memory, Docker's own
   */
  readonly memorySwap?: Size | "unlimited";
  /**
   * The size of /dev/shm, whole MiB.
   * @default Size.mebibytes(64), Docker's own
   */
  readonly shmSize?: Size;
  /**
   * How many processors' time it may use, down to a hundredth: `1.5`. Written as a CPU quota.
   * @default - no limit
   */
  readonly cpus?: number;
  /**
   * Its weight where processors are short, 2 to 262144.
   * @default - 1024, Docker's own
   */
  readonly cpuShares?: number;
  /**
   * The processors that it may run on: `0-3`, `0,1`.
   * @default - all
   */
  readonly cpuSet?: string;
  /**
   * The user, `user` or `user:group`, by name or number.
   * @default - the image's
   */
  readonly user?: string;
  /**
   * Linux capabilities.
   * @default - Docker's own set
   */
  readonly capabilities?: Capabilities;
  /**
   * Docker's `--security-opt`: `no-new-privileges:true`, `seccomp=unconfined`, `label=type:svirt_apache_t`.
   * @default - none
   */
  readonly securityOptions?: readonly string[];
  /**
   * Gives the container all that the host has.
   * @default false
   */
  readonly privileged?: boolean;
  /**
   * Makes the root file system read-only; give it volumes and tmpfs for what it writes.
   * @default false
   */
  readonly readOnlyRoot?: boolean;
  /**
   * Limits of its processes.
   * @default - the engine's
   */
  readonly ulimits?: readonly Ulimit[];
  /**
   * Kernel parameters of its namespaces: `net.core.somaxconn`.
   * @default - the host's
   */
  readonly sysctls?: Readonly<Record<string, string>>;
  /**
   * Devices of the host.
   * @default - none
   */
  readonly devices?: readonly DeviceMapping[];
  /**
   * Where its output goes.
   * @default LogDriver.jsonFile(), three files of 10 MiB
   */
  readonly logDriver?: LogDriver;
  /**
   * The folder that its process begins in, absolute.
   * @default - the image's
   */
  readonly workingDirectory?: string;
  /**
   * The time that it has to end by itself before it is killed: whole seconds, at `docker stop` and when it is
   * replaced or destroyed.
   * @default Duration.seconds(10)
   */
  readonly stopGracePeriod?: Duration;
  /**
   * The signal that asks it to end.
   * @default - the image's, else SIGTERM
   */
  readonly stopSignal?: string;
  /**
   * Runs a small init as process 1, which passes signals on and reaps children (Docker's `--init`).
   * @default false
   */
  readonly init?: boolean;
  /**
   * Names in its /etc/hosts, to IPv4 addresses; `host-gateway` stands for the host's address.
   * @default - none
   */
  readonly extraHosts?: Readonly<Record<string, string>>;
  /**
   * What resolves names for it: a resolver, or its address (port 53). One, because a second one would be asked
   * at random.
   * @default - the engine's `dns`
   */
  readonly dns?: IDnsResolver | string;
  /**
   * Domains in which short names are looked up.
   * @default - the engine's `dns-search`
   */
  readonly dnsSearch?: readonly string[];
  /**
   * Options of the resolver, as in resolv.conf: `ndots:1`, `timeout:2`.
   * @default - the engine's `dns-opts`
   */
  readonly dnsOptions?: readonly string[];
  /**
   * The engine's own kinds of network. `host` shares the host's network: nothing is published then; `none` has
   * none. With `bridge` it is on the default bridge until it is attached to a network.
   * @default "bridge"
   */
  readonly networkMode?: "bridge" | "host" | "none";
}
