import { Container } from "@cdktf/provider-docker/lib/container";
import { Image } from "@cdktf/provider-docker/lib/image";
import { Network } from "@cdktf/provider-docker/lib/network";
import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { App, TerraformStack } from "cdktf";
import { CONTAINER_PORT, type FleetStack } from "./fleet";

/**
 * The same fleet, written by hand with the classes that the provider's bindings bring: no check, no default, every
 * field where it belongs, each list in its final order and everything at once.
 */
export function byHand(fleet: readonly FleetStack[], outdir: string): App {
  const app = new App({ outdir });
  for (const { name, hosts } of fleet) {
    const stack = new TerraformStack(app, name);
    stack.addOverride("terraform.required_providers.docker", {
      source: "kreuzwerker/docker",
      version: "4.5.0",
    });
    for (const { name: hostName, address, networkName, subnet, gateway, ipRange, containers } of hosts) {
      const provider = new DockerProvider(stack, hostName, {
        alias: hostName,
        host: `ssh://deploy@${address}`,
        context: "",
        certPath: "",
        caMaterial: "",
        certMaterial: "",
        keyMaterial: "",
        disableDockerDaemonCheck: true,
        sshOpts: [
          ...["-o", "BatchMode=yes", "-o", "ControlMaster=auto"],
          ...["-o", "ControlPath=~/.cdktf-%C", "-o", "ControlPersist=60"],
        ],
      });
      const network = new Network(stack, `${hostName}-${networkName}`, {
        provider,
        name: networkName,
        driver: "bridge",
        internal: false,
        ipamConfig: [{ subnet, gateway, ipRange }],
      });
      const images = new Map<string, Image>();
      for (const container of containers) {
        const imageName = `${container.repository}:${container.imageTag}`;
        let image = images.get(imageName);
        if (image === undefined) {
          image = new Image(stack, `${hostName}-image-${container.service}`, {
            provider,
            name: imageName,
            keepLocally: true,
          });
          images.set(imageName, image);
        }
        const service = `SERVICE_${CONTAINER_PORT}`;
        new Container(stack, `${hostName}-${container.name}`, {
          provider,
          name: container.name,
          image: image.name,
          hostname: container.name,
          restart: "unless-stopped",
          init: false,
          logDriver: "json-file",
          logOpts: { "max-file": "3", "max-size": "10m" },
          stopTimeout: 10,
          destroyGraceSeconds: 10,
          memory: container.memoryMebibytes,
          memorySwap: 2 * container.memoryMebibytes,
          env: Object.entries(container.environment).map(([key, value]) => `${key}=${value}`),
          healthcheck: {
            test: ["CMD", "/bin/check", `http://127.0.0.1:${CONTAINER_PORT}/healthz`],
            interval: "10s",
            timeout: "2s",
            startPeriod: "30s",
            retries: 3,
          },
          ports: [{ internal: CONTAINER_PORT, protocol: "tcp", ip: address, external: container.hostPort }],
          networksAdvanced: [{ name: network.name, aliases: [container.service] }],
          labels: [
            { label: `${service}_CHECK_HTTP`, value: "/healthz" },
            { label: `${service}_CHECK_INTERVAL`, value: "2s" },
            { label: `${service}_CHECK_TIMEOUT`, value: "1s" },
            { label: `${service}_NAME`, value: container.service },
            { label: `${service}_TAGS`, value: container.tags.join(",") },
            { label: "cdktf-docker-discovery.replacement-hash", value: "0123456789abcdef" },
            { label: "com.example.team", value: container.team },
          ],
        });
      }
    }
  }
  return app;
}
