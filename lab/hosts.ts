import { existsSync } from "node:fs";
import { all, isRoot, outputOf, which } from "./commands";
import { startEngine, stopEngine } from "./engine";
import { containerOf } from "./host-console";
import { awaitHost, ensureHost, nameHosts, removeHost } from "./host-containers";
import { makeHostImages, removeHostImages } from "./host-images";
import { clientKeyOf, forgetHostKey, hostKeyOf, writeSshFiles } from "./host-ssh";
import {
  DEFAULT_LAB,
  describeLab,
  gatewayOf,
  type LabDescription,
  type LabHost,
  type LabWish,
  refuseOverlap,
  routesIn,
} from "./hosts-description";
import {
  findLab,
  forgetLab,
  hostOf,
  keepLab,
  type Lab,
  LAB_LABELS,
  pathsOf,
  stateFolder,
} from "./hosts-state";
import { healHost } from "./link-faults";
import { loadImages } from "./load-images";
import { alone } from "./making";
import { docker, inspected, list } from "./outer-engine";
import { writeStagingSettings } from "./staging-hosts";
import { ensureUpstream } from "./upstream";

/** What a lab needs of this machine, with Debian's packages of it. */
export const LAB_PACKAGES: Readonly<Record<string, string>> = {
  docker: "docker.io",
  ip: "iproute2",
  ssh: "openssh-client",
  debootstrap: "debootstrap",
};

function requireMachine(): void {
  if (!isRoot()) throw new Error("the lab's hosts are made by root only");
  const lacked = Object.entries(LAB_PACKAGES).filter(([program]) => which(program) === undefined);
  if (lacked.length === 0) return;
  const packages = lacked.map(([, name]) => name).join(" ");
  throw new Error(`the programs of ${packages} are missing: apt-get install ${packages}`);
}

/** Removes all that the engine has of a lab. */
async function removeAll(lab: string): Promise<void> {
  const filter = `label=${LAB_LABELS.lab}=${lab}`;
  for (const id of await list("container", filter, "{{.ID}}")) {
    await docker(["container", "rm", "--force", "--volumes", id]);
  }
  for (const name of await list("volume", filter, "{{.Name}}")) await docker(["volume", "rm", name]);
  for (const id of await list("network", filter, "{{.ID}}")) await docker(["network", "rm", id]);
}

/** What the engine has of the network that a lab is to have. */
type NetworkFound = "as it should be" | "of a lab that is gone" | "none";

/**
 * Looks whether a lab can have its network, and changes nothing.
 * @throws Error if the name is another's, or if the machine has another way to the subnet
 */
async function findNetwork({ lab, subnet }: LabDescription, folder: string): Promise<NetworkFound> {
  const format = `{"labels":{{json .Labels}},"ipam":{{json .IPAM.Config}}}`;
  const text = await inspected("network", lab, format);
  if (text === undefined) {
    refuseOverlap(subnet, routesIn(await outputOf("ip", ["-4", "route"])));
    return "none";
  }
  const seen = JSON.parse(text) as { labels: Record<string, string> | null; ipam: { Subnet: string }[] };
  const owner = seen.labels?.[LAB_LABELS.folder];
  if (seen.labels?.[LAB_LABELS.lab] !== lab || owner === undefined) {
    throw new Error(`the engine has a network ${lab} that is none of a lab's: choose another name by --lab`);
  }
  if (owner === folder && seen.ipam[0]?.Subnet === subnet) return "as it should be";
  if (owner !== folder && existsSync(pathsOf(owner).state)) {
    throw new Error(
      `the lab ${lab} is that of ${owner}: take it down there, or choose another name by --lab`,
    );
  }
  return "of a lab that is gone";
}

/** Makes the lab's network. What is left of a lab whose state folder was removed by hand goes first. */
async function ensureNetwork({ lab, subnet, folder }: Lab): Promise<void> {
  const found = await findNetwork({ lab, subnet, hosts: [] }, folder);
  if (found === "as it should be") return;
  if (found !== "none") await removeAll(lab);
  const labels = [`${LAB_LABELS.lab}=${lab}`, `${LAB_LABELS.folder}=${folder}`];
  await docker([
    ...["network", "create", "--subnet", subnet, "--gateway", gatewayOf(subnet)],
    ...labels.flatMap((label) => ["--label", label]),
    lab,
  ]);
}

/** Makes what the description of the lab has, and waits for it. */
async function makeHosts(lab: Lab, hosts: readonly LabHost[], say: (line: string) => void): Promise<Lab> {
  const keys = await Promise.all(
    hosts.map(async ({ name }) => [name, await hostKeyOf(name, lab.folder)] as const),
  );
  const keyed = keepLab({ ...lab, hostKeys: { ...lab.hostKeys, ...Object.fromEntries(keys) } });
  writeSshFiles(keyed);
  writeStagingSettings(keyed);
  const clientKey = await clientKeyOf(lab, lab.folder);
  await all(
    hosts.map(async (host) => {
      await ensureHost(keyed, host, clientKey, say);
      await healHost(keyed, host.name);
      await awaitHost(keyed, host.name);
      await nameHosts(keyed, host.name, say);
      say(`${host.name}: running`);
    }),
  );
  return keyed;
}

