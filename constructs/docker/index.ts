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
export * from "./registry-auth";
export * from "./restart-policy";
export * from "./volume";
