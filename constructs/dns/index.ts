export { AddressMatch, type AddressMatchElement } from "./address-match";
export * from "./bind-forwarder";
export { BIND_RELEASES, type BindRelease } from "./bind-versions";
export type { Prefetch } from "./cache-bounds";
export { DnssecValidation } from "./dnssec-validation";
export type { ForwardZone } from "./forward-zone";
export { renderNamedConf } from "./named-conf";
export type { NamedConfiguration } from "./named-configuration";
export type { StaleAnswers } from "./stale-answers";
