import { containerOf } from "./host-console";
import { awaitHost } from "./host-containers";
import { replaceHost } from "./hosts";
import type { Lab } from "./hosts-state";
import { blockPort, cutHost, fillDisk, healHost, makeReadOnly, throttleHost } from "./link-faults";
import { docker } from "./outer-engine";

/** Ends a host at once, as a power cut does: nothing on it is told. */
export async function killHost(lab: Lab, host: string): Promise<void> {
  await docker(["kill", containerOf(lab, host)]);
}

/** Starts a host that is off, and waits until it is ready. */
export async function startHost(lab: Lab, host: string): Promise<void> {
  await docker(["start", containerOf(lab, host)]);
  await awaitHost(lab, host);
}

/** Shuts a host down in good order, starts it again, and waits until it is ready. */
export async function restartHost(lab: Lab, host: string): Promise<void> {
  await docker(["restart", containerOf(lab, host)]);
  await awaitHost(lab, host);
}

/** A fault that the command line has. */
interface Fault {
  /** Its arguments after the host, for the usage; one in brackets may be left out. */
  readonly takes: readonly string[];
  readonly does: string;
  readonly run: (lab: Lab, host: string, argument: string | undefined) => Promise<unknown>;
}

const given = (argument: string | undefined): string => {
  if (argument === undefined) throw new Error("an argument is missing");
  return argument;
};

/** The faults on demand, by their names on the command line. */
export const FAULTS: Readonly<Record<string, Fault>> = {
  cut: { takes: [], does: "pulls the host's cable", run: cutHost },
  throttle: {
    takes: ["RATE"],
    does: "slows its link down, for instance to 10mbit",
    run: (lab, host, rate) => throttleHost(lab, host, given(rate)),
  },
  block: {
    takes: ["PORT/PROTOCOL"],
    does: "drops what comes to a port, for instance 8500/tcp",
    run: (lab, host, port) => blockPort(lab, host, given(port)),
  },
  "fill-disk": {
    takes: ["[FOLDER]"],
    does: "leaves no byte free in a folder (/etc)",
    run: (lab, host, folder) => fillDisk(lab, host, folder),
  },
  "read-only": {
    takes: ["[FOLDER]"],
    does: "makes a folder read-only (/etc)",
    run: (lab, host, folder) => makeReadOnly(lab, host, folder),
  },
  heal: { takes: [], does: "takes all of the above back", run: healHost },
  kill: { takes: [], does: "ends the host as a power cut does", run: killHost },
  start: { takes: [], does: "starts a host that is off", run: startHost },
  restart: { takes: [], does: "reboots it", run: restartHost },
  replace: {
    takes: [],
    does: "throws it away: an empty one has its name and address, and another host key",
    run: (lab, host) => replaceHost(lab, host),
  },
};

/** How the faults are written, a line each. */
export function faultsUsage(): string {
  return Object.entries(FAULTS)
    .map(([name, { takes, does }]) => `  ${[name, "NAME", ...takes].join(" ").padEnd(30)} ${does}`)
    .join("\n");
}

/**
 * Does one fault, by its name.
 * @throws Error with the usage, if the fault is unknown or its arguments are not what it takes
 */
export async function runFault(
  lab: Lab,
  name: string,
  host: string,
  args: readonly string[] = [],
): Promise<void> {
  const fault = Object.hasOwn(FAULTS, name) ? FAULTS[name] : undefined;
  const needed = fault?.takes.filter((argument) => !argument.startsWith("[")).length ?? 0;
  if (fault === undefined || args.length < needed || args.length > fault.takes.length) {
    throw new Error(
      `${["lab:fault", name, host, ...args].join(" ")}: is none of the faults:\n${faultsUsage()}`,
    );
  }
  await fault.run(lab, host, args[0]);
}
