import fc from "fast-check";
import { stableJson, renderJson } from "../../src/render/json";
import { renderMarkdown } from "../../src/render/markdown";
import { renderSarif } from "../../src/render/sarif";
import { renderText } from "../../src/render/text";
import { attributeLines } from "../../src/render/text-attributes";
import { destroys } from "../../src/render/text-words";
import { INVISIBLE } from "../support/invisible";
import { arbitraryReview } from "./arbitrary-review";
import { ABSENT, attribute, BLOCKED, change, HOSTILE_REVIEW, review, stack, value } from "./sample-reviews";

describe("plain text", () => {
  it("has no control character, whatever the review", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        // A tab is left in the lines of documents.
        expect(renderText(each).replaceAll("\t", " ")).not.toMatch(INVISIBLE);
        // eslint-disable-next-line no-control-regex
        expect(renderText(each, { color: true }).replace(/\u001b\[(?:0|1|2|31|32|33)m/g, "")).toBe(
          renderText(each),
        );
      }),
    );
  });

  it("has colours only if they are asked for", () => {
    expect(renderText(BLOCKED)).not.toContain("\u001b");
    expect(renderText(BLOCKED, { color: true })).toContain("\u001b[31mreplace\u001b[0m");
    expect(renderText(HOSTILE_REVIEW)).not.toContain("\u001b");
  });

  it("says first what is destroyed or replaced, and then what is found", () => {
    const text = renderText(BLOCKED);
    const order = [
      "Plan review: blocked",
      "Destroyed or replaced",
      "Policy findings",
      "To be reviewed by hand",
      "Stack ",
    ];
    const places = order.map((words) => text.indexOf(`\n${words}`));
    places[0] = text.indexOf("Plan review");
    expect(places).toEqual([...places].sort((a, b) => a - b));
    expect(places).not.toContain(-1);
  });

  it("breaks sentences at the width, and keeps every word", () => {
    const because = ["one two three four five six seven eight nine ten eleven twelve"];
    const lines = renderText(review([], { because }), { width: 30 }).split("\n").slice(1, 4);
    expect(lines).toEqual([
      "  - one two three four five",
      "    six seven eight nine ten",
      "    eleven twelve",
    ]);
  });

  it("names every destroy in its digest", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        const text = renderText(each);
        const digest = /\nDestroyed or replaced\n(?:^ .*\n)*/m.exec(text)?.[0] ?? "";
        const number = each.stacks.flatMap(({ changes }) => changes).filter(destroys).length;
        expect(digest.match(/^ {2}(destroy|replace) /gm) ?? []).toHaveLength(number);
      }),
    );
  });

  it("has an unknown action among what is reviewed by hand, in every format", () => {
    const unknown = change("docker_thing.x", "unknown", { actions: ["transmute"] });
    const one = review([stack("production", { changes: [unknown] })]);
    expect(renderText(one)).toContain("  docker_thing.x: unknown action transmute, stack production\n");
    expect(renderMarkdown(one)[0]).toContain(
      "- `docker_thing.x` · stack `production`: unknown action `transmute`\n",
    );
    expect(renderSarif(one)).toContain(
      "To be reviewed by hand: docker_thing.x in stack production: action transmute",
    );
  });

  it("does not forget a failed stack in its beginning", () => {
    const text = renderText(
      review([stack("staging", { status: "failed", failure: "a\nb" })], { verdict: "error" }),
    );
    expect(text).toContain("Plan review: error.");
    expect(text).toContain("  no plan of stack staging\n");
    expect(text).toContain("  | a\n  | b\n");
  });
});

describe("lines of attributes", () => {
  const lines = (...all: Parameters<typeof attribute>): readonly string[] =>
    attributeLines(attribute(...all)).map(({ sign, text }) => `${sign} ${text}`);

  it.each([
    [lines("a", value(1), value(2)), ["- a = 1", "+ a = 2"]],
    [lines("a", ABSENT, value(2)), ["+ a = 2"]],
    [lines("a", value(1), ABSENT, { forcesReplacement: true }), ["- a = 1  # forces replacement"]],
    [lines("a", ABSENT, ABSENT, { note: "same content" }), ["! a  # same content"]],
    [
      lines("a", { kind: "sensitive" }, { kind: "sensitive" }),
      ["- a = (sensitive)", "+ a = (sensitive)  # another value"],
    ],
    [
      lines("a", { kind: "sensitive", hash: "1" }, { kind: "sensitive", hash: "2" }),
      ["- a = (sensitive, hash 1)", "+ a = (sensitive, hash 2)"],
    ],
    [
      lines("a", ABSENT, ABSENT, { set: { added: [value(1)], removed: [value(2)], kept: 1 } }),
      ["! a (set, 1 element kept)", "-   2", "+   1"],
    ],
    [
      lines("a", ABSENT, ABSENT, {
        document: "named.conf",
        lines: [
          { op: "gap", text: "3" },
          { op: "kept", text: "\tk" },
          { op: "added", text: "b\u202e" },
        ],
      }),
      ["! a (named.conf)", "    … 3 more lines kept …", "    \tk", "+   b\\u{202e}"],
    ],
  ])("are %j", (got, expected) => {
    expect(got).toEqual(expected);
  });
});

describe("JSON", () => {
  it("is the review itself, in ASCII where nothing can be seen, and ends with a line", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        const json = renderJson(each);
        expect(JSON.parse(json)).toEqual(JSON.parse(JSON.stringify(each)));
        expect(json).not.toMatch(INVISIBLE);
        expect(json.endsWith("}\n")).toBe(true);
      }),
    );
  });

  it("does not depend on the order of keys", () => {
    expect(stableJson({ b: 1, a: { d: 1, c: undefined } })).toBe(stableJson({ a: { d: 1 }, b: 1 }));
    const one = change("a.b", "update", { noise: { x: 1, a: 2 } });
    const two = change("a.b", "update", { noise: { a: 2, x: 1 } });
    expect(renderJson(review([stack("s", { changes: [one] })]))).toBe(
      renderJson(review([stack("s", { changes: [two] })])),
    );
  });

  it("keeps keys that objects have of their own", () => {
    expect(stableJson(JSON.parse('{"__proto__":1,"constructor":2}'))).toBe(
      '{\n  "__proto__": 1,\n  "constructor": 2\n}\n',
    );
  });
});