/** What `upLab` may be told besides what the lab is to be. */
export interface UpOptions extends LabWish {
  /**
   * The images that every host's engine is to have.
   * @default - those of the lab as it is; none in a new one
   */
  readonly images?: readonly string[];
  /** Takes what is being done, a line each. @default console.log */
  readonly say?: (line: string) => void;
}

/**
 * Brings a lab up: makes what is not there, starts what does not run, heals every fault, and loads the images. What is
 * as it should be is left alone, so that a second run changes nothing, and one after an interruption goes on from there.
 * @throws Error with what this machine lacks, what was asked wrongly, or every host that did not come up
 */
export async function upLab(options: UpOptions = {}): Promise<Lab> {
  const { say = console.log } = options;
  const name = options.lab ?? DEFAULT_LAB;
  const wished: LabDescription = describeLab(options, findLab(name));
  requireMachine();
  const folder = stateFolder(name);
  return alone(folder, async () => {
    const before = findLab(name);
    const startedHere = await startEngine();
    try {
      await findNetwork(wished, folder);
    } catch (error) {
      if (startedHere) await stopEngine();
      throw error;
    }
    const engineStarted = startedHere || before?.engineStarted === true;
    const images = options.images ?? before?.images ?? [];
    const hostKeys = before?.hostKeys ?? {};
    // Written before anything is made, so that whatever interrupts this, `downLab` knows what there may be.
    const lab = keepLab({ ...wished, folder, hostKeys, images, engineStarted });
    await makeHostImages(lab.hosts.map(({ release }) => release));
    await ensureNetwork(lab);
    await ensureUpstream(lab);
    const made = await makeHosts(lab, lab.hosts, say);
    await loadImages(made, { say });
    return made;
  });
}

/**
 * Throws a host away and makes an empty one with the same name and address, and a new host key.
 * @returns the lab, with the new key
 */
export async function replaceHost(lab: Lab, host: string, say = console.log): Promise<Lab> {
  const { name } = hostOf(lab, host);
  return alone(lab.folder, async () => {
    // Back and forth with the state: an interruption leaves a host whose key is not the one it is to have.
    forgetHostKey(name, lab.folder);
    await removeHost(lab, name);
    const made = await makeHosts(lab, [hostOf(lab, name)], say);
    await loadImages(made, { hosts: [name], say });
    return made;
  });
}

/**
 * Takes hosts down for good: their containers, volumes and keys.
 * @returns the lab without them
 */
export async function removeHosts(lab: Lab, names: readonly string[]): Promise<Lab> {
  const gone = new Set(names.map((name) => hostOf(lab, name).name));
  if (gone.size === lab.hosts.length) throw new Error("a lab without hosts is none: take it down as a whole");
  return alone(lab.folder, async () => {
    for (const name of gone) {
      await removeHost(lab, name);
      forgetHostKey(name, lab.folder);
    }
    const kept = keepLab({
      ...lab,
      hosts: lab.hosts.filter(({ name }) => !gone.has(name)),
      hostKeys: Object.fromEntries(Object.entries(lab.hostKeys).filter(([name]) => !gone.has(name))),
    });
    writeSshFiles(kept);
    await ensureUpstream(kept);
    for (const { name } of kept.hosts) {
      // One that does not run learns it when it is brought up.
      if ((await inspected("container", containerOf(kept, name), "{{.State.Running}}")) === "true") {
        await nameHosts(kept, name, console.log);
      }
    }
    return kept;
  });
}

/** What `downLab` may be told. */
export interface DownOptions {
  /** Removes the images and archives that hosts are made of, too. @default false */
  readonly caches?: boolean;
  /** @default console.log */
  readonly say?: (line: string) => void;
}

/**
 * Takes a lab down: its hosts and all that they had, its network, its keys; then the engine, if the lab started it and
 * nobody else uses it. The hosts' images stay for the next time. What is not there is not missed.
 * @throws Error if the lab is another checkout's
 */
export async function downLab(name = DEFAULT_LAB, options: DownOptions = {}): Promise<void> {
  const { say = console.log, caches = false } = options;
  requireMachine();
  const folder = stateFolder(name);
  await alone(folder, async () => {
    const lab = findLab(name);
    const startedHere = await startEngine();
    const owner = await inspected("network", name, `{{index .Labels "${LAB_LABELS.folder}"}}`);
    if (owner !== undefined && owner !== "" && owner !== folder && existsSync(pathsOf(owner).state)) {
      throw new Error(`the lab ${name} is that of ${owner}: take it down there`);
    }
    await removeAll(name);
    if (caches) await removeHostImages();
    say(`${name}: removed`);
    if (!startedHere && lab?.engineStarted !== true) return;
    const others = await list("container", "status=running", "{{.Names}}");
    if (others.length > 0) say(`the engine stays, as it runs others' containers: ${others.join(", ")}`);
    else if (await stopEngine()) say("stopped the engine");
  });
  forgetLab(folder);
}
