import type { Json, Marks, Plan, ResourceChange } from "../plan/plan";
import { decodeText } from "./base64";
import { eachLeaf, eachMarked, isList, isObject, isSame, marksAnything, property } from "./marks";
import { eachNamed, isNamingKey } from "./named-values";
import type { TextKind } from "./named-secrets";
import { SHORTEST_PATTERN } from "./pattern-set";
import type { SecretNames } from "./secret-names";
import { isDistinctive, looksRandom } from "./secret-names";
import type { TextSecrets } from "./text-secrets";
import { parseDocument } from "./text-secrets";

/** A name of an attribute, in whatever style, with few digits: no secret, where the key of a sensitive map may be one. */
const NAME_LIKE = /^(?!(?:.*[0-9]){4})[A-Za-z_][A-Za-z0-9_.:/-]*$/;
/** CDKTF marks all outputs that hand a value to another stack, secret or not. */
const CROSS_STACK = /^cross-stack-output-/;

/** Collects what is secret in plans: every value that is marked anywhere, and what names tell. */
export class SecretCollector {
  readonly secrets = new Set<string>();

  constructor(
    private readonly names: SecretNames,
    private readonly texts: TextSecrets,
  ) {}

  /** Adds what is secret in a plan. */
  add(plan: Plan): void {
    const resources = [
      ...plan.resourceChanges,
      ...plan.resourceDrift,
      ...plan.deferredChanges.map((deferred) => deferred.resourceChange),
    ];
    for (const { change } of resources) {
      this.#change(change.before, change.after, [change.beforeSensitive, change.afterSensitive]);
      this.#named(change.importing?.identity);
    }
    for (const output of plan.outputChanges) {
      const { before, after, beforeSensitive, afterSensitive } = output.change;
      const marks = [beforeSensitive, afterSensitive];
      this.#output(plan, output.name, before, marks, resources);
      this.#output(plan, output.name, after, marks, resources);
    }
    for (const variable of plan.variables) {
      if (variable.sensitive || variable.ephemeral || this.names.includes(variable.name)) {
        this.#marked(variable.value);
      } else {
        this.#named(variable.value);
      }
    }
    for (const action of plan.actionInvocations) {
      this.#change(action.values, undefined, [action.sensitive]);
    }
    for (const provisioner of plan.provisioners) {
      this.#named(provisioner.expressions);
    }
    this.#values(plan, plan.document["planned_values"], resources);
    const prior = plan.document["prior_state"];
    this.#values(plan, isObject(prior) ? property(prior, "values") : undefined, resources);
    this.#configuration(plan.document["configuration"], resources);
  }

