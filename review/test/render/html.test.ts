import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import fc from "fast-check";
import type { Review, ReviewedAction } from "../../src/review/review";
import { visible } from "../../src/render/escape";
import { renderHtml } from "../../src/render/html";
import { SCRIPT } from "../../src/render/html-script";
import { STYLE } from "../../src/render/html-style";
import { safeLink } from "../../src/render/html-summary";
import { commonEnds } from "../../src/render/html-values";
import { FLEET } from "../page/fleet-review";
import { expectGolden } from "../support/golden";
import { activeInPage } from "../support/inert-page";
import type { Page, PageElement } from "../support/page";
import { attributeOf, named, readPage, textOf } from "../support/page";
import { arbitraryReview, NASTY } from "./arbitrary-review";
import {
  ABSENT,
  attribute,
  BLOCKED,
  change,
  CREATES,
  ERROR,
  HOSTILE_REVIEW,
  NO_CHANGES,
  review,
  stack,
  value,
} from "./sample-reviews";

const SAMPLES = {
  blocked: BLOCKED,
  creates: CREATES,
  error: ERROR,
  fleet: FLEET,
  hostile: HOSTILE_REVIEW,
  "no-changes": NO_CHANGES,
};

function hashOf(text: string): string {
  return `'sha256-${createHash("sha256").update(text).digest("base64")}'`;
}

/** Expects that nothing of a page runs, loads or leads anywhere but what is meant to. */
function expectInert(page: Page, review: Review): void {
  const links = new Set(review.findings.flatMap(({ help }) => safeLink(help) ?? []));
  expect(activeInPage(page, links)).toEqual([]);
}

describe.each(Object.entries(SAMPLES))("the page of the review %s", (name, each) => {
  const html = renderHtml(each);
  const page = readPage(html);

  it("is this", () => {
    const body = html
      .replace(STYLE, "")
      .replace(SCRIPT, "")
      .replace(hashOf(STYLE), "")
      .replace(hashOf(SCRIPT), "");
    expectGolden(join(__dirname, "golden", `${name}.html.txt`), body);
  });

  it("runs, loads and links nothing that it should not", () => {
    expectInert(page, each);
  });

  it("has headings in order, one main part, and a caption for every table", () => {
    const levels = page.elements.flatMap(({ tagName }) =>
      /^h[1-6]$/.test(tagName) ? [Number(tagName[1])] : [],
    );
    expect(levels.filter((level) => level === 1)).toHaveLength(1);
    levels.forEach((level, position) => {
      expect(level).toBeLessThanOrEqual((levels[position - 1] ?? 0) + 1);
    });
    expect(named(page, "main")).toHaveLength(1);
    for (const table of named(page, "table")) {
      expect((table.childNodes[0] as PageElement).tagName).toBe("caption");
    }
    const ids = new Set(page.elements.map((element) => attributeOf(element, "id")));
    for (const element of page.elements) {
      const label = attributeOf(element, "aria-labelledby");
      if (label !== undefined) expect(ids).toContain(label);
    }
  });
});

describe("the pages of the fixtures", () => {
  const folder = join(__dirname, "..", "whole", "golden");
  const files = readdirSync(folder).filter((file) => file.endsWith(".json"));

  it("are there", () => {
    expect(files.length).toBeGreaterThan(20);
  });

  it.each(files)("run nothing and leave nothing out: %s", (file) => {
    const each = JSON.parse(readFileSync(join(folder, file), "utf8")) as Review;
    const page = readPage(renderHtml(each));
    expectInert(page, each);
    const items = page.elements.flatMap((element) => attributeOf(element, "data-a") ?? []);
    const { changes, drift, outputs } = each.stacks.reduce(
      (sum, one) => ({
        changes: sum.changes + one.changes.length,
        drift: sum.drift + one.drift.length,
        outputs: sum.outputs + one.outputs.length,
      }),
      { changes: 0, drift: 0, outputs: 0 },
    );
    expect(items).toHaveLength(changes + drift + outputs);
    expect(items.filter((item) => item === "drift")).toHaveLength(drift);
  });
});

