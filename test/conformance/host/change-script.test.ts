import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  chmodSync,
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  readlinkSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { Change } from "../../../constructs/host/change";
import { renderChangeScript, renderRestoreScript } from "../../../constructs/host/change-script";

let root: string;
let stateDirectory: string;
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cdktf-change-"));
  stateDirectory = join(root, "state");
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const at = (name: string) => join(root, "etc", name);

function change(content: string | undefined, more: Partial<Change> = {}): Change {
  return {
    title: "web-1: the settings",
    key: "settings",
    files: [{ path: at("daemon.json"), content, mode: "0640", owner: "root:root" }],
    checkSeconds: 2,
    overwrite: false,
    ...more,
  };
}

let scripts = 0;
function fileOf(script: string): string {
  const file = `${root}-${(scripts += 1)}.sh`;
  writeFileSync(file, script);
  return file;
}
function sh(script: string): { status: number | null; stderr: string } {
  const file = fileOf(script);
  const { status, stderr } = spawnSync("sh", [file], { encoding: "utf8" });
  rmSync(file);
  return { status, stderr };
}
const apply = (c: Change) => sh(renderChangeScript(c, { stateDirectory }));
const restore = (c: Change) => sh(renderRestoreScript(c, { stateDirectory }));
const text = (name: string) => readFileSync(at(name), "utf8");

/** All below a folder, with contents, modes and links: what must be the same again. */
function picture(folder: string): Record<string, string> {
  if (!existsSync(folder)) return {};
  return Object.fromEntries(
    readdirSync(folder, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const path = join(folder, name);
        const stat = lstatSync(path);
        const mode = (stat.mode & 0o7777).toString(8);
        if (stat.isSymbolicLink()) return [name, `link ${readlinkSync(path)}`];
        return [name, stat.isDirectory() ? `folder ${mode}` : `${mode} ${readFileSync(path, "utf8")}`];
      }),
  );
}

test("writes a file with its mode, and destroy leaves nothing of it, not even the folder", () => {
  mkdirSync(root, { recursive: true });
  const before = picture(root);
  expect(apply(change("{}\n"))).toEqual({ status: 0, stderr: "" });
  expect(text("daemon.json")).toBe("{}\n");
  expect(statSync(at("daemon.json")).mode & 0o777).toBe(0o640);
  expect(readdirSync(dirname(at("x")))).toEqual(["daemon.json"]);
  expect(restore(change("{}\n"))).toEqual({ status: 0, stderr: "" });
  expect(picture(root)).toEqual(before);
});

test("keeps the original through many changes, and puts it back byte for byte", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("daemon.json"), "old \0 bytes\n");
  chmodSync(at("daemon.json"), 0o604);
  const before = picture(root);
  for (const content of ["a\n", "b\n", "a\n", ""]) {
    expect(apply(change(content)).status).toBe(0);
    expect(text("daemon.json")).toBe(content);
  }
  expect(restore(change("")).status).toBe(0);
  expect(picture(root)).toEqual(before);
});

test("puts a link back as a link", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("target"), "nameserver 192.0.2.1\n");
  symlinkSync("target", at("daemon.json"));
  const before = picture(root);
  expect(apply(change("new\n")).status).toBe(0);
  expect(lstatSync(at("daemon.json")).isSymbolicLink()).toBe(false);
  expect(text("target")).toBe("nameserver 192.0.2.1\n");
  expect(restore(change("new\n")).status).toBe(0);
  expect(picture(root)).toEqual(before);
});

test("acts once for a change, and not at all when nothing changed", () => {
  const acted = at("acted");
  const c = change("a\n", { act: `echo once >>'${acted}'`, check: `grep -q once '${acted}'` });
  expect(apply(c).status).toBe(0);
  expect(apply(c).status).toBe(0);
  expect(text("acted")).toBe("once\n");
});

test("what is not valid is not written, and the program's own message is shown", () => {
  apply(change("good\n"));
  const before = picture(root);
  const result = apply(
    change("bad\n", { validate: 'grep -q good "$NEW_1" || { echo "daemon: unknown key bad" >&2; exit 1; }' }),
  );
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("daemon: unknown key bad");
  expect(result.stderr).toContain("the new content is not valid; nothing was changed");
  expect(picture(root)).toEqual(before);
});

