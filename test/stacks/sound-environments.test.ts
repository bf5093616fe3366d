import { App } from "cdktf";
import fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { ValidationErrors } from "../../constructs/core/errors";
import { Check } from "../../constructs/discovery/check";
import type { Environment, HostDescription } from "../../environments/environment";
import { local } from "../../environments/local";
import { readLocalSettings } from "../../environments/local-settings";
import { validateEnvironment } from "../../environments/validate";
import { addEnvironment } from "../../stacks/environment-stacks";

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
});
