import { Duration } from "../core/duration";
import { isDnsLabel, isDomainName } from "../core/dns-names";
import { Cidr } from "../core/addresses";
import { requirePort } from "../core/ports";
import { sortedEntries } from "../core/objects";
import { firstSecretIn, namesSecret } from "../core/secrets";
import { Size } from "../core/size";
import { isToken } from "../core/tokens";
import { addressText, type ListenAddress } from "./listen-address";
import type { At, Json, Option, OptionTable, Section } from "./option";

/** What an option may say of itself besides its kind. */
type More = Omit<Option<unknown>, "write">;

const MAX_INT = 2_147_483_647;

function wrongKind(at: At, got: unknown, allowed: string): never {
  at.fail("consul/wrong-kind", got, allowed, "Give a value of that kind");
}

function refuseSecret(at: At, name: string): never {
  at.fail(
    "consul/secret",
    `(masked: the value of ${name})`,
    "a text without secrets",
    "Leave the secret out: it would lie in Terraform's state in plain text; support for secrets comes with a later release",
  );
}

/** true or false. */
export function flag(more: More = {}): Option<boolean> {
  return {
    ...more,
    write: (value: unknown, at) =>
      typeof value === "boolean" ? value : wrongKind(at, value, "true or false"),
  };
}

/** A text that is not empty; with a pattern, one that matches it. */
export function text(
  more: More & { readonly pattern?: RegExp; readonly allowed?: string } = {},
): Option<string> {
  const { pattern, allowed = "a text that is not empty", ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) => {
      if (typeof value !== "string") return wrongKind(at, value, allowed);
      if (isToken(value)) return value;
      if (value === "" || (pattern !== undefined && !pattern.test(value))) {
        at.fail("consul/text", value, allowed, "Write it in that form, or leave it out");
      }
      const secret = firstSecretIn(value);
      if (secret !== undefined) refuseSecret(at, secret);
      return value;
    },
  };
}

/** One of a closed set of words. */
export function oneOf<T extends string>(words: readonly T[], more: More = {}): Option<T> {
  return {
    ...more,
    write: (value: unknown, at) =>
      words.includes(value as T)
        ? (value as T)
        : at.fail("consul/one-of", value, words.join(", "), "Take one of these words"),
  };
}

/** A whole number. */
export function count(more: More & { readonly min?: number; readonly max?: number } = {}): Option<number> {
  const { min = 0, max = MAX_INT, ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) =>
      Number.isInteger(value) && (value as number) >= min && (value as number) <= max
        ? (value as number)
        : at.fail(
            "consul/number-range",
            value,
            `a whole number from ${min} to ${max}`,
            "Give a number in this range",
          ),
  };
}

/** A rate: a number above 0, with a fraction or without. */
export function rate(more: More = {}): Option<number> {
  return {
    ...more,
    write: (value: unknown, at) =>
      typeof value === "number" && Number.isFinite(value) && value > 0
        ? value
        : at.fail(
            "consul/number-range",
            value,
            "a number above 0",
            "Give the rate, or leave it out for no limit",
          ),
  };
}

/** A length of time in Go's form. Above 0, unless zero has a meaning of its own. */
export function time(
  more: More & { readonly zero?: boolean; readonly min?: Duration } = {},
): Option<Duration> {
  const { zero = false, min, ...rest } = more;
  return { ...rest, write: (value: unknown, at) => requireTime(value, at, zero, min).toGoString() };
}

/** A length of time in whole seconds, as a zone's SOA has it: 32 bits. */
export function seconds(more: More & { readonly zero?: boolean } = {}): Option<Duration> {
  const { zero = false, ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) => {
      const amount = requireTime(value, at, zero).toSeconds();
      if (!Number.isInteger(amount) || amount > MAX_INT) {
        at.fail(
          "consul/time-range",
          value,
          `whole seconds, up to ${MAX_INT} (RFC 2181, section 8)`,
          "Round it to seconds",
        );
      }
      return amount;
    },
  };
}

function requireTime(value: unknown, at: At, zero: boolean, min?: Duration): Duration {
  if (!(value instanceof Duration)) return wrongKind(at, value, "a Duration");
  if (value.isZero() && !zero) {
    at.fail("consul/time-range", value, "more than 0 s", "Give a time, or leave it out for Consul's own");
  }
  if (min?.isLongerThan(value)) {
    at.fail(
      "consul/time-range",
      value,
      `${min.toGoString()} or more`,
      "Give a longer time, or leave it out for Consul's own",
    );
  }
  return value;
}

