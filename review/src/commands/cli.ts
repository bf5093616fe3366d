#!/usr/bin/env node
import { isatty } from "node:tty";
import { ExitCode } from "./exit-code";
import { main } from "./main";

const interrupted = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    interrupted.abort();
  });
}

// A reader that has seen enough (`| head`) is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

// A policy file is a program: it may call process.exit, or wait for what never comes, after which Node ends with 0. Only a
// command that came to its end says how it ended.
let ended: ExitCode | undefined;
process.once("exit", (code) => {
  if (ended === undefined && code !== ExitCode.ERROR) {
    process.stderr.write(
      "error: the program was ended before its command was: see whether the policy file calls process.exit, or waits for what never comes\n",
    );
  }
  if (code !== ExitCode.ERROR) process.exitCode = ended ?? ExitCode.ERROR;
});

void main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: interrupted.signal,
  terminal: {
    stdin: isatty(0),
    stdout: isatty(1),
    stderr: isatty(2),
    width: isatty(2) ? process.stderr.columns : 100,
  },
}).then((code) => {
  ended = code;
  process.exitCode = code;
});
