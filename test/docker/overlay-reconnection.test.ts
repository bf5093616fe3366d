import { spawnSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import {
  OverlayReconnection,
  renderReconnectScript,
  renderReconnectUnit,
} from "../../constructs/docker/overlay-reconnection";
import { SshHost } from "../../constructs/host/ssh-host";
import { synthesizeStack } from "../support/apps";

/** What an engine with one overlay network and two containers on it answers; the calls that change something are noted. */
const ENGINE = `#!/bin/sh
case "$1 $2" in
  "info --format") case $3 in *LiveRestore*) echo "$LIVE" ;; *) echo "$STORE" ;; esac ;;
  "network ls") echo "n1 docker-internal" ;;
  "network disconnect" | "network connect") echo "$@" >>"$CALLS"; [ "$1 $2 $3" != "network connect $REFUSED" ] ;;
  "start "*) echo "$@" >>"$CALLS"; [ "$(grep -c ^start "$CALLS")" -gt "$START_FAILS" ] ;;
  "ps --quiet") printf 'c1\\nc2\\n' ;;
  "ps --all") printf 'c3\\nc4\\nc5\\n' ;;
  *)
    case "$3 $4" in
      *IPAMConfig*c1) echo "--ip 10.99.0.7 --alias shop " ;;
      *IPAMConfig*) echo ;;
      *RestartPolicy*c3) if grep -q '^start c3' "$CALLS"; then echo "always endpoint exists"; else echo "always network n1 not found"; fi ;;
      *RestartPolicy*c4) echo "no network n1 not found" ;;
      *RestartPolicy*) echo "always " ;;
      *NetworkID*) echo "n9 " ;;
    esac ;;
esac
`;
/** What the engine has said is a file, and so is what its containers have; what systemd is to do is noted. */
const JOURNALCTL = `#!/bin/sh
cat "$LOG"
case " $* " in *" _TRANSPORT=stdout "*) ;; *) cat "$LOG.containers" ;; esac
`;
const SYSTEMCTL = `#!/bin/sh\n[ "$1" = show ] || echo "$@" >>"$CALLS"\n`;
const SLEEP = `#!/bin/sh\necho "$1" >>"$CALLS.slept"\n`;
const REFUSED_JOIN =
  'level=error msg="joining serf neighbor 10.20.0.13 failed: Failed to join the cluster at neigh IP 10.20.0.12: refused"\n';
const member = (name: string, address: string) =>
  `level=info msg="2026/11/21 15:42:20 [INFO] serf: EventMemberJoin: ${name} ${address}\\n"\n`;
const SELF = member("web-3", "10.20.0.13");
const RESTART = ["reset-failed docker.service", "--no-block restart docker.service"];

const LISTENING = "   1: 0B0C14AC:1F0A 00000000:0000 0A 00000000:00000000\n";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "overlay-reconnection-"));
  const programs = { docker: ENGINE, journalctl: JOURNALCTL, systemctl: SYSTEMCTL, sleep: SLEEP };
  for (const [name, text] of Object.entries(programs)) {
    writeFileSync(join(folder, name), text);
    chmodSync(join(folder, name), 0o755);
  }
  writeFileSync(join(folder, "tcp"), LISTENING);
  writeFileSync(join(folder, "log"), SELF + member("web-1", "10.20.0.11"));
  // Consul writes its members down in the same words.
  writeFileSync(join(folder, "log.containers"), member("web-2", "10.20.0.12"));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});

