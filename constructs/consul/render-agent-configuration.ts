import type { Location } from "../core/errors";
import { compareVersions } from "../core/versions";
import type { ConsulAgentConfiguration } from "./agent-configuration";
import { isPlain, withAgentDefaults } from "./agent-defaults";
import { AGENT_OPTIONS } from "./agent-options";
import { checkAgentRules } from "./agent-rules";
import { requireConsulVersion } from "./consul-versions";
import { jsonText, tokenJson } from "./json-text";
import { At, type Json, knownTo, type PlacedOption, spanInWords } from "./option";
import { checkRaw } from "./raw-configuration";

/** What a rendering depends on besides the configuration. */
export interface AgentRendering {
  /** The version of Consul that will read it: `1.19.2`. */
  readonly version: string;
  /**
   * Where the configuration belongs, for messages.
   * @default "Consul agent configuration"
   */
  readonly location?: Location;
}

/**
 * The text of an agent's configuration file, JSON: the configuration with this library's defaults put in, in the keys
 * that the version knows, sorted. The same configuration gives the same text.
 *
 * @throws ValidationError for a value that Consul would refuse or that would not do what it says, for an option that
 * the version does not know, and for secrets
 */
export function renderAgentConfiguration(
  config: ConsulAgentConfiguration,
  { version: wanted, location = "Consul agent configuration" }: AgentRendering,
): string {
  const version = requireConsulVersion(location, "version", wanted);
  checkProps(config, location);
  const full = withAgentDefaults(config);
  const tree: Tree = {};
  for (const option of AGENT_OPTIONS) {
    const at = new At(location, option.props.join("."));
    const value = valueOf(full, option, location);
    if (value === undefined) continue;
    checkVersion(option, at, value, version);
    if (option.agents !== undefined && option.agents !== (full.server === true ? "servers" : "clients")) {
      at.fail(
        "consul/agent-role",
        value,
        `nothing: only ${option.agents} take it`,
        option.agents === "servers" ? "Leave it out, or make the agent a server" : "Leave it out on servers",
      );
    }
    place(tree, keysOf(option, version), tokenJson(value) ?? option.write(value, at));
  }
  checkAgentRules(full, version, location);
  if (full.raw !== undefined) {
    checkRaw(full.raw, new At(location, "raw"), version);
    merge(tree, full.raw);
  }
  return jsonText(tree);
}

interface Tree {
  [key: string]: Json;
}

const PROPS = new Set(
  AGENT_OPTIONS.flatMap(({ props }) => props.map((_prop, i) => props.slice(0, i + 1).join("."))).concat(
    "raw",
  ),
);
const LEAVES = new Set(AGENT_OPTIONS.map(({ props }) => props.join(".")).concat("raw"));

/** Refuses props that nothing would write: what is misspelt in plain JavaScript must not vanish. */
function checkProps(section: object, location: Location, path = ""): void {
  for (const [name, value] of Object.entries(section) as [string, unknown][]) {
    const prop = `${path}${name}`;
    if (!PROPS.has(prop)) {
      new At(location, prop).fail(
        "consul/unknown-option",
        value,
        "the props of ConsulAgentConfiguration",
        "Correct its name, or give Consul's key in raw",
      );
    }
    if (!LEAVES.has(prop) && isPlain(value)) checkProps(value, location, `${prop}.`);
  }
}

function valueOf(config: object, { props }: PlacedOption, location: Location): unknown {
  return props.reduce<unknown>((section, prop, i) => {
    if (section === undefined) return undefined;
    if (isPlain(section)) return section[prop];
    const at = new At(location, props.slice(0, i).join("."));
    return at.fail("consul/wrong-kind", section, "an object of props", "Give props");
  }, config);
}

function checkVersion(option: PlacedOption, at: At, value: unknown, version: string): void {
  if (knownTo(option, version)) return;
  at.fail(
    "consul/option-version",
    value,
    `the options of Consul ${version}; ${option.keys.join(".")} exists ${spanInWords(option)}`,
    "Leave it out, or run a version that knows it",
  );
}

/** The path of an option's key in a version. */
export function keysOf(option: PlacedOption, version: string): readonly string[] {
  const { before } = option;
  return before !== undefined && compareVersions(version, before.version) < 0
    ? before.key.split(".")
    : option.keys;
}

function place(tree: Tree, keys: readonly string[], value: Json): void {
  merge(tree, keys.reduceRight<Json>((inner, key) => ({ [key]: inner }), value) as Tree);
}

/** Puts the keys of one tree into another. Where both have a section, their keys come together. */
function merge(into: Tree, from: Tree): void {
  for (const [key, value] of Object.entries(from)) {
    const present = Object.hasOwn(into, key) ? into[key] : undefined;
    if (isPlain(present) && isPlain(value)) {
      const both = { ...present };
      merge(both, value);
      into[key] = both;
    } else {
      Object.defineProperty(into, key, { value, enumerable: true, writable: true, configurable: true });
    }
  }
}
