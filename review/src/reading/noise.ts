import type { AttributeChange } from "../review/review";

/** What a filter is asked: an attribute of a resource, and how it changes. */
export interface NoiseQuestion {
  /** The resource's type. */
  readonly type: string;
  /** The attribute's name. */
  readonly attribute: string;
  /** How it changes; more than one where it is a list or an object. */
  readonly change: AttributeChange;
  /** Whether the whole resource is there on one side only. */
  readonly oneSided: boolean;
  /** Whether all of it becomes known only after apply. */
  readonly unknownAfter: boolean;
  /** Whether the configuration sets it; undefined where the configuration does not have the resource. */
  readonly configured: boolean | undefined;
}

/** What the docker provider computes and nobody sets. */
const COMPUTED: Readonly<Record<string, readonly string[]>> = {
  docker_container: ["bridge", "container_logs", "exit_code", "id", "network_data"],
  docker_image: ["id"],
  docker_network: ["id", "scope"],
  docker_volume: ["id", "mountpoint"],
  docker_tag: ["source_image_id"],
};

const REPLACEMENT_HASH = "labels[cdktf-docker-discovery.replacement-hash]";

/** The names of the filters, as a review counts them; those of a policy file are `policy: <type>.<attribute>`. */
export const NOISE = {
  computed: "computed by the provider",
  unknown: "known after apply",
  replacementHash: "replacement hash",
  unset: "empty or not set",
  sameTags: "tags_all as tags",
  empty: "empty",
  crossStack: "cross-stack outputs",
  drift: "drift without a difference",
} as const;

/**
 * The filters that may fold what forces a replacement, as long as something else that forces it is shown: where a set
 * forces, all that differs in it does so, by the plan's word.
 */
export const NOISE_BESIDE_CAUSE: ReadonlySet<string> = new Set([NOISE.unset, NOISE.replacementHash]);

/**
 * Names the filter that an attribute's change belongs to, undefined if it is to be read. What forces a replacement is
 * noise by `NOISE_BESIDE_CAUSE` alone.
 *
 * @param ofPolicy the policy file's filters, `docker_container.network_data`
 */
export function noiseOf(question: NoiseQuestion, ofPolicy: readonly string[]): string | undefined {
  const { type, attribute, change, unknownAfter, configured } = question;
  if (!question.oneSided && isUnset(change, type)) return NOISE.unset;
  if (type === "docker_container" && change.path === REPLACEMENT_HASH) return NOISE.replacementHash;
  if (change.forcesReplacement) return undefined;
  const path = `${type}.${change.path}`;
  const named = ofPolicy.find(
    (filter) => filter === `${type}.${attribute}` || path === filter || startsInside(path, filter),
  );
  if (named !== undefined) return `policy: ${named}`;
  if (Object.hasOwn(COMPUTED, type) && COMPUTED[type]?.includes(attribute) === true && configured !== true) {
    return NOISE.computed;
  }
  if (unknownAfter && configured === false) return NOISE.unknown;
  return undefined;
}

/**
 * Whether an attribute goes from empty to not set, or back. Providers of the older kind, docker's among them, take those
 * for the same, zero and false too. In documents and in maps of the user they are not.
 */
function isUnset({ path, before, after }: AttributeChange, type: string): boolean {
  if ((before.kind === "absent") === (after.kind === "absent")) return false;
  const docker = type.startsWith("docker_");
  const there = before.kind === "absent" ? after : before;
  if (there.kind !== "value" || path.includes(" > ") || /^(?:labels|env)\[/.test(path)) return false;
  if (!docker && /[.[]/.test(path)) return false;
  return (docker ? ['""', "[]", "{}", "0", "false"] : ['""', "[]", "{}"]).includes(there.text);
}

function startsInside(path: string, filter: string): boolean {
  return path.startsWith(filter) && /^[.[ ]/.test(path.slice(filter.length));
}

/** Folds `tags_all` where it changes as `tags` does: with AWS it repeats them. */
export function repeatsTags(change: AttributeChange, all: readonly AttributeChange[]): boolean {
  if (!change.path.startsWith("tags_all") || change.forcesReplacement) return false;
  const twin = all.find(({ path }) => path === change.path.replace(/^tags_all/, "tags"));
  return (
    twin !== undefined &&
    JSON.stringify([change.before, change.after]) === JSON.stringify([twin.before, twin.after])
  );
}
