import type { AttributePath, Plan, PlanDocument, RelevantAttribute } from "./plan";
import { noteContradictions, noteUnknownKeys } from "./consistency";
import { PlanError } from "./plan-error";
import {
  readActionInvocations,
  readDeferredChanges,
  readOutputChanges,
  readResourceChanges,
} from "./read-change";
import { readChecks } from "./read-checks";
import { readConfiguration, readVariables } from "./read-configuration";
import { kindOf, readDocument } from "./read-document";
import { PLAN, PLAN_FLAGS, RELEVANT_ATTRIBUTE } from "./schema";
import { Unknowns } from "./unknowns";

/** Refuses a plan whose parts are not of the types that the format says: nothing in them could be found. */
function checkParts(document: PlanDocument, source: string): void {
  const { error } = PLAN.safeParse(document);
  if (error === undefined) return;
  const faults = error.issues.map(({ path, message }) => {
    const key = String(path[0] ?? "");
    return `${key} ${message.startsWith("must be") ? message : "is faulty"}, and is ${kindOf(document[key])}`;
  });
  throw new PlanError(
    source,
    `this is not what plan JSON of format 1.x says: ${faults.join("; ")}`,
    "Write it again with `terraform show -json PLANFILE > plan.json`, and let nothing change it",
  );
}

/** Reads `relevant_attributes`. */
function readRelevantAttributes(document: PlanDocument, unknowns: Unknowns): RelevantAttribute[] {
  return ((document.relevant_attributes ?? []) as readonly unknown[]).map((entry, i) => {
    const where = `relevant_attributes[${String(i)}]`;
    const { fields } = unknowns.check(where, RELEVANT_ATTRIBUTE, entry);
    return {
      resource: typeof fields.resource === "string" ? fields.resource : where,
      path: (fields.attribute ?? []) as AttributePath,
    };
  });
}

/**
 * Reads a plan as `terraform show -json` and `tofu show -json` write it: format 1.x, unknown fields ignored. Values are
 * not copied: they are those of `Plan.document`.
 *
 * Follows Terraform's documentation of the JSON output format and the types of its package jsonplan.
 *
 * @param bytes the file's content: UTF-8, a byte order mark is allowed
 * @param source the file's name, for messages
 * @throws PlanError where it is not a plan, or not one of format 1.x
 */
export function parsePlan(bytes: Uint8Array | string, source: string): Plan {
  const document = readDocument(bytes, source);
  checkParts(document, source);
  const unknowns = new Unknowns();
  const { fields: flags } = unknowns.check("plan", PLAN_FLAGS, document);
  const flag = (key: string) => (typeof flags[key] === "boolean" ? flags[key] : undefined);
  const terraformVersion = flags.terraform_version;
  const plan: Omit<Plan, "unknowns"> = {
    formatVersion: document.format_version as string,
    ...(typeof terraformVersion === "string" ? { terraformVersion } : {}),
    resourceChanges: readResourceChanges(document, "resource_changes", unknowns),
    resourceDrift: readResourceChanges(document, "resource_drift", unknowns),
    deferredChanges: readDeferredChanges(document, unknowns),
    outputChanges: readOutputChanges(document, unknowns),
    variables: readVariables(document),
    checks: readChecks(document, unknowns),
    relevantAttributes: readRelevantAttributes(document, unknowns),
    actionInvocations: readActionInvocations(document, unknowns),
    ...readConfiguration(document, unknowns),
    errored: flag("errored"),
    complete: flag("complete"),
    applyable: flag("applyable"),
    document,
  };
  noteUnknownKeys(document, unknowns);
  noteContradictions(plan, unknowns);
  return { ...plan, unknowns: unknowns.parts };
}
