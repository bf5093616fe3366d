import type { Plan, ResourceChange } from "../plan/plan";
import { addressParts } from "./addresses";

/**
 * Tells the host that an object of Docker is on: the alias of its provider's configuration, which is what people call it,
 * else the engine's host; for what the configuration no longer has, the part of its construct's path after the stack.
 * Undefined for what is on no host.
 *
 * @param name the resource's name, its construct's path where one is known
 */
export function hostOf({ address, type }: ResourceChange, plan: Plan, name: string): string | undefined {
  const { configuration } = addressParts(address);
  const place = plan.providers.get(configuration);
  const isDocker = type.startsWith("docker_");
  if (place !== undefined && (isDocker || place.host !== undefined)) {
    const host = place.alias ?? hostName(place.host);
    if (host !== undefined) return host;
  }
  const path = name.split("/");
  return isDocker && name !== address && path.length > 2 ? path[1] : undefined;
}

/** The host of an engine's address: `ssh://deploy@10.30.0.14` is `10.30.0.14`. A socket is on the machine itself. */
function hostName(address: string | undefined): string | undefined {
  if (address === undefined) return undefined;
  const host = /^(?:ssh|tcp|https?):\/\/(?:[^@/]*@)?(\[[^\]]*\]|[^:/?#]+)/.exec(address)?.[1];
  if (host !== undefined) return host;
  return /^(?:unix|npipe):/.test(address) ? "localhost" : undefined;
}
