/** Runs cases of the fuzzer over the fixtures, and makes those that fail as small as they get. */
import { parsePlan } from "../../src/plan/parse-plan";
import type { Plan } from "../../src/plan/plan";
import { ALL_FIXTURES, type Fixture } from "../plan/fixtures";
import { checkPlan, type Outcome } from "./check-plan";
import { type Case, casesOf, mutated, smaller } from "./mutate";

/** A case that fails. */
export interface Failure {
  readonly run: number;
  readonly fixture: string;
  /** The case, as small as it was made. */
  readonly smallest: Case;
  readonly wrong: readonly string[];
}

const KEY = "a key of the fuzzer's pipeline";
const MOST_ATTEMPTS = 300;

const plans = new Map<string, Plan>();

function planOf({ name, text }: Fixture): Plan {
  const known = plans.get(name);
  if (known !== undefined) return known;
  const plan = parsePlan(text, `${name}.json`);
  plans.set(name, plan);
  return plan;
}

/** Fixtures in which nothing changes. */
const QUIET = ALL_FIXTURES.filter(({ name }) => /^(?:nothing|empty|fleet-.*-unchanged)$/.test(name));

/** The fixture that a case works on. */
export function fixtureOf(each: Case): Fixture {
  const fixtures = each.quiet ? QUIET : ALL_FIXTURES;
  const fixture = fixtures[each.fixture % fixtures.length];
  if (fixture === undefined) throw new Error("there are no fixtures");
  return fixture;
}

/** Runs one case. */
export function runCase(each: Case): Outcome {
  const fixture = fixtureOf(each);
  return checkPlan({
    file: mutated(fixture.text, each),
    ...(each.second ? { second: planOf(fixture) } : {}),
    ...(each.keyed ? { key: KEY } : {}),
  });
}

/** What a fault is, without the values that differ from case to case. */
function kindOf(wrong: readonly string[]): string {
  return (wrong[0] ?? "").replace(/[^A-Za-z ].*/s, "").slice(0, 40);
}

/** Leaves out parts of a case for as long as it fails in the same way. */
export function smallest(each: Case, wrong: readonly string[]): { smallest: Case; wrong: readonly string[] } {
  let found = { smallest: each, wrong };
  let attempts = 0;
  for (let better = true; better && attempts < MOST_ATTEMPTS;) {
    better = false;
    for (const one of smaller(found.smallest)) {
      attempts += 1;
      const outcome = runCase(one);
      if (outcome.wrong.length === 0 || kindOf(outcome.wrong) !== kindOf(wrong)) continue;
      found = { smallest: one, wrong: outcome.wrong };
      better = true;
      break;
    }
  }
  return found;
}

/** What runs come to. */
export interface Tally {
  readonly runs: number;
  /** How many ended in which way. */
  readonly ended: Readonly<Record<string, number>>;
  readonly failures: readonly Failure[];
}

/** Runs some cases of a seed. */
export function runCases(seed: number, from: number, to: number): Tally {
  const ended: Record<string, number> = {};
  const failures: Failure[] = [];
  let runs = 0;
  for (const [run, each] of casesOf(seed, from, to)) {
    const outcome = runCase(each);
    runs += 1;
    ended[outcome.ended] = (ended[outcome.ended] ?? 0) + 1;
    if (outcome.wrong.length > 0)
      failures.push({ run, fixture: fixtureOf(each).name, ...smallest(each, outcome.wrong) });
  }
  return { runs, ended, failures };
}
