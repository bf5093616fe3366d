import type { Environment, HostDescription } from "../../environments/environment";
import { production } from "../../environments/production";

/** A public key of a host, which nobody has the private one of. */
export const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";

/** A host of an environment, where the test knows that there is one. */
export function hostNamed(environment: Environment, name: string): HostDescription {
  const host = environment.hosts[name];
  if (host === undefined) throw new Error(`${environment.name} has no host ${name}`);
  return host;
}

/** The same environment with another description of one of its hosts. */
export function withHost(
  environment: Environment,
  name: string,
  change: Partial<HostDescription>,
): Environment {
  const host = { ...hostNamed(environment, name), ...change };
  return { ...environment, hosts: { ...environment.hosts, [name]: host } };
}

/** A host whose key is declared, and whose services have fixed addresses in 10.34.1.0/24, by the host's number. */
function declared(host: HostDescription, n: number): HostDescription {
  const services = Object.entries(host.services ?? {}).map(([name, service], i) => [
    name,
    { ...service, overlayAddress: `10.34.1.${10 * n + i}` },
  ]);
  return {
    ...host,
    connection: { kind: "ssh", user: "deploy", hostKeys: [HOST_KEY] },
    services: Object.fromEntries(services) as NonNullable<HostDescription["services"]>,
  };
}

/** Production, as it would be with engines: three Consul servers, and two hosts with services. */
export const fleet: Environment = {
  ...production,
  hosts: Object.fromEntries(
    Object.entries(production.hosts).map(([name, host], i) => [name, declared(host, i + 1)]),
  ),
  engines: {
    advertise: "eth0",
    configuration: { labels: { site: "north" } },
    overlay: {
      name: "docker-internal",
      subnet: "10.34.0.0/16",
      gateway: "10.34.0.1",
      ipRange: "10.34.128.0/17",
    },
  },
};
