import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { HOST_RECIPE_LABEL, hostReference } from "./host-recipes";
import { type LabDescription, upstreamOf } from "./hosts-description";
import { type Lab, LAB_LABELS } from "./hosts-state";
import { type TreeFile, withTree } from "./trees";
import { docker, inspected, tryDocker } from "./outer-engine";

/** The domain of the hosts' own names, which the lab's name server answers for: `staging-1.lab.example`. */
export const LAB_DOMAIN = "lab.example";

/** The name servers of this machine that a container can reach, from the text of its resolv.conf. */
export function nameServersIn(resolvConf: string): string[] {
  return resolvConf
    .split("\n")
    .flatMap((line) => /^\s*nameserver\s+(\d+(?:\.\d+){3})\s*$/.exec(line)?.[1] ?? [])
    .filter((address) => !address.startsWith("127."));
}

/** The configuration of the lab's name server: the hosts' names, and this machine's name servers for all others. */
export function upstreamConfiguration(forwarders: readonly string[]): string {
  const forward =
    forwarders.length === 0
      ? ""
      : `  forwarders { ${forwarders.map((address) => `${address};`).join(" ")} };\n  forward only;\n`;
  return `options {
  directory "/var/cache/bind";
  pid-file none;
  recursion yes;
  allow-query { any; };
  allow-recursion { any; };
  listen-on { any; };
  listen-on-v6 { none; };
  dnssec-validation no;
${forward}};
zone "${LAB_DOMAIN}" { type master; file "/etc/lab/zone"; };
`;
}

/** The zone of the hosts' names. */
export function upstreamZone(lab: LabDescription): string {
  const names = lab.hosts.map(({ name, address }) => `${name} A ${address}\n`).join("");
  return `$TTL 60
@ SOA upstream hostmaster 1 3600 600 86400 60
@ NS upstream
upstream A ${upstreamOf(lab.subnet)}
${names}`;
}

/** The resolv.conf that hosts begin with, as a site's DHCP would have written it. */
export function resolvConfText(lab: LabDescription): string {
  return `search ${LAB_DOMAIN}\nnameserver ${upstreamOf(lab.subnet)}\n`;
}

/** Runs the lab's name server, of today's hosts. */
export async function ensureUpstream(lab: Lab): Promise<void> {
  const container = `${lab.lab}-upstream`;
  const [first] = lab.hosts;
  if (first === undefined) return;
  const files: TreeFile[] = [
    { at: "etc/lab/named.conf", text: upstreamConfiguration(machineNameServers()), mode: 0o644 },
    { at: "etc/lab/zone", text: upstreamZone(lab), mode: 0o644 },
  ];
  const configuration = createHash("sha256").update(JSON.stringify(files)).digest("hex").slice(0, 16);
  const format = `{{.State.Running}} {{index .Config.Labels "${LAB_LABELS.configuration}"}}`;
  if ((await inspected("container", container, format)) === `true ${configuration}`) return;
  await tryDocker(["container", "rm", "--force", "--volumes", container]);
  const labels = {
    [LAB_LABELS.lab]: lab.lab,
    [LAB_LABELS.folder]: lab.folder,
    [LAB_LABELS.configuration]: configuration,
    // Its own, not its image's: it is no host.
    [HOST_RECIPE_LABEL]: "",
  };
  await docker([
    ...["create", "--name", container, "--hostname", "upstream"],
    ...["--network", lab.lab, "--ip", upstreamOf(lab.subnet), "--tmpfs", "/run/named:mode=0777"],
    ...Object.entries(labels).flatMap(([label, value]) => ["--label", `${label}=${value}`]),
    ...["--stop-signal", "SIGTERM", hostReference(first.release)],
    ...["/usr/sbin/named", "-f", "-u", "bind", "-c", "/etc/lab/named.conf"],
  ]);
  await withTree(files, (archive) => docker(["cp", "-", `${container}:/`], { inputFile: archive }));
  await docker(["start", container]);
}

function machineNameServers(): string[] {
  try {
    return nameServersIn(readFileSync("/etc/resolv.conf", "utf8"));
  } catch {
    // A machine without one resolves nothing, and neither do its hosts.
    return [];
  }
}
