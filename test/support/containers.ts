import { App, type TerraformStack } from "cdktf";
import type { IConstruct } from "constructs";
import { DockerHost, type DockerHostProps } from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { BridgeNetwork } from "../../constructs/docker/network";
import { type StackJson, stackOf } from "./apps";

/** A container as Terraform's JSON has it: the fields that tests look at. */
export interface ContainerJson {
  readonly provider: string;
  readonly name: string;
  readonly image: string;
  readonly command?: readonly string[];
  readonly network_mode?: string;
  readonly env?: readonly string[];
  readonly ports?: readonly { internal: number; external?: number; ip: string; protocol: string }[];
  readonly networks_advanced?: readonly { name: string; ipv4_address?: string }[];
  readonly volumes?: readonly Record<string, unknown>[];
  readonly upload?: readonly { file: string; content_base64: string; permissions?: string }[];
  readonly labels?: readonly { label: string; value: string }[];
  readonly depends_on?: readonly string[];
  readonly [field: string]: unknown;
}

/** A stack that is never written, for what is refused before. */
export function unwrittenStack(): TerraformStack {
  return stackOf(new App(), "test");
}

/** A host of a stack, `one` at 10.0.0.1 unless told otherwise; each name is an engine of its own. */
export function hostIn(stack: TerraformStack, props: Partial<DockerHostProps> = {}): DockerHost {
  const hostName = props.hostName ?? "one";
  return new DockerHost(stack, hostName, {
    address: "10.0.0.1",
    connection: EngineConnection.localSocket(`/run/${hostName}.sock`),
    ...props,
    hostName,
  });
}

/** A network with room for fixed addresses, 172.30.0.2 to 172.30.0.127; the gateway is 172.30.0.1. */
export function networkOn(host: DockerHost): BridgeNetwork {
  return new BridgeNetwork(host, "lan", { host, subnet: "172.30.0.0/24", ipRange: "172.30.0.128/25" });
}

/** The container of a name in a stack's JSON. */
export function containerOf(json: StackJson, name: string): ContainerJson {
  const containers = Object.values(json.resource?.docker_container ?? {}) as unknown as ContainerJson[];
  const found = containers.find((container) => container.name === name);
  if (found === undefined) throw new Error(`the stack has no container ${name}`);
  return found;
}

/** The text of a file that is uploaded into a container. */
export function uploadedText(container: ContainerJson, path: string): string {
  const upload = container.upload?.find(({ file }) => file === path);
  if (upload === undefined) throw new Error(`${container.name} has no file ${path}`);
  return Buffer.from(upload.content_base64, "base64").toString("utf8");
}

/** A container's published ports, `address:host port -> container port/protocol`. */
export function publishedPorts(container: ContainerJson): string[] {
  return (container.ports ?? []).map(
    ({ ip, external, internal, protocol }) => `${ip}:${external ?? "*"} -> ${internal}/${protocol}`,
  );
}

/** A container's labels, by name. */
export function labelsOf(container: ContainerJson): Readonly<Record<string, string>> {
  return Object.fromEntries((container.labels ?? []).map(({ label, value }) => [label, value]));
}

/** The warnings that a construct gave of itself. */
export function warningsOf(construct: IConstruct): string[] {
  return construct.node.metadata.filter(({ type }) => type === "@cdktf/warn").map(({ data }) => String(data));
}
