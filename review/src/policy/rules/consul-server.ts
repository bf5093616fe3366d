import { FLEET_LABELS, labelOf } from "../labels";
import type { PolicyResource } from "../policy";
import { textOf } from "../policy-value";

/** The value of `cdktf-docker-discovery.role` of Consul servers. */
export const CONSUL_SERVER = "consul-server";

/** Whether a container is a Consul server, before the change or after it. */
export function serverState(resource: PolicyResource): "server" | "other" | "unknown" {
  if (resource.type !== "docker_container") return "other";
  const roles = (["before", "after"] as const).map((side) => labelOf(resource, side, FLEET_LABELS.role));
  if (roles.some((role) => textOf(role) === CONSUL_SERVER)) return "server";
  return roles.some(({ kind }) => kind === "unknown") ? "unknown" : "other";
}
