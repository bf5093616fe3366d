import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { all } from "./commands";
import { ssh } from "./host-ssh";
import type { Lab } from "./hosts-state";
import { makeImages } from "./images";
import { docker, inspected, tryDocker } from "./outer-engine";
import { makePrograms } from "./programs";

/** What the environments of this project run when they are on the lab. */
export const FLEET_IMAGES: readonly string[] = [
  "lab/consul:1.19.2",
  "lab/consul:1.20.1",
  "lab/registrator:7.4.0",
  "lab/bind9:9.18",
  "lab/web:1.0",
  "lab/tools:1.0",
  "lab/bitbucket-server:1.0",
  "bitbucket-server:1.0",
];

/** What `loadImages` may be told. */
export interface LoadOptions {
  /** @default - the lab's */
  readonly references?: readonly string[];
  /** @default - all */
  readonly hosts?: readonly string[];
  readonly say?: (line: string) => void;
}

/** An image's id in this machine's engine: it is the same in every engine that the image is loaded into. */
function idOf(reference: string): Promise<string | undefined> {
  return inspected("image", reference, "{{.Id}}");
}

/**
 * The ids of images, by reference. Those that this machine's engine lacks are pulled; the lab's own are made.
 * @throws Error with every image that cannot be had
 */
async function gather(
  references: readonly string[],
  say: (line: string) => void,
): Promise<ReadonlyMap<string, string>> {
  const ids = new Map<string, string>();
  const look = async (): Promise<string[]> => {
    for (const reference of references) {
      const id = await idOf(reference);
      if (id !== undefined) ids.set(reference, id);
    }
    return references.filter((reference) => !ids.has(reference));
  };
  let lacked = await look();
  if (lacked.some((reference) => FLEET_IMAGES.includes(reference) || reference.startsWith("lab/"))) {
    say("images: making those of the lab");
    await makePrograms();
    await makeImages();
    lacked = await look();
  }
  const faults: string[] = [];
  for (const reference of lacked) {
    if (reference.startsWith("lab/")) {
      faults.push(`${reference}: the lab makes no such image here: npm run lab:images says why`);
      continue;
    }
    say(`${reference}: pulling`);
    const { status, stderr } = await tryDocker(["pull", "--quiet", reference]);
    const id = status === 0 ? await idOf(reference) : undefined;
    if (id === undefined) faults.push(`${reference}: cannot be pulled: ${stderr.trim()}`);
    else ids.set(reference, id);
  }
  if (faults.length > 0) throw new Error(faults.join("\n"));
  return ids;
}

/** The references whose images a host's engine does not have, from what `docker image ls` lists there. */
export function lackedBy(listed: string, ids: ReadonlyMap<string, string>): string[] {
  const there = new Set(listed.split("\n").map((line) => line.trim()));
  return [...ids]
    .filter(([reference, id]) => !there.has(`${reference} ${id}`))
    .map(([reference]) => reference);
}

/**
 * Loads images into the hosts' engines, all hosts side by side, and only what they lack.
 * @throws Error with the images that cannot be had, or the host that did not take them
 */
export async function loadImages(lab: Lab, options: LoadOptions = {}): Promise<void> {
  const { references = lab.images, hosts = lab.hosts.map(({ name }) => name), say = console.log } = options;
  if (references.length === 0) return;
  const ids = await gather(references, say);
  const format = "{{.Repository}}:{{.Tag}} {{.ID}}";
  const lacked = await Promise.all(
    hosts.map(async (host) => {
      const listed = await ssh(lab, host, `docker image ls --no-trunc --format '${format}'`);
      return { host, lacks: lackedBy(listed, ids) };
    }),
  );
  const folder = mkdtempSync(join(tmpdir(), "lab-images-"));
  try {
    // One archive for all hosts that lack the same: mostly all of them.
    const sets = [...new Set(lacked.map(({ lacks }) => lacks.join(" ")))].filter((set) => set !== "");
    for (const [n, set] of sets.entries()) {
      const archive = join(folder, `${n}.tar`);
      await docker(["save", "--output", archive, ...set.split(" ")]);
      const takers = lacked.filter(({ lacks }) => lacks.join(" ") === set);
      await all(
        takers.map(async ({ host }) => {
          say(`${host}: loading ${set}`);
          await ssh(lab, host, "docker load --quiet", { inputFile: archive });
        }),
      );
      rmSync(archive);
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
