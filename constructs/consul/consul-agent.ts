import type { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import { ConsulContainer, type ConsulContainerProps } from "./consul-container";

/** Props of a Consul agent. */
export interface ConsulAgentProps extends ConsulContainerProps {
  /**
   * Its node name, a DNS label; unique in the datacenter.
   * @default - the host's name
   */
  readonly nodeName?: string;
  /**
   * The address that it tells the other agents.
   * @default - the host's address
   */
  readonly advertiseAddress?: string;
}

/**
 * A Consul client agent in a container, for a host that runs no server. It is healthy once it is a member and knows
 * a leader.
 */
export class ConsulAgent extends ConsulContainer {
  /**
   * @throws ValidationError consul/node-name-of-server, consul/image-version, consul/advertise-address, consul/duplicate-node-name,
   * consul/duplicate-address, consul/own-configuration, consul/addresses-on-bridge, consul/every-interface,
   * consul/publish-address, docker/duplicate for a second agent on the host, and what the configuration's renderer says
   */
  constructor(scope: Construct, id: string, props: ConsulAgentProps) {
    const { cluster, host } = props;
    const nodeName = props.nodeName ?? host.hostName;
    if (cluster.servers.some((server) => server.nodeName === nodeName)) {
      throw new ValidationError(`${scope.node.path}/${id}`, {
        code: "consul/node-name-of-server",
        prop: "nodeName",
        got: nodeName,
        allowed: "a name that no server of the cluster has",
        mend: "Make it a ConsulServer, or give it another name",
      });
    }
    super(scope, id, props, {
      kind: "client",
      nodeName,
      advertiseAddress: props.advertiseAddress ?? host.address,
      gate: {
        kind: "client",
        httpPort: cluster.ports.http,
      },
      configuration: {},
    });
  }
}
