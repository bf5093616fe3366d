import { existsSync, readFileSync, statSync } from "node:fs";
import { extname, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { checkPolicy } from "./check-policy";
import type { Policy } from "./policy";
import { PolicyError } from "./policy-error";
import * as policyModule from "./policy-module";

const PACKAGE = "cdktf-plan-review";
const EXTENSIONS = /\.[cm]?[jt]s$/;

/**
 * Loads a policy file, in TypeScript or JavaScript. Its types are not checked: that is its own compiler's work. An import
 * of `cdktf-plan-review` gives the names of `policy-module`, installed beside the file or not.
 *
 * @param file its path
 * @throws PolicyError if there is no such file, it does not compile or run, or what it exports is no policy
 */
export async function loadPolicy(file: string): Promise<Policy> {
  const path = resolve(file);
  if (!existsSync(path)) {
    throw new PolicyError(`${file}: there is no such policy file. Check the path given with --policy.`);
  }
  if (!statSync(path).isFile()) {
    throw new PolicyError(`${file}: this is no file. Give --policy the policy file itself, like policy.ts.`);
  }
  if (!EXTENSIONS.test(path)) {
    throw new PolicyError(
      `${file}: a policy file is TypeScript or JavaScript, and its name ends in .ts, .mts, .cts, .js, .mjs or .cjs.`,
    );
  }
  const exported = defaultOf(await evaluate(file, path));
  if (exported === undefined) {
    throw new PolicyError(
      `${file}: it has no default export. End it with: export default definePolicy({ ... });`,
    );
  }
  return checkPolicy(exported, file);
}

async function evaluate(file: string, path: string): Promise<unknown> {
  try {
    const text = readFileSync(path, "utf8");
    // Loaded where there is a policy file alone: it takes a tenth of the time of a small review.
    const { createJiti } = await import("jiti");
    const jiti = createJiti(pathToFileURL(path).href, {
      virtualModules: { [PACKAGE]: policyModule },
      // Without these a file that changed, or that another program left, could be taken for this one.
      fsCache: false,
      moduleCache: false,
      interopDefault: false,
      tryNative: false,
    });
    // As text: jiti hands a file without TypeScript or ES modules in it to Node's own loader, which knows no virtual
    // modules, and evaluates it a second time when that fails.
    return await jiti.evalModule(text, {
      filename: path,
      ext: extname(path),
      async: true,
      forceTranspile: true,
    });
  } catch (error) {
    const { message, place } = described(error, path);
    throw new PolicyError(
      `${file}: the policy file cannot be loaded${place}: ${message}. Mend it there; \`npx tsc --noEmit\` finds more.`,
      { cause: error },
    );
  }
}

/**
 * The default export. In CommonJS it is what `module.exports` was set to; an empty object there is what a file has that
 * exports nothing.
 */
function defaultOf(module: unknown): unknown {
  if (typeof module !== "object" || module === null) return module;
  const exports = module as Record<string, unknown>;
  if (!("__esModule" in exports) && !("default" in exports)) {
    return Object.keys(exports).length === 0 ? undefined : exports;
  }
  const exported = exports["default"];
  // A file in CommonJS that was itself compiled from `export default`.
  if (
    typeof exported === "object" &&
    exported !== null &&
    "__esModule" in exported &&
    "default" in exported
  ) {
    return exported.default;
  }
  return exported;
}

/** What failed and where: the compiler says it in its message, an exception in its stack. */
function described(error: unknown, path: string): { readonly message: string; readonly place: string } {
  const { message: text, stack } = (typeof error === "object" && error !== null ? error : {}) as {
    message?: unknown;
    stack?: unknown;
  };
  const message =
    (typeof text === "string" && text.trim() !== "" ? text : String(error)).split("\n")[0] ?? "";
  if (typeof stack !== "string") return { message, place: "" };
  const at = stack.indexOf(`${path}:`);
  const place = at < 0 ? null : /^:(\d+)(?::(\d+))?/.exec(stack.slice(at + path.length));
  return {
    message: message
      .replaceAll(path, "this file")
      .trim()
      .replace(/\s*\.$/, ""),
    place:
      place === null
        ? ""
        : ` (line ${place[1] ?? ""}${place[2] === undefined ? "" : `, column ${place[2]}`})`,
  };
}
