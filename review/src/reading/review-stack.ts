import { PlanFingerprint } from "../fingerprint/fingerprint";
import type { ActionInvocation, Check, Plan } from "../plan/plan";
import { DEFERRAL_REASONS } from "../plan/vocabulary";
import type { Redactor } from "../redaction/redactor";
import type { Banner, ByHand, ReviewedChange, ReviewedCheck, ReviewedStack } from "../review/review";
import { bannersOf } from "./banners";
import { countsOf, NO_COUNTS } from "./counts";
import { byDanger } from "./danger";
import { isFoldedDrift, reviewDrift } from "./drift";
import { NOISE } from "./noise";
import { reviewOutputs } from "./outputs";
import { reviewChange, reviewedAction, type StackContext } from "./reviewed-change";

/** What is known of a stack beside its plan. */
export interface StackFrame {
  readonly name: string;
  readonly environment: string;
  readonly dependsOn: readonly string[];
  /** Banners that are not of the plan: its manifest does not match. */
  readonly banners: readonly Banner[];
  /** The key of the fingerprint. */
  readonly key: string | undefined;
}

/** A stack without a plan. */
export function failedStack(frame: StackFrame, failure: string): ReviewedStack {
  return {
    name: frame.name,
    environment: frame.environment,
    dependsOn: frame.dependsOn,
    status: "failed",
    failure,
    banners: [
      {
        kind: "failed",
        text: "There is no plan of this stack: nothing is known of what would happen to it.",
      },
      ...frame.banners,
    ],
    provisionalBecauseOf: [],
    changes: [],
    drift: [],
    outputs: [],
    actions: [],
    checks: [],
    byHand: [],
    counts: NO_COUNTS,
    noise: {},
    fingerprint: "",
  };
}

/** Says what a plan does to its stack. */
export function reviewStack(frame: StackFrame, context: StackContext): ReviewedStack {
  const { plan, redactor } = context;
  const changes: ReviewedChange[] = [];
  const fingerprint = new PlanFingerprint(plan, {
    redactor,
    ...(frame.key === undefined ? {} : { key: frame.key }),
  });
  let unchanged = 0;
  for (const resource of plan.resourceChanges) {
    const action = reviewedAction(resource);
    if (action !== undefined) changes.push(reviewChange(resource, action, context));
    else unchanged += 1;
    fingerprint.read(resource);
  }
  changes.push(...deferredChanges(context));
  const drift = reviewDrift(context);
  const outputs = reviewOutputs(plan.outputChanges, redactor);
  const checks = plan.checks.flatMap((check) => reviewCheck(check, redactor));
  const byHand = byHandOf(plan, changes, redactor);
  const actions = plan.actionInvocations.map((invocation) => invocationText(invocation, redactor));
  const counts = countsOf(changes, {
    drift,
    outputs: outputs.length,
    actions: actions.length,
    unknown: byHand.length,
    unchanged,
  });
  const noise = {
    [NOISE.crossStack]: outputs.filter(({ crossStack }) => crossStack).length,
    [NOISE.drift]: drift.filter(isFoldedDrift).length,
  };
  const doesSomething = changes.length + outputs.length + actions.length + byHand.length > 0;
  const banners = bannersOf(plan, {
    checks,
    byHand: byHand.length,
    changes: changes.length,
    onlyState: !doesSomething && drift.length > 0,
  });
  // What is only drift changes the state if the plan can be applied (-refresh-only), or does not say.
  const driftIsApplied = drift.length > 0 && plan.applyable !== false;
  const changed =
    doesSomething ||
    driftIsApplied ||
    counts.relevantDrift > 0 ||
    plan.applyable === true ||
    banners.some(({ kind }) => kind !== "check-unknown");
  return {
    name: frame.name,
    environment: frame.environment,
    dependsOn: frame.dependsOn,
    status: changed ? "changed" : "unchanged",
    ...(plan.terraformVersion === undefined
      ? {}
      : { terraformVersion: redactor.text(plan.terraformVersion) }),
    banners: [...frame.banners, ...banners],
    provisionalBecauseOf: [],
    changes: byDanger(changes),
    drift,
    outputs,
    actions,
    checks,
    byHand,
    counts,
    noise: Object.fromEntries(Object.entries(noise).filter(([, count]) => count > 0)),
    fingerprint: fingerprint.value(),
  };
}

function deferredChanges(context: StackContext): ReviewedChange[] {
  const { plan, redactor } = context;
  return plan.deferredChanges.map(({ reason, reasonKnown, resourceChange }) => {
    // A no-op that is put off is not nothing: nobody knows yet what it will be.
    const action = reviewedAction(resourceChange) ?? "unknown";
    const words = reasonKnown ? DEFERRAL_REASONS.get(reason) : undefined;
    const text = words ?? "for a reason that this version does not know: review it by hand";
    return {
      ...reviewChange(resourceChange, action, context),
      deferred: { code: redactor.text(reason), text },
    };
  });
}

function reviewCheck({ address, status, problems }: Check, redactor: Redactor): ReviewedCheck[] {
  if (status === "pass") return [];
  return [
    { address: redactor.text(address), status, problems: problems.map((problem) => redactor.text(problem)) },
  ];
}

/** What the parser did not know, and whatever else came out of reading it as unknown. */
function byHandOf(plan: Plan, changes: readonly ReviewedChange[], redactor: Redactor): ByHand[] {
  const parts = plan.unknowns.map(({ where, what, got }) => ({
    where: redactor.text(where),
    what: redactor.text(what),
    got: redactor.text(got),
  }));
  const named = new Set(parts.map(({ where }) => where));
  const unknown = changes.filter(({ address, action }) => action === "unknown" && !named.has(address));
  return [
    ...parts,
    ...unknown.map(({ address, actions }) => ({ where: address, what: "action", got: actions.join(", ") })),
  ];
}

/** `action.docker_exec.reload (after create of docker_container.web)`. */
function invocationText(invocation: ActionInvocation, redactor: Redactor): string {
  const { address, event, triggeredBy, deferredReason } = invocation;
  const when = event === undefined ? "" : event.replace(/(?<=[a-z])(?=[A-Z])/g, " ").toLowerCase();
  const by = triggeredBy === undefined ? "" : `of ${triggeredBy}`;
  const why = [when, by].filter((word) => word !== "").join(" ");
  const text = `${address} (${why === "" ? "when the plan is applied" : why})`;
  if (deferredReason === undefined) return redactor.text(text);
  return redactor.text(
    `${text}, put off to a later plan: ${DEFERRAL_REASONS.get(deferredReason) ?? deferredReason}`,
  );
}
