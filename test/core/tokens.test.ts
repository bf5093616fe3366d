import { App, Fn, TerraformOutput, TerraformStack, TerraformVariable, Token } from "cdktf";
import fc from "fast-check";
import { escapeTemplate, isToken, splitAtTokens } from "../../constructs/core/tokens";
import { synthesizeStack } from "../support/apps";
import { evaluate } from "../support/templates";

function variable(): TerraformVariable {
  return new TerraformVariable(new TerraformStack(new App(), "stack"), "name", {});
}

/** Texts in which what matters is dense. */
const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc
    .array(fc.constantFrom("$", "%", "{", "}", "${", "%{", "$${", "%%{", "~", "a", '"', "\\", "\n", " "))
    .map((parts) => parts.join("")),
);

test("tokens of each kind are known as such, plain values are not", () => {
  const token = variable();
  expect(
    [
      token.stringValue,
      `a ${token.stringValue} b`,
      token.numberValue,
      token.listValue,
      Fn.upper(token.stringValue),
    ].map(isToken),
  ).toEqual([true, true, true, true, true]);
  expect(["", "${a}", "TfToken[1]", 0, -1, [], undefined, null, { a: 1 }].map(isToken)).toEqual(
    Array<boolean>(9).fill(false),
  );
});

test.each([
  ["${a}", "$${a}"],
  ["%{ if a }", "%%{ if a }"],
  ["$${a}", "$$${a}"],
  ["$ { % {", "$ { % {"],
  ["100%", "100%"],
])("%s is written %s", (text, escaped) => {
  expect(escapeTemplate(text)).toBe(escaped);
});

test("Terraform reads what was escaped as the very same text", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      expect(evaluate(escapeTemplate(text))).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test("tokens stay tokens among what is escaped", () => {
  const token = variable().stringValue;
  fc.assert(
    fc.property(hostile, hostile, (before, after) => {
      const escaped = escapeTemplate(`${before}${token}${after}`);
      expect(escaped).toBe(`${escapeTemplate(before)}${token}${escapeTemplate(after)}`);
      expect(Token.isUnresolved(escaped)).toBe(true);
    }),
  );
});

test("a token becomes its expression, and the literal text around it stays escaped", () => {
  const json = synthesizeStack((stack) => {
    const token = new TerraformVariable(stack, "name", {}).stringValue;
    new TerraformOutput(stack, "text", { value: escapeTemplate(`\${a} ${token} %{b}`) });
  });
  expect(json.output).toEqual({ text: { value: "$${a} ${var.name} %%{b}" } });
});

test("splitAtTokens tells literal text and tokens apart", () => {
  const token = variable().stringValue;
  expect(splitAtTokens(`a ${token}${token} \${b}`)).toEqual(["a ", token, token, " ${b}"]);
  expect(splitAtTokens("plain")).toEqual(["plain"]);
  expect(splitAtTokens("")).toEqual([]);
});
