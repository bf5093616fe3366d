import { isDataBearing } from "../data-bearing";
import { FLEET_LABELS, labelOf } from "../labels";
import type { PolicyResource, PolicyRule, PolicyStack, PolicyValue, Violation } from "../policy";
import { isUnset, shown, textOf } from "../policy-value";
import { pageOf } from "./scope";

const ID = "docker/data-volume";
const ACKNOWLEDGE =
  "If the data are meant to go, or are saved elsewhere, acknowledge it in the policy file with the reason.";

/**
 * No destroy or replacement of what bears data. A container that keeps its data in a volume outside of the state (the label
 * `cdktf-docker-discovery.data`) is no such thing by itself: it may be replaced as long as it mounts that volume again.
 *
 * @param furtherTypes types of resources that bear data, beside `DATA_BEARING_TYPES`
 */
export function dataVolumeRule(furtherTypes: readonly string[] = []): PolicyRule {
  return {
    id: ID,
    title: "What bears data is neither destroyed, replaced nor forgotten",
    help: pageOf(ID),
    *check(stack) {
      for (const resource of stack.resources) {
        if (isDataBearing(resource.type, furtherTypes)) yield* lossOf(resource);
        else if (resource.type === "docker_container") yield* detachmentOf(resource, stack);
      }
    },
  };
}

function* lossOf(resource: PolicyResource): Iterable<Violation> {
  const { name, type, action } = resource;
  const what = `${name} (${type}) bears data`;
  if (action === "unknown") {
    yield {
      resource,
      message: `${what}, and what happens to it is not known to this version: ${actionsOf(resource)}`,
      mend: "Read the plan of this resource by hand, or update cdktf-plan-review.",
      cannotVerify: true,
    };
  } else if (resource.destroys) {
    const deposed = resource.change.deposed === undefined ? "" : " (an object that an earlier apply left)";
    yield {
      resource,
      message: `${what} and would be ${action === "replace" ? "replaced: its data are destroyed" : "destroyed"}${deposed}`,
      mend: `Take back what destroys it, or set \`prevent_destroy\`; \`moved\` keeps what only gets another address. ${ACKNOWLEDGE}`,
    };
  } else if (action === "forget" || action === "create-then-forget") {
    yield {
      resource,
      message: `${what} and would be forgotten: it stays where it is, and nothing manages it any more`,
      mend: `Leave it in the configuration. ${ACKNOWLEDGE}`,
    };
  }
}

/** A container that loses its way to the volume with its data. */
function* detachmentOf(resource: PolicyResource, stack: PolicyStack): Iterable<Violation> {
  const { name, action } = resource;
  const volume = labelOf(resource, "before", FLEET_LABELS.data);
  if (action === "no-op" || isUnset(volume)) return;
  const what = `${name} keeps its data in the volume ${shown(volume)}`;
  switch (action) {
    case "delete":
      if (resource.change.deposed !== undefined && successorKeeps(resource, volume, stack)) return;
      yield {
        resource,
        message: `${what} and would be destroyed for good; the volume stays on the host, and nothing uses it`,
        mend: `Keep the container, or remove the volume by hand once its data are no longer needed. ${ACKNOWLEDGE}`,
      };
      return;
    case "forget":
    case "create-then-forget":
      yield {
        resource,
        message: `${what} and would be forgotten: it goes on using the volume, and nothing manages it any more`,
        mend: `Leave it in the configuration. ${ACKNOWLEDGE}`,
      };
      return;
    case "unknown":
      yield {
        resource,
        message: `${what}, and what happens to it is not known to this version: ${actionsOf(resource)}`,
        mend: "Read the plan of this resource by hand, or update cdktf-plan-review.",
        cannotVerify: true,
      };
      return;
    default:
      yield* changedVolume(resource, volume, what);
  }
}

function* changedVolume(resource: PolicyResource, volume: PolicyValue, what: string): Iterable<Violation> {
  const after = labelOf(resource, "after", FLEET_LABELS.data);
  const mend = `Keep the label ${FLEET_LABELS.data} and the volume's mount as they are, or move the data first. ${ACKNOWLEDGE}`;
  if (textOf(volume) === undefined || after.kind === "unknown") {
    yield {
      resource,
      message: `${what}, and which one by its label ${FLEET_LABELS.data} is known only after apply`,
      mend,
      cannotVerify: true,
    };
    return;
  }
  if (isUnset(after) || textOf(after) !== textOf(volume)) {
    yield {
      resource,
      message: isUnset(after)
        ? `${what} and would lose the label ${FLEET_LABELS.data}, which names it`
        : `${what} and would use the volume ${shown(after)} instead: the data stay behind`,
      mend,
    };
    return;
  }
  const before = mountsOf(resource, "before", textOf(volume));
  const now = mountsOf(resource, "after", textOf(volume));
  const gone = [...before.paths].filter((path) => !now.paths.has(path));
  if (gone.length === 0) return;
  yield now.unknown
    ? { resource, message: `${what}, and what it mounts is known only after apply`, mend, cannotVerify: true }
    : { resource, message: `${what} and would no longer mount it at ${gone.join(", ")}`, mend };
}

/** Where a container mounts a volume. */
function mountsOf(
  resource: PolicyResource,
  side: "before" | "after",
  volume: string | undefined,
): { readonly paths: ReadonlySet<string>; readonly unknown: boolean } {
  const paths = new Set<string>();
  let unknown = false;
  for (const [block, source, target] of [
    ["volumes", "volume_name", "container_path"],
    ["mounts", "source", "target"],
  ] as const) {
    const keys = resource.keys(side, block);
    unknown ||= keys === undefined;
    for (const key of keys ?? []) {
      const from = resource[side](block, key, source);
      const to = resource[side](block, key, target);
      if (from.kind === "unknown" || to.kind === "unknown") unknown = true;
      else if (textOf(from) === volume) paths.add(textOf(to) ?? "");
    }
  }
  return { paths, unknown };
}

/** Whether a container that an earlier apply left behind has its successor at the same address, with the same volume. */
function successorKeeps(resource: PolicyResource, volume: PolicyValue, stack: PolicyStack): boolean {
  return stack.resources.some(
    (other) =>
      other.address === resource.address &&
      textOf(volume) !== undefined &&
      textOf(labelOf(other, "after", FLEET_LABELS.data)) === textOf(volume),
  );
}

function actionsOf(resource: PolicyResource): string {
  return JSON.stringify(resource.change.change.actions);
}
