import type { ConsulAgentConfiguration } from "../../constructs/consul/agent-configuration";
import { AGENT_OPTIONS } from "../../constructs/consul/agent-options";
import { ListenAddress } from "../../constructs/consul/listen-address";
import { knownTo, type PlacedOption } from "../../constructs/consul/option";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";

const gossip = {
  gossipInterval: Duration.milliseconds(300),
  gossipNodes: 4,
  probeInterval: Duration.seconds(2),
  probeTimeout: Duration.seconds(1),
  retransmitMult: 5,
  suspicionMult: 5,
};

/** A value for every option, other than Consul's own. Some of them exclude each other: the scenes keep them apart. */
export const SAMPLES: ConsulAgentConfiguration = {
  datacenter: "ams1",
  primaryDatacenter: "ams1",
  nodeName: "node-1",
  nodeId: "6d0b2e51-7a5c-4a0c-9a3f-3f9f2a1f6b11",
  nodeMeta: { rack: "r2", role: "edge" },
  server: true,
  bootstrapExpect: 3,
  locality: { region: "eu-west", zone: "eu-west-1" },
  retryJoin: ["192.0.2.11", "consul-2.example.com"],
  retryInterval: Duration.seconds(2),
  retryMax: 7,
  retryJoinWan: ["198.51.100.11"],
  retryIntervalWan: Duration.seconds(4),
  retryMaxWan: 8,
  primaryGateways: ["198.51.100.12:8443"],
  primaryGatewaysInterval: Duration.seconds(20),
  rejoinAfterLeave: true,
  leaveOnTerminate: false,
  skipLeaveOnInterrupt: true,
  serverRejoinAgeMax: Duration.hours(48),
  reconnectTimeout: Duration.hours(9),
  reconnectTimeoutWan: Duration.hours(10),
  advertiseReconnectTimeout: Duration.minutes(15),
  bindAddr: "192.0.2.10",
  clientAddr: ["127.0.0.1", "192.0.2.10"],
  addresses: {
    dns: ["127.0.0.1", "192.0.2.10", "172.30.0.1"],
    http: ["127.0.0.1"],
    https: ["127.0.0.1"],
    grpc: ["127.0.0.1"],
    grpcTls: ["127.0.0.1"],
  },
  ports: {
    dns: 9600,
    http: 9500,
    https: -1,
    grpc: 9502,
    grpcTls: -1,
    serfLan: 9301,
    serfWan: 9302,
    server: 9300,
    sidecarMinPort: 31000,
    sidecarMaxPort: 31255,
    exposeMinPort: 31500,
    exposeMaxPort: 31755,
  },
  advertiseAddr: "192.0.2.10",
  advertiseAddrIpv4: "192.0.2.10",
  advertiseAddrIpv6: "2001:db8::10",
  advertiseAddrWan: "203.0.113.10",
  advertiseAddrWanIpv4: "203.0.113.10",
  advertiseAddrWanIpv6: "2001:db8::a0",
  serfLan: "192.0.2.10",
  serfWan: "192.0.2.10",
  serfLanAllowedCidrs: ["192.0.2.0/24"],
  serfWanAllowedCidrs: ["203.0.113.0/24", "2001:db8::/32"],
  taggedAddresses: { storage: "198.51.100.5" },
  translateWanAddrs: true,
  unixSockets: { user: "100", group: "1000", mode: "0600" },
  domain: "internal.example",
  altDomain: "consul",
  recursors: ["192.0.2.53", "192.0.2.54:5353", "[2001:db8::53]:53"],
  dnsConfig: {
    allowStale: true,
    aRecordLimit: 9,
    disableCompression: true,
    enableTruncate: false,
    maxStale: Duration.hours(12),
    nodeTtl: Duration.seconds(20),
    onlyPassing: false,
    recursorStrategy: "random",
    recursorTimeout: Duration.milliseconds(1500),
    serviceTtl: { "*": Duration.seconds(4), "web*": Duration.seconds(2), db: Duration.seconds(0) },
    udpAnswerLimit: 5,
    enableAdditionalNodeMetaTxt: false,
    soa: {
      refresh: Duration.minutes(30),
      retry: Duration.minutes(5),
      expire: Duration.hours(12),
      minTtl: Duration.seconds(2),
    },
    useCache: true,
    cacheMaxAge: Duration.seconds(5),
  },
  httpConfig: {
    allowWriteHttpFrom: ["127.0.0.0/8", "172.30.0.0/16"],
    blockEndpoints: ["/v1/agent/force-leave"],
    maxHeaderBytes: 65536,
    responseHeaders: { "Access-Control-Allow-Origin": "*" },
    useCache: false,
  },
  uiConfig: {
    enabled: true,
    contentPath: "/consul/",
    dashboardUrlTemplates: { service: "https://grafana.example.com/d/x?var={{Service.Name}}" },
    dir: "/consul/ui",
    metricsProvider: "prometheus",
    metricsProviderFiles: ["/consul/ui/provider.js"],
    metricsProviderOptionsJson: '{"a":"b"}',
    metricsProxy: { baseUrl: "http://prometheus.example.com:9090", pathAllowlist: ["/api/v1/query"] },
  },
  defaultQueryTime: Duration.minutes(2),
  maxQueryTime: Duration.minutes(4),
  discoveryMaxStale: Duration.seconds(5),
  useStreamingBackend: true,
  rpc: { enableStreaming: true },
  cache: { entryFetchMaxBurst: 3, entryFetchRate: 0.5 },
  dataDir: "/var/lib/consul",
  performance: {
    enableXdsLoadBalancing: false,
    grpcKeepaliveInterval: Duration.seconds(40),
    grpcKeepaliveTimeout: Duration.seconds(10),
    leaveDrainTime: Duration.seconds(0),
    raftMultiplier: 2,
    rpcHoldTimeout: Duration.seconds(9),
  },
  autopilot: {
    cleanupDeadServers: false,
    lastContactThreshold: Duration.milliseconds(400),
    maxTrailingLogs: 300,
    minQuorum: 3,
    serverStabilizationTime: Duration.seconds(12),
  },
  gossipLan: gossip,
  gossipWan: gossip,
  raftProtocol: 3,
  raftPrevoteDisabled: true,
  raftSnapshotInterval: Duration.seconds(40),
  raftSnapshotThreshold: 8192,
  raftTrailingLogs: 5120,
  raftLogstore: {
    backend: "wal",
    disableLogCache: true,
    verification: { enabled: true, interval: Duration.minutes(1) },
    boltdb: { noFreelistSync: true },
    wal: { segmentSizeMb: Size.mebibytes(32) },
  },
  limits: {
    httpMaxConnsPerClient: 400,
    httpsHandshakeTimeout: Duration.seconds(6),
    kvMaxValueSize: Size.kibibytes(256),
    requestLimits: { mode: "permissive", readRate: 500, writeRate: 99.5 },
    rpcClientTimeout: Duration.seconds(50),
    rpcHandshakeTimeout: Duration.seconds(6),
    rpcMaxBurst: 900,
    rpcMaxConnsPerClient: 120,
    rpcRate: 800,
    txnMaxReqLen: Size.kibibytes(1024),
  },
  connect: { enabled: true, enableMeshGatewayWanFederation: true },
  peering: { enabled: false },
  xds: { updateMaxPerSecond: 100 },
  defaultIntentionPolicy: "deny",
  experiments: ["hcp-v2-resource-apis"],
  autoReloadConfig: true,
  sessionTtlMin: Duration.seconds(15),
  disableKvKeyValidation: true,
  disableHostNodeId: false,
  disableCoordinates: true,
  disableRemoteExec: false,
  disableUpdateCheck: false,
  disableAnonymousSignature: true,
  disableHttpUnprintableCharFilter: true,
  disableKeyringFile: true,
  enableCentralServiceConfig: false,
  enableDebug: true,
  enableScriptChecks: true,
  enableLocalScriptChecks: true,
  checkUpdateInterval: Duration.seconds(0),
  checkOutputMaxSize: Size.kibibytes(8),
  discardCheckOutput: true,
  logLevel: "warn",
  logJson: true,
  logFile: "/consul/logs/consul.log",
  logRotateBytes: Size.mebibytes(10),
  logRotateDuration: Duration.hours(12),
  logRotateMaxFiles: 3,
  enableSyslog: true,
  syslogFacility: "LOCAL1",
  pidFile: "/run/consul.pid",
  telemetry: {
    disableHostname: true,
    disablePerTenancyUsageMetrics: true,
    enableHostMetrics: true,
    disableCompat19: true,
    dogstatsdAddr: "127.0.0.1:8125",
    dogstatsdTags: ["env:test"],
    filterDefault: false,
    prefixFilter: ["+consul.raft", "-consul.http"],
    metricsPrefix: "discovery",
    prometheusRetentionTime: Duration.minutes(1),
    retryFailedConnection: false,
    statsdAddress: "127.0.0.1:8126",
    statsiteAddress: "statsite.example.com:8127",
  },
};

