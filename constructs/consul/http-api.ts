import type { OptionTable } from "./option";
import { cidr, count, flag, list, map, section, text } from "./option-kinds";

/** How the HTTP API behaves. Follows `http_config` of Consul's agent configuration. */
export interface HttpConfig {
  /**
   * The networks that may write through the API, as blocks of addresses.
   * @default - all that reach it
   */
  readonly allowWriteHttpFrom?: readonly string[];
  /**
   * Beginnings of paths that nobody may ask: `/v1/agent/force-leave`.
   * @default - none
   */
  readonly blockEndpoints?: readonly string[];
  /**
   * The most bytes of a request's headers, 1 or more. Known from Consul 1.10 on.
   * @default - Consul's own: 1 MiB
   */
  readonly maxHeaderBytes?: number;
  /**
   * Headers on every response.
   * @default - none
   */
  readonly responseHeaders?: Readonly<Record<string, string>>;
  /**
   * Lets lookups of services that ask for it be answered from the agent's cache.
   * @default true, Consul's own
   */
  readonly useCache?: boolean;
}

/** How `http_config` is written. */
export const HTTP_CONFIG: OptionTable<HttpConfig> = {
  allowWriteHttpFrom: list(cidr()),
  blockEndpoints: list(text({ pattern: /^\/\S*$/, allowed: "a path that begins with /" })),
  maxHeaderBytes: count({ min: 1, since: "1.10.0" }),
  responseHeaders: map(text(), {
    names: /^(?!(?:proxy-)?authorization$)[A-Za-z0-9-]+$/i,
    allowed: "a header's name; none that carries a secret",
  }),
  useCache: flag(),
};

/** Where the user interface finds metrics. */
export interface UiMetricsProxy {
  /**
   * The metrics server's address, a URL.
   * @default - none
   */
  readonly baseUrl?: string;
  /**
   * The paths that may be asked there.
   * @default - those of Prometheus' queries, if it is the provider
   */
  readonly pathAllowlist?: readonly string[];
}

/**
 * The user interface in the browser. Follows `ui_config` of Consul's agent configuration; before Consul 1.9 `enabled`,
 * `dir` and `contentPath` are written as `ui`, `ui_dir` and `ui_content_path`, and the others are not known.
 */
export interface UiConfig {
  /**
   * Serves it on the HTTP API's port.
   * @default false, Consul's own
   */
  readonly enabled?: boolean;
  /**
   * The path before its own, with a slash at both ends.
   * @default "/ui/", Consul's own
   */
  readonly contentPath?: string;
  /**
   * Links to dashboards, by name; values may hold `{{Service.Name}}` and its like.
   * @default - none
   */
  readonly dashboardUrlTemplates?: Readonly<Record<string, string>>;
  /**
   * A folder of files in place of the built-in ones. Not together with `enabled`, which serves those.
   * @default - the built-in ones
   */
  readonly dir?: string;
  /**
   * Who gives metrics: `prometheus`, or the name that one of `metricsProviderFiles` registers.
   * @default - nobody
   */
  readonly metricsProvider?: string;
  /**
   * Scripts that the interface loads for its metrics.
   * @default - none
   */
  readonly metricsProviderFiles?: readonly string[];
  /**
   * The provider's options, as JSON.
   * @default - none
   */
  readonly metricsProviderOptionsJson?: string;
  /**
   * Where metrics come from.
   * @default - nowhere
   */
  readonly metricsProxy?: UiMetricsProxy;
}

const URL_TEXT = { pattern: /^https?:\/\/\S+$/, allowed: "a URL that begins with http:// or https://" };

/** How `ui_config` is written. */
export const UI_CONFIG: OptionTable<UiConfig> = {
  enabled: flag({ before: { version: "1.9.0", key: "ui" } }),
  contentPath: text({
    pattern: /^\/(?!v\d+\/$)(?:[\w-]+\/)*$/,
    allowed: "a path of letters, digits, - and _ with a slash at both ends, not /v1/ or its like",
    before: { version: "1.9.0", key: "ui_content_path" },
  }),
  dashboardUrlTemplates: map(text(URL_TEXT), {
    names: /^[a-z0-9_-]+$/,
    allowed: "lower-case letters, digits, - and _",
    since: "1.9.0",
  }),
  dir: text({ before: { version: "1.9.0", key: "ui_dir" } }),
  metricsProvider: text({
    pattern: /^[a-z0-9_-]+$/,
    allowed: "lower-case letters, digits, - and _",
    since: "1.9.0",
  }),
  metricsProviderFiles: list(text({ pattern: /\.js$/, allowed: "the path of a .js file" }), {
    since: "1.9.0",
  }),
  metricsProviderOptionsJson: text({ pattern: /^\s*\{/, allowed: "a JSON object", since: "1.9.0" }),
  metricsProxy: section<UiMetricsProxy>(
    {
      baseUrl: text(URL_TEXT),
      pathAllowlist: list(text({ pattern: /^\/\S*$/, allowed: "a path that begins with /" })),
    },
    { since: "1.9.0" },
  ),
};
