import { Cidr } from "../constructs/core/addresses";
import { isDnsLabel } from "../constructs/core/dns-names";
import { Faults } from "../constructs/core/errors";
import { NetworkAddresses } from "../constructs/docker/network-addresses";
import { ENGINE_POOLS, requireOverlaySubnet } from "../constructs/docker/overlay-addresses";
import type { EnginesDescription, Environment } from "./environment";
import { overlayContainerName, presentHosts } from "./fleet";
import { DEFAULT_BRIDGE, validateNetworkName } from "./validate-hosts";

type Overlay = EnginesDescription["overlay"];

/** The bridge by which containers of overlays reach what is outside: engines make it by themselves. */
const GATEWAY_BRIDGE = "docker_gwbridge";
/** The first block that an engine takes for an overlay (`globalScopeDefaultNetworks` of libnetwork's ipamutils). */
const FIRST_CHOSEN = Cidr.parse("10.0.0.0/24");

/** Checks the network over all hosts: its name, its addresses, and what the hosts' containers are in it. */
export function validateOverlay(faults: Faults, at: string, environment: Environment): void {
  const { engines } = environment;
  if (engines === undefined) {
    validateFixedAddresses(faults, at, environment, undefined);
    return;
  }
  const where = `${at}, engines.overlay`;
  validateName(faults, where, environment, engines.overlay);
  const addresses = addressesOf(faults, where, engines.overlay);
  validateApart(faults, where, environment, engines);
  validateFixedAddresses(faults, at, environment, addresses);
  validateContainerNames(faults, at, environment);
}

function validateName(faults: Faults, at: string, environment: Environment, { name }: Overlay): void {
  validateNetworkName(faults, at, "name", name);
  const [owner] = presentHosts(environment).find(([, { network }]) => network.name === name) ?? [];
  if (owner === undefined && name !== GATEWAY_BRIDGE) return;
  faults.add(at, {
    code: "environment/overlay-name",
    prop: "name",
    got: name,
    allowed: `a name that no network of a host has; ${owner === undefined ? "every engine" : owner} has one of this name`,
    mend: "Take another name",
  });
}

/** The overlay's addresses, or undefined where it has no subnet, or one of them cannot be. */
function addressesOf(faults: Faults, at: string, overlay: Overlay): NetworkAddresses | undefined {
  const { name, subnet, gateway, ipRange } = overlay;
  faults.try(() => {
    requireOverlaySubnet(at, overlay);
  });
  if (subnet === undefined) return undefined;
  const whole = { subnet, ...(gateway === undefined ? {} : { gateway }), ...(ipRange === undefined ? {} : { ipRange }) }; // prettier-ignore
  const tried = (collected: Faults, props: typeof whole) =>
    collected.try(() => new NetworkAddresses([], name, at, props));
  if (tried(faults, { subnet }) === undefined) return undefined;
  // Each by itself: both may be wrong.
  if (gateway !== undefined) tried(faults, { subnet, gateway });
  if (ipRange !== undefined) tried(faults, { subnet, ipRange });
  return tried(new Faults(), whole);
}

/** Nothing that the hosts or their containers reach lies in the overlay: it would hide it from them. */
function validateApart(
  faults: Faults,
  at: string,
  environment: Environment,
  { configuration, overlay }: EnginesDescription,
): void {
  // What does not parse has been said already.
  const blockOf = (text: string) => new Faults().try(() => Cidr.parse(text));
  const block = overlay.subnet === undefined ? FIRST_CHOSEN : blockOf(overlay.subnet);
  if (block === undefined) return;
  const { bip, defaultAddressPools = ENGINE_POOLS } = configuration ?? {};
  const reached: readonly (readonly [string, string | Cidr | undefined])[] = [
    ...presentHosts(environment).flatMap(([name, { address, network }]) => [
      [name, address] as const,
      [`${name}'s network`, blockOf(network.subnet)] as const,
    ]),
    ...environment.dns.upstreams.map((address) => ["a resolver of dns.upstreams", address] as const),
    ...(environment.dns.furtherAgents ?? []).map(({ address }) => ["a further agent", address] as const),
    ...defaultAddressPools.map(({ base }) => ["a pool of the engines' own networks", blockOf(base)] as const),
    ["the default bridge", bip?.split("/")[0] ?? DEFAULT_BRIDGE],
  ];
  const inside = reached.flatMap(([who, what]) => {
    if (what === undefined) return [];
    const overlaps = what instanceof Cidr ? what.overlaps(block) : block.contains(what);
    return overlaps ? [`${who} is ${what.toString()}`] : [];
  });
  if (inside.length === 0) return;
  const shown = inside.slice(0, 3);
  const more = inside.length > shown.length ? `, and ${inside.length - shown.length} more are in it` : "";
  faults.add(at, {
    code: "environment/overlay-overlap",
    prop: "subnet",
    got: overlay.subnet,
    allowed: `${overlay.subnet === undefined ? `a subnet of its own, where engines would choose ${block.toString()},` : "a block"} apart from all that the hosts and their containers reach; ${shown.join(", ")}${more}`,
    mend: "Take a block of 10.0.0.0/8 that nothing else has",
  });
}

