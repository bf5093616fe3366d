import { Network } from "@cdktf/provider-docker/lib/network";
import { type TerraformResource, TerraformStack } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { type Cidr, canonicalAddress } from "../core/addresses";
import { type Location, ValidationError } from "../core/errors";
import { sortedEntries } from "../core/objects";
import { escapeTemplate } from "../core/tokens";
import { compareVersions, requireVersion } from "../core/versions";
import type { AddressPool } from "./daemon/daemon-configuration";
import { type DockerHostAttributes, type IDockerHost, requireSameStack } from "./docker-host";
import { EngineConnection } from "./engine-connection";
import { HostClaims } from "./host-claims";
import type { INetwork } from "./network";
import { NetworkAddresses, escapedOptions, requireNetworkName } from "./network-addresses";
import { type OverlayAddressing, requireOutsidePools, requireOverlaySubnet } from "./overlay-addresses";

/** Props of an overlay network. */
export interface OverlayNetworkProps extends OverlayAddressing {
  /** The host from which it is made, once. Its engine, and every other one of its store, shows the same network. */
  readonly host: IDockerHost;
  /**
   * The other hosts whose engines share the store. What they have is looked at too: names of networks, subnets, addresses.
   * @default - none are known
   */
  readonly otherHosts?: readonly DockerHostAttributes[];
  /**
   * The network's name on the engines.
   * @default - the construct's id
   */
  readonly networkName?: string;
  /**
   * Addresses of the subnet that belong to something else, by name: the engine leaves them out.
   * @default - none
   */
  readonly auxAddresses?: Readonly<Record<string, string>>;
  /**
   * The MTU of the network between the hosts. Containers get 50 bytes less, which VXLAN needs: where the hosts' own network
   * carries less than 1500, longer packets vanish unless it is said here.
   * @default - the engine's own, 1500, and so 1450 for containers
   */
  readonly mtu?: number;
  /**
   * Further options of the overlay driver. `encrypted` is refused: the keys for it are dealt out by swarm mode alone, and an
   * engine without them takes the word all the same.
   * @default - none
   */
  readonly options?: Readonly<Record<string, string>>;
  /**
   * The blocks that the engines take subnets for networks of one host from, `defaultAddressPools` of their configuration:
   * an overlay in one of them meets sooner or later a network of a host.
   * @default - the engine's own: 172.17.0.0/16 to 172.31.0.0/16, and 192.168.0.0/16
   */
  readonly addressPools?: readonly AddressPool[];
}

/** What is known of an overlay network that another stack, or someone by hand, made. */
export interface OverlayNetworkAttributes extends OverlayAddressing {
  /** The network's name on the engines. */
  readonly networkName: string;
  /**
   * The hosts on which containers are attached to it: a fixed address is given once in all of them.
   * @default - none are known
   */
  readonly hosts?: readonly DockerHostAttributes[];
}

const MTU = "com.docker.network.driver.mtu";

/** What the app has taken of the engines, each once. */
function claimsOf(scope: IConstruct, hosts: readonly DockerHostAttributes[]): HostClaims[] {
  const local = EngineConnection.localSocket();
  return hosts.map(({ connection = local }) => HostClaims.of(scope, connection.uri));
}

/** A network that lies outside of this stack. */
class ImportedOverlayNetwork implements INetwork {
  public readonly networkName: string;
  public readonly subnet?: Cidr;
  public readonly internal: boolean;
  private readonly addresses: NetworkAddresses;

  constructor(scope: IConstruct, attributes: OverlayNetworkAttributes) {
    const { networkName, hosts = [] } = attributes;
    requireNetworkName(scope, networkName);
    requireOverlaySubnet(scope, attributes);
    this.networkName = networkName;
    this.internal = attributes.internal ?? false;
    this.addresses = new NetworkAddresses(
      [...new Set(claimsOf(scope, hosts))],
      networkName,
      scope,
      attributes,
    );
    if (this.addresses.subnet !== undefined) this.subnet = this.addresses.subnet;
  }

  public networkReferenceFor(): string {
    return escapeTemplate(this.networkName);
  }

