import type { PolicyResource, PolicyValue } from "./policy";
import { textOf } from "./policy-value";

/** The labels by which constructs tell what a container is. */
export const FLEET_LABELS = {
  /** What it is to the fleet: `consul-server`, `consul-agent`, `registrator`, `bind`. */
  role: "cdktf-docker-discovery.role",
  /** `health-check`: its health check is the gate before the next server. */
  gate: "cdktf-docker-discovery.gate",
  /** The volume that holds data which outlive it. */
  data: "cdktf-docker-discovery.data",
} as const;

/**
 * A label of a container. `unknown` only where the label itself may be concerned: where its value, or the name of any label,
 * is known only after apply, or where it is set twice to different values. Labels that the configuration does not set come
 * from the image, and are none of the fleet's.
 */
export function labelOf(resource: PolicyResource, side: "before" | "after", label: string): PolicyValue {
  const at = resource[side].bind(resource);
  const keys = resource.keys(side, "labels");
  if (keys === undefined) return { kind: resource.configures("labels") === false ? "absent" : "unknown" };
  let found: PolicyValue = { kind: "absent" };
  let foreign = false;
  for (const key of keys) {
    const inMap = typeof key === "string";
    const name = inMap ? key : at("labels", key, "label");
    if (typeof name !== "string" && name.kind === "unknown") {
      foreign = true;
    } else if ((typeof name === "string" ? name : textOf(name)) === label) {
      const value = inMap ? at("labels", key) : at("labels", key, "value");
      if (value.kind === "unknown") return value;
      if (found.kind === "known" && textOf(found) !== textOf(value)) return { kind: "unknown" };
      found = value;
    }
  }
  return foreign ? { kind: "unknown" } : found;
}
