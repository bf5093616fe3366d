import type { TerraformStack } from "cdktf";
import { ConsulAgent } from "../constructs/consul/consul-agent";
import { ConsulCluster, type IConsulCluster } from "../constructs/consul/consul-cluster";
import type { ConsulContainer, ConsulContainerProps } from "../constructs/consul/consul-container";
import { ConsulServer } from "../constructs/consul/consul-server";
import { canonicalAddress, hostPort } from "../constructs/core/addresses";
import { Duration } from "../constructs/core/duration";
import type { DnsEndpoint } from "../constructs/discovery/dns";
import { BindForwarder } from "../constructs/dns/bind-forwarder";
import { Container } from "../constructs/docker/container";
import { ContainerImage } from "../constructs/docker/container-image";
import { DockerHost, type DockerHostAttributes, type IDockerHost } from "../constructs/docker/docker-host";
import { HealthCheck } from "../constructs/docker/health-check";
import { BridgeNetwork, type INetwork } from "../constructs/docker/network";
import { Registrator } from "../constructs/registrator/registrator";
import { connectionOf } from "../environments/connection";
import type { Environment, HostDescription, ServiceDescription } from "../environments/environment";
import { fixedAddress } from "../environments/fixed-addresses";
import { serverNames } from "../environments/validate";

/** An environment's Consul, whose servers' addresses all agents know. */
export function clusterOf(environment: Environment): ConsulCluster {
  const { consul } = environment;
  return new ConsulCluster({
    version: consul.version,
    datacenter: consul.datacenter,
    domain: consul.domain,
    servers: serverNames(environment).map((name) => {
      const host = hostOf(environment, name);
      return {
        nodeName: name,
        address: consul.network === "host" ? host.address : fixedAddress(host.network, "consul"),
      };
    }),
  });
}

/** A host's description. */
export function hostOf(environment: Environment, name: string): HostDescription {
  const host = environment.hosts[name];
  if (host === undefined) throw new TypeError(`environment ${environment.name} has no host ${name}`);
  return host;
}

/** What is needed to reach a host's engine. */
export function attributesOf(environment: Environment, name: string): DockerHostAttributes {
  const description = hostOf(environment, name);
  return {
    hostName: name,
    address: description.address,
    connection: connectionOf(description),
    providerVersion: environment.providerVersion ?? "4.5.0",
    ...(description.engineVersion === undefined ? {} : { engineVersion: description.engineVersion }),
  };
}

/** The host itself, in the stack that describes it. */
export function addDockerHost(stack: TerraformStack, environment: Environment, name: string): DockerHost {
  return new DockerHost(stack, name, attributesOf(environment, name));
}

/** The host's bridge network. */
export function addNetwork(host: DockerHost, description: HostDescription): BridgeNetwork {
  const { network } = description;
  return new BridgeNetwork(host, "network", {
    host,
    networkName: network.name,
    subnet: network.subnet,
    ipRange: network.ipRange,
  });
}

/** Where a host publishes what only it and its containers use. */
export function publishAddressOf(environment: Environment, network: INetwork): string {
  const { gateway } = network;
  if (gateway === undefined) throw new TypeError(`network ${network.networkName} has no known gateway`);
  return environment.dockerDesktop === true ? "127.0.0.1" : gateway;
}

/** The host's Consul agent: a server is its host's agent. */
export function addAgent(
  environment: Environment,
  cluster: IConsulCluster,
  description: HostDescription,
  host: DockerHost,
  network: BridgeNetwork,
): ConsulContainer {
  const { consul, images } = environment;
  const publishAddress = publishAddressOf(environment, network);
  const props: ConsulContainerProps = {
    cluster,
    host,
    image: ContainerImage.parse(images.consul),
    timeout: environment.serverTimeout ?? Duration.minutes(2),
    ...(consul.configuration === undefined ? {} : { configuration: consul.configuration }),
    ...(consul.network === "bridge"
      ? { bridge: { network, address: fixedAddress(description.network, "consul"), publishAddress } }
      : {
          // DNS alone for containers and other hosts: without ACLs whoever reaches the HTTP API writes the catalogue.
          dnsAddresses: [network.gateway, description.address],
        }),
  };
  const agent =
    description.consul === "server"
      ? new ConsulServer(host, "consul", props)
      : new ConsulAgent(host, "consul", props);
  // It listens on the network's gateway without being attached to it.
  if (consul.network === "host") agent.container.startAfter(network);
  return agent;
}

