import { Duration } from "../core/duration";
import type { ConsulAgentConfiguration } from "./agent-configuration";

/**
 * What is written where a configuration says nothing and Consul's own default is not the one for service discovery
 * by DNS. The reasons stand at each option.
 */
export function defaultAgentConfiguration(agent: { readonly server: boolean }): ConsulAgentConfiguration {
  return {
    dataDir: "/consul/data",
    disableUpdateCheck: true,
    dnsConfig: {
      enableTruncate: true,
      nodeTtl: Duration.seconds(10),
      onlyPassing: true,
      serviceTtl: { "*": Duration.seconds(3) },
      soa: { minTtl: Duration.seconds(1) },
    },
    ...(agent.server ? { performance: { raftMultiplier: 1 }, raftSnapshotThreshold: 1 } : {}),
  };
}

/** A configuration with the defaults put in where it says nothing, section by section. */
export function withAgentDefaults(config: ConsulAgentConfiguration): ConsulAgentConfiguration {
  return fill(
    config,
    defaultAgentConfiguration({ server: config.server === true }),
  ) as ConsulAgentConfiguration;
}

function fill(given: unknown, defaults: unknown): unknown {
  if (given === undefined) return defaults;
  if (!isPlain(given) || !isPlain(defaults)) return given;
  const filled = Object.entries(defaults).map(([name, value]) => [name, fill(given[name], value)]);
  return { ...given, ...Object.fromEntries(filled) };
}

/** Tells whether a value is a section or a map: an object that is no instance of a class. */
export function isPlain(value: unknown): value is Readonly<Record<string, unknown>> {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return false;
  const prototype: unknown = Object.getPrototypeOf(value);
  return prototype === Object.prototype || prototype === null;
}
