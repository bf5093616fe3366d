import type { PolicyResource, PolicyRule } from "../policy";
import { serverState } from "./consul-server";
import { pageOf } from "./scope";

const ID = "consul/one-server";
const UNTOUCHED = ["no-op", "read", "open"];

/** Never two Consul servers in one stack's change: no health check stands between them. */
export const oneServerRule: PolicyRule = {
  id: ID,
  title: "One stack's plan changes at most one Consul server",
  help: pageOf(ID),
  *check(stack) {
    const certain = new Map<string, PolicyResource>();
    const possible = new Map<string, PolicyResource>();
    for (const resource of stack.resources) {
      if (UNTOUCHED.includes(resource.action)) continue;
      const state = serverState(resource);
      // What an earlier apply left behind at an address is the same server.
      if (state === "server") certain.set(resource.address, resource);
      else if (state === "unknown") possible.set(resource.address, resource);
    }
    for (const address of certain.keys()) possible.delete(address);
    if (certain.size + possible.size < 2) return;
    const mend =
      "Give each server a stack of its own and deploy them one after the other, or make the changes in several pull requests.";
    if (certain.size >= 2) {
      yield {
        message: `this plan changes ${certain.size} Consul servers at once: ${namesOf(certain)}. Terraform does not wait for one to be healthy before it touches the next, and the cluster may lose its quorum`,
        mend,
      };
    } else {
      yield {
        message: `this plan may change more than one Consul server: ${namesOf(new Map([...certain, ...possible]))}. Labels of theirs are known only after apply`,
        mend: `Write the containers' labels so that they are known when planning. ${mend}`,
        cannotVerify: true,
      };
    }
  },
};

function namesOf(resources: ReadonlyMap<string, PolicyResource>): string {
  return [...resources.values()].map(({ name, action }) => `${name} (${action})`).join(", ");
}
