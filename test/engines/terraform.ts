import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, type TerraformStack } from "cdktf";

/** What a plan would do with one resource. */
export interface PlannedChange {
  readonly address: string;
  readonly actions: readonly string[];
}

/** What is used of `terraform show -json` of a plan. */
interface PlanJson {
  readonly resource_changes?: readonly {
    readonly address: string;
    readonly change: { readonly actions: string[] };
  }[];
}

/** The variables that Terraform runs with: none of the caller's that would change what it does. */
function cleanEnvironment(more: Readonly<Record<string, string>>): NodeJS.ProcessEnv {
  const { PATH, HOME } = process.env;
  return { PATH, HOME, TF_IN_AUTOMATION: "1", CHECKPOINT_DISABLE: "1", ...more };
}

/** One stack of a synthesized app, under Terraform. */
export class DeployedStack {
  private initialized = "";

  constructor(
    private readonly folder: string,
    private readonly environment: Readonly<Record<string, string>>,
  ) {}

  /** The stack's Terraform JSON. */
  public get json(): unknown {
    return JSON.parse(readFileSync(join(this.folder, "cdk.tf.json"), "utf8")) as unknown;
  }

  /** Applies without asking. */
  public apply(): void {
    this.run("apply", "-auto-approve");
  }

  /** Plans, and says what would change; nothing is an empty list. The exit code is what tells an empty plan. */
  public plan(): PlannedChange[] {
    this.init();
    const file = join(this.folder, "test.tfplan");
    const { status, stdout, stderr } = this.spawn("plan", "-detailed-exitcode", `-out=${file}`);
    if (status === 0) return [];
    if (status !== 2) throw new Error(`terraform plan: exit code ${String(status)}\n${stdout}\n${stderr}`);
    const plan = JSON.parse(this.run("show", "-json", file)) as PlanJson;
    return (plan.resource_changes ?? [])
      .filter(({ change }) => change.actions.join() !== "no-op")
      .map(({ address, change }) => ({ address, actions: change.actions }));
  }

  /** The text of a plan, to show why it is not empty. */
  public planText(): string {
    this.init();
    return this.spawn("plan").stdout;
  }

  /** The values of the stack's outputs. */
  public outputs(): Readonly<Record<string, unknown>> {
    const outputs = JSON.parse(this.run("output", "-json")) as Record<string, { readonly value: unknown }>;
    return Object.fromEntries(Object.entries(outputs).map(([name, { value }]) => [name, value]));
  }

  /** Destroys all that is in the state. */
  public destroy(): void {
    this.run("destroy", "-auto-approve");
  }

  private init(): void {
    const json = readFileSync(join(this.folder, "cdk.tf.json"), "utf8");
    const needed = JSON.stringify((JSON.parse(json) as { terraform: unknown }).terraform);
    if (needed === this.initialized) return;
    // -upgrade: the same folder is used with both versions of the provider.
    const { status, stdout, stderr } = this.spawn("init", "-upgrade");
    if (status !== 0) throw new Error(`terraform init: exit code ${String(status)}\n${stdout}\n${stderr}`);
    this.initialized = needed;
  }

  private run(command: string, ...args: string[]): string {
    if (command !== "show") this.init();
    const { status, stdout, stderr } = this.spawn(command, ...args);
    if (status !== 0)
      throw new Error(`terraform ${command}: exit code ${String(status)}\n${stdout}\n${stderr}`);
    return stdout;
  }

  private spawn(command: string, ...args: string[]) {
    const plain = command === "show" || command === "output" ? ["-no-color"] : ["-no-color", "-input=false"];
    return spawnSync("terraform", [command, ...plain, ...args], {
      cwd: this.folder,
      env: cleanEnvironment(this.environment),
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      timeout: 300_000,
    });
  }
}

/** A folder in which an app is synthesized again and again, and its state kept. */
export class Workspace {
  private readonly folder = mkdtempSync(join(tmpdir(), "cdktf-docker-discovery-"));
  private readonly stacks = new Map<string, DeployedStack>();

  /** @param environment further variables of Terraform's runs */
  constructor(private readonly environment: Readonly<Record<string, string>> = {}) {}

  /** Synthesizes an app, whole, as `cdktf synth` does. */
  public synth(build: (app: App) => void): void {
    const app = new App({ outdir: join(this.folder, "cdktf.out"), skipValidation: false });
    build(app);
    app.synth();
  }

  /** The folder of the last synth, with its manifest. */
  public get manifest(): string {
    return join(this.folder, "cdktf.out");
  }

  /** Where a stack keeps its state: outside of what a synth deletes. */
  public backendOf(stack: TerraformStack): void {
    new LocalBackend(stack, { path: join(this.folder, `${stack.node.id}.tfstate`) });
  }

  /** A stack by its id. */
  public stack(id: string): DeployedStack {
    let stack = this.stacks.get(id);
    if (stack === undefined) {
      stack = new DeployedStack(join(this.folder, "cdktf.out", "stacks", id), this.environment);
      this.stacks.set(id, stack);
    }
    return stack;
  }

  /** Destroys what every stack still has, and removes the folder. */
  public close(): void {
    try {
      for (const [id, stack] of this.stacks) {
        if (existsSync(join(this.folder, `${id}.tfstate`))) stack.destroy();
      }
    } finally {
      rmSync(this.folder, { recursive: true, force: true });
    }
  }
}

/** Runs the Docker client on this machine's engine. */
export function docker(...args: string[]): string {
  return execFileSync("docker", args, { encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] }).trimEnd();
}

/** What `docker inspect` shows of one object. */
export function inspect(kind: "container" | "network" | "volume", name: string): Record<string, unknown> {
  const [object] = JSON.parse(docker(kind, "inspect", name)) as Record<string, unknown>[];
  if (object === undefined) throw new Error(`${kind} ${name} is not there`);
  return object;
}

/** Removes what a run left behind, by the prefix of its names; a failed test must leave nothing either. */
export function removeByPrefix(prefix: string): void {
  const names = (kind: string, format: string, ...more: string[]) =>
    docker(kind, "ls", ...more, "--filter", `name=${prefix}`, "--format", format)
      .split("\n")
      .filter((name) => name.startsWith(prefix));
  for (const name of names("container", "{{.Names}}", "--all"))
    docker("container", "rm", "--force", "--volumes", name);
  for (const name of names("network", "{{.Name}}")) docker("network", "rm", name);
  for (const name of names("volume", "{{.Name}}")) docker("volume", "rm", name);
}
