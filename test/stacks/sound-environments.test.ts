import { App } from "cdktf";
import fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { ValidationErrors } from "../../constructs/core/errors";
import { Check } from "../../constructs/discovery/check";
import { ClusterAdvertise } from "../../constructs/docker/daemon/cluster-advertise";
import { KeyValueStore } from "../../constructs/docker/daemon/key-value-store";
import { OverlayNetwork } from "../../constructs/docker/overlay-network";
import type { Environment, HostDescription } from "../../environments/environment";
import { local } from "../../environments/local";
import { readLocalSettings } from "../../environments/local-settings";
import { validateEnvironment } from "../../environments/validate";
import { addEnvironment } from "../../stacks/environment-stacks";
import { HOST_KEY } from "../support/fleets";

/** Mostly something that is sound, and now and then something else. */
const mostly = <T>(sound: T, ...odd: readonly T[]): fc.Arbitrary<T> =>
  fc.oneof({ weight: 6, arbitrary: fc.constant(sound) }, fc.constantFrom(sound, ...odd));

const hostPort = mostly(8080, 53, 80, 8300, 8301, 8302, 8500, 8600, 0, 65_536);
const name = mostly("shop", "web", "a.b", "", "x", "Web", "consul", "bind", "${x}", "query", "x".repeat(64));
const image = mostly(
  "nginx:1.27.3",
  "nginx",
  "registry.example.com:5000/a/b:1",
  "Nginx:1",
  `a@sha256:${"0".repeat(64)}`,
);
const check = mostly<Check | undefined>(
  Check.http("/"),
  undefined,
  Check.http("no path"),
  Check.tcp({ interval: Duration.seconds(2), timeout: Duration.seconds(3) }),
  Check.grpc({ interval: Duration.seconds(0) }),
  Check.ttl(Duration.seconds(30)),
  Check.script("/bin/true"),
);

const service = fc.record(
  {
    image,
    port: mostly(80, 0, 65_536),
    hostPort,
    memory: mostly(Size.mebibytes(64), Size.mebibytes(4), Size.bytes(2 ** 20 * 8 + 1)),
    check,
    healthCommand: mostly("true", "", "echo '${HOME}'"),
  },
  { requiredKeys: ["image", "port"] },
);

const host = (n: number) =>
  fc.record({
    address: mostly(`10.50.0.${n}`, "10.50.0.1", `10.51.${n}.1`, "127.0.0.1", "fd00::1", "0.0.0.0", "name"),
    connection: mostly<HostDescription["connection"]>(
      { kind: "ssh", user: "deploy", address: `host-${n}` },
      { kind: "ssh", port: 0 },
      { kind: "ssh", address: "two words" },
      { kind: "tcp", certPath: "" },
      { kind: "tcp", certPath: "/etc/docker" },
      { kind: "local", socket: "run/docker.sock" },
      { kind: "local" },
    ),
    network: mostly(
      { name: "lan", subnet: `10.51.${n}.0/24`, ipRange: `10.51.${n}.128/25` },
      { name: "host", subnet: `10.51.${n}.0/24`, ipRange: `10.51.${n}.128/25` },
      { name: "lan", subnet: "172.17.0.0/16", ipRange: "172.17.128.0/17" },
      { name: "lan", subnet: `10.51.${n}.0/30`, ipRange: `10.51.${n}.0/31` },
    ),
    engineVersion: mostly("20.10.24", "latest"),
    services: fc.dictionary(name, service, { maxKeys: 2 }),
  });

const environment = fc
  .record({
    hosts: fc.tuple(host(1), host(2), host(3)),
    roles: fc.constantFrom<readonly HostDescription["consul"][]>(
      ["server"],
      ["server", "client"],
      ["server", "server", "server"],
      ["server", "server"],
    ),
    network: mostly<"host" | "bridge">("host", "bridge"),
    scriptChecks: fc.boolean(),
    furtherAgents: mostly<Environment["dns"]["furtherAgents"]>(
      [],
      [{ address: "10.60.0.1", port: 8600 }],
      [{ address: "0.0.0.0", port: 8600 }],
      [{ address: "10.50.0.1", port: 8600 }],
    ),
    upstreams: mostly<readonly string[]>([], ["9.9.9.9", "9.9.9.9"], ["9.9.9.9"], ["::"], ["fd00::53"]),
    domain: mostly("consul", "discovery.example.com", "service", "com", "consul."),
    dockerDesktop: mostly(false, true),
  })
  .map(
    ({
      hosts,
      roles,
      network,
      scriptChecks,
      furtherAgents,
      upstreams,
      domain,
      dockerDesktop,
    }): Environment => {
      const base = local(readLocalSettings(""));
      const described = roles.map(
        (consul, i) => [`h${i + 1}`, { ...hosts[i], consul } as HostDescription] as const,
      );
      return {
        ...base,
        name: "any",
        hosts: Object.fromEntries(described),
        groups: Object.fromEntries(described.map(([hostName]) => [`group-${hostName}`, [hostName]])),
        consul: {
          ...base.consul,
          network,
          domain,
          configuration: { ...base.consul.configuration, enableScriptChecks: scriptChecks },
        },
        dns: { ...base.dns, upstreams, furtherAgents: furtherAgents ?? [] },
        dockerDesktop,
        backend: { kind: "local", folder: "/var/lib/terraform" },
      };
    },
  );

function isSound(described: Environment): boolean {
  try {
    validateEnvironment(described);
    return true;
  } catch (error) {
    if (error instanceof ValidationErrors) return false;
    throw error;
  }
}

