import { addressParts } from "../../reading/addresses";
import type { Plan } from "../../plan/plan";
import type { PolicyResource, PolicyRule } from "../policy";
import { textOf } from "../policy-value";
import { pageOf } from "./scope";

const ID = "docker/engine-restart";
const ACTION = "cdktf-docker-discovery.action";
const HOST = "cdktf-docker-discovery.host";
const RESTART = "engine-restart";

/** A restart that a plan makes, or may make. */
interface Restart {
  readonly resource: PolicyResource;
  /** The host; undefined where it is known only after apply. */
  readonly host: string | undefined;
  /** Whether it is sure that it is one. */
  readonly certain: boolean;
}

/**
 * No engine restarts on several hosts without an order between them.
 *
 * The contract: a restart is a `terraform_data` whose `input` is an object in which `cdktf-docker-discovery.action` is
 * `engine-restart` and `cdktf-docker-discovery.host` the host's name. It happens when that object is created, replaced or
 * destroyed; an update in place runs no provisioner. Two restarts are in order if the configuration of one refers to the
 * other's, by `depends_on` or an expression, directly or over any other resources.
 */
export const engineRestartRule: PolicyRule = {
  id: ID,
  title: "Engines of several hosts restart one after the other",
  help: pageOf(ID),
  *check(stack) {
    const all = stack.resources.flatMap((resource) => restartOf(resource) ?? []);
    // Without any restart that is sure, data that is known only after apply are most likely somebody else's.
    if (!all.some(({ certain }) => certain)) return;
    const reach = reachability(stack.plan);
    const unordered = new Set<Restart>();
    for (const [index, one] of all.entries()) {
      for (const other of all.slice(index + 1)) {
        if (!one.certain && !other.certain) continue;
        if (one.host !== undefined && one.host === other.host) continue;
        if (!inOrder(one, other, reach)) unordered.add(one).add(other);
      }
    }
    if (unordered.size === 0) return;
    const cannotVerify = !isViolation(
      [...unordered].filter((restart) => restart.certain),
      reach,
    );
    yield {
      message: `${cannotVerify ? "engines may restart" : "engines restart"} on several hosts at the same time: ${[
        ...unordered,
      ]
        .map(({ resource, host }) => `${resource.name} (${host ?? "a host known only after apply"})`)
        .join(", ")}`,
      mend: "Put them in order, so that one host is up again before the next goes down: `applyAfter` of the constructs, or `depends_on` between the terraform_data.",
      cannotVerify,
    };
  },
};

/** Whether two restarts, both sure and on hosts that are known, are in no order. */
function isViolation(restarts: readonly Restart[], reach: Reach): boolean {
  return restarts.some((one, index) =>
    restarts
      .slice(index + 1)
      .some(
        (other) =>
          one.host !== undefined &&
          other.host !== undefined &&
          one.host !== other.host &&
          !inOrder(one, other, reach),
      ),
  );
}

function restartOf(resource: PolicyResource): Restart | undefined {
  if (resource.type !== "terraform_data") return undefined;
  const { action } = resource;
  if (!["create", "replace", "create-then-forget", "delete", "unknown"].includes(action)) return undefined;
  const sides = (["before", "after"] as const).filter((side) => side === "before" || action !== "delete");
  const actions = sides.map((side) => resource[side]("input", ACTION));
  const restarts = actions.some((value) => textOf(value) === RESTART);
  if (!restarts && !actions.some(({ kind }) => kind === "unknown")) return undefined;
  const hosts = [...sides].reverse().map((side) => resource[side]("input", HOST));
  return {
    resource,
    host: hosts[0]?.kind === "unknown" ? undefined : (hosts.map(textOf).find(Boolean) ?? resource.host),
    certain: restarts && action !== "unknown",
  };
}

type Reach = (from: string) => ReadonlySet<string>;

function inOrder(one: Restart, other: Restart, reach: Reach): boolean {
  const a = addressParts(one.resource.address).configuration;
  const b = addressParts(other.resource.address).configuration;
  // Instances of one resource (count, for_each) are made at the same time.
  return a !== b && (reach(a).has(b) || reach(b).has(a));
}

/** Everything that a resource of the configuration refers to, over others too. */
function reachability(plan: Plan): Reach {
  const known = new Map<string, ReadonlySet<string>>();
  const modules = new Map<string, string[]>();
  const membersOf = (module: string): readonly string[] => {
    let members = modules.get(module);
    if (members === undefined) {
      members = [...plan.references.keys()].filter((address) => address.startsWith(`${module}.`));
      modules.set(module, members);
    }
    return members;
  };
  return (from) => {
    let found = known.get(from);
    if (found === undefined) {
      const seen = new Set<string>();
      const open = [...(plan.references.get(from) ?? [])];
      for (let next = open.pop(); next !== undefined; next = open.pop()) {
        if (seen.has(next)) continue;
        seen.add(next);
        open.push(...(plan.references.get(next) ?? []));
        // A reference to a module as a whole is one to all that it has.
        if (/(?:^|\.)module\.[^.]+$/.test(next)) open.push(...membersOf(next));
      }
      known.set(from, (found = seen));
    }
    return found;
  };
}
