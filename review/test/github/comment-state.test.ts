import { deflateRawSync } from "node:zlib";
import fc from "fast-check";
import {
  deltaOf,
  isNewer,
  readState,
  STATE_LIMIT,
  stateOf,
  writeState,
} from "../../src/github/comment-state";
import { change, review, stack } from "../render/sample-reviews";

const OLD = "a".repeat(40);
const NEW = "b".repeat(40);
const about = (commit: string) => ({ commit, run: { workflow: "plan.yml", number: 1, attempt: 1 } });

/** A review of so many creates, whose addresses nothing can be packed into less. */
function of(changes: number, seed = 1) {
  let next = seed;
  const random = (): string => {
    next = (next * 48_271) % 2_147_483_647;
    return next.toString(36);
  };
  return review([
    stack("production", {
      fingerprint: `sha256:${"0".repeat(60)}${(1000 + seed).toString()}`,
      changes: Array.from({ length: changes }, () =>
        change(`docker_container.${Array.from({ length: 8 }, random).join("")}`, "create"),
      ),
    }),
  ]);
}

describe("a state", () => {
  it("comes back from a comment as it was written, whatever it holds", () => {
    fc.assert(
      fc.property(
        fc.uniqueArray(fc.string({ unit: "binary" }), { maxLength: 20 }),
        fc.string({ unit: "binary" }),
        (addresses, before) => {
          const first = stateOf(
            review([stack("one", { changes: [change(before, "delete")] })]),
            about(OLD),
            undefined,
          );
          const changes = addresses.map((address) => change(address, "create"));
          const state = stateOf(review([stack("one", { changes })]), about(NEW), first);
          const comment = `## text\n\n${writeState(state)}\n`;
          // Nothing of it ends the comment of HTML that it stands in.
          expect(comment.split("-->")).toHaveLength(2);
          expect(readState(comment)).toEqual(state);
        },
      ),
    );
  });

  it.each([10, 300, 3_000, 20_000])("of %d changes has room in a comment", (count) => {
    const first = stateOf(of(count, 1), about(OLD), undefined);
    const text = writeState(stateOf(of(count, 2), about(NEW), first));
    expect(text.length).toBeLessThanOrEqual(STATE_LIMIT);
    expect(readState(text)?.fingerprint).toBe(first.fingerprint);
    expect(readState(text)?.stacks).toEqual(new Map([["production", expect.any(String)]]));
  });

  it("without its changes still tells which stacks are different", () => {
    const earlier = readState(writeState(stateOf(of(20_000, 1), about(OLD), undefined)));
    expect(earlier?.changes).toBeUndefined();
    const state = stateOf(of(20_000, 2), about(NEW), earlier);
    expect(deltaOf(state)).toEqual({ added: [], gone: [], changed: ["production"] });
  });

  it("of so many stacks that they have no room keeps the fingerprint over all", () => {
    const stacks = Array.from({ length: 2_000 }, (_, i) =>
      stack(`stack-${i}`, { fingerprint: `hmac-sha256:${(BigInt(i + 7) ** 40n).toString(16).slice(0, 64)}` }),
    );
    const state = readState(writeState(stateOf(review(stacks), about(OLD), undefined)));
    expect(state?.stacks).toBeUndefined();
    expect(state?.fingerprint).toBe(review(stacks).fingerprint);
  });

  it.each<[string, string]>([
    ["is cut off", writeState(stateOf(of(10), about(OLD), undefined)).replace(/.{20} -->$/, " -->")],
    ["is no state", `<!-- cdktf-plan-review:state ${deflateRawSync('{"version":1}').toString("base64")} -->`],
    [
      "is another version's",
      `<!-- cdktf-plan-review:state ${deflateRawSync('{"version":2}').toString("base64")} -->`,
    ],
    ["is no base64", "<!-- cdktf-plan-review:state %%% -->"],
    ["never ends", "<!-- cdktf-plan-review:state AAAA"],
    ["is not there", "## text"],
    [
      "unpacks to very much",
      `<!-- cdktf-plan-review:state ${deflateRawSync(" ".repeat(64 * 1024 * 1024)).toString("base64")} -->`,
    ],
  ])("that %s is none", (_, body) => {
    expect(readState(body)).toBeUndefined();
  });
});

describe("the order of runs", () => {
  const run = (number: number, attempt = 1, workflow = "plan.yml") => ({
    run: { workflow, number, attempt },
  });
  const state = (number: number, attempt = 1) => ({
    ...stateOf(of(1), { commit: OLD, ...run(number, attempt) }, undefined),
  });

  it.each([
    [2, 1, run(1), true],
    [1, 2, run(1), true],
    [1, 1, run(1), false],
    [1, 9, run(2), false],
    [9, 1, run(1, 1, "other.yml"), false],
    [9, 1, { run: undefined }, false],
  ])("%d.%d against %j: %s", (number, attempt, other, newer) => {
    expect(isNewer(state(number, attempt), other)).toBe(newer);
  });
});
