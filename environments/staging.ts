import { Duration } from "../constructs/core/duration";
import { Size } from "../constructs/core/size";
import { Check } from "../constructs/discovery/check";
import type { Environment, HostDescription } from "./environment";

const images = {
  consul: "hashicorp/consul:1.19.2",
  registrator: "gliderlabs/registrator:master",
  bind: "internetsystemsconsortium/bind9:9.18",
} as const;

function host(n: number, services: HostDescription["services"] = {}): HostDescription {
  return {
    address: `10.20.0.1${n}`,
    connection: { kind: "ssh", user: "deploy" },
    engineVersion: "20.10.24",
    network: { name: "services", subnet: `10.21.${n}.0/24`, ipRange: `10.21.${n}.128/25` },
    consul: "server",
    services,
  };
}

/** Three hosts, each with a Consul server and containers of its own. */
export const staging: Environment = {
  name: "staging",
  hosts: {
    "staging-1": host(1, {
      "bitbucket-server": {
        image: "atlassian/bitbucket-server:8.19.10",
        port: 7990,
        memory: Size.gibibytes(2),
        check: Check.http("/status", { interval: Duration.seconds(5), timeout: Duration.seconds(3) }),
      },
    }),
    "staging-2": host(2, {
      shop: {
        image: "registry.example.com/shop:2.4.1",
        port: 8000,
        memory: Size.mebibytes(256),
        check: Check.http("/healthz", { interval: Duration.seconds(2) }),
      },
    }),
    "staging-3": host(3, {
      shop: {
        image: "registry.example.com/shop:2.4.1",
        port: 8000,
        memory: Size.mebibytes(256),
        check: Check.http("/healthz", { interval: Duration.seconds(2) }),
      },
    }),
  },
  groups: { "server-1": ["staging-1"], "server-2": ["staging-2"], "server-3": ["staging-3"] },
  images,
  consul: { version: "1.19.2", datacenter: "staging", domain: "consul", network: "host" },
  dns: { version: "9.18", upstreams: ["10.20.0.2"] },
  backend: {
    kind: "s3",
    bucket: "example-terraform-state",
    prefix: "docker-discovery",
    region: "eu-central-1",
  },
};