test("a refused action puts the old file back, acts again, and shows the message", () => {
  apply(change("good\n"));
  const before = picture(join(root, "etc"));
  const act = `cat '${at("daemon.json")}' >>'${join(root, "seen")}'; if grep -q bad '${at("daemon.json")}'; then echo "unable to configure: bad"; exit 1; fi`;
  const result = apply(change("bad\n", { act }));
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("unable to configure: bad");
  expect(result.stderr).toContain("it was refused; what was there before is back");
  expect(picture(join(root, "etc"))).toEqual(before);
  expect(readFileSync(join(root, "seen"), "utf8")).toBe("bad\ngood\n");
  // And the next deploy starts from there.
  expect(apply(change("better\n", { act })).status).toBe(0);
});

test("a check that never holds puts the old file back", () => {
  apply(change("good\n"));
  const result = apply(change("bad\n", { check: "echo not yet; false", checkSeconds: 1 }));
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("not yet");
  expect(result.stderr).toContain("did not take effect within 1 s");
  expect(text("daemon.json")).toBe("good\n");
});

test("nothing is touched where the precondition does not hold", () => {
  const result = apply(change("a\n", { precondition: "echo engine 26.1.5 runs here; exit 1" }));
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("engine 26.1.5 runs here");
  expect(existsSync(at("daemon.json"))).toBe(false);
});

test("what someone changed by hand is shown and kept, until the user says otherwise", () => {
  apply(change("a\nb\n"));
  writeFileSync(at("daemon.json"), "a\nby hand\n");
  const refused = apply(change("a\nc\n"));
  expect(refused.status).toBe(1);
  expect(refused.stderr).toContain("was changed by hand since the last deploy");
  expect(refused.stderr).toContain("+by hand");
  expect(text("daemon.json")).toBe("a\nby hand\n");
  expect(apply(change("a\nc\n", { overwrite: true })).status).toBe(0);
  expect(text("daemon.json")).toBe("a\nc\n");
});

test("someone who made the same change by hand is no conflict", () => {
  apply(change("a\n"));
  writeFileSync(at("daemon.json"), "b\n");
  expect(apply(change("b\n")).status).toBe(0);
});

test("destroy saves what someone changed by hand before it puts the original back", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("daemon.json"), "original\n");
  apply(change("a\n"));
  writeFileSync(at("daemon.json"), "by hand\n");
  const result = restore(change("a\n"));
  expect(result.status).toBe(0);
  expect(result.stderr).toContain("was changed by hand; that state is saved in");
  expect(text("daemon.json")).toBe("original\n");
  const [saved = ""] = readdirSync(join(stateDirectory, "saved"));
  expect(readFileSync(join(stateDirectory, "saved", saved), "utf8")).toBe("by hand\n");
});

test("two files are swapped together or not at all", () => {
  const files = (a: string, b: string) => [
    { path: at("a"), content: a, mode: "0644", owner: "root:root" },
    { path: at("b"), content: b, mode: "0644", owner: "root:root" },
  ];
  apply(change(undefined, { files: files("1", "1") }));
  const result = apply(change(undefined, { files: files("2", "2"), act: `grep -q 1 '${at("b")}'` }));
  expect(result.status).toBe(1);
  expect([text("a"), text("b")]).toEqual(["1", "1"]);
});

test("destroy goes by the host's own record, whatever the configuration of that day names", () => {
  const file = (name: string) => ({ path: at(name), content: "x", mode: "0644", owner: "root:root" });
  mkdirSync(root, { recursive: true });
  const before = picture(root);
  apply(change(undefined, { files: [file("a"), file("b")] }));
  expect(restore(change(undefined, { files: [file("a")] })).status).toBe(0);
  expect(picture(root)).toEqual(before);
});

const edited = (edit: string, more: Partial<Change["files"][number]> = {}) => ({
  files: [{ path: at("ifcfg"), content: { edit }, mode: "0644", owner: "root:root", ...more }],
});

test("an edited file is made from what it held at first, keeps its mode, and comes back byte for byte", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("ifcfg"), "DEVICE=eth0\nPEERDNS=yes");
  chmodSync(at("ifcfg"), 0o640);
  const before = picture(root);
  for (const name of ["one", "two", "two"])
    expect(apply(change(undefined, edited(`sed s/yes/${name}/`)))).toEqual({ status: 0, stderr: "" });
  expect(text("ifcfg")).toBe("DEVICE=eth0\nPEERDNS=two");
  expect(statSync(at("ifcfg")).mode & 0o777).toBe(0o640);
  const hand = `${text("ifcfg")}\nMTU=1400\n`;
  writeFileSync(at("ifcfg"), hand);
  const refused = apply(change(undefined, edited("sed s/yes/three/")));
  expect(refused.stderr).toContain("+MTU=1400");
  expect(text("ifcfg")).toBe(hand);
  expect(apply(change(undefined, { ...edited("sed s/yes/three/"), overwrite: true })).status).toBe(0);
  expect(text("ifcfg")).toBe("DEVICE=eth0\nPEERDNS=three");
  expect(restore(change(undefined, edited("cat"))).status).toBe(0);
  expect(picture(root)).toEqual(before);
});