describe("the policy of the page", () => {
  const [policy] = named(readPage(renderHtml(FLEET)), "meta")
    .filter((meta) => attributeOf(meta, "http-equiv") === "Content-Security-Policy")
    .map((meta) => attributeOf(meta, "content")!);

  it("allows this style, this script, and pictures of the page's own", () => {
    expect(policy!.split("; ")).toEqual([
      "default-src 'none'",
      `style-src ${hashOf(STYLE)}`,
      `script-src ${hashOf(SCRIPT)}`,
      "img-src data:",
      "base-uri 'none'",
      "form-action 'none'",
      "require-trusted-types-for 'script'",
    ]);
  });

  it("stands before anything that it governs", () => {
    const html = renderHtml(FLEET);
    const place = html.indexOf("Content-Security-Policy");
    expect(place).toBeGreaterThan(0);
    for (const governed of ["<style", "<script", "<link", "<body"])
      expect(html.indexOf(governed)).toBeGreaterThan(place);
  });

  it("governs a script that makes no markup of texts", () => {
    expect(SCRIPT).not.toMatch(
      /innerHTML|outerHTML|insertAdjacent|document\.write|eval\(|new Function|fetch\(|XMLHttp/,
    );
    expect(SCRIPT.toLowerCase()).not.toContain("</script");
    expect(STYLE).not.toMatch(/<|url\(|@import|@font-face/);
  });
});

describe("texts of plans in the page", () => {
  it("take no effect, wherever they stand", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        expectInert(readPage(renderHtml(each)), each);
      }),
      { numRuns: 60 },
    );
  });

  it.each(NASTY)("take no effect as %j, and are shown", (text) => {
    const one = change(text, "delete", {
      host: text,
      reason: { code: text, text },
      attributes: [attribute(text, { kind: "value", text }, ABSENT)],
    });
    const each = review([
      stack(text, { environment: text, changes: [one], banners: [{ kind: text, text }] }),
    ]);
    const page = readPage(renderHtml(each));
    expectInert(page, each);
    const [host] = page.elements.flatMap((element) => attributeOf(element, "data-h") ?? []);
    expect(host).toBe(visible(text));
  });

  it("are all there: nothing is left out", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        const page = readPage(renderHtml(each));
        const shown = new Set(page.elements.map(textOf));
        const changes = each.stacks.flatMap((one) => [...one.changes, ...one.drift]);
        for (const { address, attributes } of changes) {
          expect(shown).toContain(visible(address));
          for (const { path } of attributes) expect(shown).toContain(visible(path));
        }
        for (const { name } of each.stacks.flatMap(({ outputs }) => outputs))
          expect(shown).toContain(visible(name));
        for (const action of each.stacks.flatMap(({ actions }) => actions))
          expect(shown).toContain(visible(action));
        for (const { where } of each.stacks.flatMap(({ byHand }) => byHand))
          expect(shown).toContain(visible(where));
        for (const reason of each.because) expect(shown).toContain(visible(reason));
        const items = page.elements.filter((element) => attributeOf(element, "data-a") !== undefined);
        expect(items).toHaveLength(changes.length + each.stacks.flatMap(({ outputs }) => outputs).length);
        const findings = page.elements.filter((element) => attributeOf(element, "class") === "message");
        expect(findings).toHaveLength(each.findings.length);
      }),
      { numRuns: 40 },
    );
  });
});

