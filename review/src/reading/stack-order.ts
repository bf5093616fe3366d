/** A stack and what is deployed before it. */
export interface OrderedStack {
  /** Its name. */
  readonly name: string;
  /** The stacks that are deployed before it, directly. Names that are not in the list are passed over. */
  readonly dependsOn: readonly string[];
}

/** Stacks that wait for each other. */
export class StackCycleError extends Error {
  override readonly name = "StackCycleError";

  /** @param cycle the stacks of the circle, each depending on the next, the last on the first */
  constructor(readonly cycle: readonly string[]) {
    super(
      `the stacks ${cycle.map((name) => JSON.stringify(name)).join(" -> ")} depend on each other in a circle: ` +
        "they have no order in which they can be deployed; take one of the dependencies out and synthesize again",
    );
  }
}

/**
 * Puts stacks into the order in which they are deployed: whatever a stack depends on comes before it, and otherwise the
 * order is that of the list.
 *
 * @throws StackCycleError if stacks depend on each other in a circle
 */
export function inStackOrder<Stack extends OrderedStack>(stacks: readonly Stack[]): Stack[] {
  const left = new Map(stacks.map((stack) => [stack.name, stack]));
  const ordered: Stack[] = [];
  while (left.size > 0) {
    const next = [...left.values()].find((stack) => stack.dependsOn.every((name) => !left.has(name)));
    if (next === undefined) throw new StackCycleError(aCycleOf(left));
    left.delete(next.name);
    ordered.push(next);
  }
  return ordered;
}

/** Follows dependencies from the first stack until one comes up again: each of `left` depends on another of `left`. */
function aCycleOf(left: ReadonlyMap<string, OrderedStack>): string[] {
  const way: string[] = [];
  let stack = left.values().next().value;
  while (stack !== undefined && !way.includes(stack.name)) {
    way.push(stack.name);
    const on = stack.dependsOn.find((name) => left.has(name));
    stack = on === undefined ? undefined : left.get(on);
  }
  return way.slice(stack === undefined ? 0 : way.indexOf(stack.name));
}

/** The stacks that are deployed before one, directly or by way of others; its own name is never among them. */
export function upstreamsOf(name: string, dependsOn: ReadonlyMap<string, readonly string[]>): Set<string> {
  const found = new Set<string>();
  const open = [...(dependsOn.get(name) ?? [])];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    if (found.has(next) || next === name) continue;
    found.add(next);
    open.push(...(dependsOn.get(next) ?? []));
  }
  return found;
}
