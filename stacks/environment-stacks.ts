import { type App, TerraformStack } from "cdktf";
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
import { DockerHost } from "../constructs/docker/docker-host";
import { HealthCheck } from "../constructs/docker/health-check";
import { BridgeNetwork } from "../constructs/docker/network";
import { Registrator } from "../constructs/registrator/registrator";
import { connectionOf } from "../environments/connection";
import type { Environment, HostDescription, ServiceDescription } from "../environments/environment";
import { fixedAddress } from "../environments/fixed-addresses";
import { serverNames } from "../environments/validate";
import { addBackend } from "./backend";

/**
 * Adds an environment's stacks to an app, in the order in which they are deployed: one for each group of hosts, named
 * `<environment>-<group>`. Servers' groups are chained; all other groups come after the last of them.
 */
export function addEnvironment(app: App, environment: Environment): TerraformStack[] {
  const cluster = clusterOf(environment);
  const stacks: TerraformStack[] = [];
  let lastServer: TerraformStack | undefined;
  for (const [group, hosts] of Object.entries(environment.groups)) {
    const name = `${environment.name}-${group}`;
    const stack = new TerraformStack(app, name);
    addBackend(stack, name, environment.backend);
    if (lastServer !== undefined) stack.addDependency(lastServer);
    for (const host of hosts) addHost(stack, environment, cluster, host);
    if (hosts.some((host) => environment.hosts[host]?.consul === "server")) lastServer = stack;
    stacks.push(stack);
  }
  return stacks;
}

function clusterOf(environment: Environment): ConsulCluster {
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

function hostOf(environment: Environment, name: string): HostDescription {
  const host = environment.hosts[name];
  if (host === undefined) throw new TypeError(`environment ${environment.name} has no host ${name}`);
  return host;
}

/** All of one host: its network, its agent, registrator, BIND, and its services. */
function addHost(
  stack: TerraformStack,
  environment: Environment,
  cluster: IConsulCluster,
  name: string,
): void {
  const description = hostOf(environment, name);
  const host = new DockerHost(stack, name, {
    hostName: name,
    address: description.address,
    connection: connectionOf(description),
    providerVersion: environment.providerVersion ?? "4.5.0",
    ...(description.engineVersion === undefined ? {} : { engineVersion: description.engineVersion }),
  });
  // Its provider alone stays: with it Terraform removes what is still in the state.
  if (description.retired === true) return;
  const { images } = environment;
  const { network: lan } = description;
  const network = new BridgeNetwork(host, "network", {
    host,
    networkName: lan.name,
    subnet: lan.subnet,
    ipRange: lan.ipRange,
  });
  const publishAddress = environment.dockerDesktop === true ? "127.0.0.1" : network.gateway;
  const agent = addAgent(environment, cluster, description, host, network, publishAddress);
  const registrator = new Registrator(host, "registrator", {
    host,
    image: ContainerImage.parse(images.registrator),
    registry: agent,
    ...(environment.consul.network === "bridge" ? { network } : {}),
  });
  registrator.container.startAfter(agent.container);
  if (environment.consul.network === "host") {
    // It listens on the network's gateway without being attached to it.
    agent.container.startAfter(network);
    // Its image's exposed ports would be registered at an address on which most of them do not answer.
    agent.container.ignoreIn(registrator);
  }
  const upstreams = environment.dns.upstreams.map((address) => ({ address, port: 53 }));
  const bind = new BindForwarder(host, "bind", {
    host,
    image: ContainerImage.parse(images.bind),
    version: environment.dns.version,
    network,
    address: fixedAddress(description.network, "bind"),
    publishAddress,
    zones: [{ domain: cluster.domain, dnsEndpoints: agentsFor(environment, cluster, agent) }],
    ...(upstreams.length > 0 ? { configuration: { forwarders: upstreams } } : {}),
  });
  // Its own name in the catalogue would be that of its image.
  bind.container.ignoreIn(registrator);
  for (const [service, props] of Object.entries(description.services ?? {})) {
    const container = addService(
      host,
      network,
      registrator,
      bind,
      service,
      props,
      publishedAddress(environment, description, publishAddress),
    );
    container.startAfter(bind.container);
  }
}

/** Services are published where other hosts reach them; on a machine alone that is its network's gateway. */
function publishedAddress(environment: Environment, host: HostDescription, publishAddress: string): string {
  return environment.consul.network === "host" ? host.address : publishAddress;
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

function addAgent(
  environment: Environment,
  cluster: IConsulCluster,
  description: HostDescription,
  host: DockerHost,
  network: BridgeNetwork,
  publishAddress: string,
): ConsulContainer {
  const { consul, images } = environment;
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
  if (description.consul === "server") return new ConsulServer(host, "consul", props);
  return new ConsulAgent(host, "consul", props);
}

function addService(
  host: DockerHost,
  network: BridgeNetwork,
  registrator: Registrator,
  bind: BindForwarder,
  name: string,
  service: ServiceDescription,
  hostAddress: string,
): Container {
  const container = new Container(host, `service-${name}`, {
    host,
    containerName: name,
    image: ContainerImage.parse(service.image),
    dns: bind,
    ...(service.memory === undefined ? {} : { memory: service.memory }),
    ...(service.healthCommand === undefined
      ? {}
      : { healthCheck: HealthCheck.shell(service.healthCommand, { interval: Duration.seconds(10) }) }),
  });
  return container
    .attachTo(network)
    .publish({
      containerPort: service.port,
      hostAddress,
      ...(service.hostPort === undefined ? {} : { hostPort: service.hostPort }),
    })
    .registerIn(registrator, {
      port: service.port,
      name,
      ...(service.check === undefined ? {} : { check: service.check }),
    });
}
