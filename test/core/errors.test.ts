import { App, TerraformStack } from "cdktf";
import { Faults, pathOf, ValidationError, ValidationErrors } from "../../constructs/core/errors";
import { codesOf, thrownBy } from "../support/faults";

const fault = {
  code: "room/what",
  prop: "ports[0]",
  got: 0,
  allowed: "a whole number from 1 to 65535",
  mend: "Give the port's number",
};

test("a message names the place, the prop, what it got, what is allowed, how to mend it, and the code", () => {
  const error = new ValidationError("web", fault);
  expect(error.message).toBe(
    "web: ports[0]: got 0; allowed is a whole number from 1 to 65535. Give the port's number. [room/what]",
  );
  expect(error).toMatchObject({ name: "ValidationError", code: "room/what", path: "web", prop: "ports[0]" });
});

test("a construct is named by its path, an app in words", () => {
  const app = new App();
  const stack = new TerraformStack(app, "front");
  expect([pathOf(stack), pathOf(app), pathOf("a renderer")]).toEqual(["front", "(app)", "a renderer"]);
  expect(new ValidationError(stack, fault).path).toBe("front");
});

describe("what was given is shown", () => {
  const shown = (prop: string, got: unknown) =>
    /got (.*); allowed is/s.exec(new ValidationError("x", { ...fault, prop, got }).message)?.[1];

  test.each([
    ["as JSON", "name", 'a "b"\n', '"a \\"b\\"\\n"'],
    ["nothing", "name", undefined, "nothing"],
    ["null", "name", null, "null"],
    ["a number that JSON does not know", "ports", Number.NaN, '"NaN"'],
    ["a bigint", "size", 12n, '"12"'],
    ["a function", "check", () => 1, "function"],
    ["an object", "port", { a: [1, "b"] }, '{"a":[1,"b"]}'],
  ])("%s", (_what, prop, got, text) => {
    expect(shown(prop, got)).toBe(text);
  });

  test("shortened", () => {
    const text = shown("name", "x".repeat(500));
    expect(text).toHaveLength(121);
    expect(text).toMatch(/^"x+…$/);
  });

  test("a circle ends", () => {
    const circle: Record<string, unknown> = { a: 1 };
    circle.self = circle;
    expect(shown("name", circle)).toBe('{"a":1,"self":"(circular)"}');
  });

  test.each([
    ["the prop's name", "adminPassword", "hunter2"],
    ["a field's name", "environment", { DB_PASSWORD: "hunter2" }],
    ["a field's name, deep inside", "props", { a: [{ apiToken: "hunter2" }] }],
    ["an assignment inside a text", "command", ["--config", "password=hunter2"]],
    ["a URL with a password", "url", "postgres://shop:hunter2@db/shop"],
  ])("masked where %s tells of a secret", (_what, prop, got) => {
    expect(shown(prop, got)).toContain("(masked)");
    expect(shown(prop, got)).not.toContain("hunter2");
  });
});

describe("Faults", () => {
  test("collects several faults and shows them together", () => {
    const faults = new Faults();
    faults.add("a", fault);
    expect(faults.try(() => 7)).toBe(7);
    const returned = faults.try((): number => {
      throw new ValidationError("b", { ...fault, code: "room/other" });
    });
    expect(returned).toBeUndefined();
    const error = thrownBy(() => {
      faults.throwIfAny("environment local");
    });
    expect(codesOf(error)).toEqual(["room/what", "room/other"]);
    expect((error as Error).message.split("\n")).toEqual([
      "environment local: 2 faults",
      expect.stringMatching(/^ {2}- a: .*\[room\/what\]$/) as string,
      expect.stringMatching(/^ {2}- b: .*\[room\/other\]$/) as string,
    ]);
  });

  test("takes a collection apart, counts one fault as one, and says nothing where there is none", () => {
    const inner = new ValidationErrors("inner", [new ValidationError("a", fault)]);
    expect(inner.message).toMatch(/^inner: 1 fault\n/);
    const faults = new Faults();
    faults.throwIfAny("nothing so far");
    faults.try(() => {
      throw inner;
    });
    expect(faults.all).toEqual(inner.errors);
  });

  test("lets other errors through", () => {
    const faults = new Faults();
    const act = () =>
      faults.try((): number => {
        throw new TypeError("a bug");
      });
    expect(act).toThrow(TypeError);
    expect(faults.all).toEqual([]);
  });

  test("gives out a copy of its list", () => {
    const faults = new Faults();
    (faults.all as ValidationError[]).push(new ValidationError("a", fault));
    expect(faults.all).toEqual([]);
  });
});
