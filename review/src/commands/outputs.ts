import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, extname, resolve } from "node:path";
import { renderHtml } from "../render/html";
import { renderJson } from "../render/json";
import { renderMarkdown } from "../render/markdown";
import { renderSarif, type SarifOptions } from "../render/sarif";
import { renderText } from "../render/text";
import type { Review } from "../review/review";
import { VERSION } from "../version";
import { CommandError, systemCode } from "./command-error";
import type { Io } from "./io";

/** The formats of a review, each with the ending of its files. */
export const FORMATS = {
  markdown: ".md",
  json: ".json",
  sarif: ".sarif",
  text: ".txt",
  html: ".html",
} as const;

/** A format of a review. */
export type Format = keyof typeof FORMATS;

const ENDINGS = new Map<string, Format>([
  ...Object.entries(FORMATS).map(([format, ending]) => [ending, format as Format] as const),
  [".markdown", "markdown"],
  [".htm", "html"],
]);

/** Somewhere that a review is written to. */
export interface Output {
  readonly format: Format;
  /** The file; undefined for standard output. */
  readonly file?: string;
}

/**
 * Which formats are written where: without a file to standard output, in `--format` or as text; with one file in
 * `--format` or as its ending says; with several each as its ending says.
 *
 * @throws CommandError if an ending says nothing, or `--format` does not say which of several files it is of
 */
export function outputsOf(format: Format | undefined, files: readonly string[]): Output[] {
  if (files.length === 0) return [{ format: format ?? "text" }];
  if (format !== undefined && files.length > 1) {
    throw new CommandError(
      "output/format",
      `--format ${format} with ${files.length} outputs does not say which one it is of`,
      `Leave it out: the endings say it (${Object.values(FORMATS).join(", ")})`,
    );
  }
  return files.map((file) => {
    const found = format ?? ENDINGS.get(extname(file).toLowerCase());
    if (found !== undefined) return { format: found, file };
    throw new CommandError(
      "output/format",
      `the name ${file} does not say which format it is to be`,
      `End it with ${Object.values(FORMATS).join(", ")}, or say --format`,
    );
  });
}

/** Writes a review to one place. */
export function writeOutput(
  review: Review,
  { format, file }: Output,
  io: Pick<Io, "cwd" | "stdout" | "env" | "terminal">,
  sarif: SarifOptions = {},
): void {
  const text = render(review, format, file === undefined ? io : undefined, sarif);
  if (file === undefined) io.stdout.write(text);
  else writeTextFile(file, text, io.cwd);
}

/** @throws CommandError if the file cannot be written */
export function writeTextFile(file: string, text: string, cwd: string): void {
  const path = resolve(cwd, file);
  try {
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, text);
  } catch (error) {
    throw new CommandError(
      "output/unwritable",
      `${file} cannot be written (${systemCode(error)})`,
      "Name another",
    );
  }
}

function render(
  review: Review,
  format: Format,
  screen: Pick<Io, "env" | "terminal"> | undefined,
  sarif: SarifOptions,
): string {
  switch (format) {
    case "markdown":
      return `${renderMarkdown(review).join("\n\n")}\n`;
    case "json":
      return renderJson(review);
    case "sarif":
      return renderSarif(review, { version: VERSION, ...sarif });
    case "html":
      return renderHtml(review);
    case "text": {
      if (screen?.terminal.stdout !== true) return renderText(review);
      // https://no-color.org
      const color = (screen.env["NO_COLOR"] ?? "") === "" && screen.env["TERM"] !== "dumb";
      return renderText(review, { color, width: screen.terminal.width });
    }
  }
}
