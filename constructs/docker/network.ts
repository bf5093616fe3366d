import { Network } from "@cdktf/provider-docker/lib/network";
import { TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { Cidr } from "../core/addresses";
import type { Location } from "../core/errors";
import { escapeTemplate } from "../core/tokens";
import { type IDockerHost, requireSameStack } from "./docker-host";
import { NetworkAddresses, escapedOptions, requireNetworkName } from "./network-addresses";

/** A network that containers are attached to. */
export interface INetwork {
  /** The network's name on the engine. */
  readonly networkName: string;
  /** Its block of addresses, where that is known at synth. */
  readonly subnet?: Cidr;
  /** The engine's own address in it, at which containers reach the host, where that is known at synth. */
  readonly gateway?: string;
  /** The host that it lies on, where it is known. */
  readonly host?: IDockerHost;
  /** Whether it is kept away from everything outside of it: nothing that is only on it can be published. */
  readonly internal?: boolean;

  /** How a resource of the given construct names the network: the name, or a reference that orders it behind. */
  networkReferenceFor(scope: IConstruct): string;

  /**
   * Takes a fixed address for a container.
   * @throws ValidationError docker/address-outside-subnet, docker/address-in-ip-range, docker/duplicate
   */
  claimAddress(address: string, location: Location, prop: string): void;

  /**
   * Takes a container's name, where the network has each name once on all of its hosts together.
   * @throws ValidationError docker/duplicate
   */
  claimContainerName?(containerName: string, location: Location): void;
}

/** What is known of a bridge network that someone else made. */
export interface BridgeNetworkAttributes {
  /** The host that it lies on. */
  readonly host: IDockerHost;
  /** The network's name on the engine. */
  readonly networkName: string;
  /**
   * Its subnet, `172.30.0.0/24`; without it no container can have a fixed address in it.
   * @default - unknown
   */
  readonly subnet?: string;
  /**
   * The gateway's address.
   * @default - the subnet's first host address, where the subnet is known
   */
  readonly gateway?: string;
  /**
   * The block that addresses are given out from.
   * @default - the whole subnet
   */
  readonly ipRange?: string;
  /**
   * Whether it is kept away from everything outside of it.
   * @default false
   */
  readonly internal?: boolean;
}

/** Props of a bridge network. */
export interface BridgeNetworkProps {
  /** The host that it is made on. */
  readonly host: IDockerHost;
  /**
   * The network's name on the engine.
   * @default - the construct's id
   */
  readonly networkName?: string;
  /**
   * Its subnet, IPv4, `172.30.0.0/24`. Known at synth, because fixed addresses, the gateway and what is published
   * on it are.
   */
  readonly subnet: string;
  /**
   * The engine's own address in the subnet.
   * @default - the subnet's first host address
   */
  readonly gateway?: string;
  /**
   * The block that addresses are given out from: `172.30.0.128/25`. Needed as soon as a container has a fixed
   * address, which must lie outside: the engine gives out a stopped container's address to another one.
   * @default - the whole subnet
   */
  readonly ipRange?: string;
  /**
   * Keeps the network away from everything outside of it; ports of its containers cannot be published.
   * @default false
   */
  readonly internal?: boolean;
  /**
   * Options of the bridge driver, `com.docker.network.*`.
   * @default - none
   */
  readonly options?: Readonly<Record<string, string>>;
}

/** A network that lies outside of this stack. */
class ImportedBridgeNetwork implements INetwork {
  public readonly networkName: string;
  public readonly subnet?: Cidr;
  public readonly gateway?: string;
  public readonly host: IDockerHost;
  public readonly internal: boolean;
  private readonly addresses: NetworkAddresses;

  constructor(location: Location, attributes: BridgeNetworkAttributes) {
    requireNetworkName(location, attributes.networkName);
    this.networkName = attributes.networkName;
    this.host = attributes.host;
    this.internal = attributes.internal ?? false;
    this.addresses = new NetworkAddresses(
      [attributes.host.claims],
      attributes.networkName,
      location,
      attributes,
    );
    if (this.addresses.subnet !== undefined) this.subnet = this.addresses.subnet;
    if (this.addresses.gateway !== undefined) this.gateway = this.addresses.gateway;
  }

  public networkReferenceFor(): string {
    return escapeTemplate(this.networkName);
  }

  public claimAddress(address: string, location: Location, prop: string): void {
    this.addresses.claim(address, location, prop);
  }
}

/** A bridge network on one host. */
export class BridgeNetwork extends Construct implements INetwork {
  /** A network that another stack, or someone by hand, made. Its name is used as it is. */
  public static fromBridgeNetworkAttributes(
    scope: IConstruct,
    attributes: BridgeNetworkAttributes,
  ): INetwork {
    return new ImportedBridgeNetwork(scope, attributes);
  }

  public readonly networkName: string;
  public readonly subnet: Cidr;
  public readonly gateway: string;
  /** The host that it lies on. */
  public readonly host: IDockerHost;
  /** Whether it is kept away from everything outside. */
  public readonly internal: boolean;
  private readonly resource: Network;
  /** The reference to its name: CDKTF makes a new token, with a stack trace, each time that it is asked for. */
  private readonly reference: string;
  private readonly addresses: NetworkAddresses;

  constructor(scope: Construct, id: string, props: BridgeNetworkProps) {
    super(scope, id);
    const { host } = props;
    requireSameStack(this, host);
    this.host = host;
    this.networkName = props.networkName ?? id;
    this.internal = props.internal ?? false;
    requireNetworkName(this, this.networkName);
    this.addresses = new NetworkAddresses([host.claims], this.networkName, this, props);
    if (this.addresses.subnet === undefined || this.addresses.gateway === undefined) {
      throw new TypeError("a network's subnet is required");
    }
    this.subnet = this.addresses.subnet;
    this.gateway = this.addresses.gateway;
    host.claims.claim("network name", this.networkName, this, "networkName");
    host.claims.claimSubnet(this.subnet, this, "subnet");
    this.resource = new Network(this, "Resource", {
      provider: host.provider,
      name: escapeTemplate(this.networkName),
      driver: "bridge",
      internal: this.internal,
      ipamConfig: [
        {
          subnet: this.subnet.toString(),
          gateway: this.gateway,
          ...(props.ipRange === undefined ? {} : { ipRange: props.ipRange }),
        },
      ],
      ...(props.options === undefined ? {} : { options: escapedOptions(props.options) }),
    });
    this.reference = this.resource.name;
  }

  public networkReferenceFor(scope: IConstruct): string {
    // Another stack gets the plain name: a reference across stacks would add an output and a remote state.
    return TerraformStack.of(scope) === TerraformStack.of(this)
      ? this.reference
      : escapeTemplate(this.networkName);
  }

  public claimAddress(address: string, location: Location, prop: string): void {
    this.addresses.claim(address, location, prop);
  }
}
