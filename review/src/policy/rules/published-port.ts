import ipaddr from "ipaddr.js";
import type { PolicyResource, PolicyRule, PolicyValue, Violation } from "../policy";
import { isUnset, shown, textOf } from "../policy-value";
import { makesOrChanges, pageOf } from "./scope";

const ID = "docker/published-port";

/** No port is published on every interface of its host. */
export const publishedPortRule: PolicyRule = {
  id: ID,
  title: "No port is published on every interface",
  help: pageOf(ID),
  *check(stack) {
    for (const resource of stack.resources) {
      if (!makesOrChanges(resource)) continue;
      if (resource.type === "docker_container") yield* ofContainer(resource);
      else if (resource.type === "docker_service") yield* ofService(resource);
    }
  },
};

const MEND_CONTAINER =
  "Publish it on one address of the host: `ip` of the `ports` block, 127.0.0.1 for what only the host itself needs.";
const MEND_SERVICE =
  "A service's ports are open on every interface: publish none, and reach it over a network or through a proxy that binds one address.";

function* ofContainer(resource: PolicyResource): Iterable<Violation> {
  const { name } = resource;
  const every: string[] = [];
  const invalid: string[] = [];
  const unknown: string[] = [];
  const keys = resource.keys("after", "ports");
  if (keys === undefined) unknown.push("its ports");
  for (const key of keys ?? []) {
    const ip = resource.after("ports", key, "ip");
    const port = portOf(resource, key);
    if (ip.kind === "unknown") unknown.push(`the address of ${port}`);
    else {
      const reach = reachOf(ip);
      if (reach === "every") every.push(`${port} on ${isUnset(ip) ? "no address of its own" : shown(ip)}`);
      else if (reach === "invalid") invalid.push(`${port} on ${shown(ip)}`);
    }
  }
  const all = resource.after("publish_all_ports");
  if (all.kind === "unknown") unknown.push("`publish_all_ports`");
  else if (all.kind === "known" && all.value === true) every.push("all ports of its image");
  if (every.length > 0) {
    yield {
      resource,
      message: `${name} publishes on every interface: ${every.join(", ")}`,
      mend: MEND_CONTAINER,
    };
  }
  if (invalid.length > 0) {
    yield {
      resource,
      message: `${name} publishes on what is no IP address: ${invalid.join(", ")}`,
      mend: MEND_CONTAINER,
    };
  }
  if (unknown.length > 0) {
    yield {
      resource,
      message: `where ${name} publishes is known only after apply: ${unknown.join(", ")}`,
      mend: MEND_CONTAINER,
      cannotVerify: true,
    };
  }
}

function* ofService(resource: PolicyResource): Iterable<Violation> {
  const ports: string[] = [];
  let unknown = false;
  const specs = resource.keys("after", "endpoint_spec");
  unknown ||= specs === undefined;
  for (const spec of specs ?? []) {
    const keys = resource.keys("after", "endpoint_spec", spec, "ports");
    unknown ||= keys === undefined;
    for (const key of keys ?? []) {
      const published = resource.after("endpoint_spec", spec, "ports", key, "published_port");
      const target = resource.after("endpoint_spec", spec, "ports", key, "target_port");
      ports.push(`${shown(target)} as ${isUnset(published) ? "a port that is chosen" : shown(published)}`);
    }
  }
  if (ports.length > 0) {
    yield {
      resource,
      message: `${resource.name} publishes on every interface: ${ports.join(", ")}`,
      mend: MEND_SERVICE,
    };
  } else if (unknown) {
    yield {
      resource,
      message: `the ports of ${resource.name} are known only after apply`,
      mend: MEND_SERVICE,
      cannotVerify: true,
    };
  }
}

function portOf(resource: PolicyResource, key: string | number): string {
  const inside = shown(resource.after("ports", key, "internal"));
  const protocol = textOf(resource.after("ports", key, "protocol")) ?? "tcp";
  return `${inside}/${protocol}`;
}

/** What an address of a published port reaches. The engine takes nothing, and any form of zero, for every interface. */
export function reachOf(ip: PolicyValue): "every" | "one" | "invalid" {
  if (isUnset(ip)) return "every";
  const text = textOf(ip)?.trim();
  if (text === undefined) return "invalid";
  const address = text.startsWith("[") && text.endsWith("]") ? text.slice(1, -1) : text;
  if (address === "") return "every";
  if (!ipaddr.isValid(address)) return "invalid";
  // The mapped form of IPv4 and a zone say the same.
  return ipaddr
    .process(address)
    .toByteArray()
    .every((byte) => byte === 0)
    ? "every"
    : "one";
}
