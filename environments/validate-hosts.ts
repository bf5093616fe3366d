import { Cidr, isAddress, isLoopback, isUnspecified } from "../constructs/core/addresses";
import { isDnsLabel } from "../constructs/core/dns-names";
import { Faults } from "../constructs/core/errors";
import { requirePort } from "../constructs/core/ports";
import { Size } from "../constructs/core/size";
import { requireVersion } from "../constructs/core/versions";
import { ContainerImage } from "../constructs/docker/container-image";
import { HealthCheck } from "../constructs/docker/health-check";
import { requireHostKeys } from "../constructs/host/host-keys";
import { requireServiceName } from "../constructs/registrator/service-labels";
import { connectionOf } from "./connection";
import type { Environment, HostDescription, NetworkDescription, ServiceDescription } from "./environment";
import { FIRST_FREE_PLACE, fixedAddress } from "./fixed-addresses";

const BUILT_IN_NETWORKS = ["bridge", "host", "none", "default"];
/** The engine's own network, unless it is told another one. */
export const DEFAULT_BRIDGE = Cidr.parse("172.17.0.0/16");

/** Checks an environment's hosts: each by itself, their addresses and networks against each other, their ports. */
export function validateHosts(faults: Faults, at: string, environment: Environment): void {
  for (const [name, host] of Object.entries(environment.hosts)) {
    validateHost(faults, `${at}, host ${name}`, environment, name, host);
    validatePorts(faults, `${at}, host ${name}`, environment, host);
  }
  validateNames(faults, at, environment);
  validateAddresses(faults, at, environment);
  validateSubnets(faults, at, environment);
  if (environment.consul.network === "bridge") validateBridge(faults, at, environment);
}

function validateHost(
  faults: Faults,
  at: string,
  environment: Environment,
  name: string,
  host: HostDescription,
): void {
  if (!isDnsLabel(name)) {
    faults.add(at, {
      code: "environment/host-name",
      prop: "name",
      got: name,
      allowed: "a DNS label: it is the host's node name in Consul",
      mend: "Take the host's short name",
    });
  }
  if (!isAddress(host.address) || isUnspecified(host.address)) {
    faults.add(at, {
      code: "environment/host-address",
      prop: "address",
      got: host.address,
      allowed: "one IPv4 or IPv6 address",
      mend: "Give the address at which other hosts reach this one",
    });
  }
  validateNetworkName(faults, at, "network.name", host.network.name);
  validateNetwork(faults, at, host.network);
  if (host.engineVersion !== undefined) {
    const { engineVersion } = host;
    faults.try(() => requireVersion(at, "engineVersion", engineVersion));
  }
  validateConnection(faults, at, host);
  for (const [service, description] of Object.entries(host.services ?? {}))
    validateService(faults, `${at}, service ${service}`, environment, host, service, description);
}

function validateConnection(faults: Faults, at: string, host: HostDescription): void {
  const { connection } = host;
  if (connection.kind !== "ssh" || connection.hostKeys === undefined) {
    faults.try(() => connectionOf(host));
    return;
  }
  // The keys by themselves, so that the message names the host.
  const { hostKeys, ...others } = connection;
  faults.try(() => requireHostKeys(at, "connection.hostKeys", hostKeys));
  faults.try(() => connectionOf({ ...host, connection: others }));
}

/** The containers of every host have these names; services must have others. */
const OWN_CONTAINERS = ["consul", "registrator", "bind"];
/** The engine's minimum, as the container says too. */
const MINIMUM_MEMORY = Size.mebibytes(6);

