import fc from "fast-check";
import { bytesOf } from "../../src/render/escape";
import { comments, LazyBlock } from "../../src/render/markdown-ladder";
import type { Block, Layout, Section } from "../../src/render/markdown-ladder";
import { LEAST_LIMIT, markdownMarker, renderMarkdown } from "../../src/render/markdown";
import type { ReviewedChange } from "../../src/review/review";
import { renderAsGitHub } from "../support/github-markdown";
import { ABSENT, attribute, change, NOTHING, review, stack, value } from "./sample-reviews";

function layout(sections: readonly Section[]): Layout {
  return {
    head: (page, pages) => `head ${page}/${pages}`,
    sections,
    noticeAfter: 0,
    notice: (what) => `cut: ${what}`,
    foot: "foot",
  };
}

function section(blocks: readonly Block[], more: Partial<Section> = {}): Section {
  return { open: "open", close: "close", separator: "\n", blocks, ...more };
}

function cuttable(text: string, rank: number, kind: string): Block {
  return { text, cut: { rank, one: `1 ${kind}`, many: `# ${kind}s` } };
}

describe("the ladder", () => {
  it("cuts nothing that fits", () => {
    expect(comments(layout([section([{ text: "a" }, cuttable("b", 0, "kind")])]), 1000)).toEqual([
      "head 1/1\n\nopen\na\nb\nclose\n\nfoot\n",
    ]);
  });

  it("cuts the lowest rank first, its largest block first, and counts what it cut", () => {
    const blocks = [
      { text: "E".repeat(50) },
      cuttable("s".repeat(40), 0, "low"),
      cuttable("l".repeat(200), 0, "low"),
      cuttable("h".repeat(300), 1, "high"),
    ];
    const [once] = comments(layout([section(blocks, { note: true })]), 550);
    expect(once).toContain("cut: 1 low");
    expect(once).toContain("*Cut here: 1 low.*");
    expect(once).toContain("s".repeat(40));
    expect(once).toContain("h".repeat(300));
    expect(once).not.toContain("l".repeat(200));
    const [twice] = comments(layout([section(blocks, { note: true })]), 200);
    expect(twice).toContain("cut: 2 lows, 1 high");
    expect(twice).toContain("E".repeat(50));
  });

  it("writes nothing that cannot stay, and cuts the same of what is written when it is asked for", () => {
    const written = jest.fn(() => "l".repeat(200));
    const lazy = [
      { text: "E".repeat(150) },
      new LazyBlock(written, { rank: 0, one: "1 low", many: "# lows" }),
      cuttable("h".repeat(100), 1, "high"),
    ];
    const [page] = comments(layout([section(lazy, { note: true })]), 200);
    expect(page).toContain("cut: 1 low, 1 high");
    expect(written).not.toHaveBeenCalled();
    const blocks = fc.array(
      fc.record({ bytes: fc.nat(600), rank: fc.option(fc.nat(3)), kind: fc.constantFrom("a", "b") }),
      { maxLength: 12 },
    );
    fc.assert(
      fc.property(fc.array(blocks, { maxLength: 3 }), fc.integer({ min: 400, max: 4000 }), (all, limit) => {
        const pages = (make: (text: string, rank: number, kind: string) => Block): readonly string[] =>
          comments(
            layout(
              all.map((few) =>
                section(
                  few.map(({ bytes, rank, kind }, i) => {
                    const text = `${i}${"x".repeat(bytes)}`;
                    return rank === null ? { text } : make(text, rank, `${kind}${rank}`);
                  }),
                  { note: true },
                ),
              ),
            ),
            limit,
          );
        const now = pages(cuttable);
        const later = pages(
          (text, rank, kind) => new LazyBlock(() => text, { rank, one: `1 ${kind}`, many: `# ${kind}s` }),
        );
        expect(later).toEqual(now);
        // Nothing stays that ranks below what went.
        const ranks = all.flat().flatMap(({ rank }) => (rank === null ? [] : [rank]));
        const went = (rank: number): boolean => new RegExp(`cut: .*[ab]${rank}`).test(now.join(""));
        const highest = Math.max(-1, ...ranks.filter(went));
        expect(ranks.filter((rank) => rank < highest).every(went)).toBe(true);
      }),
      { numRuns: 300 },
    );
  });

  it("drops a section of which nothing is left", () => {
    const [only] = comments(
      layout([section([{ text: "a" }]), section([cuttable("b".repeat(500), 0, "kind")], { open: "gone" })]),
      200,
    );
    expect(only).not.toContain("gone");
  });

  it("spreads over comments what may not be cut, and puts it before the rest", () => {
    const blocks = Array.from({ length: 40 }, (_, index) => ({ text: `${"E".repeat(400)} ${index}.` }));
    const pages = comments(layout([section(blocks), section([cuttable("last", 0, "kind")])]), 8000);
    expect(pages.length).toBeGreaterThan(1);
    for (const page of pages) {
      expect(bytesOf(page)).toBeLessThanOrEqual(8000);
      expect(page).toContain("open\n");
      expect(page).toContain("\nclose");
    }
    for (let index = 0; index < blocks.length; index += 1) {
      expect(pages.filter((page) => page.includes(` ${index}.`))).toHaveLength(1);
    }
    expect(pages[0]).toContain(`head 1/${pages.length}`);
    expect(pages.at(-1)).toMatch(/last[^]*foot\n$/);
    expect(pages.slice(0, -1).join("")).not.toContain("foot");
  });

  it("stays below the limit and loses nothing that it may not cut, whatever the blocks", () => {
    const block = fc.record({ size: fc.integer({ min: 1, max: 900 }), rank: fc.option(fc.nat(3)) });
    const blocks = fc.array(fc.array(block, { maxLength: 20 }), { maxLength: 5 });
    fc.assert(
      fc.property(blocks, fc.boolean(), (sections, note) => {
        let number = 0;
        const built = sections.map((each) =>
          section(
            each.map(({ size, rank }) => {
              number += 1;
              const text = `<${number}>${"é".repeat(size)}`;
              return rank === null ? { text } : cuttable(text, rank, `kind${rank}`);
            }),
            { note },
          ),
        );
        const pages = comments(layout(built), 8000);
        for (const page of pages) expect(bytesOf(page)).toBeLessThanOrEqual(8000);
        const all = pages.join("");
        let kept = 0;
        for (const { text, cut } of built.flatMap((each) => each.blocks)) {
          const shown = all.split(text).length - 1;
          if (cut === undefined) expect(shown).toBe(1);
          else if (shown === 0) kept += 1;
        }
        const counted = /cut: (.*)/.exec(all)?.[1] ?? "";
        const sum = Array.from(counted.matchAll(/(\d+) kind/g)).reduce(
          (total, match) => total + Number(match[1]),
          0,
        );
        expect(sum).toBe(kept);
      }),
      { numRuns: 200 },
    );
  });
});

