import { Cidr, isAddress, isLoopback } from "../../core/addresses";
import type { Faults, Location } from "../../core/errors";
import { compareVersions } from "../../core/versions";
import { type Fail, failAt } from "../fail";
import type { DaemonConfiguration } from "./daemon-configuration";
import { DAEMON_OPTIONS, FIRST_UNKNOWN_ENGINE, OLDEST_ENGINE } from "./daemon-options";
import type { EngineMode } from "./engine-mode";

/** What the rules look at. */
export interface DescribedEngine {
  /** Its version, `major.minor.patch`. */
  readonly version: string;
  /** Its mode. */
  readonly mode: EngineMode;
  /** Its settings. */
  readonly configuration: DaemonConfiguration;
}

/**
 * Checks an engine's settings against its version and mode.
 * @throws ValidationError docker/engine-version, docker/daemon-key, docker/engine-mode, docker/live-restore and the others
 * of daemon.json
 */
export function requireDaemonConfiguration(location: Location, engine: DescribedEngine): void {
  for (const rule of rulesOf(location, engine)) rule();
}

/** Checks the same, and keeps what each rule finds. */
export function validateDaemonConfiguration(
  faults: Faults,
  location: Location,
  engine: DescribedEngine,
): void {
  for (const rule of rulesOf(location, engine)) faults.try(rule);
}

function rulesOf(location: Location, engine: DescribedEngine): readonly (() => void)[] {
  const fail = failAt(location);
  const { configuration } = engine;
  return [
    () => {
      requireKnownEngine(engine, fail);
    },
    () => {
      requireMode(engine, fail);
    },
    ...Object.entries(configuration).map(([prop, value]) => () => {
      if (value !== undefined) requireKey(engine.version, prop, value, fail);
    }),
    () => {
      requireSeccompProfile(engine, fail);
    },
    () => configuration.clusterStore?.validate(location),
    () => configuration.clusterAdvertise?.validate(location),
    () => {
      requireListeners(configuration, fail);
    },
    () => {
      requireNetworks(location, configuration, fail);
    },
    () => {
      requireNumbers(configuration, fail);
    },
    () => {
      requireOthers(configuration, fail);
    },
  ];
}

function requireKnownEngine({ version }: DescribedEngine, fail: Fail): void {
  if (compareVersions(version, OLDEST_ENGINE) >= 0 && compareVersions(version, FIRST_UNKNOWN_ENGINE) < 0)
    return;
  fail("docker/engine-version", "engineVersion", version, `from ${OLDEST_ENGINE}, before ${FIRST_UNKNOWN_ENGINE}`,
    "Say what `docker version` says of the server; other engines are not known here"); // prettier-ignore
}

/** A table of version and mode, in words: key-value ends with 23.0; live-restore and swarm exclude each other. */
function requireMode({ version, mode, configuration }: DescribedEngine, fail: Fail): void {
  const { clusterStore, clusterAdvertise, liveRestore } = configuration;
  if (mode === "key-value" && compareVersions(version, "23.0.0") >= 0) {
    fail("docker/engine-mode", "mode", `key-value on engine ${version}`, "key-value on engines before 23.0 alone",
      "Use swarm mode there: engines from 23.0 on know no cluster-store"); // prettier-ignore
  }
  if (mode === "key-value" && (clusterStore === undefined || clusterAdvertise === undefined)) {
    fail("docker/cluster-store", clusterStore === undefined ? "configuration.clusterStore" : "configuration.clusterAdvertise",
      undefined, "a store and an address to advertise, both",
      "Give clusterStore and clusterAdvertise: the one does nothing without the other"); // prettier-ignore
  }
  if (mode !== "key-value" && (clusterStore !== undefined || clusterAdvertise !== undefined)) {
    fail("docker/engine-mode", clusterStore === undefined ? "configuration.clusterAdvertise" : "configuration.clusterStore",
      `mode ${mode}`, "cluster-store and cluster-advertise in mode key-value alone",
      mode === "swarm" ? "Leave them out: swarm mode has a store of its own" : `Set mode to "key-value"`); // prettier-ignore
  }
  if (mode === "swarm" && liveRestore === true) {
    fail("docker/live-restore", "configuration.liveRestore", true, "no live-restore in swarm mode",
      "Leave it out: an engine refuses to start with both"); // prettier-ignore
  }
}

