import fc from "fast-check";
import { encodedRuns } from "../../src/redaction/base64";
import { base32, byteRuns } from "../../src/redaction/byte-runs";

test.each([
  ["", ""],
  ["f", "MY"],
  ["fo", "MZXQ"],
  ["foo", "MZXW6"],
  ["foob", "MZXW6YQ"],
  ["fooba", "MZXW6YTB"],
  ["foobar", "MZXW6YTBOI"],
])("%j is %j in base32, as RFC 4648 has it", (text, encoded) => {
  expect(base32(text)).toBe(encoded);
});

test("bytes are read whatever stands before them", () => {
  const bytes = fc.string({ unit: "binary", minLength: 12, maxLength: 60 });
  const before = fc.stringMatching(/^[A-Z2-7]{0,9}$/);
  const spelt = fc.constantFrom<(text: string) => string>(
    base32,
    (text) => base32(text).toLowerCase(),
    (text) => base32(text).replace(/.{16}/g, "$&\r\n  "),
    (text) => Buffer.from(text).toString("hex").replace(/../g, "$&:"),
    (text) => Buffer.from(text).toString("hex").toUpperCase().replace(/../g, "$& "),
  );
  fc.assert(
    fc.property(bytes, before, spelt, (text, start, spell) => {
      const run = spell(text);
      const lower = run === run.toLowerCase() ? start.toLowerCase() : start;
      const whole = `<${/[:\s]/.test(run.slice(0, 3)) ? "" : lower}${run}>`;
      const read = [...byteRuns(whole)].flatMap(({ decoded }) => [...decoded]);
      expect(read.some((one) => one.includes(text))).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("base64 is read in lines of any width", () => {
  const bytes = fc.string({ unit: "grapheme", minLength: 30, maxLength: 90 }).map((text) => `aZ${text}`);
  const indent = fc.constantFrom("", "  ", "\t");
  fc.assert(
    fc.property(bytes, fc.integer({ min: 4, max: 76 }), indent, (text, width, space) => {
      const lines =
        Buffer.from(text)
          .toString("base64")
          .match(new RegExp(`.{1,${width}}`, "g")) ?? [];
      for (const end of ["\n", "\r\n", "\\n"]) {
        const whole = `a: b${end}${lines.map((line) => `${space}${line}${end}`).join("")}c: d`;
        const read = encodedRuns(whole).flatMap(({ decoded, further }) => [decoded, ...further]);
        expect(read.some((one) => one.includes(text))).toBe(true);
      }
    }),
    { numRuns: 500 },
  );
});

test("words and numbers are no bytes", () => {
  const text = "one two three 10.0.0.1 2026-01-02T03:04:05Z aa:bb:cc UPPERCASE lowercase\n".repeat(50);
  expect([...byteRuns(text)]).toEqual([]);
});
