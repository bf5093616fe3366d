import { readFileSync } from "node:fs";
import { join } from "node:path";
import { z } from "zod";

const PACKAGE = z.object({ version: z.string() });

/** The version of this package. */
export const VERSION = PACKAGE.parse(
  JSON.parse(readFileSync(join(__dirname, "..", "package.json"), "utf8")),
).version;
