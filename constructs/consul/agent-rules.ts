import { isIpv4 } from "../core/addresses";
import type { Duration } from "../core/duration";
import type { Location } from "../core/errors";
import { isToken } from "../core/tokens";
import { compareVersions } from "../core/versions";
import type { ConsulAgentConfiguration } from "./agent-configuration";
import type { AgentPorts } from "./agent-listeners";
import { ListenAddress } from "./listen-address";
import { At } from "./option";

/**
 * Checks what no option can check by itself: options against each other. The configuration has its defaults in.
 * @throws ValidationError with the code that stands at each rule
 */
export function checkAgentRules(config: ConsulAgentConfiguration, version: string, location: Location): void {
  const at = (prop: string) => new At(location, prop);
  checkServers(config, at);
  checkAddresses(config, at);
  checkPorts(config, version, at);
  checkDns(config, at);
  checkSections(config, at);
}

type Place = (prop: string) => At;

function checkServers({ bootstrapExpect, autopilot }: ConsulAgentConfiguration, at: Place): void {
  if (bootstrapExpect === undefined || isToken(bootstrapExpect)) return;
  if (![1, 3, 5, 7].includes(bootstrapExpect)) {
    at("bootstrapExpect").fail(
      "consul/bootstrap-expect",
      bootstrapExpect,
      "1, 3, 5 or 7",
      "Take an odd number of servers: one more makes an even number, which survives no further failure",
    );
  }
  const minQuorum = autopilot?.minQuorum;
  if (minQuorum !== undefined && !isToken(minQuorum) && minQuorum > bootstrapExpect) {
    at("autopilot.minQuorum").fail(
      "consul/min-quorum",
      minQuorum,
      `at most bootstrapExpect (${bootstrapExpect})`,
      "Lower it: dead servers would never be removed",
    );
  }
}

const isEvery = (address: unknown) => address instanceof ListenAddress && !address.isTemplate;

function checkAddresses(config: ConsulAgentConfiguration, at: Place): void {
  if (isEvery(config.bindAddr) && config.advertiseAddr === undefined) {
    at("advertiseAddr").fail(
      "consul/advertise",
      undefined,
      "an address, where bindAddr is every interface",
      "Give the address that the other agents reach: with several addresses Consul does not start, with one it may take the wrong one",
    );
  }
  const lists: [string, readonly (string | ListenAddress)[] | undefined][] = [
    ["clientAddr", config.clientAddr],
    ...Object.entries(config.addresses ?? {}).map(
      ([name, list]): [string, readonly (string | ListenAddress)[]] => [
        `addresses.${name}`,
        list as readonly (string | ListenAddress)[],
      ],
    ),
  ];
  for (const [prop, list] of lists) {
    if (list !== undefined && list.length > 1 && list.some(isEvery)) {
      at(prop).fail(
        "consul/contradiction",
        list,
        "every interface alone, or single addresses",
        "Leave out the others: they are among every interface, and the second listener could not start",
      );
    }
  }
  for (const prop of ["advertiseAddrIpv4", "advertiseAddrWanIpv4"] as const)
    checkFamily(config[prop], true, at(prop));
  for (const prop of ["advertiseAddrIpv6", "advertiseAddrWanIpv6"] as const)
    checkFamily(config[prop], false, at(prop));
}

function checkFamily(address: string | ListenAddress | undefined, ipv4: boolean, at: At): void {
  if (typeof address !== "string" || isToken(address) || isIpv4(address) === ipv4) return;
  at.fail(
    "consul/address-family",
    address,
    `an IPv${ipv4 ? 4 : 6} address`,
    "Give an address of that family",
  );
}

const RANGES = [
  ["sidecarMinPort", "sidecarMaxPort", 21_000, 21_255],
  ["exposeMinPort", "exposeMaxPort", 21_500, 21_755],
] as const;

function checkPorts(config: ConsulAgentConfiguration, version: string, at: Place): void {
  const given = config.ports ?? {};
  const defaults: AgentPorts = {
    dns: 8600,
    http: 8500,
    serfLan: 8301,
    serfWan: 8302,
    server: 8300,
    ...(config.server === true && compareVersions(version, "1.14.0") >= 0 ? { grpcTls: 8503 } : {}),
  };
  const names = ["dns", "http", "https", "grpc", "grpcTls", "serfLan", "serfWan", "server"] as const;
  const users = new Map<number, string>();
  for (const name of names) {
    const port = given[name] ?? defaults[name];
    if (port === undefined || port === -1 || isToken(port)) continue;
    const other = users.get(port);
    if (other !== undefined) {
      const prop = given[name] === undefined ? other : name;
      at(`ports.${prop}`).fail(
        "consul/ports-distinct",
        port,
        `a port that no other listener has: ${other} and ${name} have the same`,
        "Give one of them another port",
      );
    }
    users.set(port, name);
  }
  for (const [low, high, ownLow, ownHigh] of RANGES) {
    const [min, max] = [given[low] ?? ownLow, given[high] ?? ownHigh];
    if (!isToken(min) && !isToken(max) && min > max) {
      at(`ports.${given[high] === undefined ? low : high}`).fail(
        "consul/port-range",
        `${min} to ${max}`,
        `a ${low} that is at most ${high}`,
        "Give both ends of the range",
      );
    }
  }
}

/** Consul's own values of the SOA record, in milliseconds: dns_config.soa. */
const OWN_SOA = { refresh: 3_600_000, retry: 600_000, expire: 86_400_000 };