/** Options that exclude each other, each scene with those that go together; all scenes have all the others. */
export interface Scene {
  readonly name: string;
  readonly server: boolean;
  /** Props that are left out. */
  readonly without: readonly string[];
  /** Values in place of the samples'. */
  readonly instead: ConsulAgentConfiguration;
}

const SCENES: readonly Scene[] = [
  {
    name: "server",
    server: true,
    without: [
      "advertiseReconnectTimeout",
      "enableLocalScriptChecks",
      "raftLogstore.boltdb.noFreelistSync",
      "connect.enableMeshGatewayWanFederation",
      "primaryGateways",
      "uiConfig.dir",
    ],
    instead: {},
  },
  {
    name: "server that joins datacenters through gateways",
    server: true,
    without: [
      "advertiseReconnectTimeout",
      "enableScriptChecks",
      "raftLogstore.wal.segmentSizeMb",
      "retryJoinWan",
      "uiConfig.enabled",
    ],
    instead: { primaryDatacenter: "fra1", raftLogstore: { ...SAMPLES.raftLogstore, backend: "boltdb" } },
  },
  {
    name: "client",
    server: false,
    without: ["enableScriptChecks", "raftLogstore.boltdb.noFreelistSync", "uiConfig.dir"],
    instead: {
      server: false,
      bindAddr: ListenAddress.everyInterface(),
      clientAddr: [ListenAddress.everyInterface()],
    },
  },
];

