/**
 * A review: what the plans of all stacks will do, sorted for a reader. It is plain data that can be written as JSON. Every
 * text in it is free of secrets, and none of it is escaped: that is each format's own work.
 */

/** The version of this model; it grows with a change that its readers must know of. */
export const REVIEW_VERSION = 1;

/** What happens to an object. The words of `Action`, without `no-op`, which has no entry. */
export type ReviewedAction =
  | "create"
  | "read"
  | "update"
  | "delete"
  | "replace"
  | "create-then-forget"
  | "forget"
  | "open"
  | "unknown"
  /** Nothing but a new address. */
  | "move"
  /** Nothing but an import. */
  | "import";

/** A value as it is shown. */
export type ShownValue =
  | { readonly kind: "absent" }
  | { readonly kind: "known-after-apply" }
  /** Sensitive. `hash` is a keyed hash of the value, if the pipeline gave a key. */
  | { readonly kind: "sensitive"; readonly hash?: string }
  /** JSON text of the value; a plain string has its quotes too. */
  | { readonly kind: "value"; readonly text: string };

/** A line of a difference of texts. */
export interface DiffLine {
  /** Kept, added, removed, or a gap of `text` (a number) kept lines that are not shown. */
  readonly op: "kept" | "added" | "removed" | "gap";
  /** The line, without its end. */
  readonly text: string;
}

/** One attribute and how it changes. */
export interface AttributeChange {
  /** The way to it in the form `upload[0].content`, and on into an embedded document: `upload[0].content > options.forwarders`. */
  readonly path: string;
  /** Its value before. */
  readonly before: ShownValue;
  /** Its value after. */
  readonly after: ShownValue;
  /** Whether it is one of those that force a replacement. */
  readonly forcesReplacement: boolean;
  /** Of a list that is a set: what came and what went; `before` and `after` are then `absent`. */
  readonly set?: {
    readonly added: readonly ShownValue[];
    readonly removed: readonly ShownValue[];
    readonly kept: number;
  };
  /** Of a text with lines (named.conf, a script): its difference; `before` and `after` are then `absent`. */
  readonly lines?: readonly DiffLine[];
  /** What else there is to say of it: `same content, written differently`, `same elements in another order`. */
  readonly note?: string;
  /** What kind of document it stands in, where it is uploaded or embedded. */
  readonly document?: "json" | "yaml" | "named.conf" | "daemon.json" | "consul" | "text";
}

/** Why an object changes the way it does. */
export interface Reason {
  /** The plan's word, `replace_because_cannot_update`. */
  readonly code: string;
  /** In words. */
  readonly text: string;
}

/** What kind of part of the fleet it is, by the label `cdktf-docker-discovery.role`. */
export type Role = string;

/** An object and what happens to it. */
export interface ReviewedChange {
  /** Its address in Terraform. */
  readonly address: string;
  /** Its construct's path, `production-fleet/web-1/registrator`, without the trailing `/Resource`; the address where none is known. */
  readonly name: string;
  /** The resource's type. */
  readonly type: string;
  /** What happens. */
  readonly action: ReviewedAction;
  /** `actions` as the plan says them. */
  readonly actions: readonly string[];
  /** Of a replacement, which half comes first. */
  readonly order?: "delete-before-create" | "create-before-delete";
  /** Why. */
  readonly reason?: Reason;
  /** Where it stood before. */
  readonly previousAddress?: string;
  /** The deposed object's key. */
  readonly deposed?: string;
  /** What is imported, in words. */
  readonly importing?: string;
  /** Why it counts as bearing data (`docker_volume`; the label `cdktf-docker-discovery.data`); undefined if it does not. */
  readonly dataBearing?: string;
  /** What it is to the fleet. */
  readonly role?: Role;
  /** What must hold before the next of its kind is changed, by the label `cdktf-docker-discovery.gate`. */
  readonly gate?: string;
  /** The host that it is on, as the provider's configuration or the construct's path names it. */
  readonly host?: string;
  /** The image, of a container. */
  readonly image?: string;
  /** What changes of it. A delete has what is lost, a create what is made: all known attributes. */
  readonly attributes: readonly AttributeChange[];
  /** How many attributes each noise filter folded, by the filter's name. */
  readonly noise: Readonly<Record<string, number>>;
  /** The provisioners that run with it: `local-exec (when created)`. */
  readonly provisioners: readonly string[];
  /** Whether Terraform put it off to a later plan, and why. */
  readonly deferred?: Reason;
}

/** What changed outside Terraform. */
export interface ReviewedDrift extends ReviewedChange {
  /** Whether the plan depends on it (`relevant_attributes`). */
  readonly relevant: boolean;
}

/** An output that changes. */
export interface ReviewedOutput {
  /** Its name. */
  readonly name: string;
  /** What happens. */
  readonly action: ReviewedAction;
  /** Its value before. */
  readonly before: ShownValue;
  /** Its value after. */
  readonly after: ShownValue;
  /** Whether CDKTF made it to hand a value to another stack (`cross-stack-output-*`). */
  readonly crossStack: boolean;
}

