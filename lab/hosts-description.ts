import { Cidr } from "../constructs/core/addresses";

/** The Debian releases that hosts are made of, with the engines that these bring: 20.10.5, 20.10.24 and 26.1. */
export const RELEASES = ["bullseye", "bookworm", "trixie"] as const;
export type Release = (typeof RELEASES)[number];

/** A host of the lab. */
export interface LabHost {
  /** Its host name, and its name for every command of the lab. */
  readonly name: string;
  readonly release: Release;
  /** Its address, which it keeps until it is taken down. */
  readonly address: string;
}

/** A lab: hosts on a network of their own. */
export interface LabDescription {
  /** The lab's name; labs of different names live side by side, each with a subnet of its own. */
  readonly lab: string;
  readonly subnet: string;
  readonly hosts: readonly LabHost[];
}

/** What is asked of a lab. Hosts that it has already, and that are not mentioned, stay. */
export interface LabWish {
  /** @default DEFAULT_LAB */
  readonly lab?: string;
  /** @default - that of the lab as it is, or DEFAULT_SUBNET */
  readonly subnet?: string;
  /**
   * How many hosts, with the names of the environment staging.
   * @default - the hosts that are there, or DEFAULT_HOSTS; none if `named` has some
   */
  readonly count?: number;
  /**
   * The release of the hosts of which nothing else is said.
   * @default bullseye
   */
  readonly release?: string;
  /** Hosts with names, and perhaps releases, of their own. */
  readonly named?: readonly { readonly name: string; readonly release?: string }[];
}

export const DEFAULT_LAB = "lab";
/** The addresses of the environment staging. */
export const DEFAULT_SUBNET = "10.20.0.0/24";
export const DEFAULT_HOSTS = 3;
/** The names of the environment staging: `staging-1` is the subnet's eleventh address, and so on. */
const DEFAULT_PREFIX = "staging-";
/** More is more than a machine's memory takes: each host needs 150 MB and more. */
const MOST_HOSTS = 20;
/** Where the addresses of hosts with names of their own begin. */
const FIRST_NAMED = 101;

/** The machine's own end of the lab's network. */
export function gatewayOf(subnet: string): string {
  return Cidr.parse(subnet).address(1);
}

/** The address of the lab's own name server, the resolver that the hosts begin with. */
export function upstreamOf(subnet: string): string {
  return Cidr.parse(subnet).address(2);
}

function checkedLab(lab: string): string {
  if (/^[a-z][a-z0-9-]{0,29}$/.test(lab)) return lab;
  throw new Error(
    `--lab ${lab}: a lab's name is up to 30 lower-case letters, digits and hyphens, a letter first`,
  );
}

function checkedSubnet(subnet: string): string {
  const said = `--subnet ${subnet}`;
  let block: Cidr;
  try {
    block = Cidr.parse(subnet);
  } catch {
    throw new Error(
      `${said}: write a block by its first address and its prefix, for instance ${DEFAULT_SUBNET}`,
    );
  }
  if (!block.isIpv4 || block.prefixLength < 16 || block.prefixLength > 24) {
    throw new Error(`${said}: a lab's subnet is IPv4, with a prefix of 16 to 24`);
  }
  return subnet;
}

function checkedRelease(release: string, said: string): Release {
  const found = RELEASES.find((known) => known === release);
  if (found === undefined) throw new Error(`${said}: ${release} is none of ${RELEASES.join(", ")}`);
  return found;
}

function checkedName(name: string): string {
  const reserved = ["localhost", "upstream"];
  if (/^[a-z]([a-z0-9-]{0,38}[a-z0-9])?$/.test(name) && !reserved.includes(name)) return name;
  throw new Error(
    `--host ${name}: a host's name is up to 40 lower-case letters, digits and hyphens, a letter first, and none of ${reserved.join(", ")}`,
  );
}

function checkedCount(count: number): number {
  if (Number.isInteger(count) && count >= 1 && count <= MOST_HOSTS) return count;
  throw new Error(`--hosts ${count}: the lab has 1 to ${MOST_HOSTS} hosts`);
}

