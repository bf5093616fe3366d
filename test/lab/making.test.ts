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

test("the lock of a process that is gone is nobody's", async () => {
  (await takeTurn(folder))();
  const gone = spawn("true");
  await new Promise((resolve) => gone.once("exit", resolve));
  writeFileSync(join(folder, "making.pid"), `${String(gone.pid)}\n`);
  expect(await alone(folder, () => Promise.resolve("made"))).toBe("made");
});
