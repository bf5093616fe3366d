import type { Json, PlanDocument, Provisioner, ProviderPlace, Variable } from "./plan";
import { isObject, member } from "./read-document";
import { PROVISIONER } from "./schema";
import type { Unknowns } from "./unknowns";

/** A module of the configuration. */
interface Module {
  /** `module.a.module.b`, or nothing for the root. */
  readonly address: string;
  readonly body: Json | undefined;
  /** The call and the module that it stands in; the root has none. */
  readonly call?: { readonly body: Json; readonly from: Module };
}

/** What is read of `configuration`. */
export interface Configuration {
  readonly provisioners: readonly Provisioner[];
  readonly providers: ReadonlyMap<string, ProviderPlace>;
  readonly references: ReadonlyMap<string, readonly string[]>;
}

/** An address within a module as one of the whole configuration. */
function within(module: Module, address: string): string {
  return module.address === "" ? address : `${module.address}.${address}`;
}

/** A member that is a list; an empty one where it is not. */
function listOf(object: Json | undefined, key: string): readonly Json[] {
  const value = member(object, key);
  return Array.isArray(value) ? (value as readonly Json[]) : [];
}

/** A member's entries; none where it is not an object. */
function entriesOf(object: Json | undefined, key: string): readonly [string, Json][] {
  const value = member(object, key);
  return isObject(value) ? Object.entries(value) : [];
}

/** A member that is a text. */
function textOf(object: Json | undefined, key: string): string | undefined {
  const value = member(object, key);
  return typeof value === "string" && value !== "" ? value : undefined;
}

/** All modules, a caller before what it calls. */
function modulesOf(root: Json | undefined): Module[] {
  const modules: Module[] = [{ address: "", body: root }];
  // The list grows while it is walked.
  for (const module of modules)
    for (const [name, call] of entriesOf(module.body, "module_calls"))
      modules.push({
        address: within(module, `module.${name}`),
        body: member(call, "module"),
        call: { body: call, from: module },
      });
  return modules;
}

/** The references of expressions, those of nested blocks too; constants are not looked into. */
function referencesIn(expressions: Json | undefined, into: Set<string>): void {
  const rest: (Json | undefined)[] = [expressions];
  while (rest.length > 0) {
    const next = rest.pop();
    if (Array.isArray(next)) for (const item of next as readonly Json[]) rest.push(item);
    else if (isObject(next) && !Object.hasOwn(next, "constant_value")) {
      for (const [key, value] of Object.entries(next)) {
        if (key !== "references" || !Array.isArray(value)) rest.push(value);
        else
          for (const reference of value as readonly Json[])
            if (typeof reference === "string") into.add(reference);
      }
    }
  }
}

/** The parts of a reference, without keys: `module.a["x"].b` has `module`, `a` and `b`. */
function partsOf(reference: string): string[] {
  return reference.replace(/\[(?:"(?:[^"\\]|\\.)*"|[^\]"]*)\]/g, "").split(".");
}

/** References without those of a module as a whole that Terraform lists beside the ones of its outputs. */
function specific(references: ReadonlySet<string>): string[] {
  const all = [...references];
  const called = new Set(
    all
      .map(partsOf)
      .flatMap(([first, name, output]) => (first === "module" && output !== undefined ? [name] : [])),
  );
  return all.filter((reference) => {
    const [first, name, output] = partsOf(reference);
    return first !== "module" || output !== undefined || !called.has(name);
  });
}

/** Follows references from the words of a module to resources, through variables and outputs of modules. */
class Resolver {
  private readonly modules: ReadonlyMap<string, Module>;

  constructor(modules: readonly Module[]) {
    this.modules = new Map(modules.map((module) => [module.address, module]));
  }

  /** What a module's references come to: addresses of resources, and words that the plan does not explain (`local.x`). */
  resolve(module: Module, references: ReadonlySet<string>): string[] {
    const found = new Set<string>();
    const seen = new Set<string>();
    const rest = specific(references).map((reference) => ({ module, reference }));
    while (rest.length > 0) {
      const next = rest.pop();
      if (next === undefined) break;
      const key = within(next.module, next.reference);
      if (seen.has(key)) continue;
      seen.add(key);
      const step = this.step(next.module, next.reference);
      if (typeof step === "string") found.add(step);
      else if (step !== undefined)
        for (const reference of specific(step.references)) rest.push({ module: step.module, reference });
    }
    return [...found].sort();
  }

