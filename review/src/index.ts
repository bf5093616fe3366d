/**
 * Reviews of Terraform's and OpenTofu's plans, for programs. What is exported here is the package's API; the command line
 * is made of the same parts.
 */
export { parsePlan } from "./plan/parse-plan";
export { PlanError } from "./plan/plan-error";
export type {
  Action,
  ActionInvocation,
  AttributePath,
  Change,
  Check,
  ConfigurationAddress,
  DeferredChange,
  Json,
  Marks,
  OutputChange,
  Plan,
  PlanDocument,
  Provisioner,
  ProviderPlace,
  RelevantAttribute,
  ReplaceOrder,
  ResourceChange,
  UnknownPart,
  Variable,
} from "./plan/plan";

export { type Manifest, ManifestError, type ManifestStack, readManifest } from "./reading/manifest";
export { type FailOn, type ReadOptions, readReview, type StackInput } from "./reading/read-review";
export { ReviewError } from "./reading/review-error";

export { Redactor, type RedactorOptions } from "./redaction/redactor";
export {
  EncodedText,
  REDACTED,
  type Redacted,
  type RedactedChange,
  Secret,
  Unknown,
} from "./redaction/redacted";
export {
  combineFingerprints,
  type FingerprintOptions,
  fingerprintOf,
  type StackFingerprint,
} from "./fingerprint/fingerprint";

export { parseReview, ReviewFileError } from "./review/parse-review";
export { deltaBetween, type Previous, previousOf } from "./review/previous";
export {
  type AttributeChange,
  type Banner,
  type ByHand,
  type Counts,
  type Danger,
  type Delta,
  type DiffLine,
  type Finding,
  type Reason,
  type Review,
  REVIEW_VERSION,
  type ReviewedAction,
  type ReviewedChange,
  type ReviewedCheck,
  type ReviewedDrift,
  type ReviewedOutput,
  type ReviewedStack,
  type ReviewGraph,
  type Role,
  type ShownValue,
  type Verdict,
} from "./review/review";

export { renderHtml } from "./render/html";
export { renderJson } from "./render/json";
export { type MarkdownOptions, renderMarkdown } from "./render/markdown";
export { renderSarif, type SarifOptions } from "./render/sarif";
export { renderText, type TextOptions } from "./render/text";

export {
  type Acknowledgement,
  definePolicy,
  type Policy,
  type PolicyResource,
  type PolicyRule,
  type PolicyStack,
  type PolicyValue,
  type Violation,
} from "./policy/policy";
export { DATA_BEARING_TYPES, isDataBearing } from "./policy/data-bearing";
export { evaluatePolicy } from "./policy/evaluate-policy";
export { FLEET_LABELS, labelOf } from "./policy/labels";
export { loadPolicy } from "./policy/load-policy";
export { PolicyError } from "./policy/policy-error";
export { isUnset, shown, textOf } from "./policy/policy-value";
export { SHIPPED_RULES } from "./policy/rules";
