import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { containerOf } from "../../lab/host-console";
import { ssh } from "../../lab/host-ssh";
import type { Lab } from "../../lab/hosts-state";
import { inspected } from "../../lab/outer-engine";
import type { LookupsEnded } from "./lookups-process";

const root = join(__dirname, "..", "..");

/** Lookups that run on a host, by its resolver, while something else is done to it. */
export class Lookups {
  private constructor(private readonly process: ChildProcess) {}

  /** Begins to look names up on a host, so often a second, each question once. Waits until the first ones were asked. */
  public static async start(
    lab: Lab,
    host: string,
    rate: number,
    names: readonly string[],
  ): Promise<Lookups> {
    const server = /^nameserver (\S+)/m.exec(await ssh(lab, host, "cat /etc/resolv.conf"))?.[1] ?? "";
    const pid = await inspected("container", containerOf(lab, host), "{{.State.Pid}}");
    const script = join(__dirname, "lookups-process.ts");
    // In the host's network alone: the program itself is this machine's.
    const child = spawn(
      "nsenter",
      [
        ...[`--net=/proc/${pid ?? ""}/ns/net`, process.execPath, "--import", "tsx"],
        ...[script, server, String(rate), ...names],
      ],
      { cwd: root, stdio: ["pipe", "pipe", "pipe"] },
    );
    return new Lookups(child);
  }

  /** Ends them. @returns what came of them */
  public async stop(): Promise<LookupsEnded> {
    const { stdout, stderr, stdin } = this.process;
    if (stdout === null || stderr === null || stdin === null) throw new TypeError("the process has no pipes");
    stdin.end();
    const [out, errors] = await Promise.all([text(stdout), text(stderr)]);
    if (out === "") throw new Error(`the lookups ended by themselves: ${errors}`);
    return JSON.parse(out) as LookupsEnded;
  }
}
