import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { main, output } from "../lab/commands";
import { ssh } from "../lab/host-ssh";
import type { Lab } from "../lab/hosts-state";
import { machine, median, rounded } from "./figures";
import {
  deployByCli,
  deployByHand,
  deployByTerraform,
  folderOf,
  setEngines,
  type StackTimes,
  stacksOf,
} from "./hosts/deploys";
import { enginesOf, freshLab, removeLab, requireFleet } from "./hosts/fresh-lab";
import { hostTicks } from "./hosts/host-processors";
import { overlayLatency, type RoundTrips, type Way } from "./hosts/overlay-latency";
import { type PlanMemory, planMemory } from "./hosts/plan-memory";
import { Programs } from "./hosts/programs";
import { observed } from "./other-work";

/**
 * How long it takes from bare hosts to a fleet in which the last host resolves: by `cdktf deploy`, by Terraform alone, and by
 * the same commands in a plain shell script; how long a deploy takes that has nothing to do, or one engine setting; what
 * memory Terraform takes for each stack; and what the overlay network adds to a round trip. On the lab's hosts, which are
 * thrown away before each of these, and at the end.
 *
 * Usage: npm run bench:hosts [-- ROUNDS [HOSTS ...]]
 */
const LATENCY_ROUNDS = 9;
/** How often a deploy without anything to do may be taken again: two ratios rest on it. */
const ATTEMPTS = 3;

/** One deploy, or one script. */
interface Run {
  readonly seconds: number;
  readonly othersShare: number;
}

interface Round {
  readonly cdktf: Run;
  readonly unchanged: Run;
  readonly reload: Run;
  readonly restart: Run;
  readonly terraform: Run & { readonly stacks: readonly StackTimes[] };
  readonly byHand: Run;
  readonly memory: Awaited<ReturnType<typeof planMemory>>;
  readonly roundTrips: readonly RoundTrips[];
  readonly versions: Readonly<Record<string, string>>;
}

/** Everything that is measured on hosts which `cdktf deploy` set up. */
async function measureCli(lab: Lab, programs: Programs, say: (line: string) => void) {
  const ticks = await hostTicks(lab);
  const deploy = async (what: string, attempts = 1): Promise<Run> => {
    const { value: seconds, othersShare } = await observed(() => deployByCli(lab, programs), ticks, attempts);
    say(`cdktf deploy, ${what}: ${rounded(seconds, 1)} s`);
    return { seconds, othersShare };
  };
  const cdktf = await deploy("from nothing");
  await requireFleet(lab, programs);
  const roundTrips = await overlayLatency(lab, LATENCY_ROUNDS, programs);
  const unchanged = await deploy("nothing to do", ATTEMPTS);
  const engines = await enginesOf(lab);
  setEngines(lab, { debug: true });
  const reload = await deploy("a setting that reloads");
  const reloaded = await enginesOf(lab);
  setEngines(lab, { debug: true, logLevel: "warn" });
  const restart = await deploy("a setting that restarts");
  const restarted = await enginesOf(lab);
  for (const { name } of lab.hosts) {
    if (reloaded[name] !== engines[name]) throw new Error(`${name}: the engine was restarted by a reload`);
    if (restarted[name] === reloaded[name]) throw new Error(`${name}: the engine was not restarted`);
  }
  const memory = await planMemory(lab, stacksOf(lab), programs);
  const versions = await versionsOf(lab);
  return { cdktf, unchanged, reload, restart, memory, roundTrips, versions };
}

async function measureRound(hosts: number, round: number, programs: Programs): Promise<Round> {
  const say = (line: string) => process.stdout.write(`${hosts} hosts, round ${round}: ${line}\n`);
  const fresh = async () => {
    programs.goOn();
    const lab = await freshLab(hosts);
    return { lab, ticks: await hostTicks(lab) };
  };
  const cli = async () => measureCli((await fresh()).lab, programs, say);
  const byHand = async (): Promise<Run> => {
    const { lab, ticks } = await fresh();
    const { value: seconds, othersShare } = await observed(() => deployByHand(lab, programs), ticks);
    say(`by hand, from nothing: ${rounded(seconds, 1)} s`);
    await requireFleet(lab, programs);
    return { seconds, othersShare };
  };
  const terraform = async (): Promise<Round["terraform"]> => {
    const { lab, ticks } = await fresh();
    const { value, othersShare } = await observed(() => deployByTerraform(lab, programs), ticks);
    say(`terraform, from nothing: ${rounded(value.seconds, 1)} s`);
    await requireFleet(lab, programs);
    return { ...value, othersShare };
  };
  // Which side goes first changes: what else the machine does must not always meet the same one.
  if (round % 2 === 1) {
    const ours = await cli();
    return { ...ours, byHand: await byHand(), terraform: await terraform() };
  }
  const theirs = { terraform: await terraform(), byHand: await byHand() };
  return { ...theirs, ...(await cli()) };
}

