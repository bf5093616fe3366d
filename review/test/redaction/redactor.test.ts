import { createHmac } from "node:crypto";
import type { Json } from "../../src/plan/plan";
import { Redactor } from "../../src/redaction/redactor";
import type { RedactedChange } from "../../src/redaction/redacted";
import { EncodedText, Secret, Unknown } from "../../src/redaction/redacted";
import type { Described } from "./plans";
import { output, plan, resource } from "./plans";

const base64 = (text: string): string => Buffer.from(text).toString("base64");

function redact(described: Described, hashKey?: string): RedactedChange {
  const change = resource(described);
  return Redactor.of([plan({ resourceChanges: [change] })], hashKey === undefined ? {} : { hashKey }).change(
    change,
  );
}

function secretAt(value: unknown): Secret {
  expect(value).toBeInstanceOf(Secret);
  return value as Secret;
}

describe("marked values", () => {
  test("are secrets on both sides, whichever is marked", () => {
    const { before, after } = redact({
      before: { a: "one", b: { c: 5 }, d: true },
      after: { a: "two", b: { c: 6 }, d: false },
      beforeSensitive: { a: true },
      afterSensitive: { b: true, d: true },
    }) as { before: Record<string, unknown>; after: Record<string, unknown> };
    for (const key of ["a", "b", "d"]) {
      expect(secretAt(before[key]).equals(secretAt(after[key]))).toBe(false);
    }
  });

  test("compare equal if they are, whatever the order of their keys", () => {
    const { before, after } = redact({
      before: { a: { x: "1", y: [2] } },
      after: { a: { y: [2], x: "1" } },
      afterSensitive: { a: true },
    }) as { before: Record<string, unknown>; after: Record<string, unknown> };
    expect(secretAt(before["a"]).equals(secretAt(after["a"]))).toBe(true);
  });

  test("have a hash only with a key, which is no plain hash", () => {
    const described = { after: { a: "a long secret" }, afterSensitive: { a: true } };
    const hash = (key?: string): string | undefined => {
      const { after } = redact(described, key) as { after: Record<string, unknown> };
      return secretAt(after["a"]).hash;
    };
    expect(hash()).toBeUndefined();
    expect(hash("")).toBeUndefined();
    expect(hash("one")).toMatch(/^[0-9a-f]{12}$/);
    expect(hash("one")).toBe(hash("one"));
    expect(hash("one")).not.toBe(hash("two"));
    expect(hash("one")).not.toBe(createHmac("sha256", "").update("a long secret").digest("hex").slice(0, 12));
  });

  test("do not show in JSON, in texts or in inspection", async () => {
    const { inspect } = await import("node:util");
    const redacted = redact({ after: { a: "a long secret" }, afterSensitive: { a: true } });
    expect(JSON.stringify(redacted)).not.toContain("long");
    expect(inspect(redacted, { depth: 9, showHidden: true })).not.toContain("long");
  });

  test("below 6 characters are removed only where they are marked", () => {
    const { after } = redact({
      after: { a: "short", b: "a short text", c: "short" },
      afterSensitive: { a: true },
    });
    expect(after).toEqual({ a: expect.any(Secret) as unknown, b: "a short text", c: "short" });
  });

  test("of 6 characters are removed everywhere, ordinary words too", () => {
    const { after } = redact({
      after: { a: "docker", b: "the docker0 bridge" },
      afterSensitive: { a: true },
    });
    expect(after).toEqual({ a: expect.any(Secret) as unknown, b: "the (sensitive)0 bridge" });
  });

  test("that are numbers are removed as numbers and as texts, truth values where they are marked", () => {
    const { after } = redact({
      after: { a: 8675309, b: true, c: 8675309, d: "pin 8675309.", e: true, f: 12345 },
      afterSensitive: { a: true, b: true },
    });
    const secret = expect.any(Secret) as unknown;
    expect(after).toEqual({ a: secret, b: secret, c: secret, d: "pin (sensitive).", e: true, f: 12345 });
  });

  test("that are nothing but white space blind nothing", () => {
    const { after } = redact({ after: { a: "          ", b: "x          y" }, afterSensitive: { a: true } });
    expect(after).toEqual({ a: expect.any(Secret) as unknown, b: "x          y" });
  });

  test("overlapping in a text are removed whole", () => {
    const { after } = redact({
      after: { a: ["abcdefgh", "efghijkl"], b: "-abcdefghijkl-" },
      afterSensitive: { a: true },
    });
    expect(after).toMatchObject({ b: "-(sensitive)-" });
  });

  test("without a value are secrets where the mark is true", () => {
    const { after } = redact({ after: { a: null, b: null }, afterSensitive: { a: true, b: { c: true } } });
    expect(after).toEqual({ a: expect.any(Secret) as unknown, b: null });
  });

  test("as a whole", () => {
    const { before, after } = redact({ before: "x", after: { y: 1 }, beforeSensitive: true });
    expect(before).toBeInstanceOf(Secret);
    expect(after).toBeInstanceOf(Secret);
  });

  test.each<[string, Json, Json]>([
    ["an object's marks on a text", "text!", { a: true }],
    ["an object's marks on a list", ["text!"], { a: true }],
    ["a list's marks on an object", { a: "text!" }, [true]],
    ["a list's marks on a number", 5, [[true]]],
    ["a text as marks", "text!", "true"],
    ["a number as marks", ["text!"], [1]],
  ])("are hidden whole with %s", (_, value, marks) => {
    const { after } = redact({ after: { value }, afterSensitive: { value: marks } });
    expect(JSON.stringify(after)).not.toMatch(/text!|5/);
  });

  test.each<[string, Json]>([
    ["an empty object", {}],
    ["an empty list", []],
    ["false in an object", { a: false }],
    ["null", null],
  ])("are not hidden with %s", (_, marks) => {
    expect(redact({ after: { value: "text!" }, afterSensitive: { value: marks } }).after).toEqual({
      value: "text!",
    });
  });
});

