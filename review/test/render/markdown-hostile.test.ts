import fc from "fast-check";
import { bytesOf } from "../../src/render/escape";
import { LEAST_LIMIT, renderMarkdown } from "../../src/render/markdown";
import { destroys } from "../../src/render/text-words";
import { renderAsGitHub } from "../support/github-markdown";
import { arbitraryReview, CANARY, HELP, NASTY } from "./arbitrary-review";
import { change, HOSTILE_REVIEW, review, stack, BLOCKED } from "./sample-reviews";

describe("what GitHub makes of a comment", () => {
  it.each([
    ["[x](http://example.com)", '<a href="http://example.com">'],
    ["@user", 'mention: "@user"'],
    ["www.example.com", "<a"],
    ["<img src=x>", "<img>"],
    ["- [ ] x", "<input>"],
    ["a `b", "rest of markup"],
    ["<!-- x -->", "<!-- x -->"],
    ["<details>", "1 <details> and 0 </details>"],
    ["\u202e", "invisible"],
  ])("is active for %j", (markdown, what) => {
    expect(renderAsGitHub(markdown).active.join("\n")).toContain(what);
  });
});

describe("texts of plans in Markdown", () => {
  const expectInert = (comments: readonly string[]): void => {
    for (const comment of comments) {
      const { active, plain } = renderAsGitHub(comment, [HELP]);
      expect(active).toEqual([]);
      expect(plain).not.toContain(CANARY);
    }
  };

  it("take no effect, wherever they stand", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        expectInert(renderMarkdown(each, { marker: "main" }));
      }),
      { numRuns: 60 },
    );
  });

  it.each(NASTY)("take no effect as %j", (text) => {
    const named = change(text, "delete", {
      name: `${text}${text}`,
      host: text,
      reason: { code: text, text },
      attributes: [
        {
          path: text,
          before: { kind: "value", text },
          after: { kind: "value", text },
          forcesReplacement: true,
        },
      ],
    });
    const one = stack(text, { environment: text, changes: [named], banners: [{ kind: text, text }] });
    const more = {
      because: [text],
      findings: [{ rule: text, level: "error" as const, stack: text, message: text, mend: text }],
    };
    expectInert(renderMarkdown(review([one, stack(text, { status: "failed", failure: text })], more)));
  });

  it("show every character that was there", () => {
    const [comment] = renderMarkdown(HOSTILE_REVIEW);
    expect(comment).toContain("\\u{202e}");
    expect(comment).toContain("\\u{1b}[31m");
    expect(comment).toContain("\\u{d800}");
  });

  it("keep the structure: as many destroys, findings and rows as there are", () => {
    fc.assert(
      fc.property(arbitraryReview, (each) => {
        const items = renderMarkdown(each).map((comment) => renderAsGitHub(comment, [HELP]).items);
        const under = (heading: string): number =>
          items.reduce((sum, one) => sum + (one.get(heading)?.length ?? 0), 0);
        const changes = each.stacks.flatMap(({ changes: all }) => all);
        expect(under("Destroyed or replaced")).toBe(changes.filter(destroys).length);
        expect(under("Policy findings")).toBe(each.findings.length);
        expect(under("To be reviewed by hand")).toBeGreaterThanOrEqual(
          each.stacks.reduce((sum, one) => sum + one.byHand.length, 0),
        );
      }),
      { numRuns: 30 },
    );
  });

  it("do not get a comment over its limit", () => {
    const worst = fc.constantFrom(
      "`".repeat(3000),
      "` a ".repeat(800),
      "\u{1f680}".repeat(2000),
      "\u0000".repeat(3000),
    );
    fc.assert(
      fc.property(worst, fc.integer({ min: 1, max: 25 }), (text, times) => {
        const one = change(text, "replace", {
          name: `${text} name`,
          order: "delete-before-create",
          reason: { code: text, text },
          dataBearing: text,
          host: text,
          image: text,
          role: text,
          gate: text,
          deposed: text,
          previousAddress: text,
          importing: text,
          provisioners: Array.from({ length: 9 }, () => text),
          deferred: { code: text, text },
          attributes: Array.from({ length: 9 }, (_, index) => ({
            path: `${text}${index}`,
            before: { kind: "value" as const, text },
            after: { kind: "value" as const, text: `${text}x` },
            forcesReplacement: true,
          })),
        });
        const finding = {
          rule: text,
          level: "error" as const,
          stack: text,
          address: text,
          name: `${text} name`,
          message: text,
          mend: text,
          help: text,
          acknowledged: { reason: text, by: text, expires: text },
        };
        const comments = renderMarkdown(
          review([stack(text, { changes: Array.from({ length: times }, () => one) })], {
            because: [text],
            findings: Array.from({ length: times }, () => finding),
          }),
          { limit: LEAST_LIMIT, marker: "x" },
        );
        expectInert(comments);
        for (const comment of comments) expect(bytesOf(comment)).toBeLessThanOrEqual(LEAST_LIMIT);
        const all = comments.map((comment) => renderAsGitHub(comment).items);
        for (const heading of ["Destroyed or replaced", "Policy findings"]) {
          expect(all.reduce((sum, items) => sum + (items.get(heading)?.length ?? 0), 0)).toBe(times);
        }
      }),
      { numRuns: 5 },
    );
  });

  it("are what the elements of a usual review hold", () => {
    const { active, items } = renderAsGitHub(renderMarkdown(BLOCKED, { marker: "main" })[0]!, [
      "https://example.com/docs/review/policies/data-volume.md",
    ]);
    expect(active).toEqual([]);
    expect(items.get("Destroyed or replaced")).toHaveLength(3);
  });
});
