import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readStagingSettings, STAGING_SETTING_NAMES } from "../../environments/staging-settings";

/** The rows of the page's table of settings: the setting to its default. */
function documented(): Map<string, string> {
  const page = readFileSync(join(__dirname, "../../docs/environments.md"), "utf8");
  const [, table = ""] = /\| setting \|.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(page) ?? [];
  return new Map(
    [...table.matchAll(/^\| `([\w.-]+)` \| (.*?) \| .+ \|$/gm)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

/** A setting's name on the page: any host's is that of NAME. */
const nameOf = (path: readonly string[]) =>
  (path[0] === "hosts" ? ["hosts", "NAME", ...path.slice(2)] : path).join(".");

/** The names of all settings that hold no others. */
function names(): string[] {
  return Object.entries(STAGING_SETTING_NAMES).flatMap(([object, settings]) =>
    settings
      .filter((name) => object !== "" || !Object.hasOwn(STAGING_SETTING_NAMES, name))
      .map((name) =>
        nameOf(object === "hosts" ? [object, "", name] : [object, name].filter((part) => part !== "")),
      ),
  );
}

/** The defaults of those that have one of their own, by name, as the page writes them. */
function defaults(value: unknown, path: readonly string[] = []): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [[nameOf(path), `\`${JSON.stringify(value)}\``]];
  return Object.entries(value).flatMap(([key, field]) => defaults(field, [...path, key]));
}

const rows = documented();

test("docs/environments.md has every setting of staging, and no other", () => {
  expect([...rows.keys()].sort()).toEqual(names().sort());
});

test("with its default, where that is not worked out from others", () => {
  const known = new Map(defaults(readStagingSettings("")));
  expect(known.size).toBeGreaterThan(10);
  for (const [name, value] of known) expect([name, rows.get(name)]).toEqual([name, value]);
  // A default that nothing has is said in words: no value of JSON stands there.
  for (const name of names().filter((each) => !known.has(each)))
    expect(rows.get(name)).not.toMatch(/^`["\d[{]\S*`$/);
});
