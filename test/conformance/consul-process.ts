import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConsulAgentConfiguration } from "../../constructs/consul/agent-configuration";
import { renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import { tailOf, which } from "../../lab/commands";
import type { ConsulBinary } from "../../lab/programs";

/** The path of a program of this machine, or an error that says how to get it. */
export function needed(program: string, debianPackage: string): string {
  const path = which(program);
  if (path === undefined) throw new Error(`${program} is missing: apt-get install ${debianPackage}`);
  return path;
}

let nets = 0;
/** A block of loopback addresses that no other process of these tests uses: `127.x.y`. */
export function loopbackNet(): string {
  nets += 1;
  return `127.${100 + (process.pid % 100)}.${(Math.floor(process.pid / 100) + nets) % 256}`;
}

/** Tries until it succeeds; after the time the last error is thrown. */
export async function eventually<T>(work: () => T | Promise<T>, milliseconds = 30_000): Promise<T> {
  const end = Date.now() + milliseconds;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (Date.now() > end) throw error;
      await new Promise((resolve) => setTimeout(resolve, 200));
    }
  }
}

/** A folder of agents, their files and their processes. */
export class Agents {
  public readonly folder = mkdtempSync(join(tmpdir(), "consul-"));
  private readonly running = new Map<string, ChildProcess>();

  constructor(private readonly binary: ConsulBinary) {}

  /** Starts an agent with a rendered file; its data stay from one start to the next. */
  public start(name: string, address: string, config: ConsulAgentConfiguration): void {
    const data = join(this.folder, name);
    mkdirSync(data, { recursive: true });
    const file = join(this.folder, `${name}.json`);
    writeFileSync(
      file,
      renderAgentConfiguration(
        { nodeName: name, bindAddr: address, clientAddr: [address], dataDir: data, ...config },
        { version: this.binary.version },
      ),
    );
    const log = openSync(this.logOf(name), "a");
    const child = spawn(this.binary.path, ["agent", `-config-file=${file}`], { stdio: ["ignore", log, log] });
    this.running.set(name, child);
  }

  /** Kills an agent as a crash would, and waits until it is gone. */
  public async kill(name: string): Promise<void> {
    const child = this.running.get(name);
    this.running.delete(name);
    if (child === undefined || child.exitCode !== null) return;
    const gone = new Promise((resolve) => child.once("exit", resolve));
    child.kill("SIGKILL");
    await gone;
  }

  /** Ends all of them and removes their files. */
  public async end(): Promise<void> {
    for (const name of [...this.running.keys()]) await this.kill(name);
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** The end of an agent's log, for messages. */
  public log(name: string): string {
    return tailOf(this.logOf(name));
  }

  private logOf(name: string): string {
    return join(this.folder, `${name}.log`);
  }
}

/** A request to an agent's HTTP API; an error unless it says 200. */
export async function ask(address: string, path: string, body?: unknown): Promise<string> {
  const answer = await fetch(`http://${address}:8500${path}`, {
    ...(body === undefined ? {} : { method: "PUT", body: JSON.stringify(body) }),
    signal: AbortSignal.timeout(10_000),
  });
  const text = await answer.text();
  if (answer.status !== 200) throw new Error(`${path}: ${answer.status} ${text}`);
  return text;
}

/** An answer to a DNS query. */
export interface DnsAnswer {
  readonly status: string;
  readonly flags: readonly string[];
  /** Records: name, TTL, type and the rest, of the sections answer, authority and additional. */
  readonly answer: readonly string[];
  readonly authority: readonly string[];
  readonly additional: readonly string[];
}

/** Asks with dig. A cut answer is given as it came. */
export function dig(
  address: string,
  transport: "udp" | "tcp",
  name: string,
  type: string,
  ...more: string[]
): DnsAnswer {
  const args = [`@${address}`, "-p", "8600", "+tries=1", "+time=3", "+ignore", "+nosplit", ...more];
  const done = spawnSync(
    needed("dig", "dnsutils"),
    [...args, transport === "tcp" ? "+tcp" : "+notcp", name, type],
    {
      encoding: "utf8",
    },
  );
  const section = (title: string) =>
    (new RegExp(`;; ${title} SECTION:\\n((?:[^;\\n].*\\n)*)`).exec(done.stdout)?.[1] ?? "")
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => line.replace(/\s+/g, " "));
  const status = /status: (\w+)/.exec(done.stdout)?.[1];
  if (status === undefined) throw new Error(`dig ${name} ${type}: ${done.stdout}${done.stderr}`);
  return {
    status,
    flags: (/;; flags: ([a-z ]*);/.exec(done.stdout)?.[1] ?? "").split(" "),
    answer: section("ANSWER"),
    authority: section("AUTHORITY"),
    additional: section("ADDITIONAL"),
  };
}
