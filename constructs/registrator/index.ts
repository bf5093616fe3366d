export { defaultServiceName } from "./default-service-name";
export { renderRegistratorCommand } from "./flags";
export * from "./registrator";
export * from "./registrator-options";
export { type ConsulServiceCatalogOptions, ServiceCatalog } from "./service-catalog";
