import type { ConsulAgentConfiguration } from "../../constructs/consul/agent-configuration";
import { ListenAddress } from "../../constructs/consul/listen-address";
import { renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { expectFault } from "../support/faults";

const seconds = (n: number) => Duration.seconds(n);
const every = ListenAddress.everyInterface();

/** A code, the prop, the configuration, and parts of the message. */
type Fault = readonly [code: string, prop: string, config: ConsulAgentConfiguration, ...parts: string[]];

const server = (more: ConsulAgentConfiguration): ConsulAgentConfiguration => ({ server: true, ...more });
const times = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`k${i}`, "v"]));

const NAMES: Fault[] = [
  ["core/dns-label", "nodeName", { nodeName: "web_1" }, 'got "web_1"', "cannot be asked for by DNS"],
  ["core/dns-label", "datacenter", { datacenter: "DC1" }, "lower-case letters"],
  ["core/dns-label", "primaryDatacenter", { primaryDatacenter: "dc.1" }, "RFC 1123"],
  ["core/domain-name", "domain", { domain: "consul." }, "without a dot at the end"],
  ["core/domain-name", "altDomain", { altDomain: "a_b.example" }, "RFC 1123"],
  ["consul/alt-domain", "altDomain", { altDomain: "service.example" }, "does not begin with service"],
  [
    "consul/alt-domain",
    "altDomain",
    { datacenter: "ams1", altDomain: "ams1.example" },
    "the datacenter's name",
  ],
  ["consul/contradiction", "altDomain", { altDomain: "CONSUL" }, "another domain than domain"],
  ["consul/text", "nodeId", { nodeId: "6D0B2E51" }, "a UUID in lower case"],
  ["consul/map-name", "nodeMeta", { nodeMeta: { "consul-x": "1" } }, "not beginning with consul-"],
  ["consul/map-name", "nodeMeta", { nodeMeta: { "a b": "1" } }, "letters, digits"],
  ["consul/text", "nodeMeta.a", { nodeMeta: { a: "x".repeat(513) } }, "1 to 512 characters"],
  ["consul/node-meta", "nodeMeta", { nodeMeta: times(65) }, 'got "65 entries"', "up to 64"],
  [
    "consul/map-name",
    "dnsConfig.serviceTtl",
    { dnsConfig: { serviceTtl: { "my.web": seconds(3) } } },
    "a DNS label",
  ],
  [
    "consul/map-name",
    "dnsConfig.serviceTtl",
    { dnsConfig: { serviceTtl: { "we*b": seconds(3) } } },
    "* alone",
  ],
  [
    "consul/map-name",
    "httpConfig.responseHeaders",
    { httpConfig: { responseHeaders: { Authorization: "x" } } },
    "none that carries a secret",
  ],
];

const SERVERS: Fault[] = [
  [
    "consul/agent-role",
    "bootstrapExpect",
    { bootstrapExpect: 3 },
    "only servers take it",
    "make the agent a server",
  ],
  ["consul/agent-role", "retryJoinWan", { retryJoinWan: ["192.0.2.1"] }, "only servers"],
  [
    "consul/agent-role",
    "advertiseReconnectTimeout",
    server({ advertiseReconnectTimeout: seconds(60) }),
    "only clients",
    "Leave it out on servers",
  ],
  [
    "consul/bootstrap-expect",
    "bootstrapExpect",
    server({ bootstrapExpect: 2 }),
    "1, 3, 5 or 7",
    "odd number",
  ],
  ["consul/bootstrap-expect", "bootstrapExpect", server({ bootstrapExpect: 9 }), "got 9"],
  ["consul/number-range", "bootstrapExpect", server({ bootstrapExpect: 0 }), "from 1"],
  [
    "consul/min-quorum",
    "autopilot.minQuorum",
    server({ bootstrapExpect: 3, autopilot: { minQuorum: 5 } }),
    "at most bootstrapExpect (3)",
  ],
  [
    "consul/number-range",
    "performance.raftMultiplier",
    { performance: { raftMultiplier: 11 } },
    "from 1 to 10",
  ],
  ["consul/number-range", "performance.raftMultiplier", { performance: { raftMultiplier: 0 } }, "got 0"],
  ["consul/number-range", "raftProtocol", { raftProtocol: 2 }, "from 3 to 3"],
];

