import { Cidr } from "../core/addresses";
import { type Location, ValidationError } from "../core/errors";
import type { AddressPool } from "./daemon/daemon-configuration";

/** What an overlay network's addresses are. */
export interface OverlayAddressing {
  /**
   * The network's subnet, IPv4, `10.99.0.0/16`.
   * @default - the engine takes a free /24 of 10.0.0.0/8; then no container can have a fixed address
   */
  readonly subnet?: string;
  /**
   * The address that the engine keeps for the gateway. Containers reach the host, and what is outside, by another bridge,
   * `docker_gwbridge`: nothing answers here.
   * @default - the first address that the engine may give out
   */
  readonly gateway?: string;
  /**
   * The block that addresses are given out from. Needed as soon as a container has a fixed address, which must lie
   * outside: the engine gives out a stopped container's address to another one.
   * @default - the whole subnet
   */
  readonly ipRange?: string;
  /**
   * Keeps containers that are on this network alone away from everything outside of it; their ports cannot be published.
   * @default false
   */
  readonly internal?: boolean;
}

/** The blocks that engines take subnets for networks of one host from (`localScopeDefaultNetworks` of libnetwork's ipamutils). */
export const ENGINE_POOLS: readonly AddressPool[] = [
  ...["172.17.0.0/16", "172.18.0.0/16", "172.19.0.0/16"].map((base) => ({ base, size: 16 })),
  ...["172.20.0.0/14", "172.24.0.0/14", "172.28.0.0/14"].map((base) => ({ base, size: 16 })),
  { base: "192.168.0.0/16", size: 20 },
];

/**
 * Checks that nothing is said of addresses where the engine chooses the subnet.
 * @throws ValidationError docker/overlay-without-subnet
 */
export function requireOverlaySubnet(
  location: Location,
  props: OverlayAddressing & { readonly auxAddresses?: Readonly<Record<string, string>> },
): void {
  const given = (["gateway", "ipRange", "auxAddresses"] as const).find((prop) => props[prop] !== undefined);
  if (props.subnet !== undefined || given === undefined) return;
  throw new ValidationError(location, {
    code: "docker/overlay-without-subnet",
    prop: given,
    got: props[given],
    allowed: "nothing of the kind without a subnet: the engine chooses one itself then",
    mend: "Give the subnet as well, or leave all of them out",
  });
}

/**
 * Checks that no engine will take an overlay's subnet for a network of its own host.
 * @param pools the engines' `defaultAddressPools`, where they are not the engine's own
 * @throws ValidationError docker/overlay-pool
 */
export function requireOutsidePools(
  location: Location,
  subnet: Cidr,
  pools: readonly AddressPool[] = ENGINE_POOLS,
): void {
  const pool = pools.find(({ base }) => Cidr.parse(base, location, "addressPools").overlaps(subnet));
  if (pool === undefined) return;
  throw new ValidationError(location, {
    code: "docker/overlay-pool",
    prop: "subnet",
    got: subnet.toString(),
    allowed: `a block outside of those that the engines take subnets from; ${pool.base} is one`,
    mend: "Take a block of 10.0.0.0/8 that is free, or give the engines other defaultAddressPools, and say so in addressPools",
  });
}
