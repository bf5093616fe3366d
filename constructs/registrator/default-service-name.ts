import { isDnsLabel } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import type { RegisteredPort } from "../discovery/service-catalog";

/** The last part of a path, as Go's `path.Base` has it. */
function base(path: string): string {
  if (path === "") return ".";
  const trimmed = path.replace(/\/+$/, "");
  return trimmed === "" ? "/" : trimmed.slice(trimmed.lastIndexOf("/") + 1);
}

/**
 * The name under which registrator finds a port that no label names: the image's last part, cut at the first colon,
 * with the container's port behind it where several are published. One port over TCP and UDP counts as two, and both
 * get the same name. Follows registrator's "Service Object" and `bridge.newService`.
 *
 * @param image the image's name as the container is created with it
 * @returns undefined if the image's name is known only at apply
 */
export function defaultServiceName(
  image: string,
  port: number,
  publishedPorts: readonly Pick<RegisteredPort, "containerPort" | "protocol">[],
): string | undefined {
  if (isToken(image)) return undefined;
  const name = base(image).split(":")[0] ?? "";
  const ports = new Set(
    publishedPorts.map((published) => `${published.containerPort}/${published.protocol}`),
  );
  return ports.size > 1 ? `${name}-${port}` : name;
}

/**
 * Why a name can be no service's, or undefined if it can. `sha256` is what an image given by its ID registers as;
 * `consul` is the service of Consul's own servers, at port 8300.
 */
export function serviceNameFault(name: string): string | undefined {
  if (isToken(name)) return undefined;
  if (!isDnsLabel(name))
    return "a DNS label (RFC 1123): 1 to 63 letters, digits and hyphens, no hyphen at either end";
  if (name.toLowerCase() === "sha256")
    return "a name of its own: sha256 is what an image given by its ID is called";
  if (name.toLowerCase() === "consul") return "a name of its own: consul is the service of Consul's servers";
  return undefined;
}

/**
 * Checks that the default name of a port can be looked up: an image given by digest alone registers as
 * `image@sha256`, which never resolves, and neither does a name with a dot.
 * @throws ValidationError registrator/default-name
 */
export function requireDefaultServiceName(
  location: Location,
  image: string,
  port: number,
  publishedPorts: readonly Pick<RegisteredPort, "containerPort" | "protocol">[],
): void {
  const name = defaultServiceName(image, port, publishedPorts);
  const fault = name === undefined ? undefined : serviceNameFault(name);
  if (fault === undefined) return;
  throw new ValidationError(location, {
    code: "registrator/default-name",
    prop: "name",
    got: name,
    allowed: fault,
    mend: `Name the service of port ${port}, or give the image as repository:tag@digest: registrator takes the default from the image's name`,
  });
}
