import { hash } from "node:crypto";
import { Fn } from "cdktf";
import { canonicalJson } from "../core/objects";
import { isToken, splitAtTokens } from "../core/tokens";
import type { ContainerProps } from "./container-props";

/** Whether a prop says anything: an empty list or map leaves things as they are, just as no prop does. */
function isSaid(value: unknown): boolean {
  if (typeof value !== "object" || value === null) return value !== undefined;
  if (Array.isArray(value)) return value.length > 0;
  return Object.getPrototypeOf(value) !== Object.prototype || Object.keys(value).length > 0;
}

/**
 * A hash of all whose change must replace a container although the provider would not:
 *
 * - what it cannot change in a running container: it "updates" health check, init, tmpfs and CPU quota without any
 *   effect, and does not see that an image of another platform has the same name;
 * - whether that is said at all which it does not see go away (optional and computed arguments) or which the engine
 *   cannot take back by an update (limits: 0 means "as before");
 * - which ports have no host port of their own: the provider keeps the one that a port had before.
 *
 * Where a value is known to Terraform alone, the hash is an expression that Terraform works out.
 */
export function replacementHash(props: ContainerProps, dynamicPorts: readonly string[]): string {
  const { healthCheck, init = false, tmpfs = [], cpus, platform } = props;
  const text = canonicalJson([
    healthCheck,
    init,
    [...tmpfs].sort((a, b) => (a.containerPath < b.containerPath ? -1 : 1)),
    cpus,
    platform,
    [
      props.command,
      props.entrypoint,
      props.hostname,
      props.environment,
      props.securityOptions,
      props.user,
      props.workingDirectory,
      props.stopSignal,
      props.shmSize,
      props.memory,
      props.cpuShares,
      props.cpuSet,
    ].map(isSaid),
    dynamicPorts,
  ]);
  if (!isToken(text)) return hash("sha256", text).slice(0, 16);
  // Base64, because what lies between the tokens becomes part of an expression.
  const parts = splitAtTokens(text).map((part) =>
    isToken(part) ? part : Buffer.from(part, "utf8").toString("base64"),
  );
  return Fn.substr(Fn.sha256(Fn.join("", parts)), 0, 16);
}