const ADDRESSES: Fault[] = [
  ["core/address", "bindAddr", { bindAddr: "eth0" }, 'got "eth0"'],
  ["core/address", "clientAddr[1]", { clientAddr: ["127.0.0.1", "localhost"] }, "no name"],
  ["consul/every-interface", "bindAddr", { bindAddr: "0.0.0.0" }, "ListenAddress.everyInterface()"],
  ["consul/every-interface", "clientAddr[0]", { clientAddr: ["::"] }, "one address of the machine"],
  ["consul/every-interface", "addresses.http[0]", { addresses: { http: ["0.0.0.0"] } }, "if every network"],
  [
    "consul/every-interface",
    "advertiseAddr",
    { advertiseAddr: "0.0.0.0" },
    "Give the address that the other agents reach",
  ],
  ["consul/every-interface", "advertiseAddr", { advertiseAddr: every }, "Give one address of the machine"],
  [
    "consul/advertise",
    "advertiseAddr",
    { bindAddr: every },
    "got nothing",
    "with several addresses Consul does not start",
  ],
  ["consul/contradiction", "clientAddr", { clientAddr: ["127.0.0.1", every] }, "every interface alone"],
  [
    "consul/contradiction",
    "addresses.dns",
    { addresses: { dns: [every, "127.0.0.1"] } },
    "the second listener could not start",
  ],
  ["consul/address-template", "bindAddr", { bindAddr: ListenAddress.template("GetPrivateIP") }, "{{ }}"],
  ["consul/address-family", "advertiseAddrIpv4", { advertiseAddrIpv4: "2001:db8::1" }, "an IPv4 address"],
  ["consul/address-family", "advertiseAddrWanIpv6", { advertiseAddrWanIpv6: "192.0.2.1" }, "an IPv6 address"],
  ["consul/list", "clientAddr", { clientAddr: [] }, "at least one element"],
  ["consul/list-twice", "retryJoin", { retryJoin: ["192.0.2.1", "192.0.2.1"] }, "every element once"],
  ["core/cidr", "serfLanAllowedCidrs[0]", { serfLanAllowedCidrs: ["192.0.2.1/24"] }, "Write 192.0.2.0/24"],
  [
    "consul/recursor",
    "recursors[0]",
    { recursors: ["dns.example.com"] },
    "an address, with a port or without",
  ],
  ["consul/recursor", "recursors[0]", { recursors: ["0.0.0.0"] }, "192.0.2.53:5353"],
  ["consul/recursor", "recursors[0]", { recursors: ["192.0.2.53:70000"] }, "[2001:db8::53]:53"],
];

const PORTS: Fault[] = [
  ["core/port", "ports.dns", { ports: { dns: 0 } }, "1 to 65535"],
  ["core/port", "ports.http", { ports: { http: 65_536 } }, "got 65536"],
  ["consul/port-off", "ports.server", { ports: { server: -1 } }, "cannot be turned off"],
  ["consul/port-off", "ports.serfLan", { ports: { serfLan: -1 } }, "cannot be turned off"],
  [
    "consul/ports-distinct",
    "ports.https",
    { ports: { http: 9000, https: 9000 } },
    "http and https have the same",
  ],
  ["consul/ports-distinct", "ports.http", { ports: { http: 8600 } }, "dns and http have the same"],
  ["consul/ports-distinct", "ports.dns", { ports: { dns: 8300 } }, "dns and server have the same"],
  [
    "consul/ports-distinct",
    "ports.grpc",
    server({ ports: { grpc: 8503 } }),
    "grpc and grpcTls have the same",
  ],
  [
    "consul/port-range",
    "ports.sidecarMaxPort",
    { ports: { sidecarMaxPort: 20_000 } },
    'got "21000 to 20000"',
  ],
  ["consul/port-range", "ports.exposeMinPort", { ports: { exposeMinPort: 30_000 } }, "both ends"],
];

