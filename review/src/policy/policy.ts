import type { Action, AttributePath, Json, Plan, ResourceChange } from "../plan/plan";

/** A value of a plan as a rule sees it: `unknown` is known only after apply, `absent` stands nowhere. */
export type PolicyValue =
  | { readonly kind: "known"; readonly value: Json; readonly sensitive: boolean }
  | { readonly kind: "unknown" }
  | { readonly kind: "absent" };

/** A resource of a plan, with what rules ask of it. */
export interface PolicyResource {
  /** Its address. */
  readonly address: string;
  /** Its construct's path, else its address. */
  readonly name: string;
  /** The resource's type. */
  readonly type: string;
  /** What happens to it, `no-op` too. */
  readonly action: Action;
  /** Whether the object that exists now is destroyed: a delete or a replacement. */
  readonly destroys: boolean;
  /** The host that it is on, where that is known. */
  readonly host?: string;
  /** The change, as the plan has it. */
  readonly change: ResourceChange;
  /** The value before. A path that ends nowhere gives `absent`; an attribute that is not set is mostly a known null. */
  before(...path: AttributePath): PolicyValue;
  /**
   * The value after. It is `unknown` as soon as any part of it is known only after apply: ask for a deeper path where
   * the rest is enough, with `keys` for what there is.
   */
  after(...path: AttributePath): PolicyValue;
  /**
   * The positions of a list, or the names in an object, with those that are known only after apply; none where there is
   * neither. Undefined where even that is known only after apply.
   */
  keys(side: "before" | "after", ...path: AttributePath): readonly (string | number)[] | undefined;
  /**
   * Whether the configuration sets an attribute or a block: what it does not set and is known only after apply comes from
   * the provider. Undefined where the plan does not say. A `dynamic` block counts as not set, for plans leave it out.
   */
  configures(attribute: string): boolean | undefined;
  /**
   * The labels of a container before and after, by name; undefined where any part of them is known only after apply
   * (`labelOf` looks for a single one).
   */
  labels(side: "before" | "after"): Readonly<Record<string, string>> | undefined;
}

/** A stack as a rule sees it. */
export interface PolicyStack {
  /** Its name. */
  readonly name: string;
  /** Its environment. */
  readonly environment: string;
  /** The stacks that are deployed before it, directly. */
  readonly dependsOn: readonly string[];
  /** Its plan. */
  readonly plan: Plan;
  /** Its managed resources, all of them. */
  readonly resources: readonly PolicyResource[];
}

/** What a rule finds wrong. */
export interface Violation {
  /** The resource; without one it is the stack's. */
  readonly resource?: PolicyResource;
  /** What is wrong: with the value that was got, never with a sensitive one. */
  readonly message: string;
  /** How to mend it. */
  readonly mend: string;
  /**
   * Whether what it would have to know is known only after apply.
   * @default false
   */
  readonly cannotVerify?: boolean;
}

/** A rule. */
export interface PolicyRule {
  /** Its name, `docker/data-volume`: two words of lower-case letters, digits and dashes, with a slash between. */
  readonly id: string;
  /** What it demands, in one line. */
  readonly title: string;
  /** The page that explains it. */
  readonly help?: string;
  /**
   * Whether what it finds blocks.
   * @default "error"
   */
  readonly level?: "error" | "warning";
  /**
   * The environments in which it holds.
   * @default - all
   */
  readonly environments?: readonly string[];
  /** Gives what is wrong in a stack. It may look at the others too. */
  check(stack: PolicyStack, stacks: readonly PolicyStack[]): Iterable<Violation>;
}

/** Somebody's word that a finding is known and accepted. */
export interface Acknowledgement {
  /** The rule's id. */
  readonly rule: string;
  /** The resource's address or name (construct path), or the stack's name for a finding of the whole stack. No patterns. */
  readonly target: string;
  /** The stack, where more than one has that target. */
  readonly stack?: string;
  /** Why it is accepted. Must not be empty. */
  readonly reason: string;
  /** Who accepts it. */
  readonly by?: string;
  /** The last day on which it counts, `2026-12-31` (UTC). */
  readonly expires: string;
}

/** A policy: what a policy file exports as default. */
export interface Policy {
  /**
   * The shipped rules that hold too: all of them, or those named.
   * @default "all"
   */
  readonly shipped?: "all" | "none" | readonly string[];
  /** Rules of your own. */
  readonly rules?: readonly PolicyRule[];
  /** What is accepted. */
  readonly acknowledgements?: readonly Acknowledgement[];
  /**
   * The environment of a stack.
   * @default - the part of its name before the first dash
   */
  readonly environmentOf?: (stack: string) => string;
  /** Further types of resources that bear data, beside those that are known (`DATA_BEARING_TYPES`). */
  readonly dataBearingTypes?: readonly string[];
  /** Further names, as regular expressions, whose values count as secrets, beside `SECRET_NAMES`. */
  readonly secretNames?: readonly RegExp[];
  /** Attributes whose changes are noise: `docker_container.network_data`; shown as a count. */
  readonly noise?: readonly string[];
}

/** Gives back the policy: for its types, in a policy file. */
export function definePolicy(policy: Policy): Policy {
  return policy;
}