function validateService(
  faults: Faults,
  at: string,
  environment: Environment,
  host: HostDescription,
  name: string,
  service: ServiceDescription,
): void {
  if (!isDnsLabel(name) || name.length < 2 || OWN_CONTAINERS.includes(name)) {
    faults.add(at, {
      code: "environment/service-name",
      prop: "name",
      got: name,
      allowed: `a DNS label of two characters or more, other than ${OWN_CONTAINERS.join(", ")}: it is the service's name in DNS and the container's`,
      mend: "Take letters, digits and hyphens",
    });
  } else {
    faults.try(() => {
      requireServiceName(at, "name", name);
    });
  }
  faults.try(() => {
    requirePort(at, "port", service.port);
    if (service.hostPort !== undefined) requirePort(at, "hostPort", service.hostPort);
  });
  faults.try(() => ContainerImage.parse(service.image, at));
  const { memory } = service;
  if (
    memory !== undefined &&
    (memory.isSmallerThan(MINIMUM_MEMORY) || !Number.isInteger(memory.toMebibytes()))
  ) {
    faults.add(at, {
      code: "environment/memory",
      prop: "memory",
      got: memory,
      allowed: `whole MiB, ${MINIMUM_MEMORY.toString()} or more: the engine's minimum`,
      mend: "Round it up",
    });
  }
  const { check, defaultNames, healthCommand } = service;
  if (healthCommand !== undefined) {
    faults.try(() => {
      HealthCheck.shell(healthCommand).validate(at, "healthCommand");
    });
  }
  if (check === undefined) return;
  faults.try(() => {
    check.validate(at, "check");
  });
  if (defaultNames === true) {
    faults.add(at, {
      code: "environment/default-names-check",
      prop: "check",
      got: check.kind,
      allowed: "no check with defaultNames: only a registration under the service's own name carries one",
      mend: "Leave one of the two out",
    });
  }
  if (check.kind === "script" && environment.consul.configuration?.enableScriptChecks !== true) {
    faults.add(at, {
      code: "environment/script-check",
      prop: "check",
      got: check.target,
      allowed: "another kind of check, unless consul.configuration.enableScriptChecks is true",
      mend: "Take a check over the network, or a time to live",
    });
  }
  if (check.usesNetwork && (environment.dockerDesktop === true || host.address.includes(":"))) {
    faults.add(at, {
      code: "environment/network-check",
      prop: "check",
      got: check.kind,
      allowed:
        environment.dockerDesktop === true
          ? "no check over the network with dockerDesktop: services are registered at loopback, the agent's own"
          : "no check over the network at an IPv6 address: registrator writes it without the brackets that it needs",
      mend: "Leave it out, or take a time to live",
    });
  }
}

/** The engine takes the network's name. */
export function validateNetworkName(faults: Faults, at: string, prop: string, name: string): void {
  if (/^[a-zA-Z0-9][\w.-]*$/.test(name) && !BUILT_IN_NETWORKS.includes(name)) return;
  faults.add(at, {
    code: "environment/network-name",
    prop,
    got: name,
    allowed: `letters, digits, underscores, dots and hyphens; not ${BUILT_IN_NETWORKS.join(", ")}`,
    mend: "Take another name: those are the engine's own",
  });
}

/** The network has room for what has fixed addresses in it, and gives none of those out. */
function validateNetwork(faults: Faults, at: string, network: NetworkDescription): void {
  const subnet = faults.try(() => Cidr.parse(network.subnet, at, "network.subnet"));
  const range = faults.try(() => Cidr.parse(network.ipRange, at, "network.ipRange"));
  if (subnet === undefined) return;
  if (!subnet.isIpv4 || 2 ** (32 - subnet.prefixLength) < 2 * FIRST_FREE_PLACE) {
    faults.add(at, {
      code: "environment/subnet",
      prop: "network.subnet",
      got: subnet,
      allowed: "an IPv4 block of 8 addresses or more: gateway, Consul and BIND have fixed ones",
      mend: "Take a larger block, such as a /24",
    });
    return;
  }
  if (subnet.overlaps(DEFAULT_BRIDGE)) {
    faults.add(at, {
      code: "environment/default-bridge",
      prop: "network.subnet",
      got: subnet,
      allowed: `a block apart from ${DEFAULT_BRIDGE.toString()}, the engine's own default bridge`,
      mend: "Take another private block",
    });
  }
  if (range === undefined) return;
  const fixed = (["gateway", "consul", "bind"] as const).map((who) => fixedAddress(network, who));
  const taken = fixed.find((address) => range.contains(address));
  if (subnet.contains(range) && taken === undefined) return;
  faults.add(at, {
    code: "environment/ip-range",
    prop: "network.ipRange",
    got: range,
    allowed: `a part of ${subnet.toString()} without the fixed addresses ${fixed.join(", ")}`,
    mend: "Take the upper half of the subnet",
  });
}

/** What a host's programs listen on where its services are published. */
function ownPorts(environment: Environment, host: HostDescription): ReadonlyMap<number, string> {
  const consul = [8600, ...(environment.consul.network === "bridge" ? [8500] : [8301])];
  const server = environment.consul.network === "host" && host.consul === "server" ? [8300, 8302] : [];
  return new Map([
    ...[...consul, ...server].map((port): [number, string] => [port, "Consul"]),
    // The gossip of engines that share a store; VXLAN's 4789 is UDP, and services are published by TCP.
    ...(environment.engines === undefined ? [] : [[7946, "the engine"] as [number, string]]),
    ...(environment.consul.network === "bridge" ? [[53, "BIND"] as [number, string]] : []),
  ]);
}

