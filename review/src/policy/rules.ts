import type { TextSecrets } from "../redaction/text-secrets";
import type { Policy, PolicyRule } from "./policy";
import { completePlanRule } from "./rules/complete-plan";
import { dataVolumeRule } from "./rules/data-volume";
import { engineRestartRule } from "./rules/engine-restart";
import { imageVersionRule } from "./rules/image-version";
import { oneServerRule } from "./rules/one-server";
import { plainTextRule } from "./rules/plain-text";
import { publishedPortRule } from "./rules/published-port";
import { serverGateRule } from "./rules/server-gate";

/**
 * The shipped rules, with what a policy adds to the lists that they go by.
 *
 * @param texts what finds the secrets that names tell, by the policy's names
 */
export function shippedRules(
  policy: Pick<Policy, "dataBearingTypes" | "secretNames"> = {},
  texts?: TextSecrets,
): readonly PolicyRule[] {
  return [
    dataVolumeRule(policy.dataBearingTypes),
    oneServerRule,
    serverGateRule,
    publishedPortRule,
    imageVersionRule,
    engineRestartRule,
    plainTextRule(policy.secretNames, texts),
    completePlanRule,
  ];
}

/** The shipped rules, on by default. Each has a page in docs/review/policies/. */
export const SHIPPED_RULES: readonly PolicyRule[] = shippedRules();

/** The rules of a policy: the shipped ones that it keeps, and its own. See `shippedRules`. */
export function rulesInForce(policy: Policy, texts?: TextSecrets): readonly PolicyRule[] {
  const { shipped = "all", rules = [] } = policy;
  const kept = shippedRules(policy, texts).filter(
    ({ id }) => shipped === "all" || (shipped !== "none" && shipped.includes(id)),
  );
  return [...kept, ...rules];
}
