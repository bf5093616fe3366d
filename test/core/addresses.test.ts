import fc from "fast-check";
import {
  canonicalAddress,
  Cidr,
  hostPort,
  isAddress,
  isIpv4,
  isLoopback,
  isUnspecified,
  requireAddress,
} from "../../constructs/core/addresses";
import { App, TerraformStack, TerraformVariable } from "cdktf";
import { expectFault } from "../support/faults";

describe("addresses", () => {
  test.each(["192.0.2.1", "0.0.0.0", "255.255.255.255", "::", "::1", "fd00:1::a", "::ffff:192.0.2.1"])(
    "%s is one",
    (text) => {
      expect(isAddress(text)).toBe(true);
    },
  );

  test.each(["", "1.2.3", "1.2.3.4.5", "256.0.0.1", "010.0.0.1", "0x7f.0.0.1", "127.1", "2130706433", "host",
    "1.2.3.4/24", "1.2.3.4:80", " 1.2.3.4", "1.2.3.4\n", "[::1]", "fe80::1%eth0", ":::", "1::2::3"])("%j is none", (text) => {
    expect(isAddress(text)).toBe(false);
    expectFault(
      () => {
        requireAddress("web", "address", text);
      },
      "core/address",
      "address",
      "an IPv4 address of four decimal parts or an IPv6 address",
      "no leading zeros",
    );
  }); // prettier-ignore

  test("a token passes", () => {
    const token = new TerraformVariable(new TerraformStack(new App(), "s"), "a", {}).stringValue;
    requireAddress("web", "address", token);
    expect(isAddress(token)).toBe(false);
  });

  test("kinds", () => {
    expect(["127.0.0.1", "127.9.9.9", "::1", "128.0.0.1", "fd00::1", "x"].map(isLoopback)).toEqual([
      true, true, true, false, false, false,
    ]); // prettier-ignore
    expect(["0.0.0.0", "::", "0:0::0", "0.0.0.1", "x"].map(isUnspecified)).toEqual([
      true, true, true, false, false,
    ]); // prettier-ignore
    expect(["192.0.2.1", "::1", "x"].map(isIpv4)).toEqual([true, false, false]);
  });

  test("one address has one canonical text", () => {
    expect(["0:0::1", "FD00::00A", "192.0.2.1", "web"].map(canonicalAddress)).toEqual([
      "::1", "fd00::a", "192.0.2.1", "web",
    ]); // prettier-ignore
    fc.assert(
      fc.property(fc.ipV6(), (text) => {
        const canonical = canonicalAddress(text);
        expect(canonicalAddress(canonical)).toBe(canonical);
        expect(isAddress(canonical)).toBe(true);
      }),
    );
  });

  test("an address before a port", () => {
    expect([hostPort("192.0.2.1", 53), hostPort("fd00::1", 53)]).toEqual(["192.0.2.1:53", "[fd00::1]:53"]);
  });
});

describe("Cidr", () => {
  test("its parts", () => {
    const block = Cidr.parse("172.30.4.0/22");
    expect([block.first, block.last, block.prefixLength, block.isIpv4, String(block), JSON.stringify(block)]).toEqual([
      "172.30.4.0", "172.30.7.255", 22, true, "172.30.4.0/22", '"172.30.4.0/22"',
    ]); // prettier-ignore
    expect([block.address(0), block.address(1), block.address(1023)]).toEqual([
      "172.30.4.0", "172.30.4.1", "172.30.7.255",
    ]); // prettier-ignore
    const six = Cidr.parse("fd00:1::/64");
    expect([six.last, six.isIpv4, six.address(2)]).toEqual([
      "fd00:1::ffff:ffff:ffff:ffff",
      false,
      "fd00:1::2",
    ]);
    expect([Cidr.parse("0.0.0.0/0").last, Cidr.parse("::/0").contains("ffff::")]).toEqual([
      "255.255.255.255",
      true,
    ]);
  });

  test.each(["", "10.0.0.0", "10.0.0.0/", "10.0.0.0/33", "10.0.0.0/-1", "10.0.0.0/08", "10.0.0.0/8/8", "10.0.0/8", "x/8",
    "::/129", "10.0.0.0/8 ", "10.0.0.0/1e1"])("%j is no block", (text) => {
    expectFault(() => Cidr.parse(text, "net", "subnet"), "core/cidr", "subnet", "net: subnet: got", "a slash and the length");
  }); // prettier-ignore

  test("an address inside a block is no block, and the message says which is", () => {
    expectFault(() => Cidr.parse("10.1.2.3/8", "net", "subnet"), "core/cidr", "subnet", "Write 10.0.0.0/8");
    expectFault(() => Cidr.parse("fd00::1/64"), "core/cidr", "cidr", "Write fd00::/64");
  });

  test.each([-1, 256, 0.5, Number.NaN])("there is no address number %d in a /24", (n) => {
    expectFault(
      () => Cidr.parse("10.0.0.0/24").address(n),
      "core/cidr-range",
      "n",
      "0 to 255 in 10.0.0.0/24",
    );
  });

  /** Blocks in 10.0.0.0/24, so that all addresses can be tried. */
  const block = fc.record({ bits: fc.integer({ min: 24, max: 32 }), at: fc.nat(255) }).map(({ bits, at }) => {
    const size = 2 ** (32 - bits);
    const first = at - (at % size);
    return {
      cidr: Cidr.parse(`10.0.0.${first}/${bits}`),
      members: new Set(Array.from({ length: size }, (_, i) => `10.0.0.${first + i}`)),
    };
  });

  test("contains and overlaps say the same as trying every address", () => {
    fc.assert(
      fc.property(block, block, fc.nat(255), (a, b, n) => {
        const address = `10.0.0.${n}`;
        expect(a.cidr.contains(address)).toBe(a.members.has(address));
        expect(a.cidr.contains(b.cidr)).toBe([...b.members].every((member) => a.members.has(member)));
        expect(a.cidr.overlaps(b.cidr)).toBe([...b.members].some((member) => a.members.has(member)));
        expect(a.cidr.overlaps(b.cidr)).toBe(b.cidr.overlaps(a.cidr));
        expect([...a.members]).toEqual([...a.members].map((_, i) => a.cidr.address(i)));
      }),
      { numRuns: 500 },
    );
  });

  test("blocks of different families share nothing", () => {
    const [four, six] = [Cidr.parse("0.0.0.0/0"), Cidr.parse("::/0")];
    expect([four.contains("::1"), six.contains("10.0.0.1"), four.overlaps(six), four.contains(six)]).toEqual([
      false, false, false, false,
    ]); // prettier-ignore
    expect(four.contains("no address")).toBe(false);
  });
});
