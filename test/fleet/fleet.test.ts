import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { killHost, startHost } from "../../lab/faults";
import { ssh, sshArguments, trySsh } from "../../lab/host-ssh";
import { downLab, replaceHost, upLab } from "../../lab/hosts";
import { pathsOf, type Lab } from "../../lab/hosts-state";
import { outputOf } from "../../lab/commands";
import { requireEnginesRing } from "../../lab/requirements";
import { LabStates } from "../engines/lab-states";
import { Lookups } from "./lookups";
import type { LookupsEnded } from "./lookups-process";
import { changingPlans } from "./plans";
import { Runbooks } from "./runbook";

const SLOW = 900_000;
const name = `fleet-${process.pid.toString(36)}`;
const SUBNET = "10.212.13.0/24";
const HOSTS = ["staging-1", "staging-2", "staging-3"] as const;
const IMAGES = [
  ...["lab/consul:1.19.2", "lab/consul:1.20.1", "lab/registrator:7.4.0", "lab/bind9:9.18"],
  ...["bitbucket-server:1.0", "lab/web:1.0"],
];
const BITBUCKET = "bitbucket-server-7990.service.consul";
const NAMES = [BITBUCKET, "shop.service.consul", "consul.service.consul"];
const silent = { say: () => undefined };

let lab: Lab;
let runbooks: Runbooks;
let states: LabStates | undefined;

const on = (host: string, command: string) => ssh(lab, host, command);
const everywhere = <T>(ask: (host: string) => Promise<T>, hosts: readonly string[] = HOSTS) =>
  Promise.all(hosts.map(ask));
/** The service's container of a host. */
const containerOn = (host: string) => `${host === "staging-1" ? "bitbucket-server" : "shop"}-${host}`;

/** Asks a host again and again until a command succeeds there. @throws Error with what it said last */
async function eventually(host: string, command: string, seconds = 90): Promise<void> {
  const end = Date.now() + seconds * 1000;
  for (;;) {
    const { status, stdout, stderr } = await trySsh(lab, host, command);
    if (status === 0) return;
    if (Date.now() > end) throw new Error(`${host}: ${command}\n${stdout}\n${stderr}`);
    await sleep(500);
  }
}

/** Every name on every host and inside its container, and every container from every other one by name. */
async function expectWhole(hosts: readonly string[] = HOSTS): Promise<void> {
  await everywhere(async (host) => {
    await eventually(host, `getent hosts ${NAMES.join(" ")}`);
    const inside = `docker exec ${containerOn(host)}`;
    for (const name of NAMES) await eventually(host, `${inside} nslookup ${name}`);
    for (const other of [...hosts.filter((each) => each !== host).map(containerOn), "bitbucket-server"])
      await eventually(host, `${inside} ping -c 1 -W 2 ${other}`);
  }, hosts);
}

/** One leader, and all voters alive. */
async function expectLeader(version: string, hosts: readonly string[] = HOSTS): Promise<void> {
  const peers = await on("staging-1", "docker exec consul consul operator raft list-peers");
  expect(peers.split("\n").filter((line) => / leader .* true /.test(line))).toHaveLength(1);
  expect(peers.split("\n").filter((line) => / follower .* true /.test(line))).toHaveLength(2);
  const members = await on("staging-1", "docker exec consul consul members");
  for (const host of hosts) expect(members).toMatch(new RegExp(`^${host} .* alive .* ${version.replaceAll(".", "\\.")} `, "m")); // prettier-ignore
}

const expectEmptyPlans = async () => {
  expect(await changingPlans(runbooks.stacks)).toEqual({});
};

/** What lies in /etc, with modes, owners, and the hashes of contents. */
const etcOf = (host: string) =>
  outputOf("ssh", [
    ...sshArguments(lab, host, "root"),
    "cd /etc && find . -printf '%p %y %m %u %g %l\\n' | sort && find . -type f -print0 | sort -z | xargs -0 sha256sum",
  ]);

