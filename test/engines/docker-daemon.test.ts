import { execFileSync, spawn } from "node:child_process";
import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { ClusterAdvertise } from "../../constructs/docker/daemon/cluster-advertise";
import type { DaemonConfiguration } from "../../constructs/docker/daemon/daemon-configuration";
import { DockerDaemon, type DockerDaemonProps } from "../../constructs/docker/daemon/docker-daemon";
import { KeyValueStore } from "../../constructs/docker/daemon/key-value-store";
import { PortReachability } from "../../constructs/host/port-reachability";
import { SshHost } from "../../constructs/host/ssh-host";
import { onConsole } from "../../lab/host-console";
import { downLab, upLab } from "../../lab/hosts";
import { hostOf, type Lab, pathsOf } from "../../lab/hosts-state";
import { blockPort, fillDisk, healHost, makeReadOnly } from "../../lab/link-faults";
import { requireEnginesRing } from "../../lab/requirements";
import { thrownBy } from "../support/faults";
import { LabStates } from "./lab-states";
import { Workspace } from "./terraform";

const SLOW = 600_000;
const name = `daemon-${process.pid.toString(36)}`;
/** Three that share a store, in the order of a deploy, and one with another engine. */
const FLEET = ["one", "two", "three"] as const;
const MODERN = "four";
const PORTS = ["7946/tcp", "7946/udp", "4789/udp", "8300/tcp", "8301/tcp", "8301/udp"];
const CONSUL = "lab/consul:1.19.2";
const WEB = "lab/web:1.0";
const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEr4+s9hLTIwWNClzdkhXZDTGjxpUQ0nwqIWkCVkmMZt";
const CLUSTER: DaemonConfiguration = {
  clusterStore: KeyValueStore.parse("consul://127.0.0.1:8500"),
  clusterAdvertise: ClusterAdvertise.networkInterface("eth0"),
};
const silent = { say: () => undefined };

let states: LabStates | undefined;
let lab: Lab;
let workspace: Workspace;
/** What the engines were told last. */
let last: DaemonConfiguration = {};
/** What the hosts' files were before the first deploy. */
let pristine: Readonly<Record<string, string>> = {};

const stack = () => workspace.stack("engines");
const each = async (script: string, hosts: readonly string[] = FLEET) =>
  Object.fromEntries(
    await Promise.all(hosts.map(async (host) => [host, (await onConsole(lab, host, script)).trim()])),
  ) as Record<string, string>;

/** Every file that a deploy could touch, byte for byte, with its mode, owner and links. */
const FILES = `cd /; find etc/docker etc/systemd/system var/lib/cdktf-docker-discovery -printf '%p %y %m %u:%g %l\\n' 2>/dev/null | sort
find etc/docker etc/systemd/system -type f -exec sha256sum {} + | sort -k2`;
const files = (hosts: readonly string[] = [...FLEET, MODERN]) => each(FILES, hosts);
const pids = (hosts: readonly string[] = FLEET) =>
  each("systemctl show --property MainPID --value docker.service", hosts);
/** Since when the containers run: a restarted one begins anew. */
const uptimes = () =>
  each("docker inspect --format '{{.Name}} {{.State.StartedAt}} {{.State.Running}}' consul web");
const settings = () => each("cat /etc/docker/daemon.json");

/** The resolver of a container that is made now. */
const resolvers = () =>
  each(`docker run --rm --entrypoint cat ${CONSUL} /etc/resolv.conf | grep '^nameserver'`);

function hostOn(scope: TerraformStack, host: string, key = lab.hostKeys[host] ?? ""): SshHost {
  return new SshHost(scope, host, {
    hostName: host,
    address: hostOf(lab, host).address,
    hostKeys: [key],
    user: "deploy",
    identityFile: pathsOf(lab.folder).clientKey,
  });
}

