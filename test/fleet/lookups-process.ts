import { setTimeout as sleep } from "node:timers/promises";
import { lookUp } from "../support/lookup";

/** What came of the lookups, as the process writes it when its standard input ends. */
export interface LookupsEnded {
  readonly asked: number;
  readonly answered: number;
  /** Those that had no answer, the first few thousand: when they were asked, in milliseconds since 1970, and why. */
  readonly failed: readonly { readonly time: number; readonly name: string; readonly why: string }[];
  /** The longest time that an answer took, in milliseconds. */
  readonly slowest: number;
  /** For how long it asked, in seconds. */
  readonly seconds: number;
}

const MOST_FAILED = 5_000;

/** `lookups-process.ts SERVER RATE NAME...`: asks for the names in turn, RATE times a second, and each question once. */
async function main([server = "", rate = "", ...names]: readonly string[]): Promise<void> {
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
    const time = Date.now();
    try {
      await lookUp(server, name);
      counts.answered += 1;
      counts.slowest = Math.max(counts.slowest, performance.now() - asked);
    } catch (error) {
      failed.push({
        time,
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
  process.stdout.write(JSON.stringify({ ...counts, failed: failed.slice(0, MOST_FAILED), seconds }));
}

void main(process.argv.slice(2));
