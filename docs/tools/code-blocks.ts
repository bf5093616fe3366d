import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import ts from "typescript";

const root = join(__dirname, "../..");

/** A fenced block of code in a page. */
export interface CodeBlock {
  /** The page, as a path from the project's root. */
  readonly page: string;
  /** The line that the code begins at, counted from 1. */
  readonly line: number;
  /** The word behind the fence: `ts`, `sh`. */
  readonly language: string;
  readonly text: string;
}

/** The pages that people wrote: those at the root, of docs/ without the generated ones, of the examples and of review/. */
export function pages(): string[] {
  const below = (folder: string) =>
    existsSync(join(root, folder))
      ? readdirSync(join(root, folder), { recursive: true, encoding: "utf8" }).map((name) =>
          join(folder, name),
        )
      : [];
  return [...readdirSync(root), ...below("docs"), ...below("examples"), ...below("review")]
    .filter((page) => page.endsWith(".md") && !/^docs\/api\/|node_modules\/|\/golden\//.test(page))
    .sort();
}

/** The fenced blocks of a page's text. */
export function codeBlocks(page: string, text = readFileSync(join(root, page), "utf8")): CodeBlock[] {
  const blocks: CodeBlock[] = [];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const [, indent = "", language] = /^( *)```(\S*)/.exec(lines[i] ?? "") ?? [];
    if (language === undefined) continue;
    const start = i + 1;
    while (++i < lines.length && lines[i]?.trim() !== "```");
    const code = lines
      .slice(start, i)
      .map((line) => (line.startsWith(indent) ? line.slice(indent.length) : line));
    blocks.push({ page, line: start + 1, language, text: code.join("\n") + "\n" });
  }
  return blocks;
}

/** The package that a page is about: its own folder, or the root. */
function packageOf(page: string): string {
  return /^(docs\/)?review\//.test(page) ? "review" : ".";
}

/** The compiler's settings of a package, with the packages' own names leading to their sources. */
function compilerOptions(folder: string): ts.CompilerOptions {
  const { config } = ts.readConfigFile(join(root, folder, "tsconfig.json"), (path) =>
    ts.sys.readFile(path),
  ) as {
    config: { compilerOptions: object };
  };
  const { options } = ts.parseJsonConfigFileContent({ ...config, files: [] }, ts.sys, join(root, folder));
  return {
    ...options,
    // A block may show a value without using it.
    noUnusedLocals: false,
    moduleDetection: ts.ModuleDetectionKind.Force,
    paths: {
      "cdktf-docker-discovery": [join(root, "constructs/index.ts")],
      "cdktf-docker-discovery/*": [join(root, "constructs/*/index.ts")],
      "cdktf-plan-review": [join(root, "review/src/index.ts")],
    },
  };
}

/**
 * Checks blocks of TypeScript against the sources, those of a package in one program, each as a module of its own.
 * @returns what the compiler says, as `page:line: text`
 */
export function typeErrors(blocks: readonly CodeBlock[]): string[] {
  return [".", "review"].flatMap((folder) =>
    typeErrorsIn(
      folder,
      blocks.filter(({ page }) => packageOf(page) === folder),
    ),
  );
}

function typeErrorsIn(folder: string, blocks: readonly CodeBlock[]): string[] {
  if (blocks.length === 0) return [];
  const files = new Map(blocks.map((block, i) => [join(root, folder, "docs", `block-${i}.ts`), block]));
  const options = compilerOptions(folder);
  const disk = ts.createCompilerHost(options);
  const host: ts.CompilerHost = {
    ...disk,
    fileExists: (name) => files.has(name) || disk.fileExists(name),
    readFile: (name) => files.get(name)?.text ?? disk.readFile(name),
    getSourceFile: (name, version, ...rest) => {
      const block = files.get(name);
      return block === undefined
        ? disk.getSourceFile(name, version, ...rest)
        : ts.createSourceFile(name, block.text, version);
    },
  };
  const program = ts.createProgram([...files.keys()], options, host);
  return [...files].flatMap(([name, block]) => {
    const source = program.getSourceFile(name);
    return [...program.getSyntacticDiagnostics(source), ...program.getSemanticDiagnostics(source)].map(
      (fault) => {
        const line = fault.file?.getLineAndCharacterOfPosition(fault.start ?? 0).line ?? 0;
        return `${block.page}:${block.line + line}: ${ts.flattenDiagnosticMessageText(fault.messageText, "\n")}`;
      },
    );
  });
}

/** A block of TypeScript as CommonJS. */
export function transpile(block: CodeBlock): string {
  return ts.transpileModule(block.text, {
    compilerOptions: {
      module: ts.ModuleKind.CommonJS,
      target: ts.ScriptTarget.ES2022,
      esModuleInterop: true,
    },
  }).outputText;
}

/** The npm scripts that a page tells people to run, by `npm run NAME`, `npm start` and `npm test`. */
export function scriptsNamedIn(text: string): string[] {
  return [...text.matchAll(/\bnpm (?:run (?:--\S+ )*([a-z][\w:-]*)|(start|test)\b)/g)].map(
    ([, named, short]) => named ?? short ?? "",
  );
}

/** The links of a page that lead to files of the project, as paths from its root. */
export function linkedFiles(page: string, text = readFileSync(join(root, page), "utf8")): string[] {
  return [...text.matchAll(/\]\((?![a-z]+:|#)([^)#\s]+)(?:#[^)]*)?\)/g)].map(([, target = ""]) =>
    relative(root, join(root, page, "..", target)),
  );
}
