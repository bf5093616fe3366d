import type { LabDescription } from "./hosts-description";

const BEGIN = "# lab: begin";
const END = "# lab: end";

function block(lab: LabDescription): string {
  return [BEGIN, ...lab.hosts.map(({ name, address }) => `${address}\t${name}`), END].join("\n");
}

/** A host's /etc/hosts: loopback as Debian has it, and every host of the lab. */
export function hostsText(lab: LabDescription): string {
  return `127.0.0.1\tlocalhost\n::1\tlocalhost ip6-localhost ip6-loopback\n\n${block(lab)}\n`;
}

/** A host's /etc/hosts with the hosts of today's lab, or undefined if the lab's block is not in it any more. */
export function withHostsBlock(text: string, lab: LabDescription): string | undefined {
  const begin = text.indexOf(`${BEGIN}\n`);
  const end = text.indexOf(`${END}\n`, begin);
  if (begin < 0 || end < 0) return undefined;
  return text.slice(0, begin) + block(lab) + text.slice(end + END.length);
}
