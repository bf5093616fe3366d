import { isAddress } from "../constructs/core/addresses";
import { Faults, ValidationErrors } from "../constructs/core/errors";
import { compareVersions, requireVersion } from "../constructs/core/versions";
import { refusesColonsInKeys } from "../constructs/consul/consul-versions";
import { ClusterAdvertise } from "../constructs/docker/daemon/cluster-advertise";
import type { DaemonConfiguration } from "../constructs/docker/daemon/daemon-configuration";
import { OLDEST_ENGINE } from "../constructs/docker/daemon/daemon-options";
import { validateDaemonConfiguration } from "../constructs/docker/daemon/daemon-rules";
import { KeyValueStore } from "../constructs/docker/daemon/key-value-store";
import { requireSshConnection } from "../constructs/host/ssh-host";
import { connectionOf } from "./connection";
import type { EnginesDescription, Environment, HostDescription } from "./environment";
import {
  engineConfiguration,
  FLEET_IDS,
  FLEET_STACKS,
  GROUP_LAYERS,
  presentHosts,
  sshPropsOf,
} from "./fleet";
import { validateOverlay } from "./validate-overlay";

/** The first engine without key-value stores. */
const FIRST_WITHOUT_STORES = "23.0.0";

/** Checks what an environment says of its engines, of the network that they share, and whether its hosts are made for it. */
export function validateEngines(faults: Faults, at: string, environment: Environment): void {
  const { engines } = environment;
  if (engines !== undefined) {
    validateStackNames(faults, at, environment);
    validateConsul(faults, at, environment);
    validateHostNames(faults, at, environment);
    for (const [name, host] of presentHosts(environment)) {
      validateHost(faults, `${at}, host ${name}`, name, host);
    }
    validateAdvertise(faults, `${at}, engines`, engines);
    validateConfiguration(faults, `${at}, engines`, environment, engines);
  }
  validateOverlay(faults, at, environment);
}

/** No group's stack has the name of one that engines bring. */
function validateStackNames(faults: Faults, at: string, environment: Environment): void {
  const groups = Object.keys(environment.groups);
  const layers = new Set<string>([
    ...Object.values(FLEET_STACKS),
    ...groups.flatMap((group) => Object.values(GROUP_LAYERS).map((layer) => `${group}-${layer}`)),
  ]);
  for (const group of groups.filter((name) => layers.has(name))) {
    faults.add(`${at}, group ${group}`, {
      code: "environment/group-stack",
      prop: "name",
      got: group,
      allowed: `a name other than ${Object.values(FLEET_STACKS).join(", ")} and GROUP-${Object.values(GROUP_LAYERS).join(", GROUP-")}: with engines these are stacks of their own`,
      mend: "Rename the group",
    });
  }
}

/** No host has the name of something that stands beside the hosts in a stack. */
function validateHostNames(faults: Faults, at: string, environment: Environment): void {
  const names = Object.keys(environment.hosts);
  const { of, ...alone } = FLEET_IDS;
  const taken = new Set<string>([
    ...Object.values(alone),
    ...names.flatMap((name) => Object.values(of(name))),
  ]);
  for (const name of names.filter((each) => taken.has(each))) {
    faults.add(`${at}, host ${name}`, {
      code: "environment/engines-host-name",
      prop: "name",
      got: name,
      allowed: `a name other than ${Object.values(alone).join(", ")} and ${Object.values(of("HOST")).join(", ")}: with engines these stand beside the hosts in a stack`,
      mend: "Rename the host",
    });
  }
}

function validateConsul(faults: Faults, at: string, environment: Environment): void {
  const { consul, dockerDesktop } = environment;
  if (consul.network !== "host") {
    faults.add(at, {
      code: "environment/engines-consul-network",
      prop: "consul.network",
      got: consul.network,
      allowed:
        "host, with engines: an engine reaches its store, its own host's agent, before any network is there",
      mend: "Say host",
    });
  }
  if (dockerDesktop === true) {
    faults.add(at, {
      code: "environment/engines-docker-desktop",
      prop: "dockerDesktop",
      got: true,
      allowed: "nothing of the kind with engines: their hosts have systemd and sshd",
      mend: "Leave out dockerDesktop, or engines",
    });
  }
  // What is no version has been said already.
  const version = new Faults().try(() => requireVersion(at, "consul.version", consul.version));
  if (version === undefined || !refusesColonsInKeys(version)) return;
  faults.add(at, {
    code: "environment/engines-consul-version",
    prop: "consul.version",
    got: consul.version,
    allowed:
      "Consul before 1.21.5, or 1.22.0 and later: those between refuse the : in the keys by which engines find each other, docker/nodes/ADDRESS:PORT",
    mend: "Take another version",
  });
}