  public claimAddress(address: string, location: Location, prop: string): void {
    this.addresses.claim(address, location, prop);
  }

  public claimContainerName(containerName: string, location: Location): void {
    this.addresses.claimContainerName(containerName, location);
  }
}

/**
 * An overlay network of engines that share a key-value store (`clusterStore`), engines before 23.0. It is made from one host
 * and is there on all of them; containers of every host attach to it, those of other stacks by
 * `OverlayNetwork.fromOverlayNetworkAttributes`.
 *
 * There is never a second one of its name: the app refuses it, and so does the engine, whoever made the first one. It also has
 * each container's name once, on all hosts together: the engine does not start a second one.
 *
 * Leave a container on it on every host. When the last one leaves a host, these engines keep a thread in a network namespace
 * that is no more (`watchMiss` of libnetwork's overlay driver), and now and then fail to reach the store afterwards
 * (`connect: network is unreachable`), until they are restarted.
 */
export class OverlayNetwork extends Construct implements INetwork {
  /** A network that another stack, or someone by hand, made. Its name is used as it is. */
  public static fromOverlayNetworkAttributes(
    scope: IConstruct,
    attributes: OverlayNetworkAttributes,
  ): INetwork {
    return new ImportedOverlayNetwork(scope, attributes);
  }

  public readonly networkName: string;
  public readonly subnet?: Cidr;
  public readonly internal: boolean;
  /** The host from which it is made. */
  public readonly createdOn: IDockerHost;
  private readonly resource: Network;
  /** The reference to its name: CDKTF makes a new token, with a stack trace, each time that it is asked for. */
  private readonly reference: string;
  private readonly addresses: NetworkAddresses;
  private readonly claims: readonly HostClaims[];

  /**
   * @throws ValidationError docker/overlay-engine, docker/overlay-encrypted, docker/overlay-option, docker/overlay-mtu,
   * docker/overlay-without-subnet, docker/overlay-pool, docker/overlay-host, docker/duplicate, docker/subnet-overlap and the
   * others of a network
   */
  constructor(scope: Construct, id: string, props: OverlayNetworkProps) {
    super(scope, id);
    const { host, otherHosts = [] } = props;
    requireSameStack(this, host);
    this.createdOn = host;
    this.networkName = props.networkName ?? id;
    this.internal = props.internal ?? false;
    requireNetworkName(this, this.networkName);
    this.requireHosts([host, ...otherHosts]);
    this.requireOptions(props);
    requireOverlaySubnet(this, props);
    this.claims = [...new Set([host.claims, ...claimsOf(this, otherHosts)])];
    for (const claims of this.claims) claims.claim("network name", this.networkName, this, "networkName");
    this.addresses = new NetworkAddresses(this.claims, this.networkName, this, props);
    if (this.addresses.subnet !== undefined) {
      this.subnet = this.addresses.subnet;
      this.requireFree(this.subnet, props);
    }
    const auxiliary = sortedEntries(props.auxAddresses ?? {});
    for (const [name, address] of auxiliary) this.addresses.reserve(address, this, `auxAddresses.${name}`);
    const options = { ...props.options, ...(props.mtu === undefined ? {} : { [MTU]: String(props.mtu) }) };
    const { gateway, ipRange } = props;
    this.resource = new Network(this, "Resource", {
      provider: host.provider,
      name: escapeTemplate(this.networkName),
      driver: "overlay",
      internal: this.internal,
      ...(this.subnet === undefined
        ? {}
        : {
            ipamConfig: [
              {
                subnet: this.subnet.toString(),
                ...(gateway === undefined ? {} : { gateway: canonicalAddress(gateway) }),
                ...(ipRange === undefined ? {} : { ipRange }),
                ...(auxiliary.length === 0 ? {} : { auxAddress: escapedOptions(props.auxAddresses ?? {}) }),
              },
            ],
          }),
      ...(Object.keys(options).length === 0 ? {} : { options: escapedOptions(options) }),
    });
    this.reference = this.resource.name;
    this.node.defaultChild = this.resource;
    this.node.addValidation({ validate: () => this.laterOverlaps() });
  }

