import { canonicalAddress, isUnspecified, requireAddress } from "../core/addresses";
import { type Location, ValidationError } from "../core/errors";

/** An address of a host that a container's port is published on. */
export class HostAddress {
  /**
   * Every interface of the host, IPv4 (`0.0.0.0`). Docker's rules come before the host's firewall: whoever reaches
   * any interface of the host reaches the port.
   */
  public static everyInterface(): HostAddress {
    return new HostAddress("0.0.0.0");
  }

  /**
   * What a prop says: an address, or the explicit word for all of them.
   * @throws ValidationError core/address, docker/every-interface
   */
  public static of(value: string | HostAddress, location: Location, prop: string): HostAddress {
    if (value instanceof HostAddress) return value;
    requireAddress(location, prop, value);
    if (isUnspecified(value)) {
      throw new ValidationError(location, {
        code: "docker/every-interface",
        prop,
        got: value,
        allowed: "one address of the host",
        mend: "Give the address that clients use, or HostAddress.everyInterface() if every network that the host is in may reach the port",
      });
    }
    return new HostAddress(canonicalAddress(value));
  }

  private constructor(
    /** The address, as Docker takes it. */
    public readonly address: string,
  ) {}
}