  #change(before: Json | undefined, after: Json | undefined, marks: readonly Marks[]): void {
    const marking = marks.filter(marksAnything);
    for (const side of marking.length === 0 ? [] : [before, after]) {
      eachMarked(side, marking, (value) => {
        this.#marked(value);
      });
    }
    this.#named(after);
    if (isObject(before) && isObject(after)) {
      const gone = Object.keys(before).filter(
        (key) => isNamingKey(key) || !isSame(before[key], property(after, key)),
      );
      this.#named(Object.fromEntries(gone.map((key): [string, Json] => [key, before[key] ?? null])));
    } else {
      this.#named(before);
    }
  }

  /** `planned_values`, `values` of `prior_state`: outputs, and resources of all modules. */
  #values(plan: Plan, values: Json | undefined, resources: readonly ResourceChange[]): void {
    if (!isObject(values)) {
      return;
    }
    const outputs = property(values, "outputs");
    for (const name of isObject(outputs) ? Object.keys(outputs) : []) {
      const output = isObject(outputs) ? outputs[name] : undefined;
      if (isObject(output)) {
        this.#output(plan, name, property(output, "value"), [property(output, "sensitive")], resources);
      }
    }
    const modules: (Json | undefined)[] = [property(values, "root_module")];
    for (let module = modules.pop(); module !== undefined; module = modules.pop()) {
      if (!isObject(module)) {
        continue;
      }
      const children = property(module, "child_modules");
      modules.push(...(isList(children) ? children : []));
      const list = property(module, "resources");
      for (const resource of isList(list) ? list : []) {
        if (isObject(resource)) {
          eachMarked(property(resource, "values"), [property(resource, "sensitive_values")], (value) => {
            this.#marked(value);
          });
        }
      }
    }
  }

  #output(
    plan: Plan,
    name: string,
    value: Json | undefined,
    marks: readonly Marks[],
    resources: readonly ResourceChange[],
  ): void {
    if (this.names.includes(name)) {
      this.#marked(value);
      return;
    }
    const shown = CROSS_STACK.test(name) ? shownBy(plan, name, resources) : undefined;
    eachMarked(value, marks, (marked) => {
      // The mark is CDKTF's own where the very resource that the output is of shows the value to everybody.
      if (shown === undefined || typeof marked !== "string" || !shown().has(marked)) {
        this.#marked(marked);
      }
    });
    this.#named(value);
  }

  /** Constants of the configuration: arguments of what the plan marks, defaults of sensitive variables and what modules get for them. */
  #configuration(configuration: Json | undefined, resources: readonly ResourceChange[]): void {
    if (!isObject(configuration)) {
      return;
    }
    const marks = new Map<string, Marks[]>();
    for (const { address, change } of resources) {
      const key = withoutKeys(address);
      marks.set(key, [...(marks.get(key) ?? []).slice(0, 16), change.beforeSensitive, change.afterSensitive]);
    }
    const providers = property(configuration, "provider_config");
    for (const key of isObject(providers) ? Object.keys(providers) : []) {
      const provider = isObject(providers) ? providers[key] : undefined;
      this.#expressions(isObject(provider) ? property(provider, "expressions") : undefined, []);
    }
    const modules: { prefix: string; module: Json | undefined }[] = [
      { prefix: "", module: property(configuration, "root_module") },
    ];
    for (let next = modules.pop(); next !== undefined; next = modules.pop()) {
      const { prefix, module } = next;
      if (!isObject(module)) {
        continue;
      }
      const list = property(module, "resources");
      for (const resource of isList(list) ? list : []) {
        if (isObject(resource)) {
          const address = property(resource, "address");
          const itsMarks = typeof address === "string" ? marks.get(prefix + address) : undefined;
          this.#expressions(property(resource, "expressions"), itsMarks ?? []);
        }
      }
      this.#variables(property(module, "variables"), undefined);
      const calls = property(module, "module_calls");
      for (const name of isObject(calls) ? Object.keys(calls) : []) {
        const call = isObject(calls) ? calls[name] : undefined;
        if (isObject(call)) {
          const inner = property(call, "module");
          modules.push({ prefix: `${prefix}module.${name}.`, module: inner });
          this.#variables(
            isObject(inner) ? property(inner, "variables") : undefined,
            property(call, "expressions"),
          );
          this.#expressions(property(call, "expressions"), []);
        }
      }
    }
  }

  #variables(variables: Json | undefined, given: Json | undefined): void {
    for (const name of isObject(variables) ? Object.keys(variables) : []) {
      const variable = isObject(variables) ? variables[name] : undefined;
      if (!isObject(variable)) {
        continue;
      }
      if (
        property(variable, "sensitive") === true ||
        property(variable, "ephemeral") === true ||
        this.names.includes(name)
      ) {
        this.#marked(property(variable, "default"));
        this.#constants(isObject(given) ? property(given, name) : undefined);
      }
    }
  }

  /** Arguments as the configuration has them: `{ name: { constant_value } }`, with blocks nested in lists. */
  #expressions(expressions: Json | undefined, marks: readonly Marks[]): void {
    eachMarked(expressions, marks, (expression) => {
      this.#constants(expression);
    });
    const rest: { value: Json | undefined; name: string }[] = [{ value: expressions, name: "" }];
    for (let next = rest.pop(); next !== undefined; next = rest.pop()) {
      const { value, name } = next;
      if (isList(value)) {
        for (const item of value) {
          rest.push({ value: item, name });
        }
      } else if (isObject(value)) {
        const constant = property(value, "constant_value");
        if (constant !== undefined) {
          this.#named({ [name]: constant });
        } else {
          for (const key of Object.keys(value)) {
            rest.push({ value: value[key], name: key });
          }
        }
      }
    }
  }

  #constants(expression: Json | undefined): void {
    const rest = [expression];
    while (rest.length > 0) {
      const value = rest.pop();
      if (isList(value)) {
        for (const item of value) {
          rest.push(item);
        }
      } else if (isObject(value)) {
        const constant = property(value, "constant_value");
        this.#marked(constant);
        for (const key of Object.keys(value)) {
          if (key !== "references" && key !== "constant_value") {
            rest.push(value[key]);
          }
        }
      }
    }
  }

  /** A value that is marked: all its texts and numbers are secrets, wherever else they stand. */
  #marked(value: Json | undefined): void {
    eachLeaf(
      value,
      (leaf) => {
        if (typeof leaf !== "boolean") {
          this.#secret(String(leaf));
        }
      },
      (key) => {
        if (!NAME_LIKE.test(key)) {
          this.#secret(key);
        }
      },
    );
    this.#named(value);
  }

  #secret(text: string, depth = 0): void {
    const trimmed = text.trim();
    if (trimmed.length < SHORTEST_PATTERN) {
      return;
    }
    if (this.secrets.has(text)) {
      return;
    }
    this.secrets.add(text);
    this.secrets.add(trimmed);
    const unescaped = percentDecoded(trimmed);
    if (unescaped !== undefined) {
      this.secrets.add(unescaped);
    }
    if (trimmed.includes("\n")) {
      // A key's lines stand indented elsewhere. Ordinary lines of a file that is secret as a whole are not secrets.
      for (const line of trimmed.split("\n")) {
        const bare = line.trim();
        if (looksRandom(bare)) {
          this.secrets.add(bare);
        }
      }
    }
    eachLeaf(parseDocument(trimmed), (leaf) => {
      if (typeof leaf === "string" && looksRandom(leaf)) {
        this.secrets.add(leaf);
      }
    });
    const decoded = depth < 3 ? decodeText(trimmed) : undefined;
    if (decoded !== undefined && decoded.trim().length >= SHORTEST_PATTERN) {
      this.#secret(decoded, depth + 1);
      this.#text(decoded, "text");
    }
  }

  /** What names tell to be secret. Copies are removed elsewhere only of what is no ordinary word. */
  #named(value: Json | undefined): void {
    eachNamed(value, this.names, {
      secret: (leaf) => {
        this.#distinctive(String(leaf));
      },
      text: (text, kind, key) => {
        this.#text(text, kind);
        const decoded = key.endsWith("_base64") ? decodeText(text) : undefined;
        if (decoded !== undefined) {
          this.#text(decoded, kind);
        }
      },
    });
  }

  #text(text: string, kind: TextKind): void {
    for (const value of this.texts.values(text, kind)) {
      this.#distinctive(value);
    }
  }

  #distinctive(value: string): void {
    if (isDistinctive(value) || /PRIVATE KEY/.test(value)) {
      this.#secret(value);
    }
  }
}