/** The host of `NAME` or `NAME=RELEASE`, as the command line has it. */
export function namedHost(text: string): { name: string; release?: string } {
  const [name = "", release, ...rest] = text.split("=");
  if (rest.length > 0 || release === "") throw new Error(`--host ${text}: write NAME or NAME=RELEASE`);
  return release === undefined ? { name } : { name, release };
}

/**
 * What a lab is to be: what is there, and what is wished besides.
 * @param present the lab as it is, if it is there
 * @throws Error with the option that is wrong, and what is allowed
 */
export function describeLab(wish: LabWish, present?: LabDescription): LabDescription {
  const lab = checkedLab(wish.lab ?? DEFAULT_LAB);
  const subnet = checkedSubnet(wish.subnet ?? present?.subnet ?? DEFAULT_SUBNET);
  if (present !== undefined && present.subnet !== subnet) {
    throw new Error(`--subnet ${subnet}: the lab ${lab} is in ${present.subnet}: take it down first`);
  }
  const { named = [], count } = wish;
  if (named.length > 0 && count !== undefined) {
    throw new Error("--hosts and --host: give the number of hosts or their names, not both");
  }
  const wishedRelease =
    wish.release === undefined ? undefined : checkedRelease(wish.release, "--release " + wish.release);
  const release = wishedRelease ?? "bullseye";
  const wished: { name: string; release: Release | undefined }[] = named.map((host) => ({
    name: checkedName(host.name),
    release: host.release === undefined ? wishedRelease : checkedRelease(host.release, `--host ${host.name}`),
  }));
  const names = wished.map(({ name }) => name);
  const twice = names.find((name, i) => names.indexOf(name) !== i);
  if (twice !== undefined) throw new Error(`--host ${twice}: is given twice`);
  if (named.length === 0 && (count !== undefined || present === undefined)) {
    for (let n = 1; n <= checkedCount(count ?? DEFAULT_HOSTS); n++) {
      wished.push({ name: `${DEFAULT_PREFIX}${n}`, release: wishedRelease });
    }
  }
  const hosts = [...(present?.hosts ?? [])];
  for (const wanted of wished) {
    const there = hosts.find(({ name }) => name === wanted.name);
    if (there === undefined) {
      const address = freeAddress(subnet, wanted.name, hosts);
      hosts.push({ name: wanted.name, release: wanted.release ?? release, address });
    } else if (wanted.release !== undefined && wanted.release !== there.release) {
      throw new Error(
        `--host ${there.name}: is ${there.release} already: take it down first (lab:down ${there.name})`,
      );
    }
  }
  if (hosts.length > MOST_HOSTS) throw new Error(`${hosts.length} hosts: the lab has 1 to ${MOST_HOSTS}`);
  return { lab, subnet, hosts };
}

/** A default name has an address of its own; any other the first that is free. */
function freeAddress(subnet: string, name: string, hosts: readonly LabHost[]): string {
  const block = Cidr.parse(subnet);
  const n = new RegExp(`^${DEFAULT_PREFIX}([1-9]\\d?)$`).exec(name)?.[1];
  if (n !== undefined && 10 + Number(n) < FIRST_NAMED) return block.address(10 + Number(n));
  const taken = new Set(hosts.map(({ address }) => address));
  let index = FIRST_NAMED;
  while (taken.has(block.address(index))) index += 1;
  return block.address(index);
}

/** The blocks of this machine's routes, by device, from the text of `ip -4 route`. */
export function routesIn(text: string): { readonly block: string; readonly device: string }[] {
  return text.split("\n").flatMap((line) => {
    const found = /^(?:\S+ )?(\d+(?:\.\d+){3}(?:\/\d+)?) (?:.* )?dev (\S+)/.exec(line);
    const [, block, device] = found ?? [];
    if (block === undefined || device === undefined) return [];
    return [{ block: block.includes("/") ? block : `${block}/32`, device }];
  });
}

/**
 * Refuses a subnet that this machine already has a way to.
 * @throws Error with the route
 */
export function refuseOverlap(subnet: string, routes: readonly { block: string; device: string }[]): void {
  const wanted = Cidr.parse(subnet);
  const met = routes.find(({ block }) => wanted.overlaps(Cidr.parse(block)));
  if (met === undefined) return;
  throw new Error(
    `--subnet ${subnet}: overlaps ${met.block}, which this machine reaches by ${met.device}: choose another`,
  );
}
