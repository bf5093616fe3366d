import { type App, TerraformStack } from "cdktf";
import { ClusterAdvertise } from "../../constructs/docker/daemon/cluster-advertise";
import { DockerDaemon } from "../../constructs/docker/daemon/docker-daemon";
import { KeyValueStore } from "../../constructs/docker/daemon/key-value-store";
import {
  DockerHost,
  type DockerHostAttributes,
  type DockerProviderVersion,
} from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { OverlayReconnection } from "../../constructs/docker/overlay-reconnection";
import { OverlayNetwork, type OverlayNetworkProps } from "../../constructs/docker/overlay-network";
import { SshHost } from "../../constructs/host/ssh-host";
import { onConsole } from "../../lab/host-console";
import { downLab, upLab } from "../../lab/hosts";
import { type Lab, pathsOf } from "../../lab/hosts-state";
import { requireEnginesRing } from "../../lab/requirements";
import { thrownBy } from "../support/faults";
import { LabStates } from "./lab-states";
import { Workspace } from "./terraform";

const SLOW = 600_000;
const name = `overlay-${process.pid.toString(36)}`;
const HOSTS = ["one", "two"].map((host) => `${host}-overlay`);
const [FIRST, SECOND] = HOSTS as [string, string];
const NETWORK = "docker-internal";
const silent = { say: () => undefined };

let states: LabStates | undefined;
let lab: Lab;
let workspace: Workspace;

const run = (host: string, script: string) => onConsole(lab, host, script);
const addressOf = (host: string) => lab.hosts.find((each) => each.name === host)!.address;

function described(host: string, providerVersion: DockerProviderVersion): DockerHostAttributes {
  const { sshConfig } = pathsOf(lab.folder);
  return {
    hostName: host,
    address: addressOf(host),
    engineVersion: "20.10.5",
    providerVersion,
    connection: EngineConnection.ssh({
      address: addressOf(host),
      user: "deploy",
      shareConnection: false,
      sshOptions: ["-F", sshConfig],
    }),
  };
}

/** The engines' settings, one host after the other, and behind them a network from the first one. */
function fleet(props: Partial<OverlayNetworkProps> | undefined, version: DockerProviderVersion = "4.5.0") {
  return (app: App) => {
    const stack = new TerraformStack(app, "overlay");
    workspace.backendOf(stack);
    const daemons = HOSTS.map((host) => {
      const sshHost = new SshHost(stack, `ssh-${host}`, {
        hostName: host,
        address: addressOf(host),
        hostKeys: [lab.hostKeys[host]!],
        user: "deploy",
        identityFile: pathsOf(lab.folder).clientKey,
      });
      new OverlayReconnection(stack, `overlays-${host}`, { host: sshHost });
      return new DockerDaemon(stack, `engine-${host}`, {
        host: sshHost,
        engineVersion: "20.10.5",
        configuration: {
          clusterStore: KeyValueStore.consul({ address: addressOf(FIRST) }),
          clusterAdvertise: ClusterAdvertise.networkInterface("eth0"),
        },
      });
    });
    daemons[1]!.applyAfter(daemons[0]!);
    const [first, second] = HOSTS.map((host) => described(host, version));
    const host = new DockerHost(stack, FIRST, first!);
    if (props === undefined) return;
    new OverlayNetwork(stack, NETWORK, { host, otherHosts: [second!], ...props }).createAfter(...daemons);
  };
}
const stack = () => workspace.stack("overlay");

/** systemd counts starts, and refuses one more after some of them within a minute. */
const RESTART = "systemctl reset-failed docker; systemctl restart docker";
/** A container on the network, by the name of its host. */
const attach = (host: string) =>
  run(host, `docker run --detach --name ${host} --network ${NETWORK} lab/tools:1.0 >/dev/null`);
/** Removes it, and restarts the engine, as these should be when the last container has left an overlay. */
const leave = (host: string) => run(host, `docker rm --force ${host} >/dev/null; ${RESTART}`);

beforeAll(async () => {
  await requireEnginesRing();
  states = new LabStates();
  const images = ["lab/consul:1.19.2", "lab/tools:1.0"];
  const named = HOSTS.map((host) => ({ name: host, release: "bullseye" as const }));
  lab = await upLab({ lab: name, subnet: "10.212.9.0/24", named, images, ...silent });
  workspace = new Workspace();
  const agent = `agent -dev -client 0.0.0.0 -bind ${addressOf(FIRST)}`;
  await run(
    FIRST,
    `docker run --detach --name store --network host --restart always --entrypoint consul ${images[0]!} ${agent}`,
  );
}, SLOW);

afterAll(async () => {
  try {
    workspace.close();
  } finally {
    await downLab(name, silent);
    states?.close();
  }
}, SLOW);

