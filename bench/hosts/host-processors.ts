import { existsSync, readFileSync } from "node:fs";
import { containerOf } from "../../lab/host-console";
import type { Lab } from "../../lab/hosts-state";
import { docker } from "../../lab/outer-engine";

const TICKS_A_SECOND = 100;

/** The files in which the kernel counts what a process's container used, by cgroup version: cgroups(7). */
function counterOf(pid: string): () => number {
  for (const line of readFileSync(`/proc/${pid}/cgroup`, "utf8").split("\n")) {
    const [, controllers = "", path = ""] = line.split(":");
    // The container's own, not that of its init beneath it.
    const own = /^.*?[0-9a-f]{64}(\.scope)?/.exec(path)?.[0];
    if (own === undefined) continue;
    const nanoseconds = `/sys/fs/cgroup/${controllers}${own}/cpuacct.usage`;
    if (controllers.split(",").includes("cpuacct") && existsSync(nanoseconds))
      return () => (Number(readFileSync(nanoseconds, "utf8")) / 1e9) * TICKS_A_SECOND;
    const all = `/sys/fs/cgroup${own}/cpu.stat`;
    if (controllers === "" && existsSync(all)) {
      return () => {
        const microseconds = /^usage_usec (\d+)$/m.exec(readFileSync(all, "utf8"))?.[1];
        return (Number(microseconds) / 1e6) * TICKS_A_SECOND;
      };
    }
  }
  throw new Error(`process ${pid}: the kernel does not count what its container uses`);
}

/** Counts the clock ticks of the processors that a lab's hosts used, with all that runs on them. */
export async function hostTicks(lab: Lab): Promise<() => number> {
  const counters = await Promise.all(
    lab.hosts.map(async ({ name }) =>
      counterOf(await docker(["inspect", "--format", "{{.State.Pid}}", containerOf(lab, name)])),
    ),
  );
  return () => counters.reduce((sum, counter) => sum + counter(), 0);
}
