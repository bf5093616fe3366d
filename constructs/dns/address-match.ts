import { canonicalAddress, Cidr, isAddress, isIpv4, isLoopback, isUnspecified } from "../core/addresses";
import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import { type Statement, statement } from "./statements";

/**
 * An element of an address match list that is more than an address. Follows "address_match_element" in the ARM: the
 * first element that matches decides, and what none matches is refused.
 */
export class AddressMatch {
  /** Every address there is. In allowRecursion this is an open resolver, unless something else keeps strangers away. */
  public static any(): AddressMatch {
    return new AddressMatch("any");
  }

  /** No address. */
  public static none(): AddressMatch {
    return new AddressMatch("none");
  }

  /** Refuses what the element matches, where elements behind it would let it in. */
  public static not(element: string): AddressMatch {
    return new AddressMatch("not", element);
  }

  private constructor(
    /** What it matches. */
    public readonly kind: "any" | "none" | "not",
    /** The element that is turned round. */
    public readonly element?: string,
  ) {}

  /** The element as named.conf writes it. */
  public toJSON(): string {
    return this.kind === "not" ? `!${this.element ?? ""}` : this.kind;
  }
}

/**
 * An address, a block such as `172.30.0.0/16`, `localhost` (the addresses of the machine or container on which named
 * runs), `localnets` (the networks that it is attached to), or an AddressMatch.
 */
export type AddressMatchElement = string | AddressMatch;

/** Which addresses a list may hold. */
export type AddressFamily = "IPv4" | "IPv6" | "both";

function word(location: Location, prop: string, element: AddressMatchElement, family: AddressFamily): string {
  if (element instanceof AddressMatch) {
    return element.kind === "not" ? `!${word(location, prop, element.element ?? "", family)}` : element.kind;
  }
  const fail = (code: string, allowed: string, mend: string): never => {
    throw new ValidationError(location, { code, prop, got: element, allowed, mend });
  };
  if (element.startsWith("#{")) {
    fail(
      "dns/address-match",
      "elements one by one",
      "A list that only Terraform knows cannot be written here: give each element, if need be as a token",
    );
  }
  if (isToken(element) || element === "localhost" || element === "localnets") return element;
  if (element === "any" || isUnspecified(element) || /^[0.:]+\/0$/.test(element)) {
    fail(
      "dns/any-address",
      "addresses, blocks of addresses, localhost and localnets",
      "Write AddressMatch.any() if every address there is shall be matched",
    );
  }
  const cidr = element.includes("/") ? Cidr.parse(element, location, prop) : undefined;
  if (cidr === undefined && !isAddress(element)) {
    fail(
      "dns/address-match",
      "an address, a block such as 172.30.0.0/16, localhost, localnets, or an AddressMatch",
      "Give addresses: named looks no names up here",
    );
  }
  if (family !== "both" && (cidr?.isIpv4 ?? isIpv4(element)) !== (family === "IPv4")) {
    fail(
      "dns/address-family",
      `${family} addresses: others never match here`,
      family === "IPv4" ? "Put IPv6 addresses into listenOnV6" : "Put IPv4 addresses into listenOn",
    );
  }
  return cidr?.toString() ?? canonicalAddress(element);
}

/**
 * The elements of a list, in their order, which counts.
 * @throws ValidationError dns/empty-address-match, dns/any-address, dns/address-match, dns/address-family, core/cidr
 */
export function addressMatchList(
  location: Location,
  prop: string,
  elements: readonly AddressMatchElement[],
  family: AddressFamily = "both",
): Statement[] {
  if (elements.length === 0) {
    throw new ValidationError(location, {
      code: "dns/empty-address-match",
      prop,
      got: elements,
      allowed: "at least one element",
      mend: "Write AddressMatch.none() if nothing shall be matched, or leave the prop out for its default",
    });
  }
  return elements.map((element, i) => statement(word(location, `${prop}[${i}]`, element, family)));
}

/**
 * Tells whether a server that listens on these elements certainly listens at an address: it is among them, or it is
 * a loopback address and they stand for all of the machine's own.
 */
export function listensAt(elements: readonly AddressMatchElement[], address: string): boolean {
  return elements.some((element) => {
    if (typeof element !== "string") return element.kind === "any" && isLoopback(address);
    if (element === "localhost") return isLoopback(address);
    return canonicalAddress(element) === canonicalAddress(address);
  });
}
