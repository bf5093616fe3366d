import { join } from "node:path";
import { readManifest } from "../../src/reading/manifest";
import { readReview } from "../../src/reading/read-review";
import type { Review } from "../../src/review/review";
import { ALL_FIXTURES, fixturePlan } from "../plan/fixtures";

/** Acknowledgements are looked at then, so that no golden text depends on the day. */
const NOW = new Date("2025-06-01T00:00:00Z");
/** The stacks of the app that CDKTF synthesized; a fixture's name begins with its stack's. */
const STACKS = ["fleet-base", "fleet-web"];

/** The plans of what was synthesized. */
const SYNTHESIZED = ["fleet-base-change", "fleet-web-change", "fleet-web-unchanged"];

/** Fixtures that are reviewed together, as a pull request does. */
const TOGETHER: Readonly<Record<string, readonly string[]>> = {
  "together-fleet-create": ["fleet-base-create", "fleet-web-create"],
  "together-fleet-unchanged": ["fleet-base-unchanged", "fleet-web-unchanged"],
  "together-fleet-change": ["fleet-base-change", "fleet-web-change"],
};

/** The review of fixtures by the default policy, with CDKTF's manifest where they are of its app: all that are together. */
export function reviewOfFixtures(names: readonly string[]): Review {
  const inputs = names.map((name) => ({
    name: STACKS.find((stack) => name.startsWith(stack)) ?? name,
    source: `${name}.json`,
    plan: fixturePlan(name),
  }));
  const stacks = inputs.map(({ name }) => name);
  // What CDKTF synthesized is what these plans were made of; another plan does not match it.
  const fleet = names.some((name) => SYNTHESIZED.includes(name)) || names.length > 1;
  return readReview(inputs, {
    now: NOW,
    ...(fleet ? { manifest: readManifest(join(__dirname, "../../fixtures/synthesized")), stacks } : {}),
  });
}

/** What has golden texts: every fixture by itself, and those that belong together. */
export const GOLDEN: readonly (readonly [name: string, fixtures: readonly string[]])[] = [
  ...ALL_FIXTURES.map(({ name }) => [name, [name]] as const),
  ...Object.entries(TOGETHER),
];
