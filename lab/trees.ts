import { chmodSync, chownSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { outputOf } from "./commands";

/** A file that is put into a container before its first start. */
export interface TreeFile {
  /** Its path there, without the leading slash. */
  readonly at: string;
  readonly text: string;
  readonly mode: number;
  /** The user and group that own it and its folder, by number; root if left out. */
  readonly owner?: number;
}

/**
 * Makes an archive of files, for `docker cp`, and removes it after use. Only a folder that a file's owner is to own is
 * in it: all others stay as they are in the container.
 */
export async function withTree<T>(
  files: readonly TreeFile[],
  use: (archive: string) => Promise<T>,
): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), "lab-tree-"));
  try {
    const root = join(folder, "root");
    const members: string[] = [];
    for (const { at, text, mode, owner } of files) {
      const path = join(root, at);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, text);
      chmodSync(path, mode);
      if (owner !== undefined) {
        chmodSync(dirname(path), 0o700);
        for (const owned of [dirname(path), path]) chownSync(owned, owner, owner);
        members.push(dirname(at));
      } else {
        members.push(at);
      }
    }
    const archive = join(folder, "tree.tar");
    await outputOf("tar", ["--numeric-owner", "-C", root, "-cf", archive, ...new Set(members)]);
    return await use(archive);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
