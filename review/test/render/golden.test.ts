import { join } from "node:path";
import { renderJson } from "../../src/render/json";
import { renderMarkdown } from "../../src/render/markdown";
import { renderSarif } from "../../src/render/sarif";
import { renderText } from "../../src/render/text";
import { expectGolden } from "../support/golden";
import { BLOCKED, CREATES, ERROR, HOSTILE_REVIEW, NO_CHANGES } from "./sample-reviews";

const SAMPLES = {
  blocked: BLOCKED,
  creates: CREATES,
  error: ERROR,
  hostile: HOSTILE_REVIEW,
  "no-changes": NO_CHANGES,
};

describe.each(Object.entries(SAMPLES))("the review %s", (name, review) => {
  const golden = (extension: string): string => join(__dirname, "golden", `${name}.${extension}`);

  it("is this Markdown", () => {
    const comments = renderMarkdown(review, { marker: "main" });
    expect(comments).toHaveLength(1);
    expectGolden(golden("md"), comments[0]!);
  });

  it("is this text", () => {
    expectGolden(golden("txt"), renderText(review));
  });

  it("is this JSON", () => {
    expectGolden(golden("json"), renderJson(review));
  });

  it("is this SARIF", () => {
    expectGolden(golden("sarif"), renderSarif(review, { version: "0.1.0" }));
  });
});
