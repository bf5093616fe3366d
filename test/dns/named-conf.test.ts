import fc from "fast-check";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { Duration } from "../../constructs/core/duration";
import { ValidationError } from "../../constructs/core/errors";
import { AddressMatch } from "../../constructs/dns/address-match";
import { renderNamedConf } from "../../constructs/dns/named-conf";
import type { NamedConfiguration } from "../../constructs/dns/named-configuration";
import { configurations, maximal, minimal, RELEASES } from "./named-samples";
import { type Parsed, parseNamedConf } from "./parse-named-conf";

/** The words of a statement of `options`, or of the list in its braces. */
function option(text: string, name: string): string | undefined {
  const options = parseNamedConf(text).find(({ words }) => words[0] === "options")!;
  const found = options.block!.filter(({ words }) => words[0] === name);
  if (found.length > 1) throw new Error(`${name} is said twice`);
  const { words, block } = found[0] ?? {};
  return block === undefined
    ? words?.slice(1).join(" ")
    : [...words!.slice(1), ...block.map((inner) => inner.words.join(" "))].join(", ");
}

/** The tree with every value taken out: what statements stand where, and how many elements lists have. */
function shape(statements: readonly Parsed[]): unknown {
  return statements.map(({ words, block }) =>
    block === undefined
      ? words[0]
      : [words[0], words.length, LISTS.has(words[0]!) ? block.length : shape(block)],
  );
}
const LISTS = new Set([
  "listen-on",
  "listen-on-v6",
  "allow-query",
  "allow-recursion",
  "forwarders",
  "validate-except",
]);

describe.each(RELEASES)("BIND %s", (release) => {
  test.each(["minimal", "maximal"] as const)("the golden text of a %s configuration", (size) => {
    const configuration = size === "minimal" ? minimal(release) : maximal(release);
    const golden = join(__dirname, "golden", `named-${release}-${size}.conf`);
    expect(renderNamedConf(configuration)).toBe(readFileSync(golden, "utf8"));
  });

  test("whatever is valid gives the statements that it says, and no other", () => {
    fc.assert(
      fc.property(configurations(release), (configuration) => {
        const tree = parseNamedConf(renderNamedConf(configuration));
        const zones = configuration.forwardZones ?? [];
        expect(tree.map(({ words }) => words[0])).toEqual([
          "options",
          "controls",
          "logging",
          ...zones.map(() => "zone"),
        ]);
        const written = tree.slice(3).map(({ words, block }) => ({ words, block: shape(block!) }));
        const asked = [...zones]
          .map((zone) => ({ ...zone, name: zone.name.toLowerCase() }))
          .sort((a, b) => (a.name < b.name ? -1 : 1))
          .map(({ name, forwarders }) => ({
            words: ["zone", `"${name}"`],
            block: ["type", "forward", ["forwarders", 1, forwarders.length]],
          }));
        expect(written).toEqual(asked);
        const options = tree[0]!.block!;
        const lengths = (name: string) => options.find(({ words }) => words[0] === name)?.block?.length;
        expect(lengths("listen-on")).toBe(configuration.listenOn.length);
        expect(lengths("allow-query")).toBe(configuration.allowQuery?.length ?? 2);
        expect(lengths("forwarders")).toBe(configuration.forwarders?.length);
        const names = options.map(({ words }) => words[0]).filter((name) => name !== "disable-empty-zone");
        expect(new Set(names).size).toBe(names.length);
      }),
      { numRuns: 200 },
    );
  });

  test("no string changes the structure: it is refused, or stands where it should", () => {
    const piece = fc.constantFrom(
      '"', "'", ";", "{", "}", "};", "\n", "\r", "\t", " ", "\\", "//", "/*", "*/", "#", "${", "%{", "!", "\u0000", "é",
      "include", "any", "a", "consul", "10.0.0.0/8", "/", ".", "::",
    ); // prettier-ignore
    const hostile = fc.oneof(
      fc.array(piece, { maxLength: 8 }).map((pieces) => pieces.join("")),
      fc.string({ unit: "binary", maxLength: 20 }),
    );
    const places: ((text: string) => Partial<NamedConfiguration>)[] = [
      (text) => ({ listenOn: [text] }),
      (text) => ({ listenOnV6: [text] }),
      (text) => ({ allowQuery: [text] }),
      (text) => ({ allowRecursion: [AddressMatch.not(text)] }),
      (text) => ({ forwardZones: [{ name: text, forwarders: [{ address: "10.0.0.1", port: 8600 }] }] }),
      (text) => ({ forwardZones: [{ name: "consul", forwarders: [{ address: text, port: 8600 }] }] }),
      (text) => ({ forwarders: [{ address: text, port: 53 }] }),
      (text) => ({ disableEmptyZone: [text] }),
      (text) => ({ directory: `/${text}` }),
      (text) => ({ managedKeysDirectory: text }),
      (text) => ({ otherOptions: { "preferred-glue": text } }),
      (text) => ({ otherOptions: { [text]: "yes" } }),
      (text) => ({ minimalResponses: text as "no" }),
      (text) => ({ logSeverity: text as "info" }),
    ];
    const benign = [
      "10.9.9.9",
      "fd00::9",
      "10.9.9.9",
      "10.9.9.9",
      "consul",
      "10.9.9.9",
      "10.9.9.9",
      "consul",
    ].concat(["x", "/x", "yes", "preferred-glue", "yes", "info"]);
    fc.assert(
      fc.property(fc.nat({ max: places.length - 1 }), hostile, (i, text) => {
        const place = (value: string) => ({ ...minimal(release), ...places[i]!(value) });
        let written: string;
        try {
          written = renderNamedConf(place(text));
        } catch (error) {
          expect(error).toBeInstanceOf(ValidationError);
          return;
        }
        const expected = JSON.stringify(shape(parseNamedConf(renderNamedConf(place(benign[i]!)))));
        const got = JSON.stringify(shape(parseNamedConf(written)));
        expect(got.replaceAll(`"${text}"`, '"preferred-glue"')).toBe(expected);
      }),
      { numRuns: 1500 },
    );
  });
});

