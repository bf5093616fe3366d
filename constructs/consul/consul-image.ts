import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import type { ContainerImage } from "../docker/container-image";

/**
 * Checks that an image whose tag names a version of Consul names the one that the configuration is written for: an
 * agent ends at a key that its version does not know. Images that are not called `consul`, and tags that name no
 * version, are not looked into.
 * @throws ValidationError consul/image-version
 */
export function requireImageOfVersion(
  location: Location,
  prop: string,
  image: ContainerImage,
  version: string,
): void {
  const tag = image.imageTag;
  if (tag === undefined || isToken(tag) || image.baseName !== "consul") return;
  const named = /^v?(\d+\.\d+(?:\.\d+)?)(?:$|[^\d.])/.exec(tag)?.[1];
  if (named === undefined || named === version || version.startsWith(`${named}.`)) return;
  throw new ValidationError(location, {
    code: "consul/image-version",
    prop,
    got: image.name,
    allowed: `an image of Consul ${version}, the version that the cluster's configuration is written for`,
    mend: `Take the tag ${version}, or give the cluster the version ${named}`,
  });
}
