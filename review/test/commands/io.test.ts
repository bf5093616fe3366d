import fc from "fast-check";
import { plainText } from "../../src/commands/io";

/** What GitHub's runner takes for a command, line by line. */
const COMMAND = /^\s*::|##\[/m;

describe("text for terminals and logs", () => {
  it.each([
    ["a\u001b[31mb\u0007\u202ec", false, "a [31mb  c"],
    ["one\ntwo", false, "one two"],
    ["one\ntwo", true, "one\ntwo"],
    ["\n  ::error::all is well", true, "\n  : :error::all is well"],
    ["::stop-commands::x", false, ": :stop-commands::x"],
    ["a ##[set-output name=code;]0", false, "a ## [set-output name=code;]0"],
    ["fe80::1 and a::b", true, "fe80::1 and a::b"],
  ])("%j is shown as %j, %j", (text, lines, shown) => {
    expect(plainText(text, lines)).toBe(shown);
  });

  it("is never a command of GitHub's runner", () => {
    const piece = fc.constantFrom(
      "::",
      ":",
      "#",
      "##[",
      "[",
      "\n",
      " ",
      "\t",
      "\r",
      "\u00a0",
      "\u2028",
      "error",
    );
    fc.assert(
      fc.property(fc.array(piece), fc.boolean(), (pieces, lines) => {
        expect(plainText(pieces.join(""), lines)).not.toMatch(COMMAND);
      }),
    );
  });
});
