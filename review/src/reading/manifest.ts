import { readFileSync } from "node:fs";
import { isAbsolute, join, normalize, sep } from "node:path";
import { z } from "zod";
import { type ConstructNames, constructNames } from "./construct-names";
import { inStackOrder, StackCycleError } from "./stack-order";

/** A stack of an app, as CDKTF synthesized it. */
export interface ManifestStack {
  /** Its name. */
  readonly name: string;
  /** Its construct's path. */
  readonly constructPath: string;
  /** The stacks that are deployed before it, directly. */
  readonly dependsOn: readonly string[];
  /** The names of its resources. */
  readonly names: ConstructNames;
}

/** What CDKTF says of an app's stacks. */
export interface Manifest {
  /** Where it was read from, for messages. */
  readonly source: string;
  /** The stacks, in the order in which they are deployed. */
  readonly stacks: readonly ManifestStack[];
}

/** A manifest that cannot be read, or is none. */
export class ManifestError extends Error {
  override readonly name = "ManifestError";
}

const MANIFEST = z.object({
  stacks: z.record(
    z.string(),
    z.object({
      name: z.string().min(1),
      constructPath: z.string().optional(),
      dependencies: z.array(z.string()).default([]),
      synthesizedStackPath: z.string().min(1),
    }),
  ),
});

const BLOCK = z.object({
  "//": z.object({ metadata: z.object({ path: z.string().min(1) }).optional() }).optional(),
});
const BLOCKS = z.record(z.string(), z.record(z.string(), BLOCK));

const STACK = z.object({
  resource: BLOCKS.optional(),
  data: BLOCKS.optional(),
  ephemeral: BLOCKS.optional(),
  module: z.record(z.string(), BLOCK).optional(),
});

/**
 * Reads what CDKTF wrote: `manifest.json`, and the `cdk.tf.json` of each of its stacks.
 *
 * @param directory CDKTF's output, `cdktf.out`
 * @throws ManifestError if a file is missing, is no JSON, or is not what CDKTF writes
 */
export function readManifest(directory: string): Manifest {
  const file = join(directory, "manifest.json");
  const { stacks } = readJson(file, MANIFEST, "a manifest of CDKTF");
  const entries = Object.values(stacks);
  const known = new Set(entries.map(({ name }) => name));
  if (known.size < entries.length) throw new ManifestError(`${file}: two stacks have the same name`);
  const read = entries.map((entry): ManifestStack => {
    const missing = entry.dependencies.find((name) => !known.has(name));
    if (missing !== undefined) {
      throw new ManifestError(
        `${file}: the stack ${quote(entry.name)} depends on ${quote(missing)}, which is not in the manifest; ` +
          "synthesize all stacks again",
      );
    }
    return {
      name: entry.name,
      constructPath: entry.constructPath ?? entry.name,
      dependsOn: entry.dependencies,
      names: constructNames(readPaths(directory, file, entry.name, entry.synthesizedStackPath)),
    };
  });
  try {
    return { source: file, stacks: inStackOrder(read) };
  } catch (error) {
    if (error instanceof StackCycleError) throw new ManifestError(`${file}: ${error.message}`);
    throw error;
  }
}

/** Reads a stack's `cdk.tf.json`: configuration address to construct path. */
function readPaths(directory: string, manifest: string, stack: string, path: string): Map<string, string> {
  const inside = normalize(path);
  if (isAbsolute(inside) || inside === ".." || inside.startsWith(`..${sep}`)) {
    throw new ManifestError(
      `${manifest}: the stack ${quote(stack)} has the path ${quote(path)}, which is outside of ${directory}`,
    );
  }
  const { resource, data, ephemeral, module } = readJson(
    join(directory, inside),
    STACK,
    "a stack that CDKTF synthesized",
  );
  const paths = new Map<string, string>();
  const addAll = (prefix: string, blocks: z.infer<typeof BLOCKS> = {}): void => {
    for (const [type, named] of Object.entries(blocks)) {
      for (const [name, block] of Object.entries(named)) add(`${prefix}${type}.${name}`, block);
    }
  };
  const add = (address: string, block: z.infer<typeof BLOCK>): void => {
    // Without a path it was not made by a construct (an override): its address is its name.
    paths.set(address, block["//"]?.metadata?.path ?? address);
  };
  addAll("", resource);
  addAll("data.", data);
  addAll("ephemeral.", ephemeral);
  for (const [name, block] of Object.entries(module ?? {})) add(`module.${name}`, block);
  return paths;
}

function readJson<T>(file: string, schema: z.ZodType<T>, what: string): T {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    const code =
      typeof error === "object" && error !== null && "code" in error ? String(error.code) : "unreadable";
    throw new ManifestError(
      `${file}: cannot be read (${code}); name the directory that \`cdktf synth\` writes, such as cdktf.out`,
    );
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    // The parser's own message quotes the file.
    throw new ManifestError(`${file}: is no JSON; synthesize again`);
  }
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const where =
    issue === undefined || issue.path.length === 0 ? "" : ` at ${issue.path.map(String).join(".")}`;
  throw new ManifestError(
    `${file}: is not ${what}${where}: ${issue?.message ?? "another shape"}; synthesize again with CDKTF 0.20 or later`,
  );
}

function quote(text: string): string {
  return JSON.stringify(text);
}
