import { App, TerraformStack, TerraformVariable } from "cdktf";
import fc from "fast-check";
import {
  isDnsLabel,
  isDomainName,
  requireDnsLabel,
  requireDomainName,
} from "../../constructs/core/dns-names";
import { canonicalJson, defined, sortedEntries } from "../../constructs/core/objects";
import { requirePort } from "../../constructs/core/ports";
import { compareVersions, inRange, requireVersion } from "../../constructs/core/versions";
import { expectFault } from "../support/faults";

const variable = new TerraformVariable(new TerraformStack(new App(), "stack"), "a", {});

describe("DNS names", () => {
  const label = fc.stringMatching(/^[a-z0-9]([a-z0-9-]{0,20}[a-z0-9])?$/);

  test("labels and names made of labels", () => {
    fc.assert(
      fc.property(fc.array(label, { minLength: 1, maxLength: 8 }), (labels) => {
        expect(labels.every(isDnsLabel)).toBe(true);
        expect(isDomainName(labels.join("."))).toBe(true);
        expect(isDomainName(`${labels.join(".")}.`)).toBe(false);
      }),
    );
  });

  test.each(["", "-a", "a-", "a_b", "a.b", "a b", "ä", "a\n", "x".repeat(64)])("%j is no label", (text) => {
    expect(isDnsLabel(text)).toBe(false);
    expectFault(
      () => {
        requireDnsLabel("web", "name", text);
      },
      "core/dns-label",
      "name",
      "1 to 63 letters, digits and hyphens",
    );
  });

  test.each(["", ".", "a..b", ".a", "a.", "a_b.c", Array(64).fill("abc").join(".")])(
    "%j is no name",
    (text) => {
      expectFault(
        () => {
          requireDomainName("web", "domain", text);
        },
        "core/domain-name",
        "domain",
        "up to 253 characters",
      );
    },
  );

  test("the longest label and the longest name pass, and so do tokens", () => {
    expect(isDnsLabel("x".repeat(63))).toBe(true);
    expect(isDomainName(Array(127).fill("a").join("."))).toBe(true);
    requireDnsLabel("web", "name", variable.stringValue);
    requireDomainName("web", "name", variable.stringValue);
  });
});

describe("ports", () => {
  test.each([1, 53, 65_535, variable.numberValue])("%d passes", (port) => {
    expect(() => {
      requirePort("web", "port", port);
    }).not.toThrow();
  });

  test.each([0, -1, 65_536, 1.5, Number.NaN, Number.POSITIVE_INFINITY])("%d is refused", (port) => {
    expectFault(
      () => {
        requirePort("web", "port", port);
      },
      "core/port",
      "port",
      "a whole number from 1 to 65535",
    );
  });
});

describe("versions", () => {
  test.each([
    ["1.19.2", "1.19.2"],
    ["v1.2.3", "1.2.3"],
    ["9.18", "9.18.0"],
    ["20.10.24+dfsg1", "20.10.24"],
    ["9.18.28-1~deb12u2", "9.18.28"],
    ["19.03.15", "19.3.15"],
  ])("%s is %s", (text, version) => {
    expect(requireVersion("host", "engineVersion", text)).toBe(version);
  });

  test.each(["", "latest", "1", "1.2.x", ">=1.2.3", "1.2.3 || 2.0.0", "1.2.3.4", "1.2.3 "])(
    "%j is refused",
    (text) => {
      expectFault(
        () => requireVersion("host", "engineVersion", text),
        "core/version",
        "engineVersion",
        "an exact version such as 1.19.2",
      );
    },
  );

  test("ranges and order go by number, and a pre-release counts as its release", () => {
    expect(inRange("1.10.0", ">=1.9.0 <1.22.0")).toBe(true);
    expect(inRange("1.22.0", ">=1.9.0 <1.22.0")).toBe(false);
    expect(inRange("1.12.0-rc1", ">=1.12.0")).toBe(true);
    expect(compareVersions("1.9.0", "1.10.0")).toBeLessThan(0);
    expect(compareVersions("1.10.0", "1.10.0")).toBe(0);
    expect(compareVersions("2.0.0", "1.10.0")).toBeGreaterThan(0);
  });
});

describe("objects", () => {
  test("canonical JSON does not depend on the order of keys, only on values", () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), (map) => {
        const reversed = Object.fromEntries(Object.entries(map).reverse());
        expect(canonicalJson([reversed])).toBe(canonicalJson([map]));
        expect(JSON.parse(canonicalJson(map))).toEqual(JSON.parse(JSON.stringify(map)));
      }),
    );
    expect(canonicalJson({ b: [2, 1], a: { d: 1, c: undefined } })).toBe('{"a":{"d":1},"b":[2,1]}');
  });

  test("entries are sorted by code point, and undefined fields are left out", () => {
    expect(sortedEntries({ b: 1, a: 2, B: 3, ä: 4 }).map(([key]) => key)).toEqual(["B", "a", "b", "ä"]);
    expect(Object.keys(defined({ a: undefined, b: 0, c: null, d: "" }))).toEqual(["b", "c", "d"]);
  });
});
