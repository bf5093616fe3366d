import { type App, TerraformStack } from "cdktf";
import type { IConsulCluster } from "../constructs/consul/consul-cluster";
import type { Environment } from "../environments/environment";
import { addBackend } from "./backend";
import { addFleet } from "./fleet-stacks";
import {
  addAgent,
  addBind,
  addDockerHost,
  addNetwork,
  addRegistrator,
  addService,
  clusterOf,
  hostOf,
} from "./host-parts";

/**
 * Adds an environment's stacks to an app, in the order in which they are deployed. Where engines are left as they are: one
 * for each group of hosts, named `<environment>-<group>`; servers' groups are chained, and all other groups come after the
 * last of them. With `engines` there are layers of stacks instead (`addFleet`).
 */
export function addEnvironment(app: App, environment: Environment): TerraformStack[] {
  if (environment.engines !== undefined) return addFleet(app, environment, environment.engines);
  const cluster = clusterOf(environment);
  const stacks: TerraformStack[] = [];
  let lastServer: TerraformStack | undefined;
  for (const [group, hosts] of Object.entries(environment.groups)) {
    const name = `${environment.name}-${group}`;
    const stack = new TerraformStack(app, name);
    addBackend(stack, name, environment.backend);
    if (lastServer !== undefined) stack.addDependency(lastServer);
    for (const host of hosts) addHost(stack, environment, cluster, host);
    if (hosts.some((host) => environment.hosts[host]?.consul === "server")) lastServer = stack;
    stacks.push(stack);
  }
  return stacks;
}

/** All of one host: its network, its agent, registrator, BIND, and its services. */
function addHost(
  stack: TerraformStack,
  environment: Environment,
  cluster: IConsulCluster,
  name: string,
): void {
  const description = hostOf(environment, name);
  const host = addDockerHost(stack, environment, name);
  // Its provider alone stays: with it Terraform removes what is still in the state.
  if (description.retired === true) return;
  const network = addNetwork(host, description);
  const agent = addAgent(environment, cluster, description, host, network);
  const registrator = addRegistrator(environment, agent, host, network);
  registrator.container.startAfter(agent.container);
  const bind = addBind(environment, cluster, agent, registrator, host, description, network);
  for (const [service, props] of Object.entries(description.services ?? {})) {
    const container = addService(
      environment,
      host,
      description,
      [{ network }],
      registrator,
      bind,
      service,
      props,
    );
    container.startAfter(bind.container);
  }
}
