import { combineFingerprints } from "../fingerprint/fingerprint";
import type { Plan, ResourceChange } from "../plan/plan";
import { evaluatePolicy } from "../policy/evaluate-policy";
import type { Policy } from "../policy/policy";
import { policyStack } from "../policy/policy-stack";
import { Redactor } from "../redaction/redactor";
import { SecretNames } from "../redaction/secret-names";
import { TextSecrets } from "../redaction/text-secrets";
import { deltaBetween, type Previous, previousOf } from "../review/previous";
import { type Delta, type Finding, REVIEW_VERSION, type Review } from "../review/review";
import { configuredAttributes } from "./configured-attributes";
import { provenName } from "./construct-names";
import { sumOf } from "./counts";
import { graphOf } from "./graph";
import { hostOf } from "./host";
import type { Manifest } from "./manifest";
import { manifestBanners } from "./manifest-banners";
import { markProvisional } from "./provisional";
import { ReviewError } from "./review-error";
import { failedStack, reviewStack, type StackFrame } from "./review-stack";
import { inStackOrder } from "./stack-order";
import { blocks, type FailOn, verdictOf } from "./verdict";

export type { FailOn } from "./verdict";

/** A stack that is to be reviewed. */
export interface StackInput {
  /** Its name. */
  readonly name: string;
  /** Where its plan came from, for messages. */
  readonly source: string;
  /** Its plan. */
  readonly plan?: Plan;
  /** What failed, where there is no plan. */
  readonly failure?: string;
}

/** How plans are reviewed. */
export interface ReadOptions {
  /**
   * What CDKTF says of the stacks: their order, and the names of constructs.
   * @default - stacks in the order of their names, resources by their addresses
   */
  readonly manifest?: Manifest;
  /**
   * The stacks of the manifest that are to be reviewed. One of them without a plan is an error.
   * @default - all of the manifest
   */
  readonly stacks?: readonly string[];
  /**
   * The policy.
   * @default - the shipped rules, without acknowledgements
   */
  readonly policy?: Policy;
  /**
   * What blocks, beside policies.
   * @default - nothing
   */
  readonly failOn?: readonly FailOn[];
  /**
   * The review before, or what was kept of it, for the difference.
   * @default - no difference is told
   */
  readonly previous?: Review | Previous;
  /**
   * The pipeline's secret: with it secrets have hashes, and the fingerprint covers them.
   * @default - no hashes
   */
  readonly key?: string;
  /**
   * The time at which acknowledgements are looked at.
   * @default - now
   */
  readonly now?: Date;
}

/**
 * Reads plans: what they do to which construct and why, most dangerous first, without secrets, and what that comes to.
 * A stack without a plan makes the verdict an error, and whatever is not known blocks.
 *
 * @throws ReviewError if there is nothing to review, or two inputs have the same name
 * @throws StackCycleError if the manifest has stacks that depend on each other in a circle
 */
export function readReview(inputs: readonly StackInput[], options: ReadOptions = {}): Review {
  refuseUnreadable(inputs);
  const { manifest, policy = {}, key, failOn = [], now = new Date() } = options;
  const plans = new Map(
    inputs.flatMap(({ name, plan }) => (plan === undefined ? [] : [[name, plan] as const])),
  );
  const texts = new TextSecrets(new SecretNames(policy.secretNames));
  const redactor = Redactor.of([...plans.values()], {
    texts,
    ...(key === undefined ? {} : { hashKey: key }),
  });
  const errors: string[] = [];
  const environmentOf = environments(policy, errors, redactor);
  const ordered = orderedInputs(inputs, options);
  const policyStacks: ReturnType<typeof policyStack>[] = [];
  const read = ordered.map(({ input: { name, plan, failure }, dependsOn }) => {
    const frame: StackFrame = {
      name,
      environment: environmentOf(name),
      dependsOn,
      banners: manifestBanners(name, plan, manifest),
      key,
    };
    if (plan === undefined) return failedStack(frame, redactor.text(failure ?? "there is no plan of it"));
    const names = manifest?.stacks.find((stack) => stack.name === name)?.names;
    const nameOf = (address: string): string =>
      names?.nameOf(address) ?? provenName(name, address) ?? address;
    const host = (change: ResourceChange): string | undefined => hostOf(change, plan, nameOf(change.address));
    policyStacks.push(
      policyStack({
        name,
        environment: frame.environment,
        dependsOn,
        plan,
        nameOf,
        hostOf: (resource) => hostOf(resource, plan, nameOf(resource.address)),
      }),
    );
    return reviewStack(frame, {
      plan,
      policy,
      redactor,
      configured: configuredAttributes(plan),
      nameOf,
      hostOf: host,
    });
  });
  const dependsOn = new Map([
    ...(manifest?.stacks ?? []).map((stack) => [stack.name, stack.dependsOn] as const),
    ...ordered.map((stack) => [stack.name, stack.dependsOn] as const),
  ]);
  const stacks = markProvisional(read, plans, dependsOn);
  const findings = findingsOf(policy, policyStacks, now, redactor, texts, errors);
  const graph = graphOf(stacks, dependsOn);
  return {
    version: REVIEW_VERSION,
    ...verdictOf({ stacks, findings, failOn, errors }),
    stacks,
    findings,
    counts: sumOf(stacks.map(({ counts }) => counts)),
    ...(options.previous === undefined ? {} : { delta: deltaOf(options.previous, { stacks }, redactor) }),
    ...(graph === undefined ? {} : { graph }),
    fingerprint: combineFingerprints(
      stacks.map(({ name, fingerprint }) => ({ name, fingerprint })),
      key,
    ),
    fingerprintKeyed: key !== undefined,
  };
}

