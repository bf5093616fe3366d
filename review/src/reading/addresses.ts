import type { ConfigurationAddress } from "../plan/plan";

/** An address, taken apart: `module.a["x"].docker_container.web[0]`. */
export interface AddressParts {
  /** The address without keys of instances, `module.a.docker_container.web`: as the configuration has it. */
  readonly configuration: ConfigurationAddress;
  /** The key at the end with its brackets, `[0]` or `["x"]`; empty without one. */
  readonly key: string;
}

/**
 * Takes the keys of instances out of an address. A key is a quoted string, in which brackets and escaped quotes mean
 * nothing, or whatever else stands between brackets. What is no address comes back as it is.
 */
export function addressParts(address: string): AddressParts {
  let configuration = "";
  let key = "";
  let from = 0;
  for (let open = address.indexOf("["); open >= 0; open = address.indexOf("[", from)) {
    const close = endOfKey(address, open);
    // Not closed: no key of an instance.
    if (close < 0) break;
    configuration += address.slice(from, open);
    key = close === address.length ? address.slice(open, close) : "";
    from = close;
  }
  return { configuration: configuration + address.slice(from), key };
}

/** Gives the position after the bracket that closes the one at `open`, -1 without such a one. */
function endOfKey(address: string, open: number): number {
  if (address[open + 1] !== '"') {
    const close = address.indexOf("]", open);
    return close < 0 ? -1 : close + 1;
  }
  for (let i = open + 2; i < address.length; i++) {
    if (address[i] === "\\") i += 1;
    else if (address[i] === '"') return address[i + 1] === "]" ? i + 2 : -1;
  }
  return -1;
}
