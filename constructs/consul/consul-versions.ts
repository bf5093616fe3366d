import { compareVersions, inRange, requireVersion } from "../core/versions";
import { type Location, ValidationError } from "../core/errors";
import type { VersionSpan } from "./option";

/** A minor version of Consul, and how well this library knows it. */
export interface ConsulMinor {
  /** The minor version: `1.19`. */
  readonly minor: string;
  /**
   * The version with which the conformance tests have run: its `consul validate` took every option, and its agent
   * answered DNS.
   * @default - none: its keys are those of its sources, but no program of it was tried
   */
  readonly tried?: string;
}

/** The versions that are supported, oldest first. */
export const CONSUL_MINORS: readonly ConsulMinor[] = [
  { minor: "1.8", tried: "1.8.7" },
  { minor: "1.9" },
  { minor: "1.10", tried: "1.10.12" },
  { minor: "1.11" },
  { minor: "1.12" },
  { minor: "1.13" },
  { minor: "1.14" },
  { minor: "1.15" },
  { minor: "1.16" },
  { minor: "1.17" },
  { minor: "1.18" },
  { minor: "1.19", tried: "1.19.2" },
  { minor: "1.20", tried: "1.20.1" },
  { minor: "1.21" },
  { minor: "1.22" },
];

/**
 * Keys that have no prop, by the versions that know them, so that `raw` is checked too. Keys that all supported
 * versions know are not listed. Follows `agent/config/config.go` of each minor version and Consul's CHANGELOG.
 */
export const UNTYPED_KEYS: Readonly<Record<string, VersionSpan>> = {
  "acl.disabled_ttl": { until: "1.11.0" },
  "acl.tokens.agent_recovery": { since: "1.11.0" },
  "acl.tokens.config_file_service_registration": { since: "1.15.0" },
  "acl.tokens.dns": { since: "1.17.0" },
  "acl.tokens.initial_management": { since: "1.11.0" },
  acl_disabled_ttl: { until: "1.11.0" },
  "audit.rpc_enabled": { since: "1.16.0" },
  cloud: { since: "1.14.0" },
  "connect.enable_serverless_plugin": { since: "1.12.0", until: "1.15.0" },
  license_path: { since: "1.10.0" },
  partition: { since: "1.11.0" },
  raft_boltdb: { since: "1.11.0" },
  read_replica: { since: "1.10.0" },
  reporting: { since: "1.16.0" },
  tls: { since: "1.12.0" },
  "tls.defaults.use_auto_cert": { since: "1.14.0" },
  "tls.grpc.use_auto_cert": { since: "1.14.0" },
  "tls.https.use_auto_cert": { since: "1.14.0" },
  "tls.internal_rpc.use_auto_cert": { since: "1.14.0" },
  "ui_config.metrics_proxy.add_headers": { since: "1.9.0" },
};

const OLDEST = CONSUL_MINORS[0]?.minor ?? "";
const NEWEST = CONSUL_MINORS.at(-1)?.minor ?? "";

/**
 * Checks a version of Consul and gives it as `major.minor.patch`.
 * @throws ValidationError core/version, consul/version-too-old, consul/version-untried
 */
export function requireConsulVersion(location: Location, prop: string, text: string): string {
  const version = requireVersion(location, prop, text);
  const minor = version.split(".").slice(0, 2).join(".");
  if (CONSUL_MINORS.some((known) => known.minor === minor)) return version;
  const allowed = `Consul ${OLDEST} to ${NEWEST}`;
  throw compareVersions(version, OLDEST) < 0
    ? new ValidationError(location, {
        code: "consul/version-too-old",
        prop,
        got: text,
        allowed,
        mend: `Run ${OLDEST} or newer: older agents lack options that are written by default`,
      })
    : new ValidationError(location, {
        code: "consul/version-untried",
        prop,
        got: text,
        allowed,
        mend: `Run ${NEWEST} or older, or a release of this library whose table of versions has ${minor}`,
      });
}

/**
 * Tells whether a version refuses a `:` in keys of its key-value store. 1.21.5 lets in a few characters alone; 1.22.0 took
 * that back (hashicorp/consul, pull requests 22682 and 22850).
 */
export function refusesColonsInKeys(version: string): boolean {
  return inRange(version, ">=1.21.5 <1.22.0");
}
