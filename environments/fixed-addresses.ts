import { Cidr } from "../constructs/core/addresses";
import type { NetworkDescription } from "./environment";

/** Places of fixed addresses in a host's network, counted from its first address. The gateway has place 1. */
const PLACES = { gateway: 1, consul: 2, bind: 3 } as const;

/** The first place that nothing fixed has: from here on addresses may be given out. */
export const FIRST_FREE_PLACE = 4;

/** The address that something fixed has in a host's network. */
export function fixedAddress(network: NetworkDescription, who: keyof typeof PLACES): string {
  return Cidr.parse(network.subnet).address(PLACES[who]);
}
