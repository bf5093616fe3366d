import { compareVersions } from "../../constructs/core/versions";
import { ClusterAdvertise } from "../../constructs/docker/daemon/cluster-advertise";
import type { DaemonConfiguration } from "../../constructs/docker/daemon/daemon-configuration";
import { DAEMON_OPTIONS } from "../../constructs/docker/daemon/daemon-options";
import { requireDaemonConfiguration } from "../../constructs/docker/daemon/daemon-rules";
import { renderDaemonJson } from "../../constructs/docker/daemon/render-daemon-json";
import { type EngineRelease, engineReleases } from "../../lab/programs";
import { DAEMON_SAMPLES } from "../docker/daemon/daemon-samples";
import { ownEngine, type Tried, tryEngine } from "./engine-process";

const SLOW = 300_000;
type Prop = keyof DaemonConfiguration;
const PROPS = Object.keys(DAEMON_SAMPLES).sort() as Prop[];

/** Debian's engine, other than that of bullseye, is built without the key-value stores. */
const withoutStores = ({ release, version }: EngineRelease) =>
  release !== "bullseye" && compareVersions(version, "23.0.0") < 0;
const validates = ({ version }: EngineRelease) => compareVersions(version, "23.0.0") >= 0;
const known = (version: string) =>
  PROPS.filter((prop) => {
    const { since, until } = DAEMON_OPTIONS[prop];
    return (
      (since === undefined || compareVersions(version, since) >= 0) &&
      (until === undefined || compareVersions(version, until) < 0)
    );
  });

/** What a setting does not go without. */
const COMPANIONS: Partial<Record<Prop, readonly Prop[]>> = {
  clusterAdvertise: ["clusterStore"],
  defaultGateway: ["bip"],
  // Without hosts, an engine with TLS listens at a TCP port alone.
  tls: ["tlsverify", "tlscacert", "tlscert", "tlskey", "hosts"],
  tlsverify: ["tlscacert", "tlscert", "tlskey", "hosts"],
};
/** What does not go with the others. */
const APART: readonly Prop[] = ["bridge", "hostGatewayIps"];

function fileOf(version: string, props: readonly Prop[], more: DaemonConfiguration = {}): string {
  const chosen = [...props, ...props.flatMap((prop) => COMPANIONS[prop] ?? [])];
  return renderDaemonJson({
    ...Object.fromEntries(chosen.map((prop) => [prop, DAEMON_SAMPLES[prop]])),
    ...(chosen.includes("seccompProfile") && compareVersions(version, "23.0.0") < 0
      ? { seccompProfile: "/tmp/given/seccomp" }
      : {}),
    ...more,
  });
}

const refusals = (tried: Readonly<Record<string, Tried>>) =>
  Object.fromEntries(
    Object.entries(tried)
      .filter(([, { taken }]) => !taken)
      .map(([name, { said }]) => [name, said]),
  );