describe("unknown values", () => {
  test("stand where they are marked, with or without something in their place", () => {
    const { before, after } = redact({
      before: { id: "1" },
      after: { list: [null, "b"], object: { kept: 1 }, blocks: [{ a: 1 }] },
      afterUnknown: {
        id: true,
        list: [true, false, true],
        object: { gone: true },
        blocks: [{ b: true }],
        none: {},
      },
    });
    expect(before).toEqual({ id: "1" });
    expect(after).toEqual({
      id: Unknown.VALUE,
      list: [Unknown.VALUE, "b", Unknown.VALUE],
      object: { kept: 1, gone: Unknown.VALUE },
      blocks: [{ a: 1, b: Unknown.VALUE }],
    });
  });

  test("as a whole, and in what is otherwise nothing", () => {
    expect(redact({ afterUnknown: true }).after).toBe(Unknown.VALUE);
    expect(redact({ afterUnknown: { a: { b: [true] } } }).after).toEqual({
      a: { b: [Unknown.VALUE] },
    });
    expect(redact({ afterUnknown: {} }).after).toBeUndefined();
  });

  test("win over the mark of a secret: there is nothing to hide yet", () => {
    const { before, after } = redact({
      before: { a: "old value" },
      after: {},
      afterUnknown: { a: true },
      afterSensitive: { a: true },
    });
    expect(before).toEqual({ a: expect.any(Secret) as unknown });
    expect(after).toEqual({ a: Unknown.VALUE });
  });
});

describe("texts", () => {
  test("that are a copy as a whole are secrets that compare", () => {
    const { after } = redact({
      after: { a: "a long secret", b: "a long secret" },
      afterSensitive: { a: true },
    }) as { after: Record<string, unknown> };
    expect(secretAt(after["a"]).equals(secretAt(after["b"]))).toBe(true);
  });

  test("still differ where what is hidden in them differs", () => {
    const { before, after } = redact({
      before: { a: "first-secret", b: "first-secret", url: "x-first-secret-y", same: "<other-secret>" },
      after: { a: "second-secret", b: "other-secret", url: "x-second-secret-y", same: "<other-secret>" },
      afterSensitive: { a: true, b: true },
    });
    expect(before).toMatchObject({ url: "x-(sensitive)-y", same: "<(sensitive 2)>" });
    expect(after).toMatchObject({ url: "x-(sensitive 3)-y", same: "<(sensitive 2)>" });
  });

  test("have the hash of the secret with a key, the one that its own place has", () => {
    const { after } = redact(
      { after: { a: "first-secret", url: "x-first-secret-y" }, afterSensitive: { a: true } },
      "key",
    ) as { after: Record<string, unknown> };
    expect(after["url"]).toBe(`x-(sensitive ${String(secretAt(after["a"]).hash)})-y`);
  });

  test("in base64 are decoded where the attribute says so and they are texts", () => {
    const binary = Buffer.from([0, 1, 2, 254]).toString("base64");
    const { after } = redact({
      after: {
        a: "first-secret",
        content_base64: base64("x first-secret\ny"),
        binary_base64: binary,
        broken_base64: "no base64!",
        content: base64("just a text that is not said to be base64"),
        empty_base64: "",
      },
      afterSensitive: { a: true },
    });
    expect(after).toMatchObject({
      content_base64: new EncodedText("base64", "x (sensitive)\ny"),
      binary_base64: binary,
      broken_base64: "no base64!",
      content: base64("just a text that is not said to be base64"),
      empty_base64: "",
    });
  });

  test("keep keys apart that differ only in secrets", () => {
    const { after } = redact({
      after: {
        a: ["first-one", "other-one"],
        map: { "first-one": 1, "other-one": 2, "(sensitive)": 3 },
      },
      afterSensitive: { a: true },
    });
    expect(after).toMatchObject({ map: { "(sensitive)": 1, "(sensitive 2)": 2, "(sensitive) #2": 3 } });
  });

  test("outside of changes count secrets over all calls", () => {
    const change = resource({ after: { a: ["first-secret", "other-secret"] }, afterSensitive: { a: true } });
    const redactor = Redactor.of([plan({ resourceChanges: [change] })]);
    expect(redactor.text('x["other-secret"]')).toBe('x["(sensitive)"]');
    expect(redactor.text('x["first-secret"]')).toBe('x["(sensitive 2)"]');
    expect(redactor.text('y["other-secret"]')).toBe('y["(sensitive)"]');
    expect(redactor.text("nothing")).toBe("nothing");
  });

  test("with very long secrets are hidden whole", () => {
    const secret = Array.from({ length: 3000 }, (_, line) => `line ${line}`).join("\n");
    const { after } = redact({
      after: {
        a: secret,
        b: `x${secret}y`,
        c: JSON.stringify({ secret }),
        d: base64(`..${secret}`),
        e: secret.slice(0, 5000),
      },
      afterSensitive: { a: true },
    });
    const hidden = expect.any(Secret) as unknown;
    expect(after).toEqual({ a: hidden, b: hidden, c: hidden, d: hidden, e: secret.slice(0, 5000) });
  });

  test("lose the lines of a marked key, but not ordinary lines of a marked file", () => {
    const { after } = redact({
      after: {
        file: "recursion yes;\nMIIEvQIBADANBgkqhkiG9w0BAQEFAASC\nallow-query { any; };\n",
        other: "options {\n  recursion yes;\n  MIIEvQIBADANBgkqhkiG9w0BAQEFAASC\n};",
      },
      afterSensitive: { file: true },
    });
    expect(after).toMatchObject({ other: "options {\n  recursion yes;\n  (sensitive)\n};" });
  });
});