/** How many of what. `replace` is counted in `add` and `destroy` too, as Terraform does. */
export interface Counts {
  readonly add: number;
  readonly change: number;
  readonly destroy: number;
  readonly replace: number;
  readonly import: number;
  readonly move: number;
  readonly forget: number;
  readonly read: number;
  readonly drift: number;
  readonly relevantDrift: number;
  readonly outputs: number;
  readonly deferred: number;
  readonly actions: number;
  readonly unknown: number;
  readonly unchanged: number;
}

/** What must be known of a plan before anything in it is believed. */
export interface Banner {
  /** `errored`, `incomplete`, `deferred`, `not-applyable`, `unknown`, `failed`, `provisional`, `check-failed`, `manifest`, ... */
  readonly kind: string;
  /** In words, with what to do. */
  readonly text: string;
}

/** A check that did not pass. */
export interface ReviewedCheck {
  readonly address: string;
  readonly status: "fail" | "error" | "unknown" | "other";
  readonly problems: readonly string[];
}

/** Something that this version does not know: to be reviewed by hand. */
export interface ByHand {
  readonly where: string;
  readonly what: string;
  readonly got: string;
}

/** A finding of a policy. */
export interface Finding {
  /** The rule's id, `docker/data-volume`. */
  readonly rule: string;
  /** `error` blocks, `warning` does not; `cannot-verify` blocks as well. */
  readonly level: "error" | "warning" | "cannot-verify";
  /** The stack. */
  readonly stack: string;
  /** The resource's address, where it is of one. */
  readonly address?: string;
  /** Its name as in `ReviewedChange.name`. */
  readonly name?: string;
  /** What is wrong. */
  readonly message: string;
  /** How to mend it. */
  readonly mend: string;
  /** The rule's page. */
  readonly help?: string;
  /** Of an acknowledged finding: it does not block. */
  readonly acknowledged?: { readonly reason: string; readonly by?: string; readonly expires: string };
}

/** A stack and what happens to it. */
export interface ReviewedStack {
  /** Its name. */
  readonly name: string;
  /** Its environment, `production`. */
  readonly environment: string;
  /** The stacks that are deployed before it. */
  readonly dependsOn: readonly string[];
  /** `unchanged`: nothing to do at all; `failed`: there is no plan of it. */
  readonly status: "changed" | "unchanged" | "failed";
  /** Of a failed one: the message of what failed. */
  readonly failure?: string;
  /** The version of Terraform or OpenTofu. */
  readonly terraformVersion?: string;
  /** What must be known first. */
  readonly banners: readonly Banner[];
  /** The stacks before it whose change makes this plan provisional. */
  readonly provisionalBecauseOf: readonly string[];
  /** What happens, most dangerous first. */
  readonly changes: readonly ReviewedChange[];
  /** What changed outside Terraform, relevant first. */
  readonly drift: readonly ReviewedDrift[];
  /** Outputs that change. */
  readonly outputs: readonly ReviewedOutput[];
  /** Actions of providers that apply invokes: `action.docker_exec.reload (after create of ...)`. */
  readonly actions: readonly string[];
  /** Checks that did not pass. */
  readonly checks: readonly ReviewedCheck[];
  /** What must be reviewed by hand. */
  readonly byHand: readonly ByHand[];
  /** How many of what. */
  readonly counts: Counts;
  /** Whole resources that noise filters folded, by the filter's name. */
  readonly noise: Readonly<Record<string, number>>;
  /** The plan's fingerprint (`fingerprintOf`). */
  readonly fingerprint: string;
}

/** What is different from an earlier review of the same pull request. */
export interface Delta {
  /** Names of stacks and addresses whose change is new. */
  readonly added: readonly string[];
  /** Those whose change is gone. */
  readonly gone: readonly string[];
  /** Those whose change is another. */
  readonly changed: readonly string[];
}

/** The worst that happens to a stack or a host, worst first. */
export type Danger = "failed" | "unknown" | "destroy" | "replace" | "change" | "none";

/** A picture of the affected stacks and hosts. */
export interface ReviewGraph {
  /** The stacks, in the order in which they are deployed: those that are affected, and what lies between them. */
  readonly stacks: readonly {
    readonly name: string;
    readonly danger: Danger;
    readonly provisional: boolean;
  }[];
  /** The affected hosts of the stacks. */
  readonly hosts: readonly { readonly stack: string; readonly name: string; readonly danger: Danger }[];
  /** `from` is deployed before `to`. Without those that follow from others. */
  readonly edges: readonly { readonly from: string; readonly to: string }[];
}

/** What the review comes to. */
export type Verdict = "no-changes" | "changes" | "blocked" | "error";

/** A review. */
export interface Review {
  readonly version: typeof REVIEW_VERSION;
  /** What it comes to. */
  readonly verdict: Verdict;
  /** Why it is blocked or an error, in words. */
  readonly because: readonly string[];
  /** All stacks, in the order in which they are deployed. */
  readonly stacks: readonly ReviewedStack[];
  /** Findings of policies, blocking ones first. */
  readonly findings: readonly Finding[];
  /** The sum of the stacks' counts. */
  readonly counts: Counts;
  /** What is different from the review before. */
  readonly delta?: Delta;
  /** A picture, where more than one stack or host is affected. */
  readonly graph?: ReviewGraph;
  /** The fingerprint over all stacks. */
  readonly fingerprint: string;
  /** Whether `fingerprint` is keyed: only then it covers secret values. */
  readonly fingerprintKeyed: boolean;
}
