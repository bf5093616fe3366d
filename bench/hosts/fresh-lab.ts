import { setTimeout as pause } from "node:timers/promises";
import { all } from "../../lab/commands";
import { ssh, trySsh } from "../../lab/host-ssh";
import { downLab, upLab } from "../../lab/hosts";
import type { Lab } from "../../lab/hosts-state";
import type { Programs } from "./programs";

const LAB = "bench-hosts";
const SUBNET = "10.219.0.0/24";
const IMAGES = [
  "lab/consul:1.19.2",
  "lab/registrator:7.4.0",
  "lab/bind9:9.18",
  "bitbucket-server:1.0",
  "lab/web:1.0",
  "lab/tools:1.0",
];
const silent = { say: () => undefined };
const LONGEST_MILLISECONDS = 120_000;

/** What a host resolves when everything beneath it is there. */
export const END_CONDITION = "getent hosts bitbucket-server-7990.service.consul";

/** Hosts that have an engine, ssh and images, and nothing else: those that were there before are thrown away. */
export async function freshLab(hosts: number): Promise<Lab> {
  await removeLab();
  return upLab({ lab: LAB, subnet: SUBNET, count: hosts, images: IMAGES, ...silent });
}

/** Takes the hosts down, with their state and keys. */
export function removeLab(): Promise<void> {
  return downLab(LAB, silent);
}

/** Waits until every host resolves, by its own resolver, a service of the first one. */
export async function untilAllResolve(lab: Lab, programs: Programs): Promise<void> {
  await all(lab.hosts.map(({ name }) => until(lab, name, END_CONDITION, programs)));
}

/**
 * Asks whether what was made is what is measured: the store in every engine, the overlay network on every host, and
 * containers that find each other on it by name.
 */
export async function requireFleet(lab: Lab, programs: Programs): Promise<void> {
  const [first = "", ...others] = lab.hosts.map(({ name }) => name);
  const shared = [
    `docker info --format '{{.ClusterStore}}' 2>/dev/null | grep -q ^consul://`,
    `docker network inspect --format '{{.Driver}}' docker-internal | grep -qx overlay`,
    `for name in consul registrator bind; do docker ps --format '{{.Names}}' | grep -qx $name; done`,
  ].join(" && ");
  await all(lab.hosts.map(({ name }) => until(lab, name, shared, programs)));
  const reaches = (host: string) =>
    `docker exec shop-${host} ping -c 1 -W 2 bitbucket-server-${first} && docker exec shop-${host} nslookup bitbucket-server-7990.service.consul`;
  await all(others.map((name) => until(lab, name, reaches(name), programs)));
}

/** The process id of every host's engine: it stays as long as the engine is not restarted. */
export async function enginesOf(lab: Lab): Promise<Readonly<Record<string, string>>> {
  const pids = lab.hosts.map(async ({ name }) => {
    const pid = await ssh(lab, name, "systemctl show --property MainPID --value docker.service");
    return [name, pid] as const;
  });
  return Object.fromEntries(await Promise.all(pids));
}

async function until(lab: Lab, host: string, command: string, programs: Programs): Promise<void> {
  const end = Date.now() + LONGEST_MILLISECONDS;
  for (;;) {
    programs.goOn();
    const { status, stdout, stderr } = await trySsh(lab, host, command, { timeout: LONGEST_MILLISECONDS });
    if (status === 0) return;
    if (Date.now() > end) throw new Error(`${host}: ${command}: not so in time\n${stdout}${stderr}`);
    await pause(100);
  }
}