function validatePorts(faults: Faults, at: string, environment: Environment, host: HostDescription): void {
  const published = new Map(ownPorts(environment, host));
  for (const [service, { hostPort: port }] of Object.entries(host.services ?? {})) {
    if (port === undefined) continue;
    const other = published.get(port);
    if (other !== undefined) {
      faults.add(`${at}, service ${service}`, {
        code: "environment/duplicate-port",
        prop: "hostPort",
        got: port,
        allowed: `a port that nothing else of the host has; ${other} has this one`,
        mend: "Take another one, or leave it out: the SRV record carries whatever the engine picks",
      });
    }
    published.set(port, service);
  }
}

/** Names of nodes and DNS labels know no capitals. */
function validateNames(faults: Faults, at: string, environment: Environment): void {
  const known = new Map<string, string>();
  for (const name of Object.keys(environment.hosts)) {
    const other = known.get(name.toLowerCase());
    if (other !== undefined) {
      faults.add(`${at}, host ${name}`, {
        code: "environment/duplicate-host-name",
        prop: "name",
        got: name,
        allowed: `a name that differs from every other one by more than capitals; there is ${other}`,
        mend: "Rename one of the two: Consul takes them for one node, and engines leave each other's networks",
      });
    }
    known.set(name.toLowerCase(), name);
  }
}

function validateAddresses(faults: Faults, at: string, environment: Environment): void {
  const owners = new Map<string, string>();
  for (const [name, host] of Object.entries(environment.hosts)) {
    const other = owners.get(host.address);
    if (other !== undefined) {
      faults.add(`${at}, host ${name}`, {
        code: "environment/duplicate-address",
        prop: "address",
        got: host.address,
        allowed: `an address of its own; ${other} has this one`,
        mend: "Give each host its own address",
      });
    }
    owners.set(host.address, name);
    if (isLoopback(host.address) && environment.dockerDesktop !== true) {
      faults.add(`${at}, host ${name}`, {
        code: "environment/loopback-address",
        prop: "address",
        got: host.address,
        allowed: "an address that containers reach: loopback is their own",
        mend: "Give the gateway of the host's network, or say dockerDesktop and do without network checks",
      });
    }
  }
}

function validateSubnets(faults: Faults, at: string, environment: Environment): void {
  const subnets: { name: string; cidr: Cidr }[] = [];
  for (const [name, host] of Object.entries(environment.hosts)) {
    // Whatever does not parse has been said already.
    const cidr = new Faults().try(() => Cidr.parse(host.network.subnet));
    if (cidr === undefined) continue;
    const other = subnets.find((subnet) => subnet.cidr.overlaps(cidr));
    if (other !== undefined) {
      faults.add(`${at}, host ${name}`, {
        code: "environment/subnet-overlap",
        prop: "network.subnet",
        got: cidr,
        allowed: `a block that no other host's network shares; ${other.name} has ${other.cidr.toString()}`,
        mend: "Give each host a block of its own: addresses in logs and queries then name one host",
      });
    }
    for (const [neighbour, { address }] of Object.entries(environment.hosts)) {
      if (neighbour === name || !cidr.contains(address)) continue;
      faults.add(`${at}, host ${name}`, {
        code: "environment/subnet-hides-host",
        prop: "network.subnet",
        got: cidr,
        allowed: `a block without the hosts' own addresses; ${neighbour} is ${address}`,
        mend: "Take another block: this one would hide that host from the containers",
      });
    }
    subnets.push({ name, cidr });
  }
}

/** On a bridge network agents know each other by addresses that no other host reaches. */
function validateBridge(faults: Faults, at: string, environment: Environment): void {
  const [first, ...others] = Object.entries(environment.hosts);
  if (first === undefined) return;
  const [name, host] = first;
  if (others.length > 0) {
    faults.add(at, {
      code: "environment/bridge-alone",
      prop: "consul.network",
      got: "bridge",
      allowed: "bridge for one host: other hosts reach no address of its network",
      mend: "Say host, so that agents listen on their hosts' own addresses",
    });
    return;
  }
  const gateway = new Faults().try(() => fixedAddress(host.network, "gateway"));
  const expected = environment.dockerDesktop === true ? "127.0.0.1" : gateway;
  if (expected === undefined || host.address === expected) return;
  faults.add(`${at}, host ${name}`, {
    code: "environment/bridge-address",
    prop: "address",
    got: host.address,
    allowed: `${expected}, where this host's ports are published`,
    mend: "Give that address: services are registered at it",
  });
}