const TIMES: Fault[] = [
  ["consul/time-range", "retryInterval", { retryInterval: seconds(0) }, "more than 0 s"],
  ["consul/time-range", "reconnectTimeout", { reconnectTimeout: Duration.hours(7) }, "8h0m0s or more"],
  ["consul/time-range", "serverRejoinAgeMax", { serverRejoinAgeMax: Duration.hours(1) }, "6h0m0s or more"],
  ["consul/time-range", "dnsConfig.maxStale", { dnsConfig: { maxStale: seconds(0) } }, "more than 0 s"],
  [
    "consul/time-range",
    "dnsConfig.soa.minTtl",
    { dnsConfig: { soa: { minTtl: Duration.milliseconds(1500) } } },
    "whole seconds",
  ],
  [
    "consul/time-range",
    "dnsConfig.soa.refresh",
    { dnsConfig: { soa: { refresh: Duration.days(30_000) } } },
    "RFC 2181",
  ],
  [
    "consul/soa",
    "dnsConfig.soa.retry",
    { dnsConfig: { soa: { retry: Duration.hours(1) } } },
    "shorter than refresh",
  ],
  [
    "consul/soa",
    "dnsConfig.soa.expire",
    { dnsConfig: { soa: { refresh: Duration.days(1) } } },
    "longer than refresh",
  ],
  [
    "consul/contradiction",
    "defaultQueryTime",
    { defaultQueryTime: seconds(60), maxQueryTime: seconds(30) },
    "at most maxQueryTime (30s)",
  ],
  [
    "consul/contradiction",
    "gossipLan.probeTimeout",
    { gossipLan: { probeInterval: seconds(1), probeTimeout: seconds(2) } },
    "at most probeInterval (1s)",
  ],
];

const CONTRADICTIONS: Fault[] = [
  [
    "consul/contradiction",
    "dnsConfig.maxStale",
    { dnsConfig: { allowStale: false, maxStale: seconds(5) } },
    "while allowStale is false",
  ],
  [
    "consul/contradiction",
    "dnsConfig.cacheMaxAge",
    { dnsConfig: { cacheMaxAge: seconds(5) } },
    "unless useCache is true",
  ],
  ["consul/contradiction", "locality.zone", { locality: { zone: "a" } }, "unless region is given"],
  ["consul/contradiction", "syslogFacility", { syslogFacility: "LOCAL1" }, "unless enableSyslog is true"],
  [
    "consul/contradiction",
    "raftLogstore.wal",
    { raftLogstore: { backend: "boltdb", wal: { segmentSizeMb: Size.mebibytes(8) } } },
    "backend is wal",
  ],
  [
    "consul/contradiction",
    "raftLogstore.boltdb",
    { raftLogstore: { boltdb: { noFreelistSync: true } } },
    "backend is boltdb",
  ],
  [
    "consul/contradiction",
    "connect.enableMeshGatewayWanFederation",
    server({ connect: { enableMeshGatewayWanFederation: true } }),
    "enabled is true",
  ],
  [
    "consul/contradiction",
    "retryJoinWan",
    server({ retryJoinWan: ["192.0.2.1"], connect: { enabled: true, enableMeshGatewayWanFederation: true } }),
    "without mesh gateways",
  ],
  [
    "consul/contradiction",
    "enableLocalScriptChecks",
    { enableScriptChecks: true, enableLocalScriptChecks: true },
    "over the API too",
  ],
  [
    "consul/contradiction",
    "uiConfig.dir",
    { uiConfig: { enabled: true, dir: "/ui" } },
    "one of uiConfig.enabled",
  ],
];

