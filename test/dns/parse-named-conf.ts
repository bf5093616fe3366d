/** A statement as named.conf has it: its words, and the statements in its braces. */
export interface Parsed {
  readonly words: readonly string[];
  readonly block?: readonly Parsed[];
}

/** The words, strings (still with their quotes) and punctuation of a named.conf; comments are left out. */
function tokens(text: string): string[] {
  const found: string[] = [];
  const pattern = /\/\/[^\n]*|#[^\n]*|\/\*[\s\S]*?\*\/|"(?:[^"\\\n]|\\.)*"|[{};]|[^\s{};"]+|\s+/gy;
  let end = 0;
  for (let match = pattern.exec(text); match !== null; match = pattern.exec(text)) {
    end = pattern.lastIndex;
    const [token] = match;
    if (!/^\s|^\/\/|^#|^\/\*/.test(token)) found.push(token);
  }
  if (end !== text.length) throw new Error(`cannot read on from: ${text.slice(end, end + 40)}`);
  return found;
}

/** Reads a named.conf by the grammar's bare bones, as named's own lexer and parser do. */
export function parseNamedConf(text: string): Parsed[] {
  const rest = tokens(text);
  const statements = (depth: number): Parsed[] => {
    const found: Parsed[] = [];
    for (;;) {
      const next = rest[0];
      if (next === undefined) {
        if (depth > 0) throw new Error("a block has no end");
        return found;
      }
      if (next === "}") {
        if (depth === 0) throw new Error("a block ends that never began");
        return found;
      }
      const words: string[] = [];
      while (rest[0] !== undefined && !/^[{};]$/.test(rest[0])) words.push(rest.shift()!);
      if (words.length === 0) throw new Error("a statement without words");
      if (rest[0] === "{") {
        rest.shift();
        const block = statements(depth + 1);
        if (rest.shift() !== "}") throw new Error("a block has no end");
        found.push({ words, block });
      } else {
        found.push({ words });
      }
      if (rest.shift() !== ";") throw new Error(`no semicolon after ${words.join(" ")}`);
    }
  };
  return statements(0);
}
