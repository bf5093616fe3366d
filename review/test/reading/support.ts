import type { Plan } from "../../src/plan/plan";
import { parsePlan } from "../../src/plan/parse-plan";
import { readReview, type ReadOptions } from "../../src/reading/read-review";
import type { Policy } from "../../src/policy/policy";
import type { AttributeChange, ReviewedStack, ShownValue } from "../../src/review/review";

/** No rules at all: what is tested is the reading. */
export const NO_RULES: Policy = {
  shipped: "none",
  rules: [{ id: "test/nothing", title: "Demands nothing", check: () => [] }],
};

/** A resource change of a plan's document, with what a test says of it. */
export function resource(
  address: string,
  actions: readonly string[],
  change: object = {},
  more: object = {},
): object {
  const [type, name] = address.split(".");
  return {
    address,
    mode: "managed",
    type,
    name: name?.replace(/\[.*$/, ""),
    provider_name: "registry.terraform.io/kreuzwerker/docker",
    change: {
      actions,
      before: actions.includes("create") && actions.length === 1 ? null : {},
      after: ["delete", "forget"].includes(actions[0] ?? "") && actions.length === 1 ? null : {},
      after_unknown: {},
      before_sensitive: false,
      after_sensitive: false,
      ...change,
    },
    ...more,
  };
}

/** An update of a resource from one value to another. */
export function update(address: string, before: object, after: object, change: object = {}): object {
  return resource(address, ["update"], { before, after, ...change });
}

/** A plan with these resource changes, and whatever else a test says of it. */
export function planOf(changes: readonly object[], more: object = {}): Plan {
  const document = {
    format_version: "1.2",
    terraform_version: "1.11.4",
    resource_changes: changes,
    ...more,
  };
  return parsePlan(JSON.stringify(document), "test.json");
}

/** The review of one stack, `test`. */
export function reviewOf(plan: Plan, options: ReadOptions = {}): ReviewedStack {
  const [stack] = readReview([{ name: "test", source: "test.json", plan }], {
    policy: NO_RULES,
    ...options,
  }).stacks;
  if (stack === undefined) throw new Error("the review has no stack");
  return stack;
}

/** How the attributes of a resource change, one line each: `! env[A]: "1" -> "2"`, `!` where it forces a replacement. */
export function linesOf(attributes: readonly AttributeChange[]): string[] {
  return attributes.map((attribute) => {
    const { path, forcesReplacement, document, note, set, lines } = attribute;
    const words = [
      `${forcesReplacement ? "! " : ""}${path}:`,
      ...(document === undefined ? [] : [`(${document})`]),
      ...(set === undefined
        ? []
        : [`+[${set.added.map(wordOf).join(" ")}] -[${set.removed.map(wordOf).join(" ")}] =${set.kept}`]),
      ...(lines === undefined ? [] : [lines.map(({ op, text }) => `${SIGNS[op]}${text}`).join("|")]),
      ...(set === undefined && lines === undefined
        ? [`${wordOf(attribute.before)} -> ${wordOf(attribute.after)}`]
        : []),
      ...(note === undefined ? [] : [`{${note}}`]),
    ];
    return words.join(" ");
  });
}

const SIGNS = { kept: " ", added: "+", removed: "-", gap: "@" };

function wordOf(value: ShownValue): string {
  switch (value.kind) {
    case "absent":
      return "nothing";
    case "known-after-apply":
      return "unknown";
    case "sensitive":
      return "secret";
    case "value":
      return value.text;
  }
}

/** The differences of an update of a resource of a type. */
export function differences(type: string, before: object, after: object, change: object = {}): string[] {
  const [found] = reviewOf(planOf([update(`${type}.one`, before, after, change)])).changes;
  return linesOf(found?.attributes ?? []);
}
