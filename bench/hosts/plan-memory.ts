import { mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Lab } from "../../lab/hosts-state";
import { median } from "../figures";
import { folderOf } from "./deploys";
import type { Programs } from "./programs";

/** Terraform at its largest while it planned: its own process and all that it started. */
export interface PlanMemory {
  /**
   * The memory of all that ran at one moment, each with the most that it had been resident with until then. Pages that several
   * of them share count for each.
   */
  readonly peakMebibytes: number;
  /** How many of them there were at one moment. */
  readonly processes: number;
  /** How many of these were providers, and how many ssh. */
  readonly providers: number;
  readonly sshClients: number;
}

interface Process {
  readonly name: string;
  readonly mebibytes: number;
}

const INTERVAL_MILLISECONDS = 20;
/** It takes a tenth of a second, in which there are few looks. */
const EMPTY_PLANS = 5;

/** A process and all that descend from it, as far as they are there still: proc(5), children and status. */
function treeOf(pid: number): Process[] {
  try {
    const status = readFileSync(`/proc/${pid}/status`, "utf8");
    // Each thread has a list of those that it started.
    const children = readdirSync(`/proc/${pid}/task`)
      .map((thread) => readFileSync(`/proc/${pid}/task/${thread}/children`, "utf8"))
      .flatMap((text) => text.split(" ").filter((word) => word !== ""));
    return [
      {
        name: /^Name:\s*(.*)$/m.exec(status)?.[1] ?? "",
        mebibytes: Number(/^VmHWM:\s*(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024,
      },
      ...children.flatMap((child) => treeOf(Number(child))),
    ];
  } catch {
    // It ended meanwhile.
    return [];
  }
}

/** Plans what is in a folder and nothing of which may have changed, and watches its processes. */
async function watchedPlan(folder: string, log: string, programs: Programs): Promise<PlanMemory> {
  let [peakMebibytes, processes, providers, sshClients] = [0, 0, 0, 0];
  const look = (pid: number) => {
    const tree = treeOf(pid);
    const count = (prefix: string) => tree.filter(({ name }) => name.startsWith(prefix)).length;
    peakMebibytes = Math.max(
      peakMebibytes,
      tree.reduce((sum, { mebibytes }) => sum + mebibytes, 0),
    );
    processes = Math.max(processes, tree.length);
    // The kernel keeps fifteen letters of a name.
    providers = Math.max(providers, count("terraform-provi"));
    sshClients = Math.max(sshClients, count("ssh"));
  };
  let timer: NodeJS.Timeout | undefined;
  try {
    // -detailed-exitcode: a plan that would change something ends with 2, which is an error here.
    const args = ["plan", "-detailed-exitcode", "-no-color", "-input=false", "-lock=false"];
    await programs.run({ program: "terraform", args, cwd: folder, log }, (pid) => {
      timer = setInterval(() => {
        look(pid);
      }, INTERVAL_MILLISECONDS);
    });
  } finally {
    clearInterval(timer);
  }
  return { peakMebibytes, processes, providers, sshClients };
}

/**
 * Plans every stack of a deployed fleet, and a configuration without anything in it.
 * @throws Error if a plan would change something
 */
export async function planMemory(
  lab: Lab,
  stacks: readonly string[],
  programs: Programs,
): Promise<{
  readonly emptyPeakMebibytes: number;
  readonly stacks: readonly (PlanMemory & { readonly stack: string })[];
}> {
  const log = join(lab.folder, "plan.log");
  const nothing = join(lab.folder, "nothing");
  mkdirSync(nothing, { recursive: true });
  writeFileSync(join(nothing, "main.tf.json"), "{}\n");
  const init = { program: "terraform", args: ["init", "-no-color", "-input=false"], cwd: nothing, log };
  await programs.run(init);
  const empties = [];
  for (let plan = 1; plan <= EMPTY_PLANS; plan++) empties.push(await watchedPlan(nothing, log, programs));
  const planned = [];
  for (const stack of stacks) {
    planned.push({ stack, ...(await watchedPlan(folderOf(lab, stack), log, programs)) });
  }
  return { emptyPeakMebibytes: median(empties.map(({ peakMebibytes }) => peakMebibytes)), stacks: planned };
}
