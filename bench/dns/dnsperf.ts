import { execFile } from "node:child_process";
import { promisify } from "node:util";

/** Where a DNS server listens. */
export interface Target {
  readonly address: string;
  readonly port: number;
}

/** What dnsperf says of one run. */
export interface DnsperfRun {
  readonly queriesPerSecond: number;
  readonly sent: number;
  readonly lost: number;
  /** Answers other than NOERROR. */
  readonly failed: number;
  readonly meanLatencyMilliseconds: number;
}

/** Reads one number of dnsperf's report. */
function field(report: string, pattern: RegExp): number {
  const text = pattern.exec(report)?.[1];
  if (text === undefined) throw new Error(`dnsperf's report has no ${pattern.source}:\n${report}`);
  return Number(text);
}

/** Asks a server for the names in a file, as fast as it answers, with 64 queries outstanding. */
export async function dnsperf(
  program: string,
  target: Target,
  names: string,
  seconds: number,
): Promise<DnsperfRun> {
  const load = ["-c", "8", "-q", "64", "-l", String(seconds)];
  const where = ["-s", target.address, "-p", String(target.port), "-d", names];
  const { stdout } = await promisify(execFile)(program, [...load, ...where], {
    timeout: (seconds + 15) * 1_000,
  });
  const sent = field(stdout, /Queries sent:\s+(\d+)/);
  const completed = field(stdout, /Queries completed:\s+(\d+)/);
  return {
    queriesPerSecond: field(stdout, /Queries per second:\s+([\d.]+)/),
    sent,
    lost: field(stdout, /Queries lost:\s+(\d+)/),
    failed: completed - Number(/NOERROR (\d+)/.exec(stdout)?.[1] ?? 0),
    meanLatencyMilliseconds: field(stdout, /Average Latency \(s\):\s+([\d.]+)/) * 1_000,
  };
}
