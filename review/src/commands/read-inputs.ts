import { existsSync, readFileSync, realpathSync, statSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import { getHeapStatistics } from "node:v8";
import { parsePlan } from "../plan/parse-plan";
import { PlanError } from "../plan/plan-error";
import type { StackInput } from "../reading/read-review";
import { INDEX_FILE, type PlansIndex, readPlansIndex } from "../terraform/plans-folder";
import { CommandError, systemCode } from "./command-error";
import { type Io, plainText } from "./io";

/** How much memory reading a plan takes, as a multiple of its size; measured in bench/review.ts. */
const MEMORY_FACTOR = 6;

/** What was named on the command line, read. */
export interface Inputs {
  /** The stacks, one plan or failure each. */
  readonly stacks: readonly StackInput[];
  /** How large the plans are together. */
  readonly bytes: number;
  /** CDKTF's output, as the index of a folder of plans names it. */
  readonly manifest?: string;
  /** The folder of plans, where there is exactly one and nothing else. */
  readonly folder?: { readonly path: string; readonly index: PlansIndex };
}

/** What is read, before it is: where it is, and whose it is. */
interface Source {
  readonly name: string;
  readonly source: string;
  readonly file?: string;
  readonly failure?: string;
}

/**
 * Reads plans: files, folders that `plan` wrote, and `-` for standard input. A plan that cannot be read becomes its
 * stack's failure, so that the others are still reviewed.
 *
 * @param paths what was named
 * @param io where relative paths begin, and standard input
 * @param stdinName the stack's name of what comes from standard input
 * @throws CommandError if something is not there at all, or is no folder of plans
 */
export async function readInputs(
  paths: readonly string[],
  io: Pick<Io, "cwd" | "stdin" | "terminal">,
  stdinName = "stdin",
): Promise<Inputs> {
  const sources: Source[] = [];
  const folders: { readonly path: string; readonly index: PlansIndex }[] = [];
  const seen = new Set<string>();
  const add = (source: Source): void => {
    // `plans/*.json` names the index and what is in it.
    const key = source.file === undefined ? `no file of ${source.name}` : realpathSync(source.file);
    if (seen.has(key)) return;
    seen.add(key);
    sources.push(source);
  };
  // Folders first: the index knows the name of what a file of it holds.
  const found = paths.filter((path) => path !== "-").map((path) => locate(path, io.cwd));
  for (const { path, folder } of found) {
    if (folder === undefined || folders.some((known) => known.path === folder)) continue;
    const index = readPlansIndex(folder);
    folders.push({ path: folder, index });
    for (const source of sourcesOf(folder, index)) add(source);
    if (index.stacks.length === 0) {
      throw new CommandError("input/plans-folder", `${path} holds no stack at all`, "Plan again");
    }
  }
  for (const { path, folder, file } of found) {
    if (folder === undefined) add({ name: basename(file, ".json"), source: path, file });
  }
  const stacks: StackInput[] = [];
  let bytes = 0;
  for (const source of sources) {
    stacks.push(readStack(source));
    if (source.file !== undefined) bytes += statSync(source.file, { throwIfNoEntry: false })?.size ?? 0;
  }
  if (paths.includes("-")) {
    const content = await readStdin(io);
    bytes += content.length;
    stacks.push(parsed(stdinName, "standard input", content));
  }
  const manifests = new Set(folders.map(({ path, index }) => resolve(path, index.manifest)));
  const [manifest] = manifests;
  const [folder] = folders;
  return {
    stacks,
    bytes,
    ...(manifest !== undefined && manifests.size === 1 && existsSync(join(manifest, "manifest.json"))
      ? { manifest }
      : {}),
    ...(folder !== undefined && folders.length === 1 && found.length === 1 && !paths.includes("-")
      ? { folder }
      : {}),
  };
}

function locate(path: string, cwd: string): { path: string; file: string; folder?: string } {
  const file = resolve(cwd, path);
  try {
    if (statSync(file).isDirectory()) return { path, file, folder: file };
  } catch (error) {
    throw new CommandError(
      "input/missing",
      `${plainText(path)} cannot be read (${systemCode(error)})`,
      "Name a file or folder that is there",
    );
  }
  return basename(file) === INDEX_FILE ? { path, file, folder: dirname(file) } : { path, file };
}

function* sourcesOf(folder: string, index: PlansIndex): Generator<Source> {
  for (const { name, status, failure, json } of index.stacks) {
    const source = json === undefined ? join(folder, INDEX_FILE) : join(folder, json);
    if (status === "failed" || json === undefined) {
      yield { name, source, failure: failure ?? "its plan failed, and nothing says why" };
    } else if (!existsSync(source)) {
      yield { name, source, failure: `${source} is not there, though it was planned: plan again` };
    } else {
      yield { name, source, file: source };
    }
  }
}

function readStack({ name, source, file, failure }: Source): StackInput {
  if (file === undefined) return { name, source, failure: failure ?? "there is no plan" };
  let content: Uint8Array | string;
  try {
    refuseTooLarge(statSync(file).size, source);
    content = readText(file) ?? readFileSync(file);
  } catch (error) {
    if (error instanceof CommandError) throw error;
    return { name, source, failure: `${source} cannot be read (${systemCode(error)})` };
  }
  return parsed(name, source, content);
}

/**
 * The file's text, decoded as it is read, so that its bytes are not in memory beside it. Undefined where it is none:
 * not UTF-8, a saved plan, longer than a string can be; the parser says which by the bytes.
 */
function readText(file: string): string | undefined {
  let text: string;
  try {
    text = readFileSync(file, "utf8");
  } catch (error) {
    if (systemCode(error) === "ERR_STRING_TOO_LONG") return undefined;
    throw error;
  }
  return text.includes("\ufffd") || text.startsWith("PK") ? undefined : text;
}

function parsed(name: string, source: string, content: Uint8Array | string): StackInput {
  try {
    return { name, source, plan: parsePlan(content, source) };
  } catch (error) {
    if (error instanceof PlanError) return { name, source, failure: error.message };
    throw error;
  }
}

/** Refuses what would end the process in the middle, without a word. */
function refuseTooLarge(size: number, source: string): void {
  const limit = getHeapStatistics().heap_size_limit;
  if (size * MEMORY_FACTOR <= limit) return;
  const mebibytes = (bytes: number): number => Math.ceil(bytes / 1024 ** 2);
  throw new CommandError(
    "input/too-large",
    `${source} has ${mebibytes(size)} MiB, and reading it may take ${MEMORY_FACTOR} times that, of which this process may use ${mebibytes(limit)} MiB`,
    `Run it with NODE_OPTIONS=--max-old-space-size=${mebibytes(size * MEMORY_FACTOR * 1.2)}`,
  );
}

async function readStdin(io: Pick<Io, "stdin" | "terminal">): Promise<Uint8Array> {
  if (io.terminal.stdin) {
    throw new CommandError(
      "input/stdin",
      "standard input is a terminal, and a plan is read from it",
      "Give it a plan: terraform show -json PLANFILE | cdktf-plan-review review -",
    );
  }
  const chunks: Buffer[] = [];
  let size = 0;
  for await (const chunk of io.stdin as AsyncIterable<Buffer | string>) {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk) : chunk;
    size += bytes.length;
    refuseTooLarge(size, "standard input");
    chunks.push(bytes);
  }
  return Buffer.concat(chunks);
}
