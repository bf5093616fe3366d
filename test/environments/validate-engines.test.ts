import { ValidationErrors } from "../../constructs/core/errors";
import { Duration } from "../../constructs/core/duration";
import { Check } from "../../constructs/discovery/check";
import { ClusterAdvertise } from "../../constructs/docker/daemon/cluster-advertise";
import type { DaemonConfiguration } from "../../constructs/docker/daemon/daemon-configuration";
import { KeyValueStore } from "../../constructs/docker/daemon/key-value-store";
import type { EnginesDescription, Environment, ServiceDescription } from "../../environments/environment";
import { production } from "../../environments/production";
import { validateEnvironment } from "../../environments/validate";
import { fleet, HOST_KEY, hostNamed, withHost } from "../support/fleets";

type Change = (environment: Environment) => Environment;

function faultsOf(environment: Environment): readonly { code: string; prop: string; message: string }[] {
  try {
    validateEnvironment(environment);
  } catch (error) {
    if (error instanceof ValidationErrors) return error.errors;
    throw error;
  }
  return [];
}

const codesOf = (environment: Environment) => faultsOf(environment).map(({ code }) => code);

/** Changes of the sound fleet. */
const engines =
  (change: Partial<EnginesDescription>): Change =>
  (environment) => ({
    ...environment,
    engines: { ...(environment.engines ?? { advertise: "eth0", overlay: { name: "shared" } }), ...change },
  });
const overlay = (change: EnginesDescription["overlay"]): Change => engines({ overlay: change });
const configuration = (given: DaemonConfiguration): Change => engines({ configuration: given });
const consul =
  (change: Partial<Environment["consul"]>): Change =>
  (environment) => ({ ...environment, consul: { ...environment.consul, ...change } });
const host =
  (name: string, change: Parameters<typeof withHost>[2]): Change =>
  (environment) =>
    withHost(environment, name, change);
const shop =
  (name: string, change: Partial<ServiceDescription>): Change =>
  (environment) => {
    const { services = {} } = hostNamed(environment, name);
    const old = services["shop"] ?? { image: "shop:1.0", port: 80 };
    return withHost(environment, name, { services: { ...services, shop: { ...old, ...change } } });
  };
const withoutAddress =
  (name: string): Change =>
  (environment) => {
    const { overlayAddress, ...service } = hostNamed(environment, name).services?.["shop"] ?? {};
    expect(overlayAddress).toBeDefined();
    return withHost(environment, name, { services: { shop: service as ServiceDescription } });
  };
const rename =
  (from: string, to: string): Change =>
  (environment) => ({
    ...environment,
    hosts: Object.fromEntries(
      Object.entries(environment.hosts).map(([name, description]) => [
        name === from ? to : name,
        description,
      ]),
    ),
    groups: Object.fromEntries(
      Object.entries(environment.groups).map(([group, names]) => [
        group,
        names.map((name) => (name === from ? to : name)),
      ]),
    ),
  });
const group =
  (name: string): Change =>
  (environment) => {
    const { fleet: names = [], ...servers } = environment.groups;
    return { ...environment, groups: { ...servers, [name]: names } };
  };
const all =
  (...changes: readonly Change[]): Change =>
  (environment) =>
    changes.reduce((changed, change) => change(changed), environment);

const { subnet, gateway, ipRange, ...plain } = {
  subnet: "10.34.0.0/16",
  gateway: "10.34.0.1",
  ipRange: "10.34.128.0/17",
  name: "docker-internal",
};
const long = "s".repeat(58);

