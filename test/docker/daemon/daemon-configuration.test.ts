import { App, TerraformStack } from "cdktf";
import fc from "fast-check";
import { Duration } from "../../../constructs/core/duration";
import { Size } from "../../../constructs/core/size";
import { ClusterAdvertise } from "../../../constructs/docker/daemon/cluster-advertise";
import type { DaemonConfiguration } from "../../../constructs/docker/daemon/daemon-configuration";
import { DAEMON_OPTIONS } from "../../../constructs/docker/daemon/daemon-options";
import { requireDaemonConfiguration } from "../../../constructs/docker/daemon/daemon-rules";
import { DockerDaemon } from "../../../constructs/docker/daemon/docker-daemon";
import type { EngineMode } from "../../../constructs/docker/daemon/engine-mode";
import { KeyValueStore } from "../../../constructs/docker/daemon/key-value-store";
import { reloadKeys, renderDaemonJson } from "../../../constructs/docker/daemon/render-daemon-json";
import { SshHost } from "../../../constructs/host/ssh-host";
import { synthesizeStack } from "../../support/apps";
import { expectFault } from "../../support/faults";
import { DAEMON_SAMPLES } from "./daemon-samples";

const kv = {
  clusterStore: KeyValueStore.consul({ address: "127.0.0.1" }),
  clusterAdvertise: ClusterAdvertise.networkInterface("eth0"),
};
const check = (configuration: DaemonConfiguration, version = "20.10.24", mode: EngineMode = "standalone") => {
  requireDaemonConfiguration("staging/web-1", { version, mode, configuration });
};

test("a key a line, sorted, with the engine's own values", () => {
  expect(
    renderDaemonJson({
      ...kv,
      liveRestore: true,
      labels: { zone: "b", rack: "7" },
      shutdownTimeout: Duration.seconds(30),
      defaultShmSize: Size.mebibytes(128),
      defaultUlimits: [{ name: "nofile", soft: 1024, hard: 4096 }],
      dns: ["172.17.0.1"],
    }),
  ).toBe(`{
  "cluster-advertise": "eth0:2375",
  "cluster-store": "consul://127.0.0.1:8500",
  "default-shm-size": "134217728",
  "default-ulimits": {"nofile":{"Name":"nofile","Soft":1024,"Hard":4096}},
  "dns": ["172.17.0.1"],
  "labels": ["rack=7","zone=b"],
  "live-restore": true,
  "shutdown-timeout": 30
}
`);
  expect(renderDaemonJson({})).toBe("{}\n");
});

test("every setting has a sample, and each is rendered under its key", () => {
  expect(Object.keys(DAEMON_SAMPLES).sort()).toEqual(Object.keys(DAEMON_OPTIONS).sort());
  for (const [prop, value] of Object.entries(DAEMON_SAMPLES)) {
    const { key } = DAEMON_OPTIONS[prop as keyof DaemonConfiguration];
    expect(Object.keys(JSON.parse(renderDaemonJson({ [prop]: value })) as object)).toContain(key);
  }
});

test("the text is JSON, and has a line for each key, whatever the values", () => {
  fc.assert(
    fc.property(
      fc.subarray(Object.keys(DAEMON_SAMPLES)),
      fc.dictionary(fc.string(), fc.string()),
      (props, logOpts) => {
        const configuration = {
          ...Object.fromEntries(
            props.map((prop) => [prop, DAEMON_SAMPLES[prop as keyof DaemonConfiguration]]),
          ),
          logOpts,
        };
        const text = renderDaemonJson(configuration);
        const keys = Object.keys(JSON.parse(text) as object);
        expect(text.split("\n")).toHaveLength(keys.length + 3);
        expect(keys).toEqual([...keys].sort());
      },
    ),
  );
});

