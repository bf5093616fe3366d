/** What a command can stop with; docs/review/errors.md has a row for each. */
export const COMMAND_ERRORS = [
  "apply/declined",
  "apply/failed",
  "apply/interrupted",
  "apply/no-plan",
  "apply/not-confirmed",
  "github/author",
  "github/pull-request",
  "github/refused",
  "github/repository",
  "github/state",
  "github/token",
  "input/failed-stack",
  "input/missing",
  "input/not-a-review",
  "input/plans-folder",
  "input/stdin",
  "input/too-large",
  "output/format",
  "output/unwritable",
  "synth/config",
  "synth/failed",
  "synth/no-stack",
  "terraform/failed",
  "terraform/interrupted",
  "terraform/missing",
  "terraform/version",
  "usage",
  "verify/key",
] as const;

/** The name of an error of a command. It is stable: programs may rely on it. */
export type CommandErrorCode = (typeof COMMAND_ERRORS)[number];

/** Why a command stops, and what to do. It ends with exit code 1. */
export class CommandError extends Error {
  override readonly name = "CommandError";

  /**
   * @param code which one it is
   * @param problem what is wrong, with what was got and what is allowed; no secret
   * @param mend what to do
   */
  constructor(
    readonly code: CommandErrorCode,
    readonly problem: string,
    readonly mend: string,
  ) {
    super(`${problem}. ${mend}. [${code}]`);
  }
}

/** The system's word for what went wrong with a file, `ENOENT`. */
export function systemCode(error: unknown): string {
  return error instanceof Error && "code" in error ? String(error.code) : "unknown error";
}
