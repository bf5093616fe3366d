import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import { ConsulContainer, type ConsulContainerProps } from "./consul-container";

/** Props of a Consul server. */
export interface ConsulServerProps extends ConsulContainerProps {
  /**
   * Which of the cluster's servers it is.
   * @default - the host's name
   */
  readonly nodeName?: string;
}

/**
 * A Consul server in a container, which is its host's agent too.
 *
 * Its health check is the gate before the next server of the chain: with data, a leader must be known; without, it
 * must have joined every other server that answers, as many as are before it in the cluster's order at least, and
 * know a leader as soon as all of them are there. Put each server into a stack of its own and chain the stacks with
 * `addDependency` in the cluster's order.
 */
export class ConsulServer extends ConsulContainer {
  /**
   * @throws ValidationError consul/unknown-server, consul/image-version, consul/advertise-address, consul/duplicate-node-name,
   * consul/duplicate-address, consul/own-configuration, consul/addresses-on-bridge, consul/every-interface,
   * consul/publish-address, docker/duplicate for a second agent on the host, and what the configuration's renderer says
   */
  constructor(scope: Construct, id: string, props: ConsulServerProps) {
    const { cluster } = props;
    const nodeName = props.nodeName ?? props.host.hostName;
    const position = cluster.servers.findIndex((server) => server.nodeName === nodeName);
    const self = cluster.servers[position];
    if (self === undefined) {
      throw new ValidationError(`${scope.node.path}/${id}`, {
        code: "consul/unknown-server",
        prop: "nodeName",
        got: nodeName,
        allowed: `one of the cluster's servers: ${cluster.servers.map((server) => server.nodeName).join(", ")}`,
        mend: "Add the server to the cluster, or make this a ConsulAgent",
      });
    }
    super(scope, id, props, {
      kind: "server",
      nodeName,
      advertiseAddress: self.address,
      gate: {
        kind: "server",
        httpPort: cluster.ports.http,
        serverPort: cluster.ports.server,
        servers: cluster.servers,
        position: position + 1,
      },
      configuration: { server: true, bootstrapExpect: cluster.servers.length },
    });
  }
}
