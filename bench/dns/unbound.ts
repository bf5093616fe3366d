import { writeFileSync } from "node:fs";
import { join } from "node:path";
import type { Target } from "./dnsperf";
import type { Processes } from "./processes";

/** Starts unbound for the same zone and the same agent; one thread, and Consul's TTLs as they come. */
export function startUnbound(
  processes: Processes,
  program: string,
  options: { readonly folder: string; readonly listen: Target; readonly agent: Target },
): void {
  const { folder, listen, agent } = options;
  const file = join(folder, "unbound.conf");
  writeFileSync(
    file,
    `server:
  interface: ${listen.address}@${listen.port}
  num-threads: 1
  username: ""
  chroot: ""
  directory: "${folder}"
  pidfile: ""
  use-syslog: no
  access-control: 127.0.0.0/8 allow
  do-not-query-localhost: no
  module-config: "iterator"
  msg-cache-size: 64m
  rrset-cache-size: 128m
forward-zone:
  name: "consul"
  forward-addr: ${agent.address}@${agent.port}
remote-control:
  control-enable: no
`,
  );
  processes.start("unbound", program, ["-d", "-c", file], join(folder, "unbound.log"));
}
