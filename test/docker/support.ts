import type { TerraformStack } from "cdktf";
import { Container } from "../../constructs/docker/container";
import { ContainerImage } from "../../constructs/docker/container-image";
import type { ContainerProps } from "../../constructs/docker/container-props";
import { DockerHost, type DockerHostProps } from "../../constructs/docker/docker-host";
import { onlyResource, synthesizeStack, type StackJson } from "../support/apps";

export const image = ContainerImage.tag("shop/web", "2.4.1");

/** A host at a documentation address, on the local socket. */
export function hostOf(stack: TerraformStack, props: Partial<DockerHostProps> = {}): DockerHost {
  return new DockerHost(stack, props.hostName ?? "h1", { hostName: "h1", address: "192.0.2.10", ...props });
}

/** A stack with one container `web`; `wire` does what its props cannot say. */
export function synthesizeContainer(
  props: Partial<ContainerProps> = {},
  wire: (container: Container, stack: TerraformStack) => void = () => undefined,
  hostProps: Partial<DockerHostProps> = {},
): StackJson {
  return synthesizeStack((stack) => {
    wire(new Container(stack, "web", { host: hostOf(stack, hostProps), image, ...props }), stack);
  });
}

/** The Terraform JSON of one container `web`. */
export function containerJson(...of: Parameters<typeof synthesizeContainer>): Record<string, unknown> {
  return onlyResource(synthesizeContainer(...of), "docker_container");
}