function requireKey(version: string, prop: string, value: unknown, fail: Fail): void {
  const option = (DAEMON_OPTIONS as Readonly<Record<string, (typeof DAEMON_OPTIONS)["debug"] | undefined>>)[
    prop
  ];
  if (option === undefined) {
    fail("docker/daemon-key", `configuration.${prop}`, value, "a setting of daemon.json that these constructs know",
      "Look up its name in DaemonConfiguration"); // prettier-ignore
  }
  const { key, since, until } = option;
  const tooOld = since !== undefined && compareVersions(version, since) < 0;
  const gone = until !== undefined && compareVersions(version, until) >= 0;
  if (!tooOld && !gone) return;
  fail("docker/daemon-key", `configuration.${prop}`, `${key} on engine ${version}`,
    tooOld ? `${key} from ${since} on` : `${key} before ${until ?? ""}`,
    "Leave it out: the engine does not start with a key that it does not know"); // prettier-ignore
}

function requireSeccompProfile({ version, configuration }: DescribedEngine, fail: Fail): void {
  const { seccompProfile: profile } = configuration;
  if (
    profile !== undefined &&
    !profile.startsWith("/") &&
    (compareVersions(version, "23.0.0") < 0 || !/^(builtin|unconfined)$/.test(profile))
  ) {
    fail("docker/daemon-key", "configuration.seccompProfile", `${profile} on engine ${version}`,
      "a profile's absolute path on the host; from 23.0.0 on also builtin and unconfined",
      "Give the path, or leave it out for the engine's own profile"); // prettier-ignore
  }
}

function requireListeners(configuration: DaemonConfiguration, fail: Fail): void {
  const { hosts = [], tlsverify, tlscacert, tlscert, tlskey } = configuration;
  const files = { tlscacert, tlscert, tlskey };
  for (const [i, host] of hosts.entries()) {
    const tcp = /^tcp:\/\/(?:\[([^\]]+)\]|([^:/]*))(?::\d+)?$/.exec(host);
    const address = tcp?.[1] ?? tcp?.[2];
    const prop = `configuration.hosts[${i}]`;
    if (tcp === null && !/^unix:\/\/\/\S+$/.test(host) && host !== "fd://") {
      fail(
        "docker/daemon-hosts",
        prop,
        host,
        "unix:///path, tcp://address:port or fd://",
        "Write it as -H takes it",
      );
    }
    if (address === undefined) continue;
    if (address === "" || /^(0+\.){0,3}0+$|^[0:]+$/.test(address)) {
      fail("docker/daemon-hosts", prop, host, "an address of the host, not one that stands for every interface",
        "Name the address: whoever reaches an engine is root on its host"); // prettier-ignore
    }
    if (tlsverify !== true) {
      fail("docker/daemon-hosts", prop, host, "TCP with tlsverify, tlscacert, tlscert and tlskey",
        "Set all four: without them whoever reaches the port is root on the host"); // prettier-ignore
    }
  }
  const given = Object.values(files).filter((file) => file !== undefined);
  const wanted = tlsverify === true || configuration.tls === true;
  if (
    (wanted || given.length > 0) &&
    (given.length !== 3 || !wanted || given.some((file) => !file.startsWith("/")))
  ) {
    fail("docker/daemon-tls", "configuration.tlsverify", { tlsverify, ...files },
      "tlsverify with tlscacert, tlscert and tlskey, three absolute paths on the host", "Give all of them, or none"); // prettier-ignore
  }
  if (configuration.tls === true && tlsverify !== true) {
    fail(
      "docker/daemon-tls",
      "configuration.tls",
      true,
      "tlsverify: true",
      "Verify clients too: tls alone lets anybody in",
    );
  }
}

