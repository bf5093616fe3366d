/** A real Chromium for the page's tests and pictures, found on this machine. */
import { accessSync, constants, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { chromium } from "playwright-core";
import type { BrowserContext } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"] as const;

const ARGUMENTS = [
  "--no-sandbox",
  "--disable-gpu",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
];

function isProgram(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}

/**
 * Finds Chromium: what the environment variable CHROMIUM names, else the first of `chromium`, `chromium-browser` and
 * `google-chrome` on the PATH.
 *
 * @throws Error that says what is missing, and how to get it
 */
export function chromiumProgram(environment: NodeJS.ProcessEnv = process.env): string {
  const named = environment.CHROMIUM;
  if (named !== undefined && named !== "") {
    if (isProgram(named)) return named;
    throw new Error(
      `CHROMIUM names ${named}, which is no program. Name an executable Chromium, or unset it.`,
    );
  }
  const folders = (environment.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = NAMES.flatMap((name) => folders.map((folder) => join(folder, name))).find(isProgram);
  if (found !== undefined) return found;
  throw new Error(
    `Chromium is missing: none of ${NAMES.join(", ")} is on the PATH. Install it (Debian: apt-get install chromium), or name it by the environment variable CHROMIUM.`,
  );
}

/** How a context is. */
export interface Look {
  /** Pixels. */
  readonly width: number;
  /** Pixels. */
  readonly height?: number;
  readonly scheme?: "light" | "dark";
  readonly javaScript?: boolean;
}

/** A Chromium with an empty profile of its own, which is removed in the end. */
export async function withChromium<T>(look: Look, use: (context: BrowserContext) => Promise<T>): Promise<T> {
  const profile = mkdtempSync(join(tmpdir(), "plan-review-chromium-"));
  try {
    const context = await chromium.launchPersistentContext(profile, {
      executablePath: chromiumProgram(),
      args: ARGUMENTS,
      headless: true,
      viewport: { width: look.width, height: look.height ?? 900 },
      colorScheme: look.scheme ?? "light",
      javaScriptEnabled: look.javaScript ?? true,
      reducedMotion: "reduce",
    });
    try {
      return await use(context);
    } finally {
      await context.close();
    }
  } finally {
    rmSync(profile, { recursive: true, force: true, maxRetries: 5 });
  }
}