  /** Makes it after others are there: the engines' settings with their store above all. */
  public createAfter(...others: readonly IConstruct[]): this {
    const resources = others.map(({ node }) => node.defaultChild as TerraformResource);
    this.resource.dependsOn = [
      ...(this.resource.dependsOn ?? []),
      ...resources.map((other) => `${other.terraformResourceType}.${other.friendlyUniqueId}`),
    ];
    return this;
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

  public claimContainerName(containerName: string, location: Location): void {
    this.addresses.claimContainerName(containerName, location);
  }

  /** Engines that share a store: all of them before 23.0, each with a name of its own, since their members go by it. */
  private requireHosts(hosts: readonly Pick<DockerHostAttributes, "hostName" | "engineVersion">[]): void {
    hosts.forEach(({ hostName, engineVersion }, i) => {
      const prop = i === 0 ? "host" : `otherHosts[${i - 1}]`;
      const version =
        engineVersion === undefined
          ? undefined
          : requireVersion(this, `${prop}.engineVersion`, engineVersion);
      if (version === undefined || compareVersions(version, "23.0.0") >= 0) {
        this.fail("docker/overlay-engine", `${prop}.engineVersion`, engineVersion, "an engine before 23.0, and its version said: later ones know no key-value store",
          "Describe the engine as it is; from 23.0 on overlay networks need swarm mode"); // prettier-ignore
      }
      if (hosts.findIndex((other) => other.hostName === hostName) !== i) {
        this.fail("docker/overlay-host", `${prop}.hostName`, hostName, "a name that no other host of the store has",
          "Name each host once, and give it a name of its own: engines of one name leave each other's network"); // prettier-ignore
      }
    });
  }

  private requireOptions({ options = {}, mtu }: OverlayNetworkProps): void {
    if ("encrypted" in options) {
      this.fail("docker/overlay-encrypted", "options.encrypted", options["encrypted"], "no encryption in key-value mode: only swarm mode deals out keys",
        "Leave it out, and encrypt the network between the hosts"); // prettier-ignore
    }
    if (MTU in options) {
      this.fail("docker/overlay-option", `options.${MTU}`, options[MTU], "an option without a prop of its own",
        "Use the prop mtu"); // prettier-ignore
    }
    // IPv4 asks for 68 bytes at least (RFC 791), and 50 go to VXLAN.
    if (mtu !== undefined && (!Number.isInteger(mtu) || mtu < 118 || mtu > 65_535)) {
      this.fail("docker/overlay-mtu", "mtu", mtu, "a whole number of bytes from 118 to 65535",
        "Give what `ip link` shows of the interface between the hosts"); // prettier-ignore
    }
  }

  /** Nothing of the hosts, of their networks or of the engines' pools lies in it. */
  private requireFree(subnet: Cidr, { host, otherHosts = [], addressPools }: OverlayNetworkProps) {
    requireOutsidePools(this, subnet, addressPools);
    for (const { hostName, address } of [host, ...otherHosts]) {
      if (!subnet.contains(address)) continue;
      this.fail("docker/subnet-overlap", "subnet", subnet.toString(), `a block without the hosts' own addresses; ${hostName} has ${address}`,
        "Take a block that is free on every host"); // prettier-ignore
    }
    for (const claims of this.claims) claims.claimSubnet(subnet, this, "subnet");
  }

  /** Hosts that were described after this network. */
  private laterOverlaps(): string[] {
    const { subnet } = this;
    if (subnet === undefined) return [];
    return this.claims.flatMap((claims) => {
      const other = claims.overlapWith(subnet, this);
      if (other === undefined) return [];
      const fault = new ValidationError(this, {
        code: "docker/subnet-overlap",
        prop: "subnet",
        got: subnet.toString(),
        allowed: `a block that is free on every host; ${other.owner} has ${other.cidr.toString()}`,
        mend: "Take a block that is free on every host",
      });
      return [fault.message];
    });
  }

  private fail(code: string, prop: string, got: unknown, allowed: string, mend: string): never {
    throw new ValidationError(this, { code, prop, got, allowed, mend });
  }
}
