import { Token } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { ValidationError } from "../../constructs/core/errors";
import { Size } from "../../constructs/core/size";
import { AddressMatch } from "../../constructs/dns/address-match";
import { renderNamedConf } from "../../constructs/dns/named-conf";
import type { NamedConfiguration } from "../../constructs/dns/named-configuration";
import { minimal } from "./named-samples";

const agent = { address: "172.30.0.2", port: 8600 };
const zone = { name: "consul", forwarders: [agent] };

interface Case {
  readonly code: string;
  readonly prop: string;
  readonly says: string;
  readonly given: Partial<NamedConfiguration>;
}

const CASES: readonly Case[] = [
  { code: "dns/bind-version", prop: "version", says: "get no security fixes", given: { version: "9.11.36" } },
  { code: "dns/bind-version", prop: "version", says: "development release", given: { version: "9.17.22" } },
  { code: "dns/bind-version", prop: "version", says: "Newer ones are untried", given: { version: "9.22.0" } },
  { code: "core/version", prop: "version", says: "an exact version", given: { version: "latest" } },
  { code: "core/port", prop: "port", says: "1 to 65535", given: { port: 0 } },
  { code: "dns/any-address", prop: "listenOn[0]", says: "AddressMatch.any()", given: { listenOn: ["0.0.0.0"] } },
  { code: "dns/any-address", prop: "listenOnV6[0]", says: "AddressMatch.any()", given: { listenOnV6: ["::"] } },
  { code: "dns/any-address", prop: "allowQuery[1]", says: "AddressMatch.any()", given: { allowQuery: ["localhost", "any"] } },
  { code: "dns/any-address", prop: "allowRecursion[0]", says: "AddressMatch.any()", given: { allowRecursion: ["0.0.0.0/0"] } },
  { code: "dns/any-address", prop: "allowRecursion[0]", says: "AddressMatch.any()", given: { allowRecursion: [AddressMatch.not("::/0")] } },
  { code: "dns/address-family", prop: "listenOn[0]", says: "listenOnV6", given: { listenOn: ["::1"] } },
  { code: "dns/address-family", prop: "listenOnV6[0]", says: "into listenOn", given: { listenOnV6: ["10.0.0.0/8"] } },
  { code: "dns/address-match", prop: "allowQuery[0]", says: "looks no names up", given: { allowQuery: ["db.example"] } },
  { code: "dns/address-match", prop: "allowQuery[0]", says: "give each element", given: { allowQuery: Token.asList("${x.y}") } },
  { code: "core/cidr", prop: "allowQuery[0]", says: "10.0.0.0/8", given: { allowQuery: ["10.1.2.3/8"] } },
  { code: "dns/empty-address-match", prop: "allowQuery", says: "AddressMatch.none()", given: { allowQuery: [] } },
  { code: "dns/empty-address-match", prop: "listenOn", says: "at least one element", given: { listenOn: [] } },
  { code: "dns/listens-nowhere", prop: "listenOn", says: "at which clients ask", given: { listenOn: [AddressMatch.none()] } },
  { code: "dns/duplicate-zone", prop: "forwardZones[1].name", says: "into one entry", given: { forwardZones: [zone, { ...zone, name: "CONSUL" }] } },
  { code: "dns/zone-name", prop: "forwardZones[0].name", says: "without a dot at the end", given: { forwardZones: [{ ...zone, name: "consul." }] } },
  { code: "dns/zone-name", prop: "forwardZones[0].name", says: "into the prop forwarders", given: { forwardZones: [{ ...zone, name: "." }] } },
  { code: "dns/zone-name", prop: "disableEmptyZone[0]", says: "labels of letters", given: { disableEmptyZone: ['a"; };'] } },
  { code: "dns/no-forwarders", prop: "forwardZones[0].forwarders", says: "Name who answers", given: { forwardZones: [{ name: "consul", forwarders: [] }] } },
  { code: "dns/no-forwarders", prop: "forwarders", says: "at least one address", given: { forwarders: [] } },
  { code: "dns/forward-first", prop: "forwardZones[0].forward", says: "asks the root", given: { forwardZones: [{ ...zone, forward: "first" as "only" }] } },
  { code: "dns/forward-first", prop: "forward", says: "private names leak", given: { forward: "first" as "only" } },
  { code: "dns/duplicate-forwarder", prop: "forwardZones[0].forwarders[1]", says: "Leave the second one out", given: { forwardZones: [{ ...zone, forwarders: [agent, agent] }] } },
  { code: "dns/forwarder-address", prop: "forwarders[0].address", says: "every interface", given: { forwarders: [{ address: "0.0.0.0", port: 53 }] } },
  { code: "core/address", prop: "forwarders[0].address", says: "no name", given: { forwarders: [{ address: "dns.example", port: 53 }] } },
  { code: "core/port", prop: "forwarders[0].port", says: "1 to 65535", given: { forwarders: [{ address: "9.9.9.9", port: 70_000 }] } },
  { code: "dns/forwards-to-itself", prop: "forwarders[0]", says: "ask itself for ever", given: { forwarders: [{ address: "127.0.0.1", port: 53 }] } },
  { code: "dns/forwards-to-itself", prop: "forwarders[0]", says: "ask itself for ever", given: { listenOn: [AddressMatch.any()], forwarders: [{ address: "127.0.0.53", port: 53 }] } },
  { code: "dns/forwards-to-itself", prop: "forwardZones[0].forwarders[0]", says: "another server", given: { listenOn: ["172.30.0.2"], port: 8600, forwardZones: [zone] } },
  { code: "dns/forwards-to-itself", prop: "forwarders[0]", says: "another server", given: { listenOnV6: ["fd00::1"], forwarders: [{ address: "fd00:0::1", port: 53 }] } },
  { code: "dns/cache-size", prop: "maxCacheSize", says: "2MiB or more", given: { maxCacheSize: Size.bytes(0) } },
  { code: "dns/time", prop: "maxCacheTtl", says: "from 1 to", given: { maxCacheTtl: Duration.seconds(0) } },
  { code: "dns/time", prop: "minCacheTtl", says: "0 to 90", given: { minCacheTtl: Duration.seconds(91) } },
  { code: "dns/time", prop: "minNcacheTtl", says: "whole seconds", given: { minNcacheTtl: Duration.milliseconds(1500) } },
  { code: "dns/time", prop: "maxNcacheTtl", says: "7 days", given: { maxNcacheTtl: Duration.days(8) } },
  { code: "dns/cache-ttls", prop: "minCacheTtl", says: "at most maxCacheTtl, 5 s", given: { minCacheTtl: Duration.seconds(6), maxCacheTtl: Duration.seconds(5) } },
  { code: "dns/cache-ttls", prop: "minNcacheTtl", says: "at most maxNcacheTtl", given: { minNcacheTtl: Duration.seconds(6), maxNcacheTtl: Duration.seconds(5) } },
  { code: "dns/time", prop: "prefetch.trigger", says: "from 1 to 10", given: { prefetch: { trigger: Duration.seconds(11) } } },
  { code: "dns/time", prop: "prefetch.trigger", says: '"off" for none', given: { prefetch: { trigger: Duration.seconds(0) } } },
  { code: "dns/time", prop: "prefetch.eligibility", says: "from 9 to", given: { prefetch: { trigger: Duration.seconds(3), eligibility: Duration.seconds(8) } } },
  { code: "dns/time", prop: "staleAnswers.maxStaleTtl", says: "from 1 to", given: { staleAnswers: { maxStaleTtl: Duration.seconds(0) } } },
  { code: "dns/time", prop: "staleAnswers.staleAnswerTtl", says: "from 1 to", given: { staleAnswers: { staleAnswerTtl: Duration.seconds(0) } } },
  { code: "dns/stale-refresh-time", prop: "staleAnswers.staleRefreshTime", says: "from 30 up", given: { staleAnswers: { staleRefreshTime: Duration.seconds(10) } } },
  { code: "dns/stale-answer-client-timeout", prop: "staleAnswers.staleAnswerClientTimeout", says: "9000 ms", given: { staleAnswers: { staleAnswerClientTimeout: Duration.seconds(9.5) } } },
  { code: "dns/stale-answer-client-timeout", prop: "staleAnswers.staleAnswerClientTimeout", says: "takes any other time for 0", given: { version: "9.20", staleAnswers: { staleAnswerClientTimeout: Duration.milliseconds(1800) } } },
  { code: "dns/resolver-query-timeout", prop: "resolverQueryTimeout", says: "raises less to 10 s", given: { resolverQueryTimeout: Duration.seconds(3) } },
  { code: "dns/resolver-query-timeout", prop: "resolverQueryTimeout", says: "up to 300 as seconds", given: { version: "9.20", resolverQueryTimeout: Duration.milliseconds(300) } },
  { code: "dns/count", prop: "recursiveClients", says: "a whole number from 1", given: { recursiveClients: 0 } },
  { code: "dns/count", prop: "clientsPerQuery", says: "a whole number from 0", given: { clientsPerQuery: -1 } },
  { code: "dns/count", prop: "maxClientsPerQuery", says: "at least clientsPerQuery", given: { clientsPerQuery: 20, maxClientsPerQuery: 10 } },
  { code: "dns/folder", prop: "directory", says: "an absolute path", given: { directory: "cache" } },
  { code: "dns/folder", prop: "managedKeysDirectory", says: "without ..", given: { managedKeysDirectory: "/var/../etc" } },
  { code: "dns/quoted-string", prop: "directory", says: "without quotation marks", given: { directory: '/x"; include "/etc/shadow' } },
  { code: "dns/word", prop: "minimalResponses", says: "no-auth-recursive", given: { minimalResponses: "maybe" as "no" } },
  { code: "dns/word", prop: "logSeverity", says: "critical, error", given: { logSeverity: "debug 3" as "info" } },
  { code: "dns/option-unknown-to-version", prop: "responselog", says: "from 9.20.0 on", given: { responselog: false } },
  { code: "dns/option-unknown-to-version", prop: "otherOptions.dnssec-enable", says: "before 9.16.0", given: { otherOptions: { "dnssec-enable": true } } },
  { code: "dns/option-unknown-to-version", prop: "otherOptions.glue-cache", says: "before 9.20.0", given: { version: "9.20", otherOptions: { "glue-cache": true } } },
  { code: "dns/option-has-prop", prop: "otherOptions.recursive-clients", says: "recursiveClients", given: { otherOptions: { "recursive-clients": 5 } } },
  { code: "dns/option-is-fixed", prop: "otherOptions.version", says: "told nothing", given: { otherOptions: { version: "none" } } },
  { code: "dns/option-name", prop: "otherOptions.a b", says: "as named.conf writes it", given: { otherOptions: { "a b": 1 } } },
  { code: "dns/option-value", prop: "otherOptions.tcp-listen-queue", says: "one plain value", given: { otherOptions: { "tcp-listen-queue": "1; };" } } },
  { code: "dns/option-value", prop: "otherOptions.tcp-listen-queue", says: "whole number", given: { otherOptions: { "tcp-listen-queue": 1.5 } } },
]; // prettier-ignore

