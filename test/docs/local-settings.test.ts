import { readFileSync } from "node:fs";
import { join } from "node:path";
import { readLocalSettings } from "../../environments/local-settings";

/** Settings whose default is worked out from others, or is nothing; the page says so in words. */
const IN_WORDS = [
  "images.bind",
  "images.consul",
  "images.registrator",
  "images.web",
  "ipRange",
  "stateFolder",
  "web.healthCommand",
];

/** The rows of the page's table of settings: the setting to its default. */
function documented(): Map<string, string> {
  const page = readFileSync(join(__dirname, "../../docs/local.md"), "utf8");
  const [, table = ""] = /\| setting \|.*\n\|[-|]+\n((?:\|.*\n)+)/.exec(page) ?? [];
  return new Map(
    [...table.matchAll(/^\| `([\w.]+)` \| (.*?) \| .+ \|$/gm)].map(([, name = "", value = ""]) => [
      name,
      value,
    ]),
  );
}

/** The settings with their defaults, by name, as the page writes them. */
function defaults(value: unknown, name = ""): [string, string][] {
  if (typeof value !== "object" || value === null || Array.isArray(value))
    return [[name, `\`${JSON.stringify(value)}\``]];
  return Object.entries(value).flatMap(([key, field]) =>
    defaults(field, name === "" ? key : `${name}.${key}`),
  );
}

test("docs/local.md has every setting, with its default", () => {
  const known = defaults(readLocalSettings("")).filter(([name]) => !IN_WORDS.includes(name));
  const rows = [...documented()];
  expect(rows.map(([name]) => name).sort()).toEqual([...known.map(([name]) => name), ...IN_WORDS].sort());
  expect(rows.filter(([name]) => !IN_WORDS.includes(name)).sort()).toEqual(known.sort());
});
