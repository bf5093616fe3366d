import type { Readable, Writable } from "node:stream";

/** What a command has of the world outside: a test gives its own. */
export interface Io {
  /** Where `-` is read from. */
  readonly stdin: Readable;
  /** For results. */
  readonly stdout: Writable;
  /** For progress and errors. */
  readonly stderr: Writable;
  /** The variables of the environment. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** The directory in which relative paths begin. */
  readonly cwd: string;
  /** Ends what runs: Ctrl-C. */
  readonly signal: AbortSignal;
  /** Whether stderr is a terminal, on which progress is kept in one line, and stdout one that shows colours. */
  readonly terminal: {
    readonly stdin: boolean;
    readonly stdout: boolean;
    readonly stderr: boolean;
    readonly width: number;
  };
}

/**
 * Takes the control characters out of a text that is shown on a terminal or in the log of a pipeline; line breaks stay where
 * `lines` says so. What GitHub's runner would take for a command in its log (`::error::`, `##[error]`) is broken up: it
 * looks at the beginning of lines for the one, blanks apart, and anywhere for the other.
 */
export function plainText(text: string, lines = false): string {
  // Cc without the line break, and the characters that turn the direction of writing around.
  const hostile = /[\p{Cc}\u061C\u200E\u200F\u202A-\u202E\u2066-\u2069]/gu;
  return text
    .replace(hostile, (character) => (lines && character === "\n" ? "\n" : " "))
    .replace(/^(\s*):(?=:)/gmu, "$1: ")
    .replace(/##(?=\[)/g, "## ");
}
