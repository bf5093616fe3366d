import { createHash } from "node:crypto";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  lstatSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { isRoot, main, output, which } from "./commands";
import { engineAnswers, ENGINE_SOCKET } from "./engine";
import {
  baseEntries,
  bindImage,
  bitbucketServerImage,
  consulImage,
  type Entry,
  type ImageRecipe,
  importArguments,
  librariesIn,
  type Owner,
  RECIPE_LABEL,
  recipeHash,
  registratorImage,
  toolsImage,
  webImage,
} from "./image-recipes";
import { bindReleases, consulBinaries, type BindRelease } from "./programs";

/** An image that could not be made. */
export interface MissingImage {
  /** Its repository: `lab/registrator`. */
  readonly name: string;
  /** Why, and what mends it. */
  readonly why: string;
}

/** The images of the lab that the engine has. */
export interface LabImages {
  /** References by Consul's version: `{"1.19.2": "lab/consul:1.19.2"}`. */
  readonly consul: Readonly<Record<string, string>>;
  /** References by BIND's branch: `{"9.18": "lab/bind9:9.18"}`. */
  readonly bind9: Readonly<Record<string, string>>;
  /** The one reference of each of the others, by its name: registrator, web, bitbucket-server, tools. */
  readonly others: Readonly<Record<string, string>>;
  /** What is not there, and why. */
  readonly missing: readonly MissingImage[];
}

/** The version that a registrator on PATH is taken for: its program says it only in its log. */
const REGISTRATOR_VERSION = "7.4.0";

interface Plan {
  readonly recipes: readonly ImageRecipe[];
  readonly missing: readonly MissingImage[];
}

function digestOf(path: string): string {
  return createHash("sha256").update(readFileSync(path)).digest("hex");
}

/** A path of a root file system, with its links followed inside that root. */
function inside(root: string, path: string): string {
  let at = "";
  for (const part of path.split("/").filter((name) => name !== "")) {
    const next = `${at}/${part}`;
    const real = join(root, next);
    at =
      existsSync(dirname(real)) && lstatSync(real, { throwIfNoEntry: false })?.isSymbolicLink() === true
        ? inside(root, resolve(dirname(next), readlinkSync(real))).slice(root.length)
        : next;
  }
  return join(root, at);
}

/** Copies of files of a root file system, at their paths there. */
function copies(root: string, paths: readonly string[]): Entry[] {
  return [...new Set(paths)]
    .map((at) => ({ at, copyOf: inside(root, at) }))
    .filter(({ copyOf }) => existsSync(copyOf))
    .map(({ at, copyOf }) => ({ at, copyOf, digest: digestOf(copyOf) }));
}

/** Programs of a root file system with all that the dynamic linker loads for them. */
function withLibraries(root: string, programs: readonly string[]): Entry[] {
  const present = programs.filter((program) => existsSync(inside(root, program)));
  const libraries = present.flatMap((program) => librariesIn(output("chroot", [root, "ldd", program])));
  return copies(root, [...present, ...libraries]);
}

/** The files below a folder of a root file system, at most one level deep. */
function filesIn(root: string, folder: string): string[] {
  const at = inside(root, folder);
  if (!existsSync(at)) return [];
  return readdirSync(at, { withFileTypes: true })
    .filter((found) => found.isFile() || found.isSymbolicLink())
    .map((found) => join(folder, found.name));
}

/** The user bind of a root file system, from its /etc/passwd. */
function bindUser(root: string): Owner {
  const line = readFileSync(join(root, "etc/passwd"), "utf8")
    .split("\n")
    .find((account) => account.startsWith("bind:"));
  const [, , user, group] = (line ?? "").split(":");
  if (user === undefined || group === undefined) throw new Error(`${root}: no user bind in /etc/passwd`);
  return { user: Number(user), group: Number(group) };
}