const VALUES: Fault[] = [
  ["consul/number-range", "dnsConfig.udpAnswerLimit", { dnsConfig: { udpAnswerLimit: 0 } }, "from 1 to 8"],
  ["consul/number-range", "dnsConfig.aRecordLimit", { dnsConfig: { aRecordLimit: 1.5 } }, "a whole number"],
  ["consul/number-range", "limits.rpcRate", { limits: { rpcRate: -1 } }, "leave it out for no limit"],
  [
    "consul/size-range",
    "raftLogstore.wal.segmentSizeMb",
    { raftLogstore: { backend: "wal", wal: { segmentSizeMb: Size.kibibytes(1) } } },
    "whole multiples of 1MiB",
    "up to 1GiB",
  ],
  ["consul/size-range", "limits.kvMaxValueSize", { limits: { kvMaxValueSize: Size.bytes(0) } }, "1B or more"],
  ["consul/text", "dataDir", { dataDir: "data" }, "an absolute path"],
  ["consul/text", "uiConfig.contentPath", { uiConfig: { contentPath: "/v1/" } }, "not /v1/"],
  [
    "consul/text",
    "uiConfig.metricsProviderOptionsJson",
    { uiConfig: { metricsProviderOptionsJson: "{x}" } },
    "a JSON object",
  ],
  ["consul/text", "telemetry.prefixFilter[0]", { telemetry: { prefixFilter: ["consul.raft"] } }, "+ or -"],
  [
    "consul/secret",
    "retryJoin[0]",
    { retryJoin: ["provider=aws secret_access_key=hunter2x"] },
    "(masked: the value of secret_access_key)",
  ],
  [
    "consul/secret",
    "nodeMeta.api_token",
    { nodeMeta: { api_token: "hunter2x" } },
    "Terraform's state in plain text",
  ],
  [
    "consul/option-version",
    "disableKvKeyValidation",
    { disableKvKeyValidation: true },
    "the options of Consul 1.19.2",
    "from 1.22.0 on",
  ],
  [
    "consul/option-version",
    "telemetry.disableCompat19",
    { telemetry: { disableCompat19: true } },
    "from 1.9.0 on, until before 1.13.0",
  ],
];

/** What plain JavaScript can give. */
const KINDS: (readonly [string, string, unknown])[] = [
  ["consul/wrong-kind", "server", { server: "yes" }],
  ["consul/wrong-kind", "nodeId", { nodeId: 7 }],
  ["consul/wrong-kind", "retryInterval", { retryInterval: "3s" }],
  ["consul/wrong-kind", "limits.kvMaxValueSize", { limits: { kvMaxValueSize: 512 } }],
  ["consul/wrong-kind", "ports.dns", { ports: { dns: "8600" } }],
  ["consul/wrong-kind", "nodeMeta", { nodeMeta: ["a"] }],
  ["consul/wrong-kind", "telemetry", { telemetry: true }],
  ["consul/list", "retryJoin", { retryJoin: "192.0.2.1" }],
  ["consul/one-of", "logLevel", { logLevel: "loud" }],
  ["consul/one-of", "dnsConfig.recursorStrategy", { dnsConfig: { recursorStrategy: "best" } }],
  ["consul/unknown-option", "bindAddress", { bindAddress: "192.0.2.1" }],
  ["consul/unknown-option", "dnsConfig.soa.minimum", { dnsConfig: { soa: { minimum: 1 } } }],
];

const render = (config: ConsulAgentConfiguration) => renderAgentConfiguration(config, { version: "1.19.2" });

describe.each(Object.entries({ NAMES, SERVERS, ADDRESSES, PORTS, TIMES, CONTRADICTIONS, VALUES }))(
  "%s",
  (_group, faults) => {
    test.each(faults.map((fault) => ({ code: fault[0], prop: fault[1], fault })))(
      "$code: $prop",
      ({ fault }) => {
        const [code, prop, config, ...parts] = fault;
        expectFault(() => render(config), code, prop, "Consul agent configuration: ", ...parts);
      },
    );
  },
);

describe("values of another kind", () => {
  test.each(KINDS)("%s: %s", (code, prop, config) => {
    expectFault(() => render(config as ConsulAgentConfiguration), code, prop);
  });
});

test("a fault names the place that it is told", () => {
  const act = () => renderAgentConfiguration({ domain: "-" }, { version: "1.19.2", location: "hosts.one" });
  expectFault(act, "core/domain-name", "domain", "hosts.one: domain: ");
});
