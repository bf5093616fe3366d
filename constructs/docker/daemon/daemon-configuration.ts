import type { Duration } from "../../core/duration";
import type { Size } from "../../core/size";
import type { Ulimit } from "../container-props";
import type { ClusterAdvertise } from "./cluster-advertise";
import type { KeyValueStore } from "./key-value-store";

/** A block that the engine takes subnets for its networks from. */
export interface AddressPool {
  /** The block, `10.30.0.0/16`. */
  readonly base: string;
  /** The prefix length of each network's subnet. */
  readonly size: number;
}

/** A runtime beside the engine's own. */
export interface EngineRuntime {
  /** The program's path; either this or `runtimeType`. */
  readonly path?: string;
  /** Its arguments. */
  readonly runtimeArgs?: readonly string[];
  /** The containerd shim's type, `io.containerd.runc.v2` (engine 23.0). */
  readonly runtimeType?: string;
  /** The shim's options (engine 23.0). */
  readonly options?: Readonly<Record<string, unknown>>;
}

/** The proxies of the engine itself, for pulls and pushes. */
export interface EngineProxies {
  /** `http-proxy`. */
  readonly httpProxy?: string;
  /** `https-proxy`. */
  readonly httpsProxy?: string;
  /** `no-proxy`: hosts and domains, comma-separated. */
  readonly noProxy?: string;
}

/**
 * What `/etc/docker/daemon.json` says, in the engine's own words, of engines 20.10 to 28. A key that is left out keeps the
 * engine's own default. Follows `daemon/config/config.go` of moby and "dockerd" of Docker's reference.
 */
