import { Duration } from "../constructs/core/duration";
import { Size } from "../constructs/core/size";
import { Check } from "../constructs/discovery/check";
import type { Environment, HostDescription } from "./environment";

function host(
  n: number,
  consul: HostDescription["consul"],
  services: HostDescription["services"] = {},
): HostDescription {
  return {
    address: `10.30.0.${10 + n}`,
    connection: { kind: "ssh", user: "deploy" },
    engineVersion: "20.10.24",
    network: { name: "services", subnet: `10.31.${n}.0/24`, ipRange: `10.31.${n}.128/25` },
    consul,
    services,
  };
}

const shop = {
  image: "registry.example.com/shop:2.4.1",
  port: 8000,
  memory: Size.mebibytes(512),
  check: Check.http("/healthz", { interval: Duration.seconds(2) }),
} as const;

/** Three Consul servers, two workers, two upstream resolvers. */
export const production: Environment = {
  name: "production",
  hosts: {
    "consul-1": host(1, "server"),
    "consul-2": host(2, "server"),
    "consul-3": host(3, "server"),
    "web-1": host(4, "client", { shop }),
    "web-2": host(5, "client", { shop }),
  },
  groups: {
    "server-1": ["consul-1"],
    "server-2": ["consul-2"],
    "server-3": ["consul-3"],
    fleet: ["web-1", "web-2"],
  },
  images: {
    consul: "hashicorp/consul:1.19.2",
    registrator: "gliderlabs/registrator:master",
    bind: "internetsystemsconsortium/bind9:9.18",
  },
  consul: { version: "1.19.2", datacenter: "production", domain: "consul", network: "host" },
  dns: { version: "9.18", upstreams: ["10.30.0.2", "10.30.0.3"] },
  backend: {
    kind: "s3",
    bucket: "example-terraform-state",
    prefix: "docker-discovery",
    region: "eu-central-1",
  },
};
