import { ConsulCluster } from "cdktf-docker-discovery/consul";
import { BridgeNetwork, DockerHost, EngineConnection } from "cdktf-docker-discovery/docker";
import { ServiceCatalog } from "cdktf-docker-discovery/registrator";
import type { Construct } from "constructs";

/** The platform team's cluster: plain data, which that team gives to all others. */
export const cluster = ConsulCluster.fromConsulClusterAttributes({
  version: "1.19.2",
  datacenter: "production",
  servers: [
    { nodeName: "consul-1", address: "10.30.0.11" },
    { nodeName: "consul-2", address: "10.30.0.12" },
    { nodeName: "consul-3", address: "10.30.0.13" },
  ],
});

/** The platform team's host web-1, with the network on whose gateway its BIND answers, and its catalogue. */
export function importWeb1(scope: Construct) {
  const host = DockerHost.fromDockerHostAttributes(scope, "web-1", {
    hostName: "web-1",
    address: "10.30.0.14",
    connection: EngineConnection.ssh({ address: "10.30.0.14", user: "deploy" }),
    engineVersion: "20.10.24",
  });
  const network = BridgeNetwork.fromBridgeNetworkAttributes(scope, {
    host,
    networkName: "services",
    subnet: "10.31.4.0/24",
    ipRange: "10.31.4.128/25",
  });
  const catalog = ServiceCatalog.fromConsul({
    domain: cluster.domain,
    datacenter: cluster.datacenter,
    registeredAddress: host.address,
  });
  return { host, network, catalog };
}
