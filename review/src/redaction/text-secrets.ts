import type { Json } from "../plan/plan";
import { eachNamed } from "./named-values";
import type { TextKind } from "./named-secrets";
import { namedSecrets, NO_SECRETS } from "./named-secrets";
import type { Span } from "./pattern-set";
import { SHORTEST_PATTERN } from "./pattern-set";
import type { SecretNames } from "./secret-names";

/** Texts shorter than this are cheaper to look through again than to remember. */
const WORTH_REMEMBERING = 256;
const DEEPEST_DOCUMENT = 4;
/** A document with more secrets than this is one secret. */
const MOST_IN_DOCUMENT = 500;

/** Finds in texts what only the names in them tell to be secret, and remembers the texts that hold nothing. */
export class TextSecrets {
  readonly #empty: Record<TextKind, Set<string>> = {
    text: new Set(),
    entry: new Set(),
    passwords: new Set(),
  };

  /** @param names which names mean secrets */
  constructor(readonly names: SecretNames) {}

  /** Where secrets stand in a text, by names and by shapes. */
  spans(text: string, kind: TextKind): readonly Span[] {
    if (text.length >= WORTH_REMEMBERING && this.#empty[kind].has(text)) {
      return NO_SECRETS;
    }
    const named = namedSecrets(text, this.names, kind);
    const found = named === NO_SECRETS ? named : [...named, ...this.#inDocument(text)];
    if (found.length === 0 && text.length >= WORTH_REMEMBERING) {
      this.#empty[kind].add(text);
    }
    return found;
  }

  /** The secrets themselves: as they stand in the text, and without the escapes of its quotes. */
  values(text: string, kind: TextKind): readonly string[] {
    const spans = this.spans(text, kind);
    if (spans.length === 0) {
      return [];
    }
    const values = this.#namedIn(text, 0);
    for (const { start, end } of spans) {
      let value = text.slice(start, end);
      for (let depth = 0; depth <= DEEPEST_DOCUMENT; depth++) {
        values.add(value);
        const inner = value.includes("\\") ? unquoted(value) : undefined;
        if (inner === undefined) {
          break;
        }
        value = inner;
      }
    }
    return [...values];
  }

  /** A text that is a document of JSON is read as such too: lists of names and values mean nothing to a look at lines. */
  #inDocument(text: string): readonly Span[] {
    const secrets = this.#namedIn(text, 0);
    if (secrets.size > MOST_IN_DOCUMENT) {
      return [{ start: 0, end: text.length }];
    }
    const found: Span[] = [];
    for (const secret of secrets) {
      // A short one counts only as a whole value, in its quotes, which stay: the text is still JSON then.
      const short = secret.length < SHORTEST_PATTERN;
      for (const form of forms(short ? JSON.stringify(secret) : secret)) {
        const quote = short ? form.indexOf('"') + 1 : 0;
        for (let at = text.indexOf(form); at !== -1; at = text.indexOf(form, at + form.length)) {
          found.push({ start: at + quote, end: at + form.length - quote });
        }
      }
    }
    return found;
  }

  #namedIn(text: string, depth: number): Set<string> {
    const secrets = new Set<string>();
    const document = parseDocument(text);
    if (document !== undefined && depth < DEEPEST_DOCUMENT) {
      eachNamed(document, this.names, {
        secret: (leaf) => secrets.add(String(leaf)),
        text: (leaf, kind) => {
          for (const span of namedSecrets(leaf, this.names, kind)) {
            secrets.add(leaf.slice(span.start, span.end));
          }
          for (const inner of this.#namedIn(leaf, depth + 1)) {
            secrets.add(inner);
          }
        },
      });
    }
    return secrets;
  }
}

/** How a value can stand in a document within documents. */
function forms(secret: string): readonly string[] {
  const found: string[] = [];
  let form = secret;
  for (let depth = 0; depth <= DEEPEST_DOCUMENT && form.length < 10_000_000; depth++) {
    found.push(form);
    const html = form.replace(/[<>&]/g, (character) => `\\u00${character.charCodeAt(0).toString(16)}`);
    if (html !== form) {
      found.push(html);
    }
    const next = JSON.stringify(form).slice(1, -1);
    if (next === form) {
      break;
    }
    form = next;
  }
  return found;
}

/** The value of a text that is a JSON object or list; undefined if it is none. */
export function parseDocument(text: string): Json | undefined {
  if (!/^\s*[[{]/.test(text) || !/[\]}]\s*$/.test(text.slice(-64))) {
    return undefined;
  }
  try {
    return JSON.parse(text) as Json;
  } catch {
    return undefined;
  }
}

/** What a text between quotes of JSON or HCL means; undefined if it cannot stand between them. */
function unquoted(text: string): string | undefined {
  try {
    return JSON.parse(`"${text}"`) as string;
  } catch {
    return undefined;
  }
}
