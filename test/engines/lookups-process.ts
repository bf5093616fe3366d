import { Resolver } from "node:dns/promises";
import { setTimeout as sleep } from "node:timers/promises";

/** What came of the lookups, as the process writes it when its standard input ends. */
export interface LookupsEnded {
  readonly asked: number;
  readonly answered: number;
  /** The first ones that had no answer: when, in seconds from the beginning, and why. */
  readonly failed: readonly { readonly at: number; readonly name: string; readonly why: string }[];
  /** The longest time that an answer took, in milliseconds. */
  readonly slowest: number;
  /** For how long it asked, in seconds. */
  readonly seconds: number;
}

const SHOWN = 20;

/** `lookups-process.ts SERVER RATE NAME...`: asks for the names in turn, RATE times a second, and each question once. */
async function main([server = "", rate = "", ...names]: readonly string[]): Promise<void> {
  // What glibc waits before it asks again (resolv.conf(5), timeout). A second try would hide a lost first one.
  const resolver = new Resolver({ timeout: 5_000, tries: 1 });
  resolver.setServers([server]);
  const failed: LookupsEnded["failed"][number][] = [];
  const counts = { asked: 0, answered: 0, slowest: 0 };
  const told = new AbortController();
  process.stdin
    .on("end", () => {
      told.abort();
    })
    .resume();
  const begin = performance.now();
  const open = new Set<Promise<void>>();
  const ask = async (name: string) => {
    const asked = performance.now();
    try {
      await resolver.resolve4(name);
      counts.answered += 1;
      counts.slowest = Math.max(counts.slowest, performance.now() - asked);
    } catch (error) {
      failed.push({
        at: (asked - begin) / 1000,
        name,
        why: error instanceof Error ? error.message : String(error),
      });
    }
  };
  while (!told.signal.aborted) {
    const due = ((performance.now() - begin) / 1000) * Number(rate);
    while (counts.asked < due) {
      const asking = ask(names[counts.asked % names.length] ?? "").finally(() => open.delete(asking));
      open.add(asking);
      counts.asked += 1;
    }
    await sleep(2);
  }
  const seconds = (performance.now() - begin) / 1000;
  await Promise.all(open);
  process.stdout.write(JSON.stringify({ ...counts, failed: failed.slice(0, SHOWN), seconds }));
}

void main(process.argv.slice(2));
