import type { Json } from "../plan/plan";

/** Where canonical text goes: a hash, or a list of pieces. */
export type Sink = (text: string) => void;

/** Pieces are handed on in blocks of about this many characters. */
const BLOCK = 32_768;
/** Deeper than this a value is written without recursion. */
const MOST_CALLS = 500;

type Step = { readonly text: string } | { readonly value: Json | undefined };

/** Gathers text, and hands it on in blocks. */
class Blocks {
  #block = "";

  constructor(private readonly sink: Sink) {}

  add(text: string): void {
    this.#block += text;
    if (this.#block.length > BLOCK) {
      this.sink(this.#block);
      this.#block = "";
    }
  }

  end(): void {
    if (this.#block !== "") {
      this.sink(this.#block);
    }
  }
}

/**
 * Writes JSON in its canonical form: keys sorted by code units, no white space. No depth of nesting is too deep for it, and
 * it hands the text on in blocks, so that it is never in memory as a whole.
 */
export function writeCanonical(value: Json | undefined, sink: Sink): void {
  const blocks = new Blocks(sink);
  write(value, blocks, 0);
  blocks.end();
}

/** JSON in its canonical form, as one text: for what is small. */
export function canonicalText(value: Json | undefined): string {
  let text = "";
  writeCanonical(value, (block) => {
    text += block;
  });
  return text;
}

/** The keys of an object, sorted by code units. Terraform writes them so. */
export function sortedKeys(object: object): readonly string[] {
  const keys = Object.keys(object);
  for (let index = 1; index < keys.length; index++) {
    if ((keys[index - 1] as string) > (keys[index] as string)) {
      return keys.sort();
    }
  }
  return keys;
}

function write(value: Json | undefined, blocks: Blocks, depth: number): void {
  if (value === null || typeof value !== "object") {
    blocks.add(value === undefined ? "undefined" : JSON.stringify(value));
  } else if (depth > MOST_CALLS) {
    writeSteps(value, blocks);
  } else if (isList(value)) {
    blocks.add("[");
    for (let index = 0; index < value.length; index++) {
      if (index > 0) {
        blocks.add(",");
      }
      write(value[index], blocks, depth + 1);
    }
    blocks.add("]");
  } else {
    blocks.add("{");
    const keys = sortedKeys(value);
    for (let index = 0; index < keys.length; index++) {
      const key = keys[index] as string;
      blocks.add(`${index > 0 ? "," : ""}${JSON.stringify(key)}:`);
      write(value[key], blocks, depth + 1);
    }
    blocks.add("}");
  }
}

/** As `write`, with a stack of its own in place of calls. */
function writeSteps(value: Json, blocks: Blocks): void {
  const steps: Step[] = [{ value }];
  for (let step = steps.pop(); step !== undefined; step = steps.pop()) {
    if ("text" in step) {
      blocks.add(step.text);
      continue;
    }
    const item = step.value;
    if (item === undefined) {
      blocks.add("undefined");
    } else if (item === null || typeof item !== "object") {
      blocks.add(JSON.stringify(item));
    } else if (isList(item)) {
      blocks.add("[");
      steps.push({ text: "]" });
      for (let index = item.length - 1; index >= 0; index--) {
        steps.push({ value: item[index] });
        if (index > 0) {
          steps.push({ text: "," });
        }
      }
    } else {
      blocks.add("{");
      steps.push({ text: "}" });
      const keys = sortedKeys(item);
      for (let index = keys.length - 1; index >= 0; index--) {
        const key = keys[index] as string;
        steps.push({ value: item[key] }, { text: `${index > 0 ? "," : ""}${JSON.stringify(key)}:` });
      }
    }
  }
}

function isList(value: Json): value is readonly Json[] {
  return Array.isArray(value);
}
