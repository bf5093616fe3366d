import type { Action, Check, ReplaceOrder, ResourceChange } from "./plan";

/** What a tuple of `actions` means. */
export interface Meaning {
  readonly action: Action;
  readonly order?: ReplaceOrder;
}

/**
 * The tuples of `change.actions`, joined by a comma, and what they mean: those of the documented format, and `open`,
 * which OpenTofu writes for ephemeral resources.
 */
export const ACTION_TUPLES: ReadonlyMap<string, Meaning> = new Map<string, Meaning>([
  ["no-op", { action: "no-op" }],
  ["create", { action: "create" }],
  ["read", { action: "read" }],
  ["update", { action: "update" }],
  ["delete", { action: "delete" }],
  ["forget", { action: "forget" }],
  ["open", { action: "open" }],
  ["delete,create", { action: "replace", order: "delete-before-create" }],
  ["create,delete", { action: "replace", order: "create-before-delete" }],
  ["create,forget", { action: "create-then-forget" }],
]);

/** The words of `action_reason` and what they say to a reader. */
export const ACTION_REASONS: ReadonlyMap<string, string> = new Map([
  ["replace_because_tainted", "it is marked as tainted: its creation, or a provisioner, failed"],
  ["replace_because_cannot_update", "the provider cannot change it in place"],
  ["replace_by_request", "the plan was asked to replace it (-replace)"],
  ["replace_by_triggers", "what its replace_triggered_by names changes"],
  ["delete_because_no_resource_config", "it is no longer in the configuration"],
  ["delete_because_no_module", "its module is no longer in the configuration"],
  [
    "delete_because_wrong_repetition",
    "its key does not fit count, for_each, or neither, as the configuration has it now",
  ],
  ["delete_because_count_index", "its index is outside of count"],
  ["delete_because_each_key", "its key is no longer in for_each"],
  ["delete_because_no_move_target", "it was moved to an address that the configuration does not have"],
  ["read_because_config_unknown", "its arguments are known only after apply"],
  ["read_because_dependency_pending", "it depends on resources that change as well"],
  ["read_because_check_nested", "it belongs to a check block, and is read again at apply"],
]);

/** The words of a deferred change's `reason` and what they say to a reader. */
export const DEFERRAL_REASONS: ReadonlyMap<string, string> = new Map([
  ["instance_count_unknown", "its count or for_each is known only after apply"],
  ["resource_config_unknown", "its arguments are known only after apply"],
  ["provider_config_unknown", "its provider's configuration is known only after apply"],
  ["deferred_prereq", "it depends on a change that is deferred"],
  ["absent_prereq", "the provider misses something that it needs"],
  ["excluded", "it was excluded from this plan"],
  ["not_included", "it was not included in this plan"],
]);

/** The events of the configuration that invoke an action. */
export const TRIGGER_EVENTS: ReadonlySet<string> = new Set([
  "BeforeCreate",
  "AfterCreate",
  "BeforeUpdate",
  "AfterUpdate",
  "BeforeDestroy",
  "AfterDestroy",
]);

/** The modes of resources. */
export const MODES: ReadonlySet<string> = new Set<ResourceChange["mode"]>(["managed", "data", "ephemeral"]);

/** The words of a check's `status`. */
export const CHECK_STATUSES: ReadonlySet<string> = new Set<Check["status"]>([
  "pass",
  "fail",
  "error",
  "unknown",
]);
