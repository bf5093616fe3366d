import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Size } from "../../constructs/core/size";
import type { DaemonConfiguration } from "../../constructs/docker/daemon/daemon-configuration";
import { DAEMON_OPTIONS } from "../../constructs/docker/daemon/daemon-options";
import { renderActivation } from "../../constructs/docker/daemon/engine-script";
import { KeyValueStore } from "../../constructs/docker/daemon/key-value-store";
import { renderDaemonJson } from "../../constructs/docker/daemon/render-daemon-json";
import type { Change } from "../../constructs/host/change";
import { renderChangeScript, renderRestoreScript } from "../../constructs/host/change-script";
import { DAEMON_SAMPLES } from "../docker/daemon/daemon-samples";

let root: string;
let engine: ChildProcess;
const at = (name: string) => join(root, name);

/** The machine that the script finds: an engine that is a shell, and programs that write down what they are asked. */
beforeEach(async () => {
  root = mkdtempSync(join(tmpdir(), "activation-"));
  mkdirSync(at("bin"));
  const program = (name: string, text: string) => {
    writeFileSync(join(root, "bin", name), `#!/bin/sh\n${text}\n`);
    chmodSync(join(root, "bin", name), 0o755);
  };
  engine = spawn(
    "sh",
    [
      "-c",
      `trap 'echo HUP >>${at("signals")}' HUP; trap 'echo here' USR1; echo ready; while :; do read line; done`,
    ],
    {
      stdio: ["pipe", "pipe", "ignore"],
    },
  );
  await new Promise((resolve) => engine.stdout?.once("data", resolve));
  program(
    "systemctl",
    `case "$1" in show) echo ${engine.pid} ;; is-active) exit 0 ;; *) echo "$*" >>${at("asked")} ;; esac`,
  );
  program("docker", "exit 0");
  program("journalctl", `cat ${at("journal")} 2>/dev/null`);
  program("sleep", "exit 0");
});
afterEach(() => {
  engine.kill("SIGKILL");
  rmSync(root, { recursive: true });
});

const changeTo = (content: string, dropIn?: string): Change => ({
  title: "web-1: the engine's settings",
  key: "docker-daemon",
  files: [
    { path: at("daemon.json"), content, mode: "0644", owner: "root:root" },
    { path: at("drop-in.conf"), content: dropIn, mode: "0644", owner: "root:root" },
  ],
  act: renderActivation(),
  checkSeconds: 1,
  overwrite: false,
});
const run = (script: string) => {
  const file = at("script");
  writeFileSync(file, script);
  return spawnSync("sh", [file], {
    encoding: "utf8",
    env: { PATH: `${at("bin")}:${process.env["PATH"] ?? ""}` },
  });
};
const options = () => ({ stateDirectory: at("state") });
const linesOf = (name: string) =>
  existsSync(at(name)) ? readFileSync(at(name), "utf8").trim().split("\n") : [];

/** Applies a text, and says how it was brought into force. */
function applied(content: string, dropIn?: string): string {
  for (const name of ["asked", "state/docker-daemon/how"]) rmSync(at(name), { force: true });
  const { status, stderr } = run(renderChangeScript(changeTo(content, dropIn), options()));
  if (status !== 0) throw new Error(stderr);
  const how = linesOf("state/docker-daemon/how")[0] ?? "not asked";
  const restarted = linesOf("asked").includes("start docker.service");
  expect(restarted).toBe(how === "restart");
  return how;
}
/** How many SIGHUPs the engine got: a USR1 is answered after all that came before it. */
async function signalsSoFar(): Promise<number> {
  const answer = new Promise((resolve) => engine.stdout?.once("data", resolve));
  engine.kill("SIGUSR1");
  await answer;
  return linesOf("signals").length;
}
const json = (configuration: DaemonConfiguration) => renderDaemonJson(configuration);

const consul = (options = {}) => KeyValueStore.consul({ address: "127.0.0.1" }, options);
const store = { clusterStore: consul(), clusterAdvertise: DAEMON_SAMPLES.clusterAdvertise };

test.each<[string, DaemonConfiguration, DaemonConfiguration, string]>([
  ["the same again", { debug: true }, { debug: true }, "not asked"],
  ["a first key that reloads", {}, { debug: true }, "reload"],
  ["another value of it", { debug: true }, { debug: false }, "reload"],
  ["one that SIGHUP does not bring back goes", { debug: true }, {}, "restart"],
  ["one that it does bring back goes", { maxConcurrentUploads: 2 }, {}, "reload"],
  ["a key that restarts", { debug: true }, { debug: true, dns: ["172.17.0.1"] }, "restart"],
  ["it goes", { debug: true, dns: ["172.17.0.1"] }, { debug: true }, "restart"],
  ["both kinds at once", {}, { debug: true, mtu: 1400 }, "restart"],
  ["a first store", { debug: true }, { debug: true, ...store }, "reload"],
  [
    "another store",
    store,
    { ...store, clusterStore: KeyValueStore.parse("consul://10.0.0.1:8500") },
    "restart",
  ],
  ["the store goes", store, {}, "restart"],
  [
    "options of a store that is there",
    store,
    { ...store, clusterStore: consul({ path: "docker" }) },
    "restart",
  ],
  ["a value like a pattern of sed", { labels: { a: "x" } }, { labels: { a: '\\1&*/"$HOME`' } }, "reload"],
])("%s", async (_, before, after, how) => {
  applied(json(before));
  const signals = await signalsSoFar();
  expect(applied(json(after))).toBe(how);
  expect((await signalsSoFar()) - signals).toBe(how === "reload" ? 1 : 0);
  if (how === "not asked") expect(linesOf("asked")).toEqual([]);
});

