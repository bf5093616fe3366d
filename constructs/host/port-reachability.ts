import { createHash } from "node:crypto";
import { DataResource, type TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { isLoopback, isUnspecified, requireAddress } from "../core/addresses";
import { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import { renderReachability } from "./port-reachability-script";
import { scriptParts } from "./script-parts";
import { type ISshHost, sshCommandLine } from "./ssh-host";

/** A host, and where the others are to reach it. */
export interface ReachableHost {
  /** The host, on which a listener is started for the time of the check. */
  readonly host: ISshHost;
  /** Its own address towards the others. */
  readonly address: string;
  /**
   * Ports at which the others must reach this host beside those of all: `8300/tcp` of a Consul server.
   * @default - none
   */
  readonly ports?: readonly string[];
}

/** Props of a check of ports. */
export interface PortReachabilityProps {
  /** The hosts, two or more: each is tried from each of the others. */
  readonly hosts: readonly ReachableHost[];
  /** The ports of every host, with their protocol: `7946/tcp`, `4789/udp`. */
  readonly ports: readonly string[];
  /**
   * How long a connection may take. Whole seconds.
   * @default Duration.seconds(5)
   */
  readonly timeout?: Duration;
}

/**
 * Finds out, before anything is changed, whether the hosts reach each other at the ports that they need: a deploy fails with a
 * line for each one that does not, `web-1 -> web-2 7946/udp: blocked`.
 *
 * Over ssh a program of a few lines listens on each host, at its own address alone, while each host tries the others, and ends
 * with the check. It takes perl, which every Debian has, or python3; nothing is installed. A TCP port that a program has
 * already is tried with that program; a UDP port that one has cannot be tried, and is noted. It is checked anew when a host,
 * its key, its address or the ports change.
 */
export class PortReachability extends Construct {
  private readonly resource: DataResource;

  /** @throws ValidationError host/peers, host/port, host/timeout, host/script-size, core/address */
  constructor(scope: Construct, id: string, props: PortReachabilityProps) {
    super(scope, id);
    const { timeout = Duration.seconds(5) } = props;
    const ports = [...props.ports];
    const hosts = props.hosts.map(({ host, address, ports: further = [] }, i) => ({
      host,
      address: this.requirePeer(`hosts[${i}].address`, address),
      ...(further.length === 0 ? {} : { ports: this.requirePorts(`hosts[${i}].ports`, further, ports) }),
    }));
    this.requireAll(hosts.map(({ host, address }) => [host.hostName, address] as const));
    if (ports.length === 0) this.failAtPort("ports", ports);
    this.requirePorts("ports", ports);
    if (timeout.toMilliseconds() < 1000 || timeout.toMilliseconds() % 1000 !== 0) {
      this.fail("host/timeout", "timeout", timeout, "whole seconds, 1 or more", "Leave it out for 5 seconds");
    }
    const script = renderReachability({
      hosts: hosts.map(({ host, address, ...further }) => ({
        name: host.hostName,
        address,
        ...further,
        ssh: sshCommandLine(host),
        elevation: host.elevation,
      })),
      ports,
      seconds: timeout.toWholeSeconds(),
    });
    const parts = scriptParts(this, script, "hosts", "Check the hosts in groups that overlap");
    const hash = createHash("sha256")
      .update(
        JSON.stringify([
          hosts.map(({ host, address, ports: own = [] }) => [host.hostName, host.hostKeys, address, ...own]),
          ports,
        ]),
      )
      .digest("hex")
      .slice(0, 32);
    const further = hosts.flatMap(({ host, ports: own }) =>
      own === undefined ? [] : [[host.hostName, own]],
    );
    this.resource = new DataResource(this, "Resource", {
      input: {
        check: "ports between hosts",
        hosts: Object.fromEntries(hosts.map(({ host, address }) => [host.hostName, address])),
        ports,
        ...(further.length === 0 ? {} : { further: Object.fromEntries(further) as unknown }),
      },
      triggersReplace: { hash },
    });
    this.resource.provisioners = [
      {
        type: "local-exec",
        // Errors show the command, so the script itself is not in it.
        command: `eval "${Object.keys(parts)
          .map((name) => `$${name}`)
          .join("")}"`,
        environment: parts,
      },
    ];
    this.node.defaultChild = this.resource;
  }

  /** Checks after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.resource.dependsOn = [
      ...(this.resource.dependsOn ?? []),
      ...others.map(({ node }) => {
        const other = node.defaultChild as TerraformResource;
        return `${other.terraformResourceType}.${other.friendlyUniqueId}`;
      }),
    ];
    return this;
  }

  private requirePeer(prop: string, address: string): string {
    requireAddress(this, prop, address);
    if (!isLoopback(address) && !isUnspecified(address)) return address;
    return this.fail("host/peers", prop, address, "an address of the host that others reach",
      "Give the address at which the other hosts reach it"); // prettier-ignore
  }

  private requireAll(hosts: readonly (readonly [string, string])[]): void {
    const twice = [0, 1].map((part) => hosts.map((host) => host[part as 0 | 1]));
    if (hosts.length < 2 || twice.some((values) => new Set(values).size < values.length)) {
      this.fail("host/peers", "hosts", hosts.map(([name, address]) => `${name} at ${address}`),
        "two hosts or more, each with a name and an address of its own", "Name every host once"); // prettier-ignore
    }
  }

  /** Ports, each once; none of them among those that are known already. */
  private requirePorts(
    prop: string,
    ports: readonly string[],
    known: readonly string[] = [],
  ): readonly string[] {
    const wrong = ports.find((port, i) => !isPort(port) || ports.indexOf(port) < i || known.includes(port));
    return wrong === undefined ? [...ports] : this.failAtPort(prop, wrong);
  }

  private failAtPort(prop: string, got: unknown): never {
    return this.fail("host/port", prop, got, "ports with their protocol, each once: 7946/tcp, 7946/udp",
      "Write the number, a slash, and tcp or udp"); // prettier-ignore
  }

  private fail(code: string, prop: string, got: unknown, allowed: string, mend: string): never {
    throw new ValidationError(this, { code, prop, got, allowed, mend });
  }
}

function isPort(text: string): boolean {
  const [, number] = /^([1-9]\d{0,4})\/(tcp|udp)$/.exec(text) ?? [];
  return number !== undefined && Number(number) <= 65_535;
}