/** Lookups on every host, 200 a second, while something is done. */
async function duringLookups(act: () => Promise<unknown>): Promise<LookupsEnded[]> {
  const running = await everywhere((host) => Lookups.start(lab, host, 200, NAMES));
  let ended: LookupsEnded[];
  try {
    await sleep(1000);
    await act();
    await sleep(1000);
  } finally {
    ended = await Promise.all(running.map((lookups) => lookups.stop()));
  }
  return ended;
}

/** The release that a runbook's version is for here: the lab has images of its own. */
const ownImage = (change: unknown) => {
  const { consulVersion } = change as { consulVersion?: string };
  return consulVersion === undefined ? {} : { images: { consul: `lab/consul:${consulVersion}` } };
};

beforeAll(async () => {
  await requireEnginesRing();
  states = new LabStates();
  lab = await upLab({ lab: name, subnet: SUBNET, count: 3, images: IMAGES, ...silent });
  runbooks = new Runbooks(lab);
}, SLOW);

afterAll(async () => {
  try {
    await downLab(name, silent);
  } finally {
    states?.close();
    runbooks.close();
  }
}, SLOW);

describe("bare hosts", () => {
  let before: string[] = [];

  test(
    "become a fleet by one deploy, with a plain overlay",
    async () => {
      before = await everywhere(etcOf);
      runbooks.set({ overlay: { name: "docker-internal" } });
      const { said } = await runbooks.run("first-deploy");
      expect(said.join("\n")).toContain("staging-engines");
      await everywhere(async (host) => {
        expect(
          await on(host, "docker info --format '{{.ClusterStore}} {{.ClusterAdvertise}}' 2>/dev/null"),
        ).toBe(`consul://127.0.0.1:8500 ${lab.hosts.find((each) => each.name === host)?.address ?? ""}:2375`);
        expect(await on(host, "docker network inspect --format '{{.Driver}}' docker-internal")).toBe(
          "overlay",
        );
      });
      await expectLeader("1.19.2");
      await expectWhole();
      await expectEmptyPlans();
    },
    SLOW,
  );

  test(
    "are as they were, byte for byte, when it is taken down",
    async () => {
      await runbooks.run("take-everything-down", { to: 2 });
      await everywhere(async (host) => {
        expect(await on(host, "docker ps --all --quiet")).toBe("");
        expect(await on(host, "docker network ls --format '{{.Name}}' | sort")).toBe("bridge\nhost\nnone");
        expect(await on(host, "docker volume ls --quiet --filter name=consul-data")).toBe("");
        expect(await on(host, "ls /var/lib /usr/local/lib | grep cdktf || :")).toBe("");
      });
      expect(await everywhere(etcOf)).toEqual(before);
    },
    SLOW,
  );
});

