import type { TextSecrets } from "../redaction/text-secrets";
import type { Finding } from "../review/review";
import { acknowledge, type Draft } from "./acknowledgements";
import { checkPolicy } from "./check-policy";
import type { Policy, PolicyRule, PolicyStack, Violation } from "./policy";
import { rulesInForce } from "./rules";

/** A rule that gives more than this for one stack does not end. */
const MOST_VIOLATIONS = 10_000;

/**
 * What a policy finds in stacks: errors first, then what cannot be verified, warnings, and last what is acknowledged;
 * within these in the order of the stacks and rules. Messages may hold values that rules put into them: the caller redacts.
 *
 * @param now the day on which acknowledgements have to count, in UTC
 * @param texts what finds the secrets that names tell, by the policy's names: what it has looked through already, it remembers
 * @throws PolicyError if the policy is none
 */
export function evaluatePolicy(
  policy: Policy,
  stacks: readonly PolicyStack[],
  now: Date,
  texts?: TextSecrets,
): readonly Finding[] {
  checkPolicy(policy, "the policy");
  const rules = rulesInForce(policy, texts);
  const drafts = stacks.flatMap((stack) => rules.flatMap((rule) => draftsOf(rule, stack, stacks)));
  const today = now.toISOString().slice(0, 10);
  const findings = acknowledge(drafts, policy.acknowledgements ?? [], stacks, today);
  // Sorting keeps the order of equals.
  return [...findings].sort((one, other) => rankOf(one) - rankOf(other));
}

function rankOf({ level, acknowledged }: Finding): number {
  if (acknowledged !== undefined) return 3;
  return ["error", "cannot-verify", "warning"].indexOf(level);
}

function draftsOf(rule: PolicyRule, stack: PolicyStack, stacks: readonly PolicyStack[]): readonly Draft[] {
  if (rule.environments !== undefined && !rule.environments.includes(stack.environment)) return [];
  const drafts: Draft[] = [];
  try {
    for (const violation of violationsOf(rule, stack, stacks)) {
      if (drafts.length >= MOST_VIOLATIONS) {
        throw new Error(`it gave more than ${MOST_VIOLATIONS} violations for this stack`);
      }
      drafts.push({ finding: findingOf(rule, stack, violation), acknowledgeable: true });
    }
  } catch (error) {
    // What it found before stays.
    drafts.push({
      finding: {
        rule: rule.id,
        level: "error",
        stack: stack.name,
        message: `the rule failed, so nothing is known of this stack: ${messageOf(error)}`,
        mend: "Mend the rule in the policy file; a rule that failed cannot be acknowledged.",
        ...(rule.help === undefined ? {} : { help: rule.help }),
      },
      acknowledgeable: false,
    });
  }
  return drafts;
}

/** Asks a rule. What it gives is checked: it may be written without types. */
function* violationsOf(
  rule: PolicyRule,
  stack: PolicyStack,
  stacks: readonly PolicyStack[],
): Iterable<Violation> {
  const given: unknown = rule.check(stack, stacks);
  if (typeof given !== "object" || given === null || !(Symbol.iterator in given)) {
    throw new TypeError(
      isThenable(given)
        ? "`check` gave a promise; rules are synchronous"
        : `\`check\` gave ${kindOf(given)}; it gives violations: a list, or a generator with yield`,
    );
  }
  for (const violation of given as Iterable<unknown>) yield checked(violation, stack);
}

function checked(value: unknown, stack: PolicyStack): Violation {
  if (typeof value !== "object" || value === null) {
    throw new TypeError(`it gave ${kindOf(value)} for a violation; give { resource, message, mend }`);
  }
  const { message, mend, resource, cannotVerify } = value as Partial<Record<keyof Violation, unknown>>;
  for (const [key, text] of [
    ["message", message],
    ["mend", mend],
  ] as const) {
    if (typeof text !== "string" || text.trim() === "") {
      throw new TypeError(`it gave a violation whose \`${key}\` is ${kindOf(text)}; it must be text`);
    }
  }
  if (cannotVerify !== undefined && typeof cannotVerify !== "boolean") {
    throw new TypeError(
      `it gave a violation whose \`cannotVerify\` is ${kindOf(cannotVerify)}; it is true or false`,
    );
  }
  if (resource !== undefined && !isResourceOf(stack, resource)) {
    throw new TypeError(
      "it gave a violation whose `resource` is none of the stack's; take one of stack.resources",
    );
  }
  return value as Violation;
}

/** The resources of stacks, told by address and name: a rule may hand back a copy. */
const RESOURCES = new WeakMap<PolicyStack, ReadonlyMap<unknown, ReadonlySet<unknown>>>();

function isResourceOf(stack: PolicyStack, value: unknown): boolean {
  if (typeof value !== "object" || value === null) return false;
  const { address, name } = value as { address?: unknown; name?: unknown };
  let names = RESOURCES.get(stack);
  if (names === undefined) {
    names = namesByAddress(stack);
    RESOURCES.set(stack, names);
  }
  return names.get(address)?.has(name) === true;
}

/** An address may stand there more than once: of a resource and of its deposed objects. */
function namesByAddress({ resources }: PolicyStack): ReadonlyMap<unknown, ReadonlySet<unknown>> {
  const names = new Map<unknown, Set<unknown>>();
  for (const { address, name } of resources) {
    const known = names.get(address);
    if (known === undefined) names.set(address, new Set([name]));
    else known.add(name);
  }
  return names;
}

function findingOf(rule: PolicyRule, stack: PolicyStack, violation: Violation): Finding {
  const { resource, message, mend, cannotVerify = false } = violation;
  const { level = "error", help } = rule;
  // A rule that only warns does not block for what it cannot know.
  const unverified = cannotVerify && level === "error";
  return {
    rule: rule.id,
    level: unverified ? "cannot-verify" : level,
    stack: stack.name,
    ...(resource === undefined ? {} : { address: resource.address, name: resource.name }),
    message: cannotVerify && !unverified ? `cannot verify: ${message}` : message,
    mend,
    ...(help === undefined ? {} : { help }),
  };
}

function isThenable(value: unknown): boolean {
  return typeof value === "object" && value !== null && "then" in value;
}

function kindOf(value: unknown): string {
  if (value === null || value === undefined) return String(value);
  if (Array.isArray(value)) return "a list";
  return value === "" ? "an empty text" : typeof value === "object" ? "an object" : `a ${typeof value}`;
}

function messageOf(error: unknown): string {
  const message = error instanceof Error || isErrorLike(error) ? error.message : String(error);
  return message.trim() === "" ? "it gave no message" : message;
}

/** An error of another realm: policy files are evaluated in one of their own. */
function isErrorLike(value: unknown): value is { readonly message: string } {
  return (
    typeof value === "object" &&
    value !== null &&
    typeof (value as { message?: unknown }).message === "string"
  );
}
