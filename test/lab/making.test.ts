import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { alone, takeTurn } from "../../lab/making";

let folder = "";
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "making-")), "programs");
  jest.spyOn(console, "log").mockImplementation(() => undefined);
});
afterEach(() => {
  jest.restoreAllMocks();
  rmSync(join(folder, ".."), { recursive: true, force: true });
});

test("a second one is refused, with the process that is at work, and let in after it", async () => {
  await alone(folder, async () => {
    await expect(alone(folder, () => Promise.resolve())).rejects.toThrow(
      `process ${process.pid} is at work in ${folder} already: wait for it`,
    );
  });
  expect(await alone(folder, () => Promise.resolve("made"))).toBe("made");
  expect(readdirSync(folder)).toEqual([]);
});

test("one that waits has its turn when the first has ended, however that ended", async () => {
  const order: string[] = [];
  const first = alone(folder, async () => {
    await sleep(300);
    order.push("first");
    throw new Error("not made");
  });
  const second = alone(folder, () => Promise.resolve(order.push("second")), { wait: 30_000 });
  await expect(first).rejects.toThrow("not made");
  await second;
  expect(order).toEqual(["first", "second"]);
  expect(readdirSync(folder)).toEqual([]);
});

test("one that waited long enough is refused", async () => {
  const end = await takeTurn(folder);
  await expect(takeTurn(folder, { wait: 100 })).rejects.toThrow(/is at work/);
  end();
  expect(readdirSync(folder)).toEqual([]);
});

test.each([
  [
    "is gone",
    async () => {
      const gone = spawn("true");
      await new Promise((resolve) => gone.once("exit", resolve));
      return `${String(gone.pid)} 1`;
    },
  ],
  ["has the id of another one that is gone", () => Promise.resolve(`${process.ppid} 1`)],
  ["is not named", () => Promise.resolve("")],
])("the lock of a process that %s is nobody's", async (_, text) => {
  (await takeTurn(folder))();
  writeFileSync(join(folder, "making.pid"), await text());
  expect(await alone(folder, () => Promise.resolve("made"))).toBe("made");
  expect(readdirSync(folder)).toEqual([]);
});

test("of many that wait for a stale lock one at a time has its turn", async () => {
  (await takeTurn(folder))();
  writeFileSync(join(folder, "making.pid"), `${process.ppid} 1`);
  let within = 0;
  const most: number[] = [];
  const work = async () => {
    most.push(++within);
    await sleep(20);
    within--;
  };
  await Promise.all(Array.from({ length: 10 }, () => alone(folder, work, { wait: 30_000 })));
  expect(most).toEqual(Array(10).fill(1));
});
