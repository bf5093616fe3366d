import { isAddress, isUnspecified, requireAddress } from "../constructs/core/addresses";
import { isDnsLabel, isDomainName } from "../constructs/core/dns-names";
import { Faults } from "../constructs/core/errors";
import { requirePort } from "../constructs/core/ports";
import { requireImageOfVersion } from "../constructs/consul/consul-image";
import { requireConsulVersion } from "../constructs/consul/consul-versions";
import { renderAgentConfiguration } from "../constructs/consul/render-agent-configuration";
import { requireBindVersion } from "../constructs/dns/bind-versions";
import { ContainerImage } from "../constructs/docker/container-image";
import type { Environment } from "./environment";
import { fixedAddress } from "./fixed-addresses";

/** Checks what an environment says of its programs: versions, images, settings, and whom they ask. */
export function validatePrograms(faults: Faults, at: string, environment: Environment): void {
  const { consul, dns, images } = environment;
  const version = faults.try(() => requireConsulVersion(at, "consul.version", consul.version));
  faults.try(() => requireBindVersion(at, "dns.version", dns.version));
  for (const program of ["consul", "registrator", "bind"] as const) {
    const image = faults.try(() => ContainerImage.parse(images[program], `${at}, images.${program}`));
    if (program !== "consul" || image === undefined || version === undefined) continue;
    faults.try(() => {
      requireImageOfVersion(at, "images.consul", image, version);
    });
  }
  if (version !== undefined)
    validateConfiguration(faults, `${at}, consul.configuration`, environment, version);
  if (!isDnsLabel(consul.datacenter) || consul.datacenter !== consul.datacenter.toLowerCase()) {
    faults.add(at, {
      code: "environment/datacenter",
      prop: "consul.datacenter",
      got: consul.datacenter,
      allowed: "a DNS label in lower case",
      mend: "Take lower-case letters, digits and hyphens",
    });
  }
  if (!isDomainName(consul.domain)) {
    faults.add(at, {
      code: "environment/domain",
      prop: "consul.domain",
      got: consul.domain,
      allowed: "a domain name without a dot at the end",
      mend: "Take consul",
    });
  }
  dns.upstreams.forEach((upstream, i) => {
    if (isAddress(upstream) && !isUnspecified(upstream) && dns.upstreams.indexOf(upstream) === i) return;
    faults.add(at, {
      code: "environment/upstream",
      prop: `dns.upstreams[${i}]`,
      got: upstream,
      allowed: "addresses of resolvers, each once",
      mend: "Give the address alone: the port is 53",
    });
  });
  dns.furtherAgents?.forEach(({ address, port }, i) => {
    faults.try(() => {
      requireAddress(at, `dns.furtherAgents[${i}].address`, address);
    });
    if (isUnspecified(address)) {
      faults.add(at, {
        code: "environment/further-agent",
        prop: `dns.furtherAgents[${i}].address`,
        got: address,
        allowed: "the address at which one agent answers",
        mend: "Give that address: this one stands for every interface",
      });
    }
    faults.try(() => {
      requirePort(at, `dns.furtherAgents[${i}].port`, port);
    });
  });
  validateLoops(faults, at, environment);
}

/** The agents' settings, as servers and as clients have them. */
function validateConfiguration(
  faults: Faults,
  location: string,
  environment: Environment,
  version: string,
): void {
  const { configuration = {} } = environment.consul;
  const kinds = new Set(Object.values(environment.hosts).map(({ consul }) => consul));
  for (const kind of ["server", "client"] as const) {
    if (!kinds.has(kind)) continue;
    const role = kind === "server" ? { server: true } : {};
    const text = faults.try(() =>
      renderAgentConfiguration({ ...configuration, ...role }, { version, location }),
    );
    // What is wrong for servers is mostly wrong for clients too: once is enough.
    if (text === undefined) return;
  }
}

/** A question that comes back to who asked it is asked until both give up. */
function validateLoops(faults: Faults, at: string, environment: Environment): void {
  const resolvers = new Map<string, string>();
  for (const [name, { network }] of Object.entries(environment.hosts)) {
    for (const who of ["gateway", "bind"] as const) {
      // A subnet that does not parse has been said already.
      const address = new Faults().try(() => fixedAddress(network, who));
      if (address !== undefined) resolvers.set(address, name);
    }
  }
  const refuse = (code: string, prop: string, address: string, asks: string) => {
    const host = resolvers.get(address.replace(/:53$/, ""));
    if (host === undefined) return;
    faults.add(at, {
      code,
      prop,
      got: address,
      allowed: `resolvers that are not this environment's own; this is ${host}'s BIND, which asks ${asks}`,
      mend: "Give a resolver of the network, or leave it out",
    });
  };
  environment.consul.configuration?.recursors?.forEach((address, i) => {
    refuse("environment/recursor-loop", `consul.configuration.recursors[${i}]`, address, "Consul");
  });
  environment.dns.upstreams.forEach((address, i) => {
    refuse("environment/upstream-loop", `dns.upstreams[${i}]`, address, "this resolver in turn");
  });
}
