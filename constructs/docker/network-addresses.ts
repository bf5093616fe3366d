import { Cidr, requireAddress } from "../core/addresses";
import { type Location, ValidationError } from "../core/errors";
import { sortedEntries } from "../core/objects";
import { escapeTemplate, isToken } from "../core/tokens";
import type { HostClaims } from "./host-claims";

const NETWORK_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]*$/;
const BUILT_IN = new Set(["bridge", "host", "none", "default"]);

/**
 * Checks a network's name. A token passes.
 * @throws ValidationError docker/network-name
 */
export function requireNetworkName(location: Location, name: string): void {
  if (isToken(name) || (NETWORK_NAME.test(name) && !BUILT_IN.has(name))) return;
  throw new ValidationError(location, {
    code: "docker/network-name",
    prop: "networkName",
    got: name,
    allowed: "letters, digits, underscores, dots and hyphens; not bridge, host, none or default",
    mend: "Take another name: those four are the engine's own",
  });
}

/** A driver's options as Terraform's JSON has them, sorted. */
export function escapedOptions(options: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    sortedEntries(options).map(([key, value]) => [escapeTemplate(key), escapeTemplate(value)]),
  );
}

/** A network's addresses, and who has which. */
export class NetworkAddresses {
  /** The block, where it is known. */
  public readonly subnet?: Cidr;
  /** The gateway's address, where the block is known. */
  public readonly gateway?: string;
  private readonly range?: Cidr;

  constructor(
    private readonly claims: readonly HostClaims[],
    private readonly networkName: string,
    location: Location,
    props: { readonly subnet?: string; readonly gateway?: string; readonly ipRange?: string },
  ) {
    if (props.subnet === undefined) return;
    const subnet = Cidr.parse(props.subnet, location, "subnet");
    if (!subnet.isIpv4 || subnet.prefixLength > 30) {
      throw new ValidationError(location, {
        code: "docker/subnet",
        prop: "subnet",
        got: props.subnet,
        allowed: "an IPv4 block with a prefix of at most 30 bits",
        mend: "Take a block with room for the gateway and for containers",
      });
    }
    this.subnet = subnet;
    this.gateway = props.gateway ?? subnet.address(1);
    requireAddress(location, "gateway", this.gateway);
    this.requireHostAddress(subnet, this.gateway, location, "gateway");
    if (props.ipRange !== undefined) {
      this.range = Cidr.parse(props.ipRange, location, "ipRange");
      if (!subnet.contains(this.range)) {
        throw new ValidationError(location, {
          code: "docker/ip-range-outside-subnet",
          prop: "ipRange",
          got: props.ipRange,
          allowed: `a block inside ${subnet.toString()}`,
          mend: "Take a part of the subnet, such as its upper half",
        });
      }
    }
  }

  /**
   * Takes a fixed address for a container.
   * @throws ValidationError core/address, docker/address-without-subnet, docker/address-outside-subnet,
   * docker/address-in-ip-range, docker/duplicate
   */
  public claim(address: string, location: Location, prop: string): void {
    if (isToken(address)) return;
    requireAddress(location, prop, address);
    if (this.subnet === undefined) {
      throw new ValidationError(location, {
        code: "docker/address-without-subnet",
        prop,
        got: address,
        allowed: `no fixed address in ${this.networkName}, whose subnet is unknown`,
        mend: "Tell the network's subnet (and its IP range)",
      });
    }
    this.requireHostAddress(this.subnet, address, location, prop);
    if (address === this.gateway) {
      throw new ValidationError(location, {
        code: "docker/duplicate",
        prop,
        got: address,
        allowed: "an address that nothing else has; this one is the network's gateway",
        mend: "Take another address of the subnet",
      });
    }
    if (this.range?.contains(address) !== false) {
      throw new ValidationError(location, {
        code: "docker/address-in-ip-range",
        prop,
        got: address,
        allowed: `an address of ${this.subnet.toString()} outside the block that addresses are given out from (${this.range === undefined ? "the whole subnet" : this.range.toString()})`,
        mend:
          this.range === undefined
            ? `Give the network an ipRange that leaves fixed addresses out, such as its upper half`
            : "Take an address outside the ipRange: the engine could give this one to another container",
      });
    }
    this.take(address, location, prop);
  }

  /**
   * Takes an address that the engine itself leaves out.
   * @throws ValidationError core/address, docker/address-outside-subnet, docker/duplicate
   */
  public reserve(address: string, location: Location, prop: string): void {
    requireAddress(location, prop, address);
    if (this.subnet !== undefined) this.requireHostAddress(this.subnet, address, location, prop);
    this.take(address, location, prop);
  }

  /**
   * Takes a container's name in the network.
   * @throws ValidationError docker/duplicate
   */
  public claimContainerName(containerName: string, location: Location): void {
    for (const claims of this.claims)
      claims.claim(`container name in ${this.networkName}`, containerName, location, "containerName");
  }

  private take(address: string, location: Location, prop: string): void {
    for (const claims of this.claims) claims.claim(`address in ${this.networkName}`, address, location, prop);
  }

  private requireHostAddress(subnet: Cidr, address: string, location: Location, prop: string): void {
    if (isToken(address)) return;
    if (subnet.contains(address) && address !== subnet.first && address !== subnet.last) return;
    throw new ValidationError(location, {
      code: "docker/address-outside-subnet",
      prop,
      got: address,
      allowed: `an address between ${subnet.first} and ${subnet.last}, without these two`,
      mend: `Take an address of ${subnet.toString()}`,
    });
  }
}
