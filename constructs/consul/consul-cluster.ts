import { canonicalAddress, isLoopback, isUnspecified, requireAddress } from "../core/addresses";
import { requireDnsLabel, requireDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { defined } from "../core/objects";
import { requirePort } from "../core/ports";
import { isToken } from "../core/tokens";
import type { DnsEndpoint, IDnsServer } from "../discovery/dns";
import type { AgentPorts } from "./agent-listeners";
import { requireConsulVersion } from "./consul-versions";

/** A Consul server, as the others know it. */
export interface ConsulServerDescription {
  /** Its node name, a DNS label. */
  readonly nodeName: string;
  /** The address that it tells the others: IPv4 or IPv6, known at synth. */
  readonly address: string;
}

/** What is known of a cluster. */
export interface ConsulClusterAttributes {
  /**
   * The servers, in the order in which they are deployed and changed: 1, 3, 5 or 7.
   */
  readonly servers: readonly ConsulServerDescription[];
  /** The version that its agents run, `1.19.2`. */
  readonly version: string;
  /**
   * The datacenter, a DNS label in lower case.
   * @default "dc1", Consul's own
   */
  readonly datacenter?: string;
  /**
   * The domain that it answers DNS for.
   * @default "consul", Consul's own
   */
  readonly domain?: string;
  /**
   * The ports that all of its agents use.
   * @default - Consul's own
   */
  readonly ports?: AgentPorts;
}

/** A Consul cluster: who the servers are, and how they are reached. Nothing of it is deployed by itself. */
export interface IConsulCluster extends IDnsServer {
  /** The datacenter. */
  readonly datacenter: string;
  /** The version that its agents run, `major.minor.patch`. */
  readonly version: string;
  /** The servers, in the order in which they are deployed and changed. */
  readonly servers: readonly ConsulServerDescription[];
  /** The ports, with Consul's own where nothing was said. */
  readonly ports: Required<Pick<AgentPorts, "dns" | "http" | "server" | "serfLan" | "serfWan">>;
  /** The ports as they were said. */
  readonly configuredPorts?: AgentPorts;
}

/**
 * Who the servers of a Consul cluster are. It is plain data: the servers themselves are deployed one after the other,
 * each in a stack of its own, and all of them, and every agent, are told of the whole cluster by this.
 */
export class ConsulCluster implements IConsulCluster {
  /** A cluster that someone else runs: its names and addresses, for agents that join it and for BIND. */
  public static fromConsulClusterAttributes(attributes: ConsulClusterAttributes): IConsulCluster {
    return new ConsulCluster(attributes);
  }

  public readonly datacenter: string;
  public readonly domain: string;
  public readonly version: string;
  public readonly servers: readonly ConsulServerDescription[];
  public readonly ports: IConsulCluster["ports"];
  public readonly configuredPorts?: AgentPorts;

  /**
   * @throws ValidationError consul/even-servers, consul/duplicate-server, consul/server-address, consul/datacenter,
   * consul/port-off, consul/version-too-old, consul/version-untried, core/dns-label, core/address, core/port,
   * core/domain-name
   */
  constructor(props: ConsulClusterAttributes) {
    const location: Location = "ConsulCluster";
    this.datacenter = props.datacenter ?? "dc1";
    this.domain = props.domain ?? "consul";
    this.version = requireConsulVersion(location, "version", props.version);
    this.servers = props.servers.map((server) => ({ ...server }));
    this.ports = {
      dns: 8600,
      http: 8500,
      server: 8300,
      serfLan: 8301,
      serfWan: 8302,
      ...defined(props.ports ?? {}),
    };
    if (props.ports !== undefined) this.configuredPorts = { ...props.ports };
    requireDnsLabel(location, "datacenter", this.datacenter);
    if (!isToken(this.datacenter) && this.datacenter !== this.datacenter.toLowerCase()) {
      throw new ValidationError(location, {
        code: "consul/datacenter",
        prop: "datacenter",
        got: this.datacenter,
        allowed: "a DNS label in lower case: Consul writes it so",
        mend: `Write ${this.datacenter.toLowerCase()}`,
      });
    }
    requireDomainName(location, "domain", this.domain);
    this.validatePorts(location);
    this.validateServers(location);
  }

  /** All servers' DNS, in their order. */
  public get dnsEndpoints(): readonly DnsEndpoint[] {
    return this.servers.map((server) => ({ address: server.address, port: this.ports.dns }));
  }

  private validatePorts(location: Location): void {
    const users = {
      http: "the health check, registrator and the user interface speak with it",
      dns: "BIND asks it",
    };
    for (const name of ["http", "dns"] as const) {
      const port = this.ports[name];
      if (port !== -1 && !isToken(port)) continue;
      throw new ValidationError(location, {
        code: "consul/port-off",
        prop: `ports.${name}`,
        got: port === -1 ? port : "a value that is known only when Terraform runs",
        allowed: `a port that is known at synth: ${users[name]}`,
        mend: "Leave it out for Consul's own port",
      });
    }
    for (const [name, port] of Object.entries(this.ports)) {
      if (name !== "serfWan" || port !== -1) requirePort(location, `ports.${name}`, port);
    }
  }

  private validateServers(location: Location): void {
    if (this.servers.length % 2 === 0 || this.servers.length > 7) {
      throw new ValidationError(location, {
        code: "consul/even-servers",
        prop: "servers",
        got: this.servers.map((server) => server.nodeName),
        allowed: "1, 3, 5 or 7 servers: one more than an odd number survives no further loss",
        mend: "Add one, or take one out",
      });
    }
    const names = new Set<string>();
    const addresses = new Set<string>();
    this.servers.forEach((server, i) => {
      requireDnsLabel(location, `servers[${i}].nodeName`, server.nodeName);
      this.validateServerAddress(location, `servers[${i}].address`, server.address);
      for (const [field, seen, value] of [
        // DNS knows no case.
        ["nodeName", names, server.nodeName.toLowerCase()],
        ["address", addresses, canonicalAddress(server.address)],
      ] as const) {
        if (seen.has(value)) {
          throw new ValidationError(location, {
            code: "consul/duplicate-server",
            prop: `servers[${i}].${field}`,
            got: server[field],
            allowed: "a value that no other server has",
            mend: "Give each server its own node name and address",
          });
        }
        seen.add(value);
      }
    });
  }
  private validateServerAddress(location: Location, prop: string, address: string): void {
    const fault = (got: string, allowed: string) =>
      new ValidationError(location, {
        code: "consul/server-address",
        prop,
        got,
        allowed,
        mend: "Give the server's literal address in the network that all agents share",
      });
    if (isToken(address)) {
      throw fault("a value that is known only when Terraform runs", "an address that is known at synth");
    }
    requireAddress(location, prop, address);
    if (isUnspecified(address)) throw fault(address, "one address, not one that stands for every interface");
    if (isLoopback(address) && this.servers.length > 1) {
      throw fault(address, "an address at which the other servers reach this one: loopback is their own");
    }
  }
}
