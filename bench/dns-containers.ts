import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { local } from "../environments/local";
import { main, which } from "../lab/commands";
import { dnsperf, type DnsperfRun, type Target } from "./dns/dnsperf";
import { machine, median, rounded } from "./figures";

/**
 * The same as bench:dns, through the containers of a deployed `local`: BIND and Consul at the ports that are published
 * on the network's gateway. Registers 200 names with its agent, and takes them out again.
 *
 * Usage: npm run local && npm run bench:dns:containers [-- REPEATS [SECONDS]]
 */
const NAMES = 200;

type Side = "bind" | "consul";

async function agent(host: string, path: string, body?: unknown): Promise<void> {
  const said = await fetch(`http://${host}:8500/v1/agent/service/${path}`, {
    method: "PUT",
    signal: AbortSignal.timeout(5_000),
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  if (!said.ok) throw new Error(`Consul at ${host}: ${said.status} ${await said.text()}`);
}

async function measure(repeats: number, seconds: number): Promise<void> {
  if (!Number.isInteger(repeats) || repeats < 1 || !Number.isInteger(seconds) || seconds < 1)
    throw new TypeError("REPEATS and SECONDS are whole numbers, 1 or more");
  const program = which("dnsperf");
  if (program === undefined) throw new Error("dnsperf is missing: apt-get install dnsperf");
  const address = local().hosts["docker"]?.address;
  if (address === undefined) throw new Error("the environment local has no host");
  const sides: Record<Side, Target> = { bind: { address, port: 53 }, consul: { address, port: 8600 } };
  const services = Array.from({ length: NAMES }, (_, i) => `bench-${i}`);
  const folder = mkdtempSync(join(tmpdir(), "bench-dns-"));
  const names = join(folder, "names");
  writeFileSync(names, services.map((name) => `${name}.service.consul A\n`).join(""));
  try {
    for (const [i, name] of services.entries()) {
      await agent(address, "register", { Name: name, Port: 20_000 + i, Address: `192.0.2.${(i % 250) + 1}` });
    }
    const runs: Record<Side, DnsperfRun[]> = { bind: [], consul: [] };
    for (let repeat = 1; repeat <= repeats; repeat++) {
      for (const side of ["bind", "consul"] as const) {
        await dnsperf(program, sides[side], names, 2);
        const run = await dnsperf(program, sides[side], names, seconds);
        runs[side].push(run);
        process.stdout.write(
          `round ${repeat} of ${repeats}: ${side} ${Math.round(run.queriesPerSecond)} queries/s\n`,
        );
      }
    }
    const of = (side: Side) => ({
      queriesPerSecond: Math.round(median(runs[side].map((run) => run.queriesPerSecond))),
      meanLatencyMilliseconds: rounded(median(runs[side].map((run) => run.meanLatencyMilliseconds)), 3),
      lost: runs[side].reduce((sum, run) => sum + run.lost, 0),
      failed: runs[side].reduce((sum, run) => sum + run.failed, 0),
    });
    const ratios = runs.bind.map(
      (run, i) => run.queriesPerSecond / (runs.consul[i]?.queriesPerSecond ?? Number.NaN),
    );
    process.stdout.write(
      `${JSON.stringify({ bench: "dns-containers", repeats, seconds, names: NAMES, machine: machine(), sides: { bind: of("bind"), consul: of("consul") }, bindToConsul: rounded(median(ratios)) })}\n`,
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
    for (const name of services) await agent(address, `deregister/${name}`).catch(() => undefined);
  }
}

void main(() => measure(Number(process.argv[2] ?? "5"), Number(process.argv[3] ?? "5")));
