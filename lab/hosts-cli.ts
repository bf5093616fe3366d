import { spawnSync } from "node:child_process";
import { parseArgs } from "node:util";
import { main } from "./commands";
import { faultsUsage, runFault } from "./faults";
import { sshArguments } from "./host-ssh";
import { downLab, removeHosts, upLab } from "./hosts";
import { DEFAULT_LAB, namedHost } from "./hosts-description";
import { findLab, keepLab, openLab } from "./hosts-state";
import { labStatus, statusText } from "./hosts-status";
import { FLEET_IMAGES, loadImages } from "./load-images";

const USAGE = `npm run lab:up -- [--hosts N | --host NAME[=RELEASE] ...] [--release RELEASE] [--subnet BLOCK]
                  [--image REFERENCE ... | --no-images]
npm run lab:status -- [--json]
npm run lab:load -- [REFERENCE ...]
npm run lab:ssh -- [--root] NAME [COMMAND ...]
npm run lab:fault -- FAULT NAME [ARGUMENT]
npm run lab:down -- [NAME ...] [--caches]
Each takes --lab LAB, for a second lab beside the first. The faults:
${faultsUsage()}`;

const LAB = { lab: { type: "string", default: DEFAULT_LAB } } as const;

async function up(args: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      ...LAB,
      hosts: { type: "string" },
      host: { type: "string", multiple: true },
      release: { type: "string" },
      subnet: { type: "string" },
      image: { type: "string", multiple: true },
      "no-images": { type: "boolean", default: false },
    },
  });
  const { lab, hosts, host, release, subnet, image } = values;
  if (image !== undefined && values["no-images"])
    throw new Error("--image and --no-images exclude each other");
  if (hosts !== undefined && !/^\d+$/.test(hosts)) throw new Error(`--hosts ${hosts}: give a number`);
  const images = values["no-images"] ? [] : (image ?? findLab(lab)?.images ?? FLEET_IMAGES);
  const made = await upLab({
    lab,
    images,
    ...(hosts === undefined ? {} : { count: Number(hosts) }),
    ...(host === undefined ? {} : { named: host.map(namedHost) }),
    ...(release === undefined ? {} : { release }),
    ...(subnet === undefined ? {} : { subnet }),
  });
  console.log(statusText(await labStatus(made)));
}

async function status(args: readonly string[]): Promise<void> {
  const options = { ...LAB, json: { type: "boolean", default: false } } as const;
  const { values } = parseArgs({ args: [...args], options });
  const found = await labStatus(openLab(values.lab));
  console.log(values.json ? JSON.stringify(found, undefined, 2) : statusText(found));
}

async function load(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: LAB, allowPositionals: true });
  const lab = openLab(values.lab);
  await loadImages(lab, positionals.length === 0 ? {} : { references: positionals });
  // So that a host that is replaced or added gets them too.
  keepLab({ ...lab, images: [...new Set([...lab.images, ...positionals])] });
}

/** What stands behind the host's name is the command's, its options too. */
function ssh(args: readonly string[]): void {
  const options = { ...LAB, root: { type: "boolean", default: false } } as const;
  const { tokens } = parseArgs({
    args: [...args],
    options,
    tokens: true,
    strict: false,
    allowPositionals: true,
  });
  const at = tokens.find(({ kind }) => kind === "positional")?.index;
  if (at === undefined) throw new Error(USAGE);
  const { values } = parseArgs({ args: args.slice(0, at).filter((arg) => arg !== "--"), options });
  const [name = "", ...command] = args.slice(at);
  const line = sshArguments(openLab(values.lab), name, values.root ? "root" : undefined);
  const done = spawnSync("ssh", [...line, ...(command.length === 0 ? [] : ["--", ...command])], {
    stdio: "inherit",
  });
  if (done.error) throw new Error(`ssh cannot be run: ${done.error.message}`);
  process.exitCode = done.status ?? 1;
}

async function fault(args: readonly string[]): Promise<void> {
  const { values, positionals } = parseArgs({ args: [...args], options: LAB, allowPositionals: true });
  const [name, host, ...more] = positionals;
  if (name === undefined || host === undefined) throw new Error(USAGE);
  await runFault(openLab(values.lab), name, host, more);
}

async function down(args: readonly string[]): Promise<void> {
  const options = { ...LAB, caches: { type: "boolean", default: false } } as const;
  const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
  if (positionals.length > 0) {
    await removeHosts(openLab(values.lab), positionals);
    return;
  }
  await downLab(values.lab, { caches: values.caches });
}

const COMMANDS: Readonly<Record<string, (args: readonly string[]) => void | Promise<void>>> = {
  ...{ up, status, load, ssh, fault, down },
};

void main(async () => {
  const [name = "", ...args] = process.argv.slice(2);
  const command = Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
  if (command === undefined || args.includes("--help")) {
    console.log(USAGE);
    if (command === undefined) process.exitCode = 1;
    return;
  }
  await command(args);
});
