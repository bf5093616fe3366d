import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import type { Json, Plan, Variable } from "../plan/plan";
import { Redactor } from "../redaction/redactor";

/** Where the secrets of a stack without a plan are told from. */
export interface FailureSecretsOptions {
  /** The directory of its cdk.tf.json. */
  readonly directory: string;
  /** The variables of the environment: `TF_VAR_*`, and credentials by their names. */
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Files of variables, whole paths. */
  readonly varFiles: readonly string[];
}

/**
 * Gives what takes secrets out of the words with which a stack failed. It has no plan with marks, so they are told from
 * what its variables declare sensitive, with the values that Terraform takes for these, and from names in its
 * configuration and in the environment: providers put such values into their errors, and Terraform leaves them there.
 */
export function failureRedactor({ directory, env, varFiles }: FailureSecretsOptions): Redactor {
  const configuration = objectIn(join(directory, "cdk.tf.json")) ?? {};
  const declared = declarations(configuration["variable"]);
  const given = [env, ...[...automatic(directory), ...varFiles].map(valuesIn)];
  const variables: Variable[] = [
    // Not variables themselves: what names in them tell is collected.
    variable("configuration", defined(configuration)),
    variable("environment", defined(env)),
  ];
  for (const [name, { sensitive, ephemeral, default: value }] of declared) {
    const secret = sensitive === true || ephemeral === true;
    for (const text of [
      value,
      given[0]?.[`TF_VAR_${name}`],
      ...given.slice(1).map((values) => values[name]),
    ]) {
      if (text !== undefined) variables.push(variable(name, decoded(text), secret));
    }
  }
  return Redactor.of([{ ...NO_PLAN, variables }]);
}

const NO_PLAN: Omit<Plan, "variables"> = {
  formatVersion: "1.0",
  resourceChanges: [],
  resourceDrift: [],
  deferredChanges: [],
  outputChanges: [],
  checks: [],
  relevantAttributes: [],
  actionInvocations: [],
  provisioners: [],
  providers: new Map(),
  references: new Map(),
  errored: undefined,
  complete: undefined,
  applyable: undefined,
  unknowns: [],
  document: {},
};

type Values = Readonly<Record<string, Json | undefined>>;

function defined(values: Values): Json {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, value ?? null]));
}

function variable(name: string, value: Json, sensitive = false): Variable {
  return { name, value, sensitive, ephemeral: false };
}

/** Variables by name: JSON of Terraform has an object of them, or a list of such objects; so has each of them. */
function* declarations(blocks: Json | undefined): Iterable<[string, Values]> {
  for (const block of objects(blocks)) {
    for (const [name, bodies] of Object.entries(block)) {
      for (const body of objects(bodies)) yield [name, body];
    }
  }
}

function objects(value: Json | undefined): Values[] {
  return (Array.isArray(value) ? (value as readonly Json[]) : [value]).filter(
    (one): one is { readonly [key: string]: Json } =>
      typeof one === "object" && one !== null && !Array.isArray(one),
  );
}

/** A text of a variable may be an expression: a list, an object. Its parts are secrets each then. */
function decoded(value: Json): Json {
  if (typeof value !== "string" || !/^\s*[[{]/.test(value)) return value;
  try {
    return [value, JSON.parse(value) as Json];
  } catch {
    return [value, ...quotedIn(value)];
  }
}

/** The files of variables that Terraform reads without being told. */
function automatic(directory: string): string[] {
  if (!existsSync(directory)) return [];
  return readdirSync(directory)
    .filter((file) => /^terraform\.tfvars(\.json)?$|\.auto\.tfvars(\.json)?$/.test(file))
    .map((file) => join(directory, file));
}

/** What a file of variables gives. Of one in HCL each variable has all texts in quotes up to the next one. */
function valuesIn(file: string): Values {
  if (file.endsWith(".json")) return objectIn(file) ?? {};
  const text = textOf(file) ?? "";
  const all = [...text.matchAll(/^([ \t]*)([A-Za-z_][\w-]*)[ \t]*=(?!=)/gm)];
  // What is indented further is a part of an object.
  const names = all.filter(({ 1: indent = "" }) => indent.length <= (all[0]?.[1]?.length ?? 0));
  return Object.fromEntries(
    names.map((match, i): [string, Json] => {
      const value = text.slice(match.index + match[0].length, names[i + 1]?.index).trim();
      return [match[2] ?? "", [value, ...quotedIn(value)]];
    }),
  );
}

/** Texts in quotes of HCL, and lines of its heredocs. */
function quotedIn(value: string): string[] {
  const quoted = [...value.matchAll(/"((?:[^"\\\n]|\\.)*)"/g)].map((match) => {
    try {
      return JSON.parse(match[0]) as string;
    } catch {
      return match[1] ?? "";
    }
  });
  const lines = value.startsWith("<<") ? value.split("\n").slice(1, -1) : [];
  return [...quoted, ...lines.map((line) => line.trim())];
}

function objectIn(file: string): Values | undefined {
  try {
    return objects(JSON.parse(textOf(file) ?? "") as Json)[0];
  } catch {
    // Terraform says itself what is wrong with it.
    return undefined;
  }
}

function textOf(file: string): string | undefined {
  try {
    return readFileSync(file, "utf8");
  } catch {
    return undefined;
  }
}
