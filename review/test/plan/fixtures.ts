import { readdirSync, readFileSync } from "node:fs";
import { basename, join } from "node:path";
import { parsePlan } from "../../src/plan/parse-plan";
import type { Plan } from "../../src/plan/plan";

const FIXTURES = join(__dirname, "../../fixtures");

/** A plan of the fixtures. */
export interface Fixture {
  /** Its name, without the folder. */
  readonly name: string;
  /** Whether it is written by hand. */
  readonly byHand: boolean;
  /** The file's text. */
  readonly text: string;
}

function fixturesIn(folder: string, byHand: boolean): Fixture[] {
  return readdirSync(join(FIXTURES, folder))
    .filter((file) => file.endsWith(".json"))
    .map((file) => ({
      name: basename(file, ".json"),
      byHand,
      text: readFileSync(join(FIXTURES, folder, file), "utf8"),
    }));
}

/** All plans of the fixtures. */
export const ALL_FIXTURES: readonly Fixture[] = [
  ...fixturesIn("plans", false),
  ...fixturesIn("by-hand", true),
];

/** The text of a fixture's file. */
export function fixtureText(name: string): string {
  const found = ALL_FIXTURES.find((fixture) => fixture.name === name);
  if (found === undefined) throw new Error(`no fixture ${name}`);
  return found.text;
}

/** A fixture, parsed. */
export function fixturePlan(name: string): Plan {
  return parsePlan(fixtureText(name), `${name}.json`);
}
