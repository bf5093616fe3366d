import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, openSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { NamedConfiguration } from "../../constructs/dns/named-configuration";
import { renderNamedConf } from "../../constructs/dns/named-conf";
import { isRoot, tailOf } from "../../lab/commands";
import type { BindRelease } from "../../lab/programs";
import { type DnsAnswer, dig, eventually, needed } from "./consul-process";

/** The program and arguments that run a command inside a release's root file system. */
function inside(root: string, command: readonly string[]): [string, string[]] {
  const chroot = needed("chroot", "coreutils");
  return isRoot()
    ? [chroot, [root, ...command]]
    : [needed("unshare", "util-linux"), ["--map-root-user", chroot, root, ...command]];
}

/** What named-checkconf says of a text: nothing, where it has nothing to say. */
export function checkConf({ root }: BindRelease, text: string): { status: number | null; said: string } {
  const folder = mkdtempSync(join(root, "tmp/check-"));
  try {
    const file = join(folder, "named.conf");
    writeFileSync(file, text);
    const [program, args] = inside(root, ["/usr/bin/env", "named-checkconf", file.slice(root.length)]);
    const done = spawnSync(program, args, {
      encoding: "utf8",
      env: { ...process.env, PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    if (done.error) throw done.error;
    return { status: done.status, said: `${done.stdout}${done.stderr}`.trim() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/**
 * What the package's own named-checkconf says of files that are to replace some of the package's, by the command that
 * checks them on a host before.
 */
export function checkPackage(
  { root }: BindRelease,
  validation: string,
  texts: readonly string[],
): { status: number | null; said: string } {
  const folder = mkdtempSync(join(root, "tmp/package-"));
  try {
    const names = texts.map((text, i) => {
      const file = join(folder, `new-${i + 1}`);
      writeFileSync(file, text);
      return `NEW_${i + 1}=${file.slice(root.length)}; export NEW_${i + 1}`;
    });
    const [program, args] = inside(root, ["/bin/sh", "-c", [...names, validation].join("\n")]);
    const done = spawnSync(program, args, {
      encoding: "utf8",
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
    if (done.error) throw done.error;
    return { status: done.status, said: `${done.stdout}${done.stderr}`.trim() };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

let ports = 0;

/** A named of a release, in its root file system, on 127.0.0.1: named listens only where an interface has the address. */
export class Named {
  /** The port that it listens on. */
  public readonly port = 20_000 + (process.pid % 300) * 100 + ports++;
  private readonly folder: string;
  private readonly child: ChildProcess;
  private readonly log: string;

  constructor(
    { root, version }: BindRelease,
    configuration: Partial<NamedConfiguration> & Pick<NamedConfiguration, "forwardZones">,
  ) {
    this.folder = mkdtempSync(join(root, "tmp/named-"));
    chmodSync(this.folder, 0o777);
    this.log = join(this.folder, "log");
    const file = join(this.folder, "named.conf");
    writeFileSync(
      file,
      renderNamedConf({
        version,
        listenOn: ["127.0.0.1"],
        port: this.port,
        directory: this.folder.slice(root.length),
        ...configuration,
      }),
    );
    const [program, args] = inside(root, ["/usr/sbin/named", "-f", "-n", "1", "-c", file.slice(root.length)]);
    const log = openSync(this.log, "a");
    this.child = spawn(program, args, { stdio: ["ignore", log, log] });
  }

  /** Asks it, with 8 s of patience. */
  public ask(transport: "udp" | "tcp", name: string, type: string, ...more: string[]): DnsAnswer {
    try {
      return dig("127.0.0.1", transport, name, type, "-p", String(this.port), "+time=8", ...more);
    } catch (error) {
      throw new Error(`${String(error)}\n${tailOf(this.log)}`, { cause: error });
    }
  }

  /** Waits until it answers a query with success. */
  public async ready(name: string): Promise<void> {
    await eventually(() => {
      const { status, answer } = this.ask("udp", name, "A");
      if (status !== "NOERROR" || answer.length === 0)
        throw new Error(`${name}: ${status}\n${tailOf(this.log)}`);
    });
  }

  /** What it has logged. */
  public logged(): string {
    return tailOf(this.log, 200);
  }

  /** Ends it and removes its files. */
  public async end(): Promise<void> {
    if (this.child.exitCode === null && this.child.signalCode === null) {
      const gone = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGKILL");
      await gone;
    }
    rmSync(this.folder, { recursive: true, force: true });
  }
}
