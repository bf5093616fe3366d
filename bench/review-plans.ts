import { execFileSync } from "node:child_process";
import { closeSync, mkdirSync, openSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";

/** A plan that Terraform made and saved, and what it says of it as JSON. */
export interface SavedPlan {
  readonly folder: string;
  readonly resources: number;
  /** The plan as JSON. */
  readonly json: string;
  readonly bytes: number;
}

type Fate = "no-op" | "update" | "replace" | "create" | "delete";

/** What happens to the resources of a plan, in turn: six of ten stay as they are. */
const MIXED: readonly Fate[] = [
  "no-op",
  "update",
  "no-op",
  "replace",
  "no-op",
  "create",
  "no-op",
  "delete",
  "no-op",
  "no-op",
];

/** What a container of a fleet is made of; `padding` bytes of it are an uploaded configuration. */
function container(number: number, version: string, padding: number): object {
  const lines: string[] = [];
  for (let size = 0, line = 0; size < padding; line++) {
    const text = `zone "z${line}.host-${number}.example" { type forward; forwarders { 192.0.2.${line % 250}; }; };`;
    lines.push(text);
    size += text.length + 1;
  }
  return {
    name: `web-${number}`,
    image: `registry.example/web:${version}`,
    env: [
      `NODE=${number}`,
      "LOG_LEVEL=info",
      ...(number % 20 === 0 ? [`API_TOKEN=kT9-${number}-vQ2xLw7Zp4Rs8Nd6`] : []),
    ],
    labels: { "example.service": `web-${number}`, "example.version": version },
    ports: [{ internal: 8000, external: 20_000 + (number % 40_000), ip: "127.0.0.1" }],
    upload: [{ file: "/etc/bind/named.conf", content: lines.join("\n") }],
  };
}

/** The type of a value as Terraform's state writes it beside values whose type the schema does not say. */
function typeOf(value: unknown): unknown {
  if (Array.isArray(value)) return ["tuple", value.map(typeOf)];
  if (typeof value === "object" && value !== null)
    return ["object", Object.fromEntries(Object.entries(value).map(([key, each]) => [key, typeOf(each)]))];
  return typeof value;
}

const dynamic = (value: unknown): unknown => ({ value, type: typeOf(value) });

/**
 * Makes a plan with real Terraform: resources of its built-in type, with a state in which some of them are as the
 * configuration has them, and others are not.
 *
 * @param folder an empty folder
 * @param resources how many
 * @param padding bytes of an uploaded configuration in each
 * @param fates what happens to them, in turn
 */
export function savePlan(
  folder: string,
  resources: number,
  padding: number,
  fates: readonly Fate[] = MIXED,
): SavedPlan {
  const configured: Record<string, object> = {};
  const stored: object[] = [];
  for (let number = 0; number < resources; number++) {
    const fate = fates[number % fates.length] ?? "no-op";
    const now = container(number, fate === "update" ? "2.0" : "1.0", padding);
    if (fate !== "delete")
      configured[`web_${number}`] = { input: now, triggers_replace: fate === "replace" ? "two" : "one" };
    if (fate === "create") continue;
    const before = container(number, "1.0", padding);
    stored.push({
      mode: "managed",
      type: "terraform_data",
      name: `web_${number}`,
      provider: 'provider["terraform.io/builtin/terraform"]',
      instances: [
        {
          schema_version: 0,
          attributes: {
            id: `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`,
            input: dynamic(before),
            output: dynamic(before),
            triggers_replace: dynamic("one"),
          },
          sensitive_attributes: [],
        },
      ],
    });
  }
  mkdirSync(folder, { recursive: true });
  const write = (file: string, value: object): void => {
    writeFileSync(join(folder, file), JSON.stringify(value));
  };
  write("main.tf.json", { resource: { terraform_data: configured } });
  write("terraform.tfstate", {
    version: 4,
    terraform_version: "1.11.4",
    serial: 1,
    lineage: "00000000-0000-4000-8000-000000000000",
    outputs: {},
    resources: stored,
  });
  const terraform = (...args: string[]): void => {
    execFileSync("terraform", args, {
      cwd: folder,
      stdio: ["ignore", "ignore", "pipe"],
      env: TERRAFORM_ENV,
    });
  };
  terraform("init", "-no-color", "-input=false");
  terraform("plan", "-no-color", "-input=false", "-lock=false", "-out=plan.tfplan");
  const json = join(folder, "plan.json");
  showPlan(folder, json);
  return { folder, resources, json, bytes: statSync(json).size };
}

/** The environment in which Terraform asks nobody for newer versions. */
export const TERRAFORM_ENV = { ...process.env, CHECKPOINT_DISABLE: "1", TF_IN_AUTOMATION: "1" };

/** Writes a saved plan as JSON. */
export function showPlan(folder: string, json: string): void {
  const file = openSync(json, "w");
  try {
    execFileSync("terraform", ["show", "-json", "plan.tfplan"], {
      cwd: folder,
      stdio: ["ignore", file, "pipe"],
      env: TERRAFORM_ENV,
    });
  } finally {
    closeSync(file);
  }
}
