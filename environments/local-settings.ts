import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";
import { Faults } from "../constructs/core/errors";

/** The variable that names a file of settings for the environment `local`. */
export const LOCAL_SETTINGS = "LOCAL_SETTINGS";

const image = z.string().min(1);

const schema = z
  .strictObject({
    images: z
      .strictObject({ consul: image, registrator: image, bind: image, web: image })
      .partial()
      .default({}),
    consulVersion: z.string().default("1.19.2"),
    bindVersion: z.string().default("9.18"),
    serviceTtlSeconds: z.number().int().min(0).max(3600).default(3),
    subnet: z.string().default("172.30.53.0/24"),
    ipRange: z.string().default("172.30.53.128/25"),
    gateway: z.string().default("172.30.53.1"),
    upstreams: z.array(z.string()).default([]),
    furtherAgents: z.array(z.strictObject({ address: z.string(), port: z.number().int() })).default([]),
    web: z
      .strictObject({
        port: z.number().int().default(80),
        hostPort: z.number().int().default(8080),
        memoryMebibytes: z.number().int().default(64),
        path: z.string().default("/"),
        healthCommand: z.string().optional(),
      })
      .prefault({}),
    dockerDesktop: z.boolean().default(false),
    providerVersion: z.enum(["4.5.0", "3.6.2"]).default("4.5.0"),
    stateFolder: z.string().default(join(process.cwd(), ".state")),
  })
  .prefault({});

/** Settings of the environment `local`, with all defaults put in. */
export type LocalSettings = z.infer<typeof schema>;

/**
 * Reads the settings of `local` from the JSON file that LOCAL_SETTINGS names: images of one's own registry, another
 * subnet. Without that variable everything has its default.
 * @throws ValidationErrors with a line for each setting that cannot be right
 */
export function readLocalSettings(path = process.env[LOCAL_SETTINGS]): LocalSettings {
  if (path === undefined || path === "") return schema.parse({});
  const faults = new Faults();
  const at = `${LOCAL_SETTINGS} (${path})`;
  let given: unknown;
  try {
    given = JSON.parse(readFileSync(path, "utf8"));
  } catch (error) {
    faults.add(at, {
      code: "environment/local-settings",
      prop: "file",
      got: error instanceof Error ? error.message : "an unreadable file",
      allowed: "a JSON file that can be read",
      mend: "Mend the file, or unset the variable",
    });
  }
  faults.throwIfAny("environment local");
  const parsed = schema.safeParse(given);
  if (parsed.success) return parsed.data;
  for (const issue of parsed.error.issues) {
    const prop = issue.path.join(".");
    faults.add(at, {
      code: "environment/local-settings",
      prop: prop === "" ? "settings" : prop,
      got: issue.path.reduce<unknown>(
        (value, key) => (value as Record<PropertyKey, unknown> | undefined)?.[key],
        given,
      ),
      allowed: issue.message,
      mend: "See the table of settings in docs/local.md",
    });
  }
  faults.throwIfAny("environment local");
  throw new TypeError("unreachable");
}
