import { types } from "node:util";
import { z } from "zod";
import type { Policy } from "./policy";
import { PolicyError } from "./policy-error";
import { rulesInForce, SHIPPED_RULES } from "./rules";

const ID = /^[a-z0-9]+(?:-[a-z0-9]+)*\/[a-z0-9]+(?:-[a-z0-9]+)*$/;
/** Findings about the policy itself have ids that begin so. */
const RESERVED = "policy/";

const text = z.string().refine((value) => value.trim() !== "", "must not be empty");
const names = z.array(text).min(1, "must name at least one");
const functionOf = (what: string) =>
  z.custom<unknown>((value) => typeof value === "function", `must be a function: ${what}`);

const RULE = z.looseObject({
  id: z
    .string()
    .regex(
      ID,
      "must be two words of lower-case letters, digits and dashes with a slash between: team/no-debug",
    )
    .refine(
      (id) => !id.startsWith(RESERVED),
      `must not begin with ${RESERVED}, which is for findings about the policy`,
    ),
  title: text,
  help: text.optional(),
  level: z.enum(["error", "warning"], 'must be "error" or "warning"').optional(),
  environments: names.optional(),
  check: functionOf("check(stack, stacks)"),
});

const ACKNOWLEDGEMENT = z.strictObject({
  rule: text,
  target: text,
  stack: text.optional(),
  reason: text,
  by: text.optional(),
  expires: z.string().refine(isDate, "must be a day that exists, as year, month and day: 2026-12-31"),
});

const POLICY = z.strictObject({
  shipped: z
    .union(
      [z.enum(["all", "none"]), z.array(z.string())],
      'must be "all", "none", or a list of ids of shipped rules',
    )
    .optional(),
  rules: z.array(RULE).optional(),
  acknowledgements: z.array(ACKNOWLEDGEMENT).optional(),
  environmentOf: functionOf("environmentOf(stack)").optional(),
  dataBearingTypes: z.array(text).optional(),
  // An expression of another realm is none for `instanceof`: policy files are evaluated in one of their own.
  secretNames: z.array(z.custom<RegExp>(types.isRegExp, "must be a regular expression")).optional(),
  noise: z.array(text).optional(),
});

/**
 * Checks a policy, and gives it back as it is.
 *
 * @param value what a policy file exports
 * @param source what messages call it: the file
 * @throws PolicyError with all that is wrong, and how to mend it
 */
export function checkPolicy(value: unknown, source: string): Policy {
  if (typeof value !== "object" || value === null || Array.isArray(value) || types.isPromise(value)) {
    throw new PolicyError(
      `${source}: this is no policy but ${kindOf(value)}. Make it an object: export default definePolicy({ ... }).`,
    );
  }
  const parsed = POLICY.safeParse(value);
  if (!parsed.success) {
    throw new PolicyError(
      [
        `${source}: the policy has ${parsed.error.issues.length === 1 ? "a fault" : "faults"}:`,
        ...parsed.error.issues.map((issue) => `  ${placeOf(issue.path)}: ${reasonOf(issue)}`),
        "Mend them in the policy file; its type Policy of cdktf-plan-review says what may stand where.",
      ].join("\n"),
    );
  }
  const policy = value as Policy;
  const faults = [...faultsOfIds(policy), ...faultsOfShipped(policy)];
  if (faults.length === 0 && rulesInForce(policy).length === 0) {
    faults.push(
      'no rule is in force: `shipped` leaves out all shipped rules and there are none in `rules`. Leave `shipped` out, or set it to "all", or write rules.',
    );
  }
  if (faults.length === 0) faults.push(...faultsOfAcknowledgements(policy));
  if (faults.length > 0) throw new PolicyError(faults.map((fault) => `${source}: ${fault}`).join("\n"));
  return policy;
}

function* faultsOfIds({ rules = [] }: Policy): Iterable<string> {
  const seen = new Set(SHIPPED_RULES.map(({ id }) => id));
  const shipped = new Set(seen);
  for (const [index, { id }] of rules.entries()) {
    if (seen.has(id)) {
      yield `rules[${index}]: the id "${id}" is ${shipped.has(id) ? "that of a shipped rule" : "there twice"}. Give the rule an id of its own.`;
    }
    seen.add(id);
  }
}

function* faultsOfShipped({ shipped }: Policy): Iterable<string> {
  if (shipped === undefined || typeof shipped === "string") return;
  const known = SHIPPED_RULES.map(({ id }) => id);
  for (const [index, id] of shipped.entries()) {
    if (!known.includes(id)) {
      yield `shipped[${index}]: there is no shipped rule "${id}". The shipped ones are ${known.join(", ")}.`;
    } else if (shipped.indexOf(id) !== index) {
      yield `shipped[${index}]: "${id}" is there twice. Name it once.`;
    }
  }
}

function* faultsOfAcknowledgements(policy: Policy): Iterable<string> {
  const known = rulesInForce(policy).map(({ id }) => id);
  for (const [index, { rule }] of (policy.acknowledgements ?? []).entries()) {
    if (!known.includes(rule)) {
      yield `acknowledgements[${index}]: no rule "${rule}" is in force. Those in force are ${known.join(", ")}; remove the acknowledgement if its rule is gone.`;
    }
  }
}

/** Whether a text is a day of the calendar, `2026-12-31`. */
function isDate(value: string): boolean {
  if (!/^\d{4}-\d{2}-\d{2}$/.test(value)) return false;
  const time = Date.parse(`${value}T00:00:00Z`);
  // 30 February would be taken for a day in March.
  return !Number.isNaN(time) && new Date(time).toISOString().startsWith(value);
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return types.isPromise(value) ? "a promise" : `a ${typeof value}`;
}

function placeOf(path: readonly PropertyKey[]): string {
  const place = path
    .map((step) => (typeof step === "number" ? `[${step}]` : `.${String(step)}`))
    .join("")
    .replace(/^\./, "");
  return place === "" ? "the policy" : place;
}

function reasonOf(issue: z.core.$ZodIssue): string {
  return issue.code === "unrecognized_keys"
    ? `there is no such property: ${issue.keys.join(", ")}. Check how it is written`
    : issue.message;
}