describe("outputs to other stacks", () => {
  const NAME = "cross-stack-output-docker_containerwebname";
  const document = {
    configuration: {
      root_module: {
        outputs: {
          [NAME]: { expression: { references: ["docker_container.web.name", "docker_container.web"] } },
        },
      },
    },
  };
  const value = "production-web-1";

  test("do not blind what their resource shows to everybody: the mark is CDKTF's own", () => {
    const change = resource({ after: { name: value, hostname: value } });
    const out = output(NAME, { after: value, afterSensitive: true });
    const redactor = Redactor.of([plan({ resourceChanges: [change], outputChanges: [out], document })]);
    expect(redactor.change(change).after).toEqual({ name: value, hostname: value });
    expect(redactor.output(out).after).toBeInstanceOf(Secret);
  });

  test("do where the resource marks it, or does not have it", () => {
    const out = output(NAME, { after: value, afterSensitive: true });
    for (const marked of [
      resource({ after: { name: value }, afterSensitive: { name: true } }),
      resource({ after: { name: "another" } }),
    ]) {
      const redactor = Redactor.of([plan({ resourceChanges: [marked], outputChanges: [out], document })]);
      expect(redactor.text(`to ${value}`)).toBe("to (sensitive)");
    }
  });
});

describe("hostile plans", () => {
  test("deep nesting is hidden below 200 levels", () => {
    const nest = (depth: number, leaf: Json): Json => {
      let value = leaf;
      for (let level = 0; level < depth; level++) {
        value = level % 2 === 0 ? [value] : { a: value };
      }
      return value;
    };
    const described: Described = {
      before: nest(100_000, "first leaf"),
      after: nest(100_000, "other leaf"),
      afterSensitive: nest(100_000, true),
      afterUnknown: nest(100_000, false),
    };
    expect(JSON.stringify(redact(described))).not.toContain("leaf");
    expect(JSON.stringify(redact({ ...described, afterSensitive: undefined }))).not.toContain("leaf");
    expect(redact({ afterUnknown: nest(100_000, true) }).after).toBeDefined();
  });

  test("names of JavaScript are names as any other", () => {
    const after = JSON.parse(
      '{"__proto__": {"a": 1}, "constructor": 2, "toString": "x", "hasOwnProperty": 3}',
    ) as Json;
    const redacted = redact({ after, before: after }).after as object;
    expect(JSON.stringify(redacted)).toBe(JSON.stringify(after));
    expect(Object.getPrototypeOf(redacted)).toBe(Object.prototype);
    const marked = redact({ after, afterSensitive: JSON.parse('{"__proto__": true}') as Json }).after;
    expect(Object.getOwnPropertyDescriptor(marked, "__proto__")?.value).toBeInstanceOf(Secret);
  });

  test("texts made to be slow are hidden whole rather than looked at for long", () => {
    const secret = "a".repeat(4000);
    const { after } = redact({
      after: { a: secret, b: "a".repeat(300_000), c: "aaaa" },
      afterSensitive: { a: true },
    });
    expect(JSON.stringify(after)).not.toContain("aaaaa");
    expect(after).toMatchObject({ c: "aaaa" });
  });

  test("halves of characters do no harm", () => {
    const { after } = redact({
      after: { a: "secret-\ud800-half", b: "x secret-\ud800-half y" },
      afterSensitive: { a: true },
    });
    expect(after).toMatchObject({ b: "x (sensitive) y" });
  });
});
