import { readFileSync } from "node:fs";
import { join } from "node:path";

type Json = null | boolean | number | string | Json[] | { [key: string]: Json };
type Table = Record<string, Record<string, Json>>;

const REPLACEMENT_HASH = "cdktf-docker-discovery.replacement-hash";

/**
 * A stack's Terraform JSON without what the two ways of writing may differ in: the resources' ids (each stands
 * under its host and its name instead) and the value of the label that forces a replacement.
 */
function comparable(outdir: string, stack: string): string {
  let text = readFileSync(join(outdir, "stacks", stack, "cdk.tf.json"), "utf8");
  const named = new Map<string, string>();
  const { resource } = JSON.parse(text) as { resource: Record<string, Table[string]> };
  for (const [type, resources] of Object.entries(resource)) {
    for (const [id, fields] of Object.entries(resources)) {
      const { provider, name } = fields as { provider: string; name: string };
      named.set(`${type}.${id}`, `${provider}/${name}`);
    }
  }
  text = text.replace(/\$\{(docker_\w+\.[\w-]+)\.name\}/g, (_, address: string) => {
    const name = named.get(address);
    if (name === undefined) throw new Error(`${stack}: ${address} is referred to but not there`);
    return `reference to ${name}`;
  });
  const whole = JSON.parse(text) as { [key: string]: Json; resource: Table };
  whole.resource = Object.fromEntries(
    Object.entries(whole.resource).map(([type, resources]) => [
      type,
      Object.fromEntries(
        Object.entries(resources).map(([id, fields]) => [named.get(`${type}.${id}`) ?? id, fields]),
      ),
    ]),
  );
  return JSON.stringify(whole, (key, value: Json): Json | undefined => {
    if (key === "//") return undefined;
    if (typeof value !== "object" || value === null || Array.isArray(value)) return value;
    if (value["label"] === REPLACEMENT_HASH) return { label: REPLACEMENT_HASH };
    return Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)));
  });
}

/** Makes sure that two synthesized apps say the same to Terraform, stack by stack. */
export function requireSameJson(left: string, right: string, stacks: readonly string[]): void {
  for (const stack of stacks) {
    const [a, b] = [comparable(left, stack), comparable(right, stack)];
    if (a === b) continue;
    let at = 0;
    while (a[at] === b[at]) at++;
    const around = (text: string) => text.slice(Math.max(0, at - 150), at + 150);
    throw new Error(`${stack}: the two sides differ:\n${around(a)}\n${around(b)}`);
  }
}
