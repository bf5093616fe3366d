import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main } from "../lab/commands";
import { compile } from "./compile";
import { machine, median, rounded } from "./figures";
import { fleetOf } from "./fleet/fleet";
import { undisturbed } from "./other-work";
import { requireSameJson } from "./same-json";

/**
 * How long synth takes with these constructs, against the same fleet written by hand with the provider's classes.
 * Every measurement is a process of its own; both sides take turns; the median of the rounds counts; what an app without
 * containers takes is taken off.
 *
 * Usage: npm run bench:synth [-- REPEATS]
 */
const SIDES = ["constructs", "by-hand"] as const;
const SIZES = [100, 1_000, 5_000];
const TARGET_RATIO = 1.1;
const TARGET_GROWTH = 1.15;

type Side = (typeof SIDES)[number];

interface Run {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
  readonly peakMebibytes: number;
}

function measure(program: string, outdir: string, side: Side, containers: number): Run {
  const folder = join(outdir, `${side}-${containers}`);
  const output = execFileSync(process.execPath, [program, side, String(containers), folder], {
    encoding: "utf8",
    env: { ...process.env, NODE_OPTIONS: "", CHECKPOINT_DISABLE: "1" },
  });
  const lines = output.trim().split("\n");
  return JSON.parse(lines.at(-1) ?? "") as Run;
}

async function measureAll(repeats: number): Promise<void> {
  if (!Number.isInteger(repeats) || repeats < 1) throw new TypeError("REPEATS is a whole number, 1 or more");
  const program = join(compile(), "bench", "synth-app.js");
  const outdir = mkdtempSync(join(tmpdir(), "bench-synth-"));
  try {
    const before = machine();
    // The first round warms the disk's cache for both sides, and is not counted.
    let most = 0;
    const runs = new Map<string, Run[]>();
    for (let repeat = 0; repeat <= repeats; repeat++) {
      for (const containers of [0, ...SIZES]) {
        // Which side goes first changes too: what the one leaves behind must not always meet the other.
        for (const side of repeat % 2 === 0 ? SIDES : [...SIDES].reverse()) {
          const take = () => measure(program, outdir, side, containers);
          if (repeat === 0) {
            take();
            continue;
          }
          const { value: run, othersShare } = await undisturbed(take);
          most = Math.max(most, othersShare);
          const key = `${side} ${containers}`;
          runs.set(key, [...(runs.get(key) ?? []), run]);
        }
        if (repeat === 0) {
          const [left, right] = SIDES.map((side) => join(outdir, `${side}-${containers}`));
          const stacks = fleetOf(containers).map(({ name }) => name);
          requireSameJson(left ?? "", right ?? "", stacks);
          process.stdout.write(`${containers} containers: both sides write the same Terraform JSON\n`);
        }
      }
      if (repeat > 0) process.stdout.write(`round ${repeat} of ${repeats} done\n`);
    }
    const middle = (side: Side, containers: number, field: keyof Run) =>
      median((runs.get(`${side} ${containers}`) ?? []).map((run) => run[field]));
    /** Milliseconds over those of an app without containers. */
    const over = (side: Side, containers: number, field: "milliseconds" | "cpuMilliseconds") =>
      middle(side, containers, field) - middle(side, 0, field);
    /** Of each round by itself: what else the machine does changes between rounds more than within one. */
    const ratio = (containers: number, field: "milliseconds" | "cpuMilliseconds") => {
      const net = (side: Side) =>
        (runs.get(`${side} ${containers}`) ?? []).map((run) => run[field] - middle(side, 0, field));
      const theirs = net("by-hand");
      return rounded(median(net("constructs").map((ours, i) => ours / (theirs[i] ?? Number.NaN))), 3);
    };
    const sizes = SIZES.map((containers) => {
      const [ours, theirs] = [
        over("constructs", containers, "milliseconds"),
        over("by-hand", containers, "milliseconds"),
      ];
      return {
        containers,
        constructsMilliseconds: rounded(ours, 0),
        byHandMilliseconds: rounded(theirs, 0),
        timeRatio: ratio(containers, "milliseconds"),
        processorTimeRatio: ratio(containers, "cpuMilliseconds"),
        constructsPeakMebibytes: rounded(middle("constructs", containers, "peakMebibytes"), 0),
        byHandPeakMebibytes: rounded(middle("by-hand", containers, "peakMebibytes"), 0),
      };
    });
    const growth = (side: Side) =>
      rounded(over(side, 5_000, "milliseconds") / 5 / over(side, 1_000, "milliseconds"), 3);
    for (const size of sizes) {
      process.stdout.write(
        `${size.containers} containers: ${size.constructsMilliseconds} ms with constructs, ${size.byHandMilliseconds} ms by hand, ratio ${size.timeRatio}; peak ${size.constructsPeakMebibytes} and ${size.byHandPeakMebibytes} MiB\n`,
      );
    }
    const growthOfOurs = growth("constructs");
    process.stdout.write(
      `${JSON.stringify({
        bench: "synth",
        repeats,
        machine: before,
        othersShareOfProcessors: rounded(most),
        startupMilliseconds: {
          constructs: rounded(middle("constructs", 0, "milliseconds"), 0),
          byHand: rounded(middle("by-hand", 0, "milliseconds"), 0),
        },
        sizes,
        timePerContainerAt5000Against1000: { constructs: growthOfOurs, byHand: growth("by-hand") },
        targets: {
          timeRatio: TARGET_RATIO,
          timePerContainerAt5000Against1000: TARGET_GROWTH,
          met: sizes.every(({ timeRatio }) => timeRatio <= TARGET_RATIO) && growthOfOurs <= TARGET_GROWTH,
        },
      })}\n`,
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

void main(() => measureAll(Number(process.argv[2] ?? "5")));