/** A host whose engine and resolver are changed on the host itself, and whose engine knows the stores. */
function validateHost(faults: Faults, at: string, name: string, host: HostDescription): void {
  const { connection, engineVersion } = host;
  const fault = (prop: string, got: unknown, allowed: string, mend: string) => {
    faults.add(at, { code: "environment/engines-ssh", prop, got, allowed, mend });
  };
  if (connection.kind !== "ssh") {
    fault(
      "connection.kind",
      connection.kind,
      "ssh, with engines: their settings and the hosts' resolvers are changed on the hosts themselves",
      "Say how ssh reaches the host, with its public keys",
    );
  } else if (connection.hostKeys === undefined) {
    fault(
      "connection.hostKeys",
      undefined,
      "the host's public keys, with engines: by them an empty host that took another one's place is known",
      "Copy /etc/ssh/ssh_host_ed25519_key.pub of the host",
    );
  }
  const ssh = sshPropsOf(name, host);
  // What the engine's connection says against it has been said already.
  if (ssh !== undefined && new Faults().try(() => connectionOf(host)) !== undefined) {
    faults.try(() => {
      requireSshConnection(at, ssh);
    });
  }
  const version = new Faults().try(() => requireVersion(at, "engineVersion", engineVersion ?? ""));
  if (version === undefined ? engineVersion !== undefined : isWithStores(version)) return;
  const mends = {
    none: "Say what docker version says of the server",
    older: "Upgrade it to 20.10",
    newer:
      "Leave engines out and use swarm mode on such hosts, which has a store of its own, or run an engine 20.10 there",
  };
  const newer = version !== undefined && compareVersions(version, FIRST_WITHOUT_STORES) >= 0;
  faults.add(at, {
    code: "environment/engines-version",
    prop: "engineVersion",
    got: engineVersion,
    allowed: `an engine from ${OLDEST_ENGINE} on and before ${FIRST_WITHOUT_STORES}, which dropped the key-value stores that engines share networks through`,
    mend: version === undefined ? mends.none : newer ? mends.newer : mends.older,
  });
}

function isWithStores(version: string): boolean {
  return compareVersions(version, OLDEST_ENGINE) >= 0 && compareVersions(version, FIRST_WITHOUT_STORES) < 0;
}

function validateAdvertise(faults: Faults, at: string, { advertise }: EnginesDescription): void {
  const sound = new Faults().try(() => {
    ClusterAdvertise.networkInterface(advertise).validate(at);
    return true;
  });
  if (sound === true && !isAddress(advertise)) return;
  faults.add(at, {
    code: "environment/engines-advertise",
    prop: "advertise",
    got: advertise,
    allowed:
      "the name that the interface between the hosts has on each of them, eth0; no address, which every engine would advertise, and not lo",
    mend: "Give the name that ip address shows beside the hosts' addresses",
  });
}

/** Where the engine listens for those on its host: registrator, and docker at the end of an ssh connection. */
const LOCAL_LISTENERS = ["unix:///var/run/docker.sock", "unix:///run/docker.sock", "fd://"];

function validateConfiguration(
  faults: Faults,
  at: string,
  environment: Environment,
  engines: EnginesDescription,
): void {
  const { advertise, configuration = {} } = engines;
  const { clusterStore, clusterAdvertise, dns, hosts, liveRestore } = configuration;
  const fault = (prop: keyof DaemonConfiguration, got: unknown, allowed: string, mend: string) => {
    faults.add(at, {
      code: "environment/engines-configuration",
      prop: `configuration.${prop}`,
      got,
      allowed,
      mend,
    });
  };
  const store = KeyValueStore.consul({ address: "127.0.0.1" }).url;
  if (clusterStore !== undefined && (clusterStore.url !== store || clusterStore.requiredFiles.length > 0)) {
    fault(
      "clusterStore",
      clusterStore.url === store ? `${store} with TLS` : clusterStore.url,
      `${store} in plain text, the agent on the engine's own host, with a timing or a path of your own if need be`,
      "Leave it out",
    );
  }
  if (clusterAdvertise !== undefined && clusterAdvertise.interfaceName !== advertise) {
    fault(
      "clusterAdvertise",
      clusterAdvertise.value,
      `the interface that advertise names, ${advertise}`,
      "Leave it out",
    );
  }
  if (dns !== undefined) {
    fault(
      "dns",
      dns,
      "nothing: each engine's containers ask their own host's BIND",
      "Leave it out; resolvers for all other names stand in dns.upstreams",
    );
  }
  if (hosts !== undefined && !hosts.some((listener) => LOCAL_LISTENERS.includes(listener))) {
    fault(
      "hosts",
      hosts,
      "listeners of which one is unix:///var/run/docker.sock or fd://: registrator and every ssh connection end there",
      "Add it",
    );
  }
  if (liveRestore === false) {
    fault(
      "liveRestore",
      false,
      "true, or nothing: without it an engine that restarts stops the agent that is its store",
      "Leave it out",
    );
  }
  validateByVersion(faults, at, environment, engines);
}

/** The engines' settings, by the rules of every version that is there; what all of them say is said once. */
function validateByVersion(
  faults: Faults,
  at: string,
  environment: Environment,
  engines: EnginesDescription,
): void {
  const versions = presentHosts(environment).flatMap(([, { engineVersion = "" }]) => {
    const version = new Faults().try(() => requireVersion(at, "engineVersion", engineVersion));
    return version !== undefined && isWithStores(version) ? [version] : [];
  });
  const found = new Faults();
  for (const version of new Set(versions.length === 0 ? [OLDEST_ENGINE] : versions)) {
    const configuration = engineConfiguration(engines);
    // An interface that cannot be has been said already.
    const { clusterAdvertise = ClusterAdvertise.networkInterface("eth0") } = engines.configuration ?? {};
    validateDaemonConfiguration(found, at, {
      version,
      mode: "key-value",
      configuration: { ...configuration, clusterAdvertise },
    });
  }
  const messages = found.all.map(({ message }) => message);
  const once = found.all.filter(({ message }, i) => messages.indexOf(message) === i);
  faults.try(() => {
    if (once.length > 0) throw new ValidationErrors(at, once);
  });
}
