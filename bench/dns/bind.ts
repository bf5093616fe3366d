import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { renderNamedConf } from "../../constructs/dns/named-conf";
import type { Target } from "./dnsperf";
import type { Processes } from "./processes";

/** Starts named with our rendered named.conf: the zone `consul` goes to the agent, everything else is the default. */
export function startBind(
  processes: Processes,
  program: string,
  options: {
    readonly folder: string;
    readonly version: string;
    readonly listen: Target;
    readonly agent: Target;
  },
): void {
  const { folder, version, listen, agent } = options;
  const file = join(folder, "named.conf");
  const configuration = renderNamedConf({
    version,
    directory: folder,
    listenOn: [listen.address],
    port: listen.port,
    forwardZones: [{ name: "consul", forwarders: [agent] }],
  });
  writeFileSync(file, configuration);
  processes.start(`named ${version}`, program, ["-g", "-c", file], join(folder, "named.log"));
}