function bindFiles({ root }: BindRelease): Entry[] {
  const libraries = dirname(
    librariesIn(output("chroot", [root, "ldd", "/usr/sbin/named"])).find((path) =>
      path.includes("/libc.so"),
    ) ?? "/lib/x",
  );
  return [
    ...withLibraries(root, [
      "/usr/sbin/named",
      "/usr/sbin/rndc",
      "/usr/bin/named-checkconf",
      "/usr/sbin/named-checkconf",
    ]),
    // Loaded by name at run time, so ldd does not list them: name service, and what thread cancellation needs.
    ...copies(root, [`${libraries}/libnss_files.so.2`, `${libraries}/libgcc_s.so.1`, "/etc/ssl/openssl.cnf"]),
    ...copies(root, filesIn(root, `/usr${libraries.replace(/^\/usr/, "")}/bind`)),
    ...copies(root, filesIn(root, "/usr/share/dns")),
    // The key of rndc is this root's own secret.
    ...copies(
      root,
      filesIn(root, "/etc/bind").filter((path) => !path.endsWith("rndc.key")),
    ),
  ];
}

/** All images that can be made from what is at hand, and why the others cannot. */
function plan(): Plan {
  const recipes: ImageRecipe[] = [];
  const missing: MissingImage[] = [];
  const releases = bindReleases();
  // Tools come from the engine's own generation of Debian where it is at hand.
  const tools = releases.find(({ release }) => release === "bookworm") ?? releases[0];
  if (tools === undefined) return { recipes, missing };
  const busybox = inside(tools.root, "/bin/busybox");
  const base = baseEntries({
    path: busybox,
    digest: digestOf(busybox),
    applets: output(busybox, ["--list"]).trim().split("\n"),
  });
  const authorities = copies(tools.root, ["/etc/ssl/certs/ca-certificates.crt"]);

  for (const { version, path } of consulBinaries()) {
    // A program of Debian's is linked with the libraries of the release that it is from.
    const origin = releases.find(
      ({ root }) =>
        existsSync(join(root, "usr/bin/consul")) && digestOf(join(root, "usr/bin/consul")) === digestOf(path),
    );
    const libraries =
      origin === undefined
        ? []
        : withLibraries(origin.root, ["/usr/bin/consul"]).filter(({ at }) => at !== "/usr/bin/consul");
    const program = { path, digest: digestOf(path) };
    recipes.push(consulImage({ version, base: [...base, ...authorities], program, libraries }));
  }
  for (const release of releases) {
    recipes.push(bindImage(release.version, base, bindFiles(release), bindUser(release.root)));
  }
  const registrator = which("registrator");
  if (registrator === undefined) {
    missing.push({
      name: "lab/registrator",
      why: "registrator not found on PATH: build it from its own repository with CGO_ENABLED=0",
    });
  } else if (isDynamic(registrator)) {
    missing.push({
      name: "lab/registrator",
      why: `${registrator} is not static: build it with CGO_ENABLED=0`,
    });
  } else {
    const program = { path: registrator, digest: digestOf(registrator) };
    recipes.push(registratorImage(REGISTRATOR_VERSION, program, authorities));
  }
  recipes.push(webImage(base), bitbucketServerImage(base));
  recipes.push(toolsImage(base, withLibraries(tools.root, ["/usr/bin/dig", "/usr/bin/host"])));
  return { recipes, missing };
}

function isDynamic(program: string): boolean {
  try {
    return librariesIn(output("ldd", [program])).length > 0;
  } catch {
    // ldd ends with an error for a static program.
    return false;
  }
}

function docker(args: readonly string[]): string {
  const cli = which("docker");
  if (cli === undefined) throw new Error("no docker on PATH: apt-get install docker.io");
  return output(cli, ["--host", `unix://${ENGINE_SOCKET}`, ...args]);
}