describe("a hand-made set-up", () => {
  let before: string[] = [];
  let networks: string[] = [];
  const networksOf = (host: string) => on(host, "docker network ls --format '{{.Name}}' | sort | xargs");

  test(
    "is taken over with its data and its overlay, which has a subnet, a gateway and a range",
    async () => {
      const hosts = lab.hosts.map(({ name: host, address }) => `${host}=${address}`);
      const script = join(__dirname, "..", "..", "bench", "hosts", "by-hand.sh");
      await outputOf("bash", [script, pathsOf(lab.folder).sshConfig, SUBNET.replace("0/24", "2"), ...hosts]);
      await on("staging-1", "docker exec consul consul kv put made by-hand");
      const network = await on("staging-3", "docker network inspect --format '{{.Id}}' docker-internal");
      before = await everywhere(etcOf);
      networks = await everywhere(networksOf);
      const settings = runbooks.settings as Record<string, never>;
      runbooks.write(Object.fromEntries(Object.entries(settings).filter(([key]) => key !== "overlay")));
      const { said } = await runbooks.run("move-from-a-hand-made-set-up");
      expect(said.at(-1)).toContain(network);
      expect(await on("staging-2", "docker exec consul consul kv get made")).toBe("by-hand");
      expect(
        await everywhere((host) =>
          on(host, "docker network inspect --format '{{json (index .IPAM.Config 0)}}' docker-internal"),
        ),
      ).toEqual(
        HOSTS.map(() => `{"Subnet":"10.24.0.0/16","IPRange":"10.24.128.0/17","Gateway":"10.24.0.1"}`),
      );
      await expectLeader("1.19.2");
      await expectWhole();
      await expectEmptyPlans();
    },
    SLOW,
  );

  test(
    "keeps its engines' processes while a setting is reloaded, and answers on all other hosts while one restarts",
    async () => {
      const engines = () =>
        everywhere((host) => on(host, "systemctl show --property MainPID --value docker"));
      const uptimes = () =>
        everywhere((host) =>
          on(host, `docker inspect --format '{{.State.StartedAt}} {{.State.Pid}}' ${containerOn(host)}`),
        );
      const [pids, started] = [await engines(), await uptimes()];
      const reloaded = await duringLookups(() => runbooks.run("change-an-engine-setting", { to: 3 }));
      expect(reloaded.map(({ failed }) => failed)).toEqual([[], [], []]);
      expect(await engines()).toEqual(pids);
      const restarted = await duringLookups(() => runbooks.run("change-an-engine-setting", { from: 3 }));
      const after = await engines();
      HOSTS.forEach((_, i) => {
        expect(after[i]).not.toBe(pids[i]);
      });
      expect(await uptimes()).toEqual(started);
      // A host's own BIND is published by its engine: it may be away while that restarts, and no other one's.
      const away = restarted.flatMap(({ failed }, i) =>
        failed.map(({ time }) => ({ host: HOSTS[i] ?? "", time })),
      );
      const at = (host: string) => away.filter((each) => each.host === host).map(({ time }) => time);
      for (const host of HOSTS) {
        const times = at(host);
        const [first, last] = [Math.min(...times), Math.max(...times)];
        expect(times.length === 0 ? 0 : last - first).toBeLessThan(5_000);
        expect(away.filter((each) => each.host !== host && each.time >= first && each.time <= last)).toEqual(
          [],
        );
      }
      await expectWhole();
      await expectEmptyPlans();
    },
    SLOW,
  );

  test(
    "gets another setting of Consul, then another version, and no lookup fails meanwhile",
    async () => {
      const leaders: string[] = [];
      const lookups = await duringLookups(async () => {
        await runbooks.run("upgrade-consul", { to: 3 });
        leaders.push(await on("staging-2", "docker exec consul consul operator raft list-peers"));
        await runbooks.run("upgrade-consul", { from: 3, before: ownImage });
      });
      expect(leaders[0]).toContain(" leader ");
      for (const { asked, answered, failed, seconds } of lookups) {
        expect(failed).toEqual([]);
        expect(answered).toBe(asked);
        expect(asked / seconds).toBeGreaterThan(190);
      }
      expect(await on("staging-3", "docker exec consul consul kv get made")).toBe("by-hand");
      await expectLeader("1.20.1");
      await expectWhole();
      await expectEmptyPlans();
    },
    SLOW,
  );

  test.each([...HOSTS, "all"])(
    "comes back by itself when killed: %s",
    async (killed) => {
      const hosts = killed === "all" ? HOSTS : [killed];
      await everywhere((host) => killHost(lab, host), hosts);
      await everywhere((host) => startHost(lab, host), hosts);
      await expectWhole();
      await expectLeader("1.20.1");
    },
    SLOW,
  );

  test(
    "takes in a host that was lost and made new, by one deploy that touches no other one",
    async () => {
      lab = await replaceHost(lab, "staging-2", silent.say);
      const others = await everywhere(
        (host) => on(host, "docker ps --no-trunc --quiet | sort"),
        ["staging-1", "staging-3"],
      );
      await runbooks.commands("npx cdktf synth");
      const changing = await changingPlans(
        runbooks.stacks,
        (stack) => /-server-[13]/.test(stack) || stack === "staging-engines",
      );
      expect(Object.keys(changing)).toEqual(["staging-engines"]);
      for (const change of changing["staging-engines"] ?? []) expect(change).toContain(".staging-2");
      await runbooks.run("replace-a-host");
      expect(
        await everywhere(
          (host) => on(host, "docker ps --no-trunc --quiet | sort"),
          ["staging-1", "staging-3"],
        ),
      ).toEqual(others);
      await expectLeader("1.20.1");
      await expectWhole();
      await expectEmptyPlans();
      before[1] = "";
    },
    SLOW,
  );

  test(
    "grows by a host, and gives one up",
    async () => {
      lab = await upLab({ lab: name, count: 4, ...silent });
      await runbooks.run("add-a-host", { to: 2 });
      await expectWhole([...HOSTS, "staging-4"]);
      await expectEmptyPlans();
      await runbooks.run("add-a-host", { from: 2, to: 4 });
      expect(await on("staging-4", "docker ps --all --quiet")).toBe("");
      const settings = runbooks.settings as { hosts: Record<string, never> };
      runbooks.write({
        ...settings,
        hosts: Object.fromEntries(Object.entries(settings.hosts).filter(([host]) => host !== "staging-4")),
      });
      await runbooks.run("add-a-host", { from: 4 });
      await expectWhole();
      await expectEmptyPlans();
    },
    SLOW,
  );

  test(
    "is back, byte for byte, when the fleet is taken down",
    async () => {
      await runbooks.run("take-everything-down", { from: 2 });
      await everywhere(async (host) => {
        expect(await on(host, "docker ps --all --quiet")).toBe("");
      });
      const own = ["services", "docker-internal"];
      const left = networks.map((names) =>
        names
          .split(" ")
          .filter((each) => !own.includes(each))
          .join(" "),
      );
      // The second host was made new since then; an engine makes docker_gwbridge only where a container needs it.
      left[1] = "bridge host none";
      expect(await everywhere(networksOf)).toEqual(left);
      const after = await everywhere(etcOf);
      // The lab has named its fourth host in there since then.
      const withoutHosts = (etc: string | undefined) => etc?.replace(/^.* \.\/hosts$/m, "");
      // The second host was made new since then, so that there was nothing of a set-up before.
      for (const i of [0, 2]) expect(withoutHosts(after[i])).toBe(withoutHosts(before[i]));
      expect(after[1]).not.toContain("daemon.json");
    },
    SLOW,
  );
});

describe("a host that is not what it is described as", () => {
  test(
    "stops the deploy before anything is made on any host",
    async () => {
      const all = [...HOSTS, "staging-5"];
      lab = await upLab({ lab: name, named: [{ name: "staging-5", release: "trixie" }], ...silent });
      const before = await everywhere(etcOf, all);
      const truly = await runbooks.tryCommands("npx cdktf deploy 'staging-*'");
      expect(truly.status).not.toBe(0);
      expect(truly.stdout + truly.stderr).toMatch(/staging-5.*26\.1\.5/);
      expect(truly.stdout + truly.stderr).toContain("environment/engines-version");
      runbooks.set({ hosts: { "staging-5": { engineVersion: "20.10.5" } } });
      const falsely = await runbooks.tryCommands("npx cdktf deploy 'staging-*'");
      expect(falsely.status).not.toBe(0);
      expect(falsely.stdout + falsely.stderr).toContain("is described as 20.10.5");
      await everywhere(async (host) => {
        expect(await on(host, "docker ps --all --quiet")).toBe("");
      }, all);
      expect(await everywhere(etcOf, all)).toEqual(before);
    },
    SLOW,
  );
});
