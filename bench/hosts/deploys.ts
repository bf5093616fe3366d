import { readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { App } from "cdktf";
import { readStagingSettings, type StagingSettingsFile } from "../../environments/staging-settings";
import { staging } from "../../environments/staging";
import { upstreamOf } from "../../lab/hosts-description";
import { type Lab, pathsOf } from "../../lab/hosts-state";
import { addEnvironment } from "../../stacks/environment-stacks";
import { untilAllResolve } from "./fresh-lab";
import type { Programs } from "./programs";

const root = dirname(dirname(__dirname));

/** What a stack's deploy by Terraform took. */
export interface StackTimes {
  readonly stack: string;
  readonly initSeconds: number;
  readonly applySeconds: number;
}

/** The folder of Terraform's files of a deploy to a lab. */
function outdirOf(lab: Lab): string {
  return join(lab.folder, "cdktf.out");
}

/** The folder in which Terraform runs for a stack. */
export function folderOf(lab: Lab, stack: string): string {
  return join(outdirOf(lab), "stacks", stack);
}

async function timed(work: () => Promise<unknown>): Promise<number> {
  const started = process.hrtime.bigint();
  await work();
  return Number(process.hrtime.bigint() - started) / 1e9;
}

/** Deploys as users do. @returns seconds until the last host resolves */
export function deployByCli(lab: Lab, programs: Programs): Promise<number> {
  const options = ["--auto-approve", "--skip-provider-lock", "--output", outdirOf(lab)];
  return timed(async () => {
    await programs.run({
      program: "npx",
      args: ["cdktf", "deploy", "staging-*", ...options],
      cwd: root,
      log: join(lab.folder, "cdktf.log"),
      env: { STAGING_SETTINGS: pathsOf(lab.folder).stagingSettings },
    });
    await untilAllResolve(lab, programs);
  });
}

function addStacks(app: App, lab: Lab): string[] {
  const environment = staging(readStagingSettings(pathsOf(lab.folder).stagingSettings));
  return addEnvironment(app, environment).map((stack) => stack.node.id);
}

/** The names of the environment's stacks, in the order in which they are deployed. */
export function stacksOf(lab: Lab): string[] {
  return addStacks(new App({ outdir: outdirOf(lab) }), lab);
}

/** Deploys stack by stack with Terraform alone, one after the other. */
export async function deployByTerraform(
  lab: Lab,
  programs: Programs,
): Promise<{ readonly seconds: number; readonly stacks: readonly StackTimes[] }> {
  const stacks: StackTimes[] = [];
  const seconds = await timed(async () => {
    const app = new App({ outdir: outdirOf(lab) });
    const names = addStacks(app, lab);
    app.synth();
    for (const stack of names) {
      const terraform = (...args: string[]) =>
        programs.run({
          program: "terraform",
          args: [...args, "-no-color", "-input=false"],
          cwd: folderOf(lab, stack),
          log: join(lab.folder, "terraform.log"),
        });
      const initSeconds = await terraform("init");
      stacks.push({ stack, initSeconds, applySeconds: await terraform("apply", "-auto-approve") });
    }
    await untilAllResolve(lab, programs);
  });
  return { seconds, stacks };
}

/** Makes the same fleet by a plain shell script. */
export function deployByHand(lab: Lab, programs: Programs): Promise<number> {
  const hosts = lab.hosts.map(({ name, address }) => `${name}=${address}`);
  return timed(async () => {
    await programs.run({
      program: "bash",
      args: [join(__dirname, "by-hand.sh"), pathsOf(lab.folder).sshConfig, upstreamOf(lab.subnet), ...hosts],
      cwd: root,
      log: join(lab.folder, "by-hand.log"),
    });
    await untilAllResolve(lab, programs);
  });
}

/** Sets settings of every engine, for the next deploy. */
export function setEngines(lab: Lab, engine: NonNullable<StagingSettingsFile["engine"]>): void {
  const { stagingSettings: file } = pathsOf(lab.folder);
  const settings = JSON.parse(readFileSync(file, "utf8")) as StagingSettingsFile;
  writeFileSync(file, `${JSON.stringify({ ...settings, engine }, undefined, 2)}\n`);
}
