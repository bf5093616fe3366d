import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { attempt, which } from "../../lab/commands";
import { type Lab, pathsOf } from "../../lab/hosts-state";
import { type Json, merged, stepsOf } from "../support/runbook-steps";

const root = join(__dirname, "..", "..");
const LONGEST_MILLISECONDS = 420_000;

/** What commands of a runbook wrote. */
export interface RunbookEnded {
  /** A text for each block of commands. */
  readonly said: readonly string[];
}

/**
 * Carries out what docs/runbooks says, word by word, on a lab's hosts. Three things are put in for whoever would do it by
 * hand: ssh knows the lab's hosts; cdktf is not asked for an approval, and does not ask a registry for a provider that lies
 * in the local mirror; its output lies in a folder of its own.
 */
export class Runbooks {
  private readonly folder = mkdtempSync(join(tmpdir(), "runbooks-"));
  private readonly output = join(this.folder, "cdktf.out");

  constructor(private readonly lab: Lab) {
    const programs = join(this.folder, "bin");
    mkdirSync(programs);
    const program = (name: string, text: string) => {
      writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(programs, name), 0o755);
    };
    const hosts = Object.keys(lab.hostKeys).map((host) => host.replace(/\d+$/, "*"));
    const known = [...new Set(hosts)].join(" | ");
    program("ssh", `case $1 in ${known}) exec ${found("ssh")} -F '${pathsOf(lab.folder).sshConfig}' -o BatchMode=yes "$@" ;; esac\nexec ${found("ssh")} "$@"`); // prettier-ignore
    const cdktf = join(root, "node_modules", ".bin", "cdktf");
    program(
      "npx",
      `case "$1 $2" in
  "cdktf deploy" | "cdktf destroy") shift; exec '${cdktf}' "$@" --auto-approve --skip-provider-lock --output '${this.output}' ;;
  "cdktf diff") shift; exec '${cdktf}' "$@" --skip-provider-lock --output '${this.output}' ;;
  "cdktf synth") shift; exec '${cdktf}' "$@" --output '${this.output}' ;;
esac
exec ${found("npx")} "$@"`,
    );
  }

  /** The folder of the stacks as they were synthesized last. */
  public get stacks(): string {
    return join(this.output, "stacks");
  }

  /** The settings of the environment as they stand in its file. */
  public get settings(): Json {
    return JSON.parse(readFileSync(pathsOf(this.lab.folder).stagingSettings, "utf8")) as Json;
  }

  /** Changes the environment's settings. */
  public set(change: Json): void {
    this.write(merged(this.settings, change));
  }

  /** Writes the environment's settings anew. */
  public write(settings: Json): void {
    writeFileSync(pathsOf(this.lab.folder).stagingSettings, JSON.stringify(settings, undefined, 2));
  }

  /**
   * Carries a runbook out, or a part of it.
   * @param before is called with each change of settings; what it returns is put in as well
   * @throws Error with the command that failed, and what it said
   */
  public async run(
    name: string,
    {
      from = 0,
      to,
      before = () => ({}),
    }: { from?: number; to?: number; before?: (change: Json) => Json } = {},
  ): Promise<RunbookEnded> {
    const steps = stepsOf(readFileSync(join(root, "docs", "runbooks", `${name}.md`), "utf8"));
    if (steps.length <= from) throw new Error(`the runbook ${name} has ${steps.length} steps`);
    const said: string[] = [];
    for (const { kind, text } of steps.slice(from, to)) {
      if (kind === "sh") {
        said.push(await this.commands(text));
        continue;
      }
      const change = JSON.parse(text) as Json;
      this.set(change);
      this.set(before(change));
    }
    return { said };
  }

  /**
   * Runs commands as a runbook has them.
   * @throws Error with the commands, and what they said
   */
  public async commands(text: string): Promise<string> {
    const { status, stdout, stderr } = await this.tryCommands(text);
    if (status === 0) return stdout.trimEnd();
    throw new Error(`${text}\nexit status ${status ?? "none: no end in time"}\n${plain(stdout + stderr)}`);
  }

  /** The same, and tells how they ended. */
  public tryCommands(text: string) {
    return attempt("bash", ["-euo", "pipefail", "-c", text.replaceAll("cdktf.out/", `${this.output}/`)], {
      cwd: root,
      timeout: LONGEST_MILLISECONDS,
      env: {
        ...cleanEnvironment(),
        PATH: `${join(this.folder, "bin")}${delimiter}${process.env["PATH"] ?? ""}`,
        STAGING_SETTINGS: pathsOf(this.lab.folder).stagingSettings,
        CHECKPOINT_DISABLE: "1",
        // Where `npm start` writes: the checkout's own folder may be in use.
        CDKTF_OUTDIR: this.output,
      },
    });
  }

  /** Removes what stands beside the lab. */
  public close(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** None of the caller's variables that would change what cdktf and Terraform do. */
function cleanEnvironment(): NodeJS.ProcessEnv {
  const changing = /^(TF_|CDKTF_|DOCKER_|LOCAL_SETTINGS$|CONSUL_)/;
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !changing.test(name)));
}

/** A text without what a terminal would take for colours and movements, and its end alone if it is long. */
function plain(text: string): string {
  // eslint-disable-next-line no-control-regex -- that is what they begin with
  return text.replace(/\u001b\[[0-9;]*[A-Za-z]/g, "").slice(-6000);
}

function found(program: string): string {
  const path = which(program);
  if (path === undefined) throw new Error(`no ${program} on PATH`);
  return path;
}
