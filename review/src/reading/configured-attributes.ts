import type { ConfigurationAddress, Json, Plan } from "../plan/plan";
import { isList, isObject, member } from "./values";

/**
 * The attributes that the configuration sets, by the resource's address in it: whatever else is known only after apply is
 * the provider's business. Names alone are read, no values.
 */
export function configuredAttributes(plan: Plan): Map<ConfigurationAddress, ReadonlySet<string>> {
  const found = new Map<ConfigurationAddress, ReadonlySet<string>>();
  const configuration = at(plan.document, "configuration");
  const open: { readonly prefix: string; readonly module: Json | undefined }[] = [
    { prefix: "", module: at(configuration, "root_module") },
  ];
  for (let next = open.pop(); next !== undefined; next = open.pop()) {
    const { prefix, module } = next;
    const resources = at(module, "resources");
    for (const resource of isList(resources) ? resources : []) {
      const address = at(resource, "address");
      const expressions = at(resource, "expressions");
      if (typeof address !== "string") continue;
      found.set(prefix + address, new Set(isObject(expressions) ? Object.keys(expressions) : []));
    }
    const calls = at(module, "module_calls");
    for (const name of isObject(calls) ? Object.keys(calls) : []) {
      open.push({ prefix: `${prefix}module.${name}.`, module: at(at(calls, name), "module") });
    }
  }
  return found;
}

function at(value: Json | undefined, key: string): Json | undefined {
  return isObject(value) ? member(value, key) : undefined;
}
