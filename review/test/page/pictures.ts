/**
 * Makes the pictures of docs/review/page.md again: `npm run review:pictures`. Each shows the top of the page and its list of
 * changes, at three widths, light and dark. Their colours are reduced by pngquant where that is installed, and no picture may
 * have more than 200 kB.
 */
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { renderHtml } from "../../src/render/html";
import { withChromium } from "./browser";
import { FLEET } from "./fleet-review";

const FOLDER = join(__dirname, "..", "..", "..", "docs", "review", "pictures");
const LIMIT = 200_000;

/** Width and height of a window, in pixels. */
const WINDOWS = [
  [360, 1400],
  [768, 1400],
  [1440, 1300],
] as const;

/** What is pictured: the top of the page, the stacks in order, and the changes of a host with a configuration open. */
const VIEWS = [
  { name: "top", hash: "", from: undefined, open: [] },
  { name: "stacks", hash: "", from: "#stacks", open: [] },
  { name: "changes", hash: "#?host=web-1", from: "#changes", open: ["bind/Container", "service-shop"] },
] as const;

function reduceColours(file: string): void {
  const { error, status, stderr } = spawnSync(
    "pngquant",
    ["--force", "--skip-if-larger", "--strip", "--speed", "1", "--output", file, "128", file],
    { encoding: "utf8" },
  );
  // 98: it would not become smaller.
  if (error === undefined && status !== 0 && status !== 98)
    throw new Error(`pngquant failed for ${file}: ${stderr}`);
}

async function main(): Promise<void> {
  mkdirSync(FOLDER, { recursive: true });
  const folder = mkdtempSync(join(tmpdir(), "plan-review-pictures-"));
  try {
    const page = join(folder, "review.html");
    writeFileSync(page, renderHtml(FLEET));
    for (const [width, height] of WINDOWS) {
      for (const scheme of ["light", "dark"] as const) {
        await withChromium({ width, height, scheme }, async (context) => {
          for (const { name, hash, from, open } of VIEWS) {
            const tab = await context.newPage();
            await tab.goto(pathToFileURL(page).href + hash);
            for (const change of open) {
              await tab.locator("details.change:visible > summary", { hasText: change }).first().click();
            }
            if (from !== undefined) {
              await tab.evaluate(`scrollTo(0, 0)`);
              await tab.evaluate(
                `scrollBy(0, document.querySelector("${from}").getBoundingClientRect().top - 16)`,
              );
            }
            const file = join(FOLDER, `${name}-${width}-${scheme}.png`);
            await tab.screenshot({ path: file });
            reduceColours(file);
            const { size } = statSync(file);
            if (size > LIMIT)
              throw new Error(`${file} has ${size} bytes; at most ${LIMIT} are allowed: install pngquant.`);
            console.log(`${file}: ${size} bytes`);
            await tab.close();
          }
        });
      }
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 1;
});
