import fc from "fast-check";
import { renderJson } from "../../src/render/json";
import { parseReview } from "../../src/review/parse-review";
import { deltaBetween, previousOf } from "../../src/review/previous";
import type { Review } from "../../src/review/review";
import { arbitraryReview } from "../render/arbitrary-review";
import { BLOCKED, CREATES } from "../render/sample-reviews";

/** Samples have shorter fingerprints than real reviews. */
function real(review: Review): Review {
  const fingerprint = `hmac-sha256:${"0f".repeat(32)}`;
  return { ...review, fingerprint, stacks: review.stacks.map((stack) => ({ ...stack, fingerprint })) };
}

describe("a review that was written as JSON", () => {
  it("comes back as it was, whatever it holds", () => {
    fc.assert(
      fc.property(arbitraryReview, (review) => {
        const written = renderJson(real(review));
        const read = parseReview(written, "review.json");
        expect(renderJson(read)).toBe(written);
        expect(deltaBetween(previousOf(real(review)), previousOf(read))).toEqual({
          added: [],
          gone: [],
          changed: [],
        });
      }),
    );
  });

  it("is refused where anything of it is gone or another type", () => {
    const review = JSON.parse(renderJson(real(BLOCKED))) as Record<string, unknown>;
    const required = [
      "version",
      "verdict",
      "because",
      "stacks",
      "findings",
      "counts",
      "fingerprint",
      "fingerprintKeyed",
    ];
    for (const key of required) {
      for (const value of [undefined, null, 7.5, "hunter2"]) {
        const json = JSON.stringify({ ...review, [key]: value });
        expect(() => parseReview(json, "review.json")).toThrow("review.json is no review");
        expect(() => parseReview(json, "review.json")).not.toThrow("hunter2");
      }
    }
  });

  it("is refused wherever it ends too early", () => {
    const json = renderJson(real(CREATES));
    for (let length = 0; length < json.trimEnd().length; length += 97) {
      expect(() => parseReview(json.slice(0, length), "review.json")).toThrow("is no JSON");
    }
  });
});
