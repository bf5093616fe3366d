export type { ConsulAgentConfiguration } from "./agent-configuration";
export type { AgentAddresses, AgentPorts } from "./agent-listeners";
export type {
  CacheConfig,
  ConnectConfig,
  LocalityConfig,
  PeeringConfig,
  RpcConfig,
  UnixSocketsConfig,
  XdsConfig,
} from "./agent-sections";
export * from "./consul-agent";
export * from "./consul-cluster";
export {
  type AgentBridge,
  type AgentContainerProps,
  ConsulContainer,
  type ConsulContainerProps,
} from "./consul-container";
export * from "./consul-server";
export { CONSUL_MINORS, type ConsulMinor } from "./consul-versions";
export type { DnsConfig, SoaConfig } from "./dns-config";
export {
  type ClientHealthGate,
  type HealthGate,
  renderHealthGate,
  type ServerHealthGate,
} from "./health-gate";
export type { HttpConfig, UiConfig, UiMetricsProxy } from "./http-api";
export type { LimitsConfig, RequestLimits } from "./limits";
export { ListenAddress } from "./listen-address";
export type { AutopilotConfig, GossipConfig, PerformanceConfig } from "./performance";
export type { RaftBoltdb, RaftLogstoreConfig, RaftLogVerification, RaftWal } from "./raft-logstore";
export type { RawConfiguration, RawValue } from "./raw-configuration";
export { type AgentRendering, renderAgentConfiguration } from "./render-agent-configuration";
export type { TelemetryConfig } from "./telemetry";