function checkDns(config: ConsulAgentConfiguration, at: Place): void {
  const { dnsConfig: dns = {}, domain = "consul", altDomain, datacenter = "dc1" } = config;
  if (altDomain !== undefined && !isToken(altDomain)) {
    const first = altDomain.split(".")[0] ?? "";
    if (altDomain.toLowerCase() === domain.toLowerCase()) {
      at("altDomain").fail("consul/contradiction", altDomain, "another domain than domain", "Leave it out");
    }
    if (["service", "connect", "node", "query", "addr", datacenter].includes(first)) {
      at("altDomain").fail(
        "consul/alt-domain",
        altDomain,
        "a domain that does not begin with service, connect, node, query, addr or the datacenter's name",
        "Put another label before it: Consul would take the first for a part of the question",
      );
    }
  }
  if (dns.maxStale !== undefined && dns.allowStale === false) {
    at("dnsConfig.maxStale").fail(
      "consul/contradiction",
      dns.maxStale,
      "nothing while allowStale is false",
      "Leave out one of the two",
    );
  }
  if (dns.cacheMaxAge !== undefined && dns.useCache !== true) {
    at("dnsConfig.cacheMaxAge").fail(
      "consul/contradiction",
      dns.cacheMaxAge,
      "nothing unless useCache is true",
      "Turn useCache on, or leave it out",
    );
  }
  const ms = (time: Duration | undefined, own: number) => time?.toMilliseconds() ?? own;
  const refresh = ms(dns.soa?.refresh, OWN_SOA.refresh);
  if (ms(dns.soa?.retry, OWN_SOA.retry) >= refresh) {
    at("dnsConfig.soa.retry").fail(
      "consul/soa",
      dns.soa?.retry,
      "a time shorter than refresh (RFC 1912, section 2.2)",
      "Shorten it, or lengthen refresh",
    );
  }
  if (ms(dns.soa?.expire, OWN_SOA.expire) <= refresh) {
    at("dnsConfig.soa.expire").fail(
      "consul/soa",
      dns.soa?.expire,
      "a time longer than refresh (RFC 1912, section 2.2)",
      "Lengthen it, or shorten refresh",
    );
  }
}

function checkSections(config: ConsulAgentConfiguration, at: Place): void {
  const needs = (prop: string, value: unknown, missing: boolean, what: string) => {
    if (value !== undefined && missing) {
      at(prop).fail("consul/contradiction", value, `nothing unless ${what}`, "Give both, or leave it out");
    }
  };
  needs("locality.zone", config.locality?.zone, config.locality?.region === undefined, "region is given");
  needs("syslogFacility", config.syslogFacility, config.enableSyslog !== true, "enableSyslog is true");
  const { backend, boltdb, wal } = config.raftLogstore ?? {};
  needs("raftLogstore.boltdb", boltdb, backend !== "boltdb", "backend is boltdb");
  needs("raftLogstore.wal", wal, backend !== "wal", "backend is wal");
  const federation = config.connect?.enableMeshGatewayWanFederation === true ? true : undefined;
  needs(
    "connect.enableMeshGatewayWanFederation",
    federation,
    config.connect?.enabled !== true,
    "enabled is true",
  );
  needs("retryJoinWan", config.retryJoinWan, federation === true, "servers meet without mesh gateways");
  if (config.uiConfig?.enabled === true && config.uiConfig.dir !== undefined) {
    at("uiConfig.dir").fail(
      "consul/contradiction",
      config.uiConfig.dir,
      "one of uiConfig.enabled (the built-in interface) and uiConfig.dir (files of one's own)",
      "Leave out one of the two",
    );
  }
  if (config.enableScriptChecks === true && config.enableLocalScriptChecks === true) {
    at("enableLocalScriptChecks").fail(
      "consul/contradiction",
      true,
      "one of enableScriptChecks and enableLocalScriptChecks",
      "Leave out enableScriptChecks if the agent's own files define all script checks: it lets checks come over the API too",
    );
  }
  const { defaultQueryTime, maxQueryTime } = config;
  if (
    defaultQueryTime !== undefined &&
    maxQueryTime !== undefined &&
    defaultQueryTime.isLongerThan(maxQueryTime)
  ) {
    at("defaultQueryTime").fail(
      "consul/contradiction",
      defaultQueryTime,
      `at most maxQueryTime (${maxQueryTime.toString()})`,
      "Shorten it",
    );
  }
  for (const name of ["gossipLan", "gossipWan"] as const) {
    const { probeInterval, probeTimeout } = config[name] ?? {};
    if (probeInterval !== undefined && probeTimeout?.isLongerThan(probeInterval)) {
      at(`${name}.probeTimeout`).fail(
        "consul/contradiction",
        probeTimeout,
        `at most probeInterval (${probeInterval.toString()})`,
        "Shorten it",
      );
    }
  }
  const options = config.uiConfig?.metricsProviderOptionsJson;
  if (options !== undefined && !isToken(options) && !isJsonObject(options)) {
    at("uiConfig.metricsProviderOptionsJson").fail(
      "consul/text",
      options,
      "a JSON object",
      "Write it with JSON.stringify",
    );
  }
  const facts = Object.keys(config.nodeMeta ?? {}).length;
  if (facts > 64) {
    at("nodeMeta").fail("consul/node-meta", `${facts} entries`, "up to 64 entries", "Leave some out");
  }
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
