import type { Json } from "../plan/plan";

/** Where canonical text goes: a hash, or a list of pieces. */
export type Sink = (text: string) => void;

/** Pieces are handed on in blocks of about this many characters. */
const BLOCK = 32_768;

type Step = { readonly text: string } | { readonly value: Json | undefined };

/**
 * Writes JSON in its canonical form: keys sorted by code units, no white space. It does not recur, so that no depth of
 * nesting is too deep, and it hands the text on in blocks, so that it is never in memory as a whole.
 */
export function writeCanonical(value: Json | undefined, sink: Sink): void {
  let block = "";
  const write = (text: string): void => {
    block += text;
    if (block.length > BLOCK) {
      sink(block);
      block = "";
    }
  };
  const steps: Step[] = [{ value }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if ("text" in step) {
      write(step.text);
      continue;
    }
    const item = step.value;
    if (item === undefined) {
      write("undefined");
    } else if (item === null || typeof item !== "object") {
      write(JSON.stringify(item));
    } else if (isList(item)) {
      write("[");
      steps.push({ text: "]" });
      for (let index = item.length - 1; index >= 0; index--) {
        steps.push({ value: item[index] });
        if (index > 0) {
          steps.push({ text: "," });
        }
      }
    } else {
      write("{");
      steps.push({ text: "}" });
      const keys = Object.keys(item).sort();
      for (let index = keys.length - 1; index >= 0; index--) {
        const key = keys[index] as string;
        steps.push({ value: item[key] }, { text: `${index > 0 ? "," : ""}${JSON.stringify(key)}:` });
      }
    }
  }
  if (block !== "") {
    sink(block);
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
