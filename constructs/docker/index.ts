export * from "./container";
export * from "./container-file";
export * from "./container-image";
export * from "./container-props";
export {
  DockerHost,
  type DockerHostAttributes,
  type DockerHostProps,
  type DockerProviderVersion,
  type IDockerHost,
} from "./docker-host";
export * from "./engine-connection";
export * from "./health-check";
export * from "./host-address";
export type { HostClaims } from "./host-claims";
export * from "./labels";
export * from "./log-driver";
export * from "./network";
export * from "./overlay-network";
export { OverlayReconnection, type OverlayReconnectionProps } from "./overlay-reconnection";
export * from "./registry-auth";
export * from "./restart-policy";
export { StaleEndpoints, type StaleEndpointsProps } from "./stale-endpoints";
export * from "./volume";
export { ClusterAdvertise } from "./daemon/cluster-advertise";
export * from "./daemon/daemon-configuration";
export { DockerDaemon, type DockerDaemonProps } from "./daemon/docker-daemon";
export { EngineCheck, type EngineCheckProps } from "./daemon/engine-check";
export type { EngineMode } from "./daemon/engine-mode";
export {
  KeyValueStore,
  type KeyValueStoreOptions,
  type StoreEndpoint,
  type StoreTls,
} from "./daemon/key-value-store";
