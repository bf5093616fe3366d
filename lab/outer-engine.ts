import { attempt, type Ended, type Given, outputOf, which } from "./commands";
import { ENGINE_SOCKET } from "./engine";

function client(): string {
  const cli = which("docker");
  if (cli === undefined) throw new Error("no docker on PATH: apt-get install docker.io");
  return cli;
}

/**
 * Runs the Docker client on this machine's own engine, whatever DOCKER_HOST says.
 * @throws Error with the command and what it said
 */
export async function docker(args: readonly string[], given: Given = {}): Promise<string> {
  return (await outputOf(client(), ["--host", `unix://${ENGINE_SOCKET}`, ...args], given)).trimEnd();
}

/** The same, where an error is an answer. */
export function tryDocker(args: readonly string[], given: Given = {}): Promise<Ended> {
  return attempt(client(), ["--host", `unix://${ENGINE_SOCKET}`, ...args], given);
}

/** The lines of a listing: `docker <kind> ls` with a filter and a format. */
export async function list(
  kind: "container" | "image" | "network" | "volume",
  filter: string,
  format: string,
): Promise<string[]> {
  const all = kind === "container" ? ["--all"] : [];
  const text = await docker([kind, "ls", ...all, "--filter", filter, "--format", format]);
  return text.split("\n").filter((line) => line !== "");
}

/** What the engine knows of an object by Go's template, or undefined if it has none of that name. */
export async function inspected(
  kind: "container" | "image" | "network" | "volume",
  name: string,
  format: string,
): Promise<string | undefined> {
  const { status, stdout, stderr } = await tryDocker([kind, "inspect", "--format", format, name]);
  if (status === 0) return stdout.trimEnd();
  // "no such" is how every version begins it: "No such image", "no such volume", "network x not found".
  if (/no such|not found/i.test(stderr)) return undefined;
  throw new Error(`docker ${kind} inspect ${name}: ${stderr.trim()}`);
}
