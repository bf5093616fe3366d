import { isUnspecified, requireAddress } from "../core/addresses";
import { Duration } from "../core/duration";
import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import type { IRegistry } from "../discovery/registry";
import type { RegistratorOptions } from "./registrator-options";
import { expiresServices, isConsulCatalogue, renderRegistryUri } from "./registry-uri";
import { renderForcedTags } from "./tags";

const DEFAULT_RESYNC = Duration.seconds(5);

function requireRegisteredAddress(location: Location, options: RegistratorOptions): void {
  const { ip, internal = false } = options;
  if (ip !== undefined && internal) {
    throw new ValidationError(location, {
      code: "registrator/ip-internal",
      prop: "ip",
      got: ip,
      allowed: "nothing together with internal, which registers the container's own address",
      mend: "Leave out ip, or turn internal off",
    });
  }
  if (ip === undefined) {
    if (internal) return;
    throw new ValidationError(location, {
      code: "registrator/ip-missing",
      prop: "ip",
      got: ip,
      allowed: "the host's address, unless internal is true: registrator's guess may be 127.0.1.1",
      mend: "Give the address at which the agent and the clients reach the ports that this host publishes",
    });
  }
  requireAddress(location, "ip", ip);
  if (!isToken(ip) && isUnspecified(ip)) {
    throw new ValidationError(location, {
      code: "registrator/ip-unspecified",
      prop: "ip",
      got: ip,
      allowed: "one address: whoever looks a service up would connect to himself",
      mend: "Give the host's address",
    });
  }
}

/** registrator takes these times as whole seconds, and 0 as never. */
function wholeSeconds(location: Location, prop: string, time: Duration): number {
  const seconds = time.toSeconds();
  if (Number.isInteger(seconds) && seconds >= 1) return seconds;
  throw new ValidationError(location, {
    code: "registrator/whole-seconds",
    prop,
    got: time,
    allowed: "a whole number of seconds, 1 or more (registrator takes 0 as never)",
    mend: prop === "resync" ? "Give a time such as Duration.seconds(5)" : "Round it, or leave it out",
  });
}

function requireTtl(location: Location, options: RegistratorOptions, registry: IRegistry): void {
  const { ttl, ttlRefresh } = options;
  if (ttl === undefined && ttlRefresh === undefined) return;
  if (!expiresServices(registry.kind)) {
    throw new ValidationError(location, {
      code: "registrator/ttl-backend",
      prop: ttl === undefined ? "ttlRefresh" : "ttl",
      got: ttl ?? ttlRefresh,
      allowed: `nothing with ${registry.kind}: only etcd and skydns2 let services expire`,
      mend: "Leave out ttl and ttlRefresh; with Consul, cleanup and a check with deregisterCriticalServiceAfter do this",
    });
  }
  if (ttl === undefined || ttlRefresh === undefined) {
    throw new ValidationError(location, {
      code: "registrator/ttl-pair",
      prop: ttl === undefined ? "ttl" : "ttlRefresh",
      got: undefined,
      allowed: "ttl and ttlRefresh together or not at all",
      mend: "Give both, with ttl at least twice ttlRefresh so that one lost refresh is no outage",
    });
  }
  wholeSeconds(location, "ttl", ttl);
  wholeSeconds(location, "ttlRefresh", ttlRefresh);
  if (!ttl.isLongerThan(ttlRefresh)) {
    throw new ValidationError(location, {
      code: "registrator/ttl-not-longer",
      prop: "ttl",
      got: ttl,
      allowed: `longer than ttlRefresh (${ttlRefresh.toString()})`,
      mend: "Lengthen ttl or shorten ttlRefresh",
    });
  }
}

function resolveCleanup(location: Location, options: RegistratorOptions, registry: IRegistry): boolean {
  const { cleanup, deregister = "always" } = options;
  const catalogue = isConsulCatalogue(registry.kind);
  if (cleanup === undefined) return catalogue && deregister === "always";
  if (cleanup && !catalogue) {
    throw new ValidationError(location, {
      code: "registrator/cleanup-backend",
      prop: "cleanup",
      got: cleanup,
      allowed: `false with ${registry.kind}: registrator can list only the services in Consul's catalogue`,
      mend: expiresServices(registry.kind) ? "Leave it out; ttl and ttlRefresh do this" : "Leave it out",
    });
  }
  if (cleanup && deregister === "on-success") {
    throw new ValidationError(location, {
      code: "registrator/cleanup-on-success",
      prop: "cleanup",
      got: cleanup,
      allowed:
        'false with deregister "on-success": the next resync removes the services of failed containers all the same',
      mend: 'Leave out cleanup, or take deregister "always"',
    });
  }
  return cleanup;
}