test("what the engine complains of after SIGHUP fails the change, and brings the old file back", () => {
  applied(json({ debug: true }));
  writeFileSync(at("journal"), 'level=error msg="unable to reload configuration: nonsense"\n');
  const { status, stderr } = run(renderChangeScript(changeTo(json({ debug: false })), options()));
  expect(status).toBe(1);
  expect(stderr).toContain("unable to reload configuration: nonsense");
  expect(readFileSync(at("daemon.json"), "utf8")).toBe(json({ debug: true }));
  expect(linesOf("asked")).toContain("start docker.service");
});

test("a file of somebody else's means a restart, an empty one does not", () => {
  writeFileSync(at("daemon.json"), '{"dns": ["10.0.0.1"]}\n');
  expect(applied(json({ debug: true }))).toBe("restart");
});

test("an empty file of somebody else's is as none", () => {
  writeFileSync(at("daemon.json"), "{ }\n");
  expect(applied(json({ debug: true }))).toBe("reload");
});

test("the drop-in coming, changing or going restarts", () => {
  applied(json({ debug: true }));
  expect(applied(json({ debug: true }), "[Service]\n")).toBe("restart");
  expect(applied(json({ debug: true }), "[Service]\nExecStart=\n")).toBe("restart");
  expect(applied(json({ debug: false }), "[Service]\nExecStart=\n")).toBe("reload");
  expect(applied(json({ debug: false }))).toBe("restart");
});

test("destroy restarts the engine with what was there before", () => {
  writeFileSync(at("daemon.json"), "{}\n");
  applied(json({ debug: true }));
  rmSync(at("asked"), { force: true });
  const { status } = run(renderRestoreScript(changeTo(json({ debug: true })), options()));
  expect({ status, asked: linesOf("asked") }).toMatchObject({
    status: 0,
    asked: expect.arrayContaining(["start docker.service"]) as string[],
  });
  expect(readFileSync(at("daemon.json"), "utf8")).toBe("{}\n");
});

/** What moby's reload.go does with a change from one text to the other, key by key. */
function expected(before: DaemonConfiguration, after: DaemonConfiguration): string {
  const [old, now] = [before, after].map((c) => JSON.parse(json(c)) as Record<string, unknown>) as [
    Record<string, unknown>,
    Record<string, unknown>,
  ];
  const changed = [...new Set([...Object.keys(old), ...Object.keys(now)])].filter(
    (key) => JSON.stringify(old[key]) !== JSON.stringify(now[key]),
  );
  if (changed.length === 0) return "not asked";
  const reloads = changed.every((key) => {
    const option = Object.values(DAEMON_OPTIONS).find((candidate) => candidate.key === key);
    if (now[key] === undefined) return option?.reloadsRemoval === true;
    if (option?.reload === "any") return true;
    return option?.reload === "added" && old[key] === undefined && old["cluster-store"] === undefined;
  });
  return reloads ? "reload" : "restart";
}

test("of any two files of these constructs, it decides as the table says", () => {
  const other: DaemonConfiguration = {
    ...DAEMON_SAMPLES,
    ...{ debug: false, labels: { zone: "b" }, mtu: 1300, dns: ["172.18.0.1"], maxDownloadAttempts: 9 },
    ...{ features: { buildkit: false }, defaultShmSize: Size.mebibytes(64) },
  };
  const file = fc
    .tuple(fc.constantFrom(DAEMON_SAMPLES, other), fc.subarray(Object.keys(DAEMON_SAMPLES), { maxLength: 6 }))
    .map(([values, props]): DaemonConfiguration =>
      Object.fromEntries(props.map((prop) => [prop, values[prop as keyof DaemonConfiguration]])),
    );
  fc.assert(
    fc.property(file, fc.array(file, { minLength: 1, maxLength: 3 }), (first, rest) => {
      applied(json(first));
      let last = first;
      for (const next of rest) {
        expect({ last: json(last), next: json(next), how: applied(json(next)) }).toEqual({
          last: json(last),
          next: json(next),
          how: expected(last, next),
        });
        last = next;
      }
    }),
    { numRuns: 25 },
  );
}, 120_000);
