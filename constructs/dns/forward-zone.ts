import { Token } from "cdktf";
import { canonicalAddress, isUnspecified, requireAddress } from "../core/addresses";
import { type Location, ValidationError } from "../core/errors";
import { requirePort } from "../core/ports";
import { isToken } from "../core/tokens";
import type { DnsEndpoint } from "../discovery/dns";
import { type AddressMatchElement, listensAt } from "./address-match";
import { type Statement, block, quoted, statement } from "./statements";

/** A zone whose names are asked for elsewhere. Always `type forward; forward only;`. */
export interface ForwardZone {
  /** The zone's name, without the final dot: `consul`, `10.in-addr.arpa`. */
  readonly name: string;
  /** Who is asked: at least one. named prefers whoever answers fastest, and goes on to the next after 0.8 s. */
  readonly forwarders: readonly DnsEndpoint[];
  /**
   * `first` is an error: where no forwarder answers, named would ask the root's name servers, which say for certain
   * that a private zone does not exist, and tell them the names.
   * @default "only"
   */
  readonly forward?: "only";
  /**
   * Whether the zone is signed and the root's chain of trust reaches it. Any other zone is named in
   * `validate-except`, as its answers would count as forged.
   * @default false
   */
  readonly signed?: boolean;
}

/** Where named itself listens, to find the forwarder that is named itself. */
export interface Listeners {
  readonly listenOn: readonly AddressMatchElement[];
  readonly listenOnV6: readonly AddressMatchElement[];
  readonly port: number;
}

const LABEL = "[A-Za-z0-9_](?:[A-Za-z0-9_-]{0,61}[A-Za-z0-9_])?";
const ZONE = new RegExp(`^${LABEL}(?:\\.${LABEL})*$`);

/**
 * Checks a zone's name: labels of letters, digits, hyphens and underscores. A token passes.
 * @throws ValidationError dns/zone-name
 */
export function requireZoneName(location: Location, prop: string, name: string): void {
  if (isToken(name) || (name.length <= 253 && ZONE.test(name))) return;
  throw new ValidationError(location, {
    code: "dns/zone-name",
    prop,
    got: name,
    allowed:
      "labels of letters, digits, hyphens and underscores with dots between them, up to 253 characters",
    mend:
      name === "."
        ? "Put the forwarders of every other name into the prop forwarders"
        : "Write it without a dot at the end, such as consul or 10.in-addr.arpa",
  });
}

/** Refuses `first`, which only data without types can say. */
export function requireForwardOnly(location: Location, prop: string, forward: string | undefined): void {
  if (forward === undefined || forward === "only") return;
  throw new ValidationError(location, {
    code: "dns/forward-first",
    prop,
    got: forward,
    allowed: "only",
    mend: "With first, named asks the root when no forwarder answers: private names leak, and are said not to exist. Leave it out",
  });
}

/**
 * The statement `forwarders`.
 * @throws ValidationError dns/no-forwarders, dns/forwarder-address, dns/duplicate-forwarder,
 * dns/forwards-to-itself, core/address, core/port
 */
export function forwardersStatement(
  location: Location,
  prop: string,
  forwarders: readonly DnsEndpoint[],
  own: Listeners,
): Statement {
  const fail = (code: string, where: string, got: unknown, allowed: string, mend: string): never => {
    throw new ValidationError(location, { code, prop: where, got, allowed, mend });
  };
  if (forwarders.length === 0) {
    fail("dns/no-forwarders", prop, forwarders, "at least one address and port", "Name who answers for it");
  }
  const seen = new Set<string>();
  return block(
    ["forwarders"],
    forwarders.map((endpoint, i) => {
      const { port } = endpoint;
      const where = `${prop}[${i}]`;
      requireAddress(location, `${where}.address`, endpoint.address);
      requirePort(location, `${where}.port`, port);
      const address = canonicalAddress(endpoint.address);
      if (isUnspecified(address)) {
        fail(
          "dns/forwarder-address",
          `${where}.address`,
          address,
          "the address of a name server",
          "This address stands for every interface of a machine: give the one at which the server answers",
        );
      }
      const ownList = address.includes(":") ? own.listenOnV6 : own.listenOn;
      if (port === own.port && listensAt(ownList, address)) {
        fail(
          "dns/forwards-to-itself",
          where,
          endpoint,
          "another server than this one",
          "named listens at this address and port itself, and would ask itself for ever: name the other server's own address",
        );
      }
      const key = `${address} ${port}`;
      if (seen.has(key)) {
        fail(
          "dns/duplicate-forwarder",
          where,
          endpoint,
          "each address and port once",
          "Leave the second one out",
        );
      }
      seen.add(key);
      return statement(address, "port", isToken(port) ? Token.asString(port) : String(port));
    }),
  );
}

/**
 * The statement of one zone.
 * @throws ValidationError what `requireZoneName`, `requireForwardOnly` and `forwardersStatement` throw
 */
export function zoneStatement(
  location: Location,
  prop: string,
  zone: ForwardZone,
  own: Listeners,
): Statement {
  requireZoneName(location, `${prop}.name`, zone.name);
  requireForwardOnly(location, `${prop}.forward`, zone.forward);
  const name = isToken(zone.name) ? zone.name : zone.name.toLowerCase();
  return block(
    ["zone", quoted(location, `${prop}.name`, name)],
    [
      statement("type", "forward"),
      statement("forward", "only"),
      forwardersStatement(location, `${prop}.forwarders`, zone.forwarders, own),
    ],
  );
}