test("the store's URL and its options, of all three kinds", () => {
  const consul = KeyValueStore.consul(
    { address: "10.20.0.11" },
    {
      discoveryHeartbeat: Duration.seconds(10),
      discoveryTtl: Duration.seconds(30),
      tls: { caFile: "/etc/docker/ca.pem", certFile: "/etc/docker/cert.pem", keyFile: "/etc/docker/key.pem" },
    },
  );
  expect([consul.url, consul.storeOpts]).toEqual([
    "consul://10.20.0.11:8500",
    {
      "discovery.heartbeat": "10",
      "discovery.ttl": "30",
      "kv.cacertfile": "/etc/docker/ca.pem",
      "kv.certfile": "/etc/docker/cert.pem",
      "kv.keyfile": "/etc/docker/key.pem",
    },
  ]);
  expect(KeyValueStore.etcd([{ address: "a.example.com" }, { address: "2001:db8::1", port: 4001 }]).url).toBe(
    "etcd://a.example.com:2379,[2001:db8::1]:4001",
  );
  expect(KeyValueStore.zooKeeper([{ address: "10.0.0.1" }], { path: "docker" }).storeOpts).toEqual({
    "kv.path": "docker",
  });
  expect(KeyValueStore.parse("zk://10.0.0.1:2181,10.0.0.2:2181/docker").url).toBe(
    "zk://10.0.0.1:2181,10.0.0.2:2181",
  );
});

test.each([
  [
    "docker/cluster-store",
    "clusterStore",
    () => KeyValueStore.parse("consul://a:8500,b:8500"),
    "one endpoint",
  ],
  ["docker/cluster-store", "clusterStore", () => KeyValueStore.parse("http://a:8500"), "consul://"],
  [
    "docker/cluster-store",
    "clusterStore",
    () => KeyValueStore.parse("etcd://a:2379,:1"),
    "separated by commas",
  ],
] as const)("%s: %s", (code, prop, act, part) => {
  expectFault(act, code, prop, part);
});

