import assert from "node:assert/strict";
import { cpSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { INSTALL, inTemporaryFolder, output, root, run } from "./workspace";

/**
 * `npm run test:examples`: packs the library, looks into the tarball, and builds and synthesizes the examples with
 * it, outside of the project, where nothing but the tarball can be found.
 */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Everything that may be in the tarball. */
const ALLOWED = /^(lib\/[\w/-]+\.(js|d\.ts)|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;

function pack(folder: string): string {
  // An older build may hold files whose sources are gone.
  rmSync(join(root, "lib"), { recursive: true, force: true });
  run(root, "npm", "run", "--silent", "build");
  const [packed] = JSON.parse(
    output(root, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  ) as [Packed];
  const paths = packed.files.map(({ path }) => path);
  assert.deepEqual(
    paths.filter((path) => !ALLOWED.test(path)),
    [],
    "the tarball holds what it should not",
  );
  for (const room of ["core", "discovery", "host", "docker", "consul", "registrator", "dns"]) {
    for (const kind of ["js", "d.ts"])
      assert(paths.includes(`lib/${room}/index.${kind}`), `lib/${room}/index.${kind}`);
  }
  for (const path of ["lib/index.js", "lib/index.d.ts", "README.md", "CHANGELOG.md", "LICENSE"]) {
    assert(paths.includes(path), `the tarball lacks ${path}`);
  }
  process.stdout.write(`${packed.filename}: ${paths.length} files\n`);
  return packed.filename;
}

function buildExample(name: string, folder: string): void {
  const copy = join(folder, name);
  const own = (source: string) => !/\/(node_modules|dist|cdktf\.out[^/]*|package-lock\.json)$/.test(source);
  cpSync(join(root, "examples", name), copy, { recursive: true, filter: own });
  cpSync(join(folder, "tarball"), copy, { recursive: true });
  run(copy, "npm", ...INSTALL);
  for (const project of ["tsconfig.json", "tsconfig.node10.json"]) {
    for (const output of ["dist", "cdktf.out"]) rmSync(join(copy, output), { recursive: true, force: true });
    run(copy, join(copy, "node_modules/.bin/tsc"), "--project", project);
    run(copy, "npm", "run", "--silent", "synth");
    run(copy, "npm", "run", "--silent", "check");
  }
  // Strict consumers check declarations too, and none of ours may ask for this project's own compiler settings.
  run(copy, join(copy, "node_modules/.bin/tsc"), "--noEmit", "--skipLibCheck", "false");
  run(copy, join(copy, "node_modules/.bin/tsc"), "--noEmit", "--exactOptionalPropertyTypes");
}

inTemporaryFolder((folder) => {
  const tarballs = join(folder, "tarball");
  mkdirSync(tarballs);
  pack(tarballs);
  buildExample("team-app", folder);
  process.stdout.write("\nexamples: team-app built, synthesized and checked from the packed tarball\n");
});
