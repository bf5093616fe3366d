import { relative } from "node:path";
import { AnnotationMetadataEntryType, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { hostPort } from "../constructs/core/addresses";
import { BindForwarder } from "../constructs/dns/bind-forwarder";
import { Container } from "../constructs/docker/container";
import { DockerHost } from "../constructs/docker/docker-host";
import { BridgeNetwork } from "../constructs/docker/network";
import { OverlayNetwork } from "../constructs/docker/overlay-network";
import { HostChange } from "../constructs/host/host-change";

/** What one stack makes, for people and programs that ask before they deploy. */
export interface StackSummary {
  /** The stack's name, as `cdktf deploy` takes it. */
  readonly stack: string;
  /** The Terraform JSON, as a path from the current folder. */
  readonly terraformJson: string;
  /** The stacks that are deployed before it. */
  readonly after: readonly string[];
  readonly hosts: readonly { readonly name: string; readonly address: string }[];
  readonly networks: readonly {
    readonly name: string;
    readonly host: string;
    readonly subnet: string;
    readonly gateway: string;
  }[];
  /** Networks over several hosts, made from one. */
  readonly overlays: readonly {
    readonly name: string;
    readonly host: string;
    /** Undefined where the engine chooses one. */
    readonly subnet?: string;
  }[];
  /** What is changed on the hosts themselves. */
  readonly changes: readonly { readonly host: string; readonly change: string }[];
  readonly containers: readonly {
    readonly name: string;
    readonly host: string;
    readonly image: string;
    /** `host address:host port -> container port/protocol`; the host's port is `*` where the engine picks it. */
    readonly published: readonly string[];
  }[];
  /** The zones that BIND forwards on each resolver's address, and the agents that are asked. */
  readonly zones: readonly {
    readonly zone: string;
    readonly resolver: string;
    readonly agents: readonly string[];
  }[];
  /** What its constructs warn of, each once. */
  readonly warnings: readonly string[];
}

/** What an environment's stacks make. */
export interface EnvironmentSummary {
  readonly environment: string;
  readonly stacks: readonly StackSummary[];
}

function ofType<T extends IConstruct>(root: IConstruct, type: abstract new (...args: never[]) => T): T[] {
  return root.node.findAll().filter((construct): construct is T => construct instanceof type);
}

/** Reads a stack's summary off its construct tree. @param outdir where the app was synthesized to */
export function summarizeStack(stack: TerraformStack, outdir: string): StackSummary {
  const name = stack.node.id;
  return {
    stack: name,
    terraformJson: relative(process.cwd(), `${outdir}/stacks/${name}/cdk.tf.json`),
    after: stack.dependencies.map((dependency) => dependency.node.id),
    hosts: ofType(stack, DockerHost).map((host) => ({ name: host.hostName, address: host.address })),
    networks: ofType(stack, BridgeNetwork).map((network) => ({
      name: network.networkName,
      host: network.host.hostName,
      subnet: network.subnet.toString(),
      gateway: network.gateway,
    })),
    overlays: ofType(stack, OverlayNetwork).map(({ networkName, createdOn, subnet }) => ({
      name: networkName,
      host: createdOn.hostName,
      ...(subnet === undefined ? {} : { subnet: subnet.toString() }),
    })),
    changes: ofType(stack, HostChange).map(({ host, title }) => ({ host: host.hostName, change: title })),
    containers: ofType(stack, Container).map((container) => ({
      name: container.containerName,
      host: container.host.hostName,
      image: container.image.name,
      published: container.publishedPorts.map(
        (port) =>
          `${hostPort(port.hostAddress, port.hostPort ?? 0).replace(/:0$/, ":*")} -> ${port.containerPort}/${port.protocol}`,
      ),
    })),
    zones: ofType(stack, BindForwarder).flatMap((bind) =>
      bind.forwardedZones.map((zone) => ({
        zone: zone.domain,
        resolver: bind.resolverAddress,
        agents: zone.dnsEndpoints.map((endpoint) => hostPort(endpoint.address, endpoint.port)),
      })),
    ),
    warnings: [...new Set(stack.node.findAll().flatMap(warningsOf))],
  };
}

function warningsOf(construct: IConstruct): string[] {
  const warning: string = AnnotationMetadataEntryType.WARN;
  return construct.node.metadata.filter(({ type }) => type === warning).map(({ data }) => String(data));
}

/** The summary of environments as text: a line for each thing, so that a difference between two runs shows. */
export function renderSummary(summaries: readonly EnvironmentSummary[]): string {
  const lines: string[] = [];
  for (const { environment, stacks } of summaries) {
    lines.push(environment);
    for (const stack of stacks) {
      lines.push(`  ${stack.stack}${stack.after.length > 0 ? ` (after ${stack.after.join(", ")})` : ""}`);
      for (const host of stack.hosts) lines.push(`    host       ${host.name} ${host.address}`);
      for (const network of stack.networks) {
        lines.push(
          `    network    ${network.name} on ${network.host}: ${network.subnet}, gateway ${network.gateway}`,
        );
      }
      for (const { name, host, subnet = "a subnet of the engine's choice" } of stack.overlays)
        lines.push(`    overlay    ${name} from ${host}: ${subnet}`);
      for (const { host, change } of stack.changes) lines.push(`    change     ${host}: ${change}`);
      for (const container of stack.containers) {
        lines.push(`    container  ${container.name} on ${container.host}: ${container.image}`);
        for (const port of container.published) lines.push(`                 ${port}`);
      }
      for (const zone of stack.zones) {
        lines.push(`    zone       ${zone.zone} at ${zone.resolver}: asks ${zone.agents.join(", ")}`);
      }
      lines.push(`    Terraform  ${stack.terraformJson}`);
    }
    lines.push("");
  }
  return lines.join("\n");
}
