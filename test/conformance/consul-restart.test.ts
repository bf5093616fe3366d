import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { Duration } from "../../constructs/core/duration";
import { consulBinaries } from "../../lab/programs";
import { lookUp } from "../support/lookup";
import { Agents, ask, eventually, loopbackNet } from "./consul-process";

jest.setTimeout(180_000);

/** Asks an agent for a name again and again until it is stopped, and counts the answers. */
function asking(address: string, name: string) {
  const said: Record<string, number> = {};
  const open = new Set<Promise<unknown>>();
  const stopping = new AbortController();
  const one = async () => {
    let answer: string;
    try {
      answer = (await lookUp(`${address}:8600`, name)).sort().join(" ");
    } catch (error) {
      answer = (error as NodeJS.ErrnoException).code ?? String(error);
    }
    said[answer] = (said[answer] ?? 0) + 1;
  };
  const loop = (async () => {
    while (!stopping.signal.aborted) {
      const each = one().finally(() => open.delete(each));
      open.add(each);
      await sleep(2);
    }
    await Promise.all(open);
  })();
  return {
    said,
    async stop() {
      stopping.abort();
      await loop;
    },
  };
}

describe.each(consulBinaries())("a restarted server of Consul $version", (binary) => {
  const net = loopbackNet();
  const addresses = [1, 2, 3].map((n) => `${net}.${n}`);
  const agents = new Agents(binary);
  afterAll(() => agents.end());

  const start = (n: number) => {
    agents.start(`server-${n}`, `${net}.${n}`, {
      server: true,
      bootstrapExpect: 3,
      ports: { serfWan: -1 },
      retryJoin: addresses,
      retryInterval: Duration.seconds(1),
      // Consul's own 30 s would only make the test wait.
      raftSnapshotInterval: Duration.seconds(1),
    });
  };
  /** Up to which entry of the log the last snapshot of a server goes. */
  const snapshotOf = (n: number) => {
    const folder = join(agents.folder, `server-${n}`, "raft", "snapshots");
    const indexes = existsSync(folder)
      ? readdirSync(folder).map((each) => Number(/^\d+-(\d+)-\d+$/.exec(each)?.[1] ?? 0))
      : [];
    return Math.max(0, ...indexes);
  };

  test("never says that a service does not exist which it knew a minute before", async () => {
    [1, 2, 3].forEach(start);
    const [first = ""] = addresses;
    await eventually(async () => {
      expect(await ask(first, "/v1/status/leader")).toContain(":8300");
    });
    const shop = [2, 3];
    for (const n of shop)
      await eventually(() => ask(`${net}.${n}`, "/v1/agent/service/register", { Name: "shop", Port: 80 }));
    const known = shop.map((n) => `${net}.${n}`).join(" ");
    let index = 0;
    await eventually(async () => {
      const found = JSON.parse(await ask(first, "/v1/health/service/shop")) as {
        readonly Service: { readonly CreateIndex: number };
      }[];
      expect(found).toHaveLength(2);
      index = Math.max(...found.map(({ Service }) => Service.CreateIndex));
    });
    for (const n of [1, 2, 3]) {
      // Looked at every one to two seconds; one that takes none is restarted all the same, as what it answers is the test.
      const end = Date.now() + 10_000;
      while (snapshotOf(n) < index && Date.now() < end) await sleep(100);
      const snapshot = snapshotOf(n);
      const lookups = asking(`${net}.${n}`, "shop.service.consul");
      try {
        await eventually(() => {
          expect(lookups.said).toHaveProperty([known]);
        });
        await agents.kill(`server-${n}`);
        const before = lookups.said[known] ?? 0;
        start(n);
        await eventually(() => {
          expect(lookups.said[known]).toBeGreaterThan(before + 500);
        });
      } finally {
        await lookups.stop();
      }
      // While it is away nobody answers (ECONNREFUSED), and before it knows of a leader it may fail; it must not deny.
      expect(lookups.said).not.toHaveProperty("ENOTFOUND");
      expect(lookups.said).not.toHaveProperty("ENODATA");
      expect(snapshot).toBeGreaterThanOrEqual(index);
    }
  });
});
