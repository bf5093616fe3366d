import { PassThrough, Readable } from "node:stream";
import type { ExitCode } from "../../src/commands/exit-code";
import type { Io } from "../../src/commands/io";
import { main } from "../../src/commands/main";

/** What a run of the command line gave. */
export interface Ran {
  readonly code: ExitCode;
  readonly stdout: string;
  readonly stderr: string;
}

/** How it is run. */
export interface RunSettings {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly cwd?: string;
  readonly stdin?: string | Readable;
  readonly signal?: AbortSignal;
  readonly terminal?: Partial<Io["terminal"]>;
  /** Is given what is written to stderr, as it is. */
  readonly onStderr?: (text: string) => void;
}

/** Runs the command line in this process. */
export async function run(args: readonly string[], settings: RunSettings = {}): Promise<Ran> {
  const written = { stdout: "", stderr: "" };
  const sink = (name: "stdout" | "stderr"): PassThrough => {
    const stream = new PassThrough();
    stream.setEncoding("utf8").on("data", (text: string) => {
      written[name] += text;
      if (name === "stderr") settings.onStderr?.(text);
    });
    return stream;
  };
  const { stdin = "", env = {}, cwd = process.cwd(), signal = new AbortController().signal } = settings;
  const [stdout, stderr] = [sink("stdout"), sink("stderr")];
  const code = await main(args, {
    stdin: typeof stdin === "string" ? Readable.from([stdin]) : stdin,
    stdout,
    stderr,
    env,
    cwd,
    signal,
    terminal: { stdin: false, stdout: false, stderr: false, width: 100, ...settings.terminal },
  });
  await Promise.all(
    [stdout, stderr].map(
      (stream) =>
        new Promise<void>((resolve) => {
          stream.once("end", resolve);
          stream.end();
        }),
    ),
  );
  return { code, ...written };
}
