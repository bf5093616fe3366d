import type { Counts, ReviewedChange, ReviewedDrift } from "../review/review";

/** What is counted beside the changes themselves. */
export interface OtherCounts {
  readonly drift: readonly ReviewedDrift[];
  readonly outputs: number;
  readonly actions: number;
  readonly unknown: number;
  readonly unchanged: number;
}

/** Nothing of anything. */
export const NO_COUNTS: Counts = {
  add: 0,
  change: 0,
  destroy: 0,
  replace: 0,
  import: 0,
  move: 0,
  forget: 0,
  read: 0,
  drift: 0,
  relevantDrift: 0,
  outputs: 0,
  deferred: 0,
  actions: 0,
  unknown: 0,
  unchanged: 0,
};

/**
 * Counts as Terraform does: a replacement is an addition and a destruction; imports and moves are counted beside what
 * else happens to the object; what is deferred is not counted as done.
 */
export function countsOf(changes: readonly ReviewedChange[], other: OtherCounts): Counts {
  const now = changes.filter(({ deferred }) => deferred === undefined);
  const of = (...actions: readonly ReviewedChange["action"][]): number =>
    now.filter(({ action }) => actions.includes(action)).length;
  return {
    add: of("create", "replace", "create-then-forget"),
    change: of("update"),
    destroy: of("delete", "replace"),
    replace: of("replace", "create-then-forget"),
    import: now.filter(({ importing }) => importing !== undefined).length,
    move: now.filter(
      ({ address, previousAddress }) => previousAddress !== undefined && previousAddress !== address,
    ).length,
    forget: of("forget", "create-then-forget"),
    read: of("read", "open"),
    drift: other.drift.length,
    relevantDrift: other.drift.filter(({ relevant }) => relevant).length,
    outputs: other.outputs,
    deferred: changes.length - now.length,
    actions: other.actions,
    unknown: other.unknown,
    unchanged: other.unchanged,
  };
}

/** The sum. */
export function sumOf(all: readonly Counts[]): Counts {
  return all.reduce<Counts>(
    (sum, counts) =>
      Object.fromEntries(
        (Object.keys(NO_COUNTS) as (keyof Counts)[]).map((key) => [key, sum[key] + counts[key]]),
      ) as unknown as Counts,
    NO_COUNTS,
  );
}