interface Fleet {
  readonly daemon?: Partial<DockerDaemonProps>;
  readonly keys?: Readonly<Record<string, string>>;
  readonly engines?: readonly string[];
}
/** The fleet's engines, one after the other, after the ports between the hosts. */
function describeFleet(
  configuration: DaemonConfiguration,
  { daemon = {}, keys = {}, engines = FLEET }: Fleet = {},
): void {
  workspace.synth((app) => {
    const scope = new TerraformStack(app, "engines");
    workspace.backendOf(scope);
    const hosts = FLEET.map((host) => hostOn(scope, host, keys[host]));
    let before: PortReachability | DockerDaemon = new PortReachability(scope, "ports", {
      hosts: hosts.map((host) => ({ host, address: hostOf(lab, host.hostName).address })),
      ports: PORTS,
    });
    for (const host of hosts.filter(({ hostName }) => engines.includes(hostName))) {
      const engine: DockerDaemon = new DockerDaemon(scope, `engine-${host.hostName}`, {
        host,
        engineVersion: "20.10.5",
        configuration,
        ...daemon,
      });
      before = engine.applyAfter(before);
    }
  });
}

/** Applies, and gives what Terraform said of its failure. */
function failure(): string {
  const thrown = thrownBy(() => {
    stack().apply();
  });
  if (!(thrown instanceof Error)) throw new Error("the deploy went through");
  // Its error repeats what the provisioner said as it ran; lines are broken anywhere.
  return thrown.message
    .replace(/^[^]*?(?=Error running command)/, "")
    .replace(/\s*[│╷╵]\s*/g, " ")
    .replace(/\s+/g, " ");
}

beforeAll(async () => {
  await requireEnginesRing();
  states = new LabStates();
  lab = await upLab({
    lab: name,
    subnet: "10.212.11.0/24",
    named: [...FLEET.map((host) => ({ name: host })), { name: MODERN, release: "trixie" }],
    images: [CONSUL, WEB],
    ...silent,
  });
  workspace = new Workspace();
  pristine = await files();
  // The store: servers as somebody starts them by hand. And a container that no restart of the engine brings back.
  await Promise.all(
    FLEET.map((host) => {
      const others = FLEET.filter((other) => other !== host).map((other) => hostOf(lab, other).address);
      const agent = [
        ...[
          "agent",
          "-server",
          "-bootstrap-expect=3",
          `-bind=${hostOf(lab, host).address}`,
          "-data-dir=/consul/data",
        ],
        ...others.map((address) => `-retry-join=${address}`),
      ].join(" ");
      return onConsole(
        lab,
        host,
        `docker run --detach --name consul --network host --restart always ${CONSUL} ${agent}
docker run --detach --name web ${WEB}
n=0; until curl --silent --max-time 2 http://127.0.0.1:8500/v1/status/leader | grep -q :8300; do n=$((n + 1)); [ $n -lt 120 ]; sleep 0.5; done`,
      );
    }),
  );
}, SLOW);

afterAll(async () => {
  try {
    await downLab(name, silent);
  } finally {
    states?.close();
  }
}, SLOW);

test(
  "ports that a firewall blocks are named, and no engine is touched",
  async () => {
    // What the store needs is in use, and tried with Consul itself.
    await blockPort(lab, "two", "7946/udp");
    await blockPort(lab, "three", "8300/tcp");
    describeFleet(CLUSTER);
    let said = "";
    try {
      said = failure();
    } finally {
      await Promise.all([healHost(lab, "two"), healHost(lab, "three")]);
    }
    for (const [from, to, port] of [
      ["one", "two", "7946/udp"],
      ["three", "two", "7946/udp"],
      ["one", "three", "8300/tcp"],
      ["two", "three", "8300/tcp"],
    ])
      expect(said).toContain(`${from} -> ${to} ${port}: blocked`);
    expect(said.match(/: blocked/g)).toHaveLength(4);
    expect(await files()).toEqual(pristine);
  },
  SLOW,
);

