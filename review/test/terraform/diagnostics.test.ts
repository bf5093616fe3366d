import fc from "fast-check";
import { errorsIn, errorText, logLine } from "../../src/terraform/diagnostics";

describe("the errors in text for people", () => {
  it("have neither frames nor colours, nor pieces of source, nor values", () => {
    const text = [
      "\u001b[31m╷\u001b[0m",
      "│ Error: Invalid value",
      "│ ",
      "│   on cdk.tf.json line 4, in variable:",
      '│    4:   "token": "hunter2"',
      "│     ├────────────────",
      '│     │ var.token is "hunter2"',
      "│ ",
      "│ It is too short.",
      "╵",
    ].join("\n");
    expect(errorText(`Initializing ...\n${text}\n`)).toBe(
      "Error: Invalid value\n\n  on cdk.tf.json line 4, in variable:\n\nIt is too short.",
    );
  });

  it("are all of it where nothing begins like an error", () => {
    expect(errorText("panic: oh\n")).toBe("panic: oh");
  });

  it("are bounded, and say so", () => {
    const said = errorText(`Error: ${"x".repeat(100_000)}`);
    expect(said.length).toBeLessThan(8_100);
    expect(said).toMatch(/\(cut: \d+ more characters\)$/);
  });

  it("never hold a control character", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary" }), (text) => {
        expect(errorText(text)).not.toMatch(/(?!\n)\p{Cc}/u);
      }),
    );
  });
});

describe("lines for programs", () => {
  it("are read, and anything else is none", () => {
    expect(logLine('{"type":"change_summary","@message":"Plan"}')).toEqual({
      type: "change_summary",
      "@message": "Plan",
    });
    for (const line of ["", "text", "{", "{}", "[1]", '{"type":1}']) expect(logLine(line)).toBeUndefined();
  });

  it("leave out what a provisioner printed", () => {
    const detail = "Error running command 'make\nit': exit status 3. Output: token hunter2\nmore\n";
    const lines = [
      {
        type: "diagnostic",
        "@message": "",
        diagnostic: { severity: "error", summary: "local-exec", detail },
      },
    ];
    expect(errorsIn(lines)).toBe(
      "local-exec\nError running command 'make\nit': exit status 3. Output: (left out)",
    );
  });

  it("give errors with their places, and no warnings", () => {
    const line = (severity: string, summary: string, more: object = {}) => ({
      type: "diagnostic",
      "@message": "",
      diagnostic: { severity, summary, detail: "", ...more },
    });
    expect(
      errorsIn([
        line("warning", "old"),
        line("error", "bad", { address: "a.b", detail: "because" }),
        line("error", "worse", { range: { filename: "x.tf", start: { line: 3 } } }),
      ]),
    ).toBe("bad (a.b)\nbecause\n\nworse (x.tf line 3)");
  });
});