export interface DaemonConfiguration {
  /** `allow-direct-routing`: packets routed from outside reach containers' published ports (28.2). */
  readonly allowDirectRouting?: boolean;
  /** `allow-nondistributable-artifacts`: registries to which such layers are pushed (until 28.1). */
  readonly allowNondistributableArtifacts?: readonly string[];
  /** `authorization-plugins`. */
  readonly authorizationPlugins?: readonly string[];
  /** `bip`: the default bridge's address with its prefix length, `172.17.0.1/16`. */
  readonly bip?: string;
  /** `bip6` (28.0). */
  readonly bip6?: string;
  /** `bridge`: an existing bridge for containers, or `none`. Not together with `bip`. */
  readonly bridge?: string;
  /** `builder`: BuildKit's settings, as the engine's documentation has them. */
  readonly builder?: Readonly<Record<string, unknown>>;
  /** `cdi-spec-dirs` (25.0). */
  readonly cdiSpecDirs?: readonly string[];
  /** `cgroup-parent`. */
  readonly cgroupParent?: string;
  /** `cluster-advertise`: where other engines reach this one (until 23.0). With `clusterStore`. */
  readonly clusterAdvertise?: ClusterAdvertise;
  /** `cluster-store` and `cluster-store-opts`: the key-value store of overlay networks (until 23.0). */
  readonly clusterStore?: KeyValueStore;
  /** `containerd`: the path of containerd's socket. */
  readonly containerd?: string;
  /** `containerd-namespace`. */
  readonly containerdNamespace?: string;
  /** `cpu-rt-period`, in microseconds. */
  readonly cpuRtPeriod?: number;
  /** `cpu-rt-runtime`, in microseconds. */
  readonly cpuRtRuntime?: number;
  /** `cri-containerd`. */
  readonly criContainerd?: boolean;
  /** `data-root`: where images, containers and volumes lie. */
  readonly dataRoot?: string;
  /** `debug`. */
  readonly debug?: boolean;
  /** `default-address-pools`. */
  readonly defaultAddressPools?: readonly AddressPool[];
  /** `default-cgroupns-mode`. */
  readonly defaultCgroupnsMode?: "host" | "private";
  /** `default-gateway`. */
  readonly defaultGateway?: string;
  /** `default-gateway-v6`. */
  readonly defaultGatewayV6?: string;
  /** `default-ipc-mode`. */
  readonly defaultIpcMode?: "private" | "shareable";
  /** `default-network-opts`: options of new networks, by driver (24.0). */
  readonly defaultNetworkOpts?: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** `default-runtime`. */
  readonly defaultRuntime?: string;
  /** `default-shm-size`. */
  readonly defaultShmSize?: Size;
  /** `default-ulimits`. */
  readonly defaultUlimits?: readonly Ulimit[];
  /** `dns`: the resolvers of containers. No loopback address: that is the container's own. */
  readonly dns?: readonly string[];
  /** `dns-opts`: `ndots:1` and the like. */
  readonly dnsOpts?: readonly string[];
  /** `dns-search`. */
  readonly dnsSearch?: readonly string[];
  /** `exec-opts`: `native.cgroupdriver=systemd`. */
  readonly execOpts?: readonly string[];
  /** `exec-root`. */
  readonly execRoot?: string;
  /** `experimental`. */
  readonly experimental?: boolean;
  /** `features`: `{ "containerd-snapshotter": true }`. */
  readonly features?: Readonly<Record<string, boolean>>;
  /** `fixed-cidr`: the block of the default bridge that containers get addresses from. */
  readonly fixedCidr?: string;
  /** `fixed-cidr-v6`. */
  readonly fixedCidrV6?: string;
  /** `group`: whose members reach the socket. */
  readonly group?: string;
  /** `host-gateway-ip`: what `host-gateway` stands for. */
  readonly hostGatewayIp?: string;
  /** `host-gateway-ips`: the same, one for each family (28.0). */
  readonly hostGatewayIps?: readonly string[];
  /**
   * `hosts`: where the engine listens, `unix:///var/run/docker.sock`, `tcp://10.20.0.11:2376`. It brings a drop-in that
   * takes `-H` out of the unit. TCP needs `tlsverify` and its three files.
   */
  readonly hosts?: readonly string[];
  /** `icc`: whether containers of the default bridge reach each other. */
  readonly icc?: boolean;
  /** `init`: an init in every container. */
  readonly init?: boolean;
  /** `init-path`. */
  readonly initPath?: string;
  /** `insecure-registries`. */
  readonly insecureRegistries?: readonly string[];
  /** `ip`: where ports are published unless said otherwise. */
  readonly ip?: string;
  /** `ip-forward`. */
  readonly ipForward?: boolean;
  /** `ip-forward-no-drop` (28.0). */
  readonly ipForwardNoDrop?: boolean;
  /** `ip-masq`. */
  readonly ipMasq?: boolean;
  /** `ip6tables`. */
  readonly ip6tables?: boolean;
  /** `iptables`. */
  readonly iptables?: boolean;
  /** `ipv6`: on the default bridge. */
  readonly ipv6?: boolean;
  /** `labels` of the engine, `{ zone: "a" }`. */
  readonly labels?: Readonly<Record<string, string>>;
  /**
   * `live-restore`: containers run on while the engine restarts. Not with swarm mode.
   * @default true with a clusterStore, else the engine's own
   */
  readonly liveRestore?: boolean;
  /** `log-driver`. */
  readonly logDriver?: string;
  /** `log-format` (25.0). */
  readonly logFormat?: "text" | "json";
  /** `log-level`. */
  readonly logLevel?: "debug" | "info" | "warn" | "error" | "fatal";
  /** `log-opts`. */
  readonly logOpts?: Readonly<Record<string, string>>;
  /** `max-concurrent-downloads`. */
  readonly maxConcurrentDownloads?: number;
  /** `max-concurrent-uploads`. */
  readonly maxConcurrentUploads?: number;
  /** `max-download-attempts`. */
  readonly maxDownloadAttempts?: number;
  /** `metrics-addr`: `127.0.0.1:9323`. */
  readonly metricsAddr?: string;
  /** `mtu` of the default bridge. */
  readonly mtu?: number;
  /** `network-control-plane-mtu`. */
  readonly networkControlPlaneMtu?: number;
  /** `network-diagnostic-port`. */
  readonly networkDiagnosticPort?: number;
  /** `no-new-privileges`. */
  readonly noNewPrivileges?: boolean;
  /** `node-generic-resources`, of swarm mode. */
  readonly nodeGenericResources?: readonly string[];
  /** `oom-score-adjust` (until 26.0). */
  readonly oomScoreAdjust?: number;
  /** `pidfile`. */
  readonly pidfile?: string;
  /** `proxies` (23.0). */
  readonly proxies?: EngineProxies;
  /** `raw-logs`. */
  readonly rawLogs?: boolean;
  /** `registry-mirrors`. */
  readonly registryMirrors?: readonly string[];
  /** `runtimes`. */
  readonly runtimes?: Readonly<Record<string, EngineRuntime>>;
  /** `seccomp-profile`: a file on the host; from 23.0 on also `builtin` and `unconfined`. */
  readonly seccompProfile?: string;
  /** `selinux-enabled`. */
  readonly selinuxEnabled?: boolean;
  /** `shutdown-timeout`: how long containers get to stop. Whole seconds. */
  readonly shutdownTimeout?: Duration;
  /** `storage-driver`. */
  readonly storageDriver?: string;
  /** `storage-opts`. */
  readonly storageOpts?: readonly string[];
  /** `swarm-default-advertise-addr`. */
  readonly swarmDefaultAdvertiseAddr?: string;
  /** `tls`: without verifying clients; take `tlsverify`. */
  readonly tls?: boolean;
  /** `tlscacert`. */
  readonly tlscacert?: string;
  /** `tlscert`. */
  readonly tlscert?: string;
  /** `tlskey`: the path of the key, never the key. */
  readonly tlskey?: string;
  /** `tlsverify`. */
  readonly tlsverify?: boolean;
  /** `userland-proxy`. */
  readonly userlandProxy?: boolean;
  /** `userland-proxy-path`. */
  readonly userlandProxyPath?: string;
  /** `userns-remap`. */
  readonly usernsRemap?: string;
}
