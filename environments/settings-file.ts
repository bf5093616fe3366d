import { readFileSync } from "node:fs";
import { z } from "zod";
import { Faults } from "../constructs/core/errors";

/** A JSON file of settings for one environment. */
export interface SettingsFile<Schema extends z.ZodType> {
  /** The environment whose settings it has. */
  readonly environment: string;
  /** The variable that names the file. */
  readonly variable: string;
  /** The code of every fault. */
  readonly code: string;
  readonly schema: Schema;
  /** The names of the settings of the object at a path. */
  readonly namesAt: (path: readonly PropertyKey[]) => readonly string[];
}

/** Fields of settings, with errors that say what is allowed. */
export const field = {
  whole: (min: number, max: number) => {
    const error = `a whole number from ${min} to ${max}`;
    return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
  },
  port: () => field.whole(1, 65_535),
  text: () => z.string({ error: "a text" }).min(1, { error: "a text that is not empty" }),
  texts: (what: string) => z.array(field.text(), { error: `a list of ${what}` }),
  flag: () => z.boolean({ error: "true or false" }),
};

/**
 * Reads the settings of an environment from the file that its variable names. Without that everything has its default.
 * @throws ValidationErrors with a line for each setting that cannot be right, with the file's code
 */
export function readSettings<Schema extends z.ZodType>(
  file: SettingsFile<Schema>,
  path: string | undefined,
): z.infer<Schema> {
  if (path === undefined || path === "") return file.schema.parse({});
  const faults = new Faults();
  const at = `${file.variable} (${path})`;
  const given = faults.try(() => readJson(faults, at, path, file.code));
  faults.throwIfAny(`environment ${file.environment}`);
  const parsed = file.schema.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) addFault(faults, at, issue, given, file);
  faults.throwIfAny(`environment ${file.environment}`);
  throw new TypeError("settings were refused without a fault");
}

function readJson(faults: Faults, at: string, path: string, code: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    faults.add(at, {
      code,
      prop: "file",
      got: error instanceof Error ? error.message : String(error),
      allowed: "a JSON file that can be read",
      mend: "Mend the file, or unset the variable",
    });
    return undefined;
  }
}

function addFault(
  faults: Faults,
  at: string,
  issue: z.core.$ZodIssue,
  given: unknown,
  { code, namesAt }: SettingsFile<z.ZodType>,
): void {
  const path = issue.path.join(".");
  const value = issue.path.reduce<unknown>(
    (object, key) => (object as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    given,
  );
  if (issue.code === "unrecognized_keys") {
    for (const key of issue.keys) {
      faults.add(at, {
        code,
        prop: path === "" ? key : `${path}.${key}`,
        got: (value as Readonly<Record<string, unknown>>)[key],
        allowed: `one of the settings ${namesAt(issue.path).join(", ")}`,
        mend: "Correct its name, or take it out",
      });
    }
    return;
  }
  faults.add(at, {
    code,
    prop: path === "" ? "settings" : path,
    got: value,
    allowed:
      issue.code === "invalid_type" && issue.expected === "object" ? "an object of settings" : issue.message,
    mend: "Correct it, or take it out to have its default",
  });
}
