#!/usr/bin/env node
import { isatty } from "node:tty";
import { main } from "./main";

const ended = new AbortController();
for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.once(signal, () => {
    ended.abort();
  });
}

// A reader that has seen enough (`| head`) is no error of ours.
for (const stream of [process.stdout, process.stderr]) {
  stream.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
  });
}

void main(process.argv.slice(2), {
  stdin: process.stdin,
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  cwd: process.cwd(),
  signal: ended.signal,
  terminal: {
    stdin: isatty(0),
    stdout: isatty(1),
    stderr: isatty(2),
    width: isatty(2) ? process.stderr.columns : 100,
  },
}).then((code) => {
  process.exitCode = code;
});