const FULL = {
  subnet: "10.99.0.0/16",
  gateway: "10.99.0.1",
  ipRange: "10.99.128.0/17",
  auxAddresses: { router: "10.99.128.1" },
  mtu: 1400,
};

test.each<[string, Partial<OverlayNetworkProps>, DockerProviderVersion, string]>([
  ["plain", {}, "4.5.0", "1450"],
  ["plain, with the older provider", {}, "3.6.2", "1450"],
  ["internal", { internal: true }, "4.5.0", "1450"],
  ["with all that can be said", FULL, "4.5.0", "1350"],
  ["with all that can be said, with the older provider", FULL, "3.6.2", "1350"],
])(
  "%s: there on both, carries names and packets between them, and reads back as it is",
  async (_what, props, version, mtu) => {
    workspace.synth(fleet(props, version));
    stack().apply();
    expect(stack().plan()).toEqual([]);
    const ids = await Promise.all(HOSTS.map((host) => run(host, `docker network ls --no-trunc --quiet --filter name=^${NETWORK}$`))); // prettier-ignore
    expect(ids[0]).toMatch(/^[0-9a-f]{64}$/);
    expect(ids[1]).toBe(ids[0]);
    try {
      for (const host of HOSTS) await attach(host);
      const inside = (command: string) => run(SECOND, `docker exec ${SECOND} ${command}`);
      const address = (await inside(`dig +short ${FIRST}`)).trim();
      if (props.subnet !== undefined) expect(address).toMatch(/^10\.99\.(12[89]|1[3-9]\d|2\d\d)\./);
      expect(address).not.toBe(FULL.auxAddresses.router);
      expect(await inside(`ping -c 2 -W 2 ${FIRST}`)).toContain("2 packets received");
      expect(await inside("ip link")).toContain(`mtu ${mtu} `);
    } finally {
      for (const host of HOSTS) await leave(host);
    }
  },
  SLOW,
);

test(
  "engines that were refused when they asked to join each other find each other after all",
  async () => {
    workspace.synth(fleet({}));
    stack().apply();
    const engine = "systemctl show --property MainPID --value docker";
    const failed =
      "n=0; until journalctl --quiet _SYSTEMD_INVOCATION_ID=$(systemctl show --property InvocationID --value docker)" +
      " | grep -q 'joining serf neighbor .* failed'; do n=$((n + 1)); [ $n -lt 60 ]; sleep 1; done";
    const rule = "OUTPUT --protocol tcp --dport 7946 --jump REJECT";
    // Consul's words for its own members, which come into the journal by way of the engine.
    const says = "serf: EventMemberJoin: web-9 10.212.9.99";
    const chatter = `docker run --detach --name chatter --log-driver journald lab/tools:1.0 sh -c 'while :; do echo " ${says}"; sleep 1; done' >/dev/null`;
    try {
      for (const host of HOSTS) {
        await attach(host);
        await run(host, chatter);
      }
      await Promise.all(HOSTS.map((host) => run(host, `iptables --insert ${rule}; ${RESTART}`))); // prettier-ignore
      await Promise.all(HOSTS.map((host) => run(host, failed)));
      const alone = await Promise.all(HOSTS.map((host) => run(host, engine)));
      for (const host of HOSTS) await run(host, `iptables --delete ${rule}`);
      const reached = `n=0; until docker exec ${SECOND} ping -c 1 -W 2 ${FIRST}; do n=$((n + 1)); [ $n -lt 90 ]; sleep 1; done`;
      expect(await run(SECOND, reached)).toContain("1 packets received");
      const after = await Promise.all(HOSTS.map((host) => run(host, engine)));
      expect(after).not.toEqual(alone);
      expect(await run(FIRST, "journalctl --quiet _COMM=dockerd")).toContain(says);
    } finally {
      for (const host of HOSTS) {
        await run(host, "docker rm --force chatter >/dev/null");
        await leave(host);
      }
    }
  },
  SLOW,
);

test(
  "a second one of the name, made by hand on another host, is refused by the engine",
  async () => {
    workspace.synth(fleet(undefined));
    stack().apply();
    await run(SECOND, `docker network create --driver overlay ${NETWORK}`);
    workspace.synth(fleet(FULL));
    const said = thrownBy(() => {
      stack().apply();
    });
    expect(String(said)).toContain(`network with name ${NETWORK} already exists`);
    expect(await run(FIRST, `docker network ls --quiet --filter name=^${NETWORK}$ | wc -l`)).toBe("1");
    await run(SECOND, `docker network rm ${NETWORK}`);
    stack().apply();
    expect(stack().plan()).toEqual([]);
    stack().destroy();
    for (const host of HOSTS) {
      expect(await run(host, `docker network ls --quiet --filter driver=overlay`)).toBe("");
      expect(await run(host, `ls /etc/docker; docker info --format '{{.ClusterStore}}'`)).toBe("key.json");
    }
  },
  SLOW,
);
