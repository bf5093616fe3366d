import fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { AddressMatch } from "../../constructs/dns/address-match";
import { BIND_RELEASES, type BindRelease } from "../../constructs/dns/bind-versions";
import { DnssecValidation } from "../../constructs/dns/dnssec-validation";
import type { NamedConfiguration } from "../../constructs/dns/named-configuration";

/** The releases, oldest first. */
export const RELEASES = Object.keys(BIND_RELEASES) as BindRelease[];

/** The least that a configuration says. */
export function minimal(version: string): NamedConfiguration {
  return { version, listenOn: ["127.0.0.1"] };
}

const CONSUL = {
  name: "consul",
  forwarders: [
    { address: "172.30.0.2", port: 8600 },
    { address: "172.30.0.3", port: 8600 },
    { address: "fd00:1::2", port: 8601 },
  ],
};

type Samples = {
  readonly [P in keyof Required<NamedConfiguration>]: (
    release: BindRelease,
  ) => readonly Required<NamedConfiguration>[P][];
};

/** For every prop the values that show each of its forms. A prop without an entry here is a type error. */
export const SAMPLES: Samples = {
  version: (release) => [release, BIND_RELEASES[release].tried, `${release}.1-1~deb12u1`],
  listenOn: () => [["127.0.0.1", "172.30.0.0/24", "localnets"], [AddressMatch.any()], ["localnets"]],
  listenOnV6: () => [["::1", "fd00:1::/64"], [AddressMatch.any()], [AddressMatch.none()]],
  port: () => [5353],
  allowQuery: () => [
    ["localhost", "localnets", "172.30.0.0/16", "10.1.2.3", "fd00::/8", "::1"],
    [AddressMatch.not("10.1.0.0/16"), "10.0.0.0/8"],
    [AddressMatch.any()],
    [AddressMatch.none()],
  ],
  allowRecursion: () => [["localhost", "10.0.0.0/8"], [AddressMatch.any()]],
  forwardZones: () => [
    [CONSUL, { ...CONSUL, name: "10.in-addr.arpa", forward: "only" }],
    [{ ...CONSUL, name: "_msdcs.corp.example", signed: true }],
    [],
  ],
  forwarders: () => [
    [
      { address: "9.9.9.9", port: 53 },
      { address: "2620:fe::fe", port: 53 },
    ],
  ],
  forward: () => ["only"],
  dnssecValidation: () => [
    DnssecValidation.auto(),
    DnssecValidation.auto(["corp.example", "a_b.example"]),
    DnssecValidation.no(),
  ],
  maxCacheSize: () => [Size.mebibytes(2), Size.gibibytes(8)],
  maxCacheTtl: () => [Duration.seconds(1), Duration.days(7)],
  minCacheTtl: () => [Duration.seconds(0), Duration.seconds(90)],
  maxNcacheTtl: () => [Duration.days(7), Duration.seconds(0)],
  minNcacheTtl: () => [Duration.seconds(90)],
  prefetch: () => [
    "off",
    { trigger: Duration.seconds(10) },
    { trigger: Duration.seconds(1), eligibility: Duration.seconds(7) },
  ],
  staleAnswers: (release) => [
    "off",
    {},
    {
      maxStaleTtl: Duration.days(1),
      staleAnswerTtl: Duration.seconds(30),
      staleRefreshTime: Duration.seconds(30),
      staleAnswerClientTimeout: release === "9.20" ? Duration.seconds(0) : Duration.seconds(9),
    },
    { staleAnswerClientTimeout: "off" },
  ],
  resolverQueryTimeout: (release) => [
    Duration.seconds(10),
    Duration.seconds(30),
    ...(release === "9.20" ? [Duration.milliseconds(301)] : []),
  ],
  maxRecursionQueries: () => [1, 100],
  clientsPerQuery: () => [0, 20],
  maxClientsPerQuery: () => [0],
  recursiveClients: () => [5000],
  tcpClients: () => [300],
  minimalResponses: () => ["no", "yes", "no-auth", "no-auth-recursive"],
  disableEmptyZone: () => ["all", ["10.IN-ADDR.ARPA", "d.f.ip6.arpa"], []],
  directory: () => ["/var/cache/bind", "/var/cache"],
  managedKeysDirectory: () => ["/var/cache/bind", "/var/lib/bind keys/${x}"],
  logSeverity: () => ["critical", "error", "warning", "notice", "info"],
  querylog: () => [true, false],
  responselog: (release) => (release === "9.20" ? [true, false] : []),
  otherOptions: () => [{ "tcp-listen-queue": 20, "answer-cookie": false, "qname-minimization": "relaxed" }],
};