const TLS = { caFile: "/a", certFile: "/b", keyFile: "/c" };
const consulWith = (options: object) => KeyValueStore.consul({ address: "127.0.0.1" }, options);
test.each<[string, string, DaemonConfiguration, string, EngineMode, string]>([
  ["docker/engine-version", "engineVersion", {}, "19.3.15", "standalone", "20.10.0"],
  ["docker/engine-version", "engineVersion", {}, "29.0.0", "standalone", "before 29.0.0"],
  ["docker/engine-mode", "mode", kv, "23.0.6", "key-value", "swarm mode"],
  ["docker/engine-mode", "mode", kv, "26.1.5", "key-value", "engines before 23.0 alone"],
  ["docker/engine-mode", "configuration.clusterStore", kv, "20.10.24", "swarm", "a store of its own"],
  ["docker/engine-mode", "configuration.clusterStore", kv, "20.10.24", "standalone", "key-value"],
  ["docker/cluster-store", "configuration.clusterStore", { clusterAdvertise: kv.clusterAdvertise }, "20.10.24", "key-value", "both"],
  ["docker/cluster-store", "configuration.clusterAdvertise", { clusterStore: kv.clusterStore }, "20.10.24", "key-value", "both"],
  ["docker/cluster-store-tls", "clusterStore.tls", { ...kv, clusterStore: consulWith({ tls: { ...TLS, keyFile: undefined } }) }, "20.10.24", "key-value", "all three"],
  ["docker/cluster-store-tls", "clusterStore.tls", { ...kv, clusterStore: consulWith({ tls: { ...TLS, caFile: "ca.pem" } }) }, "20.10.24", "key-value", "absolute paths"],
  ["docker/cluster-store-timing", "clusterStore.discoveryTtl", { ...kv, clusterStore: consulWith({ discoveryTtl: Duration.seconds(15) }) }, "20.10.24", "key-value", "at least 20 s"],
  ["docker/cluster-store-timing", "clusterStore.discoveryTtl", { ...kv, clusterStore: consulWith({ discoveryHeartbeat: Duration.seconds(30), discoveryTtl: Duration.seconds(30) }) }, "20.10.24", "key-value", "longer than the heartbeat"],
  ["docker/cluster-store-timing", "clusterStore.discoveryTtl", { ...kv, clusterStore: consulWith({ discoveryHeartbeat: Duration.milliseconds(1500) }) }, "20.10.24", "key-value", "whole seconds"],
  ["docker/cluster-advertise", "clusterAdvertise", { ...kv, clusterAdvertise: ClusterAdvertise.address("127.0.0.1") }, "20.10.24", "key-value", "loopback"],
  ["docker/cluster-advertise", "clusterAdvertise", { ...kv, clusterAdvertise: ClusterAdvertise.networkInterface("eth 0") }, "20.10.24", "key-value", "interface"],
  ["docker/cluster-advertise", "clusterAdvertise", { ...kv, clusterAdvertise: ClusterAdvertise.networkInterface("lo") }, "20.10.24", "key-value", "loopback"],
  ["docker/live-restore", "configuration.liveRestore", { liveRestore: true }, "20.10.24", "swarm", "Leave it out"],
  ["docker/daemon-key", "configuration.proxies", { proxies: {} }, "20.10.24", "standalone", "from 23.0.0 on"],
  ["docker/daemon-key", "configuration.oomScoreAdjust", { oomScoreAdjust: -500 }, "26.1.5", "standalone", "before 26.0.0"],
  ["docker/daemon-key", "configuration.seccompProfile", { seccompProfile: "builtin" }, "20.10.24", "standalone", "from 23.0.0 on"],
  ["docker/daemon-key", "configuration.seccompProfile", { seccompProfile: "profile.json" }, "26.1.5", "standalone", "absolute path"],
  ["docker/daemon-key", "configuration.dsn", { dsn: ["172.17.0.1"] } as DaemonConfiguration, "20.10.24", "standalone", "DaemonConfiguration"],
  ["docker/daemon-hosts", "configuration.hosts[0]", { hosts: ["tcp://0.0.0.0:2375"] }, "20.10.24", "standalone", "every interface"],
  ["docker/daemon-hosts", "configuration.hosts[0]", { hosts: ["tcp://10.0.0.1:2375"] }, "20.10.24", "standalone", "tlsverify"],
  ["docker/daemon-hosts", "configuration.hosts[0]", { hosts: ["10.0.0.1:2375"] }, "20.10.24", "standalone", "unix:///path"],
  ["docker/daemon-tls", "configuration.tlsverify", { tlsverify: true, tlscacert: "/ca" }, "20.10.24", "standalone", "three absolute paths"],
  ["docker/daemon-tls", "configuration.tls", { tls: true, tlscacert: "/a", tlscert: "/b", tlskey: "/c" }, "20.10.24", "standalone", "tlsverify: true"],
  ["docker/daemon-exclusive", "configuration.bip", { bip: "172.17.0.1/16", bridge: "br0" }, "20.10.24", "standalone", "refuses both"],
  ["docker/daemon-exclusive", "configuration.icc", { icc: false, iptables: false }, "20.10.24", "standalone", "by iptables"],
  ["docker/daemon-exclusive", "configuration.hostGatewayIps", { hostGatewayIp: "10.0.0.1", hostGatewayIps: ["10.0.0.1"] }, "28.0.0", "standalone", "one of them"],
  ["docker/daemon-exclusive", "configuration.runtimes.kata", { runtimes: { kata: {} } }, "28.0.0", "standalone", "path or runtimeType"],
  ["docker/daemon-address", "configuration.bip", { bip: "172.17.0.1" }, "20.10.24", "standalone", "prefix length"],
  ["docker/daemon-address", "configuration.dns[0]", { dns: ["resolver"] }, "20.10.24", "standalone", "always 53"],
  ["docker/dns-loopback", "configuration.dns[1]", { dns: ["172.17.0.1", "127.0.0.1"] }, "20.10.24", "standalone", "bridge"],
  ["docker/address-pool", "configuration.defaultAddressPools[0].size", { defaultAddressPools: [{ base: "10.30.0.0/16", size: 8 }] }, "20.10.24", "standalone", "from 16 to 30"],
  ["docker/address-pool", "configuration.defaultAddressPools[1].base", { defaultAddressPools: [{ base: "10.30.0.0/16", size: 24 }, { base: "10.30.4.0/24", size: 24 }] }, "20.10.24", "standalone", "apart"],
  ["docker/daemon-number", "configuration.mtu", { mtu: 20 }, "20.10.24", "standalone", "68 to 65535"],
  ["docker/daemon-number", "configuration.defaultUlimits.nofile", { defaultUlimits: [{ name: "nofile", soft: 2, hard: 1 }] }, "20.10.24", "standalone", "soft"],
  ["docker/registry-mirror", "configuration.registryMirrors[0]", { registryMirrors: ["https://user:pw@mirror.example.com"] }, "20.10.24", "standalone", "without user"],
])("%s at %s", (code, prop, configuration, version, mode, part) => {
  expectFault(() => { check(configuration, version, mode); }, code, prop, "staging/web-1", part);
}); // prettier-ignore

