import { canonicalAddress, isUnspecified, requireAddress } from "../core/addresses";
import { isToken } from "../core/tokens";
import type { At } from "./option";

/** An address that an agent listens on or tells others, where it is more than the address itself. */
export class ListenAddress {
  /**
   * Every interface, IPv4 (`0.0.0.0`). Whoever reaches any address of the machine reaches the agent; without ACLs
   * that includes writing to the catalogue and the key-value store.
   */
  public static everyInterface(): ListenAddress {
    return new ListenAddress("0.0.0.0");
  }

  /** The first address of a network interface, found when the agent starts: `eth0`. */
  public static ofInterface(name: string): ListenAddress {
    return new ListenAddress(`{{ GetInterfaceIP ${JSON.stringify(name)} }}`);
  }

  /** A go-sockaddr template, as Consul's page on `bind_addr` describes it: `{{ GetPrivateIP }}`. */
  public static template(template: string): ListenAddress {
    return new ListenAddress(template);
  }

  private constructor(
    /** The text, as Consul takes it. */
    public readonly text: string,
  ) {}

  /** Whether this is found only when the agent starts. */
  public get isTemplate(): boolean {
    return this.text !== "0.0.0.0";
  }

  /** The same as `text`. */
  public toString(): string {
    return this.text;
  }

  /** The same as `text`. */
  public toJSON(): string {
    return this.text;
  }
}

/**
 * Checks an address and gives it as Consul takes it.
 * @param purpose an agent tells no other agent to come to "every interface"
 * @throws ValidationError core/address, consul/every-interface, consul/address-template
 */
export function addressText(value: string | ListenAddress, at: At, purpose: "listen" | "advertise"): string {
  if (value instanceof ListenAddress) {
    if (value.isTemplate && !/^\{\{.+\}\}$/s.test(value.text)) {
      at.fail(
        "consul/address-template",
        value.text,
        "a go-sockaddr template in {{ }}",
        "Write it as Consul's page on bind_addr does: {{ GetPrivateIP }}",
      );
    }
    if (!value.isTemplate && purpose === "advertise") {
      at.fail(
        "consul/every-interface",
        value.text,
        "an address that the other agents reach",
        "Give one address of the machine",
      );
    }
    return value.text;
  }
  requireAddress(at.location, at.prop, value);
  if (!isToken(value) && isUnspecified(value)) {
    at.fail(
      "consul/every-interface",
      value,
      "one address of the machine",
      purpose === "listen"
        ? "Give the addresses that clients use, or ListenAddress.everyInterface() if every network that the machine is in may reach the agent"
        : "Give the address that the other agents reach",
    );
  }
  return canonicalAddress(value);
}
