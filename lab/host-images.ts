import { chmodSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { all, isRoot, labFolder, logged, outputOf, which } from "./commands";
import {
  HOST_COMMANDS,
  HOST_FILES,
  HOST_RECIPE_LABEL,
  HOST_REMOVALS,
  hostDebootstrapArguments,
  hostImportArguments,
  hostRecipeHash,
  hostReference,
} from "./host-recipes";
import type { Release } from "./hosts-description";
import { alone, removeTree, step } from "./making";
import { docker, inspected, list, tryDocker } from "./outer-engine";

/** The folder that keeps the archives of hosts' root file systems, for engines that have no image of them. */
export function hostArchivesFolder(): string {
  return join(labFolder(), "hosts");
}

/** debootstrap takes minutes, and labs of several checkouts share what it makes. */
const TURN = { wait: 20 * 60_000 };

/** The archive of a release, by the hash of its recipe. */
function archiveOf(release: Release): string {
  return join(hostArchivesFolder(), `${release}-${hostRecipeHash(release)}.tar.gz`);
}

/** Makes the root file system of a release what a host's is. */
async function furnish(root: string): Promise<void> {
  for (const at of HOST_REMOVALS) rmSync(join(root, at), { force: true });
  for (const command of HOST_COMMANDS) await outputOf("chroot", [root, ...command]);
  for (const { at, text, mode } of HOST_FILES) {
    const path = join(root, at);
    mkdirSync(dirname(path), { recursive: true });
    rmSync(path, { force: true });
    writeFileSync(path, text);
    chmodSync(path, mode);
  }
  for (const cache of ["var/cache/apt", "var/lib/apt/lists"]) removeTree(join(root, cache));
}

async function makeArchive(release: Release): Promise<void> {
  const debootstrap = which("debootstrap");
  if (debootstrap === undefined) throw new Error("debootstrap is missing: apt-get install debootstrap");
  if (!isRoot()) throw new Error("hosts are made by root only: debootstrap works for nobody else");
  const archive = archiveOf(release);
  const root = join(hostArchivesFolder(), `${release}.part`);
  await step(hostReference(release), async () => {
    removeTree(root);
    const log = join(hostArchivesFolder(), "logs", `${release}.log`);
    rmSync(log, { force: true });
    await logged({ program: debootstrap, args: hostDebootstrapArguments(release, root), log });
    await furnish(root);
    const part = `${archive}.part`;
    // The fastest compression: an archive is read far more often than it is sent anywhere.
    const args = ["-C", root, "--numeric-owner", "--use-compress-program", "gzip -1", "-cf", part, "."];
    await outputOf("tar", args);
    removeTree(root);
    renameSync(part, archive);
  });
  for (const other of readdirSync(hostArchivesFolder())) {
    const path = join(hostArchivesFolder(), other);
    if (other.startsWith(`${release}-`) && path !== archive) rmSync(path, { force: true });
  }
}

/**
 * The archives of releases' root file systems, made where they are not there.
 * @returns their paths, in the releases' order
 * @throws Error with everything that could not be made
 */
export async function makeHostArchives(releases: readonly Release[]): Promise<string[]> {
  await alone(
    hostArchivesFolder(),
    () =>
      all(
        releases.map(async (release) => (existsSync(archiveOf(release)) ? undefined : makeArchive(release))),
      ),
    TURN,
  );
  return releases.map(archiveOf);
}

async function makeHostImage(release: Release): Promise<void> {
  const reference = hostReference(release);
  const format = `{{index .Config.Labels "${HOST_RECIPE_LABEL}"}} {{.Id}}`;
  const [recipe, older] = (await inspected("image", reference, format))?.split(" ") ?? [];
  if (recipe === hostRecipeHash(release)) return;
  if (!existsSync(archiveOf(release))) await makeArchive(release);
  console.log(`${reference}: importing`);
  await docker(hostImportArguments(release, archiveOf(release)));
  // Its successor has its name. One that hosts still run of stays, and the engine says so.
  if (older !== undefined) await tryDocker(["image", "rm", older]);
}

/**
 * Makes the images of releases that the engine does not have, or not of today's recipe: from the archive of an earlier
 * run, or by debootstrap. All releases side by side.
 * @throws Error with everything that could not be made
 */
export async function makeHostImages(releases: readonly Release[]): Promise<void> {
  await alone(hostArchivesFolder(), () => all([...new Set(releases)].map(makeHostImage)), TURN);
}

/** Removes the images of hosts, and the archives of which they are made. Images that hosts run of stay. */
export async function removeHostImages(): Promise<void> {
  for (const id of await list("image", `label=${HOST_RECIPE_LABEL}`, "{{.ID}}")) {
    await tryDocker(["image", "rm", id]);
  }
  removeTree(hostArchivesFolder());
}