function refuseUnreadable(inputs: readonly StackInput[]): void {
  if (inputs.length === 0) throw new ReviewError("there is no plan to review; name at least one");
  const sources = new Map<string, string>();
  for (const { name, source, plan, failure } of inputs) {
    const other = sources.get(name);
    if (other !== undefined) {
      throw new ReviewError(
        `${source}: the stack ${JSON.stringify(name)} is given twice, by ${other} too; give each stack once`,
      );
    }
    sources.set(name, source);
    if (plan !== undefined && failure !== undefined) {
      throw new ReviewError(
        `${source}: the stack ${JSON.stringify(name)} has a plan and a failure; give one of them`,
      );
    }
  }
}

interface OrderedInput {
  readonly name: string;
  readonly dependsOn: readonly string[];
  readonly input: StackInput;
}

/** The stacks in the order in which they are deployed, those that should be there and are not with a failure. */
function orderedInputs(inputs: readonly StackInput[], { manifest, stacks }: ReadOptions): OrderedInput[] {
  const byName = [...inputs].sort((a, b) => (a.name < b.name ? -1 : a.name > b.name ? 1 : 0));
  if (manifest === undefined) {
    const given = new Set(inputs.map(({ name }) => name));
    const missing = (stacks ?? []).filter((name) => !given.has(name)).map(missingInput);
    return [...byName, ...missing].map((input) => ({ name: input.name, dependsOn: [], input }));
  }
  const given = new Map(inputs.map((input) => [input.name, input]));
  const chosen = new Set(stacks ?? manifest.stacks.map(({ name }) => name));
  const known = manifest.stacks.flatMap(({ name, dependsOn }): OrderedInput[] => {
    const input = given.get(name) ?? (chosen.has(name) ? missingInput(name) : undefined);
    given.delete(name);
    chosen.delete(name);
    return input === undefined ? [] : [{ name, dependsOn, input }];
  });
  const others = byName.filter(({ name }) => given.has(name));
  const lost = [...chosen].filter((name) => !given.has(name)).map(missingInput);
  const rest = [...others, ...lost].map((input) => ({ name: input.name, dependsOn: [], input }));
  return inStackOrder([...known, ...rest]);
}

function missingInput(name: string): StackInput {
  return {
    name,
    source: "the manifest",
    failure:
      "no plan of this stack was given, and the manifest has it; plan it, or choose the stacks that are to be reviewed",
  };
}

/** A policy file's function may throw: then the verdict is an error, and the stack has no environment that excuses it. */
function environments(policy: Policy, errors: string[], redactor: Redactor): (stack: string) => string {
  return (stack) => {
    const first = stack.split("-", 1)[0] ?? stack;
    if (policy.environmentOf === undefined) return first;
    try {
      const environment: unknown = policy.environmentOf(stack);
      if (typeof environment === "string") return environment;
      errors.push(`the policy's environmentOf gives no text for the stack ${stack}`);
    } catch (error) {
      errors.push(
        `the policy's environmentOf failed for the stack ${stack}: ${redactor.text(messageOf(error))}`,
      );
    }
    return first;
  };
}

function findingsOf(
  policy: Policy,
  stacks: readonly ReturnType<typeof policyStack>[],
  now: Date,
  redactor: Redactor,
  texts: TextSecrets,
  errors: string[],
): Finding[] {
  const text = (value: string): string => redactor.text(value);
  // A rule gives the same advice for each of its findings.
  const mends = new Map<string, string>();
  const mendOf = (mend: string): string => {
    const known = mends.get(mend) ?? text(mend);
    mends.set(mend, known);
    return known;
  };
  let found: readonly Finding[];
  try {
    found = evaluatePolicy(policy, stacks, now, texts);
  } catch (error) {
    errors.push(`the policy could not be evaluated: ${text(messageOf(error))}`);
    return [];
  }
  const findings = found.map((finding): Finding => {
    const { address, name } = finding;
    return {
      ...finding,
      message: text(finding.message),
      mend: mendOf(finding.mend),
      ...(address === undefined ? {} : { address: text(address) }),
      ...(name === undefined ? {} : { name: text(name) }),
    };
  });
  return [...findings.filter(blocks), ...findings.filter((finding) => !blocks(finding))];
}

function deltaOf(previous: Review | Previous, now: Pick<Review, "stacks">, redactor: Redactor): Delta {
  const delta = deltaBetween("stacks" in previous ? previousOf(previous) : previous, previousOf(now));
  // What is gone was redacted with the secrets of then: those of now are taken out of it too.
  return { ...delta, gone: delta.gone.map((label) => redactor.text(label)) };
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