function requireNetworks(location: Location, configuration: DaemonConfiguration, fail: Fail): void {
  const { bip, bridge, dns = [], defaultAddressPools = [], hostGatewayIp, hostGatewayIps } = configuration;
  if (bip !== undefined && bridge !== undefined) {
    fail(
      "docker/daemon-exclusive",
      "configuration.bip",
      { bip, bridge },
      "bip or bridge",
      "Leave one of them out: the engine refuses both",
    );
  }
  if (configuration.icc === false && configuration.iptables === false) {
    fail("docker/daemon-exclusive", "configuration.icc", { icc: false, iptables: false }, "icc: false with iptables",
      "Leave one of them out: the engine keeps containers apart by iptables"); // prettier-ignore
  }
  if (hostGatewayIp !== undefined && hostGatewayIps !== undefined) {
    fail("docker/daemon-exclusive", "configuration.hostGatewayIps", { hostGatewayIp, hostGatewayIps },
      "hostGatewayIp or hostGatewayIps", "Leave one of them out"); // prettier-ignore
  }
  if (bip !== undefined) {
    const [address = "", length = ""] = bip.split("/");
    if (!isAddress(address) || !/^\d{1,2}$/.test(length)) {
      fail(
        "docker/daemon-address",
        "configuration.bip",
        bip,
        "an address with its prefix length, 172.17.0.1/16",
        "Write the bridge's own address",
      );
    }
  }
  for (const [i, address] of dns.entries()) {
    const prop = `configuration.dns[${i}]`;
    if (!isAddress(address))
      fail(
        "docker/daemon-address",
        prop,
        address,
        "an address",
        "Give the resolver's address: the port is always 53",
      );
    if (isLoopback(address)) {
      fail("docker/dns-loopback", prop, address, "an address that containers reach, such as the bridge's",
        "Let BIND listen on the bridge's address and name that one: the engine takes loopback resolvers out"); // prettier-ignore
    }
  }
  const pools = defaultAddressPools.map(({ base, size }, i) => {
    const prop = `configuration.defaultAddressPools[${i}]`;
    const pool = Cidr.parse(base, location, `${prop}.base`);
    if (!Number.isInteger(size) || size < pool.prefixLength || size > (pool.isIpv4 ? 30 : 126)) {
      fail("docker/address-pool", `${prop}.size`, size, `a prefix length from ${pool.prefixLength} to ${pool.isIpv4 ? 30 : 126}`,
        "Give the length of each network's prefix, not smaller than the pool's own"); // prettier-ignore
    }
    return pool;
  });
  pools.forEach((pool, i) => {
    const other = pools.slice(0, i).find((earlier) => earlier.overlaps(pool));
    if (other !== undefined) {
      fail("docker/address-pool", `configuration.defaultAddressPools[${i}].base`, pool.toString(),
        `a block that does not overlap with ${other.toString()}`, "Take blocks that are apart"); // prettier-ignore
    }
  });
}

function requireNumbers(configuration: DaemonConfiguration, fail: Fail): void {
  const ranges: Partial<Record<keyof DaemonConfiguration, readonly [number, number]>> = {
    maxConcurrentDownloads: [1, 1000],
    maxConcurrentUploads: [1, 1000],
    maxDownloadAttempts: [1, 1000],
    mtu: [68, 65_535],
    networkControlPlaneMtu: [500, 65_535],
    networkDiagnosticPort: [1, 65_535],
    oomScoreAdjust: [-1000, 1000],
  };
  for (const [prop, [least, most]] of Object.entries(ranges)) {
    const value = configuration[prop as keyof DaemonConfiguration];
    if (
      value === undefined ||
      (Number.isInteger(value) && (value as number) >= least && (value as number) <= most)
    )
      continue;
    fail(
      "docker/daemon-number",
      `configuration.${prop}`,
      value,
      `a whole number from ${least} to ${most}`,
      "Give such a number, or leave it out",
    );
  }
}

function requireOthers(configuration: DaemonConfiguration, fail: Fail): void {
  for (const [i, mirror] of (configuration.registryMirrors ?? []).entries()) {
    const url = URL.canParse(mirror) ? new URL(mirror) : undefined;
    if (
      url !== undefined &&
      /^https?:$/.test(url.protocol) &&
      url.username === "" &&
      url.search === "" &&
      url.hash === ""
    )
      continue;
    fail("docker/registry-mirror", `configuration.registryMirrors[${i}]`, mirror, "an http or https URL without user, query or fragment",
      "Give the mirror's address; credentials belong into the registry's own login"); // prettier-ignore
  }
  for (const [name, { path, runtimeType }] of Object.entries(configuration.runtimes ?? {})) {
    if ((path === undefined) !== (runtimeType === undefined)) continue;
    fail(
      "docker/daemon-exclusive",
      `configuration.runtimes.${name}`,
      { path, runtimeType },
      "path or runtimeType",
      "Give one of them",
    );
  }
  for (const { name, soft, hard } of configuration.defaultUlimits ?? []) {
    if (Number.isInteger(soft) && Number.isInteger(hard) && (hard === -1 || (soft <= hard && soft >= -1)))
      continue;
    fail(
      "docker/daemon-number",
      `configuration.defaultUlimits.${name}`,
      { soft, hard },
      "whole numbers, soft at most hard",
      "Lower the soft limit",
    );
  }
}
