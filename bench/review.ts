import { execFileSync, spawnSync } from "node:child_process";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { main } from "../lab/commands";
import { machine, median, rounded } from "./figures";
import { undisturbed } from "./other-work";
import { type SavedPlan, savePlan, TERRAFORM_ENV } from "./review-plans";

/**
 * How long a review of a large plan takes, and how much memory, against `jq length` that reads the same file and
 * `terraform show -json` that writes it; and how long a review of ten stacks takes in which nothing changed. Every
 * measurement is a process of its own; the sides take turns; the median of the rounds counts.
 *
 * Usage: npm run bench:review [-- ROUNDS]
 */
const root = dirname(__dirname);
const CLI = join(root, "review", "lib", "commands", "cli.js");
const TARGETS = { timeToJq: 3, memoryToFile: 6, tenStacksMilliseconds: 1_000 };
const STACKS = 10;
/** Terraform takes ten times as long as all others together: it takes part in the first rounds only. */
const ROUNDS_OF_SHOW = 2;

/** The plans: how many resources, and bytes of an uploaded configuration in each. */
const PLANS = [
  { resources: 10_000, padding: 0 },
  { resources: 2_000, padding: 2_900 },
];

interface Run {
  readonly milliseconds: number;
  readonly cpuMilliseconds: number;
}

interface NodeRun extends Run {
  readonly peakMebibytes: number;
}

/** Runs a program without its output. Its exit code may be one of a review. */
function take(
  command: readonly string[],
  more: { readonly env?: NodeJS.ProcessEnv; readonly cwd?: string } = {},
): Run {
  const started = process.hrtime.bigint();
  // The shell says what processor time the programs that it ran have taken: the second line of `times`.
  const { stdout, stderr, status } = spawnSync(
    "bash",
    ["-c", '"$@" > /dev/null; code=$?; times; exit $code', "bash", ...command],
    {
      encoding: "utf8",
      ...more,
    },
  );
  const milliseconds = Number(process.hrtime.bigint() - started) / 1e6;
  if (status === null || status === 1 || status > 3)
    throw new Error(`${command.join(" ")} ended with ${String(status)}: ${stderr}`);
  const [, children = ""] = stdout.trim().split("\n");
  const seconds = [...children.matchAll(/(\d+)m([\d.,]+)s/g)].map(
    ([, minutes, rest]) => Number(minutes) * 60 + Number(rest?.replace(",", ".")),
  );
  return { milliseconds, cpuMilliseconds: seconds.reduce((sum, each) => sum + each, 0) * 1_000 };
}

/** Runs Node, which says at its end how much memory it had at most. */
function takeNode(scratch: string, args: readonly string[]): NodeRun {
  const hook = join(scratch, "usage.cjs");
  const file = join(scratch, "usage");
  writeFileSync(
    hook,
    `process.on("exit", () => require("node:fs").writeFileSync(${JSON.stringify(file)}, String(process.resourceUsage().maxRSS)));\n`,
  );
  const env = { ...process.env, NODE_OPTIONS: "" };
  const run = take([process.execPath, "--require", hook, ...args], { env });
  return { ...run, peakMebibytes: Number(readFileSync(file, "utf8")) / 1024 };
}

function medianOf<Each>(runs: readonly Each[], field: keyof Each): number {
  return median(runs.map((run) => Number(run[field])));
}

/** The median of the rounds' own ratios: what else the machine does changes between rounds more than within one. */
function ratio(ours: readonly Run[], theirs: readonly Run[], field: keyof Run): number {
  return rounded(median(theirs.map((run, round) => (ours[round]?.[field] ?? Number.NaN) / run[field])));
}

