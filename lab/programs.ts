import {
  copyFileSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { compare, valid } from "semver";
import { all, isExecutable, isRoot, labFolder, logged, main, output, outputOf, which } from "./commands";
import { makeHostArchives } from "./host-images";
import { hostRecipeHash } from "./host-recipes";
import { alone, removeTree, step } from "./making";
import {
  BIND_RECIPES,
  type BindRecipe,
  CONSUL_RECIPES,
  type ConsulRecipe,
  consulVersionIn,
  debootstrapArguments,
  ENGINE_RELEASES,
  engineArguments,
  goCommands,
  installedVersion,
  recipeText,
} from "./recipes";

/** A root file system with a branch of BIND. */
export interface BindRelease {
  /** Debian's name of the release: `bookworm`. */
  readonly release: string;
  /** BIND's version: `9.18.41`. */
  readonly version: string;
  /** The path of the root file system: `chroot <root> /usr/sbin/named`. */
  readonly root: string;
}

/** A Consul program that runs on this machine. */
export interface ConsulBinary {
  /** The version: `1.19.2`. */
  readonly version: string;
  /** The path of the program. */
  readonly path: string;
}

/** A root file system with an engine. */
export interface EngineRelease {
  /** Debian's name of the release: `bullseye`. */
  readonly release: string;
  /** The engine's version: `20.10.5`. */
  readonly version: string;
  /** The path of the root file system; that of the machine's own engine is `/`. */
  readonly root: string;
}

const RECIPE_FILE = ".lab-recipe";
const HOW = "run `npm run lab:programs` as root on Debian";

/** The folder of the programs: LAB_PROGRAMS, or a folder of the user's cache. */
export function programsFolder(): string {
  return process.env["LAB_PROGRAMS"] ?? join(labFolder(), "programs");
}

/**
 * The branches of BIND that are at hand, in the order of their versions.
 * @throws Error if there is none, with how to make them
 */
export function bindReleases(): BindRelease[] {
  const folder = join(programsFolder(), "bind");
  const found = BIND_RECIPES.map(({ release }) => ({ release, root: join(folder, release) }))
    .filter(({ root }) => existsSync(join(root, "var/lib/dpkg/status")))
    .flatMap(({ release, root }) => {
      const version = installedVersion(readFileSync(join(root, "var/lib/dpkg/status"), "utf8"), "bind9");
      return version === undefined ? [] : [{ release, version, root }];
    });
  if (found.length === 0) throw new Error(`no root file system with BIND in ${folder}: ${HOW}`);
  return found.sort((a, b) => compare(a.version, b.version));
}

/**
 * The versions of Consul that are at hand, in their order.
 * @throws Error if there is none, with how to make them
 */
export function consulBinaries(): ConsulBinary[] {
  const folder = join(programsFolder(), "consul");
  const found = (existsSync(folder) ? readdirSync(folder) : [])
    .filter((version) => valid(version) === version)
    .map((version) => ({ version, path: join(folder, version, "consul") }))
    .filter(({ path }) => isExecutable(path));
  if (found.length === 0) throw new Error(`no Consul in ${folder}: ${HOW}`);
  return found.sort((a, b) => compare(a.version, b.version));
}

/**
 * The engines that are at hand, in the order of their versions.
 * @throws Error if one is missing, with how to make it
 */
export function engineReleases(): EngineRelease[] {
  const folder = join(programsFolder(), "engine");
  return ENGINE_RELEASES.map((release) => {
    const root = join(folder, release);
    const status = join(root, "var/lib/dpkg/status");
    const version = existsSync(status)
      ? installedVersion(readFileSync(status, "utf8"), "docker.io")
      : undefined;
    if (version === undefined)
      throw new Error(`no root file system with ${release}'s engine in ${folder}: ${HOW}`);
    return { release, version, root };
  }).sort((a, b) => compare(a.version, b.version));
}

async function makeEngines(): Promise<void> {
  const lacking = ENGINE_RELEASES.filter((release) => {
    const mark = join(programsFolder(), "engine", release, RECIPE_FILE);
    const there = existsSync(mark) && readFileSync(mark, "utf8") === hostRecipeHash(release);
    if (there) console.log(`engine/${release}: there already`);
    return !there;
  });
  const archives = lacking.length === 0 ? [] : await makeHostArchives(lacking);
  await all(
    lacking.map(async (release, i) => {
      const name = `engine/${release}`;
      const target = join(programsFolder(), name);
      await step(name, async () => {
        const part = `${target}.part`;
        removeTree(part);
        mkdirSync(part, { recursive: true });
        await outputOf("tar", engineArguments(archives[i] ?? "", part));
        writeFileSync(join(part, RECIPE_FILE), hostRecipeHash(release));
        removeTree(target);
        renameSync(part, target);
      });
    }),
  );
}

async function makeRoot(recipe: BindRecipe): Promise<void> {
  const name = `bind/${recipe.release}`;
  const target = join(programsFolder(), name);
  const mark = join(target, RECIPE_FILE);
  if (existsSync(mark) && readFileSync(mark, "utf8") === recipeText(recipe)) {
    console.log(`${name}: there already`);
    return;
  }
  const debootstrap = which("debootstrap");
  if (debootstrap === undefined)
    throw new Error(`${name}: debootstrap is missing: apt-get install debootstrap`);
  if (!isRoot()) throw new Error(`${name}: debootstrap works for root only`);
  await step(name, async () => {
    const part = `${target}.part`;
    removeTree(part);
    mkdirSync(dirname(target), { recursive: true });
    const log = join(programsFolder(), "logs", `${recipe.release}.log`);
    await logged({ program: debootstrap, args: debootstrapArguments(recipe, part), log });
    for (const cache of ["var/cache/apt", "var/lib/apt/lists"]) removeTree(join(part, cache));
    writeFileSync(join(part, RECIPE_FILE), recipeText(recipe));
    removeTree(target);
    renameSync(part, target);
  });
}

/** @returns why it was not made, if it was not */
async function makeConsul(recipe: ConsulRecipe): Promise<string | undefined> {
  const name = `consul/${recipe.version}`;
  const target = join(programsFolder(), name);
  if (isExecutable(join(target, "consul"))) {
    console.log(`${name}: there already`);
    return undefined;
  }
  const go = which("go");
  if (recipe.from.kind === "go" && go === undefined)
    return `${name}: built from its Go module, and there is no go on PATH`;
  await step(name, async () => {
    const part = `${target}.part`;
    rmSync(part, { recursive: true, force: true });
    mkdirSync(part, { recursive: true });
    const binary = join(part, "consul");
    if (recipe.from.kind === "debian") {
      copyFileSync(join(programsFolder(), "bind", recipe.from.release, "usr/bin/consul"), binary);
    } else {
      const source = join(part, "source");
      mkdirSync(source);
      const log = join(programsFolder(), "logs", `consul-${recipe.version}.log`);
      for (const args of goCommands(recipe, binary)) {
        await logged({ program: go ?? "go", args, cwd: source, log, env: { CGO_ENABLED: "0" } });
      }
      rmSync(source, { recursive: true });
    }
    const said = consulVersionIn(output(binary, ["version"]));
    if (said !== recipe.version)
      throw new Error(`${name}: the program says that it is ${said ?? "no Consul"}`);
    rmSync(target, { recursive: true, force: true });
    renameSync(part, target);
  });
  return undefined;
}

/**
 * Makes the programs that are not there yet: the root file systems side by side, Consul's versions one after the
 * other, as a build takes every core.
 * @throws Error with everything that could not be made
 */
export async function makePrograms(): Promise<void> {
  await alone(programsFolder(), async () => {
    const faults: string[] = [];
    const note = (error: unknown): void => {
      faults.push(error instanceof Error ? error.message : String(error));
    };
    const roots = Promise.all([
      ...BIND_RECIPES.map(async (recipe) => makeRoot(recipe).catch(note)),
      makeEngines().catch(note),
    ]);
    for (const built of CONSUL_RECIPES.filter(({ from }) => from.kind === "go")) {
      const lacking = await makeConsul(built).catch(note);
      if (lacking !== undefined) console.log(`${lacking}; left out`);
    }
    await roots;
    for (const copied of CONSUL_RECIPES.filter(({ from }) => from.kind === "debian")) {
      await makeConsul(copied).catch(note);
    }
    if (faults.length > 0) throw new Error(faults.join("\n"));
  });
}

if (require.main === module) {
  void main(async () => {
    await makePrograms();
    for (const { version, root } of bindReleases()) console.log(`BIND ${version}: ${root}`);
    for (const { version, root } of engineReleases()) console.log(`engine ${version}: ${root}`);
    for (const { version, path } of consulBinaries()) console.log(`Consul ${version}: ${path}`);
  });
}