test("the order of zones and excepted names does not depend on the order given", () => {
  const zone = (name: string) => ({ name, forwarders: [{ address: "10.0.0.1", port: 8600 }] });
  const [a, b, c] = [zone("consul"), zone("10.in-addr.arpa"), zone("corp.example")] as const;
  expect(renderNamedConf({ ...minimal("9.18"), forwardZones: [a, b, c] })).toBe(
    renderNamedConf({ ...minimal("9.18"), forwardZones: [c, b, a] }),
  );
});

test("private zones are excepted from validation, signed ones are not, and names are lower case", () => {
  const forwarders = [{ address: "10.0.0.1", port: 8600 }];
  const text = renderNamedConf({
    ...minimal("9.18"),
    forwardZones: [
      { name: "Consul", forwarders },
      { name: "example.org", forwarders, signed: true },
    ],
  });
  expect(option(text, "validate-except")).toBe('"consul"');
  expect(option(text, "dnssec-validation")).toBe("auto");
});

test("who may recurse is who may ask, unless said otherwise", () => {
  const base = { ...minimal("9.18"), allowQuery: ["10.0.0.0/8"] };
  expect(option(renderNamedConf(base), "allow-recursion")).toBe("10.0.0.0/8");
  expect(option(renderNamedConf({ ...base, allowRecursion: ["10.1.0.0/16"] }), "allow-recursion")).toBe(
    "10.1.0.0/16",
  );
  expect(option(renderNamedConf(minimal("9.18")), "allow-query")).toBe("localhost, localnets");
  expect(option(renderNamedConf({ ...base, allowQuery: [AddressMatch.any()] }), "allow-query")).toBe("any");
});

test("upstream forwarders are asked only, and without them named recurses", () => {
  const forwarders = [{ address: "9.9.9.9", port: 53 }];
  expect(option(renderNamedConf({ ...minimal("9.18"), forwarders }), "forward")).toBe("only");
  expect(option(renderNamedConf(minimal("9.18")), "forward")).toBeUndefined();
  expect(option(renderNamedConf(minimal("9.18")), "recursion")).toBe("yes");
});

test("stale answers differ by release", () => {
  const said = (configuration: NamedConfiguration) => {
    const text = renderNamedConf(configuration);
    return [
      "stale-answer-enable",
      "stale-answer-client-timeout",
      "resolver-query-timeout",
      "max-recursion-queries",
    ].map((name) => option(text, name));
  };
  const forwarders = [{ address: "9.9.9.9", port: 53 }];
  expect(said({ ...minimal("9.16"), forwarders })).toEqual(["yes", "1800", undefined, "4"]);
  expect(said(minimal("9.16"))).toEqual(["yes", "1800", undefined, undefined]);
  expect(said({ ...minimal("9.18"), forwarders })).toEqual(["yes", "1800", undefined, undefined]);
  expect(said({ ...minimal("9.20"), forwarders })).toEqual(["yes", "off", "2500", undefined]);
  expect(said({ ...minimal("9.20"), staleAnswers: "off" })).toEqual(["no", undefined, undefined, undefined]);
  expect(said({ ...minimal("9.20"), resolverQueryTimeout: Duration.seconds(3) })[2]).toBe("3000");
});

test("BIND 9.16 sends as many queries as the longest list has forwarders, but 4 to 6", () => {
  const list = (n: number) =>
    Array.from({ length: n }, (_, i) => ({ address: `10.0.0.${i + 1}`, port: 8600 }));
  const said = (n: number) =>
    option(
      renderNamedConf({
        ...minimal("9.16"),
        forwarders: list(1),
        forwardZones: [{ name: "consul", forwarders: list(n) }],
      }),
      "max-recursion-queries",
    );
  expect([1, 5, 9].map(said)).toEqual(["4", "5", "6"]);
});
