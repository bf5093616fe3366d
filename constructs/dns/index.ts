export * from "./address-match";
export * from "./bind-versions";
export type { Prefetch } from "./cache-bounds";
export * from "./dnssec-validation";
export type { ForwardZone } from "./forward-zone";
export * from "./named-conf";
export * from "./named-configuration";
export { NAMED_OPTIONS, type NamedOption } from "./named-options";
export type { StaleAnswers } from "./stale-answers";
