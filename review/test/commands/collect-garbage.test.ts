import { setImmediate } from "node:timers/promises";
import vm from "node:vm";
import { collectGarbage } from "../../src/commands/collect-garbage";

test("frees what nothing holds any more", async () => {
  const made = (): WeakRef<object> => new WeakRef({ text: "x".repeat(1000) });
  const reference = made();
  // What a reference was just made of stays until the end of the turn.
  await setImmediate();
  collectGarbage(64 * 1024 ** 2);
  expect(reference.deref()).toBeUndefined();
});

test("takes no time for small plans", () => {
  const run = jest.spyOn(vm, "runInNewContext");
  collectGarbage(1024);
  expect(run).not.toHaveBeenCalled();
  collectGarbage(64 * 1024 ** 2);
  expect(run).toHaveBeenCalled();
  run.mockRestore();
});