/** What a text means in a URL, which is how the password stands elsewhere; undefined where it is as it is. */
function percentDecoded(text: string): string | undefined {
  if (!/%[0-9A-Fa-f]{2}/.test(text)) {
    return undefined;
  }
  try {
    return decodeURIComponent(text);
  } catch {
    return undefined;
  }
}

/** An address without keys of instances. A key may hold anything, brackets too. */
export function withoutKeys(address: string): string {
  return address.replace(/\[(?:"(?:[^"\\]|\\.)*"|[0-9]+)\]/g, "");
}

/** The texts that the resources show, unmarked, to which an output refers; they are gathered when first asked for. */
function shownBy(plan: Plan, name: string, resources: readonly ResourceChange[]): () => ReadonlySet<string> {
  let shown: Set<string> | undefined;
  return () => {
    if (shown === undefined) {
      const texts = new Set<string>();
      const marked = new Set<string>();
      const references = new Set(referencesOf(plan, name));
      for (const { address, change } of resources) {
        if (references.has(withoutKeys(address))) {
          const marks = [change.beforeSensitive, change.afterSensitive];
          for (const side of [change.before, change.after]) {
            eachLeaf(side, (leaf) => texts.add(String(leaf)));
            eachMarked(side, marks, (value) => {
              eachLeaf(value, (leaf) => marked.add(String(leaf)));
            });
          }
        }
      }
      for (const text of marked) {
        texts.delete(text);
      }
      shown = texts;
    }
    return shown;
  };
}

function referencesOf(plan: Plan, name: string): readonly string[] {
  let at: Json | undefined = plan.document["configuration"];
  for (const key of ["root_module", "outputs", name, "expression", "references"]) {
    at = isObject(at) ? property(at, key) : undefined;
  }
  return isList(at) ? at.filter((reference): reference is string => typeof reference === "string") : [];
}
