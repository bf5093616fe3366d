import { inRange } from "../core/versions";
import { type Location, ValidationError } from "../core/errors";

/** What the JSON of a configuration is made of. */
export type Json =
  null | boolean | number | string | Verbatim | readonly Json[] | { readonly [key: string]: Json };

const VERBATIM = Symbol("verbatim");

/** Text that stands in the JSON as it is: an expression that Terraform replaces by JSON. */
export interface Verbatim {
  readonly [VERBATIM]: string;
}

/** Marks a text as one that stands in the JSON as it is. */
export function verbatim(text: string): Verbatim {
  return { [VERBATIM]: text };
}

/** The text of a value that is so marked. */
export function verbatimText(value: object): string | undefined {
  return VERBATIM in value ? (value as Verbatim)[VERBATIM] : undefined;
}

/** The versions of Consul that know a key. */
export interface VersionSpan {
  /**
   * The first version that knows it.
   * @default - it is older than all versions that are supported
   */
  readonly since?: string;
  /**
   * Older minors that know it too, each from this patch on.
   * @default - none
   */
  readonly backports?: readonly string[];
  /**
   * The first version that knows it no more.
   * @default - all newer versions know it
   */
  readonly until?: string;
}

/** Tells whether a version lies in a span. */
export function knownTo(span: VersionSpan, version: string): boolean {
  const ranges = [span.since === undefined ? ">=0.0.0" : `>=${span.since}`].concat(
    (span.backports ?? []).map((patch) => `~${patch}`),
  );
  return (
    inRange(version, ranges.join(" || ")) && (span.until === undefined || inRange(version, `<${span.until}`))
  );
}

/** A span in words: `from 1.12.0 on`, `from 1.9.0 until 1.13.0`. */
export function spanInWords({ since, backports = [], until }: VersionSpan): string {
  const patches =
    backports.length === 0
      ? ""
      : ` (and in ${backports.map((patch) => `${patch} and later patches`).join(", ")})`;
  const from = since === undefined ? "" : `from ${since} on${patches}`;
  return [from, until === undefined ? "" : `until before ${until}`].filter((part) => part !== "").join(", ");
}

/** Where a value stands while it is checked and written. */
export class At {
  constructor(
    /** The construct, or a place in words. */
    public readonly location: Location,
    /** The prop's path, `dnsConfig.serviceTtl`. */
    public readonly prop: string,
  ) {}

  /** A place below this one: a field, or the element of a list. */
  public field(name: string | number): At {
    const plain = typeof name === "string" && /^\w+$/.test(name);
    return new At(this.location, plain ? `${this.prop}.${name}` : `${this.prop}[${JSON.stringify(name)}]`);
  }

  /** Throws what is wrong with the value here. */
  public fail(code: string, got: unknown, allowed: string, mend: string): never {
    throw new ValidationError(this.location, { code, prop: this.prop, got, allowed, mend });
  }
}

/** How one prop is checked and written as one key of the agent's JSON. */
export interface Option<T> extends VersionSpan {
  /**
   * Consul's key, where it is not the prop's name in snake case.
   * @default - the prop's name in snake case
   */
  readonly key?: string;
  /**
   * The key's path at the top of the configuration in versions before the one named: `ui_config.enabled` was `ui`.
   * @default - it never moved
   */
  readonly before?: { readonly version: string; readonly key: string };
  /**
   * The only kind of agent that takes it; the other kind refuses to start.
   * @default - both
   */
  readonly agents?: "servers" | "clients";
  /** Checks a value that is no token and gives its JSON. */
  write(value: T, at: At): Json;
}

/** A prop that holds props of its own: a section of the configuration. */
export interface Section<T> extends VersionSpan {
  /**
   * Consul's key, where it is not the prop's name in snake case.
   * @default - the prop's name in snake case
   */
  readonly key?: string;
  /** The options in it. */
  readonly section: OptionTable<T>;
}

/** For every prop of a type, how it is written. The compiler asks for an entry for each. */
export type OptionTable<T> = {
  readonly [K in keyof T]-?: Option<Exclude<T[K], undefined>> | Section<Exclude<T[K], undefined>>;
};

/** An option with its whole path, as the renderer walks it. */
export interface PlacedOption extends Option<unknown> {
  /** The prop's path: `["dnsConfig", "serviceTtl"]`. */
  readonly props: readonly string[];
  /** The key's path: `["dns_config", "service_ttl"]`. */
  readonly keys: readonly string[];
}

/** All options of a table and of the sections in it, in the table's order. A section's versions hold for what is in it. */
export function placeOptions(
  table: object,
  props: readonly string[] = [],
  keys: readonly string[] = [],
  span: VersionSpan = {},
): PlacedOption[] {
  return Object.entries(table as Readonly<Record<string, Option<unknown> | Section<unknown>>>).flatMap(
    ([prop, entry]) => {
      const path = [...props, prop];
      const key = [...keys, entry.key ?? prop.replace(/[A-Z]/g, (letter) => `_${letter.toLowerCase()}`)];
      return "section" in entry
        ? placeOptions(entry.section, path, key, { ...span, ...spanOf(entry) })
        : [{ ...span, ...entry, props: path, keys: key }];
    },
  );
}

function spanOf({ since, backports, until }: VersionSpan): VersionSpan {
  return {
    ...(since === undefined ? {} : { since }),
    ...(backports === undefined ? {} : { backports }),
    ...(until === undefined ? {} : { until }),
  };
}
