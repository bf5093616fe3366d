import { Duration } from "../core/duration";
import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import type { Check } from "../discovery/check";

/** What registrator takes as the interval where none is given. */
const DEFAULT_INTERVAL = Duration.seconds(10);
/** What Consul takes as the timeout where none is given, also under a shorter interval. */
const AGENT_TIMEOUT = Duration.seconds(10);
/** Consul raises a shorter interval to this. */
const SHORTEST_INTERVAL = Duration.seconds(1);

function requireExpressible(location: Location, prop: string, check: Check): void {
  const { kind, target, options } = check;
  const fail = (code: string, field: string, got: unknown, allowed: string, mend: string): never => {
    throw new ValidationError(location, { code, prop: `${prop}.${field}`, got, allowed, mend });
  };
  if (options.interval !== undefined && SHORTEST_INTERVAL.isLongerThan(options.interval)) {
    fail(
      "registrator/check-interval",
      "interval",
      options.interval,
      "1 s or more: Consul runs no check more often",
      "Take Duration.seconds(1) or more",
    );
  }
  if (kind === "https" && options.verifyTls === false) {
    fail(
      "registrator/check-verify-tls",
      "verifyTls",
      false,
      "true with https: registrator hands SERVICE_CHECK_TLS_SKIP_VERIFY on for gRPC alone",
      "Give the service a certificate that names its registered address, or check it by tcp or http",
    );
  }
  if (kind === "grpc" && options.verifyTls === false && options.tls === false) {
    fail("registrator/check-verify-tls", "verifyTls", false, "nothing without tls", "Leave it out");
  }
  if (kind === "script" && options.timeout !== undefined) {
    fail(
      "registrator/check-timeout",
      "timeout",
      options.timeout,
      "nothing with a script: registrator hands it on for http, https, tcp and grpc alone",
      "Leave it out, and let the script end itself",
    );
  }
  if (kind === "script" && !isToken(target) && /\s/.test(target)) {
    fail(
      "registrator/check-script",
      "commandLine",
      target,
      "the path of one program without arguments: registrator hands the whole line to Consul as the program's name, and Consul runs no shell",
      "Put the command into a script on the agent's file system and name that",
    );
  }
}

/**
 * A check as registrator's attributes, without the prefix `SERVICE_<port>_`. Follows registrator's "Backend
 * Reference" and what `buildCheck` of its Consul backend reads.
 * @throws ValidationError registrator/check-interval, registrator/check-verify-tls, registrator/check-timeout,
 * registrator/check-script, and those of `Check.validate`
 */
export function renderCheckAttributes(
  check: Check,
  location: Location = "registrator",
  prop = "check",
): Record<string, string> {
  check.validate(location, prop);
  requireExpressible(location, prop, check);
  const { kind, target, options } = check;
  const interval = options.interval ?? DEFAULT_INTERVAL;
  const timeout = options.timeout ?? (AGENT_TIMEOUT.isLongerThan(interval) ? interval : undefined);
  const attributes: Record<string, string> = {};
  switch (kind) {
    case "http":
    case "https":
      attributes[`CHECK_${kind.toUpperCase()}`] = target;
      if (options.method !== undefined) attributes[`CHECK_${kind.toUpperCase()}_METHOD`] = options.method;
      break;
    case "tcp":
      attributes["CHECK_TCP"] = "true";
      break;
    case "grpc":
      attributes["CHECK_GRPC"] = "true";
      // Any text turns these two on, even "false": they are written only to say yes.
      if (options.tls !== false) attributes["CHECK_GRPC_USE_TLS"] = "true";
      if (options.verifyTls === false) attributes["CHECK_TLS_SKIP_VERIFY"] = "true";
      break;
    case "ttl":
      attributes["CHECK_TTL"] = target;
      break;
    case "script":
      attributes["CHECK_SCRIPT"] = target;
      break;
  }
  if (kind !== "ttl" && options.interval !== undefined) attributes["CHECK_INTERVAL"] = interval.toGoString();
  if (check.usesNetwork && timeout !== undefined) attributes["CHECK_TIMEOUT"] = timeout.toGoString();
  if (options.initialStatus !== undefined) attributes["CHECK_INITIAL_STATUS"] = options.initialStatus;
  if (options.deregisterCriticalServiceAfter !== undefined) {
    attributes["CHECK_DEREGISTER_AFTER"] = options.deregisterCriticalServiceAfter.toGoString();
  }
  return attributes;
}