test(
  "the engines take a store and an address to advertise without a restart, and nothing is left to plan",
  async () => {
    const before = { pids: await pids(), uptimes: await uptimes() };
    describeFleet(CLUSTER);
    stack().apply();
    expect(await each("docker info --format '{{.ClusterStore}} {{.ClusterAdvertise}}' 2>/dev/null")).toEqual(
      Object.fromEntries(
        FLEET.map((host) => [host, `consul://127.0.0.1:8500 ${hostOf(lab, host).address}:2375`]),
      ),
    );
    expect({ pids: await pids(), uptimes: await uptimes() }).toEqual(before);
    expect(stack().plan()).toEqual([]);
  },
  SLOW,
);

test(
  "settings that reload leave every engine's process",
  async () => {
    const before = await pids();
    describeFleet({ ...CLUSTER, debug: true, labels: { zone: "a" } });
    stack().apply();
    expect(await each("docker info --format '{{.Debug}} {{.Labels}}' 2>/dev/null")).toEqual(
      Object.fromEntries(FLEET.map((host) => [host, "true [zone=a]"])),
    );
    expect(await pids()).toEqual(before);
    expect(stack().plan()).toEqual([]);
  },
  SLOW,
);

test(
  "one that restarts moves from host to host, never two engines down at once, and containers run on",
  async () => {
    const before = { pids: await pids(), uptimes: await uptimes() };
    describeFleet({ ...CLUSTER, debug: true, dns: ["172.17.0.1"] });
    stack().apply();
    const after = await pids();
    for (const host of FLEET) expect(after[host]).not.toBe(before.pids[host]);
    expect(await uptimes()).toEqual(before.uptimes);
    // One clock for all: the hosts are on one machine.
    const times = await each(
      "systemctl show --property InactiveEnterTimestampMonotonic --property ActiveEnterTimestampMonotonic docker.service | sort",
    );
    const spans = FLEET.flatMap((host) => {
      const [up = 0, down = 0] = (times[host] ?? "").split("\n").map((line) => Number(line.split("=")[1]));
      return [down, up];
    });
    expect(spans.every((time) => time > 0)).toBe(true);
    expect(spans).toEqual([...spans].sort((a, b) => a - b));
    expect(await resolvers()).toEqual(
      Object.fromEntries(FLEET.map((host) => [host, "nameserver 172.17.0.1"])),
    );
    expect(stack().plan()).toEqual([]);
  },
  SLOW,
);

test(
  "a setting that the engine refuses fails with its message; it runs on with the old ones, and the next hosts are not reached",
  async () => {
    const before = { settings: await settings(), files: await files(), uptimes: await uptimes() };
    const others = await pids(["two", "three"]);
    describeFleet({ ...CLUSTER, debug: true, dns: ["172.17.0.1"], storageDriver: "nonsense" });
    expect(failure()).toContain("driver not supported");
    expect({ settings: await settings(), files: await files(), uptimes: await uptimes() }).toEqual(before);
    expect(await pids(["two", "three"])).toEqual(others);
    expect(
      await each("docker info --format '{{.LoggingDriver}} {{.ClusterStore}}' 2>/dev/null", ["one"]),
    ).toEqual({
      one: "json-file consul://127.0.0.1:8500",
    });
  },
  SLOW,
);

