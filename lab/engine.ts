import { spawn } from "node:child_process";
import { closeSync, existsSync, mkdirSync, openSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { engineAnswers as ping } from "../commands/engine-answers";
import { isRoot, labFolder, main, tailOf, which } from "./commands";

/** The engine's socket, in its default place. */
export const ENGINE_SOCKET = "/var/run/docker.sock";
/** The engine's own pid file, in its default place. */
const PID_FILE = "/var/run/docker.pid";
/** A cold start on a busy machine takes some seconds; loading many containers takes longer. */
const START_TIMEOUT = 60_000;
/** The engine stops its containers first, each within its own grace. */
const STOP_TIMEOUT = 120_000;

/** What this machine's engine is. */
export interface EngineStatus {
  /** Whether it answers at its default socket. */
  readonly answers: boolean;
  /** The id of its process, if the lab started it. */
  readonly startedByLab?: number;
}

interface Started {
  readonly pid: number;
  /** The kernel's start time of the process, so that another process with a reused id is never taken for it. */
  readonly startTime: string;
}

function stateFile(): string {
  return join(labFolder(), "engine", "started.json");
}

/** The file to which an engine that the lab started writes its log. */
export function engineLog(): string {
  return join(labFolder(), "engine", "dockerd.log");
}

/**
 * The start time of a process, in the kernel's ticks, from the text of /proc/<pid>/stat (proc(5)); undefined if it has ended
 * and is only there because nobody has asked how.
 */
export function startTimeIn(stat: string): string | undefined {
  // The second field is the program's name in parentheses, and may hold blanks and parentheses itself.
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return fields[0] === "Z" ? undefined : fields[19];
}

/** The same of a process; undefined if there is none. */
export function startTimeOf(pid: number | string): string | undefined {
  try {
    return startTimeIn(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** What in an engine's log tells why it did not start, as advice; undefined if nothing is known. */
export function adviceFor(log: string): string | undefined {
  if (/iptables.*(Table does not exist|not supported|Could not fetch rule set|can't initialize)/s.test(log)) {
    return "the kernel lacks what this iptables needs: try `update-alternatives --set iptables /usr/sbin/iptables-legacy`";
  }
  if (/(Devices cgroup isn't mounted|cgroups: cgroup mountpoint does not exist)/.test(log)) {
    return "no cgroups are mounted: mount them (Debian's package cgroupfs-mount does), or start the machine's init";
  }
  if (/pid file found, ensure docker is not running/.test(log)) {
    return `${PID_FILE} names a running process: stop that engine, or remove the file if it is none`;
  }
  if (/(operation not permitted|permission denied)/i.test(log)) {
    return "an engine needs root with its capabilities: inside a container, start that one with --privileged";
  }
  return undefined;
}

/** Whether an engine answers at the socket. */
export function engineAnswers(socketPath = ENGINE_SOCKET): Promise<boolean> {
  return ping(socketPath, 2_000);
}

/** The engine that the lab started, if it still runs. */
function startedByLab(): Started | undefined {
  if (!existsSync(stateFile())) return undefined;
  const started = JSON.parse(readFileSync(stateFile(), "utf8")) as Started;
  return startTimeOf(started.pid) === started.startTime ? started : undefined;
}

/** Whether an engine answers, and whether the lab started it. */
export async function engineStatus(): Promise<EngineStatus> {
  const started = startedByLab();
  return { answers: await engineAnswers(), ...(started === undefined ? {} : { startedByLab: started.pid }) };
}

/** A pid file that survived a crash may name a process that is no engine now, and dockerd refuses to start then. */
function removeStalePidFile(): void {
  if (!existsSync(PID_FILE)) return;
  const pid = readFileSync(PID_FILE, "utf8").trim();
  let program = "";
  try {
    program = readFileSync(`/proc/${pid}/comm`, "utf8").trim();
  } catch {
    // The process is gone, and so is the reason for the file.
  }
  if (program !== "dockerd" || startTimeOf(pid) === undefined) rmSync(PID_FILE, { force: true });
}

/**
 * Starts an engine where none answers, and leaves it running.
 * @param dataRoot dockerd's `--data-root`: where its images, containers and volumes lie
 * @returns whether it was started here
 * @throws Error with what is missing, or with the end of the engine's log
 */
export async function startEngine(dataRoot?: string): Promise<boolean> {
  if (await engineAnswers()) return false;
  const deadline = Date.now() + START_TIMEOUT;
  // One that the lab has started already may be busy, or start still.
  for (let running = startedByLab(); running !== undefined; running = startedByLab()) {
    if (await engineAnswers()) return false;
    if (Date.now() > deadline) {
      throw new Error(
        `dockerd (process ${running.pid}), which the lab started, does not answer; its log is ${engineLog()}`,
      );
    }
    await sleep(200);
  }
  const dockerd = which("dockerd");
  if (dockerd === undefined)
    throw new Error("no dockerd on this machine: apt-get install docker.io iptables");
  if (!isRoot()) throw new Error(`no engine answers at ${ENGINE_SOCKET}, and only root can start one`);
  removeStalePidFile();
  mkdirSync(dirname(engineLog()), { recursive: true });
  const log = openSync(engineLog(), "w");
  // Of its own session, so that it outlives this process and the terminal.
  const args = dataRoot === undefined ? [] : ["--data-root", dataRoot];
  const child = spawn(dockerd, args, { detached: true, stdio: ["ignore", log, log], cwd: "/" });
  closeSync(log);
  let ended: string | undefined;
  child.once("error", (error) => (ended = error.message));
  child.once("exit", (code, signal) => (ended = `ended with ${signal ?? String(code)}`));
  // Written down before it answers: whoever interrupts this can still end it.
  const startTime = child.pid === undefined ? undefined : startTimeOf(child.pid);
  if (child.pid !== undefined && startTime !== undefined) {
    const started: Started = { pid: child.pid, startTime };
    writeFileSync(stateFile(), `${JSON.stringify(started)}\n`);
  }
  const failed = (why: string): Error => {
    const advice = adviceFor(tailOf(engineLog(), 200));
    return new Error(
      [
        `dockerd ${why}; the end of ${engineLog()}:`,
        tailOf(engineLog()),
        ...(advice === undefined ? [] : [advice]),
      ].join("\n"),
    );
  };
  while (!(await engineAnswers())) {
    if (ended !== undefined) throw failed(ended);
    if (Date.now() > deadline) {
      child.kill("SIGTERM");
      throw failed(`did not answer within ${START_TIMEOUT / 1000} s`);
    }
    await sleep(200);
  }
  if (startedByLab() === undefined) throw failed(ended ?? "is gone");
  child.unref();
  return true;
}

/**
 * Stops the engine that the lab started; any other is left alone.
 * @returns whether one was stopped
 * @throws Error if it does not end in time
 */
export async function stopEngine(): Promise<boolean> {
  const started = startedByLab();
  if (started === undefined) return false;
  process.kill(started.pid, "SIGTERM");
  const deadline = Date.now() + STOP_TIMEOUT;
  while (startTimeOf(started.pid) === started.startTime) {
    if (Date.now() > deadline) {
      throw new Error(
        `dockerd (process ${started.pid}) did not end within ${STOP_TIMEOUT / 1000} s; its log is ${engineLog()}`,
      );
    }
    await sleep(200);
  }
  rmSync(stateFile(), { force: true });
  return true;
}

if (require.main === module) {
  void main(async () => {
    const { values, positionals } = parseArgs({
      options: { "data-root": { type: "string" } },
      allowPositionals: true,
    });
    const wish = positionals[0] ?? "up";
    if (wish === "up") {
      const started = await startEngine(values["data-root"]);
      const { startedByLab: pid } = await engineStatus();
      if (started) console.log(`started dockerd, process ${pid ?? "unknown"}, log ${engineLog()}`);
      else
        console.log(
          `an engine answers at ${ENGINE_SOCKET} already${pid === undefined ? "" : `, process ${pid}`}`,
        );
    } else if (wish === "down") {
      console.log((await stopEngine()) ? "stopped dockerd" : "the lab started no engine that still runs");
    } else if (wish === "status") {
      console.log(JSON.stringify(await engineStatus()));
    } else {
      throw new Error(`what is ${wish}? allowed is up, down or status`);
    }
  });
}
