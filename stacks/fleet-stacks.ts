import { type App, TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import type { ConsulContainer } from "../constructs/consul/consul-container";
import { DockerDaemon } from "../constructs/docker/daemon/docker-daemon";
import { EngineCheck } from "../constructs/docker/daemon/engine-check";
import { DockerHost } from "../constructs/docker/docker-host";
import { BridgeNetwork } from "../constructs/docker/network";
import { OverlayNetwork } from "../constructs/docker/overlay-network";
import { OverlayReconnection } from "../constructs/docker/overlay-reconnection";
import { StaleEndpoints } from "../constructs/docker/stale-endpoints";
import { HostResolver } from "../constructs/dns/host-resolver";
import { HostCommand } from "../constructs/host/host-command";
import { PortReachability } from "../constructs/host/port-reachability";
import { SshHost } from "../constructs/host/ssh-host";
import type { EnginesDescription, Environment } from "../environments/environment";
import { fixedAddress } from "../environments/fixed-addresses";
import {
  engineConfiguration,
  FLEET_IDS,
  FLEET_STACKS,
  GROUP_LAYERS,
  overlayContainerName,
  presentNames,
  sshPropsOf,
} from "../environments/fleet";
import { addBackend } from "./backend";
import {
  addAgent,
  addBind,
  addDockerHost,
  addNetwork,
  addRegistrator,
  addService,
  attributesOf,
  clusterOf,
  hostOf,
} from "./host-parts";

/** The agent of each host, by the host's name. */
type Agents = Map<string, ConsulContainer>;

/**
 * The stacks of an environment whose engines share a store, layer by layer:
 * `<environment>-hosts`, which looks at the machines and changes nothing; `-<group>` of the servers, one after the other, then
 * of all other agents; `-engines`, one engine after the other; `-network`; `-<group>-discovery`: registrator, BIND and the
 * host's resolver; `-<group>-services`.
 */
export function addFleet(app: App, environment: Environment, engines: EnginesDescription): TerraformStack[] {
  const agents: Agents = new Map();
  const stackOf = (name: string, after: readonly TerraformStack[]): TerraformStack => {
    const stack = new TerraformStack(app, `${environment.name}-${name}`);
    addBackend(stack, stack.node.id, environment.backend);
    for (const other of after) stack.addDependency(other);
    return stack;
  };
  const groups = Object.entries(environment.groups);
  const isServers = ([, hosts]: readonly [string, readonly string[]]) =>
    hosts.some((name) => hostOf(environment, name).consul === "server");
  const checks = stackOf(FLEET_STACKS.hosts, []);
  addChecks(checks, environment, engines);
  let last = [checks];
  const consul: TerraformStack[] = [];
  for (const [group, hosts] of groups.filter(isServers)) {
    last = [stackOf(group, last)];
    consul.push(...last);
    for (const stack of last) addAgents(stack, environment, hosts, agents);
  }
  const clients = groups
    .filter((group) => !isServers(group))
    .map(([group, hosts]) => {
      const stack = stackOf(group, last);
      addAgents(stack, environment, hosts, agents);
      return stack;
    });
  const settings = stackOf(FLEET_STACKS.engines, clients.length > 0 ? clients : last);
  addEngines(settings, environment, engines);
  const network = stackOf(FLEET_STACKS.network, [settings]);
  addOverlay(network, environment, engines);
  const discovery = groups.map(([group, hosts]) => {
    const stack = stackOf(`${group}-${GROUP_LAYERS.discovery}`, [network]);
    return { group, hosts, stack };
  });
  const services = discovery.map(({ group, hosts, stack }) => {
    const after = stackOf(
      `${group}-${GROUP_LAYERS.services}`,
      discovery.map((each) => each.stack),
    );
    for (const host of hosts) addDiscovery(stack, after, environment, engines, agents, host);
    return after;
  });
  return [
    checks,
    ...consul,
    ...clients,
    settings,
    network,
    ...discovery.map(({ stack }) => stack),
    ...services,
  ];
}

/** The bridge networks and the agents of a group's hosts. */
function addAgents(
  stack: TerraformStack,
  environment: Environment,
  hosts: readonly string[],
  agents: Agents,
): void {
  const cluster = clusterOf(environment);
  for (const name of hosts) {
    const description = hostOf(environment, name);
    const host = addDockerHost(stack, environment, name);
    if (description.retired === true) continue;
    const network = addNetwork(host, description);
    agents.set(name, addAgent(environment, cluster, description, host, network));
  }
}

/** The machine itself, by ssh. */
function addSshHost(scope: TerraformStack, environment: Environment, name: string): SshHost {
  const props = sshPropsOf(name, hostOf(environment, name));
  if (props === undefined)
    throw new TypeError(`host ${name} of ${environment.name} is not reached by ssh with declared keys`);
  return new SshHost(scope, FLEET_IDS.of(name).ssh, props);
}

/** What other engines and agents reach on every host: Consul's gossip, the engines' own, and VXLAN. */
const FLEET_PORTS = ["8301/tcp", "8301/udp", "7946/tcp", "7946/udp", "4789/udp"];
/** What all agents reach on a Consul server. */
const SERVER_PORTS = ["8300/tcp"];

/** Whether the hosts are what they are described as, and reach each other: found out before anything is made on any of them. */
function addChecks(stack: TerraformStack, environment: Environment, { advertise }: EnginesDescription): void {
  const hosts = presentNames(environment).map((name) => {
    const { address, consul, engineVersion = "" } = hostOf(environment, name);
    const host = addSshHost(stack, environment, name);
    new EngineCheck(stack, name, { host, engineVersion, mode: "key-value", interfaceName: advertise });
    return { host, address, ...(consul === "server" ? { ports: SERVER_PORTS } : {}) };
  });
  for (const name of Object.keys(environment.hosts)) addRetirement(stack, environment, name);
  // A host alone has nobody to reach.
  if (hosts.length > 1) new PortReachability(stack, FLEET_IDS.ports, { hosts, ports: FLEET_PORTS });
}

/**
 * On a host that retires, what its later stacks hold goes first: they are deployed after its group's stack, whose network
 * cannot go while containers are attached to it.
 */
function addRetirement(stack: TerraformStack, environment: Environment, name: string): void {
  const { retired = false, services = {} } = hostOf(environment, name);
  if (!retired) return;
  const containers = [
    ...Object.keys(services).map((service) => overlayContainerName(service, name)),
    ...["bind", "registrator"],
  ].join(" ");
  new HostCommand(stack, FLEET_IDS.of(name).retirement, {
    host: addSshHost(stack, environment, name),
    commandName: "retirement",
    unless: `for name in ${containers}; do ! docker container inspect "$name" >/dev/null 2>&1 || exit 1; done`,
    run: `for name in ${containers}; do ! docker container inspect "$name" >/dev/null 2>&1 || docker rm --force --volumes "$name" || exit 1; done`,
  });
}

/** The engines' settings, one host after the other. */
function addEngines(stack: TerraformStack, environment: Environment, engines: EnginesDescription): void {
  let before: readonly IConstruct[] = [];
  for (const name of presentNames(environment)) {
    const { engineVersion, network } = hostOf(environment, name);
    const host = addSshHost(stack, environment, name);
    const reconnection = new OverlayReconnection(stack, FLEET_IDS.of(name).overlays, { host });
    const daemon = new DockerDaemon(stack, name, {
      host,
      engineVersion: engineVersion ?? "",
      mode: "key-value",
      configuration: { ...engineConfiguration(engines), dns: [fixedAddress(network, "gateway")] },
    });
    before = [daemon.applyAfter(reconnection, ...before)];
  }
}

/** The overlay network, made from the first host. */
function addOverlay(stack: TerraformStack, environment: Environment, engines: EnginesDescription): void {
  const [first, ...others] = presentNames(environment);
  if (first === undefined) return;
  const { name, ...addressing } = engines.overlay;
  const pools = engines.configuration?.defaultAddressPools;
  new OverlayNetwork(stack, FLEET_IDS.overlay, {
    host: DockerHost.fromDockerHostAttributes(stack, first, attributesOf(environment, first)),
    otherHosts: others.map((other) => attributesOf(environment, other)),
    networkName: name,
    ...addressing,
    ...(pools === undefined ? {} : { addressPools: pools }),
  });
}

/** registrator, BIND and the resolver of a host; and, in the stack after it, the host's services. */
function addDiscovery(
  stack: TerraformStack,
  services: TerraformStack,
  environment: Environment,
  engines: EnginesDescription,
  agents: Agents,
  name: string,
): void {
  const description = hostOf(environment, name);
  const attributes = attributesOf(environment, name);
  const host = DockerHost.fromDockerHostAttributes(stack, name, attributes);
  const servicesHost = DockerHost.fromDockerHostAttributes(services, name, attributes);
  const agent = agents.get(name);
  if (description.retired === true || agent === undefined) return;
  const { networkName, subnet, ipRange } = { networkName: description.network.name, ...description.network };
  const network = BridgeNetwork.fromBridgeNetworkAttributes(host, { host, networkName, subnet, ipRange });
  const registrator = addRegistrator(environment, agent, host, network);
  const bind = addBind(environment, clusterOf(environment), agent, registrator, host, description, network);
  new HostResolver(stack, FLEET_IDS.of(name).resolver, {
    host: addSshHost(stack, environment, name),
    nameserver: fixedAddress(description.network, "gateway"),
    lookups: [`consul.service.${environment.consul.domain}`],
  }).applyAfter(bind.container, registrator.container);
  const { name: overlayName, ...addressing } = engines.overlay;
  const bridge = BridgeNetwork.fromBridgeNetworkAttributes(servicesHost, {
    host: servicesHost,
    networkName,
    subnet,
    ipRange,
  });
  const overlay = OverlayNetwork.fromOverlayNetworkAttributes(services, {
    networkName: overlayName,
    ...addressing,
    hosts: presentNames(environment).map((each) => attributesOf(environment, each)),
  });
  const described = Object.entries(description.services ?? {});
  if (described.length === 0) return;
  // A name is there once on an overlay, over all hosts; the service's own is an alias of all of its containers.
  const containerName = (service: string) => overlayContainerName(service, name);
  const stale = new StaleEndpoints(services, FLEET_IDS.of(name).staleEndpoints, {
    host: addSshHost(services, environment, name),
    networkName: overlayName,
    containerNames: described.map(([service]) => containerName(service)),
  });
  for (const [service, props] of described) {
    const { overlayAddress: ipv4Address } = props;
    const aliases = [service];
    const networks = [
      { network: bridge, aliases },
      { network: overlay, aliases, ...(ipv4Address === undefined ? {} : { ipv4Address }) },
    ];
    const container = addService(environment, servicesHost, description, networks, registrator, bind, service, props, containerName(service)); // prettier-ignore
    container.startAfter(stale);
  }
}