/** The recipes' hashes of the engine's images, by reference. */
function present(): Map<string, string> {
  const format = `{{.Repository}}:{{.Tag}}`;
  const references = docker(["image", "ls", "--filter", `label=${RECIPE_LABEL}`, "--format", format]);
  const found = new Map<string, string>();
  for (const reference of references.split("\n").filter((line) => line !== "" && !line.includes("<none>"))) {
    const labels = docker([
      "image",
      "inspect",
      "--format",
      `{{index .Config.Labels "${RECIPE_LABEL}"}}`,
      reference,
    ]);
    found.set(reference, labels.trim());
  }
  return found;
}

/** Writes the file system of an image into an empty folder. */
function write(entries: readonly Entry[], folder: string): void {
  for (const entry of entries) {
    const path = join(folder, entry.at);
    mkdirSync("folderOf" in entry ? path : dirname(path), { recursive: true });
    if ("text" in entry) {
      writeFileSync(path, entry.text);
      chmodSync(path, entry.mode);
    } else if ("copyOf" in entry) {
      copyFileSync(entry.copyOf, path);
    } else if ("linkTo" in entry) {
      rmSync(path, { force: true });
      symlinkSync(entry.linkTo, path);
    } else {
      chownSync(path, entry.folderOf.user, entry.folderOf.group);
      chmodSync(path, entry.mode);
    }
  }
}

function make(recipe: ImageRecipe): void {
  const folder = mkdtempSync(join(tmpdir(), "lab-image-"));
  try {
    const root = join(folder, "root");
    const archive = join(folder, "root.tar");
    mkdirSync(root);
    write(recipe.entries, root);
    output("tar", ["--numeric-owner", "-C", root, "-cf", archive, "."]);
    docker(importArguments(recipe, archive));
    const [name = "", ...more] = recipe.references;
    for (const other of more) docker(["tag", name, other]);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/**
 * Makes the images that are not there yet, or not of today's recipe.
 * @throws Error if there is no engine, or if this is not root: image files have owners of their own
 */
export async function makeImages(): Promise<readonly MissingImage[]> {
  if (!(await engineAnswers())) throw new Error("no engine answers: run `npm run lab:engine`");
  if (!isRoot()) throw new Error("images are made by root only: their files have owners of their own");
  const { recipes, missing } = plan();
  const there = present();
  for (const recipe of recipes) {
    const names = recipe.references.join(", ");
    if (recipe.references.every((reference) => there.get(reference) === recipeHash(recipe))) {
      console.log(`${names}: there already`);
      continue;
    }
    make(recipe);
    console.log(`${names}: made`);
  }
  return missing;
}

/**
 * The images of the lab by what is in them.
 * @throws Error if no engine answers
 */
export function labImages(): LabImages {
  const references = [...present().keys()].sort();
  const of = (repository: string): Record<string, string> =>
    Object.fromEntries(
      references
        .filter((reference) => reference.startsWith(`${repository}:`))
        .map((reference) => [reference.slice(repository.length + 1), reference]),
    );
  const others = ["registrator", "web", "bitbucket-server", "tools"];
  const found = others.flatMap((name): [string, string][] => {
    const reference = Object.values(of(`lab/${name}`)).at(-1);
    return reference === undefined ? [] : [[name, reference]];
  });
  const names = new Set(found.map(([name]) => name));
  const why =
    which("registrator") === undefined
      ? "registrator not found on PATH: build it from its own repository with CGO_ENABLED=0"
      : "not made yet: run `npm run lab:images`";
  return {
    consul: of("lab/consul"),
    bind9: Object.fromEntries(Object.entries(of("lab/bind9")).filter(([tag]) => /^\d+\.\d+$/.test(tag))),
    others: Object.fromEntries(found),
    missing: others
      .filter((name) => !names.has(name))
      .map((name) => ({
        name: `lab/${name}`,
        why: name === "registrator" ? why : "run `npm run lab:images`",
      })),
  };
}

if (require.main === module) {
  void main(async () => {
    for (const { name, why } of await makeImages()) console.log(`${name}: not made: ${why}`);
  });
}
