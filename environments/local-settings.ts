import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Cidr } from "../constructs/core/addresses";
import { Faults } from "../constructs/core/errors";
import { FIRST_FREE_PLACE } from "./fixed-addresses";

/** The variable that names a file of settings for the environment `local`. */
export const LOCAL_SETTINGS = "LOCAL_SETTINGS";

const whole = (min: number, max: number) => {
  const error = `a whole number from ${min} to ${max}`;
  return z.number({ error }).int({ error }).min(min, { error }).max(max, { error });
};
const port = () => whole(1, 65_535);
const text = () => z.string({ error: "a text" }).min(1, { error: "a text that is not empty" });
const flag = () => z.boolean({ error: "true or false" });

const images = z.strictObject({ consul: text(), registrator: text(), bind: text(), web: text() }).partial();
const web = z.strictObject({
  port: port().default(80),
  hostPort: port().default(8080),
  memoryMebibytes: whole(6, 1_048_576).default(64),
  path: text().default("/"),
  healthCommand: text().optional(),
});
const furtherAgent = z.strictObject({ address: text(), port: port() });

const settings = z.strictObject({
  images: images.default({}),
  consulVersion: text().default("1.19.2"),
  bindVersion: text().default("9.18"),
  serviceTtlSeconds: whole(0, 3600).default(3),
  subnet: z
    .string({ error: "a block of addresses" })
    .refine(hasRoom, { error: "an IPv4 block of 8 addresses or more, such as 172.30.53.0/24" })
    .default("172.30.53.0/24"),
  ipRange: text().optional(),
  upstreams: z.array(text(), { error: "a list of addresses" }).default([]),
  furtherAgents: z.array(furtherAgent, { error: "a list of addresses and ports" }).default([]),
  web: web.prefault({}),
  dockerDesktop: flag().default(false),
  providerVersion: z.enum(["4.5.0", "3.6.2"], { error: '"4.5.0" or "3.6.2"' }).default("4.5.0"),
  stateFolder: text().default(() => join(process.cwd(), ".state")),
});

/** The names of the settings, by the path of the object that they stand in. */
const NAMES: Readonly<Record<string, readonly string[]>> = {
  "": Object.keys(settings.shape),
  images: Object.keys(images.shape),
  web: Object.keys(web.shape),
  furtherAgents: Object.keys(furtherAgent.shape),
};

function hasRoom(subnet: string): boolean {
  const block = new Faults().try(() => Cidr.parse(subnet));
  return block?.isIpv4 === true && 2 ** (32 - block.prefixLength) >= 2 * FIRST_FREE_PLACE;
}

/** Settings of the environment `local`, with all defaults put in. */
export type LocalSettings = z.infer<typeof settings>;

/**
 * Reads the settings of `local` from the JSON file that LOCAL_SETTINGS names: images of one's own registry, another
 * subnet. Without that variable everything has its default.
 * @throws ValidationErrors with a line for each setting that cannot be right: environment/local-settings
 */
export function readLocalSettings(path = process.env[LOCAL_SETTINGS]): LocalSettings {
  if (path === undefined || path === "") return settings.parse({});
  const faults = new Faults();
  const at = `${LOCAL_SETTINGS} (${path})`;
  const given = faults.try(() => readJson(faults, at, path));
  faults.throwIfAny("environment local");
  const parsed = settings.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) addFault(faults, at, issue, given);
  faults.throwIfAny("environment local");
  throw new TypeError("settings were refused without a fault");
}

function readJson(faults: Faults, at: string, path: string): unknown {
  try {
    return JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    faults.add(at, {
      code: "environment/local-settings",
      prop: "file",
      got: error instanceof Error ? error.message : String(error),
      allowed: "a JSON file that can be read",
      mend: "Mend the file, or unset the variable",
    });
    return undefined;
  }
}

function addFault(faults: Faults, at: string, issue: z.core.$ZodIssue, given: unknown): void {
  const code = "environment/local-settings";
  const path = issue.path.join(".");
  const value = issue.path.reduce<unknown>(
    (object, key) => (object as Readonly<Record<PropertyKey, unknown>> | undefined)?.[key],
    given,
  );
  if (issue.code === "unrecognized_keys") {
    const names = NAMES[String(issue.path[0] ?? "")] ?? [];
    for (const key of issue.keys) {
      faults.add(at, {
        code,
        prop: path === "" ? key : `${path}.${key}`,
        got: (value as Readonly<Record<string, unknown>>)[key],
        allowed: `one of the settings ${names.join(", ")}`,
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
