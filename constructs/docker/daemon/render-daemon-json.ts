import { sortedEntries } from "../../core/objects";
import { Duration } from "../../core/duration";
import { Size } from "../../core/size";
import type { Ulimit } from "../container-props";
import { ClusterAdvertise } from "./cluster-advertise";
import type { DaemonConfiguration } from "./daemon-configuration";
import { CLUSTER_STORE_OPTS, DAEMON_OPTIONS } from "./daemon-options";
import { KeyValueStore } from "./key-value-store";

/**
 * The text of `/etc/docker/daemon.json`. Every key has a line of its own and they are sorted, so that two versions of it
 * can be compared line by line, on the host too.
 */
export function renderDaemonJson(configuration: DaemonConfiguration): string {
  const fields = Object.entries(configuration).flatMap(([prop, value]): [string, unknown][] => {
    if (value === undefined) return [];
    const { key } = DAEMON_OPTIONS[prop as keyof DaemonConfiguration];
    if (value instanceof KeyValueStore) {
      const { storeOpts } = value;
      return [
        [key, value.url],
        ...(storeOpts === undefined ? [] : [[CLUSTER_STORE_OPTS, storeOpts] as [string, unknown]]),
      ];
    }
    return [[key, valueOf(prop, value)]];
  });
  if (fields.length === 0) return "{}\n";
  const lines = fields
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, value]) => `  ${JSON.stringify(key)}: ${JSON.stringify(value)}`);
  return `{\n${lines.join(",\n")}\n}\n`;
}

function valueOf(prop: string, value: unknown): unknown {
  if (value instanceof ClusterAdvertise) return value.value;
  if (value instanceof Duration) return value.toWholeSeconds();
  // The engine takes sizes in a file as texts alone.
  if (value instanceof Size) return String(value.toBytes());
  if (prop === "labels")
    return sortedEntries(value as Record<string, string>).map(([name, text]) => `${name}=${text}`);
  if (prop === "defaultUlimits") {
    const limits = [...(value as readonly Ulimit[])].sort((a, b) => (a.name < b.name ? -1 : 1));
    return Object.fromEntries(
      limits.map(({ name, soft, hard }) => [name, { Name: name, Soft: soft, Hard: hard }]),
    );
  }
  if (prop === "proxies") {
    const { httpProxy, httpsProxy, noProxy } = value as Record<string, string | undefined>;
    return { "http-proxy": httpProxy, "https-proxy": httpsProxy, "no-proxy": noProxy };
  }
  if (typeof value === "object" && value !== null && !Array.isArray(value))
    return Object.fromEntries(sortedEntries(value as Record<string, unknown>));
  return value;
}

/** The keys of a text that `renderDaemonJson` wrote, by how a new value comes into force. */
export interface ReloadKeys {
  /** Any change of the value is reloaded. */
  readonly any: readonly string[];
  /** A first value is reloaded. */
  readonly added: readonly string[];
  /** The key's removal is reloaded. */
  readonly removal: readonly string[];
}

/** Which keys SIGHUP brings into force, for the script that compares two texts on the host. */
export function reloadKeys(): ReloadKeys {
  const options = Object.values(DAEMON_OPTIONS);
  return {
    any: options.filter(({ reload }) => reload === "any").map(({ key }) => key),
    added: [...options.filter(({ reload }) => reload === "added").map(({ key }) => key), CLUSTER_STORE_OPTS],
    removal: options.filter(({ reloadsRemoval }) => reloadsRemoval === true).map(({ key }) => key),
  };
}
