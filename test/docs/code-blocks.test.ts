import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import {
  type CodeBlock,
  codeBlocks,
  linkedFiles,
  pages,
  scriptsNamedIn,
  transpile,
  typeErrors,
} from "../../docs/tools/code-blocks";
import type { StackJson } from "../support/apps";
import { containerOf, labelsOf, publishedPorts, uploadedText } from "../support/containers";

const root = join(__dirname, "../..");
const blocks = pages().flatMap((page) => codeBlocks(page));
const inTypeScript = blocks.filter(({ language }) => language === "ts");

test("the compiler accepts every block of TypeScript", () => {
  expect(inTypeScript.map(({ page }) => page)).toContain("README.md");
  expect(typeErrors(inTypeScript)).toEqual([]);
});

test("a block with a fault is found, by its page and line", () => {
  const page =
    '# page\n\n```ts\nimport { Duration } from "cdktf-docker-discovery/core";\n\nDuration.seconds("3");\n```\n';
  expect(typeErrors(codeBlocks("page.md", page))).toEqual([
    expect.stringMatching(/^page\.md:6: Argument of type 'string' is not assignable/),
  ]);
});

test("every construct in the README's table is exported by the folder that it is said to be in", () => {
  const [, table = ""] =
    /^## Constructs\n\n((?:\|.*\n)+)/m.exec(readFileSync(join(root, "README.md"), "utf8")) ?? [];
  const rows = table
    .split("\n")
    .slice(2, -1)
    .map((row) => row.split("|").map((cell) => cell.trim()));
  let folder = "";
  const imports = rows.map(([, where = "", names = ""]) => {
    folder = /^`(\w+)`$/.exec(where)?.[1] ?? folder;
    const exported = [...names.matchAll(/`(\w+)`/g)].map(([, name = ""]) => name);
    return `import type { ${exported.join(", ")} } from "cdktf-docker-discovery/${folder}";\n`;
  });
  expect(imports.length).toBeGreaterThan(10);
  expect(typeErrors([{ page: "README.md", line: 1, language: "ts", text: imports.join("") }])).toEqual([]);
});

test("every block says its language", () => {
  expect(blocks.filter(({ language }) => language === "").map(({ page, line }) => `${page}:${line}`)).toEqual(
    [],
  );
});

describe.each(pages())("%s", (page) => {
  const text = readFileSync(join(root, page), "utf8");

  test("names npm scripts that there are", () => {
    const { scripts } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")) as { scripts: object };
    const own = join(root, page, "../package.json");
    const known = new Set(Object.keys(scripts));
    if (existsSync(own)) {
      for (const name of Object.keys((JSON.parse(readFileSync(own, "utf8")) as { scripts: object }).scripts))
        known.add(name);
    }
    expect(scriptsNamedIn(text).filter((name) => !known.has(name))).toEqual([]);
  });

  test("links to files that there are", () => {
    expect(linkedFiles(page, text).filter((file) => !existsSync(join(root, file)))).toEqual([]);
  });
});

/** Runs a block as a program of another package would run: the package's name leads to the sources. */
function run(block: CodeBlock): Readonly<Record<string, StackJson>> {
  const outdir = mkdtempSync(join(tmpdir(), "code-block-"));
  const before = process.env["CDKTF_OUTDIR"];
  process.env["CDKTF_OUTDIR"] = outdir;
  try {
    const load = (name: string): unknown =>
      // eslint-disable-next-line @typescript-eslint/no-require-imports -- it is what the block's own `require` becomes
      require(name.replace(/^cdktf-docker-discovery/, join(root, "constructs")));
    // eslint-disable-next-line @typescript-eslint/no-implied-eval, @typescript-eslint/no-unsafe-call -- a page's code, as it stands in this repository
    new Function("require", "exports", transpile(block))(load, {});
    return Object.fromEntries(
      readdirSync(join(outdir, "stacks")).map((stack) => [
        stack,
        JSON.parse(readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8")) as StackJson,
      ]),
    );
  } finally {
    if (before === undefined) delete process.env["CDKTF_OUTDIR"];
    else process.env["CDKTF_OUTDIR"] = before;
    rmSync(outdir, { recursive: true, force: true });
  }
}

test("the quick start of the README synthesizes what it says", () => {
  const quickStart = inTypeScript.find(
    ({ page, text }) => page === "README.md" && text.includes("app.synth()"),
  );
  if (quickStart === undefined) throw new Error("the README has no quick start");
  const json = run(quickStart)["quick-start"];
  if (json === undefined) throw new Error("the quick start wrote no stack of that name");
  expect(
    Object.values(json.resource?.["docker_container"] ?? {})
      .map(({ name }) => name)
      .sort(),
  ).toEqual(["bind", "consul", "registrator", "shop"]);
  const shop = containerOf(json, "shop");
  expect(labelsOf(shop)).toMatchObject({ SERVICE_8000_NAME: "shop", SERVICE_8000_CHECK_HTTP: "/healthz" });
  expect(publishedPorts(shop)).toEqual(["172.30.54.1:* -> 8000/tcp"]);
  expect(uploadedText(containerOf(json, "bind"), "/etc/bind/named.conf")).toContain("172.30.54.2 port 8600;");
  expect(json.output?.["shop-name"]).toMatchObject({ value: "shop.service.consul" });
});
