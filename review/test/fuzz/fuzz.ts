/**
 * Mutates the plans of the fixtures and runs them through parsing, reading and all formats; `check-plan.ts` says what is
 * looked at. The same seed makes the same cases, whatever the number of jobs.
 *
 * Usage: npm run review:fuzz -- [--runs 100000] [--seed 1] [--from 0] [--jobs 2]
 */
import { type ChildProcess, fork } from "node:child_process";
import { availableParallelism } from "node:os";
import { parseArgs } from "node:util";
import { type Failure, runCases, type Tally } from "./run-cases";

/** Runs that a job gets at a time. */
const CHUNK = 200;
/** A job that gives no answer for so long hangs. */
const LONGEST_CHUNK = 5 * 60_000;
const MOST_FAILURES = 20;

interface Chunk {
  readonly seed: number;
  readonly from: number;
  readonly to: number;
}

function whole(name: string, text: string): number {
  const number = Number(text);
  if (Number.isInteger(number) && number >= 0) return number;
  throw new TypeError(`--${name} is a whole number, 0 or more; got ${text}`);
}

function describe({ run, fixture, smallest, wrong }: Failure): string {
  const lines = wrong.slice(0, 5).map((each) => `  ${each.slice(0, 1_500)}`);
  return `run ${run}, fixture ${fixture}:\n${lines.join("\n")}\n  the smallest case: ${JSON.stringify(smallest).slice(0, 4_000)}\n`;
}

function work(): void {
  process.on("message", ({ seed, from, to }: Chunk) => {
    process.send?.(runCases(seed, from, to));
  });
}

/** One job: takes chunks until there are none. */
function job(next: () => Chunk | undefined, done: (tally: Tally) => void): Promise<void> {
  return new Promise((resolve, reject) => {
    const child: ChildProcess = fork(__filename, ["--work"]);
    let chunk: Chunk | undefined;
    let timer: NodeJS.Timeout | undefined;
    const give = (): void => {
      clearTimeout(timer);
      chunk = next();
      if (chunk === undefined) {
        child.removeAllListeners("exit");
        child.disconnect();
        resolve();
        return;
      }
      const { seed, from, to } = chunk;
      timer = setTimeout(() => {
        child.kill();
        reject(new Error(`seed ${seed}: one of the runs ${from} to ${to - 1} hangs`));
      }, LONGEST_CHUNK);
      child.send(chunk);
    };
    child.on("message", (tally: Tally) => {
      done(tally);
      give();
    });
    child.once("exit", (code, signal) => {
      clearTimeout(timer);
      const where =
        chunk === undefined
          ? ""
          : ` in one of the runs ${chunk.from} to ${chunk.to - 1} of seed ${chunk.seed}`;
      reject(new Error(`a job ended with ${String(signal ?? code)}${where}`));
    });
    give();
  });
}

async function fuzz(): Promise<void> {
  const { values } = parseArgs({
    options: {
      runs: { type: "string", default: "100000" },
      seed: { type: "string", default: "1" },
      from: { type: "string", default: "0" },
      jobs: { type: "string", default: String(Math.min(2, availableParallelism())) },
    },
  });
  const runs = whole("runs", values.runs);
  const seed = whole("seed", values.seed);
  const from = whole("from", values.from);
  const jobs = Math.max(1, whole("jobs", values.jobs));
  const started = Date.now();
  let at = from;
  let finished = 0;
  let said = 0;
  let failed = 0;
  const ended: Record<string, number> = {};
  const next = (): Chunk | undefined => {
    if (at >= from + runs || failed >= MOST_FAILURES) return undefined;
    const chunk = { seed, from: at, to: Math.min(at + CHUNK, from + runs) };
    at = chunk.to;
    return chunk;
  };
  const seconds = (): number => Math.round((Date.now() - started) / 1_000);
  const done = (tally: Tally): void => {
    finished += tally.runs;
    failed += tally.failures.length;
    for (const [way, number] of Object.entries(tally.ended)) ended[way] = (ended[way] ?? 0) + number;
    for (const failure of tally.failures) process.stdout.write(`seed ${seed}, ${describe(failure)}`);
    if (finished - said < runs / 20 && finished < runs) return;
    said = finished;
    process.stdout.write(`${finished} of ${runs} runs, ${failed} failed, ${seconds()} s\n`);
  };
  await Promise.all(Array.from({ length: jobs }, () => job(next, done)));
  process.stdout.write(
    `${JSON.stringify({ fuzz: "review", seed, from, runs: finished, failed, seconds: seconds(), ended })}\n`,
  );
  if (failed > 0) process.exitCode = 1;
}

if (process.argv.includes("--work")) work();
else
  fuzz().catch((error: unknown) => {
    process.stderr.write(`error: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  });