const declared: HostDescription["connection"] = { kind: "ssh", user: "deploy", hostKeys: [HOST_KEY] };
const fleetHost = (n: number) =>
  fc.record({
    address: mostly(`10.50.0.${n}`, "10.0.0.9", "10.52.0.9"),
    connection: mostly<HostDescription["connection"]>(
      declared,
      { kind: "ssh", user: "deploy" },
      { kind: "tcp", certPath: "/etc/docker" },
      { ...declared, hostKeys: [] },
      { ...declared, hostKeys: ["ssh-ed25519 AAAA"] },
      { ...declared, identityFile: " " },
      { ...declared, configFile: "-F" },
      { ...declared, address: "jump_host" },
      { ...declared, port: 2222 },
    ),
    network: mostly(
      { name: "lan", subnet: `10.51.${n}.0/24`, ipRange: `10.51.${n}.128/25` },
      { name: "shared", subnet: `10.51.${n}.0/24`, ipRange: `10.51.${n}.128/25` },
      { name: "lan", subnet: `10.52.${n}.0/24`, ipRange: `10.52.${n}.128/25` },
    ),
    engineVersion: mostly<string | undefined>("20.10.5", "20.10.24", "19.03.15", "26.1.5", undefined),
    retired: mostly(false, true),
    services: fc.dictionary(
      mostly("shop", "web", "web-h2", "x", "y".repeat(62)),
      fc.record(
        {
          image: fc.constant("nginx:1.27.3"),
          port: fc.constant(80),
          overlayAddress: mostly<string | undefined>(
            `10.52.0.${n + 10}`,
            undefined,
            "10.52.0.1",
            "10.52.0.11",
            "10.52.0.255",
            "10.52.128.7",
            "10.60.0.1",
            "shop",
          ),
          hostPort: mostly<number | undefined>(undefined, 7946, 8080),
          check,
          defaultNames: mostly(false, true),
        },
        { requiredKeys: ["image", "port"] },
      ),
      { maxKeys: 1 },
    ),
  });

const whole = { name: "shared", subnet: "10.52.0.0/16", gateway: "10.52.0.1", ipRange: "10.52.128.0/17" };
const fleet = fc
  .record({
    hosts: fc.tuple(fleetHost(1), fleetHost(2)),
    names: mostly(["h1", "h2"], ["h1", "h1-ssh"], ["ports", "h2"], ["overlay", "h2"], ["H1", "h1"]),
    groups: mostly(["one", "two"], ["engines", "two"], ["one", "one-services"], ["one", "network"]),
    network: mostly<"host" | "bridge">("host", "bridge"),
    advertise: mostly("eth0", "lo", "10.50.0.1", "a name", ""),
    configuration: mostly<NonNullable<Environment["engines"]>["configuration"]>(
      undefined,
      { debug: true },
      { logFormat: "json" },
      { dns: ["127.0.0.1"] },
      { hosts: ["tcp://0.0.0.0:2375"] },
      { clusterStore: KeyValueStore.consul({ address: "10.50.0.1" }) },
      { clusterAdvertise: ClusterAdvertise.address("10.50.0.1") },
      { defaultAddressPools: [{ base: "10.52.0.0/16", size: 24 }] },
      { defaultAddressPools: [{ base: "10.70.0.0/16", size: 8 }] },
      { liveRestore: false },
    ),
    overlay: mostly<NonNullable<Environment["engines"]>["overlay"]>(
      whole,
      { name: "shared" },
      { name: "host" },
      { name: "shared", subnet: whole.subnet },
      { name: "shared", ipRange: whole.ipRange },
      { ...whole, subnet: "10.52.0.0/31" },
      { ...whole, subnet: "10.52.0.0" },
      { ...whole, gateway: "10.53.0.1" },
      { ...whole, ipRange: "10.53.0.0/17" },
      { ...whole, subnet: "172.17.0.0/16", gateway: "172.17.0.1", ipRange: "172.17.128.0/17" },
    ),
  })
  .map(({ hosts, names, groups, network, advertise, configuration, overlay }): Environment => {
    const base = local(readLocalSettings(""));
    const described = hosts.map((each, i) => {
      const consul = i === 0 ? "server" : "client";
      return [names[i] ?? "", { ...each, consul } as HostDescription] as const;
    });
    return {
      ...base,
      name: "any",
      hosts: Object.fromEntries(described),
      groups: Object.fromEntries(groups.map((group, i) => [group, [names[i] ?? ""]])),
      consul: { ...base.consul, network },
      engines: { advertise, overlay, ...(configuration === undefined ? {} : { configuration }) },
      backend: { kind: "local", folder: "/var/lib/terraform" },
    };
  });

describe("the check of an environment as a whole", () => {
  it("never fails itself, and lets nothing pass that a stack refuses later", () => {
    let sound = 0;
    fc.assert(
      fc.property(environment, (described) => {
        if (!isSound(described)) return;
        sound += 1;
        addEnvironment(new App(), described);
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(sound).toBeGreaterThan(50);
  });

  it("lets nothing pass of engines either, up to what is looked at when all stacks are there", () => {
    let sound = 0;
    fc.assert(
      fc.property(fleet, (described) => {
        if (!isSound(described)) return;
        sound += 1;
        const app = new App();
        addEnvironment(app, described);
        // All other constructs say what is wrong as they are made; those of CDKTF take their time.
        const overlays = app.node.findAll().filter((construct) => construct instanceof OverlayNetwork);
        expect(overlays.flatMap(({ node }) => node.validate())).toEqual([]);
      }),
      { numRuns: 400, seed: 7 },
    );
    expect(sound).toBeGreaterThan(40);
  });
});
