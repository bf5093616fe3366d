import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, realpathSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { escapeTemplate } from "../../../constructs/core/tokens";
import { DockerDaemon } from "../../../constructs/docker/daemon/docker-daemon";
import { type EngineRoots, renderRootsCheck } from "../../../constructs/docker/daemon/engine-roots";
import { renderDaemonJson } from "../../../constructs/docker/daemon/render-daemon-json";
import { shellQuote } from "../../../constructs/host/shell";
import { SshHost } from "../../../constructs/host/ssh-host";
import { synthesizeStack } from "../../support/apps";

let folder = "";
beforeEach(() => {
  folder = realpathSync(mkdtempSync(join(tmpdir(), "engine-roots-")));
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

interface Host {
  /** Its daemon.json; none is no file. */
  readonly daemonJson?: string;
  /** What `docker info` says of DockerRootDir. */
  readonly rootDir?: string;
  /** How many containers run. */
  readonly running?: number;
}

/** What the text says on such a host. */
function look(roots: EngineRoots, { daemonJson, rootDir = "/var/lib/docker", running = 3 }: Host = {}) {
  const file = join(folder, "daemon.json");
  rmSync(file, { force: true });
  if (daemonJson !== undefined) writeFileSync(file, daemonJson);
  const program = join(folder, "docker");
  writeFileSync(
    program,
    `#!/bin/sh
case "$1 $2" in
  "info --format") echo ${shellQuote(rootDir)} ;;
  "ps --quiet") ${Array.from({ length: running }, (_, i) => `echo c${i}`).join("; ") || ":"} ;;
  *) exit 9 ;;
esac
`,
  );
  chmodSync(program, 0o755);
  const { status, stdout, stderr } = spawnSync("sh", ["-c", renderRootsCheck(roots, file)], {
    env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` },
    encoding: "utf8",
  });
  return { status, said: stdout + stderr };
}
const passes = { status: 0, said: "" };

it.each<[string, EngineRoots, Host]>([
  ["none of them, and no file", {}, {}],
  ["none of them, where a flag gives the engine another data-root", {}, { rootDir: "/data/docker" }],
  [
    "the engine's own defaults, written down",
    { dataRoot: "/var/lib/docker", execRoot: "/var/run/docker" },
    {},
  ],
  ["the data-root that runs", { dataRoot: "/data/docker" }, { rootDir: "/data/docker" }],
  [
    "all three again, of which the data lie in the remapped user's folder",
    { dataRoot: "/data/docker", execRoot: "/run/elsewhere", usernsRemap: "default" },
    {
      daemonJson: renderDaemonJson({ execRoot: "/run/elsewhere", usernsRemap: "default" }),
      rootDir: "/data/docker/231072.231072",
    },
  ],
  [
    "somebody else's file with the same on other lines",
    { execRoot: "/run/elsewhere" },
    { daemonJson: '{ "dns": ["10.0.0.1"],\n  "exec-root" :\n    "/run/elsewhere" }' },
  ],
])("passes while containers run: %s", (_, roots, host) => {
  expect(look(roots, host)).toEqual(passes);
});

it.each<[string, EngineRoots, Host, string]>([
  ["another data-root", { dataRoot: "/data/docker" }, {}, "data-root is /var/lib/docker here, and /data/docker in the settings"],
  ["one that goes", {}, { daemonJson: renderDaemonJson({ dataRoot: "/data/docker" }), rootDir: "/data/docker" }, "data-root is /data/docker here, and /var/lib/docker in the settings"],
  ["one by its old name that goes", {}, { daemonJson: '{"graph": "/data/docker"}', rootDir: "/data/docker" }, "data-root is /data/docker here"],
  ["another one, remapped", { dataRoot: "/data/docker", usernsRemap: "default" }, { daemonJson: '{"userns-remap":"default"}', rootDir: "/srv/docker/231072.231072" }, "data-root is /srv/docker here"],
  ["another exec-root", { execRoot: "/run/elsewhere" }, {}, "/run/elsewhere in the settings"],
  ["one that goes", {}, { daemonJson: renderDaemonJson({ execRoot: "/run/elsewhere" }) }, "exec-root is /run/elsewhere here"],
  ["a first userns-remap", { usernsRemap: "default" }, { daemonJson: "{}" }, "userns-remap is not set here, and default in the settings"],
  ["one that goes", {}, { daemonJson: renderDaemonJson({ usernsRemap: "shop:shop" }) }, "userns-remap is shop:shop here, and not set in the settings"],
])("is refused while containers run, and passes once none does: %s", (_, roots, host, said) => {
  const looked = look(roots, host);
  expect(looked.status).toBe(1);
  expect(looked.said).toContain(said);
  expect(looked.said).toMatch(/none of its 3 running containers any more.*Stop them first and deploy again/);
  expect(look(roots, { ...host, running: 0 })).toEqual(passes);
}); // prettier-ignore

it("a data-root by another way to the same folder is the same", () => {
  mkdirSync(join(folder, "data"));
  symlinkSync(join(folder, "data"), join(folder, "link"));
  const rootDir = join(folder, "data");
  expect(look({ dataRoot: join(folder, "link") }, { rootDir })).toEqual(passes);
  expect(look({ dataRoot: `${rootDir}/` }, { rootDir })).toEqual(passes);
});

it("is asked by DockerDaemon of the file that it changes, before it does", () => {
  const configuration = { dataRoot: "/data/docker", dns: ["172.17.0.1"] };
  const json = synthesizeStack((stack) => {
    const host = new SshHost(stack, "web-1", {
      hostName: "web-1",
      address: "192.0.2.11",
      hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4"],
    });
    new DockerDaemon(stack, "engine", { host, engineVersion: "20.10.24", configuration });
  });
  const [script = ""] = Object.values(json.resource?.["terraform_data"] ?? {}).flatMap(({ provisioner }) =>
    (provisioner as { "local-exec": { when?: string; environment: Record<string, string> } }[])
      .map(({ "local-exec": { environment } }) => environment["SCRIPT_1"] ?? "")
      .filter((text) => text.includes("precondition=")),
  );
  // As it stands in the script's variable, and in Terraform's JSON.
  const text = renderRootsCheck(configuration, "/etc/docker/daemon.json");
  expect(script).toContain(escapeTemplate(shellQuote(text).slice(1, -1)));
});