const propOf = (option: PlacedOption) => option.props.join(".");

/** The value at a path, or undefined. */
export function at(value: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (found, name) =>
      typeof found === "object" && found !== null ? (found as Record<string, unknown>)[name] : undefined,
    value,
  );
}

function set(into: Record<string, unknown>, [name = "", ...rest]: readonly string[], value: unknown): void {
  if (rest.length === 0) {
    into[name] = value;
    return;
  }
  into[name] ??= {};
  set(into[name] as Record<string, unknown>, rest, value);
}

/** A configuration of some options' samples. */
export function configurationOf(options: readonly PlacedOption[], scene?: Scene): ConsulAgentConfiguration {
  const config: Record<string, unknown> = {};
  for (const { props } of options) set(config, props, at(scene?.instead, props) ?? at(SAMPLES, props));
  return config;
}

/** For a version, configurations in which every option that it knows occurs. */
export function corpus(
  version: string,
): { name: string; options: readonly PlacedOption[]; config: ConsulAgentConfiguration }[] {
  return SCENES.map((scene) => {
    const options = AGENT_OPTIONS.filter(
      (option) =>
        knownTo(option, version) &&
        !scene.without.includes(propOf(option)) &&
        (option.agents === undefined || option.agents === (scene.server ? "servers" : "clients")),
    );
    return { name: scene.name, options, config: configurationOf(options, scene) };
  });
}