test.each(CASES)("$code at $prop: $says", ({ code, prop, says, given }) => {
  let thrown: unknown;
  try {
    renderNamedConf({ ...minimal("9.18"), ...given }, "app/bind");
  } catch (error) {
    thrown = error;
  }
  expect(thrown).toBeInstanceOf(ValidationError);
  const fault = thrown as ValidationError;
  expect([fault.code, fault.prop, fault.path]).toEqual([code, prop, "app/bind"]);
  expect(fault.message).toContain(says);
});

test("what looks like a loop and is none passes: another port, another machine of a network that is listened on", () => {
  const text = renderNamedConf({
    version: "9.18",
    listenOn: ["127.0.0.1", "172.30.0.0/24", AddressMatch.any()],
    forwarders: [{ address: "172.30.0.9", port: 53 }],
    forwardZones: [{ name: "consul", forwarders: [{ address: "127.0.0.1", port: 8600 }] }],
  });
  expect(text).toContain("172.30.0.9 port 53;");
  expect(text).toContain("127.0.0.1 port 8600;");
});

test("values that only Terraform knows stand where they should", () => {
  const known = (value: unknown) => ({ resolve: () => value, toString: () => "", creationStack: [] });
  const address = Token.asString(known("10.0.0.1"));
  const port = Token.asNumber(known(8600));
  const text = renderNamedConf({
    ...minimal("9.18"),
    allowQuery: [address],
    forwardZones: [{ name: "consul", forwarders: [{ address, port }] }],
  });
  const token = String.raw`\$\{TfToken\[[^\]]+\]\}`;
  expect(text).toMatch(new RegExp(`allow-query \\{\n\t\t${token};`));
  expect(text).toMatch(new RegExp(`forwarders \\{\n\t\t${token} port ${token};`));
});
