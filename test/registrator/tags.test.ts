import { Fn } from "cdktf";
import * as fc from "fast-check";
import { renderForcedTags, renderTags } from "../../constructs/registrator/tags";
import { expectFault } from "./faults";
import { parseEscapedComma } from "./registrator-parse";

describe("renderTags", () => {
  test("joins with commas and escapes those inside", () => {
    expect(renderTags(["blue", "urlprefix-/shop", "a,b"], "here")).toBe("blue,urlprefix-/shop,a\\,b");
    expect(renderTags([], "here")).toBe("");
  });

  test("registrator reads the same tags back, whatever they hold", () => {
    const tag = fc.oneof(
      fc.string({
        unit: fc.constantFrom(",", "\\", "a", "$", "{", "%", '"', "/", "=", "é", " "),
        minLength: 1,
      }),
      fc.string({ unit: "grapheme", minLength: 1 }),
    );
    const tags = fc.uniqueArray(
      // eslint-disable-next-line no-control-regex -- what renderTags refuses
      tag.filter((text) => !text.endsWith("\\") && !/[\u0000-\u001f\u007f]/.test(text)),
      { maxLength: 6 },
    );
    fc.assert(
      fc.property(tags, (given) => {
        // The program puts the first one last.
        expect(parseEscapedComma(renderTags(given, "here")).reverse()).toEqual(given);
      }),
      { numRuns: 2_000 },
    );
  });

  test.each([
    ["", "not empty", "registrator drops empty ones"],
    ["a\\", "does not end in a backslash", "cannot read it back"],
    ["a\nb", "without control characters", "on one line"],
    ["a\u0000", "without control characters", "on one line"],
  ])("refuses %j", (tag, allowed, mend) => {
    expectFault(() => renderTags(["ok", tag], "here"), "registrator/tag", "tags[1]", "here: ", allowed, mend);
  });

  test("refuses a tag twice", () => {
    expectFault(
      () => renderTags(["a", "b", "a"], "here"),
      "registrator/tag-duplicate",
      "tags[2]",
      "every tag once",
    );
  });

  test("lets a token through", () => {
    const token = Fn.upper("x");
    expect(renderTags([token, "b"], "here")).toBe(`${token},b`);
  });
});

describe("renderForcedTags", () => {
  test("leaves a template as it stands and escapes the rest", () => {
    expect(renderForcedTags(["rack,1", '{{ join "," .Config.Env }}', "v-{{ .ID }}-{{.Name}}"], "here")).toBe(
      'rack\\,1,{{ join "," .Config.Env }},v-{{ .ID }}-{{.Name}}',
    );
  });

  test.each(["{{ .ID", "{{ .ID }} }}", "{{}}", "{{ - }}", "{{ {{ .ID }} }}", "{{ .ID }}\n"])(
    "refuses %j",
    (tag) => {
      expectFault(
        () => renderForcedTags([tag], "here"),
        "registrator/tag-template",
        "tags[0]",
        "every {{ has its }}",
        "ends at the first container",
      );
    },
  );

  test("refuses plain tags as those of a container", () => {
    expectFault(() => renderForcedTags([""], "here"), "registrator/tag", "tags[0]", "not empty");
    expectFault(() => renderForcedTags(["a", "a"], "here"), "registrator/tag-duplicate", "tags[1]", "once");
  });
});
