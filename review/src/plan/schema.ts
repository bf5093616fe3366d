import { z } from "zod";
import { isObject } from "./read-document";

/*
 * The documented format, as far as it is read. These schemas only check: values are taken from the document itself. What
 * is absent may be null as well, and fields that are not named here are ignored.
 */

const object = z.custom<Readonly<Record<string, unknown>>>(isObject, "must be an object");
const list = z.custom<readonly unknown[]>(Array.isArray, "must be a list");
const text = z.string().nullish();
const flag = z.boolean().nullish();

/** The plan, without what its lists and objects hold. */
export const PLAN = z.object({
  format_version: z.string(),
  planned_values: object.nullish(),
  prior_state: object.nullish(),
  configuration: object.nullish(),
  variables: object.nullish(),
  output_changes: object.nullish(),
  resource_changes: list.nullish(),
  resource_drift: list.nullish(),
  deferred_changes: list.nullish(),
  relevant_attributes: list.nullish(),
  checks: list.nullish(),
  action_invocations: list.nullish(),
  deferred_action_invocations: list.nullish(),
});

/** Fields of the plan that say how it is; a fault in them is for a reviewer, not a reason to refuse the rest. */
export const PLAN_FLAGS = z.object({
  terraform_version: text,
  errored: flag,
  complete: flag,
  applyable: flag,
});

const path = z.array(z.union([z.string(), z.number()]));

/** A change. */
export const CHANGE = z.object({
  actions: z.array(z.string()),
  replace_paths: z.array(path).nullish(),
  importing: z.object({ id: text, unknown: flag }).nullish(),
  generated_config: text,
});

/** A resource's change, without `change`. */
export const RESOURCE_CHANGE = z.object({
  address: z.string().min(1),
  previous_address: text,
  module_address: text,
  mode: z.string(),
  type: z.string().min(1),
  name: z.string().min(1),
  index: z.union([z.string(), z.number()]).nullish(),
  provider_name: text,
  deposed: text,
  action_reason: text,
});

/** A deferred change, without `resource_change`. */
export const DEFERRED = z.object({ reason: z.string() });

/** An invocation of an action. */
export const ACTION_INVOCATION = z.object({
  address: z.string().min(1),
  type: z.string().min(1),
  lifecycle_action_trigger: z
    .looseObject({ triggering_resource_address: text, action_trigger_event: text })
    .nullish(),
  invoke_action_trigger: object.nullish(),
});

/** An attribute that the plan depends on. */
export const RELEVANT_ATTRIBUTE = z.object({ resource: z.string().min(1), attribute: path.nullish() });

/** The result of a check, for the object of the configuration or one of its instances. */
export const CHECK = z.object({
  address: z.object({ kind: text, to_display: z.string().min(1) }),
  status: z.string(),
  problems: z.array(z.object({ message: z.string() })).nullish(),
  instances: list.nullish(),
});

/** A provisioner of the configuration. */
export const PROVISIONER = z.object({ type: z.string().min(1), expressions: object.nullish() });