/** An amount, in bytes or in a larger unit that it must come to as a whole. */
export function size(
  more: More & { readonly unit?: Size; readonly min?: Size; readonly max?: Size } = {},
): Option<Size> {
  const { unit = Size.bytes(1), min = unit, max, ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) => {
      if (!(value instanceof Size)) return wrongKind(at, value, "a Size");
      const amount = value.toBytes() / unit.toBytes();
      if (!Number.isInteger(amount) || value.isSmallerThan(min) || max?.isSmallerThan(value)) {
        at.fail(
          "consul/size-range",
          value,
          `whole multiples of ${unit.toString()}, ${min.toString()} or more${max === undefined ? "" : `, up to ${max.toString()}`}`,
          "Give an amount in this range",
        );
      }
      return amount;
    },
  };
}

/** A port; where the listener can be turned off, also -1. */
export function port(more: More & { readonly off?: boolean } = {}): Option<number> {
  const { off = false, ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) => {
      if (typeof value !== "number") return wrongKind(at, value, "a port's number");
      if (value === -1) {
        if (off) return value;
        at.fail(
          "consul/port-off",
          value,
          "1 to 65535",
          "This listener cannot be turned off: give its port, or leave it out",
        );
      }
      requirePort(at.location, at.prop, value);
      return value;
    },
  };
}

/** An address that the agent listens on. */
export function listenAddress(more: More = {}): Option<string | ListenAddress> {
  return { ...more, write: (value, at) => addressText(value, at, "listen") };
}

/** Several addresses to listen on: Consul takes them in one text, with spaces between. */
export function listenAddresses(more: More = {}): Option<readonly (string | ListenAddress)[]> {
  const each = list(listenAddress());
  return { ...more, write: (value, at) => (each.write(value, at) as readonly string[]).join(" ") };
}

/** An address that is told to other agents. */
export function advertisedAddress(more: More = {}): Option<string | ListenAddress> {
  return { ...more, write: (value, at) => addressText(value, at, "advertise") };
}

/** A DNS label; Consul's names are lower case where `lower` says so. */
export function label(more: More & { readonly lower?: boolean } = {}): Option<string> {
  const { lower = false, ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) => {
      if (isToken(value)) return value as string;
      if (typeof value === "string" && isDnsLabel(value) && (!lower || value === value.toLowerCase()))
        return value;
      return at.fail(
        "core/dns-label",
        value,
        `a DNS label (RFC 1123): 1 to 63 ${lower ? "lower-case " : ""}letters, digits and hyphens, no hyphen at either end`,
        "Take a name without dots, underscores and other characters: other names cannot be asked for by DNS",
      );
    },
  };
}

/** A domain name without the final dot. */
export function domainName(more: More = {}): Option<string> {
  return {
    ...more,
    write: (value: unknown, at) => {
      if (isToken(value) || (typeof value === "string" && isDomainName(value))) return value as string;
      return at.fail(
        "core/domain-name",
        value,
        "DNS labels (RFC 1123) with dots between them, up to 253 characters, without a dot at the end",
        "Take a name such as consul or dc1.example.com",
      );
    },
  };
}

/** A block of addresses. */
export function cidr(more: More = {}): Option<string> {
  return {
    ...more,
    write: (value, at) => (isToken(value) ? value : Cidr.parse(value, at.location, at.prop).toString()),
  };
}

/** A list with at least one element, none of them twice. */
export function list<T>(item: Option<T>, more: More = {}): Option<readonly T[]> {
  return {
    ...more,
    write: (value: unknown, at) => {
      if (!Array.isArray(value) || value.length === 0) {
        return at.fail(
          "consul/list",
          value,
          "a list with at least one element",
          "Give an element, or leave the list out",
        );
      }
      const written = value.map((element: T, i) => item.write(element, at.field(i)));
      const twice = written.find((element, i) => written.indexOf(element) !== i);
      if (twice !== undefined) {
        at.fail(
          "consul/list-twice",
          value,
          "every element once",
          `Leave out one of the two ${JSON.stringify(twice)}`,
        );
      }
      return written;
    },
  };
}

/** A map from names to values. */
export function map<T>(
  item: Option<T>,
  more: More & { readonly names?: RegExp; readonly allowed?: string } = {},
): Option<Readonly<Record<string, T>>> {
  const { names, allowed = "names that are not empty", ...rest } = more;
  return {
    ...rest,
    write: (value: unknown, at) => {
      if (typeof value !== "object" || value === null || Array.isArray(value))
        return wrongKind(at, value, "a map");
      const written: [string, Json][] = sortedEntries(value as Record<string, T>).map(([name, element]) => {
        if (name === "" || (names !== undefined && !isToken(name) && !names.test(name))) {
          at.fail("consul/map-name", name, allowed, "Name it in that form");
        }
        if (typeof element === "string" && namesSecret(name)) refuseSecret(at.field(name), name);
        return [name, item.write(element, at.field(name))];
      });
      return Object.fromEntries(written);
    },
  };
}

/** Props of their own under one key. */
export function section<T>(table: OptionTable<T>, more: Omit<Section<T>, "section"> = {}): Section<T> {
  return { ...more, section: table };
}
