import type { Verdict } from "../review/review";

/** How a command ends. */
export const ExitCode = {
  /** There is nothing to do. */
  NOTHING: 0,
  /** It failed; no other code is believed then. */
  ERROR: 1,
  /** There are changes. */
  CHANGES: 2,
  /** A policy, `--fail-on`, something unknown, or a fingerprint forbids to go on. */
  BLOCKED: 3,
} as const;

/** How a command ends. */
export type ExitCode = (typeof ExitCode)[keyof typeof ExitCode];

const WORST_FIRST: readonly ExitCode[] = [ExitCode.ERROR, ExitCode.BLOCKED, ExitCode.CHANGES];

/** Gives the code that counts where several hold: an error before a block before changes. */
export function worst(codes: Iterable<ExitCode>): ExitCode {
  const held = new Set(codes);
  return WORST_FIRST.find((code) => held.has(code)) ?? ExitCode.NOTHING;
}

/** The exit code of a review. What is no verdict that this version knows is an error. */
export function exitCodeOf(verdict: Verdict): ExitCode {
  switch (verdict) {
    case "no-changes":
      return ExitCode.NOTHING;
    case "changes":
      return ExitCode.CHANGES;
    case "blocked":
      return ExitCode.BLOCKED;
    default:
      return ExitCode.ERROR;
  }
}
