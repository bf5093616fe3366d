import { AGENT_OPTIONS } from "../../constructs/consul/agent-options";
import { CONSUL_MINORS, requireConsulVersion, UNTYPED_KEYS } from "../../constructs/consul/consul-versions";
import { knownTo, spanInWords } from "../../constructs/consul/option";
import { expectFault } from "../support/faults";

test("the table holds every minor version from 1.8 to 1.22, in order", () => {
  const minors = Array.from({ length: 15 }, (_, i) => `1.${8 + i}`);
  expect(CONSUL_MINORS.map(({ minor }) => minor)).toEqual(minors);
});

test("a tried version is one of its minor", () => {
  const others = CONSUL_MINORS.filter(
    ({ minor, tried }) => tried !== undefined && !tried.startsWith(`${minor}.`),
  );
  expect(others).toEqual([]);
});

test.each([
  ["1.8.0", "1.8.0"],
  ["v1.19.2", "1.19.2"],
  ["1.22", "1.22.0"],
  ["1.20.1+ent", "1.20.1"],
])("%s is supported", (given, version) => {
  expect(requireConsulVersion("here", "version", given)).toBe(version);
});

test("an older version is refused as too old", () => {
  expectFault(
    () => requireConsulVersion("here", "version", "1.7.14"),
    "consul/version-too-old",
    "version",
    'got "1.7.14"',
    "Consul 1.8 to 1.22",
    "Run 1.8 or newer",
  );
});

test("a newer version is refused as untried", () => {
  expectFault(
    () => requireConsulVersion("here", "version", "1.23.0"),
    "consul/version-untried",
    "version",
    "Run 1.22 or older",
    "has 1.23",
  );
  expectFault(() => requireConsulVersion("here", "version", "2.0.0"), "consul/version-untried", "version");
});

test("a name is no version", () => {
  expectFault(
    () => requireConsulVersion("here", "version", "latest"),
    "core/version",
    "version",
    "an exact version",
  );
});

describe("what a version knows", () => {
  const known = (key: string, version: string) => {
    const option = AGENT_OPTIONS.find(({ keys }) => keys.join(".") === key);
    const span = option ?? UNTYPED_KEYS[key];
    if (span === undefined) throw new Error(`no key ${key}`);
    return knownTo(span, version);
  };

  // The first version is the last that does not know the key, the second the first that does.
  test.each([
    ["use_streaming_backend", "1.8.19", "1.9.0"],
    ["rpc.enable_streaming", "1.8.19", "1.9.0"],
    ["ui_config.metrics_provider", "1.8.19", "1.9.0"],
    ["http_config.max_header_bytes", "1.9.17", "1.10.0"],
    ["advertise_addr_wan_ipv6", "1.9.17", "1.10.0"],
    ["dns_config.recursor_strategy", "1.10.12", "1.11.0"],
    ["acl.tokens.initial_management", "1.10.12", "1.11.0"],
    ["auto_reload_config", "1.11.11", "1.12.0"],
    ["tls", "1.11.11", "1.12.0"],
    ["peering.enabled", "1.12.9", "1.13.0"],
    ["telemetry.retry_failed_connection", "1.12.9", "1.13.0"],
    ["ports.grpc_tls", "1.13.9", "1.14.0"],
    ["addresses.grpc_tls", "1.13.9", "1.14.0"],
    ["xds.update_max_per_second", "1.13.9", "1.14.0"],
    ["limits.rpc_client_timeout", "1.13.2", "1.13.3"],
    ["limits.rpc_client_timeout", "1.12.5", "1.12.6"],
    ["limits.rpc_client_timeout", "1.10.12", "1.11.11"],
    ["limits.request_limits.mode", "1.14.11", "1.15.0"],
    ["raft_logstore.backend", "1.14.11", "1.15.0"],
    ["server_rejoin_age_max", "1.15.2", "1.15.3"],
    ["locality.region", "1.15.10", "1.16.0"],
    ["experiments", "1.15.10", "1.16.0"],
    ["performance.grpc_keepalive_interval", "1.16.2", "1.16.3"],
    ["performance.grpc_keepalive_interval", "1.14.10", "1.14.11"],
    ["default_intention_policy", "1.17.7", "1.18.0"],
    ["telemetry.disable_per_tenancy_usage_metrics", "1.18.2", "1.19.0"],
    ["raft_prevote_disabled", "1.20.6", "1.21.0"],
    ["disable_kv_key_validation", "1.21.5", "1.22.0"],
  ])("%s is new after %s, in %s", (key, before, first) => {
    expect([known(key, before), known(key, first), known(key, "1.22.0")]).toEqual([false, true, true]);
  });

  test.each([
    ["telemetry.disable_compat_1.9", "1.9.0", "1.12.9", "1.13.0"],
    ["connect.enable_serverless_plugin", "1.12.0", "1.14.11", "1.15.0"],
    ["acl_disabled_ttl", "1.8.0", "1.10.12", "1.11.0"],
  ])("%s is there from %s to %s and gone in %s", (key, first, last, gone) => {
    expect([known(key, first), known(key, last), known(key, gone)]).toEqual([true, true, false]);
  });

  test("is told in words", () => {
    expect(spanInWords({ since: "1.12.0" })).toBe("from 1.12.0 on");
    expect(spanInWords({ since: "1.9.0", until: "1.13.0" })).toBe("from 1.9.0 on, until before 1.13.0");
    expect(spanInWords({ until: "1.11.0" })).toBe("until before 1.11.0");
    expect(spanInWords({ since: "1.14.0", backports: ["1.13.3", "1.12.6"] })).toBe(
      "from 1.14.0 on (and in 1.13.3 and later patches, 1.12.6 and later patches)",
    );
  });
});
