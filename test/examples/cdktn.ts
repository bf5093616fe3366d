import { cpSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { INSTALL, inTemporaryFolder, output, root, run } from "./workspace";

/**
 * `npm run test:cdktn`: the type check and the unit ring with CDK Terrain (cdktn), the living fork of cdktf, put in
 * by an npm alias, in a copy of the tree.
 */
const FORK = "npm:cdktn@0.24.0";

interface Manifest {
  peerDependencies: Record<string, string>;
  devDependencies: Record<string, string>;
  overrides?: Record<string, unknown>;
}

/** The tree's files: those that git has, and those that it would take. */
function files(): string[] {
  return output(root, "git", "ls-files", "-z", "--cached", "--others", "--exclude-standard")
    .split("\0")
    .filter((file) => file !== "" && file !== "package-lock.json");
}

function useFork(folder: string): void {
  const path = join(folder, "package.json");
  const manifest = JSON.parse(readFileSync(path, "utf8")) as Manifest;
  // npm would refuse an alias of another version than the one that the package itself asks its users for.
  delete manifest.peerDependencies["cdktf"];
  manifest.devDependencies["cdktf"] = FORK;
  manifest.overrides = { ...manifest.overrides, "@cdktf/provider-docker": { cdktf: "$cdktf" } };
  writeFileSync(path, JSON.stringify(manifest, null, 2));
}

inTemporaryFolder((folder) => {
  for (const file of files())
    cpSync(join(root, file), join(folder, file), { recursive: dirname(file) !== "." });
  useFork(folder);
  run(folder, "npm", ...INSTALL);
  const installed = JSON.parse(readFileSync(join(folder, "node_modules/cdktf/package.json"), "utf8")) as {
    name: string;
    version: string;
  };
  if (installed.name !== "cdktn") throw new Error(`npm installed ${installed.name}, not the fork`);
  process.stdout.write(`\ncdktf is ${installed.name} ${installed.version}\n`);
  run(folder, "npm", "run", "--silent", "typecheck");
  run(folder, "npm", "test");
});
