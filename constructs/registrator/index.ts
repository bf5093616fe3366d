export * from "./default-service-name";
export * from "./flags";
export * from "./registrator-options";
export * from "./registry-uri";
export * from "./service-catalog";
export * from "./service-labels";
export * from "./check-labels";
export * from "./tags";