test("an edited link is read through, replaced by a file, and comes back as a link", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("target"), "a\n");
  symlinkSync("target", at("ifcfg"));
  const before = picture(root);
  expect(apply(change(undefined, edited("sed s/a/b/"))).status).toBe(0);
  expect(apply(change(undefined, edited("sed s/a/c/"))).status).toBe(0);
  expect([text("ifcfg"), text("target")]).toEqual(["c\n", "a\n"]);
  expect(restore(change(undefined, edited("cat"))).status).toBe(0);
  expect(picture(root)).toEqual(before);
});

test("an edit that fails changes nothing, and shows why", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("ifcfg"), "a\n");
  const result = apply(change(undefined, edited("echo no such line >&2; exit 1")));
  expect(result.status).toBe(1);
  expect(result.stderr).toContain("no such line");
  expect(result.stderr).toContain("cannot be edited; nothing was changed");
  expect([text("ifcfg"), readdirSync(at("")).length]).toEqual(["a\n", 1]);
});

test("a file is part of the change where its condition says so; later no more, and it is put back", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("b"), "original\n");
  const files = (when: string) => [
    { path: at("a"), content: "a\n", mode: "0644", owner: "root:root" },
    { path: at("b"), content: "b\n", mode: "0644", owner: "root:root", when },
  ];
  const c = (when: string, more: Partial<Change> = {}) => change(undefined, { files: files(when), ...more });
  const prelude = "wanted_here() { [ $1 = 1 ]; }";
  expect(apply(c("wanted_here 0", { prelude }))).toEqual({ status: 0, stderr: "" });
  expect([text("a"), text("b")]).toEqual(["a\n", "original\n"]);
  expect(apply(c("wanted_here 1", { prelude })).status).toBe(0);
  expect(text("b")).toBe("b\n");
  // Put back, and the new one again where that is refused.
  const refused = apply(c("false", { act: `grep -q '^b' '${at("b")}'` }));
  expect([refused.status, text("b")]).toEqual([1, "b\n"]);
  expect(apply(c("false")).status).toBe(0);
  expect(text("b")).toBe("original\n");
  writeFileSync(at("b"), "changed since\n");
  expect(restore(c("false")).status).toBe(0);
  expect([existsSync(at("a")), text("b")]).toEqual([false, "changed since\n"]);
});

test("where there is nothing to do, nothing is done and nothing is wrong", () => {
  const guarded = { onlyIf: `test ! -e '${join(root, "there")}'`, precondition: "exit 1" };
  writeFileSync(join(root, "there"), "");
  expect(apply(change("a\n", guarded))).toEqual({ status: 0, stderr: "" });
  expect(existsSync(at("daemon.json"))).toBe(false);
  rmSync(join(root, "there"));
  expect(apply(change("a\n", guarded)).status).toBe(1);
});

test("a first change that failed leaves no original: what someone mends by hand then is one", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("daemon.json"), "broken\n");
  expect(apply(change("a\n", { act: "false" })).status).toBe(1);
  writeFileSync(at("daemon.json"), "mended\n");
  expect(apply(change("a\n")).status).toBe(0);
  expect(restore(change("a\n")).status).toBe(0);
  expect(text("daemon.json")).toBe("mended\n");
});

test("a file that must not be there goes, and comes back at destroy", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("daemon.json"), "original\n");
  expect(apply(change(undefined)).status).toBe(0);
  expect(existsSync(at("daemon.json"))).toBe(false);
  expect(restore(change(undefined)).status).toBe(0);
  expect(text("daemon.json")).toBe("original\n");
});

