import { Fn, Token } from "cdktf";
import { sortedEntries } from "../core/objects";
import { type Json, type Verbatim, verbatim, verbatimText } from "./option";

/** A token that is the whole of a string, as CDKTF writes it. */
const WHOLE_TOKEN = /^\$\{TfToken\[[^\]]+\]\}$/;

/**
 * The JSON of a token: an expression that Terraform replaces by JSON, so that a value with quotes in it cannot break
 * the text. A string that holds a token among other text is no such value.
 * @returns undefined if the value has to be looked into
 */
export function tokenJson(value: unknown): Verbatim | undefined {
  if (!Token.isUnresolved(value)) return undefined;
  if (typeof value === "string" && !WHOLE_TOKEN.test(value)) return undefined;
  return verbatim(Token.asString(Fn.jsonencode(value)));
}

/** JSON with sorted keys, two spaces an indent and a final newline. */
export function jsonText(value: Json): string {
  return `${print(value, "")}\n`;
}

function print(value: Json, indent: string): string {
  if (typeof value !== "object" || value === null) return JSON.stringify(value);
  const asItIs = verbatimText(value);
  if (asItIs !== undefined) return asItIs;
  const inner = `${indent}  `;
  const lines = Array.isArray(value)
    ? (value as readonly Json[]).map((element) => print(element, inner))
    : sortedEntries(value as Readonly<Record<string, Json>>).map(
        ([key, field]) => `${JSON.stringify(key)}: ${print(field, inner)}`,
      );
  const [open, close] = Array.isArray(value) ? ["[", "]"] : ["{", "}"];
  return lines.length === 0
    ? `${open}${close}`
    : `${open}\n${inner}${lines.join(`,\n${inner}`)}\n${indent}${close}`;
}