describe("a large review", () => {
  const attributes = (words: string, number: number): ReviewedChange["attributes"] =>
    Array.from({ length: number }, (_, index) => attribute(`${words}[${index}]`, value("old"), value("new")));
  const creates = Array.from({ length: 300 }, (_, index) =>
    change(`docker_container.new${index}`, "create", {
      attributes: [attribute("name", ABSENT, value("n".repeat(200)))],
    }),
  );
  const updates = Array.from({ length: 40 }, (_, index) =>
    change(`docker_container.updated${index}`, "update", { attributes: attributes("env", 4) }),
  );
  const destroysOf = (number: number): readonly ReviewedChange[] =>
    Array.from({ length: number }, (_, index) =>
      change(`docker_volume.data${index}`, "delete", {
        dataBearing: "docker_volume",
        attributes: attributes("labels", 3),
      }),
    );

  it("loses the details of creates first, and says so", () => {
    const big = review([stack("production", { changes: [...destroysOf(5), ...updates, ...creates] })]);
    const pages = renderMarkdown(big);
    expect(pages).toHaveLength(1);
    const [page] = pages;
    expect(bytesOf(page!)).toBeLessThanOrEqual(65_536);
    expect(page).toMatch(/\*\*Cut to fit into a comment\*\*: details of \d+ creates; see the report file\./);
    expect(page).toMatch(/\*Cut here: details of \d+ creates\.\*/);
    expect(page).toContain("env[3]");
    expect(page).toContain("**create** `docker_container.new299`");
    expect(renderAsGitHub(page!).active).toEqual([]);
  });

  it("loses updates next, and never a destroy", () => {
    const big = review([stack("production", { changes: [...destroysOf(60), ...updates, ...creates] })]);
    const pages = renderMarkdown(big, { limit: LEAST_LIMIT });
    expect(pages).toHaveLength(1);
    const { active, items } = renderAsGitHub(pages[0]!);
    expect(active).toEqual([]);
    expect(items.get("Destroyed or replaced")).toHaveLength(60);
    expect(pages[0]).toContain("details of 300 creates");
    expect(pages[0]).toMatch(/details of \d+ updates/);
  });

  it("shows 2,000 destroys in several comments, each complete in itself", () => {
    const big = review([stack("production", { changes: [...destroysOf(2000), ...creates] })]);
    const pages = renderMarkdown(big, { marker: "main" });
    expect(pages.length).toBeGreaterThan(1);
    const rendered = pages.map((page) => renderAsGitHub(page));
    expect(rendered.flatMap(({ active }) => active)).toEqual([]);
    expect(rendered.flatMap(({ items }) => items.get("Destroyed or replaced") ?? [])).toHaveLength(2000);
    pages.forEach((page, index) => {
      expect(bytesOf(page)).toBeLessThanOrEqual(65_536);
      expect(page.split("\n")[0]).toBe(markdownMarker("main", index + 1));
      expect(page.split("\n")[1]).toContain(`(${index + 1} of ${pages.length})`);
    });
    expect(pages.at(-1)).toContain("Fingerprint");
  });

  it("shows the line of a destroy whose attribute has a million characters", () => {
    const huge = change("docker_volume.huge", "replace", {
      attributes: [
        attribute("content", value("a".repeat(1e6)), value(`${"a".repeat(1e6)}b`), {
          forcesReplacement: true,
        }),
      ],
    });
    const pages = renderMarkdown(review([stack("production", { changes: [huge] })]));
    expect(pages).toHaveLength(1);
    // The end, where they differ, stays in sight.
    expect(pages[0]).toMatch(
      /forced by `content`: `…\(\d+ more characters\)…a+"` → `…\(\d+ more characters\)…a+b"`/,
    );
  });

  it("names no picture that is too large, and cuts the table's rows last", () => {
    const stacks = Array.from({ length: 3000 }, (_, index) =>
      stack(`stack-${index}`, {
        changes: [change(`docker_container.c${index}`, "update")],
        counts: { ...NOTHING, change: 1 },
      }),
    );
    const graph = {
      stacks: stacks.map(({ name }) => ({ name, danger: "change" as const, provisional: false })),
      hosts: [],
      edges: [],
    };
    const pages = renderMarkdown(review(stacks, { graph }));
    expect(pages).toHaveLength(1);
    expect(bytesOf(pages[0]!)).toBeLessThanOrEqual(65_536);
    expect(pages[0]).not.toContain("mermaid");
    expect(pages[0]).toMatch(/\d+ rows of the table/);
  });

  it("names the report's address where something was cut", () => {
    const big = review([stack("production", { changes: creates })]);
    const [page] = renderMarkdown(big, { limit: LEAST_LIMIT, report: "https://example.com/run/1" });
    expect(page).toContain("see [the whole report](https://example.com/run/1).");
  });
});

describe("options of Markdown", () => {
  it.each([0, LEAST_LIMIT - 1, Number.NaN])("refuse the limit %d", (limit) => {
    expect(() => renderMarkdown(review([]), { limit })).toThrow("a comment needs at least 32768 bytes");
  });

  it.each([
    ["main", 1, "<!-- cdktf-plan-review:main -->"],
    ["main", 2, "<!-- cdktf-plan-review:main:2 -->"],
    ["a--> <b>", 1, "<!-- cdktf-plan-review:a-b -->"],
    ["", 1, "<!-- cdktf-plan-review:default -->"],
    ["\n@x#1", 1, "<!-- cdktf-plan-review:x-1 -->"],
  ])("make of the marker %j on page %d: %s", (id, page, marker) => {
    expect(markdownMarker(id, page)).toBe(marker);
  });
});
