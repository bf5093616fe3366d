import type { Redacted } from "../redaction/redacted";
import { isObject, member } from "./values";

/**
 * How a list is compared. Plans write Terraform's sets as lists and do not say which are which, so the sets of well-known
 * types are named here. `keyOf` tells by what an element of one side is recognized on the other.
 */
export interface ListRule {
  /** Whether it is a set: its order means nothing. */
  readonly set: boolean;
  /** What an element is called in paths: `CONSUL_X` of `env`; undefined where it has no name. */
  readonly keyOf?: (element: Redacted) => string | undefined;
  /** The part of the element that is its value, where its name says the rest. */
  readonly part?: "value" | "after-equals-sign";
}

const SET: ListRule = { set: true };
/** Labels of the docker provider: `{ label, value }`. */
const LABELS: ListRule = { set: true, keyOf: byField("label"), part: "value" };
/** Environment variables, `NAME=value`. */
const ENV: ListRule = {
  set: true,
  keyOf: (element) => (typeof element === "string" ? /^([^=\s]+)=/.exec(element)?.[1] : undefined),
  part: "after-equals-sign",
};

/** By type and the names on the way to the list. Sources: the schemas of the providers. */
const KNOWN: Readonly<Record<string, Readonly<Record<string, ListRule>>>> = {
  docker_container: {
    mounts: keyed("target"),
    "mounts.volume_options.labels": LABELS,
    capabilities: SET,
    "capabilities.add": SET,
    "capabilities.drop": SET,
    device_read_bps: keyed("path"),
    device_read_iops: keyed("path"),
    device_requests: SET,
    "device_requests.capabilities": SET,
    "device_requests.device_ids": SET,
    device_write_bps: keyed("path"),
    device_write_iops: keyed("path"),
    devices: keyed("host_path"),
    dns: SET,
    dns_opts: SET,
    dns_search: SET,
    env: ENV,
    group_add: SET,
    host: keyed("host"),
    labels: LABELS,
    networks_advanced: keyed("name"),
    "networks_advanced.aliases": SET,
    "networks_advanced.driver_opts": SET,
    "networks_advanced.link_local_ips": SET,
    // A list of the provider: its order is compared too.
    ports: { set: false, keyOf: portKey },
    network_data: { set: false, keyOf: byField("network_name") },
    security_opts: SET,
    ulimit: keyed("name"),
    upload: keyed("file"),
    volumes: keyed("container_path"),
    command: { set: false },
    entrypoint: { set: false },
  },
  docker_image: { pull_triggers: SET, build: SET },
  docker_registry_image: { build: SET },
  docker_network: { ipam_config: keyed("subnet"), labels: LABELS },
  docker_volume: { labels: LABELS },
  docker_config: { labels: LABELS },
  docker_secret: { labels: LABELS },
  docker_plugin: { env: ENV, grant_permissions: keyed("name"), "grant_permissions.value": SET },
  docker_tag: { tag_triggers: SET },
  docker_service: {
    labels: LABELS,
    "task_spec.container_spec.configs": keyed("file_name"),
    "task_spec.container_spec.hosts": keyed("host"),
    "task_spec.container_spec.labels": LABELS,
    "task_spec.container_spec.mounts": keyed("target"),
    "task_spec.container_spec.mounts.volume_options.labels": LABELS,
    "task_spec.container_spec.secrets": keyed("file_name"),
    "task_spec.networks_advanced": keyed("name"),
    "task_spec.networks_advanced.aliases": SET,
    "task_spec.networks_advanced.driver_opts": SET,
    "task_spec.placement.constraints": SET,
    "task_spec.placement.prefs": SET,
    "task_spec.placement.platforms": SET,
    "endpoint_spec.ports": { set: false, keyOf: servicePortKey },
  },
  aws_security_group: { ingress: SET, egress: SET, "ingress.cidr_blocks": { set: false } },
  aws_instance: { vpc_security_group_ids: SET, security_groups: SET, ebs_block_device: keyed("device_name") },
};

/** Fields that name an object, in the order in which they are tried on lists of unknown types. */
const NAMING_FIELDS = ["name", "key", "label", "file", "path", "id"];

/**
 * Gives the rule for a list of a known type; undefined for another.
 *
 * @param type the resource's type
 * @param names the names of attributes on the way to the list, `networks_advanced.aliases`
 */
export function knownRule(type: string, names: string): ListRule | undefined {
  const lists = member(KNOWN, type);
  return lists === undefined ? undefined : member(lists, names);
}

/**
 * Guesses a rule from the elements of both sides: objects that all have a field which names them, each another name. Its
 * order still counts, for it may be a list.
 */
export function guessedRule(before: readonly Redacted[], after: readonly Redacted[]): ListRule {
  const field = NAMING_FIELDS.find((name) => namesAll(before, name) && namesAll(after, name));
  return field === undefined ? { set: false } : { set: false, keyOf: byField(field) };
}

function namesAll(elements: readonly Redacted[], field: string): boolean {
  const names = elements.map(byField(field));
  return names.every((name) => name !== undefined) && new Set(names).size === names.length;
}

function keyed(field: string): ListRule {
  return { set: true, keyOf: byField(field) };
}

function byField(field: string): (element: Redacted) => string | undefined {
  return (element) => {
    const value = isObject(element) ? member(element, field) : undefined;
    return typeof value === "string" && value !== "" ? value : undefined;
  };
}

/** `8500/tcp`, with the address in front where it is published on one. */
function portKey(element: Redacted): string | undefined {
  if (!isObject(element)) return undefined;
  const internal = member(element, "internal");
  if (typeof internal !== "number") return undefined;
  const protocol = member(element, "protocol");
  return `${internal}/${typeof protocol === "string" && protocol !== "" ? protocol : "tcp"}`;
}

function servicePortKey(element: Redacted): string | undefined {
  if (!isObject(element)) return undefined;
  const target = member(element, "target_port");
  const protocol = member(element, "protocol");
  return typeof target === "number"
    ? `${target}/${typeof protocol === "string" ? protocol : "tcp"}`
    : undefined;
}
