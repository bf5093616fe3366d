import ipaddr from "ipaddr.js";
import { type Location, ValidationError } from "./errors";
import { isToken } from "./tokens";

type Ip = ipaddr.IPv4 | ipaddr.IPv6;

/** The address that was parsed last: one address is looked at several times on its way from a prop to a port. */
let parsed: { readonly text: string; readonly ip: Ip | undefined } = { text: "", ip: undefined };

function parseIp(text: string): Ip | undefined {
  if (parsed.text !== text) parsed = { text, ip: parseStrictly(text) };
  return parsed.ip;
}

/** Parses strictly: four decimal parts, or IPv6; no octal, no short forms, no zone index. */
function parseStrictly(text: string): Ip | undefined {
  if (ipaddr.IPv4.isValidFourPartDecimal(text)) return ipaddr.IPv4.parse(text);
  if (text.includes(":") && !text.includes("%") && ipaddr.IPv6.isValid(text)) return ipaddr.IPv6.parse(text);
  return undefined;
}

function toNumber(address: Ip): bigint {
  return address.toByteArray().reduce((sum, byte) => (sum << 8n) | BigInt(byte), 0n);
}

function fromNumber(value: bigint, bits: 32 | 128): string {
  const bytes: number[] = [];
  for (let i = bits / 8 - 1; i >= 0; i--) bytes.push(Number((value >> BigInt(i * 8)) & 0xffn));
  return ipaddr.fromByteArray(bytes).toString();
}

/** Tells whether a text is an IPv4 or IPv6 address in its plain form. */
export function isAddress(text: string): boolean {
  return parseIp(text) !== undefined;
}

/** Tells whether a text is an IPv4 address of four decimal parts. */
export function isIpv4(text: string): boolean {
  return ipaddr.IPv4.isValidFourPartDecimal(text);
}

/** Tells whether an address is a loopback address (127.0.0.0/8, ::1). */
export function isLoopback(address: string): boolean {
  return parseIp(address)?.range() === "loopback";
}

/** Tells whether an address stands for every interface (0.0.0.0, ::). */
export function isUnspecified(address: string): boolean {
  return ["0.0.0.0", "::"].includes(canonicalAddress(address));
}

/** The canonical text of an address: `0:0::1` is `::1`. What is no address stays as it is. */
export function canonicalAddress(address: string): string {
  return parseIp(address)?.toString() ?? address;
}

/**
 * Checks an address. A token passes: it cannot be looked into.
 * @throws ValidationError core/address
 */
export function requireAddress(location: Location, prop: string, address: string): void {
  if (isToken(address) || isAddress(address)) return;
  throw new ValidationError(location, {
    code: "core/address",
    prop,
    got: address,
    allowed: "an IPv4 address of four decimal parts or an IPv6 address",
    mend: "Give the address itself: no name, no port, no prefix length, no leading zeros",
  });
}

/** An address as it stands before a port: IPv6 in brackets. */
export function hostPort(address: string, port: number): string {
  return address.includes(":") ? `[${address}]:${port}` : `${address}:${port}`;
}

/** A block of addresses, `172.30.0.0/16`. */
export class Cidr {
  /**
   * Parses a block; the address must be the block's first (`10.0.0.0/8`, not `10.1.2.3/8`).
   * @throws ValidationError core/cidr
   */
  public static parse(text: string, location: Location = "Cidr", prop = "cidr"): Cidr {
    const [address, prefix, ...rest] = text.split("/");
    const ip = parseIp(address ?? "");
    const bits = ip?.kind() === "ipv6" ? 128 : 32;
    const length = /^(0|[1-9]\d{0,2})$/.test(prefix ?? "") ? Number(prefix) : -1;
    const fault = (mend: string) =>
      new ValidationError(location, {
        code: "core/cidr",
        prop,
        got: text,
        allowed: "a block of addresses such as 172.30.0.0/16 or fd00:1::/64, written with its first address",
        mend,
      });
    if (ip === undefined || rest.length > 0 || length < 0 || length > bits) {
      throw fault("Write an address, a slash and the length of the prefix");
    }
    const size = 1n << BigInt(bits - length);
    const first = (toNumber(ip) / size) * size;
    if (first !== toNumber(ip)) throw fault(`Write ${fromNumber(first, bits)}/${length}`);
    return new Cidr(first, size, bits, length);
  }

  private constructor(
    private readonly start: bigint,
    private readonly size: bigint,
    private readonly bits: 32 | 128,
    /** The length of the prefix, in bits. */
    public readonly prefixLength: number,
  ) {}

  /** Tells whether the block is one of IPv4 addresses. */
  public get isIpv4(): boolean {
    return this.bits === 32;
  }

  /** The first address: in IPv4 the network's own. */
  public get first(): string {
    return fromNumber(this.start, this.bits);
  }

  /** The last address: in IPv4 the broadcast address. */
  public get last(): string {
    return fromNumber(this.start + this.size - 1n, this.bits);
  }

  /**
   * The n-th address of the block, counted from 0.
   * @throws ValidationError core/cidr-range
   */
  public address(n: number): string {
    if (!Number.isSafeInteger(n) || n < 0 || BigInt(n) >= this.size) {
      throw new ValidationError("Cidr", {
        code: "core/cidr-range",
        prop: "n",
        got: n,
        allowed: `0 to ${this.size - 1n} in ${this.toString()}`,
        mend: "Take an address that lies in the block, or a larger block",
      });
    }
    return fromNumber(this.start + BigInt(n), this.bits);
  }

  /** Tells whether an address, or a whole block, lies in this one. */
  public contains(other: string | Cidr): boolean {
    if (other instanceof Cidr) {
      return (
        other.bits === this.bits &&
        other.start >= this.start &&
        other.start + other.size <= this.start + this.size
      );
    }
    const ip = parseIp(other);
    if (ip === undefined || (ip.kind() === "ipv6" ? 128 : 32) !== this.bits) return false;
    const value = toNumber(ip);
    return value >= this.start && value < this.start + this.size;
  }

  /** Tells whether two blocks share an address. */
  public overlaps(other: Cidr): boolean {
    return (
      this.bits === other.bits &&
      this.start < other.start + other.size &&
      other.start < this.start + this.size
    );
  }

  /** The block's text, `172.30.0.0/16`. */
  public toString(): string {
    return `${this.first}/${this.prefixLength}`;
  }

  /** The same as `toString`. */
  public toJSON(): string {
    return this.toString();
  }
}