function run(environment: Readonly<Record<string, string>> = {}) {
  const script = renderReconnectScript({
    stateDirectory: join(folder, "state"),
    sockets: join(folder, "tcp"),
  });
  const calls = join(folder, "calls");
  rmSync(calls, { force: true });
  const { status, stderr } = spawnSync("sh", ["-c", script], {
    env: {
      ...{
        PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`,
        CALLS: calls,
        REFUSED: "-",
        START_FAILS: "0",
      },
      ...{ STORE: "consul://127.0.0.1:8500", LIVE: "true", LOG: join(folder, "log"), ...environment },
    },
    encoding: "utf8",
    timeout: 10_000,
  });
  const lines = (file: string) => (existsSync(file) ? readFileSync(file, "utf8").trim().split("\n") : []);
  slept = lines(`${calls}.slept`);
  said = stderr;
  return { status, calls: lines(calls) };
}
/** How long the last run slept each time, and what it said on stderr. */
let slept: readonly string[] = [];
let said = "";
const left = () => readFileSync(join(folder, "state", "connect"), "utf8");

test("all containers leave before the first joins again, each with what it had; what could not start is started", () => {
  expect(run()).toEqual({
    status: 0,
    calls: [
      "network disconnect n1 c1",
      "network disconnect n1 c2",
      "network connect --ip 10.99.0.7 --alias shop n1 c1",
      "network connect n1 c2",
      "start c3",
    ],
  });
  expect(left()).toBe("");
});

test("what could not be connected is kept for the next run, with what it had", () => {
  const { status, calls } = run({ REFUSED: "--ip" });
  expect(status).toBe(1);
  expect(calls).not.toContain("start c3");
  expect(left()).toBe("c1 n1 --ip 10.99.0.7 --alias shop\n");
  // It is on no network any more, so that the engine cannot tell its aliases.
  writeFileSync(join(folder, "docker"), ENGINE.replace("printf 'c1\\nc2\\n'", "printf ''"));
  expect(run()).toEqual({
    status: 0,
    calls: ["network connect --ip 10.99.0.7 --alias shop n1 c1", "start c3"],
  });
});

test("what cannot be started yet is tried again, and no other container leaves its networks for it", () => {
  const { status, calls } = run({ START_FAILS: "2" });
  expect(status).toBe(0);
  expect(calls.slice(4)).toEqual(["start c3", "start c3", "start c3"]);
  expect(slept).toEqual(["5", "5"]);
  expect(said).toBe("");
});

test("what cannot be started at all is named in the end", () => {
  const { status, calls } = run({ START_FAILS: "1000" });
  expect(status).toBe(0);
  expect(calls.slice(4)).toEqual(Array(24).fill("start c3"));
  expect(slept).toHaveLength(23);
  expect(said).toContain("Not started, after 24 attempts: c3");
});

describe("an engine that asked others to let it join, and was refused,", () => {
  const connects = expect.arrayContaining(["network connect n1 c2", "start c3"]) as string[];
  const restarts = ({ calls }: ReturnType<typeof run>) =>
    calls.filter((call) => call.includes("docker.service"));
  const log = (text: string) => {
    writeFileSync(join(folder, "log"), text);
  };

  test("is started again if none has come since, each time after a longer pause, five times in a row", () => {
    log(SELF + REFUSED_JOIN);
    const first = run();
    expect(first).toEqual({ status: 0, calls: connects });
    expect(restarts(first)).toEqual(RESTART);
    const pauses = [1, 2, 3, 4].map(() => {
      rmSync(join(folder, "calls.slept"));
      expect(restarts(run())).toEqual(RESTART);
      return slept.filter((seconds) => seconds !== "1");
    });
    expect(pauses).toEqual([["15"], ["30"], ["45"], ["60"]]);
    expect(restarts(run())).toEqual([]);
    expect(said).toMatch(/although it was started again 5 times/);
    // What was counted in another boot is not counted in this one.
    writeFileSync(join(folder, "state", "restarts"), "another-boot 5\n");
    expect(restarts(run())).toEqual(RESTART);
  });

  test("is not if another one has come, and all restarts are left for the next time", () => {
    log(SELF + REFUSED_JOIN);
    run();
    log(SELF + REFUSED_JOIN + member("web-1", "10.20.0.11"));
    expect(restarts(run())).toEqual([]);
    expect(existsSync(join(folder, "state", "restarts"))).toBe(false);
  });

  test("is started again where it says errors alone, which do not tell who has come", () => {
    log(REFUSED_JOIN);
    expect(restarts(run())).toEqual(RESTART);
  });

  test("is not where the disk is full, as nothing would count its restarts", () => {
    log(SELF + REFUSED_JOIN);
    run();
    rmSync(join(folder, "state", "restarts"));
    mkdirSync(join(folder, "state", "restarts"));
    expect(restarts(run())).toEqual([]);
  });

  test("is not where its containers would stop", () => {
    log(SELF + REFUSED_JOIN);
    expect(restarts(run({ LIVE: "false" }))).toEqual([]);
    expect(said).toMatch(/live-restore is off/);
  });
});

test("an engine that is alone and was not refused has nobody to join", () => {
  writeFileSync(join(folder, "log"), SELF);
  expect(run().calls).not.toContain(RESTART[1]);
  expect(slept).toHaveLength(15);
});

test("an engine without a store is left alone", () => {
  expect(run({ STORE: "" })).toEqual({ status: 0, calls: [] });
});

test("the unit follows the engine's, and is started with it", () => {
  expect(renderReconnectUnit()).toBe(`[Unit]
Description=Connect containers to their overlay networks once the engine is a member of its cluster
After=docker.service
PartOf=docker.service

[Service]
Type=simple
ExecStart=/bin/sh /usr/local/lib/cdktf-docker-discovery/reconnect-overlays
Restart=on-failure
RestartSec=5
`);
  const text = JSON.stringify(
    synthesizeStack((stack) => {
      const host = new SshHost(stack, "web-1", {
        hostName: "web-1",
        address: "10.20.0.21",
        hostKeys: ["ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl"],
      });
      new OverlayReconnection(stack, "overlays", { host });
    }),
  );
  expect(text).toContain("/etc/systemd/system/docker.service.d/50-cdktf-docker-discovery-overlays.conf");
  expect(text).toContain("Wants=cdktf-docker-discovery-overlays.service");
});
