import type { Span } from "./pattern-set";
import { isOrdinaryValue } from "./secret-names";

/** Adds a value, without the white space around it, unless it is none that needs hiding. */
export function pushValue(found: Span[], text: string, span: Span): void {
  const value = text.slice(span.start, span.end);
  const trimmed = value.trim();
  if (trimmed !== "" && !isOrdinaryValue(trimmed)) {
    const start = span.start + value.indexOf(trimmed);
    found.push({ start, end: start + trimmed.length });
  }
}
