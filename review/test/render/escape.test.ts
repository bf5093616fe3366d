import fc from "fast-check";
import { bytesOf, shorten, shortenPair, visible } from "../../src/render/escape";
import { code, codeCell, htmlCode, link, mermaidLabel, prose } from "../../src/render/escape-markdown";
import { sarifText } from "../../src/render/escape-sarif";
import { renderAsGitHub } from "../support/github-markdown";
import { INVISIBLE } from "../support/invisible";
import { hostile, NASTY } from "./arbitrary-review";

describe("visible", () => {
  it.each([
    ["a\nb\tc\rd", "a\\nb\\tc\\rd"],
    ["\u001b[31m", "\\u{1b}[31m"],
    ["\u202e\u200b\ufeff", "\\u{202e}\\u{200b}\\u{feff}"],
    ["\ud800", "\\u{d800}"],
    ["\u{e0041}", "\\u{e0041}"],
    ["\u00a0", "\\u{a0}"],
    ["é 漢 \u{1f680}", "é 漢 \u{1f680}"],
  ])("writes %j as %j", (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it("leaves nothing that nobody sees", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(visible(text)).not.toMatch(INVISIBLE);
      }),
    );
  });
});

describe("shorten", () => {
  it("keeps beginning and end, and counts what is between", () => {
    expect(shorten("abcdefghijklmnopqrstuvwxyz", 10)).toBe("abcdef…(16 more characters)…wxyz");
  });

  it("parts no character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme" }), fc.integer({ min: 0, max: 20 }), (text, bytes) => {
        const shown = shorten(text, bytes);
        expect(bytesOf(shown)).toBeLessThanOrEqual(bytes + 60);
        expect(shown).not.toMatch(/\p{Cs}/u);
        const count = /…\((\d+) more characters\)…/.exec(shown)?.[1];
        if (count !== undefined) {
          expect(
            Array.from(shown).length - Array.from(`…(${count} more characters)…`).length + Number(count),
          ).toBe(Array.from(text).length);
        } else expect(shown).toBe(text);
      }),
    );
  });

  it("shows of two texts where they begin to differ", () => {
    const [before, after] = shortenPair(`${"x".repeat(500)}one`, `${"x".repeat(500)}two`, 40);
    expect(before).toMatch(/x{5}one$/);
    expect(after).toMatch(/x{5}two$/);
  });

  it("never makes two different texts alike by cutting where they begin to differ", () => {
    const text = fc
      .array(fc.constantFrom("a", "b", "aaaaaaaaaaaaaaaaaaaa"), { maxLength: 20 })
      .map((parts) => parts.join(""));
    fc.assert(
      fc.property(text, text, (left, right) => {
        fc.pre(left !== right);
        const [before, after] = shortenPair(left, right, 32);
        expect(before).not.toBe(after);
      }),
    );
  });
});

describe("code spans", () => {
  it("hold their text exactly", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        for (const markdown of [code(text, Infinity), `- x ${code(text, Infinity)}`]) {
          const { active, plain } = renderAsGitHub(`${markdown} end`);
          expect(active).toEqual([]);
          expect(plain.replace(/[\nx]/g, "").trim()).toBe("end");
        }
      }),
    );
  });

  it("end no cell of a table", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { active, plain } = renderAsGitHub(`| a | b |\n| --- | --- |\n| ${codeCell(text)} | last |`);
        expect(active).toEqual([]);
        expect(plain.split("\n").filter((each) => each !== "")).toEqual(["a", "b", "last"]);
      }),
    );
  });

  it("are elements in a summary", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        const { active, plain } = renderAsGitHub(
          `<details><summary>${htmlCode(text)}: x</summary>\n\ny\n\n</details>`,
        );
        expect(active).toEqual([]);
        expect(plain.replace(/\s/g, "")).toBe(":xy");
      }),
    );
  });

  it("say that a text is empty", () => {
    expect(code("")).toBe("(empty)");
    expect(htmlCode("")).toBe("<code></code>");
  });
});

describe("prose", () => {
  it.each([
    ["The volume is lost.", "The volume is lost."],
    ["Port 8500 of web-1 is open on 0.0.0.0.", "Port 8500 of `web-1` is open on `0.0.0.0`."],
    ["set `ip` to it", "set `ip` to it"],
    ["see https://example.com", "see `https://example.com`"],
    ["@org/team #1 deadbeef defaced", "`@org/team #1 deadbeef defaced`"],
    ["", "(no text)"],
    ["1. one", "`1`. one"],
    ["(known after apply)", "(known after apply)"],
    ["not complete (-target, or so)", "not complete (`-target`, or so)"],
    ["it is (so 1.2).", "it is (so `1.2`)."],
    ["call f(x).", "call `f(x)`."],
  ])("makes of %j: %s", (text, markdown) => {
    expect(prose(text)).toBe(markdown);
  });

  it("has no effect", () => {
    fc.assert(
      fc.property(hostile, (text) => {
        expect(renderAsGitHub(`- ${prose(text)}`).active).toEqual([]);
        expect(renderAsGitHub(`**x**: ${prose(text)}.`).active).toEqual([]);
      }),
    );
  });
});

describe("links and labels", () => {
  it.each([
    ["https://example.com/a_b.md#x", "[w](https://example.com/a_b.md#x)"],
    ["javascript:alert(1)", "w: `javascript:alert(1)`"],
    ["https://example.com/)![](x", "w: `https://example.com/)![](x`"],
    ["https://user@example.com/", "w: `https://user@example.com/`"],
    ["docs/x.md", "w: `docs/x.md`"],
  ])("make of %s: %s", (target, markdown) => {
    expect(link("w", target)).toBe(markdown);
  });

  it.each([
    ["tcp://10.0.0.1:2376", "tcp_//10.0.0.1:2376"],
    ['"] click s0 "x', "__ click s0 _x"],
    ["fa:fa-ban", "fa_fa-ban"],
    ["", "_"],
  ])("make of %j in a picture: %s", (text, label) => {
    expect(mermaidLabel(text)).toBe(label);
  });
});

describe("messages of SARIF", () => {
  it.each([
    ["[x](http://example.com)", "[x] (http: //example.com)"],
    ["nginx@sha256:abc", "nginx@sha256:abc"],
    ["@org/team a@example.com", "@ org/team a@ example.com"],
    ["{0} {name}", "{ 0} {name}"],
    ['docker_container.web["a"]', 'docker_container.web["a"]'],
    ["<img src=x>", "< img src=x>"],
    ["#1 GH-1 :tada:", "# 1 GH -1 : tada:"],
  ])("say of %j: %j", (text, message) => {
    expect(sarifText(text)).toBe(message);
  });

  it.each(NASTY)("have no effect with %j", (text) => {
    const { active } = renderAsGitHub(`The value ${sarifText(`${text} ${text}${text}`)} is wrong.`);
    // Emphasis is an effect of Markdown, but neither a link nor an element of its own; hashes of commits stay legible.
    // No dollar that a space follows begins math.
    const harmless = /^(rest of markup|hash of a commit): |^<(em|strong|del)>$|^math: "\$ /;
    expect(active.filter((each) => !harmless.test(each))).toEqual([]);
  });
});
