import type { Check, PlanDocument } from "./plan";
import { member } from "./read-document";
import { CHECK } from "./schema";
import type { Unknowns } from "./unknowns";
import { CHECK_STATUSES } from "./vocabulary";

/** Reads the result for an object of the configuration, or for one of its instances, whose kind is that of its object. */
function readResult(
  value: unknown,
  place: string,
  objectKind: string | undefined,
  unknowns: Unknowns,
): Check {
  const { fields } = unknowns.check(place, CHECK, value);
  const display = member(fields.address, "to_display");
  const kind = member(fields.address, "kind");
  const address = typeof display === "string" ? display : place;
  const { status } = fields;
  const known = typeof status === "string" && CHECK_STATUSES.has(status);
  if (typeof status === "string" && !known) unknowns.word(address, "check status", status);
  const problems = (fields.problems ?? []) as readonly { readonly message: string }[];
  return {
    address,
    kind: typeof kind === "string" ? kind : (objectKind ?? "unknown"),
    status: known ? (status as Check["status"]) : "other",
    problems: problems.map(({ message }) => message),
  };
}

/**
 * Reads `checks`: one for each instance, and one for the object itself where no instance has its status. That is so for
 * an object whose instances are not known, and for one that failed before they were.
 */
export function readChecks(document: PlanDocument, unknowns: Unknowns): Check[] {
  return ((document.checks ?? []) as readonly unknown[]).flatMap((entry, i) => {
    const place = `checks[${String(i)}]`;
    const object = readResult(entry, place, undefined, unknowns);
    const instances = member(entry, "instances");
    if (!Array.isArray(instances)) return [object];
    const results = instances.map((instance, j) =>
      readResult(instance, `${place}.instances[${String(j)}]`, object.kind, unknowns),
    );
    return results.some(({ status }) => status === object.status) ? results : [object, ...results];
  });
}
