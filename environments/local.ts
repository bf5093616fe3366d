import { Cidr } from "../constructs/core/addresses";
import { Duration } from "../constructs/core/duration";
import { Size } from "../constructs/core/size";
import { Check } from "../constructs/discovery/check";
import type { Environment } from "./environment";
import { fixedAddress } from "./fixed-addresses";
import { type LocalSettings, readLocalSettings } from "./local-settings";

/**
 * This machine's own engine: one bridge network, on it a Consul server, registrator, BIND and a small web container.
 * All is published on the network's gateway address, which the machine and its containers reach and nobody else.
 */
export function local(settings: LocalSettings = readLocalSettings()): Environment {
  const { images, web, dockerDesktop, subnet } = settings;
  const network = { name: "local", subnet, ipRange: settings.ipRange ?? upperHalf(Cidr.parse(subnet)) };
  return {
    name: "local",
    hosts: {
      docker: {
        address: dockerDesktop ? "127.0.0.1" : fixedAddress(network, "gateway"),
        connection: { kind: "local" },
        network,
        consul: "server",
        services: {
          web: {
            image: images.web ?? "nginx:1.27.3-alpine",
            port: web.port,
            hostPort: web.hostPort,
            memory: Size.mebibytes(web.memoryMebibytes),
            ...(dockerDesktop ? {} : { check: Check.http(web.path, { interval: Duration.seconds(2) }) }),
            ...(web.healthCommand === undefined ? {} : { healthCommand: web.healthCommand }),
          },
        },
      },
    },
    groups: { docker: ["docker"] },
    images: {
      consul: images.consul ?? `hashicorp/consul:${settings.consulVersion}`,
      registrator: images.registrator ?? "gliderlabs/registrator:master",
      bind: images.bind ?? `internetsystemsconsortium/bind9:${settings.bindVersion}`,
    },
    consul: {
      version: settings.consulVersion,
      datacenter: "local",
      domain: "consul",
      network: "bridge",
      configuration: { dnsConfig: { serviceTtl: { "*": Duration.seconds(settings.serviceTtlSeconds) } } },
    },
    dns: {
      version: settings.bindVersion,
      upstreams: settings.upstreams,
      furtherAgents: settings.furtherAgents,
    },
    dockerDesktop,
    backend: { kind: "local", folder: settings.stateFolder },
    providerVersion: settings.providerVersion,
  };
}

/** The half of a block that addresses are given out from; the other one has room for fixed ones. */
function upperHalf(block: Cidr): string {
  return `${block.address(2 ** (31 - block.prefixLength))}/${block.prefixLength + 1}`;
}
