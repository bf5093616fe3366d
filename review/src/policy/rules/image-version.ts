import { addressParts } from "../../reading/addresses";
import type { PolicyResource, PolicyRule, PolicyStack, PolicyValue } from "../policy";
import { shown, textOf } from "../policy-value";
import type { AttributePath } from "../../plan/plan";
import { makesOrChanges, pageOf } from "./scope";

const ID = "docker/image-version";

/** Where a resource names its image. */
const IMAGES: Readonly<Record<string, AttributePath>> = {
  docker_image: ["name"],
  docker_container: ["image"],
  docker_service: ["task_spec", 0, "container_spec", 0, "image"],
};

/** What gives an image's name or digest, and is itself looked at by this rule, or fixes the digest. */
const SOURCES = /^(?:.*\.)?(?:data\.)?(?:docker_image|docker_registry_image)\.[^.]+$/;

/** No image without a tag or a digest; `latest` is no tag, because it says nothing of the version. */
export const imageVersionRule: PolicyRule = {
  id: ID,
  title: "Every image has a tag other than latest, or a digest",
  help: pageOf(ID),
  *check(stack) {
    for (const resource of stack.resources) {
      const path = IMAGES[resource.type];
      if (path === undefined || !makesOrChanges(resource)) continue;
      const image = resource.after(...path);
      const mend =
        "Name the version: a tag, `docker.io/hashicorp/consul:1.20.2`, or a digest, `...@sha256:<64 digits>`.";
      if (image.kind === "unknown") {
        if (resource.type !== "docker_image" && namedElsewhere(resource, stack)) continue;
        yield {
          resource,
          message: `the image of ${resource.name} is known only after apply`,
          mend: `${mend} Or take it from a docker_image of the same stack.`,
          cannotVerify: true,
        };
        continue;
      }
      const fault = faultOf(image);
      if (fault !== undefined) {
        yield { resource, message: `${resource.name} uses the image ${shown(image)}, which ${fault}`, mend };
      }
    }
  },
};

/** What is wrong with an image's name; undefined if it says its version. */
export function faultOf(image: PolicyValue): string | undefined {
  const text = textOf(image)?.trim();
  if (text === undefined || text === "") return "is no name";
  // The id of an image: a digest by itself.
  if (/^(?:sha256:)?[0-9a-f]{64}$/.test(text)) return undefined;
  const at = text.indexOf("@");
  if (at >= 0) {
    return /^[A-Za-z][A-Za-z0-9]*(?:[+._-][A-Za-z][A-Za-z0-9]*)*:[0-9a-fA-F]{32,}$/.test(text.slice(at + 1))
      ? undefined
      : "has a digest that is none";
  }
  // The port of a registry stands before the last slash.
  const last = text.slice(text.lastIndexOf("/") + 1);
  const colon = last.indexOf(":");
  const tag = colon < 0 ? undefined : last.slice(colon + 1);
  if (tag === undefined) return "has neither tag nor digest";
  if (!/^\w[\w.-]{0,127}$/.test(tag)) return "has a tag that is none";
  return tag === "latest" ? "has the tag latest, which says no version" : undefined;
}

/** Whether the name comes from a `docker_image` or a `docker_registry_image`: these are looked at themselves. */
function namedElsewhere(resource: PolicyResource, stack: PolicyStack): boolean {
  const references = stack.plan.references.get(addressParts(resource.address).configuration) ?? [];
  return references.some((reference) => SOURCES.test(reference));
}
