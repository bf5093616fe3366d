import type { IConstruct } from "constructs";
import { canonicalAddress } from "../core/addresses";
import { pathOf, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import type { IConsulCluster } from "./consul-cluster";

/** The node names and addresses of a cluster's agents within one app, and whose they are. */
const members = new WeakMap<IConsulCluster, WeakMap<IConstruct, Map<string, string>>>();

/**
 * Takes a node name and an address of a cluster for an agent, whatever host and stack it belongs to: of two agents
 * with one name or one address each denies the other's membership.
 * @throws ValidationError consul/duplicate-node-name, consul/duplicate-address
 */
export function claimMember(
  agent: IConstruct,
  cluster: IConsulCluster,
  member: { readonly nodeName: string; readonly address: string },
): void {
  const apps = members.get(cluster) ?? new WeakMap<IConstruct, Map<string, string>>();
  members.set(cluster, apps);
  const taken = apps.get(agent.node.root) ?? new Map<string, string>();
  apps.set(agent.node.root, taken);
  // DNS knows no case.
  take("nodeName", `name ${member.nodeName.toLowerCase()}`, member.nodeName);
  take("advertiseAddress", `address ${canonicalAddress(member.address)}`, member.address);

  function take(prop: string, key: string, value: string): void {
    if (isToken(value)) return;
    const server = cluster.servers.find(
      ({ nodeName, address }) =>
        nodeName !== member.nodeName && canonicalAddress(address) === canonicalAddress(value),
    );
    const owner = taken.get(key) ?? (prop === "advertiseAddress" ? server?.nodeName : undefined);
    if (owner !== undefined) {
      const isName = prop === "nodeName";
      throw new ValidationError(agent, {
        code: isName ? "consul/duplicate-node-name" : "consul/duplicate-address",
        prop,
        got: value,
        allowed: `${isName ? "a node name" : "an address"} that no other agent of the cluster has; ${owner} has this one`,
        mend: isName
          ? "Give each agent a name of its own, such as its host's"
          : "Give the address at which the others reach this agent and nobody else",
      });
    }
    taken.set(key, pathOf(agent));
  }
}
