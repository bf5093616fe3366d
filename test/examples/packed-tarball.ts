import assert from "node:assert/strict";
import { spawnSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { INSTALL, inTemporaryFolder, output, root, run } from "./workspace";

/**
 * `npm run test:examples`: packs the library, looks into the tarball, and builds and synthesizes the examples with
 * it, outside of the project, where nothing but the tarball can be found; and so with plan review's own package.
 */
interface Packed {
  readonly filename: string;
  readonly files: readonly { readonly path: string }[];
}

/** Everything that may be in a tarball. */
const ALLOWED =
  /^(lib\/[\w/-]+\.(js|d\.ts)|workflows\/[\w-]+\.yml|README\.md|CHANGELOG\.md|LICENSE|package\.json)$/;

/** Builds and packs the package of a folder of the project. */
function build(folder: string, packageFolder: string): Packed {
  // An older build may hold files whose sources are gone.
  rmSync(join(packageFolder, "lib"), { recursive: true, force: true });
  run(packageFolder, "npm", "run", "--silent", "build");
  const [packed] = JSON.parse(
    output(packageFolder, "npm", "pack", "--json", "--ignore-scripts", "--pack-destination", folder),
  ) as [Packed];
  assert.deepEqual(
    packed.files.map(({ path }) => path).filter((path) => !ALLOWED.test(path)),
    [],
    "the tarball holds what it should not",
  );
  return packed;
}

function pack(folder: string): string {
  const packed = build(folder, root);
  const paths = packed.files.map(({ path }) => path);
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

/** Plan review, installed where there are no constructs: it reads a plan of this project, by a policy in TypeScript. */
function reviewAlone(folder: string): void {
  const alone = join(folder, "review");
  mkdirSync(alone);
  const { filename } = build(alone, join(root, "review"));
  writeFileSync(join(alone, "package.json"), JSON.stringify({ private: true }));
  run(alone, "npm", ...INSTALL, join(alone, filename));
  for (const other of ["cdktf", "constructs", "@cdktf", "cdktf-docker-discovery"])
    assert(!existsSync(join(alone, "node_modules", other)), `plan review brings ${other}`);
  writeFileSync(
    join(alone, "policy.ts"),
    `import { definePolicy } from "cdktf-plan-review";
export default definePolicy({
  shipped: "none",
  rules: [{ id: "team/nothing", title: "Nothing is wrong", check: () => [] }],
});
`,
  );
  const plans = join(root, "review/fixtures/plans");
  for (const [plan, expected] of [
    ["create.json", 2],
    ["nothing.json", 0],
  ] as const) {
    const { status, stdout, stderr } = spawnSync(
      join(alone, "node_modules/.bin/cdktf-plan-review"),
      ["review", join(plans, plan), "--policy", "policy.ts"],
      { cwd: alone, encoding: "utf8" },
    );
    assert.equal(status, expected, `${plan}: ${stdout}${stderr}`);
    assert(stdout.includes("Plan review"), stdout);
  }
}

inTemporaryFolder((folder) => {
  const tarballs = join(folder, "tarball");
  mkdirSync(tarballs);
  pack(tarballs);
  buildExample("team-app", folder);
  reviewAlone(folder);
  process.stdout.write("\nexamples: plan review installed alone, and used\n");
  process.stdout.write("\nexamples: team-app built, synthesized and checked from the packed tarball\n");
});
