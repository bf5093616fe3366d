import { hostOf, type Lab } from "./hosts-state";
import { type Ended, type Given } from "./commands";
import { docker, tryDocker } from "./outer-engine";

/** The name of a host's container, and of its volume. */
export function containerOf(lab: Lab, host: string): string {
  return `${lab.lab}-${hostOf(lab, host).name}`;
}

/**
 * Runs a script as root on a host, past its network and its sshd: what somebody at its console would type.
 * @returns what it wrote
 * @throws Error with what it said
 */
export function onConsole(lab: Lab, host: string, script: string, given: Given = {}): Promise<string> {
  return docker(consoleArguments(lab, host, script, given), given);
}

/** The same, where an error is an answer. */
export function tryConsole(lab: Lab, host: string, script: string, given: Given = {}): Promise<Ended> {
  return tryDocker(consoleArguments(lab, host, script, given), given);
}

function consoleArguments(lab: Lab, host: string, script: string, given: Given): string[] {
  const interactive = given.input === undefined && given.inputFile === undefined ? [] : ["--interactive"];
  return ["exec", ...interactive, containerOf(lab, host), "sh", "-euc", script];
}
