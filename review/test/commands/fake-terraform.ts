import { chmodSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** How the fake behaves in one stack's directory. */
export interface Behaviour {
  /** What a plan is: its JSON as an object, or text as it is. */
  readonly plan?: unknown;
  /** The subcommands that fail, each with what it writes to stderr. */
  readonly fail?: Readonly<Record<string, string>>;
  /** Lines of JSON that a failing subcommand writes to stdout. */
  readonly lines?: readonly unknown[];
  /** Subcommands that run until they are told to end. */
  readonly hang?: readonly string[];
}

/** Behaves as Terraform does: a saved plan holds its JSON, `show` prints that, and `apply` notes it. */
const SCRIPT = `#!${process.execPath}
const fs = require("node:fs");
const [command, ...args] = process.argv.slice(2);
const log = (text) => fs.appendFileSync(process.env.FAKE_LOG, text + "\\n");
if (command === "version") {
  if (process.env.FAKE_VERSION === "none") process.exit(1);
  console.log(JSON.stringify({ terraform_version: process.env.FAKE_VERSION || "1.11.4" }));
  process.exit(0);
}
const stack = require("node:path").basename(process.cwd());
log([stack, command, ...args].join(" "));
fs.writeFileSync("environment.json", JSON.stringify(process.env));
const behaviour = JSON.parse(fs.readFileSync("behaviour.json", "utf8"));
if ((behaviour.hang || []).includes(command)) {
  process.on("SIGINT", () => { log(stack + " " + command + " ended by Ctrl-C"); process.exit(1); });
  setInterval(() => {}, 1000);
  log(stack + " " + command + " waits");
} else if ((behaviour.fail || {})[command] !== undefined) {
  for (const line of behaviour.lines || []) console.log(JSON.stringify(line));
  console.error(behaviour.fail[command]);
  process.exit(1);
} else if (command === "plan") {
  const out = args.find((arg) => arg.startsWith("-out=")).slice(5);
  const text = typeof behaviour.plan === "string" ? behaviour.plan : JSON.stringify(behaviour.plan);
  fs.writeFileSync(out, text);
  const changes = text.includes('"create"') || text.includes('"delete"') || text.includes('"update"');
  console.log(JSON.stringify({ type: "change_summary", "@message": "Plan: something" }));
  process.exit(changes ? 2 : 0);
} else if (command === "show") {
  process.stdout.write(fs.readFileSync(args.at(-1)));
} else if (command === "apply") {
  console.log(JSON.stringify({ type: "apply_start", "@message": "making it" }));
  console.log(JSON.stringify({ type: "provision_progress", "@message": "printed by a provisioner" }));
  console.log(JSON.stringify({ type: "change_summary", "@message": "Apply complete!" }));
}
`;

/** A folder of an app: what CDKTF would have written, and a Terraform that is none. */
export class FakeApp {
  readonly folder = mkdtempSync(join(tmpdir(), "plan-review-"));
  readonly terraform = join(this.folder, "terraform");
  readonly #stacks: { name: string; dependencies: readonly string[] }[] = [];

  constructor() {
    writeFileSync(this.terraform, SCRIPT);
    chmodSync(this.terraform, 0o755);
    writeFileSync(this.log, "");
  }

  /** What the fake was called with, a line each. */
  get calls(): string[] {
    return readFileSync(this.log, "utf8")
      .split("\n")
      .filter((line) => line !== "");
  }

  /** The variables for a run. */
  get env(): Record<string, string> {
    return { FAKE_LOG: this.log, TERRAFORM_BINARY_NAME: this.terraform, PATH: process.env["PATH"] ?? "" };
  }

  get log(): string {
    return join(this.folder, "calls.log");
  }

  path(...parts: string[]): string {
    return join(this.folder, ...parts);
  }

  /** Adds a stack, or changes how the fake behaves in one. */
  stack(name: string, behaviour: Behaviour, dependencies: readonly string[] = []): this {
    const directory = this.path("cdktf.out", "stacks", name);
    mkdirSync(directory, { recursive: true });
    const one = { "//": { metadata: { path: `${name}/one/Resource`, uniqueId: "one" } } };
    writeFileSync(join(directory, "cdk.tf.json"), JSON.stringify({ resource: { terraform_data: { one } } }));
    writeFileSync(join(directory, "behaviour.json"), JSON.stringify(behaviour));
    if (!this.#stacks.some((stack) => stack.name === name)) this.#stacks.push({ name, dependencies });
    const stacks = Object.fromEntries(
      this.#stacks.map((stack) => [
        stack.name,
        {
          ...stack,
          constructPath: stack.name,
          workingDirectory: `stacks/${stack.name}`,
          synthesizedStackPath: `stacks/${stack.name}/cdk.tf.json`,
        },
      ]),
    );
    writeFileSync(this.path("cdktf.out", "manifest.json"), JSON.stringify({ version: "0.21.0", stacks }));
    return this;
  }

  /** The variables that the fake was last run with in a stack. */
  environmentIn(stack: string): Record<string, string | undefined> {
    const file = this.path("cdktf.out", "stacks", stack, "environment.json");
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Record<string, string>) : {};
  }

  remove(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }
}

/** A plan that does one thing to one resource. */
export function planOf(
  action: "create" | "update" | "delete" | "no-op" | "replace",
  value = "new",
  more: Readonly<Record<string, unknown>> = {},
): Record<string, unknown> {
  const before = { input: "old", id: "1" };
  const after = { input: value, id: "1" };
  const actions = action === "replace" ? ["delete", "create"] : [action];
  return {
    format_version: "1.2",
    terraform_version: "1.11.4",
    applyable: action !== "no-op",
    complete: true,
    errored: false,
    timestamp: new Date().toISOString(),
    planned_values: { root_module: {} },
    resource_changes: [
      {
        address: "terraform_data.one",
        mode: "managed",
        type: "terraform_data",
        name: "one",
        provider_name: "terraform.io/builtin/terraform",
        change: {
          actions,
          before: action === "create" ? null : before,
          after: action === "delete" ? null : action === "no-op" ? before : after,
          after_unknown: {},
          before_sensitive: {},
          after_sensitive: {},
        },
      },
    ],
    configuration: { root_module: {} },
    ...more,
  };
}
