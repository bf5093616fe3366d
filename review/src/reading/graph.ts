import type { Danger, ReviewedStack, ReviewGraph } from "../review/review";
import { dangerOf, worstOf } from "./danger";
import { upstreamsOf } from "./stack-order";

/**
 * Draws the affected stacks with their affected hosts, and the order between the stacks. Undefined where that is no more
 * than one stack with one host: a picture would not help.
 *
 * @param stacks all stacks, in the order in which they are deployed
 * @param dependsOn of every stack of the manifest, reviewed or not, the stacks before it
 */
export function graphOf(
  stacks: readonly ReviewedStack[],
  dependsOn: ReadonlyMap<string, readonly string[]>,
): ReviewGraph | undefined {
  const affected = new Set(stacks.filter(({ status }) => status !== "unchanged").map(({ name }) => name));
  const upstreams = new Map(stacks.map(({ name }) => [name, upstreamsOf(name, dependsOn)]));
  const before = (earlier: string, later: string): boolean => upstreams.get(later)?.has(earlier) === true;
  const nodes = stacks.filter(
    ({ name }) =>
      affected.has(name) ||
      ([...affected].some((other) => before(other, name)) &&
        [...affected].some((other) => before(name, other))),
  );
  const hosts = nodes.flatMap(hostsOf);
  if (nodes.length < 2 && hosts.length < 2) return undefined;
  return {
    stacks: nodes.map((stack) => ({
      name: stack.name,
      danger: stackDanger(stack),
      provisional: stack.provisionalBecauseOf.length > 0,
    })),
    hosts,
    edges: nodes.flatMap(({ name: to }) =>
      nodes
        .filter(({ name: from }) => before(from, to))
        // What follows from two other edges is left out.
        .filter(({ name: from }) => !nodes.some(({ name: way }) => before(from, way) && before(way, to)))
        .map(({ name: from }) => ({ from, to })),
    ),
  };
}

function stackDanger(stack: ReviewedStack): Danger {
  if (stack.status === "failed") return "failed";
  const worst = worstOf([
    ...(stack.byHand.length > 0 ? (["unknown"] as const) : []),
    ...stack.changes.map(({ action }) => dangerOf(action)),
  ]);
  return worst === "none" && stack.status === "changed" ? "change" : worst;
}

function hostsOf(stack: ReviewedStack): { stack: string; name: string; danger: Danger }[] {
  const dangers = new Map<string, Set<Danger>>();
  for (const { host, action } of stack.changes) {
    if (host !== undefined) dangers.set(host, (dangers.get(host) ?? new Set()).add(dangerOf(action)));
  }
  return [...dangers]
    .map(([name, found]) => ({ stack: stack.name, name, danger: worstOf(found) }))
    .filter(({ danger }) => danger !== "none");
}
