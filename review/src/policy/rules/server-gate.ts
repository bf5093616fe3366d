import { FLEET_LABELS, labelOf } from "../labels";
import type { PolicyResource, PolicyRule, PolicyValue, Violation } from "../policy";
import { shown, textOf } from "../policy-value";
import { serverState } from "./consul-server";
import { makesOrChanges, pageOf } from "./scope";

const ID = "consul/server-gate";
const GATE = "health-check";
/** Health checks that say yes whatever the server does. */
const ALWAYS_HEALTHY = /^(?:(?:\/(?:usr\/)?bin\/)?true|:|exit 0|(?:\/(?:usr\/)?bin\/)?echo\b[^;&|]*)$/;

/** A Consul server changes only behind its gate: the label, a health check, and Terraform that waits for it. */
export const serverGateRule: PolicyRule = {
  id: ID,
  title: "A Consul server is changed only behind its health check",
  help: pageOf(ID),
  *check(stack) {
    for (const resource of stack.resources) {
      if (!makesOrChanges(resource)) continue;
      const state = serverState(resource);
      if (state === "server") yield* faultsOf(resource);
      else if (state === "unknown") {
        yield {
          resource,
          message: `whether ${resource.name} is a Consul server is known only after apply`,
          mend: "Write the container's labels so that they are known when planning.",
          cannotVerify: true,
        };
      }
    }
  },
};

function* faultsOf(resource: PolicyResource): Iterable<Violation> {
  const parts = [
    gateFault(labelOf(resource, "after", FLEET_LABELS.gate)),
    healthCheckFault(resource),
    waitFault(resource.after("wait")),
  ];
  const faults = parts.flatMap((part) => (part?.fault === undefined ? [] : [part.fault]));
  const unknown = parts.flatMap((part) => (part?.unknown === undefined ? [] : [part.unknown]));
  const what = `${resource.name} is a Consul server`;
  const mend = `Give it the label ${FLEET_LABELS.gate}=${GATE}, a health check that asks its agent, and \`wait = true\` (constructs: a ConsulServer has all three).`;
  if (faults.length > 0) yield { resource, message: `${what}, and ${faults.join("; ")}`, mend };
  else if (unknown.length > 0) {
    yield {
      resource,
      message: `${what}, and ${unknown.join("; ")} known only after apply`,
      mend,
      cannotVerify: true,
    };
  }
}

interface Part {
  readonly fault?: string;
  readonly unknown?: string;
}

function gateFault(gate: PolicyValue): Part | undefined {
  if (gate.kind === "unknown") return { unknown: `its label ${FLEET_LABELS.gate} is` };
  if (textOf(gate) === GATE) return undefined;
  return { fault: `its label ${FLEET_LABELS.gate} is ${shown(gate)}, not "${GATE}"` };
}

function waitFault(wait: PolicyValue): Part | undefined {
  if (wait.kind === "unknown") return { unknown: "its `wait` is" };
  if (wait.kind === "known" && wait.value === true) return undefined;
  return { fault: `its \`wait\` is ${shown(wait)}: Terraform goes on before it is healthy` };
}

function healthCheckFault(resource: PolicyResource): Part | undefined {
  const blocks = resource.keys("after", "healthcheck");
  const fromImage = blocks === undefined && resource.configures("healthcheck") === false;
  if (blocks === undefined && !fromImage) return { unknown: "its health check is" };
  const block = blocks?.[0];
  if (block === undefined) return { fault: "it has no health check of its own" };
  // A block is an object in a list of one; some writers of plans have the object alone.
  const path = typeof block === "number" ? ["healthcheck", block, "test"] : ["healthcheck", "test"];
  const test = resource.after(...path);
  if (test.kind === "unknown") return { unknown: "its health check's test is" };
  const words = test.kind === "known" && Array.isArray(test.value) ? (test.value as readonly unknown[]) : [];
  const [form, ...command] = words.map(String);
  if (form === undefined) return { fault: "its health check has no test" };
  if (form === "NONE") return { fault: 'its health check is switched off: ["NONE"]' };
  if (command.length === 0 || command.every((word) => word.trim() === "")) {
    return { fault: `its health check has no command: ${shown(test)}` };
  }
  return ALWAYS_HEALTHY.test(command.join(" ").trim())
    ? { fault: `its health check always passes: ${shown(test)}` }
    : undefined;
}