describe("an environment with engines", () => {
  it("is sound with an overlay that says all of its addresses, and with a plain one", () => {
    expect(faultsOf(fleet)).toEqual([]);
    const addressless = all(withoutAddress("web-1"), withoutAddress("web-2"));
    expect(faultsOf(all(overlay(plain), addressless)(fleet))).toEqual([]);
    // Without a block of its own the engine gives out the whole subnet: nothing can have a fixed address.
    expect(faultsOf(all(overlay({ ...plain, subnet }), addressless)(fleet))).toEqual([]);
  });

  it("may say what contradicts nothing", () => {
    const given: DaemonConfiguration = {
      clusterStore: KeyValueStore.consul({ address: "127.0.0.1" }, { discoveryTtl: Duration.seconds(30) }),
      clusterAdvertise: ClusterAdvertise.networkInterface("eth0", 2376),
      hosts: ["unix:///var/run/docker.sock"],
      liveRestore: true,
      debug: true,
    };
    expect(faultsOf(configuration(given)(fleet))).toEqual([]);
    expect(
      faultsOf(
        consul({ version: "1.22.0" })({ ...fleet, images: { ...fleet.images, consul: "consul:1.22.0" } }),
      ),
    ).toEqual([]);
  });

  it("is left alone where a host is retired, which has its address still", () => {
    const retired = host("web-2", { retired: true, connection: { kind: "ssh" }, engineVersion: "28.0.4" });
    expect(faultsOf(retired(fleet))).toEqual([]);
    expect(faultsOf(all(withoutAddress("web-2"), retired)(fleet))).toEqual([]);
    expect(codesOf(all(retired, shop("web-1", { overlayAddress: "10.34.1.50" }))(fleet))).toEqual([
      "environment/overlay-address-twice",
    ]);
  });

  it.each<[string, Change, string, string, RegExp]>([
    [
      "a host that is not reached by ssh",
      host("web-1", { connection: { kind: "tcp", certPath: "/etc/docker" } }),
      "environment/engines-ssh",
      "connection.kind",
      /host web-1: .*got "tcp"; allowed is ssh, with engines/,
    ],
    [
      "a host whose keys nobody declared",
      host("web-1", { connection: { kind: "ssh", user: "deploy" } }),
      "environment/engines-ssh",
      "connection.hostKeys",
      /host web-1: .*got nothing; .*ssh_host_ed25519_key\.pub/,
    ],
    [
      "a host's key that is none, by the host's name",
      host("web-1", { connection: { kind: "ssh", hostKeys: ["ssh-ed25519 AAAA"] } }),
      "host/host-key",
      "connection.hostKeys[0]",
      /environment production, host web-1: /,
    ],
    [
      "a key's file that ssh would take for an option",
      host("web-1", { connection: { kind: "ssh", hostKeys: [HOST_KEY], identityFile: "-oProxyCommand=x" } }),
      "host/path",
      "identityFile",
      /environment production, host web-1: /,
    ],
    [
      "an engine whose version nobody said",
      (environment) => {
        const { engineVersion, ...others } = hostNamed(environment, "web-1");
        expect(engineVersion).toBeDefined();
        return { ...environment, hosts: { ...environment.hosts, "web-1": others } };
      },
      "environment/engines-version",
      "engineVersion",
      /host web-1: .*got nothing; .*docker version/,
    ],
    [
      "an engine without key-value stores",
      host("web-1", { engineVersion: "26.1.5" }),
      "environment/engines-version",
      "engineVersion",
      /before 23\.0\.0, which dropped the key-value stores.*use swarm mode/,
    ],
    [
      "an engine that is too old",
      host("web-1", { engineVersion: "19.03.15" }),
      "environment/engines-version",
      "engineVersion",
      /from 20\.10\.0 on.*Upgrade it/,
    ],
    [
      "agents on bridges",
      consul({ network: "bridge" }),
      "environment/engines-consul-network",
      "consul.network",
      /Say host/,
    ],
    [
      "Docker Desktop",
      (environment) => ({ ...environment, dockerDesktop: true }),
      "environment/engines-docker-desktop",
      "dockerDesktop",
      /systemd and sshd/,
    ],
    [
      "a version of Consul that refuses the engines' keys",
      all(consul({ version: "1.21.5" }), (environment) => ({
        ...environment,
        images: { ...environment.images, consul: "hashicorp/consul:1.21.5" },
      })),
      "environment/engines-consul-version",
      "consul.version",
      /before 1\.21\.5, or 1\.22\.0 and later: .*docker\/nodes/,
    ],
    [
      "an address in the place of an interface",
      engines({ advertise: "10.30.0.11" }),
      "environment/engines-advertise",
      "advertise",
      /every engine would advertise/,
    ],
    ["loopback", engines({ advertise: "lo" }), "environment/engines-advertise", "advertise", /not lo/],
    [
      "another store",
      configuration({ clusterStore: KeyValueStore.etcd([{ address: "10.30.0.9" }]) }),
      "environment/engines-configuration",
      "configuration.clusterStore",
      /got "etcd:.*consul:\/\/127\.0\.0\.1:8500 in plain text/,
    ],
    [
      "the agent over TLS",
      configuration({
        clusterStore: KeyValueStore.consul(
          { address: "127.0.0.1" },
          { tls: { caFile: "/ca", certFile: "/cert", keyFile: "/key" } },
        ),
      }),
      "environment/engines-configuration",
      "configuration.clusterStore",
      /with TLS/,
    ],
    [
      "another interface",
      configuration({ clusterAdvertise: ClusterAdvertise.networkInterface("eth1") }),
      "environment/engines-configuration",
      "configuration.clusterAdvertise",
      /advertise names, eth0/,
    ],
    [
      "other resolvers of containers",
      configuration({ dns: ["9.9.9.9"] }),
      "environment/engines-configuration",
      "configuration.dns",
      /dns\.upstreams/,
    ],
    [
      "an engine that nobody on its host reaches",
      configuration({ hosts: ["unix:///run/other.sock"] }),
      "environment/engines-configuration",
      "configuration.hosts",
      /unix:\/\/\/var\/run\/docker\.sock or fd:\/\//,
    ],
    [
      "containers that stop with the engine",
      configuration({ liveRestore: false }),
      "environment/engines-configuration",
      "configuration.liveRestore",
      /stops the agent that is its store/,
    ],
    [
      "a setting that the engine does not know yet",
      configuration({ logFormat: "json" }),
      "docker/daemon-key",
      "configuration.logFormat",
      /environment production, engines: .*from 25\.0\.0 on/,
    ],
    [
      "a listener for everybody",
      configuration({ hosts: ["fd://", "tcp://0.0.0.0:2375"] }),
      "docker/daemon-hosts",
      "configuration.hosts[1]",
      /root on its host/,
    ],
    [
      "a group of a stack's name",
      group("network"),
      "environment/group-stack",
      "name",
      /other than hosts, engines, network and GROUP-discovery, GROUP-services/,
    ],
    [
      "a group of another one's layer",
      group("server-1-services"),
      "environment/group-stack",
      "name",
      /Rename/,
    ],
    [
      "a host that is called as what stands beside it",
      rename("web-2", "web-1-ssh"),
      "environment/engines-host-name",
      "name",
      /HOST-ssh, HOST-overlays/,
    ],
    [
      "a host called ports",
      rename("web-2", "ports"),
      "environment/engines-host-name",
      "name",
      /other than ports/,
    ],
    [
      "two hosts whose names differ by capitals",
      rename("web-2", "Web-1"),
      "environment/duplicate-host-name",
      "name",
      /there is web-1/,
    ],
    [
      "a port of the engines' gossip",
      shop("web-1", { hostPort: 7946 }),
      "environment/duplicate-port",
      "hostPort",
      /the engine has this one/,
    ],
    [
      "an overlay's name",
      overlay({ ...plain, name: "docker internal", subnet, gateway, ipRange }),
      "environment/network-name",
      "name",
      /engines\.overlay: .*underscores/,
    ],
    [
      "an overlay of a host's network's name",
      overlay({ ...plain, name: "services", subnet, gateway, ipRange }),
      "environment/overlay-name",
      "name",
      /consul-1 has one of this name/,
    ],
    [
      "an overlay of the engines' own network's name",
      overlay({ ...plain, name: "docker_gwbridge", subnet, gateway, ipRange }),
      "environment/overlay-name",
      "name",
      /every engine has one of this name/,
    ],
    [
      "an overlay that is no block",
      overlay({ ...plain, subnet: "10.34.0.1/16" }),
      "core/cidr",
      "subnet",
      /Write 10\.34\.0\.0\/16/,
    ],
    [
      "an overlay without room",
      overlay({ ...plain, subnet: "10.34.0.0/31" }),
      "docker/subnet",
      "subnet",
      /at most 30 bits/,
    ],
    [
      "a gateway elsewhere",
      overlay({ ...plain, subnet, ipRange, gateway: "10.35.0.1" }),
      "docker/address-outside-subnet",
      "gateway",
      /between 10\.34\.0\.0 and 10\.34\.255\.255/,
    ],
    [
      "a block of addresses elsewhere",
      overlay({ ...plain, subnet, gateway, ipRange: "10.35.0.0/17" }),
      "docker/ip-range-outside-subnet",
      "ipRange",
      /inside 10\.34\.0\.0\/16/,
    ],
    [
      "a gateway without a subnet",
      all(overlay({ ...plain, gateway }), withoutAddress("web-1"), withoutAddress("web-2")),
      "docker/overlay-without-subnet",
      "gateway",
      /Give the subnet as well/,
    ],
    [
      "an overlay that hides hosts and their resolvers",
      overlay({ ...plain, subnet: "10.30.0.0/16", ipRange: "10.30.128.0/17" }),
      "environment/overlay-overlap",
      "subnet",
      /consul-1 is 10\.30\.0\.11, consul-2 is 10\.30\.0\.12, consul-3 is 10\.30\.0\.13, and 4 more are in it/,
    ],
    [
      "an overlay in a host's network",
      overlay({ ...plain, subnet: "10.31.4.128/25" }),
      "environment/overlay-overlap",
      "subnet",
      /web-1's network is 10\.31\.4\.0\/24/,
    ],
    [
      "an overlay that hides a further agent",
      (environment) => ({
        ...environment,
        dns: { ...environment.dns, furtherAgents: [{ address: "10.34.9.9", port: 8600 }] },
      }),
      "environment/overlay-overlap",
      "subnet",
      /a further agent is 10\.34\.9\.9/,
    ],
    [
      "an overlay in the engines' pools",
      overlay({ ...plain, subnet: "172.20.0.0/16" }),
      "environment/overlay-overlap",
      "subnet",
      /a pool of the engines' own networks is 172\.20\.0\.0\/14/,
    ],
    [
      "pools that reach into the overlay",
      configuration({ defaultAddressPools: [{ base: "10.34.64.0/18", size: 24 }] }),
      "environment/overlay-overlap",
      "subnet",
      /10\.34\.64\.0\/18/,
    ],
    [
      "a default bridge in the overlay",
      configuration({ bip: "10.34.7.1/24" }),
      "environment/overlay-overlap",
      "subnet",
      /the default bridge is 10\.34\.7\.1/,
    ],
    [
      "a plain overlay where the engines' first choice is taken",
      all(
        overlay(plain),
        withoutAddress("web-1"),
        withoutAddress("web-2"),
        host("web-1", { address: "10.0.0.14" }),
      ),
      "environment/overlay-overlap",
      "subnet",
      /engines would choose 10\.0\.0\.0\/24,.*web-1 is 10\.0\.0\.14/,
    ],
    [
      "a service without a fixed address",
      withoutAddress("web-2"),
      "environment/overlay-address-missing",
      "overlayAddress",
      /host web-2, service shop: .*keep the addresses of a host that was lost/,
    ],
    [
      "a fixed address outside of the overlay",
      shop("web-2", { overlayAddress: "10.35.1.2" }),
      "docker/address-outside-subnet",
      "overlayAddress",
      /host web-2, service shop/,
    ],
    [
      "the overlay's last address",
      shop("web-2", { overlayAddress: "10.34.255.255" }),
      "docker/address-outside-subnet",
      "overlayAddress",
      /without these two/,
    ],
    [
      "a fixed address that is given out",
      shop("web-2", { overlayAddress: "10.34.128.2" }),
      "docker/address-in-ip-range",
      "overlayAddress",
      /outside the ipRange/,
    ],
    [
      "a fixed address where all are given out",
      overlay({ ...plain, subnet }),
      "docker/address-in-ip-range",
      "overlayAddress",
      /the whole subnet/,
    ],
    [
      "the gateway's address",
      shop("web-2", { overlayAddress: gateway }),
      "docker/duplicate",
      "overlayAddress",
      /the network's gateway/,
    ],
    [
      "a fixed address that is none",
      shop("web-2", { overlayAddress: "shop" }),
      "core/address",
      "overlayAddress",
      /no name/,
    ],
    [
      "one fixed address twice",
      shop("web-2", { overlayAddress: "10.34.1.40" }),
      "environment/overlay-address-twice",
      "overlayAddress",
      /shop on web-1 has this one/,
    ],
    [
      "a fixed address where the engine chooses the subnet",
      overlay(plain),
      "environment/overlay-address-without-subnet",
      "overlayAddress",
      /Give the overlay a subnet and an ipRange/,
    ],
    [
      "a container's name that no DNS has",
      (environment) => {
        const { shop: service } = hostNamed(environment, "web-1").services ?? {};
        return withHost(environment, "web-1", { services: { [long]: service! } });
      },
      "environment/overlay-container-name",
      "name",
      /at most 63 characters/,
    ],
    [
      "two containers of one name",
      (environment) => {
        const { shop: service } = hostNamed(environment, "web-1").services ?? {};
        const renamed = rename("web-2", "blue-web-1")(environment);
        return withHost(renamed, "web-1", {
          services: { shop: service!, "shop-blue": { ...service!, overlayAddress: "10.34.1.41" } },
        });
      },
      "environment/overlay-container-name",
      "name",
      /shop-blue on web-1 has it too/,
    ],
    [
      "a container of another service's name",
      (environment) => {
        const { shop: service } = hostNamed(environment, "web-1").services ?? {};
        return withHost(environment, "web-1", {
          services: { shop: service!, "shop-web-2": { ...service!, overlayAddress: "10.34.1.41" } },
        });
      },
      "environment/overlay-container-name",
      "name",
      /the service shop-web-2 has it too/,
    ],
  ])("refuses %s", (_, change, code, prop, message) => {
    const found = faultsOf(change(fleet)).filter((fault) => fault.code === code);
    expect(found.map((fault) => fault.prop)).toContain(prop);
    expect(found.find((fault) => fault.prop === prop)?.message).toMatch(message);
  });

  it("is shown with everything that is wrong with it, each once", () => {
    const broken = all(
      configuration({ debug: true, logFormat: "json", ipForwardNoDrop: true, mtu: 5, dns: ["127.0.0.1"] }),
      host("consul-2", { engineVersion: "20.10.5" }),
      host("web-1", { connection: { kind: "local" }, engineVersion: "28.0.4" }),
      shop("web-2", { overlayAddress: "10.30.0.1" }),
      overlay({ ...plain, subnet, gateway: "10.99.0.1", ipRange: "10.99.128.0/17" }),
      withoutAddress("web-1"),
    )(fleet);
    expect(faultsOf(broken).map(({ code, prop }) => `${code} ${prop}`)).toEqual([
      "environment/engines-ssh connection.kind",
      "environment/engines-version engineVersion",
      "environment/engines-configuration configuration.dns",
      "docker/daemon-key configuration.logFormat",
      "docker/daemon-key configuration.ipForwardNoDrop",
      "docker/dns-loopback configuration.dns[0]",
      "docker/daemon-number configuration.mtu",
      // What the versions of the engines say of themselves is shown for each of them.
      "docker/daemon-key configuration.logFormat",
      "docker/daemon-key configuration.ipForwardNoDrop",
      "docker/address-outside-subnet gateway",
      "docker/ip-range-outside-subnet ipRange",
      "environment/overlay-address-missing overlayAddress",
    ]);
  });
});

describe("an environment whose engines are left as they are", () => {
  it("asks nothing of all this", () => {
    expect(faultsOf(production)).toEqual([]);
    expect(faultsOf({ ...production, consul: { ...production.consul, version: "1.21.5" }, images: { ...production.images, consul: "hashicorp/consul:1.21.5" } })).toEqual([]); // prettier-ignore
    expect(faultsOf(group("network")(production))).toEqual([]);
    expect(faultsOf(shop("web-1", { hostPort: 7946 })(production))).toEqual([]);
  });

  it.each<[string, Partial<ServiceDescription>, string, RegExp]>([
    [
      "a fixed address without an overlay network",
      { overlayAddress: "10.34.1.4" },
      "environment/overlay-address-without-subnet",
      /there is no overlay network\. Leave it out\./,
    ],
    [
      "a check that nobody would make",
      { defaultNames: true, check: Check.http("/") },
      "environment/default-names-check",
      /service shop: check: got "http"; .*registration under the service's own name/,
    ],
  ])("refuses %s", (_, change, code, message) => {
    const faults = faultsOf(shop("web-1", change)(production));
    expect(faults.map((fault) => fault.code)).toEqual([code]);
    expect(faults[0]?.message).toMatch(message);
  });
});