/** registrator of a host, which registers in the host's agent. */
export function addRegistrator(
  environment: Environment,
  agent: ConsulContainer,
  host: IDockerHost,
  network: INetwork,
): Registrator {
  const registrator = new Registrator(host, "registrator", {
    host,
    image: ContainerImage.parse(environment.images.registrator),
    registry: agent,
    ...(environment.consul.network === "bridge" ? { network } : {}),
  });
  // Its image's exposed ports would be registered at an address on which most of them do not answer.
  if (environment.consul.network === "host") agent.container.ignoreIn(registrator);
  return registrator;
}

/** BIND of a host, which forwards the zone to the host's agent first, then to every server. */
export function addBind(
  environment: Environment,
  cluster: IConsulCluster,
  agent: ConsulContainer,
  registrator: Registrator,
  host: IDockerHost,
  description: HostDescription,
  network: INetwork,
): BindForwarder {
  const upstreams = environment.dns.upstreams.map((address) => ({ address, port: 53 }));
  const bind = new BindForwarder(host, "bind", {
    host,
    image: ContainerImage.parse(environment.images.bind),
    version: environment.dns.version,
    network,
    address: fixedAddress(description.network, "bind"),
    publishAddress: publishAddressOf(environment, network),
    zones: [{ domain: cluster.domain, dnsEndpoints: agentsFor(environment, cluster, agent) }],
    ...(upstreams.length > 0 ? { configuration: { forwarders: upstreams } } : {}),
  });
  // Its own name in the catalogue would be that of its image.
  bind.container.ignoreIn(registrator);
  return bind;
}

/** The host's own agent first, then every server, then whoever else was named; each once. */
function agentsFor(environment: Environment, cluster: IConsulCluster, agent: ConsulContainer): DnsEndpoint[] {
  const own =
    environment.consul.network === "host"
      ? cluster.dnsEndpoints.filter(({ address }) => address !== agent.host.address)
      : [];
  const agents = [...agent.dnsEndpoints, ...own, ...(environment.dns.furtherAgents ?? [])];
  const text = ({ address, port }: DnsEndpoint) => hostPort(canonicalAddress(address), port);
  return agents.filter((endpoint, i) => agents.findIndex((other) => text(other) === text(endpoint)) === i);
}

/** A network that a container is attached to. */
export interface Attachment {
  readonly network: INetwork;
  /** @default - the engine chooses one */
  readonly ipv4Address?: string;
  /** @default - the container's name alone */
  readonly aliases?: readonly string[];
}

/** One of a host's services: a container that is published, registered, and resolves names by BIND. */
export function addService(
  environment: Environment,
  host: IDockerHost,
  description: HostDescription,
  networks: readonly Attachment[],
  registrator: Registrator,
  bind: BindForwarder,
  name: string,
  service: ServiceDescription,
  containerName = name,
): Container {
  const network = networks[0]?.network;
  if (network === undefined) throw new TypeError(`service ${name} has no network`);
  // Where other hosts reach them; on a machine alone that is its network's gateway.
  const hostAddress =
    environment.consul.network === "host" ? description.address : publishAddressOf(environment, network);
  const container = new Container(host, `service-${name}`, {
    host,
    containerName,
    image: ContainerImage.parse(service.image),
    dns: bind,
    ...(service.memory === undefined ? {} : { memory: service.memory }),
    ...(service.healthCommand === undefined
      ? {}
      : { healthCheck: HealthCheck.shell(service.healthCommand, { interval: Duration.seconds(10) }) }),
  });
  for (const { network: each, ...options } of networks) container.attachTo(each, options);
  container.publish({
    containerPort: service.port,
    hostAddress,
    ...(service.hostPort === undefined ? {} : { hostPort: service.hostPort }),
  });
  for (const containerPort of service.furtherPorts ?? []) container.publish({ containerPort, hostAddress });
  if (service.defaultNames === true) return container;
  return container.registerIn(registrator, {
    port: service.port,
    name,
    ...(service.check === undefined ? {} : { check: service.check }),
  });
}
