import { mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { transformSync } from "@swc/core";

const root = dirname(__dirname);

/**
 * Compiles the library and this folder to what `npm run build` gives a user: plain ES2022. A loader that compiles
 * on the fly would be measured too, and it wraps every function that a program makes.
 * @returns the folder with the compiled files; it lies under node_modules, so that they find their packages
 */
export function compile(): string {
  const target = join(root, "node_modules", ".cache", "cdktf-docker-discovery-bench");
  rmSync(target, { recursive: true, force: true });
  for (const folder of ["constructs", "bench"]) {
    for (const file of readdirSync(join(root, folder), { recursive: true, encoding: "utf8" })) {
      if (!file.endsWith(".ts")) continue;
      const { code } = transformSync(readFileSync(join(root, folder, file), "utf8"), {
        filename: file,
        swcrc: false,
        jsc: { parser: { syntax: "typescript" }, target: "es2022" },
        module: { type: "commonjs" },
      });
      const to = join(target, folder, file.replace(/\.ts$/, ".js"));
      mkdirSync(dirname(to), { recursive: true });
      writeFileSync(to, code);
    }
  }
  return target;
}