describe("what the page shows", () => {
  const actionsOf = (each: Review): readonly (string | undefined)[] =>
    named(readPage(renderHtml(each)), "details").map((element) => attributeOf(element, "data-a"));

  it("has what is destroyed or replaced before the stacks, those that bear data first", () => {
    const page = readPage(renderHtml(FLEET));
    const order = page.elements.flatMap((element) =>
      element.tagName === "h2" ? [attributeOf(element, "id")] : [],
    );
    expect(order).toEqual(["verdict", "warnings", "findings", "dangers", "stacks", "delta", "changes"]);
    const [first] = page.elements.filter((element) => attributeOf(element, "class") === "list dangers");
    const rows = textOf(first!).split("production-server-2/consul-2/consul/Data");
    expect(rows[0]).toBe("What is destroyed, replaced, forgotten or unknownActionResourceWhy− destroy");
  });

  it("shows an action that it does not know as one to review by hand", () => {
    const odd = review([stack("s", { changes: [change("a.b", "transmute" as ReviewedAction)] })]);
    expect(renderHtml(odd)).toContain("review by hand");
    expect(actionsOf(odd)).toContain("transmute");
  });

  it("marks what differs between two values", () => {
    const each = review([
      stack("s", {
        changes: [
          change("a.b", "update", { attributes: [attribute("image", value("app:1.2"), value("app:1.3"))] }),
        ],
      }),
    ]);
    expect(renderHtml(each)).toContain("app:1.<del>2</del>");
    expect(renderHtml(each)).toContain("app:1.<ins>3</ins>");
  });

  it("folds a long value, and has all of it", () => {
    const text = "x".repeat(5_000);
    const each = review([
      stack("s", {
        changes: [change("a.b", "create", { attributes: [attribute("a", ABSENT, value(text))] })],
      }),
    ]);
    expect(renderHtml(each)).toContain(text);
    expect(renderHtml(each)).toContain("5,002 characters");
  });

  it("shows ends of lines that differ in nothing but a carriage return", () => {
    const each = review([
      stack("s", {
        changes: [
          change("a.b", "update", {
            attributes: [
              attribute("a", ABSENT, ABSENT, {
                lines: [
                  { op: "removed", text: "x" },
                  { op: "added", text: "x\r" },
                ],
              }),
            ],
          }),
        ],
      }),
    ]);
    expect(renderHtml(each)).toContain("<del>− x</del><ins>+ x\\r</ins>");
  });

  it("says that a stack has no plan even where no banner says so", () => {
    const page = readPage(renderHtml(ERROR));
    const warnings = named(page, "li").map(textOf);
    expect(warnings).toContainEqual(expect.stringContaining("There is no plan of this stack"));
  });

  it("keeps every change below four kilobytes, so that ten thousand of them are a file that opens", () => {
    const attributes = Array.from({ length: 8 }, (_, at) =>
      attribute(`attribute_${at}`, value(`before ${at}`), value(`after ${at}`)),
    );
    const sized = (number: number): number =>
      renderHtml(
        review([
          stack("s", {
            changes: Array.from({ length: number }, (_, at) =>
              change(`docker_container.c[${at}]`, "update", {
                name: `stack/host-${at}/container`,
                host: `host-${at % 50}`,
                attributes,
              }),
            ),
          }),
        ]),
      ).length;
    expect((sized(600) - sized(100)) / 500).toBeLessThan(4096);
  });
});

describe("links to the pages of rules", () => {
  it.each([
    "https://example.com/rules/data-volume.md",
    "http://example.com/a?b=c#d",
    "docs/review/policies/data-volume.md",
    "./policies/data-volume.md#mend",
    "../policies/data-volume.md",
    "/policies/data-volume.md",
  ])("are %j", (help) => {
    expect(safeLink(help)).toBe(help);
  });

  it.each([
    undefined,
    "",
    "javascript:alert(1)",
    "JavaScript:alert(1)",
    "java\nscript:alert(1)",
    " javascript:alert(1)",
    "data:text/html,x",
    "vbscript:x",
    "file:///etc/passwd",
    "//example.com/x",
    "/\\example.com/x",
    "\\\\example.com\\x",
    "https:",
    "https:///x",
    "https://example.com/\u202egpj.exe",
    "x:y",
  ])("are not %j", (help) => {
    expect(safeLink(help)).toBeUndefined();
  });
});

describe("what two values have in common", () => {
  it("never parts a character, and puts together what it took apart", () => {
    const text = fc.string({
      unit: fc.constantFrom("a", "b", "\u{1f680}", "\u{1f681}", "\u{20000}"),
      maxLength: 8,
    });
    fc.assert(
      fc.property(text, text, (one, other) => {
        const { start, end } = commonEnds(one, other);
        expect(start + end).toBeLessThanOrEqual(Math.min(one.length, other.length));
        expect(one.slice(0, start)).toBe(other.slice(0, start));
        expect(one.slice(one.length - end)).toBe(other.slice(other.length - end));
        for (const each of [one, other]) {
          const pieces = [
            each.slice(0, start),
            each.slice(start, each.length - end),
            each.slice(each.length - end),
          ];
          for (const piece of pieces) expect(piece).not.toMatch(/\p{Cs}/u);
        }
      }),
    );
  });
});
