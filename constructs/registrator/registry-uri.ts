import { isAddress, isIpv4, isUnspecified } from "../core/addresses";
import { isDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import { inRange, requireVersion } from "../core/versions";
import type { IRegistry, RegistryKind } from "../discovery/registry";
import type { RegistratorOptions } from "./registrator-options";

const CATALOGUE: readonly RegistryKind[] = ["consul", "consul-tls", "consul-unix"];
const SOCKET: readonly RegistryKind[] = ["consul-unix", "consulkv-unix"];
const CONSUL_KV: readonly RegistryKind[] = ["consulkv", "consulkv-unix"];
const ETCD_V2: readonly RegistryKind[] = ["etcd", "skydns2"];

/** Tells whether services are kept in Consul's catalogue: only that can be cleaned up, checked and answers DNS. */
export function isConsulCatalogue(kind: RegistryKind): boolean {
  return CATALOGUE.includes(kind);
}

/** Tells whether a backend lets services expire (`-ttl`): only the two that write to etcd hand the time on. */
export function expiresServices(kind: RegistryKind): boolean {
  return ETCD_V2.includes(kind);
}

/** `[address]:port` or `name:port`; what Go's URL parser takes as a host. */
const HOST_PORT = /^(?:\[([0-9A-Fa-f:.]+)\]|([A-Za-z0-9](?:[A-Za-z0-9._-]*[A-Za-z0-9])?)):(\d{1,5})$/;
/** A part of a path that stands for itself in a URL. */
const PATH = /^[A-Za-z0-9._~-]+(?:\/[A-Za-z0-9._~-]+)*$/;

function isHost(host: string): boolean {
  if (/^[\d.]+$/.test(host)) return isIpv4(host);
  return true;
}

function requireEndpoint(location: Location, registry: IRegistry): void {
  const { kind, endpoint } = registry;
  if (isToken(endpoint)) return;
  const fail = (code: string, allowed: string, mend: string): never => {
    throw new ValidationError(location, { code, prop: "registry.endpoint", got: endpoint, allowed, mend });
  };
  if (/[,;\s]/.test(endpoint)) {
    fail(
      "registrator/registry-endpoints",
      "exactly one endpoint: registrator takes no list",
      "Name the agent of registrator's own host, or a name that resolves to all of them",
    );
  }
  if (SOCKET.includes(kind)) {
    if (/^\/[A-Za-z0-9._~/-]*[A-Za-z0-9._~-]$/.test(endpoint)) return;
    fail(
      "registrator/registry-endpoint",
      `the absolute path of a socket for ${kind}, of letters, digits and . _ ~ - /`,
      "Give the path at which registrator's container sees the socket",
    );
  }
  if (/^https:/i.test(endpoint)) {
    fail(
      "registrator/registry-tls",
      "address:port without a scheme",
      kind === "consul" || kind === "consul-tls"
        ? "Take a registry of the kind consul-tls"
        : `registrator speaks no TLS to ${kind}: give it a plain listener that only this host reaches, or take Consul`,
    );
  }
  const [, ipv6, host, port] = HOST_PORT.exec(endpoint) ?? [];
  const known = ipv6 !== undefined ? isAddress(ipv6) : host !== undefined && isHost(host);
  if (!known || Number(port) < 1 || Number(port) > 65_535 || isUnspecified(ipv6 ?? host ?? "")) {
    fail(
      "registrator/registry-endpoint",
      `address:port or name:port for ${kind} (IPv6 in brackets), not 0.0.0.0 or [::]`,
      "Give the address and port that registrator connects to, without scheme and path",
    );
  }
}

function requireSpokenVersion(location: Location, registry: IRegistry, etcdEnableV2: boolean): void {
  if (registry.version === undefined) return;
  const version = requireVersion(location, "registry.version", registry.version);
  // registrator's keys end in the service's ID, host:container:port.
  if (CONSUL_KV.includes(registry.kind) && inRange(version, ">=1.21.5 <1.22.0")) {
    throw new ValidationError(location, {
      code: "registrator/consul-kv-version",
      prop: "registry.version",
      got: registry.version,
      allowed: "Consul before 1.21.5, or 1.22.0 and later: those between refuse the : in registrator's keys",
      mend: `Take another version of Consul, or its catalogue (kind consul) in the place of ${registry.kind}`,
    });
  }
  if (!ETCD_V2.includes(registry.kind)) return;
  if (inRange(version, ">=3.6.0")) {
    throw new ValidationError(location, {
      code: "registrator/etcd-version",
      prop: "registry.version",
      got: registry.version,
      allowed: "etcd before 3.6: registrator speaks only the v2 API, which 3.6 no longer has",
      mend: "Take etcd 3.5 with --enable-v2, or Consul",
    });
  }
  if (inRange(version, ">=3.4.0") && !etcdEnableV2) {
    throw new ValidationError(location, {
      code: "registrator/etcd-v2",
      prop: "etcdEnableV2",
      got: etcdEnableV2,
      allowed: `true with etcd ${registry.version}, whose v2 API is off by default`,
      mend: "Start etcd with --enable-v2 and say so here",
    });
  }
}

function requirePath(location: Location, registry: IRegistry, path: string | undefined): void {
  const { kind } = registry;
  const fail = (allowed: string, mend: string): never => {
    throw new ValidationError(location, {
      code: "registrator/registry-path",
      prop: "registryPath",
      got: path,
      allowed,
      mend,
    });
  };
  if (path === undefined) {
    if (CONSUL_KV.includes(kind)) {
      fail(
        `a path for ${kind}: registrator ends without one`,
        "Give the prefix of the keys, such as services",
      );
    }
    if (kind === "skydns2") {
      fail("a domain for skydns2: registrator ends without one", "Give the domain that SkyDNS answers for");
    }
    return;
  }
  if (isConsulCatalogue(kind)) fail(`nothing for ${kind}, which ignores it`, "Leave it out");
  if (isToken(path)) return;
  if (kind === "skydns2") {
    if (!isDomainName(path))
      fail("a domain name such as cluster.local", "Write DNS labels with dots between them");
    return;
  }
  if (!PATH.test(path) || path.split("/").some((part) => part === "." || part === "..")) {
    fail(
      "parts of letters, digits and . _ ~ - with a slash between them",
      "Write it without a slash at either end, such as services/web",
    );
  }
}

/**
 * The registry's URI, `consul://172.30.0.1:8500`: the one argument of registrator that is no flag. Follows
 * registrator's "Backend Reference".
 * @throws ValidationError registrator/registry-endpoint, registrator/registry-endpoints, registrator/registry-tls,
 * registrator/registry-path, registrator/consul-kv-version, registrator/etcd-version, registrator/etcd-v2
 */
export function renderRegistryUri(
  options: Pick<RegistratorOptions, "registryPath" | "etcdEnableV2">,
  registry: IRegistry,
  location: Location = "registrator",
): string {
  const { kind, endpoint } = registry;
  const path = options.registryPath ?? (kind === "skydns2" ? registry.domain : undefined);
  requireEndpoint(location, registry);
  requirePath(location, registry, path);
  if (options.etcdEnableV2 !== undefined && !ETCD_V2.includes(kind)) {
    throw new ValidationError(location, {
      code: "registrator/etcd-v2",
      prop: "etcdEnableV2",
      got: options.etcdEnableV2,
      allowed: `nothing for ${kind}, which is no etcd`,
      mend: "Leave it out",
    });
  }
  requireSpokenVersion(location, registry, options.etcdEnableV2 ?? false);
  switch (kind) {
    case "consulkv-unix":
      return `${kind}://${endpoint}:/${path ?? ""}`;
    case "zookeeper":
      // ZooKeeper's client refuses the empty path, so the root is written out.
      return `${kind}://${endpoint}/${path ?? ""}`;
    default:
      return path === undefined ? `${kind}://${endpoint}` : `${kind}://${endpoint}/${path}`;
  }
}