  /** A resource's address, or where a reference leads; undefined where it is of nothing that could depend. */
  private step(
    module: Module,
    reference: string,
  ): string | { readonly module: Module; readonly references: ReadonlySet<string> } | undefined {
    const [first, second, third] = partsOf(reference);
    if (first === undefined || second === undefined) return undefined;
    switch (first) {
      case "count":
      case "each":
      case "path":
      case "self":
      case "terraform":
      case "tofu":
        return undefined;
      case "var": {
        if (module.call === undefined) return undefined;
        const references = new Set<string>();
        referencesIn(member(member(module.call.body, "expressions"), second), references);
        return { module: module.call.from, references };
      }
      case "module": {
        const called = this.modules.get(within(module, `module.${second}`));
        // All that `depends_on` and expressions over instances say.
        if (called === undefined || third === undefined) return within(module, `module.${second}`);
        const output = member(member(called.body, "outputs"), third);
        const references = new Set<string>();
        referencesIn(member(output, "expression"), references);
        for (const dependency of listOf(output, "depends_on"))
          if (typeof dependency === "string") references.add(dependency);
        return { module: called, references };
      }
      case "data":
      case "ephemeral":
        return third === undefined ? undefined : within(module, `${first}.${second}.${third}`);
      default:
        return within(module, `${first}.${second}`);
    }
  }
}

/** The place that a provider's configuration names. */
function placeOf(key: string, body: Json | undefined): ProviderPlace {
  const alias = textOf(body, "alias");
  const host = member(member(member(body, "expressions"), "host"), "constant_value");
  return {
    key,
    ...(alias === undefined ? {} : { alias }),
    ...(typeof host === "string" ? { host } : {}),
  };
}

/** Reads what only the configuration says. */
export function readConfiguration(document: PlanDocument, unknowns: Unknowns): Configuration {
  const configuration = document.configuration ?? undefined;
  const modules = modulesOf(member(configuration, "root_module"));
  const providerConfigs = member(configuration, "provider_config");
  const resolver = new Resolver(modules);
  const provisioners: Provisioner[] = [];
  const providers = new Map<string, ProviderPlace>();
  const references = new Map<string, readonly string[]>();
  for (const module of modules) {
    for (const resource of listOf(module.body, "resources")) {
      const local = textOf(resource, "address");
      if (local === undefined) {
        unknowns.value(within(module, "configuration.resources"), "resource without an address", resource);
        continue;
      }
      const address = within(module, local);
      const found = new Set<string>();
      for (const key of ["expressions", "count_expression", "for_each_expression"])
        referencesIn(member(resource, key), found);
      for (const dependency of listOf(resource, "depends_on"))
        if (typeof dependency === "string") found.add(dependency);
      const resolved = resolver.resolve(module, found);
      if (resolved.length > 0) references.set(address, resolved);
      const key = textOf(resource, "provider_config_key");
      // A provider that a module got from its caller is listed under the caller's key.
      if (key !== undefined)
        providers.set(
          address,
          placeOf(key, member(providerConfigs, key) ?? member(providerConfigs, key.replace(/^.*:/, ""))),
        );
      const declared = member(resource, "provisioners") ?? [];
      if (!Array.isArray(declared)) unknowns.value(address, "field of another type: provisioners", declared);
      else
        for (const entry of declared as readonly Json[]) {
          const { fields } = unknowns.check(address, PROVISIONER, entry);
          provisioners.push({
            resource: address,
            type: typeof fields.type === "string" ? fields.type : "unknown",
            expressions: (fields.expressions ?? null) as Json,
          });
        }
    }
  }
  return { provisioners, providers, references };
}

/** Reads `variables`, and what the configuration declares of them: one that is ephemeral has no value in the plan. */
export function readVariables(document: PlanDocument): Variable[] {
  const declared = member(member(document.configuration ?? undefined, "root_module"), "variables");
  const given = document.variables ?? undefined;
  const names = new Set([
    ...(isObject(given) ? Object.keys(given) : []),
    ...(isObject(declared) ? Object.keys(declared) : []),
  ]);
  return [...names].map((name) => {
    const declaration = member(declared, name);
    return {
      name,
      value: member(member(given, name), "value"),
      // Whatever a plan says here that is not false hides the value.
      sensitive: (member(declaration, "sensitive") ?? false) !== false,
      // Terraform up to 1.11 at least does not say so: but only what is ephemeral is declared and has no value.
      ephemeral: (member(declaration, "ephemeral") ?? false) !== false || member(given, name) === undefined,
    };
  });
}
