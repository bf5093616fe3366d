import { Duration } from "../core/duration";
import { ADDRESSES, PORTS } from "./agent-listeners";
import type { ConsulAgentConfiguration } from "./agent-configuration";
import { CACHE, CONNECT, LOCALITY, PEERING, RPC, UNIX_SOCKETS, XDS } from "./agent-sections";
import { DNS_CONFIG, recursor } from "./dns-config";
import { HTTP_CONFIG, UI_CONFIG } from "./http-api";
import { LIMITS } from "./limits";
import { type OptionTable, type PlacedOption, placeOptions } from "./option";
import {
  advertisedAddress,
  cidr,
  count,
  domainName,
  flag,
  label,
  list,
  listenAddress,
  listenAddresses,
  map,
  oneOf,
  section,
  size,
  text,
  time,
} from "./option-kinds";
import { AUTOPILOT, GOSSIP, PERFORMANCE } from "./performance";
import { RAFT_LOGSTORE } from "./raft-logstore";
import { TELEMETRY } from "./telemetry";

const PATH = { pattern: /^\//, allowed: "an absolute path" };

/** How every prop of the configuration is written: the one place that says which key it is and which versions know it. */
const AGENT: OptionTable<Omit<ConsulAgentConfiguration, "raw">> = {
  datacenter: label({ lower: true }),
  primaryDatacenter: label({ lower: true }),
  nodeName: label(),
  nodeId: text({
    pattern: /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    allowed: "a UUID in lower case",
  }),
  nodeMeta: map(text({ pattern: /^.{0,512}$/su, allowed: "1 to 512 characters" }), {
    names: /^(?!consul-)[A-Za-z0-9_-]{1,128}$/,
    allowed: "letters, digits, - and _, up to 128, not beginning with consul-",
  }),
  server: flag(),
  bootstrapExpect: count({ min: 1, agents: "servers" }),
  locality: section(LOCALITY, { since: "1.16.0" }),

  retryJoin: list(text()),
  retryInterval: time(),
  retryMax: count(),
  retryJoinWan: list(text(), { agents: "servers" }),
  retryIntervalWan: time({ agents: "servers" }),
  retryMaxWan: count({ agents: "servers" }),
  primaryGateways: list(text(), { agents: "servers" }),
  primaryGatewaysInterval: time({ agents: "servers" }),
  rejoinAfterLeave: flag(),
  leaveOnTerminate: flag(),
  skipLeaveOnInterrupt: flag(),
  serverRejoinAgeMax: time({ min: Duration.hours(6), since: "1.15.3" }),
  reconnectTimeout: time({ min: Duration.hours(8) }),
  reconnectTimeoutWan: time({ min: Duration.hours(8) }),
  advertiseReconnectTimeout: time({ agents: "clients", since: "1.9.0" }),

  bindAddr: listenAddress(),
  clientAddr: listenAddresses(),
  addresses: section(ADDRESSES),
  ports: section(PORTS),
  advertiseAddr: advertisedAddress(),
  advertiseAddrIpv4: advertisedAddress(),
  advertiseAddrIpv6: advertisedAddress(),
  advertiseAddrWan: advertisedAddress(),
  advertiseAddrWanIpv4: advertisedAddress(),
  advertiseAddrWanIpv6: advertisedAddress({ since: "1.10.0" }),
  serfLan: listenAddress(),
  serfWan: listenAddress(),
  serfLanAllowedCidrs: list(cidr()),
  serfWanAllowedCidrs: list(cidr()),
  taggedAddresses: map(text()),
  translateWanAddrs: flag(),
  unixSockets: section(UNIX_SOCKETS),

  domain: domainName(),
  altDomain: domainName(),
  recursors: list(recursor()),
  dnsConfig: section(DNS_CONFIG),
  httpConfig: section(HTTP_CONFIG),
  uiConfig: section(UI_CONFIG),
  defaultQueryTime: time(),
  maxQueryTime: time(),
  discoveryMaxStale: time({ zero: true }),
  useStreamingBackend: flag({ since: "1.9.0" }),
  rpc: section(RPC, { since: "1.9.0" }),
  cache: section(CACHE),

  dataDir: text(PATH),
  performance: section(PERFORMANCE),
  autopilot: section(AUTOPILOT),
  gossipLan: section(GOSSIP),
  gossipWan: section(GOSSIP),
  raftProtocol: count({ min: 3, max: 3 }),
  raftPrevoteDisabled: flag({ since: "1.21.0" }),
  raftSnapshotInterval: time(),
  raftSnapshotThreshold: count({ min: 1 }),
  raftTrailingLogs: count({ min: 1 }),
  raftLogstore: section(RAFT_LOGSTORE, { since: "1.15.0" }),
  limits: section(LIMITS),
  connect: section(CONNECT),
  peering: section(PEERING, { since: "1.13.0" }),
  xds: section(XDS, { since: "1.14.0" }),
  defaultIntentionPolicy: oneOf(["allow", "deny"], { since: "1.18.0" }),
  experiments: list(text(), { since: "1.16.0" }),
  autoReloadConfig: flag({ since: "1.12.0" }),
  sessionTtlMin: time(),
  disableKvKeyValidation: flag({ since: "1.22.0" }),
  disableHostNodeId: flag(),
  disableCoordinates: flag(),
  disableRemoteExec: flag(),
  disableUpdateCheck: flag(),
  disableAnonymousSignature: flag(),
  disableHttpUnprintableCharFilter: flag(),
  disableKeyringFile: flag(),
  enableCentralServiceConfig: flag(),
  enableDebug: flag(),

  enableScriptChecks: flag(),
  enableLocalScriptChecks: flag(),
  checkUpdateInterval: time({ zero: true }),
  checkOutputMaxSize: size(),
  discardCheckOutput: flag(),

  logLevel: oneOf(["trace", "debug", "info", "warn", "error"]),
  logJson: flag(),
  logFile: text(PATH),
  logRotateBytes: size(),
  logRotateDuration: time(),
  logRotateMaxFiles: count(),
  enableSyslog: flag(),
  syslogFacility: text(),
  pidFile: text(PATH),
  telemetry: section(TELEMETRY),
};

/** Every option of the agent with its paths, sections laid out flat. */
export const AGENT_OPTIONS: readonly PlacedOption[] = placeOptions(AGENT);
