import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App, LocalBackend, TerraformStack } from "cdktf";

/** Terraform JSON as tests look into it. */
export interface StackJson {
  readonly terraform: Readonly<Record<string, unknown>>;
  readonly provider?: Readonly<Record<string, readonly Record<string, unknown>[]>>;
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Record<string, unknown>>>>>;
  readonly variable?: Readonly<Record<string, Record<string, unknown>>>;
  readonly output?: Readonly<Record<string, unknown>>;
  readonly data?: Readonly<Record<string, unknown>>;
}

/** Synthesizes a whole app as `cdktf synth` does, and gives back each stack's Terraform JSON. */
export function synthesize(build: (app: App) => void): Readonly<Record<string, StackJson>> {
  const outdir = mkdtempSync(join(tmpdir(), "cdktf-docker-discovery-"));
  try {
    const app = new App({ outdir, skipValidation: false });
    build(app);
    app.synth();
    const stacks = join(outdir, "stacks");
    return Object.fromEntries(
      readdirSync(stacks).map((id) => [
        id,
        JSON.parse(readFileSync(join(stacks, id, "cdk.tf.json"), "utf8")) as StackJson,
      ]),
    );
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}

/** A stack whose state lies where nothing looks for it: tests of synth never run Terraform. */
export function stackOf(app: App, id = "stack"): TerraformStack {
  const stack = new TerraformStack(app, id);
  new LocalBackend(stack, { path: "terraform.tfstate" });
  return stack;
}

/** Synthesizes one stack and gives back its Terraform JSON. */
export function synthesizeStack(build: (stack: TerraformStack) => void): StackJson {
  const json = synthesize((app) => {
    build(stackOf(app));
  }).stack;
  if (json === undefined) throw new Error("no stack was written");
  return json;
}

/** The only resource of a type, without CDKTF's own metadata. */
export function onlyResource(json: StackJson, type: string): Record<string, unknown> {
  const found = Object.values(json.resource?.[type] ?? {});
  const [resource] = found;
  if (resource === undefined || found.length > 1)
    throw new Error(`${found.length} resources of type ${type}`);
  return Object.fromEntries(Object.entries(resource).filter(([field]) => field !== "//"));
}
