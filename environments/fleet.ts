import type { SshHostProps } from "../constructs/host/ssh-host";
import { ClusterAdvertise } from "../constructs/docker/daemon/cluster-advertise";
import type { DaemonConfiguration } from "../constructs/docker/daemon/daemon-configuration";
import { KeyValueStore } from "../constructs/docker/daemon/key-value-store";
import type { EnginesDescription, Environment, HostDescription } from "./environment";

/** The stacks of an environment with engines that are there once, behind the environment's name. */
export const FLEET_STACKS = { hosts: "hosts", engines: "engines", network: "network" } as const;
/** Those of each group, behind the group's name. */
export const GROUP_LAYERS = { discovery: "discovery", services: "services" } as const;

/** What the constructs of such stacks are called beside the hosts: alone, and behind a host's name. */
export const FLEET_IDS = {
  ports: "ports",
  overlay: "overlay",
  of: (host: string) => ({
    ssh: `${host}-ssh`,
    overlays: `${host}-overlays`,
    resolver: `${host}-resolver`,
    staleEndpoints: `${host}-stale-endpoints`,
    retirement: `${host}-retirement`,
  }),
} as const;

/** The hosts on which something is to run, by name. */
export function presentHosts({ hosts }: Environment): [string, HostDescription][] {
  return Object.entries(hosts).filter(([, { retired }]) => retired !== true);
}

/** Their names in the order of the groups, in which they are changed. */
export function presentNames(environment: Environment): string[] {
  const present = new Map(presentHosts(environment));
  return Object.values(environment.groups)
    .flat()
    .filter((name) => present.has(name));
}

/** How the machine itself is reached; undefined where that is not by ssh with declared keys. */
export function sshPropsOf(name: string, host: HostDescription): SshHostProps | undefined {
  const { connection } = host;
  if (connection.kind !== "ssh" || connection.hostKeys === undefined) return undefined;
  const { address = host.address, hostKeys, user, port, identityFile, configFile } = connection;
  return {
    hostName: name,
    address,
    hostKeys,
    ...(user === undefined ? {} : { user }),
    ...(port === undefined ? {} : { port }),
    ...(identityFile === undefined ? {} : { identityFile }),
    ...(configFile === undefined ? {} : { configFile }),
  };
}

/**
 * What every engine is told: the store, which is its own host's agent, at an address that is there before any network is;
 * and whatever else the environment says. The resolver differs from host to host.
 */
export function engineConfiguration({ advertise, configuration }: EnginesDescription): DaemonConfiguration {
  return {
    clusterStore: KeyValueStore.consul({ address: "127.0.0.1" }),
    clusterAdvertise: ClusterAdvertise.networkInterface(advertise),
    ...configuration,
  };
}

/** A service's container on a host: an overlay has a name once, over all hosts. */
export function overlayContainerName(service: string, host: string): string {
  return `${service}-${host}`;
}
