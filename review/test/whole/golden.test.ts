import { readdirSync } from "node:fs";
import { join } from "node:path";
import { renderJson } from "../../src/render/json";
import { renderMarkdown } from "../../src/render/markdown";
import { expectGolden } from "../support/golden";
import { renderAsGitHub } from "../support/github-markdown";
import { GOLDEN, reviewOfFixtures } from "./reviews";

const FOLDER = join(__dirname, "golden");

describe.each(GOLDEN)("the review of %s", (name, fixtures) => {
  const review = reviewOfFixtures(fixtures);

  it("is the golden comment", () => {
    const comments = renderMarkdown(review);
    expectGolden(join(FOLDER, `${name}.md`), comments.join("\n=== next comment ===\n"));
    for (const comment of comments) expect(renderAsGitHub(comment).active).toEqual([]);
  });

  it("is the golden JSON", () => {
    expectGolden(join(FOLDER, `${name}.json`), renderJson(review));
  });
});

it("has no golden text of what is no fixture", () => {
  const wanted = GOLDEN.flatMap(([name]) => [`${name}.json`, `${name}.md`]).sort();
  expect(readdirSync(FOLDER).sort()).toEqual(wanted);
});
