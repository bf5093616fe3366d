import fc from "fast-check";
import { Size } from "../../constructs/core/size";
import { expectFault } from "../support/faults";

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 1024, MiB: 1024 ** 2, GiB: 1024 ** 3 };

test.each([
  [Size.bytes(0), "0B"],
  [Size.bytes(1023), "1023B"],
  [Size.kibibytes(1), "1KiB"],
  [Size.mebibytes(1.5), "1536KiB"],
  [Size.mebibytes(1024), "1GiB"],
])("%s is written %s", (size, text) => {
  expect([String(size), JSON.stringify(size)]).toEqual([text, `"${text}"`]);
});

test("the text gives the same amount back, in the largest unit that keeps it whole", () => {
  const amount = fc.oneof(
    fc.nat(),
    fc.nat(4096).map((n) => n * 1024 ** 2),
    fc.nat(4096).map((n) => n * 1024),
  );
  fc.assert(
    fc.property(amount, (bytes) => {
      const [, count = "", unit = ""] = /^(\d+)(\w+)$/.exec(Size.bytes(bytes).toString()) ?? [];
      expect(Number(count) * (UNITS[unit] ?? Number.NaN)).toBe(bytes);
      if (bytes > 0 && unit !== "GiB") expect(Number(count) % 1024).not.toBe(0);
    }),
  );
});

test("units and comparisons", () => {
  expect([Size.gibibytes(2).toBytes(), Size.kibibytes(512).toMebibytes()]).toEqual([2 ** 31, 0.5]);
  expect(Size.bytes(1).isSmallerThan(Size.bytes(2))).toBe(true);
  expect(Size.bytes(2).isSmallerThan(Size.bytes(2))).toBe(false);
});

test.each([-1, 0.5, Number.NaN, Number.MAX_VALUE, -1.8e289])("%d bytes are refused", (amount) => {
  expectFault(() => Size.bytes(amount), "core/size", "Size.bytes", "whole number of bytes");
});