async function measurePlan(
  plan: SavedPlan,
  scratch: string,
  rounds: number,
  disturbed: (share: number) => void,
) {
  const runs = { review: [] as NodeRun[], jq: [] as Run[], show: [] as Run[], empty: [] as NodeRun[] };
  const sides: Record<keyof typeof runs, () => Run> = {
    review: () => takeNode(scratch, [CLI, "review", plan.json, "--format", "markdown"]),
    jq: () => take(["jq", "length", plan.json]),
    show: () => take(["terraform", "show", "-json", "plan.tfplan"], { cwd: plan.folder, env: TERRAFORM_ENV }),
    empty: () => takeNode(scratch, ["--eval", "0"]),
  };
  // The first round warms the disk's cache, and is not counted. Terraform has just written the same.
  for (let round = 0; round <= rounds; round++) {
    for (const side of Object.keys(sides) as (keyof typeof runs)[]) {
      if (side === "show" && (round === 0 || round > ROUNDS_OF_SHOW)) continue;
      if (round === 0) {
        sides[side]();
        continue;
      }
      if (side === "show") {
        // Three times a quarter of a minute, to be undisturbed, would be most of the benchmark.
        runs.show.push(sides.show());
        continue;
      }
      const { value, othersShare } = await undisturbed(sides[side]);
      disturbed(othersShare);
      (runs[side] as Run[]).push(value);
    }
  }
  const fileMebibytes = plan.bytes / 1024 ** 2;
  const memory = medianOf(runs.review, "peakMebibytes") - medianOf(runs.empty, "peakMebibytes");
  return {
    resources: plan.resources,
    fileMebibytes: rounded(fileMebibytes, 1),
    reviewMilliseconds: rounded(medianOf(runs.review, "milliseconds"), 0),
    reviewCpuMilliseconds: rounded(medianOf(runs.review, "cpuMilliseconds"), 0),
    jqMilliseconds: rounded(medianOf(runs.jq, "milliseconds"), 0),
    jqCpuMilliseconds: rounded(medianOf(runs.jq, "cpuMilliseconds"), 0),
    showMilliseconds: rounded(medianOf(runs.show, "milliseconds"), 0),
    timeToJq: ratio(runs.review, runs.jq, "milliseconds"),
    processorTimeToJq: ratio(runs.review, runs.jq, "cpuMilliseconds"),
    timeToShow: ratio(runs.review, runs.show, "milliseconds"),
    processorTimeToShow: ratio(runs.review, runs.show, "cpuMilliseconds"),
    memoryMebibytes: rounded(memory, 0),
    memoryToFile: rounded(memory / fileMebibytes),
  };
}

/** Ten stacks of fifty resources in which nothing changes. */
async function measureStacks(scratch: string, rounds: number, disturbed: (share: number) => void) {
  const plan = savePlan(join(scratch, "unchanged"), 50, 500, ["no-op"]);
  const folder = join(scratch, "stacks");
  mkdirSync(folder);
  const files = Array.from({ length: STACKS }, (_, number) => join(folder, `stack-${number}.json`));
  for (const file of files) copyFileSync(plan.json, file);
  const own: number[] = [];
  const whole: number[] = [];
  for (let round = 0; round <= rounds; round++) {
    const both = (): readonly [number, number] => {
      const review = takeNode(scratch, [CLI, "review", ...files, "--format", "markdown"]);
      const empty = takeNode(scratch, ["--eval", "0"]);
      return [review.milliseconds, empty.milliseconds];
    };
    const { value, othersShare } = await undisturbed(both);
    if (round === 0) continue;
    disturbed(othersShare);
    whole.push(value[0]);
    own.push(value[0] - value[1]);
  }
  return {
    stacks: STACKS,
    milliseconds: rounded(median(whole), 0),
    ownMilliseconds: rounded(median(own), 0),
  };
}

function versionOf(command: string, ...args: string[]): string {
  return execFileSync(command, args, { encoding: "utf8", env: TERRAFORM_ENV }).split("\n")[0]?.trim() ?? "";
}

async function measureAll(rounds: number): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError("ROUNDS is a whole number, 1 or more");
  execFileSync(
    process.execPath,
    [require.resolve("typescript/bin/tsc"), "-p", join(root, "review", "tsconfig.build.json")],
    {
      stdio: "inherit",
    },
  );
  const scratch = mkdtempSync(join(tmpdir(), "bench-review-"));
  try {
    const before = machine();
    let most = 0;
    const disturbed = (share: number): void => {
      most = Math.max(most, share);
    };
    const plans = [];
    for (const { resources, padding } of PLANS) {
      const plan = savePlan(join(scratch, `plan-${resources}`), resources, padding);
      const measured = await measurePlan(plan, scratch, rounds, disturbed);
      plans.push(measured);
      process.stdout.write(
        `${resources} resources, ${measured.fileMebibytes} MiB: ${measured.reviewMilliseconds} ms, ${measured.timeToJq} times jq, ${measured.timeToShow} times terraform show; ${measured.memoryMebibytes} MiB, ${measured.memoryToFile} times the file\n`,
      );
    }
    const unchanged = await measureStacks(scratch, rounds, disturbed);
    process.stdout.write(`${STACKS} unchanged stacks: ${unchanged.ownMilliseconds} ms beside Node's start\n`);
    process.stdout.write(
      `${JSON.stringify({
        bench: "review",
        rounds,
        roundsOfShow: Math.min(rounds, ROUNDS_OF_SHOW),
        machine: before,
        versions: { jq: versionOf("jq", "--version"), terraform: versionOf("terraform", "version") },
        othersShareOfProcessors: rounded(most),
        plans,
        unchanged,
        targets: {
          ...TARGETS,
          met:
            plans.every(
              (plan) => plan.timeToJq <= TARGETS.timeToJq && plan.memoryToFile <= TARGETS.memoryToFile,
            ) && unchanged.ownMilliseconds <= TARGETS.tenStacksMilliseconds,
        },
      })}\n`,
    );
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

void main(() => measureAll(Number(process.argv[2] ?? "3")));
