import { z } from "zod";
import { plainText } from "../commands/io";

/** How long a message of a failure gets, in characters. */
const LONGEST = 8_000;

/** What is used of a line of `terraform plan -json`. Terraform's "Machine-Readable UI" describes it. */
const LINE = z.object({
  "@message": z.string().default(""),
  type: z.string(),
  diagnostic: z
    .object({
      severity: z.string(),
      summary: z.string().default(""),
      detail: z.string().default(""),
      address: z.string().optional(),
      range: z.object({ filename: z.string(), start: z.object({ line: z.number() }) }).optional(),
    })
    .optional(),
  hook: z.object({ resource: z.object({ addr: z.string() }).optional() }).optional(),
});

/** A line of Terraform's output for programs. */
export type LogLine = z.infer<typeof LINE>;

/** Reads a line of Terraform's output for programs; undefined for any other. */
export function logLine(line: string): LogLine | undefined {
  if (!line.startsWith("{")) return undefined;
  try {
    return LINE.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}

/** What a program of a provisioner printed, which Terraform puts into its error: nobody can tell what it holds. */
const PRINTED = /(Error running command '[\s\S]*': [^\n]*\. Output: )[\s\S]+$/;

/**
 * The errors among a program's lines, each with where it is. Terraform's piece of the source and what provisioners printed
 * are left out: they may hold secrets.
 */
export function errorsIn(lines: readonly LogLine[]): string {
  const errors = lines.flatMap(({ diagnostic }) => {
    if (diagnostic?.severity !== "error") return [];
    const { summary, detail, address, range } = diagnostic;
    const where = [address, range === undefined ? undefined : `${range.filename} line ${range.start.line}`]
      .filter((part) => part !== undefined)
      .join(", ");
    return [
      [`${summary}${where === "" ? "" : ` (${where})`}`, detail.replace(PRINTED, "$1(left out)")]
        .filter((part) => part !== "")
        .join("\n"),
    ];
  });
  return shorten(errors.join("\n\n"));
}

/**
 * The errors in what Terraform writes for people, without the pieces of source and the values that it quotes there: these
 * may hold secrets.
 */
export function errorText(text: string): string {
  // eslint-disable-next-line no-control-regex -- colours, which some providers write whatever they are told.
  const lines = text.replace(/\u001b\[[0-9;]*m/g, "").split("\n");
  const kept = lines.map((line) => line.replace(/^[│╷╵] ?/u, "")).filter((line) => !isQuoted(line));
  const from = kept.findIndex((line) => line.startsWith("Error: "));
  return shorten(
    kept
      .slice(Math.max(from, 0))
      .join("\n")
      .replace(/\n{3,}/g, "\n\n")
      .trim(),
  );
}

/** A line of source (`  31:   "token": "..."`), or one that says what a value is (`│ var.token is "..."`). */
function isQuoted(line: string): boolean {
  return /^\s*\d+:\s/.test(line) || /^\s+[├│]/u.test(line);
}

function shorten(text: string): string {
  const plain = plainText(text, true);
  if (plain.length <= LONGEST) return plain;
  return `${plain.slice(0, LONGEST)}\n(cut: ${plain.length - LONGEST} more characters)`;
}
