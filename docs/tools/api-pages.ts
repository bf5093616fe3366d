import { spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/**
 * `npm run docs:api` writes the API pages, a page for each product folder; `npm run docs:check` writes them into a
 * folder of its own and says which of them differ from those that are committed.
 */
const root = join(__dirname, "../..");
const committed = join(root, "docs/api");

function generate(out: string): void {
  const typedoc = join(root, "node_modules/typedoc/bin/typedoc");
  const { status } = spawnSync(process.execPath, [typedoc, "--logLevel", "Warn", "--out", out], {
    cwd: root,
    stdio: "inherit",
  });
  if (status !== 0) throw new Error("typedoc could not write the pages: it said why above");
}

function pagesIn(folder: string): Map<string, string> {
  return new Map(
    readdirSync(folder)
      .sort()
      .map((page) => [page, readFileSync(join(folder, page), "utf8")]),
  );
}

/** The names of the pages that differ between two folders, or are in one of them alone. */
function differing(a: Map<string, string>, b: Map<string, string>): string[] {
  return [...new Set([...a.keys(), ...b.keys()])].filter((page) => a.get(page) !== b.get(page)).sort();
}

/** The names of the committed pages that are not what the sources say. */
function drifted(): string[] {
  const fresh = mkdtempSync(join(tmpdir(), "api-pages-"));
  try {
    generate(fresh);
    return differing(pagesIn(committed), pagesIn(fresh));
  } finally {
    rmSync(fresh, { recursive: true, force: true });
  }
}

function main(): void {
  if (!process.argv.includes("--check")) {
    generate(committed);
    return;
  }
  const pages = drifted();
  if (pages.length === 0) return;
  process.stderr.write(
    `The sources say something else than docs/api/${pages.join(", docs/api/")}: run npm run docs:api and commit the pages.\n`,
  );
  process.exitCode = 1;
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
}