/** The keys that an engine names as none of its own. */
function unknownKeys({ said = "" }: Partial<Tried> = {}): string[] {
  return (/don't match any configuration option: (.*)/.exec(said)?.[1] ?? "").split(", ").sort();
}

const engines = [...engineReleases(), ownEngine()];

describe.each(engines.map((engine) => [`${engine.version} of ${engine.release}`, engine] as const))(
  "engine %s",
  (_, engine) => {
    const { version } = engine;
    const how = validates(engine) ? "validate" : "start";
    const usable = known(version).filter((prop) => !withoutStores(engine) || !prop.startsWith("cluster"));

    test(
      "does not know the keys that the table says, and no others",
      () => {
        // Of a setting with parts of its own, an engine that does not know it looks at these.
        const keysOf = (prop: Prop) =>
          prop === "proxies" ? ["http-proxy", "no-proxy"] : [DAEMON_OPTIONS[prop].key];
        // Its part is called bridge, which is a key too: an older engine takes it and does nothing.
        const props = PROPS.filter((prop) => prop !== "defaultNetworkOpts" || known(version).includes(prop));
        const expected = props.filter((prop) => !known(version).includes(prop)).flatMap(keysOf);
        const { all } = tryEngine(engine, how, { all: fileOf(version, props) });
        expect(expected.length).toBeGreaterThan(0);
        expect(unknownKeys(all)).toEqual(expected.sort());
      },
      SLOW,
    );

    test(
      "takes every setting's sample, alone where it validates, else a few at a time",
      () => {
        const size = how === "validate" ? 1 : 4;
        const together = usable.filter((prop) => !APART.includes(prop));
        const chunks = [
          ...Array.from({ length: Math.ceil(together.length / size) }, (_, i) =>
            together.slice(i * size, (i + 1) * size),
          ),
          ...APART.filter((prop) => usable.includes(prop)).map((prop) => [prop]),
        ];
        const files = Object.fromEntries(
          chunks.map((chunk) => [
            chunk.join("+"),
            fileOf(version, chunk, how === "start" ? { storageDriver: "vfs" } : {}),
          ]),
        );
        expect(refusals(tryEngine(engine, how, files))).toEqual({});
      },
      SLOW,
    );

    test(
      "starts with all of them together, and shows what it was told",
      () => {
        const all = usable.filter((prop) => !APART.includes(prop));
        const { together } = tryEngine(engine, "start", { together: fileOf(version, all) });
        expect({ taken: together?.taken, said: together?.said.replace(/^time=.*\n/gm, "") }).toEqual({
          taken: true,
          said: "",
        });
        expect(together?.info).toMatchObject({
          ...{ Debug: true, ExperimentalBuild: true, Driver: "vfs", LoggingDriver: "json-file" },
          ...{ Labels: ["zone=a"], LiveRestoreEnabled: true, DefaultRuntime: "runc" },
          DockerRootDir: expect.stringMatching(/^\/var\/lib\/docker/) as string,
          InitBinary: "/usr/bin/docker-init",
          Runtimes: { other: { path: "/usr/bin/runc", runtimeArgs: ["--debug"] } },
          RegistryConfig: { Mirrors: ["https://mirror.example.com/"] },
          ...(usable.includes("clusterStore")
            ? { ClusterStore: "consul://127.0.0.1:8500", ClusterAdvertise: "192.0.2.11:2375" }
            : {}),
        });
      },
      SLOW,
    );
  },
);

test.each(engines.filter((engine) => !validates(engine)).map((engine) => [engine.version, engine] as const))(
  "what our rules refuse before 23.0, engine %s refuses as well",
  (version, engine) => {
    const vfs: DaemonConfiguration = { storageDriver: "vfs" };
    const wrong: Record<string, [DaemonConfiguration, RegExp]> = {
      icc: [{ icc: false, iptables: false }, /--iptables=false with --icc=false/],
      both: [{ bip: "172.19.0.1/24", bridge: "none" }, /mutually exclusive/],
      builtin: [{ seccompProfile: "builtin" }, /opening seccomp profile \(builtin\) failed/],
      gateways: [{ proxies: { noProxy: "localhost" } }, /no-proxy/],
      labels: [{ registryMirrors: ["https://user:pw@mirror.example.com"] }, /mirror/],
      pools: [{ defaultAddressPools: [{ base: "10.30.0.0/16", size: 8 }] }, /pool/],
      ...(withoutStores(engine)
        ? {}
        : {
            advertise: [
              { clusterAdvertise: DAEMON_SAMPLES.clusterAdvertise },
              /must be accompanied by --cluster-store/,
            ],
            loopback: [
              {
                clusterStore: DAEMON_SAMPLES.clusterStore,
                clusterAdvertise: ClusterAdvertise.networkInterface("lo"),
              },
              /could not find a valid ip-address in interface lo/,
            ],
            "no-interface": [
              {
                clusterStore: DAEMON_SAMPLES.clusterStore,
                clusterAdvertise: ClusterAdvertise.networkInterface("eth9"),
              },
              /eth9/,
            ],
          }),
    };
    const files = Object.fromEntries(
      Object.entries(wrong).map(([name, [configuration]]) => [
        name,
        renderDaemonJson({ ...vfs, ...configuration }),
      ]),
    );
    const tried = tryEngine(engine, "start", files);
    for (const [name, [configuration, message]] of Object.entries(wrong)) {
      expect({ name, ...tried[name] }).toMatchObject({
        taken: false,
        said: expect.stringMatching(message) as string,
      });
      // An interface that is not there is found on the host.
      if (name === "no-interface") continue;
      const mode = configuration.clusterStore === undefined ? "standalone" : "key-value";
      expect(() => {
        requireDaemonConfiguration("staging/web-1", { version, mode, configuration });
      }).toThrow();
    }
  },
  SLOW,
);

const storeless = engines.filter(withoutStores);
test("Debian's engine without the key-value stores says so, which is why bullseye's is the one for them", () => {
  for (const engine of storeless) {
    const store = fileOf(engine.version, ["clusterAdvertise"], { storageDriver: "vfs" });
    const { tried } = tryEngine(engine, "start", { tried: store });
    expect(tried).toMatchObject({
      taken: false,
      said: expect.stringContaining("discovery service not supported") as string,
    });
  }
  expect(engines.filter((engine) => !withoutStores(engine)).length).toBeGreaterThanOrEqual(2);
});