test("what each engine takes is taken", () => {
  check(kv, "20.10.5", "key-value");
  check({ hosts: ["unix:///var/run/docker.sock", "fd://"], liveRestore: true }, "28.5.2");
  check(
    { hosts: ["tcp://10.0.0.1:2376"], tlsverify: true, tlscacert: "/a", tlscert: "/b", tlskey: "/c" },
    "20.10.24",
  );
  check(
    { ...kv, clusterStore: consulWith({ tls: TLS, discoveryTtl: Duration.seconds(20) }) },
    "20.10.24",
    "key-value",
  );
});

test("what SIGHUP reloads is what moby's reload.go reloads", () => {
  const { any, added, removal } = reloadKeys();
  expect(any).toContain("debug");
  expect(any).not.toContain("dns");
  expect(added).toEqual(["cluster-advertise", "cluster-store", "cluster-store-opts"]);
  expect(removal).not.toContain("debug");
});

describe("DockerDaemon", () => {
  const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4";
  const hostOn = (stack: TerraformStack, name = "web-1") =>
    new SshHost(stack, name, { hostName: name, address: "192.0.2.11", hostKeys: [HOST_KEY] });

  test("key-value mode keeps containers alive while the engine restarts, unless said otherwise", () => {
    const stack = new TerraformStack(new App(), "stack");
    const on = new DockerDaemon(stack, "a", {
      host: hostOn(stack),
      engineVersion: "20.10.5+dfsg1",
      configuration: kv,
    });
    expect(on.daemonJson).toContain('"live-restore": true');
    const off = new DockerDaemon(stack, "b", {
      host: hostOn(stack, "web-2"),
      engineVersion: "20.10.5",
      configuration: { ...kv, liveRestore: false },
    });
    expect(off.daemonJson).toContain('"live-restore": false');
  });

  test("the plan shows the file, and says that an engine may restart, on which host, and after which", () => {
    const json = synthesizeStack((stack) => {
      const daemon = (name: string) =>
        new DockerDaemon(stack, `daemon-${name}`, {
          host: hostOn(stack, name),
          engineVersion: "20.10.24",
          configuration: { dns: ["172.17.0.1"] },
        });
      daemon("web-2").applyAfter(daemon("web-1"));
    });
    const data = json.resource?.terraform_data ?? {};
    const [, second] =
      Object.entries(data).find(([name]) => /^daemon-web-2_Change_[0-9A-F]+$/.test(name)) ?? [];
    expect(second?.input).toMatchObject({
      "cdktf-docker-discovery.action": "engine-restart",
      "cdktf-docker-discovery.host": "web-2",
      files: { "/etc/docker/daemon.json": '{\n  "dns": ["172.17.0.1"]\n}\n' },
    });
    expect((second?.depends_on as string[]).join()).toMatch(/terraform_data\.daemon-web-1_Change_[0-9A-F]+/);
  });

  test("hosts bring the drop-in that takes -H out of the unit", () => {
    const json = synthesizeStack((stack) => {
      new DockerDaemon(stack, "daemon", {
        host: hostOn(stack),
        engineVersion: "20.10.24",
        configuration: { hosts: ["unix:///var/run/docker.sock"] },
        program: "/usr/bin/dockerd",
      });
    });
    const text = JSON.stringify(json.resource?.terraform_data);
    expect(text).toContain("ExecStart=\\nExecStart=/usr/bin/dockerd --containerd=");
  });

  test("a wrong setting is found with the construct's path", () => {
    const stack = new TerraformStack(new App(), "stack");
    expectFault(
      () => new DockerDaemon(stack, "d", { host: hostOn(stack), engineVersion: "26.1.5", configuration: kv }),
      "docker/engine-mode",
      "mode",
      "stack/d",
    );
  });
});
