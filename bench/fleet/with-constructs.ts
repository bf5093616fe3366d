import { App, TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { Check } from "../../constructs/discovery/check";
import { Container } from "../../constructs/docker/container";
import { ContainerImage } from "../../constructs/docker/container-image";
import { DockerHost } from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { HealthCheck } from "../../constructs/docker/health-check";
import { BridgeNetwork } from "../../constructs/docker/network";
import { ServiceCatalog } from "../../constructs/registrator/service-catalog";
import { CONTAINER_PORT, type FleetStack } from "./fleet";

/** The fleet as a user of these constructs writes it. */
export function withConstructs(fleet: readonly FleetStack[], outdir: string): App {
  const app = new App({ outdir });
  const catalog = ServiceCatalog.fromConsul({ domain: "consul" });
  for (const { name, hosts } of fleet) {
    const stack = new TerraformStack(app, name);
    for (const { name: hostName, address, networkName, subnet, gateway, ipRange, containers } of hosts) {
      const host = new DockerHost(stack, hostName, {
        hostName,
        address,
        connection: EngineConnection.ssh({ address, user: "deploy" }),
      });
      const network = new BridgeNetwork(host, networkName, { host, subnet, gateway, ipRange });
      for (const container of containers) {
        new Container(host, container.name, {
          host,
          image: ContainerImage.tag(container.repository, container.imageTag),
          hostname: container.name,
          environment: container.environment,
          labels: { "com.example.team": container.team },
          memory: Size.mebibytes(container.memoryMebibytes),
          healthCheck: HealthCheck.exec(["/bin/check", `http://127.0.0.1:${CONTAINER_PORT}/healthz`], {
            interval: Duration.seconds(10),
            timeout: Duration.seconds(2),
            startPeriod: Duration.seconds(30),
          }),
          ports: [{ containerPort: CONTAINER_PORT, hostPort: container.hostPort, hostAddress: address }],
        })
          .attachTo(network, { aliases: [container.service] })
          .registerIn(catalog, {
            port: CONTAINER_PORT,
            name: container.service,
            tags: container.tags,
            check: Check.http("/healthz", { interval: Duration.seconds(2), timeout: Duration.seconds(1) }),
          });
      }
    }
  }
  return app;
}
