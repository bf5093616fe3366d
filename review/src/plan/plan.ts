/**
 * A plan as Terraform and OpenTofu write it (`terraform show -json`, plan JSON format 1.x), read and checked, in the
 * words of that format. What the parser does not know stands in `Plan.unknowns`, and nothing is left out.
 */

/** A value of JSON. */
export type Json = null | boolean | number | string | readonly Json[] | { readonly [key: string]: Json };

/**
 * What happens to an object. `replace` covers both orders (see `Change.order`); `create-then-forget` is a replacement
 * whose old object stays where it is, out of the state; `open` is OpenTofu's for ephemeral resources; `unknown` is
 * whatever this version does not know, to be reviewed by hand.
 */
export type Action =
  | "no-op"
  | "create"
  | "read"
  | "update"
  | "delete"
  | "replace"
  | "create-then-forget"
  | "forget"
  | "open"
  | "unknown";

/** Which half of a replacement comes first. */
export type ReplaceOrder = "delete-before-create" | "create-before-delete";

/** A way into a value: names of attributes, keys of maps, positions in lists. */
export type AttributePath = readonly (string | number)[];

/**
 * Which parts of a value are marked (sensitive, unknown): `true` marks the whole subtree, an object or a list mirrors the
 * value's shape, anything else marks nothing.
 */
export type Marks = Json | undefined;

/** What changes of an object, an output or an action. */
export interface Change {
  /** What happens. */
  readonly action: Action;
  /** The actions as the plan says them, in its order. */
  readonly actions: readonly string[];
  /** Of a replacement, which half comes first. */
  readonly order?: ReplaceOrder;
  /** The value before; undefined where the plan has none. */
  readonly before: Json | undefined;
  /** The value after, without what is known only after apply. */
  readonly after: Json | undefined;
  /** What of `after` is known only after apply. */
  readonly afterUnknown: Marks;
  /** What of `before` is sensitive. */
  readonly beforeSensitive: Marks;
  /** What of `after` is sensitive. */
  readonly afterSensitive: Marks;
  /** What forces a replacement. Absent for a tainted object and one that the user replaces. */
  readonly replacePaths: readonly AttributePath[];
  /** What is imported: an id or an identity; `unknown` where it is known only after apply. */
  readonly importing?: { readonly id?: string; readonly identity?: Json; readonly unknown?: boolean };
  /** HCL that Terraform generated for an import. */
  readonly generatedConfig?: string;
}

/** A resource instance and what changes of it: an entry of `resource_changes` or `resource_drift`. */
export interface ResourceChange {
  /** Its address, `module.a.docker_container.web["x"]`. Repeated where objects are deposed. */
  readonly address: string;
  /** Where it stood before, if it moved. */
  readonly previousAddress?: string;
  /** The module's address; undefined for the root. */
  readonly moduleAddress?: string;
  /** `managed` or `data`; `ephemeral` of OpenTofu; `unknown` for another. */
  readonly mode: "managed" | "data" | "ephemeral" | "unknown";
  /** The resource's type, `docker_container`. */
  readonly type: string;
  /** The resource's name in its module. */
  readonly name: string;
  /** The instance's key of `count` or `for_each`. */
  readonly index?: string | number;
  /** The provider's whole name, `registry.terraform.io/kreuzwerker/docker`. */
  readonly providerName?: string;
  /** The deposed object's key, where the change is of such a one. */
  readonly deposed?: string;
  /** What happens. */
  readonly change: Change;
  /** Why, in the plan's word (`replace_because_tainted`); see `ACTION_REASONS`. */
  readonly reason?: string;
  /** Whether this version knows `reason`. */
  readonly reasonKnown: boolean;
}

/** A change that Terraform put off to a later plan: an entry of `deferred_changes`. */
export interface DeferredChange {
  /** Why, in the plan's word (`provider_config_unknown`). */
  readonly reason: string;
  /** Whether this version knows `reason`. */
  readonly reasonKnown: boolean;
  /** What changes. */
  readonly resourceChange: ResourceChange;
}

/** An output and what changes of it. */
export interface OutputChange {
  /** The output's name. */
  readonly name: string;
  /** What happens. */
  readonly change: Change;
}

/** A variable of the plan. */
export interface Variable {
  /** The variable's name. */
  readonly name: string;
  /** Its value. */
  readonly value: Json | undefined;
  /** Whether the configuration declares it sensitive. */
  readonly sensitive: boolean;
  /** Whether the configuration declares it ephemeral. */
  readonly ephemeral: boolean;
}