test("a command runs where its guard says so, and its undoing at destroy", () => {
  const done = join(root, "done");
  const c = change(undefined, {
    files: [],
    unless: `test -e '${done}'`,
    check: `test -e '${done}'`,
    act: `echo ran >>'${done}'`,
    undo: `rm '${done}'`,
  });
  expect(apply(c).status).toBe(0);
  expect(apply(c).status).toBe(0);
  expect(readFileSync(done, "utf8")).toBe("ran\n");
  expect(restore(c).status).toBe(0);
  expect(existsSync(done)).toBe(false);
});

const written = (content: string) => change(content, { act: "true", check: "true" });
const editedTo = (content: string) =>
  change(undefined, {
    files: [
      { path: at("daemon.json"), content: { edit: `sed s/original/${content.trim()}/` }, mode: "0640", owner: "root:root" },
      { path: at("absent"), content: "x", mode: "0640", owner: "root:root", when: "false" },
    ],
  }); // prettier-ignore

test.each([
  ["a written file", written],
  ["an edited file", editedTo],
])("killed at any step, the next run ends as if nothing had happened: %s", (_what, to) => {
  const script = renderChangeScript(to("new\n"), { stateDirectory });
  mkdirSync(at(""), { recursive: true });
  const original = "original\n";
  // Before every line of the script proper, a way to stop there: as a machine that loses its power would.
  const all = script.split("\n");
  const first = all.findIndex((line) => line.startsWith('mkdir -p -m 0700 "$state"'));
  const places = all.flatMap((_, i) => (i > first && isWhole(all, i) ? [i] : []));
  expect(places.length).toBeGreaterThan(20);
  for (const place of places) {
    rmSync(stateDirectory, { recursive: true, force: true });
    writeFileSync(at("daemon.json"), original);
    sh([...all.slice(0, place), "trap - EXIT; kill -9 $$", ...all.slice(place)].join("\n"));
    expect(["original\n", "new\n"]).toContain(text("daemon.json"));
    const { status, stderr } = apply(to("newer\n"));
    expect({ place: all[place], status, stderr: status === 0 ? "" : stderr }).toEqual({
      place: all[place],
      status: 0,
      stderr: "",
    });
    expect(text("daemon.json")).toBe("newer\n");
    expect(restore(to("newer\n")).status).toBe(0);
    expect(text("daemon.json")).toBe(original);
    expect(readdirSync(at(""))).toEqual(["daemon.json"]);
  }
});

/** Whether a command may stand before this line: not inside a here-document, nor in the middle of a list. */
function isWhole(all: readonly string[], i: number): boolean {
  const opened = all.slice(0, i).filter((line) => line.includes("<<'CDKTF_FILE'")).length;
  const closed = all.slice(0, i).filter((line) => line === "CDKTF_FILE").length;
  const script = [...all.slice(0, i), ":", ...all.slice(i)].join("\n");
  const previous = all[i - 1] ?? "";
  if (opened !== closed || /(\|\||&&|\\)\s*$/.test(previous)) return false;
  return spawnSync("sh", ["-n"], { input: script }).status === 0;
}

test("two at once: the second waits for the first", async () => {
  const slow = renderChangeScript(change("first\n", { act: "sleep 1" }), { stateDirectory });
  const file = fileOf(slow);
  const first = spawn("sh", [file], { stdio: ["ignore", "ignore", "inherit"] });
  execFileSync("sh", ["-c", `until [ -e '${stateDirectory}/settings/pending' ]; do sleep 0.05; done`]);
  const second = apply(change("second\n"));
  expect(second).toEqual({ status: 0, stderr: "" });
  if (first.exitCode === null) await new Promise((resolve) => first.once("exit", resolve));
  rmSync(file);
  expect(text("daemon.json")).toBe("second\n");
});

test("a folder that cannot be written to: a clear error, and nothing changed", () => {
  mkdirSync(at(""), { recursive: true });
  writeFileSync(at("daemon.json"), "original\n");
  execFileSync("mount", ["-t", "tmpfs", "-o", "size=4k,nr_inodes=3", "tmpfs", at("")]);
  try {
    writeFileSync(at("daemon.json"), "original\n");
    const result = apply(change("x".repeat(9000)));
    expect(result.status).toBe(1);
    expect(result.stderr).toContain("nothing was changed");
    expect(text("daemon.json")).toBe("original\n");
    execFileSync("mount", ["-o", "remount,ro", at("")]);
    const readOnly = apply(change("x\n"));
    expect(readOnly.status).toBe(1);
    expect(readOnly.stderr).toContain("Read-only file system");
    expect(text("daemon.json")).toBe("original\n");
  } finally {
    execFileSync("umount", [at("")]);
  }
});
