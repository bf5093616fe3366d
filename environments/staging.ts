import { Cidr } from "../constructs/core/addresses";
import { Duration } from "../constructs/core/duration";
import { Faults } from "../constructs/core/errors";
import { Size } from "../constructs/core/size";
import { Check } from "../constructs/discovery/check";
import type { Backend } from "./backend";
import type { EnginesDescription, Environment, HostDescription, ServiceDescription } from "./environment";
import { readStagingSettings, type StagingSettings } from "./staging-settings";

/** A host whose name has no number stands behind those of the defaults. */
const NUMBERS = 100;

/**
 * Three hosts, each with a Consul server and containers of its own. Once settings declare the hosts' keys (STAGING_SETTINGS),
 * the engines share a store and an overlay network as well, and the hosts resolve names by their BIND: the lab's hosts do.
 */
export function staging(settings: StagingSettings = readStagingSettings()): Environment {
  const { consulVersion, bindVersion, images, serviceTtlSeconds, upstreams } = settings;
  const names = Object.keys(settings.hosts);
  const hosts = Object.fromEntries(names.map((name, i) => [name, host(settings, name, i)]));
  const servers = names.filter((name) => hosts[name]?.consul === "server");
  const clients = names.filter((name) => !servers.includes(name));
  const declared = Object.values(settings.hosts).every(({ hostKeys }) => hostKeys !== undefined);
  return {
    name: "staging",
    hosts,
    groups: {
      ...Object.fromEntries(servers.map((name, i) => [`server-${numberOf(name) ?? i + 1}`, [name]])),
      ...(clients.length === 0 ? {} : { fleet: clients }),
    },
    images: {
      consul: images.consul ?? `hashicorp/consul:${consulVersion}`,
      registrator: images.registrator ?? "gliderlabs/registrator:master",
      bind: images.bind ?? `internetsystemsconsortium/bind9:${bindVersion}`,
    },
    consul: {
      version: consulVersion,
      datacenter: "staging",
      domain: "consul",
      network: "host",
      ...(serviceTtlSeconds === undefined
        ? {}
        : { configuration: { dnsConfig: { serviceTtl: { "*": Duration.seconds(serviceTtlSeconds) } } } }),
    },
    ...(declared ? { engines: enginesOf(settings) } : {}),
    dns: { version: bindVersion, upstreams },
    backend: backendOf(settings),
  };
}

function enginesOf({ advertise, engine, overlay }: StagingSettings): EnginesDescription {
  return { advertise, configuration: engine, overlay };
}

function backendOf({ stateFolder }: StagingSettings): Backend {
  if (stateFolder !== undefined) return { kind: "local", folder: stateFolder };
  return {
    kind: "s3",
    bucket: "example-terraform-state",
    prefix: "docker-discovery",
    region: "eu-central-1",
  };
}

/** N of `staging-N`. */
function numberOf(name: string): number | undefined {
  const n = /^staging-([1-9]\d?)$/.exec(name)?.[1];
  return n === undefined ? undefined : Number(n);
}

function host(settings: StagingSettings, name: string, index: number): HostDescription {
  const given = settings.hosts[name];
  const n = numberOf(name) ?? NUMBERS + index;
  const { port, hostKeys, identityFile, configFile } = given ?? {};
  const subnet = given?.subnet ?? `10.21.${n}.0/24`;
  return {
    address: given?.address ?? `10.20.0.${10 + n}`,
    connection: {
      kind: "ssh",
      user: given?.user ?? "deploy",
      ...(port === undefined ? {} : { port }),
      ...(hostKeys === undefined ? {} : { hostKeys }),
      ...(identityFile === undefined ? {} : { identityFile }),
      ...(configFile === undefined ? {} : { configFile }),
    },
    engineVersion: given?.engineVersion ?? "20.10.24",
    network: { name: "services", subnet, ipRange: upperHalf(subnet) },
    ...(given?.retired === true ? { retired: true } : {}),
    consul: given?.consul ?? (index < 3 ? "server" : "client"),
    services: n === 1 ? bitbucket(settings) : shop(settings, n),
  };
}

/** Under the names that registrator makes of the image's: `bitbucket-server-7990`, `bitbucket-server-7999`. */
function bitbucket(settings: StagingSettings): Readonly<Record<string, ServiceDescription>> {
  return {
    "bitbucket-server": {
      image: settings["bitbucket-server"].image,
      port: 7990,
      furtherPorts: [7999],
      defaultNames: true,
      memory: Size.gibibytes(2),
      ...overlayAddress(settings, 1),
    },
  };
}

function shop(settings: StagingSettings, n: number): Readonly<Record<string, ServiceDescription>> {
  const { image, port, path } = settings.shop;
  return {
    shop: {
      image,
      port,
      memory: Size.mebibytes(256),
      check: Check.http(path, { interval: Duration.seconds(2) }),
      ...overlayAddress(settings, n),
    },
  };
}

/** In the lower half of the overlay, which gives out the upper one. */
function overlayAddress(
  { overlay, hosts }: StagingSettings,
  n: number,
): Pick<ServiceDescription, "overlayAddress"> {
  const declared = Object.values(hosts).every(({ hostKeys }) => hostKeys !== undefined);
  if (!declared || overlay.subnet === undefined) return {};
  // What does not parse, or has no room, is said with all the other faults.
  const address = new Faults().try(() => {
    const block = Cidr.parse(overlay.subnet ?? "");
    return block.address(block.prefixLength <= 22 ? 256 + n : 1 + n);
  });
  return address === undefined ? {} : { overlayAddress: address };
}

/** The half of a block that addresses are given out from; the other one has room for fixed ones. */
function upperHalf(subnet: string): string {
  const half = new Faults().try(() => {
    const block = Cidr.parse(subnet);
    return `${block.address(2 ** (31 - block.prefixLength))}/${block.prefixLength + 1}`;
  });
  return half ?? subnet;
}