/** The figures of a number of hosts. Ratios are of each round by itself, and of these the median. */
function figuresOf(hosts: number, rounds: readonly Round[]) {
  type Side = "cdktf" | "unchanged" | "reload" | "restart" | "terraform" | "byHand";
  const seconds = (side: Side) => rounded(median(rounds.map((round) => round[side].seconds)), 1);
  const ratio = (side: Side, to: Side) =>
    rounded(median(rounds.map((round) => round[side].seconds / round[to].seconds)));
  const sides = ["cdktf", "unchanged", "reload", "restart", "terraform", "byHand"] as const;
  const trips = rounds.flatMap(({ roundTrips }) => roundTrips);
  const trip = (way: Way) => rounded(median(trips.map((each) => each[way])), 0);
  const tripRatio = (to: Way) => rounded(median(trips.map((each) => each.overlay / each[to])));
  const largest = (field: keyof PlanMemory, plans: readonly PlanMemory[]) =>
    Math.max(...plans.map((plan) => plan[field]));
  const memoryOf = (plans: readonly PlanMemory[]) => median(plans.map(({ peakMebibytes }) => peakMebibytes));
  const empty = median(rounds.map(({ memory }) => memory.emptyPeakMebibytes));
  const names = rounds[0]?.memory.stacks.map(({ stack }) => stack) ?? [];
  return {
    hosts,
    stacks: names.length,
    fromNothing: {
      cdktfSeconds: seconds("cdktf"),
      terraformSeconds: seconds("terraform"),
      byHandSeconds: seconds("byHand"),
      cdktfToByHand: ratio("cdktf", "byHand"),
      terraformToByHand: ratio("terraform", "byHand"),
      cdktfToTerraform: ratio("cdktf", "terraform"),
    },
    nothingToDo: { seconds: seconds("unchanged"), toFromNothing: ratio("unchanged", "cdktf") },
    settingThatReloads: { seconds: seconds("reload"), toNothingToDo: ratio("reload", "unchanged") },
    settingThatRestarts: { seconds: seconds("restart"), toNothingToDo: ratio("restart", "unchanged") },
    emptyPlanPeakMebibytes: rounded(empty, 0),
    perStack: names.map((name) => {
      const plans = rounds.flatMap(({ memory }) => memory.stacks.filter(({ stack }) => stack === name));
      const times = rounds.flatMap(({ terraform }) => terraform.stacks.filter(({ stack }) => stack === name));
      const peak = memoryOf(plans);
      return {
        stack: name,
        initSeconds: rounded(median(times.map(({ initSeconds }) => initSeconds)), 1),
        applySeconds: rounded(median(times.map(({ applySeconds }) => applySeconds)), 1),
        planPeakMebibytes: rounded(peak, 0),
        memoryToEmptyPlan: rounded(peak / empty, 1),
        processes: largest("processes", plans),
        providers: largest("providers", plans),
        sshClients: largest("sshClients", plans),
      };
    }),
    roundTrip: {
      overlayMicroseconds: trip("overlay"),
      hostsMicroseconds: trip("hosts"),
      bridgeMicroseconds: trip("bridge"),
      overlayToHosts: tripRatio("hosts"),
      overlayToBridge: tripRatio("bridge"),
    },
    othersShareOfProcessors: Object.fromEntries(
      sides.map((side) => [side, rounded(Math.max(...rounds.map((round) => round[side].othersShare)))]),
    ),
  };
}

/** What runs on the hosts, and here. */
async function versionsOf(lab: Lab): Promise<Record<string, string>> {
  const own = (name: string) =>
    (JSON.parse(readFileSync(require.resolve(`${name}/package.json`), "utf8")) as { version: string })
      .version;
  const stack = stacksOf(lab).at(-1) ?? "";
  const terraform = JSON.parse(output("terraform", ["version", "-json"], { cwd: folderOf(lab, stack) })) as {
    readonly terraform_version: string;
    readonly provider_selections: Readonly<Record<string, string>>;
  };
  const [host = ""] = lab.hosts.map(({ name }) => name);
  return {
    terraform: terraform.terraform_version,
    ...terraform.provider_selections,
    cdktf: own("cdktf"),
    engine: await ssh(lab, host, "docker version --format '{{.Server.Version}}'"),
    hosts: await ssh(lab, host, ". /etc/os-release; echo $PRETTY_NAME"),
    images: lab.images.join(" "),
  };
}

async function measureAll(rounds: number, counts: readonly number[]): Promise<void> {
  if (!Number.isInteger(rounds) || rounds < 1) throw new TypeError("ROUNDS is a whole number, 1 or more");
  if (counts.some((count) => !Number.isInteger(count) || count < 3 || count > 9))
    throw new TypeError("HOSTS are whole numbers, 3 to 9");
  const folder = mkdtempSync(join(tmpdir(), "bench-hosts-"));
  process.env["LAB_HOSTS"] = folder;
  const programs = new Programs();
  // What is being done ends, or is ended, and then the lab goes: the work below notices it.
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
    process.on(signal, () => {
      programs.interrupt(`ended by ${signal}; taking the hosts down`);
    });
  }
  try {
    const before = machine();
    let versions: Readonly<Record<string, string>> = {};
    const fleets = [];
    for (const hosts of counts) {
      const measured: Round[] = [];
      for (let round = 1; round <= rounds; round++) measured.push(await measureRound(hosts, round, programs));
      versions = measured[0]?.versions ?? {};
      fleets.push(figuresOf(hosts, measured));
    }
    process.stdout.write(
      `${JSON.stringify({ bench: "hosts", rounds, machine: before, versions, fleets })}\n`,
    );
  } catch (error) {
    // What an interruption made fail says nothing about why.
    programs.goOn();
    throw error;
  } finally {
    await removeLab();
    rmSync(folder, { recursive: true, force: true });
  }
}

const [rounds = "1", ...counts] = process.argv.slice(2);
void main(() => measureAll(Number(rounds), counts.length === 0 ? [3, 5] : counts.map(Number)));
