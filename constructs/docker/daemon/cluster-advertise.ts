import { hostPort, isAddress, isLoopback, isUnspecified } from "../../core/addresses";
import { type Location, ValidationError } from "../../core/errors";
import { requirePort } from "../../core/ports";

/** Where other engines reach this one: `cluster-advertise`. */
export class ClusterAdvertise {
  /**
   * The first address of an interface, `eth0`. The engine does not start without that interface; it is looked for before
   * anything is changed.
   * @param port that stands beside it in the store; nothing listens there because of it
   */
  public static networkInterface(name: string, port = 2375): ClusterAdvertise {
    return new ClusterAdvertise(`${name}:${port}`, port, name);
  }

  /** A fixed address of the host. */
  public static address(address: string, port = 2375): ClusterAdvertise {
    return new ClusterAdvertise(hostPort(address, port), port, undefined, address);
  }

  private constructor(
    /** The value of `cluster-advertise`. */
    public readonly value: string,
    private readonly port: number,
    /** The interface, if it is one. */
    public readonly interfaceName?: string,
    /** The address, if it is one. */
    public readonly fixedAddress?: string,
  ) {}

  /** @throws ValidationError docker/cluster-advertise */
  public validate(location: Location): void {
    requirePort(location, "clusterAdvertise.port", this.port);
    const { fixedAddress: address, interfaceName: name } = this;
    const wrong =
      address === undefined
        ? name === undefined || name === "lo" || !/^[^\s/:]{1,15}$/.test(name)
        : !isAddress(address) || isLoopback(address) || isUnspecified(address);
    if (!wrong) return;
    throw new ValidationError(location, {
      code: "docker/cluster-advertise",
      prop: "clusterAdvertise",
      got: address ?? name,
      allowed: "an interface's name (eth0), or an address of the host at which the other engines reach it",
      mend: "Give the interface or the address that the hosts share; loopback reaches only the host itself",
    });
  }
}