/** A check of the configuration (`check` block, precondition, postcondition, variable validation). */
export interface Check {
  /** The checked object's address. */
  readonly address: string;
  /** `resource`, `output_value`, `check`, `var`, or another. */
  readonly kind: string;
  /** How it stands; `other` is a word that this version does not know, which is in `Plan.unknowns` as well. */
  readonly status: "pass" | "fail" | "error" | "unknown" | "other";
  /** The messages of what failed. */
  readonly problems: readonly string[];
}

/** A provisioner, which stands in the configuration alone and runs when its resource is created or destroyed. */
export interface Provisioner {
  /** The address of the resource in the configuration, without keys of instances. */
  readonly resource: string;
  /** `local-exec`, `remote-exec`, `file`, or another. */
  readonly type: string;
  /** Its arguments' expressions as the plan has them: `constant_value` or `references`. */
  readonly expressions: Json;
}

/** An action of a provider that apply invokes (Terraform 1.14): an entry of `action_invocations`. */
export interface ActionInvocation {
  /** The action's address, `action.docker_exec.reload`. */
  readonly address: string;
  /** The action's type. */
  readonly type: string;
  /** The resource whose change triggers it. */
  readonly triggeredBy?: string;
  /** When, in the plan's word (`AfterCreate`). */
  readonly event?: string;
  /** Its configuration's values. */
  readonly values: Json | undefined;
  /** What of `values` is sensitive. */
  readonly sensitive: Marks;
  /** What of `values` is known only after apply. */
  readonly unknown?: Marks;
  /** Of one that Terraform put off to a later plan: why, in the plan's word. */
  readonly deferredReason?: string;
}

/** An attribute on which the plan depends: only drift of these moved it. */
export interface RelevantAttribute {
  /** The resource's address in the configuration. */
  readonly resource: string;
  /** Where in it. */
  readonly path: AttributePath;
}

/** Something that this version does not know: it is reviewed by hand, and never counts as nothing. */
export interface UnknownPart {
  /** Where: an address, `deferred_changes[3]`, or a key of the plan. */
  readonly where: string;
  /** What it is: `action`, `mode`, `action reason`, `deferral reason`, `check status`, ... */
  readonly what: string;
  /** What the plan says there. */
  readonly got: string;
}

/** What a provider's configuration says of the place that it works on, as far as the plan has it. */
export interface ProviderPlace {
  /** Its key in the configuration, `docker.web-1`. */
  readonly key: string;
  /** The alias. */
  readonly alias?: string;
  /** The Docker engine's address, where it is a constant. */
  readonly host?: string;
}

/** The document of the plan, as parsed. Only redaction and the fingerprint look into it. */
export type PlanDocument = Readonly<Record<string, Json>>;

/** A plan, read. */
export interface Plan {
  /** The format's version, `1.2`. */
  readonly formatVersion: string;
  /** The version of Terraform or OpenTofu that made it. */
  readonly terraformVersion?: string;
  /** `resource_changes`, all of them, no-ops too, in the plan's order. */
  readonly resourceChanges: readonly ResourceChange[];
  /** `resource_drift`: what changed outside Terraform. */
  readonly resourceDrift: readonly ResourceChange[];
  /** `deferred_changes`. */
  readonly deferredChanges: readonly DeferredChange[];
  /** `output_changes`. */
  readonly outputChanges: readonly OutputChange[];
  /** `variables` together with what the configuration says of them. */
  readonly variables: readonly Variable[];
  /** `checks`. */
  readonly checks: readonly Check[];
  /** `relevant_attributes`. */
  readonly relevantAttributes: readonly RelevantAttribute[];
  /** `action_invocations` and `deferred_action_invocations`. */
  readonly actionInvocations: readonly ActionInvocation[];
  /** The provisioners of the configuration. */
  readonly provisioners: readonly Provisioner[];
  /** Configuration address of a resource to its provider's place. */
  readonly providers: ReadonlyMap<string, ProviderPlace>;
  /** Configuration address of a resource to what it refers to (`depends_on` and expressions), as addresses. */
  readonly references: ReadonlyMap<string, readonly string[]>;
  /** Whether planning failed midway; undefined where Terraform does not say. */
  readonly errored: boolean | undefined;
  /** Whether everything is planned; undefined where Terraform does not say. */
  readonly complete: boolean | undefined;
  /** Whether it can be applied; undefined where Terraform does not say. */
  readonly applyable: boolean | undefined;
  /** What this version does not know. */
  readonly unknowns: readonly UnknownPart[];
  /** The document itself. */
  readonly document: PlanDocument;
}

/** A resource's address without keys of instances: as the configuration has it. */
export type ConfigurationAddress = string;
