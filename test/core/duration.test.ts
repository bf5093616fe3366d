import fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { expectFault } from "../support/faults";

/** Reads what Go's time.Duration.String writes, and refuses any other spelling. */
function parseGo(text: string): number {
  if (text === "0s") return 0;
  const short = /^([1-9]\d{0,2})ms$/.exec(text);
  if (short !== null) return Number(short[1]);
  // Go writes the minutes as soon as there are hours, and the seconds always.
  const long = /^(?:(?:([1-9]\d*)h)?(\d|[1-5]\d)m)?(\d|[1-5]\d)(?:\.(\d{0,2}[1-9]))?s$/.exec(text);
  if (long === null) throw new Error(`Go does not write ${text}`);
  const [, hours, minutes, seconds, fraction = ""] = long;
  const total =
    Number(hours ?? 0) * 3_600_000 +
    Number(minutes ?? 0) * 60_000 +
    Number(seconds) * 1000 +
    Number(fraction.padEnd(3, "0"));
  if (total < 1000 || (minutes === "0" && hours === undefined)) throw new Error(`Go does not write ${text}`);
  return total;
}

test.each([
  [Duration.seconds(0), "0s"],
  [Duration.milliseconds(1), "1ms"],
  [Duration.milliseconds(999), "999ms"],
  [Duration.seconds(1.5), "1.5s"],
  [Duration.seconds(60), "1m0s"],
  [Duration.milliseconds(60_001), "1m0.001s"],
  [Duration.minutes(60), "1h0m0s"],
  [Duration.hours(1.5), "1h30m0s"],
  [Duration.days(1), "24h0m0s"],
])("%s is written as Go writes it: %s", (duration, text) => {
  expect([duration.toGoString(), String(duration), JSON.stringify(duration)]).toEqual([
    text,
    text,
    `"${text}"`,
  ]);
});

test("Go's text gives the same time back", () => {
  const time = fc.oneof(fc.nat(5000), fc.nat(7_300_000), fc.integer({ min: 0, max: 10 ** 12 }));
  fc.assert(
    fc.property(time, (ms) => {
      expect(parseGo(Duration.milliseconds(ms).toGoString())).toBe(ms);
    }),
    { numRuns: 1000 },
  );
});

test("units and comparisons", () => {
  const time = Duration.seconds(0.1 + 0.2);
  expect([time.toMilliseconds(), time.toSeconds(), time.toWholeSeconds()]).toEqual([300, 0.3, 1]);
  expect(Duration.minutes(2).toSeconds()).toBe(120);
  expect(Duration.seconds(2).isLongerThan(Duration.milliseconds(1999))).toBe(true);
  expect(Duration.seconds(2).isLongerThan(Duration.seconds(2))).toBe(false);
  expect([Duration.seconds(0).isZero(), Duration.milliseconds(1).isZero()]).toEqual([true, false]);
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 0.0001, -1.8e289])("%d s is refused", (amount) => {
  expectFault(
    () => Duration.seconds(amount),
    "core/duration",
    "Duration.seconds",
    "whole number of milliseconds",
  );
});
