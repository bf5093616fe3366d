export * from "./agent-configuration";
export * from "./agent-listeners";
export * from "./consul-agent";
export * from "./consul-cluster";
export * from "./consul-container";
export * from "./consul-server";
export * from "./listen-address";