/** One configuration for each sample, and one that says as much as goes together. */
export function corpus(version: string): { name: string; configuration: NamedConfiguration }[] {
  const release = RELEASES.find((known) => version.startsWith(known))!;
  const single = Object.entries(SAMPLES).flatMap(([prop, values]) =>
    values(release).map((value, i) => ({
      name: `${prop} ${i}`,
      configuration: { ...minimal(version), [prop]: value },
    })),
  );
  return [
    { name: "minimal", configuration: minimal(version) },
    { name: "maximal", configuration: maximal(version) },
    ...single,
  ];
}

/** A configuration with every prop. */
export function maximal(version: string): NamedConfiguration {
  const release = RELEASES.find((known) => version.startsWith(known))!;
  const first = Object.fromEntries(
    Object.entries(SAMPLES).flatMap(([prop, values]) => {
      const [value] = values(release);
      return value === undefined ? [] : [[prop, value]];
    }),
  ) as unknown as NamedConfiguration;
  return { ...first, version, staleAnswers: {}, maxCacheTtl: Duration.days(1) };
}

const seconds = (min: number, max: number) =>
  fc.integer({ min, max }).map((value) => Duration.seconds(value));
const ipv4 = fc.ipV4().filter((address) => address !== "0.0.0.0");
const ipv6 = fc.ipV6().filter((address) => !address.includes(".") && !/^[0:]+$/.test(address));
const label = fc.stringMatching(/^[A-Za-z0-9_]([A-Za-z0-9_-]{0,12}[A-Za-z0-9_])?$/);
const zoneName = fc.array(label, { minLength: 1, maxLength: 4 }).map((labels) => labels.join("."));
const forwarders = fc.uniqueArray(
  fc.record({ address: fc.oneof(ipv4, ipv6), port: fc.integer({ min: 1024, max: 65_535 }) }),
  { minLength: 1, maxLength: 5, selector: ({ address, port }) => `${address} ${port}` },
);
const zones = fc.uniqueArray(fc.record({ name: zoneName, forwarders, signed: fc.boolean() }), {
  maxLength: 5,
  selector: ({ name }) => name.toLowerCase(),
});
const block4 = fc
  .tuple(fc.integer({ min: 1, max: 255 }), fc.integer({ min: 0, max: 255 }))
  .map(([a, b]) => `${a}.${b}.0.0/16`);
const clients = fc.array(
  fc.oneof(
    ipv4,
    ipv6,
    block4,
    fc.constantFrom("localhost", "localnets"),
    block4.map((b) => AddressMatch.not(b)),
  ),
  { minLength: 1, maxLength: 6 },
);

/** Any valid configuration of a version. */
export function configurations(version: string): fc.Arbitrary<NamedConfiguration> {
  const release = RELEASES.find((known) => version.startsWith(known))!;
  return fc.record(
    {
      version: fc.constant(version),
      listenOn: fc.array(fc.oneof(ipv4, block4), { minLength: 1, maxLength: 4 }),
      listenOnV6: fc.array(ipv6, { minLength: 1, maxLength: 3 }),
      port: fc.integer({ min: 1, max: 1023 }),
      allowQuery: clients,
      allowRecursion: clients,
      forwardZones: zones,
      forwarders,
      dnssecValidation: fc.oneof(
        fc.array(zoneName, { maxLength: 3 }).map((names) => DnssecValidation.auto(names)),
        fc.constant(DnssecValidation.no()),
      ),
      maxCacheSize: fc.integer({ min: 2, max: 100_000 }).map((amount) => Size.mebibytes(amount)),
      maxCacheTtl: seconds(90, 604_800),
      minCacheTtl: seconds(0, 90),
      maxNcacheTtl: seconds(90, 604_800),
      minNcacheTtl: seconds(0, 90),
      prefetch: fc.oneof(
        fc.constant("off" as const),
        seconds(1, 10).map((trigger) => ({ trigger })),
      ),
      staleAnswers: fc.oneof(
        fc.constant("off" as const),
        fc.record({
          maxStaleTtl: seconds(1, 604_800),
          staleAnswerTtl: seconds(1, 30),
          staleRefreshTime: fc.oneof(seconds(0, 0), seconds(30, 300)),
          staleAnswerClientTimeout: release === "9.20" ? seconds(0, 0) : seconds(0, 9),
        }),
      ),
      maxRecursionQueries: fc.integer({ min: 1, max: 200 }),
      recursiveClients: fc.integer({ min: 1, max: 100_000 }),
      tcpClients: fc.integer({ min: 1, max: 10_000 }),
      minimalResponses: fc.constantFrom("no", "yes", "no-auth", "no-auth-recursive"),
      disableEmptyZone: fc.oneof(fc.constant("all" as const), fc.uniqueArray(zoneName, { maxLength: 3 })),
      logSeverity: fc.constantFrom("critical", "error", "warning", "notice", "info"),
      querylog: fc.boolean(),
    },
    { requiredKeys: ["version", "listenOn"] },
  );
}
