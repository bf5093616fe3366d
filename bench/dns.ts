import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, output, which } from "../lab/commands";
import { consulBinaries } from "../lab/programs";
import { startBind } from "./dns/bind";
import { startConsul } from "./dns/consul-agent";
import { dnsperf, type DnsperfRun, type Target } from "./dns/dnsperf";
import { Processes } from "./dns/processes";
import { startUnbound } from "./dns/unbound";
import { machine, median, rounded } from "./figures";
import { undisturbed } from "./other-work";

/**
 * How many queries a second BIND answers in front of Consul, with what these constructs render for both, against
 * Consul alone and against unbound in BIND's place: 200 names, all of them processes on this machine's loopback.
 * They take turns, each run is warmed up first; the median of the rounds' ratios counts.
 *
 * Usage: npm run bench:dns [-- REPEATS [SECONDS]]
 */
const NAMES = 200;
const WARM_UP_SECONDS = 2;
const TARGET_OVER_CONSUL = 4;
const TARGET_OF_UNBOUND = 0.85;

/** One address for all, because named listens only on addresses that an interface has. */
const ADDRESS = "127.0.0.1";
const CONSUL: Target = { address: ADDRESS, port: 18_600 };
const BIND: Target = { address: ADDRESS, port: 5_301 };
const UNBOUND: Target = { address: ADDRESS, port: 5_302 };
const SIDES = { bind: BIND, consul: CONSUL, unbound: UNBOUND } as const;

type Side = keyof typeof SIDES;

function needed(program: string, debianPackage: string): string {
  const path = which(program);
  if (path === undefined) throw new Error(`${program} is missing: apt-get install ${debianPackage}`);
  return path;
}

async function measure(repeats: number, seconds: number): Promise<void> {
  if (!Number.isInteger(repeats) || repeats < 1 || !Number.isInteger(seconds) || seconds < 1)
    throw new TypeError("REPEATS and SECONDS are whole numbers, 1 or more");
  const programs = {
    dnsperf: needed("dnsperf", "dnsperf"),
    named: needed("named", "bind9"),
    unbound: needed("unbound", "unbound"),
  };
  const consul = consulBinaries().at(-1);
  if (consul === undefined) throw new Error("there is no Consul");
  const bind = /BIND (\d+\.\d+\.\d+)/.exec(output(programs.named, ["-v"]))?.[1];
  const unbound = /Version (\S+)/.exec(output(programs.unbound, ["-V"]))?.[1];
  if (bind === undefined) throw new Error("named does not say its version");
  const folder = mkdtempSync(join(tmpdir(), "bench-dns-"));
  const processes = new Processes();
  const cleanUp = async () => {
    await processes.end();
    rmSync(folder, { recursive: true, force: true });
  };
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    process.once(signal, () => {
      void cleanUp().then(() => process.exit(1));
    });
  }
  try {
    const before = machine();
    const services = Array.from({ length: NAMES }, (_, i) => `shop-${i}`);
    const names = join(folder, "names");
    writeFileSync(names, services.map((name) => `${name}.service.consul A\n`).join(""));
    await startConsul(processes, consul, { folder, dns: CONSUL, services });
    startBind(processes, programs.named, { folder, version: bind, listen: BIND, agent: CONSUL });
    startUnbound(processes, programs.unbound, { folder, listen: UNBOUND, agent: CONSUL });
    for (const side of Object.keys(SIDES) as Side[]) {
      await processes.until(`${side} answers every name`, async () => {
        const run = await dnsperf(programs.dnsperf, SIDES[side], names, 1);
        return run.sent > 0 && run.lost === 0 && run.failed === 0;
      });
    }
    const runs: Record<Side, (DnsperfRun & { readonly othersShare: number })[]> = {
      bind: [],
      consul: [],
      unbound: [],
    };
    for (let repeat = 1; repeat <= repeats; repeat++) {
      for (const side of Object.keys(SIDES) as Side[]) {
        await dnsperf(programs.dnsperf, SIDES[side], names, WARM_UP_SECONDS);
        const { value: run, othersShare } = await undisturbed(
          () => dnsperf(programs.dnsperf, SIDES[side], names, seconds),
          processes.pids,
        );
        runs[side].push({ ...run, othersShare });
        process.stdout.write(
          `round ${repeat} of ${repeats}: ${side} ${Math.round(run.queriesPerSecond)} queries/s, ${run.lost} lost, ${run.failed} not NOERROR\n`,
        );
      }
    }
    const of = (side: Side) => ({
      queriesPerSecond: Math.round(median(runs[side].map((run) => run.queriesPerSecond))),
      meanLatencyMilliseconds: rounded(median(runs[side].map((run) => run.meanLatencyMilliseconds)), 3),
      othersShareOfProcessors: rounded(Math.max(...runs[side].map((run) => run.othersShare))),
      lost: runs[side].reduce((sum, run) => sum + run.lost, 0),
      failed: runs[side].reduce((sum, run) => sum + run.failed, 0),
    });
    const sides = { bind: of("bind"), consul: of("consul"), unbound: of("unbound") };
    // Of each round by itself: what else the machine does changes between rounds more than within one.
    const ratio = (side: Side) =>
      rounded(
        median(
          runs.bind.map((run, i) => run.queriesPerSecond / (runs[side][i]?.queriesPerSecond ?? Number.NaN)),
        ),
      );
    const bindToConsul = ratio("consul");
    const bindToUnbound = ratio("unbound");
    process.stdout.write(
      `${JSON.stringify({
        bench: "dns",
        repeats,
        seconds,
        names: NAMES,
        machine: before,
        versions: { consul: consul.version, bind, unbound },
        sides,
        bindToConsul,
        bindToUnbound,
        targets: {
          bindToConsul: TARGET_OVER_CONSUL,
          bindToUnbound: TARGET_OF_UNBOUND,
          lost: 0,
          met:
            bindToConsul >= TARGET_OVER_CONSUL &&
            bindToUnbound >= TARGET_OF_UNBOUND &&
            sides.bind.lost + sides.bind.failed === 0,
        },
      })}\n`,
    );
  } finally {
    await cleanUp();
  }
}

void main(() => measure(Number(process.argv[2] ?? "7"), Number(process.argv[3] ?? "6")));
