import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";

const root = join(__dirname, "../..");

/** The TypeScript files below some folders. */
function sources(...folders: string[]): string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(root, folder), { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile() && entry.name.endsWith(".ts"))
      .map((entry) => join(entry.parentPath, entry.name)),
  );
}

/** The room that a source belongs to, which is the first part of the codes that it may throw; a room may have rooms inside. */
function roomOf(file: string): string {
  const [folder = "", room = ""] = relative(root, file).split("/");
  return folder === "environments" ? "environment" : room;
}

/** The codes that stand in the sources, by room. */
function codesOfSources(): Map<string, Set<string>> {
  const rooms = new Map<string, Set<string>>();
  for (const file of sources("constructs", "environments")) {
    const room = roomOf(file);
    for (const [, code] of readFileSync(file, "utf8").matchAll(new RegExp(`"(${room}/[a-z0-9-]+)"`, "g"))) {
      rooms.set(room, (rooms.get(room) ?? new Set()).add(code ?? ""));
    }
  }
  return rooms;
}

/** The rows of docs/errors.md, by room. */
function documentedCodes(): Map<string, string[]> {
  const rooms = new Map<string, string[]>();
  for (const section of readFileSync(join(root, "docs/errors.md"), "utf8").split(/^## /m).slice(1)) {
    const [room = ""] = section.split("\n", 1);
    const rows = [...section.matchAll(/^\| `([a-z]+\/[a-z0-9-]+)` \| \S.*\S \| \S.*\S \|$/gm)];
    rooms.set(
      room.trim(),
      rows.map(([, code]) => code ?? ""),
    );
  }
  return rooms;
}

const inSources = codesOfSources();
const documented = documentedCodes();

test("every room that refuses something has its section", () => {
  expect([...documented.keys()].sort()).toEqual([...inSources.keys()].sort());
});

describe.each([...inSources])("%s", (room, codes) => {
  test("every code stands in docs/errors.md, sorted, and no other does", () => {
    expect(documented.get(room)).toEqual([...codes].sort());
  });

  test("every code is expected in a test", () => {
    const tests = sources("test")
      .filter((file) => file !== __filename)
      .map((file) => readFileSync(file, "utf8"))
      .join("\n");
    const expected = (code: string) => new RegExp(`\\b${code}(?![a-z0-9-])`).test(tests);
    expect([...codes].filter((code) => !expected(code))).toEqual([]);
  });
});
