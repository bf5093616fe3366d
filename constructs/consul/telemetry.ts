import type { Duration } from "../core/duration";
import type { OptionTable } from "./option";
import { flag, list, text, time } from "./option-kinds";

/** Where the agent's metrics go. Follows `telemetry` of Consul's agent configuration. */
export interface TelemetryConfig {
  /**
   * Leaves the host's name out of the names of metrics.
   * @default false, Consul's own
   */
  readonly disableHostname?: boolean;
  /**
   * Leaves tenancy labels out of usage metrics, which costs less CPU. Known from Consul 1.19 on.
   * @default false, Consul's own
   */
  readonly disablePerTenancyUsageMetrics?: boolean;
  /**
   * Measures the host too. Known from Consul 1.16 on.
   * @default false, Consul's own
   */
  readonly enableHostMetrics?: boolean;
  /**
   * Drops the HTTP metrics under their names of Consul 1.9. Known from Consul 1.9 until 1.12.
   * @default - Consul's own: false, and true in 1.12
   */
  readonly disableCompat19?: boolean;
  /**
   * DogStatsD's `address:port`.
   * @default - none
   */
  readonly dogstatsdAddr?: string;
  /**
   * Tags on all that goes to DogStatsD.
   * @default - none
   */
  readonly dogstatsdTags?: readonly string[];
  /**
   * Whether metrics that no rule of `prefixFilter` names are kept.
   * @default true, Consul's own
   */
  readonly filterDefault?: boolean;
  /**
   * Rules: `+` and the beginning of names that are kept, `-` and the beginning of names that are dropped.
   * @default - none
   */
  readonly prefixFilter?: readonly string[];
  /**
   * What stands before the names of metrics.
   * @default "consul", Consul's own
   */
  readonly metricsPrefix?: string;
  /**
   * How long Prometheus' endpoint remembers a metric. Zero turns the endpoint off.
   * @default - Consul's own: 0 s, no endpoint
   */
  readonly prometheusRetentionTime?: Duration;
  /**
   * Starts without a sink that cannot be reached, and tries on. Known from Consul 1.13 on.
   * @default true, Consul's own
   */
  readonly retryFailedConnection?: boolean;
  /**
   * statsd's `address:port`.
   * @default - none
   */
  readonly statsdAddress?: string;
  /**
   * statsite's `address:port`.
   * @default - none
   */
  readonly statsiteAddress?: string;
}

const sink = { pattern: /^[^\s/]+:\d{1,5}$/, allowed: "an address or a name, a colon and a port" };

/** How `telemetry` is written. */
export const TELEMETRY: OptionTable<TelemetryConfig> = {
  disableHostname: flag(),
  disablePerTenancyUsageMetrics: flag({ since: "1.19.0" }),
  enableHostMetrics: flag({ since: "1.16.0", backports: ["1.15.10"] }),
  disableCompat19: flag({ key: "disable_compat_1.9", since: "1.9.0", until: "1.13.0" }),
  dogstatsdAddr: text(sink),
  dogstatsdTags: list(text()),
  filterDefault: flag(),
  prefixFilter: list(text({ pattern: /^[+-]\S+$/, allowed: "+ or - and the beginning of a metric's name" })),
  metricsPrefix: text(),
  prometheusRetentionTime: time({ zero: true }),
  retryFailedConnection: flag({ since: "1.13.0" }),
  statsdAddress: text(sink),
  statsiteAddress: text(sink),
};
