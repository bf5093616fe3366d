import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { addressParts } from "../../src/reading/addresses";
import { constructNames, provenName } from "../../src/reading/construct-names";
import { ManifestError, readManifest } from "../../src/reading/manifest";

let directory: string;
beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), "manifest-"));
});
afterEach(() => {
  rmSync(directory, { recursive: true, force: true });
});

function write(files: Record<string, unknown>): void {
  for (const [name, content] of Object.entries(files)) {
    const file = join(directory, name);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  }
}

const stack = (
  name: string,
  dependencies: readonly string[] = [],
  path = `stacks/${name}/cdk.tf.json`,
): object => ({
  name,
  constructPath: name,
  dependencies,
  synthesizedStackPath: path,
  annotations: [],
});
const at = (path: string): object => ({ "//": { metadata: { path, uniqueId: "x" } } });

test("reads what CDKTF wrote, in the order in which stacks are deployed", () => {
  const manifest = readManifest(join(__dirname, "../../fixtures/synthesized"));
  expect(manifest.stacks.map(({ name, dependsOn }) => [name, dependsOn])).toEqual([
    ["fleet-base", []],
    ["fleet-web", ["fleet-base"]],
  ]);
  const [base] = manifest.stacks;
  expect(base?.names.nameOf("docker_container.host-1_store_FCC34B6F")).toBe("fleet-base/host-1/store");
  expect(base?.names.nameOf("docker_container.other")).toBeUndefined();
});

test("orders stacks by their dependencies, else as the manifest has them", () => {
  write({
    "manifest.json": { stacks: { c: stack("c", ["b"]), a: stack("a"), b: stack("b"), d: stack("d") } },
    ...Object.fromEntries(["a", "b", "c", "d"].map((name) => [`stacks/${name}/cdk.tf.json`, {}])),
  });
  expect(readManifest(directory).stacks.map(({ name }) => name)).toEqual(["a", "b", "c", "d"]);
});

test("names data sources, modules and what is in them", () => {
  write({
    "manifest.json": { stacks: { s: stack("s") } },
    "stacks/s/cdk.tf.json": {
      data: { docker_network: { lan: at("s/lan") } },
      module: { m_1: at("s/m") },
      resource: { docker_volume: { v: at("s/host/volume/Resource"), raw: {} } },
    },
  });
  const names = readManifest(directory).stacks[0]!.names;
  expect(names.nameOf("data.docker_network.lan")).toBe("s/lan");
  expect(names.nameOf('module.m_1["a"].docker_volume.x[0]')).toBe('s/m["a"].docker_volume.x[0]');
  expect(names.nameOf("module.m_1.docker_volume.x")).toBe("s/m/docker_volume.x");
  expect(names.nameOf('docker_volume.v["a.b[c]\\"]"]')).toBe('s/host/volume["a.b[c]\\"]"]');
  expect(names.nameOf("docker_volume.raw")).toBe("docker_volume.raw");
  expect(names.has("module.m_2.docker_volume.x")).toBe(false);
});

test.each<[string, Record<string, unknown>, RegExp]>([
  [
    "nothing there",
    {},
    /manifest\.json: cannot be read \(ENOENT\); name the directory that `cdktf synth` writes/,
  ],
  ["no JSON", { "manifest.json": "{" }, /manifest\.json: is no JSON; synthesize again/],
  [
    "no manifest",
    { "manifest.json": { resource_changes: [] } },
    /manifest\.json: is not a manifest of CDKTF at stacks/,
  ],
  ["a list", { "manifest.json": [] }, /is not a manifest of CDKTF/],
  [
    "a stack's file is missing",
    { "manifest.json": { stacks: { a: stack("a") } } },
    /cdk\.tf\.json: cannot be read/,
  ],
  [
    "a stack's file is none",
    { "manifest.json": { stacks: { a: stack("a") } }, "stacks/a/cdk.tf.json": { resource: [] } },
    /is not a stack that CDKTF synthesized at resource/,
  ],
  [
    "a path that leads out",
    { "manifest.json": { stacks: { a: stack("a", [], "../other/cdk.tf.json") } } },
    /has the path "\.\.\/other\/cdk\.tf\.json", which is outside of/,
  ],
  [
    "a dependency that is not there",
    { "manifest.json": { stacks: { a: stack("a", ["b"]) } } },
    /the stack "a" depends on "b", which is not in the manifest/,
  ],
  [
    "two stacks of one name",
    { "manifest.json": { stacks: { a: stack("x"), b: stack("x") } } },
    /two stacks have the same name/,
  ],
  [
    "a circle",
    {
      "manifest.json": { stacks: { a: stack("a", ["b"]), b: stack("b", ["c"]), c: stack("c", ["b"]) } },
      "stacks/a/cdk.tf.json": {},
      "stacks/b/cdk.tf.json": {},
      "stacks/c/cdk.tf.json": {},
    },
    /the stacks "b" -> "c" depend on each other in a circle/,
  ],
])("refuses: %s", (_, files, message) => {
  write(files);
  expect(() => readManifest(directory)).toThrow(message);
  expect(() => readManifest(directory)).toThrow(ManifestError);
});

describe("names", () => {
  test("drop what constructs call their own resources, and stay distinct", () => {
    const names = constructNames(
      new Map([
        ["docker_container.a", "s/web-1/registrator/Container/Resource"],
        ["docker_container.b", "s/web-1/bind/Container/Resource"],
        ["docker_volume.b", "s/web-1/bind/Resource"],
        ["docker_image.c", "s/web-1/image-a|b:1"],
        ["docker_network.d", "s/Resource"],
        ["docker_volume.e", "s/x/Container"],
        ["docker_container.e", "s/x"],
      ]),
    );
    expect(names.nameOf("docker_container.a")).toBe("s/web-1/registrator");
    expect(names.nameOf("docker_container.b")).toBe("s/web-1/bind/Container");
    expect(names.nameOf("docker_volume.b")).toBe("s/web-1/bind/Resource");
    expect(names.nameOf("docker_image.c")).toBe("s/web-1/image-a|b:1");
    expect(names.nameOf("docker_network.d")).toBe("s/Resource");
    expect(names.nameOf("docker_volume.e")).toBe("s/x/Container");
    expect(names.nameOf("docker_container.e")).toBe("s/x");
  });

  test("of removed constructs are proved by the digest in their ids", () => {
    expect(provenName("production-fleet", "docker_container.web-1_registrator_Container_64BFE403")).toBe(
      "production-fleet/web-1/registrator",
    );
    expect(provenName("production-fleet", "docker_network.web-1_network_5FEC8E61[0]")).toBe(
      "production-fleet/web-1/network[0]",
    );
    expect(provenName("production-fleet", "docker_network.web-1_network_5FEC8E62")).toBeUndefined();
    expect(provenName("s", "docker_network.lan")).toBeUndefined();
    expect(provenName("s", "")).toBeUndefined();
  });
});

test.each([
  ["docker_volume.a", "docker_volume.a", ""],
  ["docker_volume.a[0]", "docker_volume.a", "[0]"],
  ['module.m["x.y"].docker_volume.a["]"]', "module.m.docker_volume.a", '["]"]'],
  ['docker_volume.a["\\"]x"]', "docker_volume.a", '["\\"]x"]'],
  ["docker_volume.a[", "docker_volume.a[", ""],
  ['docker_volume.a["', 'docker_volume.a["', ""],
  ["", "", ""],
])("takes %s apart", (address, configuration, key) => {
  expect(addressParts(address)).toEqual({ configuration, key });
});
