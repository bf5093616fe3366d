export * from "./check";
export * from "./dns";
export * from "./registry";
export * from "./service-catalog";
