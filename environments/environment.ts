import type { ConsulAgentConfiguration } from "../constructs/consul/agent-configuration";
import type { Duration } from "../constructs/core/duration";
import type { Size } from "../constructs/core/size";
import type { Check } from "../constructs/discovery/check";
import type { DaemonConfiguration } from "../constructs/docker/daemon/daemon-configuration";
import type { DockerProviderVersion } from "../constructs/docker/docker-host";
import type { Backend } from "./backend";

/** How Terraform reaches a host's engine: the words of `EngineConnection`, as plain data. */
export type ConnectionDescription =
  | { readonly kind: "local"; readonly socket?: string }
  | {
      readonly kind: "ssh";
      readonly user?: string;
      readonly port?: number;
      readonly address?: string;
      /** The host's public keys: they are its identity. */
      readonly hostKeys?: readonly string[];
      /** ssh's configuration, where it is not its own. */
      readonly configFile?: string;
      /** The private key's file. */
      readonly identityFile?: string;
    }
  | { readonly kind: "tcp"; readonly certPath: string; readonly port?: number };

/** A host's bridge network: BIND, and whatever containers resolve names with it, are attached to it. */
export interface NetworkDescription {
  /** The network's name on the engine. */
  readonly name: string;
  /** Its subnet, `172.30.1.0/24`. The gateway is its first host address. */
  readonly subnet: string;
  /** The block that addresses are given out from; fixed addresses lie outside. */
  readonly ipRange: string;
}

/** A service's container on a host. */
export interface ServiceDescription {
  /** The image's whole name, with a tag or a digest. */
  readonly image: string;
  /** The container's port. */
  readonly port: number;
  /**
   * The host's port.
   * @default - the engine picks one; the SRV record carries it
   */
  readonly hostPort?: number;
  /**
   * Registers every port that is published under registrator's own name for it, `<image>-<port>`, or `<image>` where there is
   * but one, instead of under the service's name.
   * @default false
   */
  readonly defaultNames?: boolean;
  /**
   * Further ports of the container that are published.
   * @default - none
   */
  readonly furtherPorts?: readonly number[];
  /**
   * Its fixed address on the overlay network, in its subnet and outside of the block that addresses are given out from. Needed
   * where the overlay has both: engines of key-value mode keep the addresses of a host that was lost, and give them out again.
   * @default - the engine chooses one
   */
  readonly overlayAddress?: string;
  /**
   * The most memory that it may use.
   * @default - no limit
   */
  readonly memory?: Size;
  /**
   * How the service is checked over the network by its host's agent. Not with `defaultNames`.
   * @default - not at all
   */
  readonly check?: Check;
  /**
   * A line for the container's own health check, run in its shell every 10 s.
   * @default - the image's check
   */
  readonly healthCommand?: string;
}

/** A machine with an engine. */
export interface HostDescription {
  /** Its address, as other hosts reach it. For a machine alone, its network's gateway. */
  readonly address: string;
  /** How Terraform reaches its engine. */
  readonly connection: ConnectionDescription;
  /** The engine's version, where a feature depends on it. */
  readonly engineVersion?: string;
  /** Its bridge network. */
  readonly network: NetworkDescription;
  /**
   * Nothing is to run on it any more: the next deploy removes all of its containers. Its description stays for that one
   * deploy, since Terraform removes them with the description of their provider; then it can be taken out.
   * @default false
   */
  readonly retired?: boolean;
  /** Its Consul agent: one agent a host, and a server is its host's agent. */
  readonly consul: "server" | "client";
  /**
   * Services that run on it, by the name that they are registered under.
   * @default - none of this environment's own
   */
  readonly services?: Readonly<Record<string, ServiceDescription>>;
}

/** The settings of an environment's engines, which share a store and networks through it. */
export interface EnginesDescription {
  /** The interface at which other engines reach each one, of one name on all hosts, `eth0`: `cluster-advertise`. */
  readonly advertise: string;
  /**
   * Further settings of every engine. The resolver is each host's BIND, the store each host's agent, and `liveRestore` is on.
   * @default - the constructs' own
   */
  readonly configuration?: DaemonConfiguration;
  /** The overlay network over all hosts. */
  readonly overlay: {
    /** Its name on every engine. */
    readonly name: string;
    /**
     * Its subnet, apart from all that the hosts and their containers reach.
     * @default - the engine chooses one, as a rule 10.0.0.0/24
     */
    readonly subnet?: string;
    /** The gateway. @default - the engine chooses one */
    readonly gateway?: string;
    /** The block that addresses are given out from. @default - the whole subnet */
    readonly ipRange?: string;
  };
}

/** The images that an environment runs, by whole name. */
export interface ImagesDescription {
  /** Consul's. */
  readonly consul: string;
  /** registrator's. */
  readonly registrator: string;
  /** BIND's. */
  readonly bind: string;
}

/** One environment: plain data, checked as a whole before anything is made of it. */
export interface Environment {
  /** Its name, the first part of its stacks' names. */
  readonly name: string;
  /** Its hosts by name. */
  readonly hosts: Readonly<Record<string, HostDescription>>;
  /**
   * Its groups of hosts, a stack each, in the order in which they are deployed: servers' groups first. More than
   * one Consul server means a group for each.
   */
  readonly groups: Readonly<Record<string, readonly string[]>>;
  /** The images. */
  readonly images: ImagesDescription;
  /** Where the agents find each other and how they answer. */
  readonly consul: {
    /** The version that the image holds. */
    readonly version: string;
    /** The datacenter. */
    readonly datacenter: string;
    /** The DNS domain. */
    readonly domain: string;
    /**
     * How containers reach agents: on the host's own network, or in a container on the host's bridge network with
     * published ports (for a machine alone).
     */
    readonly network: "host" | "bridge";
    /**
     * Further settings of all agents.
     * @default - the constructs' own
     */
    readonly configuration?: Partial<ConsulAgentConfiguration>;
  };
  /**
   * The engines' settings, the overlay network over all hosts, and the hosts' own resolvers, which then ask BIND. All hosts
   * are reached by ssh, with declared keys.
   * @default - engines and resolvers are left as they are
   */
  readonly engines?: EnginesDescription;
  /** How names are resolved. */
  readonly dns: {
    /** The version that BIND's image holds. */
    readonly version: string;
    /** Resolvers for all other names; empty for the root servers. */
    readonly upstreams: readonly string[];
    /**
     * Agents that are asked beside those of the hosts, `address` and `port`.
     * @default - none
     */
    readonly furtherAgents?: readonly { readonly address: string; readonly port: number }[];
  };
  /**
   * Publishes on loopback, and checks no service over the network: for Docker Desktop, whose containers' networks
   * the machine cannot reach. Untried.
   * @default false
   */
  readonly dockerDesktop?: boolean;
  /** Where its state lies. */
  readonly backend: Backend;
  /**
   * The version of the Docker provider.
   * @default "4.5.0"
   */
  readonly providerVersion?: DockerProviderVersion;
  /**
   * How many hosts a group may hold: each takes a process of the provider, about 50 MB.
   * @default 25
   */
  readonly maximumGroupSize?: number;
  /**
   * The longest time that Terraform waits for a Consul server to pass its gate.
   * @default Duration.minutes(2)
   */
  readonly serverTimeout?: Duration;
}