describe("a host on which it cannot be done is left as it was, and so are the others", () => {
  const wanted = (label: string): DaemonConfiguration => ({
    ...CLUSTER,
    debug: true,
    dns: ["172.17.0.1"],
    labels: { fault: label },
  });
  let before: {
    readonly files: Readonly<Record<string, string>>;
    readonly pids: Readonly<Record<string, string>>;
  };
  beforeEach(async () => {
    before = { files: await files(), pids: await pids() };
  });
  afterEach(async () => {
    await onConsole(lab, "one", "systemctl start ssh");
    await healHost(lab, "one");
    expect({ files: await files(), pids: await pids() }).toEqual(before);
  }, SLOW);

  test(
    "a full disk",
    async () => {
      await fillDisk(lab, "one", "/etc/docker");
      describeFleet(wanted("full"));
      expect(failure()).toMatch(
        /cannot write beside \/etc\/docker\/daemon\.json; nothing was changed.*|No space left/,
      );
    },
    SLOW,
  );

  test(
    "a read-only file system",
    async () => {
      await makeReadOnly(lab, "one", "/etc/docker");
      describeFleet(wanted("read-only"));
      expect(failure()).toMatch(/Read-only file system.*one: the engine's settings: .*nothing was changed/);
    },
    SLOW,
  );

  test(
    "no such interface",
    () => {
      describeFleet({ ...wanted("interface"), clusterAdvertise: ClusterAdvertise.networkInterface("eth9") });
      expect(failure()).toMatch(/there is no interface eth9 here; it has: .*eth0.*nothing was changed/);
    },
    SLOW,
  );

  test(
    "another host key",
    () => {
      describeFleet(wanted("key"), { keys: { one: OTHER_KEY } });
      expect(failure()).toMatch(/one: ssh did not reach it, its host key is not the declared one/);
    },
    SLOW,
  );

  test(
    "no sshd",
    async () => {
      describeFleet(wanted("ssh"));
      await onConsole(lab, "one", "systemctl stop ssh");
      expect(failure()).toMatch(/Connection refused.*one: ssh did not reach it/);
    },
    SLOW,
  );
});

test(
  "what someone changed by hand is reported, and overwritten only when that is asked for",
  async () => {
    const labelled = { ...CLUSTER, debug: true, dns: ["172.17.0.1"], labels: { zone: "b" } };
    await onConsole(lab, "one", `sed -i 's/"debug": true/"debug": false/' /etc/docker/daemon.json`);
    const before = { files: await files(), pids: await pids() };
    describeFleet(labelled);
    const said = failure();
    expect(said).toContain("/etc/docker/daemon.json was changed by hand since the last deploy");
    expect(said).toContain('+ "debug": false');
    expect({ files: await files(), pids: await pids() }).toEqual(before);
    describeFleet(labelled, { daemon: { overwriteManualChanges: true } });
    stack().apply();
    expect((await settings())["one"]).toContain('"debug": true');
    expect(stack().plan()).toEqual([]);
  },
  SLOW,
);

describe("a deploy that is killed in the midst of it is finished by the next", () => {
  const WAIT = `home=/var/lib/cdktf-docker-discovery/docker-daemon; n=0
while [ ! -e $home/pending ] && [ $n -lt 6000 ]; do sleep 0.01; n=$((n + 1)); done; [ -e $home/pending ]`;
  /** Applies beside this process, which meanwhile waits until the first host is in the midst of it. */
  async function killed(kill: string): Promise<number | string | null> {
    const child = spawn("terraform", ["apply", "-auto-approve", "-no-color", "-input=false"], {
      cwd: join(workspace.manifest, "stacks", "engines"),
      env: { PATH: process.env["PATH"], HOME: process.env["HOME"], CHECKPOINT_DISABLE: "1" },
      stdio: "ignore",
      detached: true,
    });
    const ended = new Promise<number | string | null>((resolve) =>
      child.once("exit", (code, signal) => {
        resolve(signal ?? code);
      }),
    );
    await onConsole(lab, "one", `${WAIT}\n${kill}`);
    // Its provisioners too: all that it started.
    if (kill === "" && child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
    return ended;
  }

  test.each([
    ["Terraform and its ssh", "", "SIGKILL", "172.17.0.7"],
    ["what runs on the host", "pkill -KILL -f '^sh /run/tmp'", 1, "172.17.0.8"],
  ])(
    "%s",
    async (_, kill, end, dns) => {
      const before = await uptimes();
      const others = await files(["two", "three"]);
      last = { ...CLUSTER, debug: true, dns: [dns] };
      describeFleet(last);
      expect(await killed(kill)).toBe(end);
      expect(await files(["two", "three"])).toEqual(others);
      stack().apply();
      for (const text of Object.values(await settings())) expect(text).toContain(`"dns": ["${dns}"]`);
      expect(
        await each("ls /var/lib/cdktf-docker-discovery/docker-daemon/pending 2>/dev/null || echo none"),
      ).toEqual(Object.fromEntries(FLEET.map((host) => [host, "none"])));
      // In force, and not merely written down.
      expect(await resolvers()).toEqual(Object.fromEntries(FLEET.map((host) => [host, `nameserver ${dns}`])));
      expect(await uptimes()).toEqual(before);
      expect(stack().plan()).toEqual([]);
    },
    SLOW,
  );
});

describe("an engine that is not what it is described as", () => {
  const describeModern = (engineVersion: string) => {
    workspace.synth((app) => {
      const scope = new TerraformStack(app, "modern");
      workspace.backendOf(scope);
      new DockerDaemon(scope, "engine", {
        host: hostOn(scope, MODERN),
        engineVersion,
        configuration: CLUSTER,
      });
    });
  };

  test(
    "is found before anything is changed",
    async () => {
      describeModern("20.10.5");
      const thrown = thrownBy(() => {
        workspace.stack("modern").apply();
      });
      expect(
        String(thrown)
          .replace(/\s*[│╷╵]\s*/g, " ")
          .replace(/\s+/g, " "),
      ).toMatch(
        /engine 26\.1\.5\S* runs here, and is described as 20\.10\.5: describe it as it is.*nothing was changed/,
      );
      const now = (await files([MODERN]))[MODERN]?.split("\n").filter((line) => !line.startsWith("var/lib/"));
      expect(now?.join("\n")).toBe(pristine[MODERN]);
    },
    SLOW,
  );

  test("is refused at synth when it is described truly", () => {
    const thrown = thrownBy(() => {
      describeModern("26.1.5");
    });
    expect(String(thrown)).toMatch(/key-value on engine 26\.1\.5.*\[docker\/engine-mode\]/);
  });
});

test(
  "an engine that is to be left alone is destroyed by name, and then taken out of the code",
  async () => {
    const others = await files(["one", "two"]);
    const terraform = (...args: string[]) =>
      execFileSync("terraform", args, {
        cwd: join(workspace.manifest, "stacks", "engines"),
        env: { PATH: process.env["PATH"], HOME: process.env["HOME"], CHECKPOINT_DISABLE: "1" },
        encoding: "utf8",
      });
    const original = terraform("state", "list")
      .split("\n")
      .filter((address) => /engine-three_Change_Original/.test(address));
    expect(original).toHaveLength(1);
    terraform("destroy", "-auto-approve", `-target=${original.join("")}`);
    expect(await files(["three"])).toEqual({ three: pristine["three"] });
    expect(await files(["one", "two"])).toEqual(others);
    describeFleet(last, { engines: ["one", "two"] });
    expect(stack().plan()).toEqual([]);
  },
  SLOW,
);

test(
  "destroy leaves the hosts' files as they were before the first deploy",
  async () => {
    describeFleet(
      { ...CLUSTER, hosts: ["unix:///var/run/docker.sock", "unix:///run/second.sock"] },
      { engines: ["one", "two"] },
    );
    stack().apply();
    expect(
      await each("docker --host unix:///run/second.sock version --format '{{.Server.Version}}'", [
        "one",
        "two",
      ]),
    ).toEqual(Object.fromEntries(["one", "two"].map((host) => [host, "20.10.5+dfsg1"])));
    stack().destroy();
    workspace.stack("modern").destroy();
    expect(await files()).toEqual(pristine);
    workspace.close();
  },
  SLOW,
);