/** Services' fixed addresses: there where they are needed, fit for the overlay, each once over all hosts. */
function validateFixedAddresses(
  faults: Faults,
  at: string,
  environment: Environment,
  addresses: NetworkAddresses | undefined,
): void {
  const { subnet, ipRange } = environment.engines?.overlay ?? {};
  const owners = new Map<string, string>();
  for (const [name, { retired, services = {} }] of Object.entries(environment.hosts)) {
    for (const [service, { overlayAddress: address }] of Object.entries(services)) {
      const where = `${at}, host ${name}, service ${service}`;
      const fault = (code: string, allowed: string, mend: string) => {
        faults.add(where, { code, prop: "overlayAddress", got: address, allowed, mend });
      };
      if (address === undefined) {
        if (retired === true || subnet === undefined || ipRange === undefined) continue;
        fault("environment/overlay-address-missing",
          `an address of ${subnet} outside of ${ipRange}: engines keep the addresses of a host that was lost, and give them out again`,
          "Give one that no other container has"); // prettier-ignore
        continue;
      }
      if (subnet === undefined && retired !== true) {
        fault("environment/overlay-address-without-subnet",
          environment.engines === undefined
            ? "nothing without engines: there is no overlay network"
            : "nothing where the overlay has no subnet: the engine chooses one, and the addresses in it",
          environment.engines === undefined ? "Leave it out" : "Give the overlay a subnet and an ipRange, or leave it out"); // prettier-ignore
        continue;
      }
      const other = owners.get(address);
      if (other !== undefined) {
        fault("environment/overlay-address-twice",
          `an address that no other container of the overlay has, one of a retired host included; ${other} has this one`,
          "Take another one"); // prettier-ignore
      }
      owners.set(address, `${service} on ${name}`);
      if (retired === true) continue;
      faults.try(() => addresses?.claim(address, where, "overlayAddress"));
    }
  }
}

/** Containers' names on the overlay: DNS labels, each once over all hosts, and none of them a service's own. */
function validateContainerNames(faults: Faults, at: string, environment: Environment): void {
  const hosts = presentHosts(environment);
  const services = new Set(hosts.flatMap(([, host]) => Object.keys(host.services ?? {})));
  const owners = new Map<string, string>();
  for (const [host, description] of hosts) {
    for (const service of Object.keys(description.services ?? {})) {
      // Names that are none by themselves have been said already.
      if (!isDnsLabel(service) || !isDnsLabel(host)) continue;
      const name = overlayContainerName(service, host);
      const other = services.has(name) ? `the service ${name}` : owners.get(name);
      owners.set(name, `${service} on ${host}`);
      if (other === undefined && isDnsLabel(name)) continue;
      faults.add(`${at}, host ${host}, service ${service}`, {
        code: "environment/overlay-container-name",
        prop: "name",
        got: name,
        allowed:
          other === undefined
            ? "at most 63 characters for the service's name and the host's with a hyphen between them: that is the container's name on the overlay, and in its DNS"
            : `SERVICE-HOST that is nothing else's name on the overlay; ${other} has it too`,
        mend: "Take another name for the service",
      });
    }
  }
}
