import type { DaemonConfiguration } from "./daemon-configuration";

/** What a key of daemon.json is to the engine. */
export interface DaemonOption {
  /** The key in the file. */
  readonly key: string;
  /** The first version that knows it; undefined: 20.10 does. */
  readonly since?: string;
  /** The first version that does not know it any more. */
  readonly until?: string;
  /**
   * Whether SIGHUP brings a new value into force. `added`: a first value does, another one does not. Without it the
   * engine restarts.
   */
  readonly reload?: "any" | "added";
  /** Whether SIGHUP also brings the default back when the key goes. */
  readonly reloadsRemoval?: boolean;
}

/**
 * All keys: from which version, until which version, reload or restart. Keys that the engine decodes but refuses in a file
 * are left out (`default-init`, `containerd-plugin-namespace`, `swarm-raft-*`: no flag has these names). Versions from
 * `daemon/config/*.go`, reloads from `daemon/reload.go` of moby, at the tags of 20.10.5 to 28.5.2.
 */
export const DAEMON_OPTIONS: { readonly [P in keyof Required<DaemonConfiguration>]: DaemonOption } = {
  allowDirectRouting: { key: "allow-direct-routing", since: "28.2.0" },
  allowNondistributableArtifacts: { key: "allow-nondistributable-artifacts", until: "28.1.0", reload: "any" },
  authorizationPlugins: { key: "authorization-plugins", reload: "any" },
  bip: { key: "bip" },
  bip6: { key: "bip6", since: "28.0.0" },
  bridge: { key: "bridge" },
  builder: { key: "builder" },
  cdiSpecDirs: { key: "cdi-spec-dirs", since: "25.0.0" },
  cgroupParent: { key: "cgroup-parent" },
  clusterAdvertise: { key: "cluster-advertise", until: "23.0.0", reload: "added" },
  clusterStore: { key: "cluster-store", until: "23.0.0", reload: "added" },
  containerd: { key: "containerd" },
  containerdNamespace: { key: "containerd-namespace" },
  cpuRtPeriod: { key: "cpu-rt-period" },
  cpuRtRuntime: { key: "cpu-rt-runtime" },
  criContainerd: { key: "cri-containerd" },
  dataRoot: { key: "data-root" },
  debug: { key: "debug", reload: "any" },
  defaultAddressPools: { key: "default-address-pools" },
  defaultCgroupnsMode: { key: "default-cgroupns-mode" },
  defaultGateway: { key: "default-gateway" },
  defaultGatewayV6: { key: "default-gateway-v6" },
  defaultIpcMode: { key: "default-ipc-mode" },
  defaultNetworkOpts: { key: "default-network-opts", since: "24.0.0" },
  defaultRuntime: { key: "default-runtime", reload: "any" },
  defaultShmSize: { key: "default-shm-size" },
  defaultUlimits: { key: "default-ulimits" },
  dns: { key: "dns" },
  dnsOpts: { key: "dns-opts" },
  dnsSearch: { key: "dns-search" },
  execOpts: { key: "exec-opts" },
  execRoot: { key: "exec-root" },
  experimental: { key: "experimental" },
  features: { key: "features", reload: "any", reloadsRemoval: true },
  fixedCidr: { key: "fixed-cidr" },
  fixedCidrV6: { key: "fixed-cidr-v6" },
  group: { key: "group" },
  hostGatewayIp: { key: "host-gateway-ip" },
  hostGatewayIps: { key: "host-gateway-ips", since: "28.0.0" },
  hosts: { key: "hosts" },
  icc: { key: "icc" },
  init: { key: "init" },
  initPath: { key: "init-path" },
  insecureRegistries: { key: "insecure-registries", reload: "any" },
  ip: { key: "ip" },
  ipForward: { key: "ip-forward" },
  ipForwardNoDrop: { key: "ip-forward-no-drop", since: "28.0.0" },
  ipMasq: { key: "ip-masq" },
  ip6tables: { key: "ip6tables" },
  iptables: { key: "iptables" },
  ipv6: { key: "ipv6" },
  labels: { key: "labels", reload: "any" },
  liveRestore: { key: "live-restore", reload: "any" },
  logDriver: { key: "log-driver" },
  logFormat: { key: "log-format", since: "25.0.0" },
  logLevel: { key: "log-level" },
  logOpts: { key: "log-opts" },
  maxConcurrentDownloads: { key: "max-concurrent-downloads", reload: "any", reloadsRemoval: true },
  maxConcurrentUploads: { key: "max-concurrent-uploads", reload: "any", reloadsRemoval: true },
  maxDownloadAttempts: { key: "max-download-attempts", reload: "any", reloadsRemoval: true },
  metricsAddr: { key: "metrics-addr" },
  mtu: { key: "mtu" },
  networkControlPlaneMtu: { key: "network-control-plane-mtu" },
  networkDiagnosticPort: { key: "network-diagnostic-port", reload: "any" },
  noNewPrivileges: { key: "no-new-privileges" },
  nodeGenericResources: { key: "node-generic-resources" },
  oomScoreAdjust: { key: "oom-score-adjust", until: "26.0.0" },
  pidfile: { key: "pidfile" },
  proxies: { key: "proxies", since: "23.0.0" },
  rawLogs: { key: "raw-logs" },
  registryMirrors: { key: "registry-mirrors", reload: "any" },
  runtimes: { key: "runtimes", reload: "any" },
  seccompProfile: { key: "seccomp-profile" },
  selinuxEnabled: { key: "selinux-enabled" },
  shutdownTimeout: { key: "shutdown-timeout", reload: "any" },
  storageDriver: { key: "storage-driver" },
  storageOpts: { key: "storage-opts" },
  swarmDefaultAdvertiseAddr: { key: "swarm-default-advertise-addr" },
  tls: { key: "tls" },
  tlscacert: { key: "tlscacert" },
  tlscert: { key: "tlscert" },
  tlskey: { key: "tlskey" },
  tlsverify: { key: "tlsverify" },
  userlandProxy: { key: "userland-proxy" },
  userlandProxyPath: { key: "userland-proxy-path" },
  usernsRemap: { key: "userns-remap" },
};

/** The key that goes with `cluster-store`; it follows the store. */
export const CLUSTER_STORE_OPTS = "cluster-store-opts";

/** The oldest engine that these constructs know. */
export const OLDEST_ENGINE = "20.10.0";
/** The first engine that they do not know. */
export const FIRST_UNKNOWN_ENGINE = "29.0.0";