function requireRetries(location: Location, options: RegistratorOptions): void {
  const { retryAttempts = -1, retryInterval } = options;
  // A number below -1 would skip even the first attempt.
  if (!isToken(retryAttempts) && (!Number.isSafeInteger(retryAttempts) || retryAttempts < -1)) {
    throw new ValidationError(location, {
      code: "registrator/retry-attempts",
      prop: "retryAttempts",
      got: retryAttempts,
      allowed: "-1 (for ever) or a whole number, 0 or more",
      mend: "Take -1: the registry may come up after registrator",
    });
  }
  if (retryInterval === undefined) return;
  if (retryInterval.isZero()) {
    throw new ValidationError(location, {
      code: "registrator/retry-interval",
      prop: "retryInterval",
      got: retryInterval,
      allowed: "more than 0 ms",
      mend: "Give the time between two attempts, such as Duration.seconds(2)",
    });
  }
  if (retryAttempts === 0) {
    throw new ValidationError(location, {
      code: "registrator/retry-interval",
      prop: "retryInterval",
      got: retryInterval,
      allowed: "nothing with retryAttempts 0: there is no second attempt",
      mend: "Leave it out, or allow attempts",
    });
  }
}

function requireLabelName(location: Location, label: string | undefined): void {
  if (label === undefined || isToken(label) || /^[\x21-\x3c\x3e-\x7e]+$/.test(label)) return;
  throw new ValidationError(location, {
    code: "registrator/use-ip-from-label",
    prop: "useIpFromLabel",
    got: label,
    allowed: "the name of a label: printable ASCII without spaces and =",
    mend: "Give the name alone, such as io.example.address, or leave it out",
  });
}

/**
 * registrator's arguments: the flags, sorted as its usage text sorts them, and the registry's URI. Each flag is one
 * argument, `-flag=value`, so that no value can be taken for a flag.
 * @throws ValidationError registrator/ip-missing, registrator/ip-internal, registrator/ip-unspecified,
 * registrator/whole-seconds, registrator/ttl-backend, registrator/ttl-pair, registrator/ttl-not-longer,
 * registrator/cleanup-backend, registrator/cleanup-on-success, registrator/retry-attempts,
 * registrator/retry-interval, registrator/use-ip-from-label, those of `renderForcedTags` and of `renderRegistryUri`
 */
export function renderRegistratorCommand(
  options: RegistratorOptions,
  registry: IRegistry,
  location: Location = "registrator",
): string[] {
  requireRegisteredAddress(location, options);
  requireTtl(location, options, registry);
  requireRetries(location, options);
  requireLabelName(location, options.useIpFromLabel);
  const {
    deregister = "always",
    internal = false,
    explicit = false,
    retryAttempts = -1,
    tags = [],
  } = options;
  const cleanup = resolveCleanup(location, options, registry);
  const resync = wholeSeconds(location, "resync", options.resync ?? DEFAULT_RESYNC);
  const forcedTags = renderForcedTags(tags, location);
  const uri = renderRegistryUri(options, registry, location);
  return [
    ...(cleanup ? ["-cleanup"] : []),
    `-deregister=${deregister}`,
    ...(explicit ? ["-explicit"] : []),
    ...(internal ? ["-internal"] : []),
    ...(options.ip === undefined ? [] : [`-ip=${options.ip}`]),
    `-resync=${resync}`,
    `-retry-attempts=${retryAttempts}`,
    ...(options.retryInterval === undefined
      ? []
      : [`-retry-interval=${options.retryInterval.toMilliseconds()}`]),
    ...(forcedTags === "" ? [] : [`-tags=${forcedTags}`]),
    ...(options.ttl === undefined ? [] : [`-ttl=${options.ttl.toSeconds()}`]),
    ...(options.ttlRefresh === undefined ? [] : [`-ttl-refresh=${options.ttlRefresh.toSeconds()}`]),
    ...(options.useIpFromLabel === undefined ? [] : [`-useIpFromLabel=${options.useIpFromLabel}`]),
    uri,
  ];
}
