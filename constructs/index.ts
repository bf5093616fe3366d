export * from "./consul";
export * from "./core";
export * from "./discovery";
export * from "./dns";
export * from "./docker";
export * from "./host";
export * from "./registrator";
