import { join } from "node:path";
import { z } from "zod";
import { Cidr } from "../constructs/core/addresses";
import { Faults } from "../constructs/core/errors";
import { FIRST_FREE_PLACE } from "./fixed-addresses";
import { field, readSettings } from "./settings-file";

/** The variable that names a file of settings for the environment `local`. */
export const LOCAL_SETTINGS = "LOCAL_SETTINGS";

const { flag, port, text, texts, whole } = field;

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
  upstreams: texts("addresses").default([]),
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
  return readSettings(
    {
      environment: "local",
      variable: LOCAL_SETTINGS,
      code: "environment/local-settings",
      schema: settings,
      namesAt: ([first = ""]) => NAMES[String(first)] ?? [],
    },
    path,
  );
}
