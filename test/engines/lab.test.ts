import { execFileSync, spawn, spawnSync } from "node:child_process";
import { copyFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { killHost, restartHost, startHost } from "../../lab/faults";
import { containerOf, onConsole } from "../../lab/host-console";
import { sshArguments, ssh, trySsh } from "../../lab/host-ssh";
import { downLab, replaceHost, upLab } from "../../lab/hosts";
import { openLab, pathsOf, type Lab } from "../../lab/hosts-state";
import { labStatus } from "../../lab/hosts-status";
import { blockPort, cutHost, fillDisk, healHost, makeReadOnly, throttleHost } from "../../lab/link-faults";
import { requireEnginesRing } from "../../lab/requirements";
import { LabStates } from "./lab-states";
import { docker } from "./terraform";

/** Enough for an image of a host to be made, on two busy cores. */
const SLOW = 600_000;
const name = `lab-${process.pid.toString(36)}`;
/** What lies about in the same engine, and is nothing of the lab's. */
const bystander = `${name}x-bystander`;
const IMAGE = "lab/web:1.0";
const silent = { say: () => undefined };
const asked = { lab: name, subnet: "10.212.7.0/24", images: [IMAGE], ...silent };

let states: LabStates | undefined;
let lab: Lab;

/** The ids of the hosts' containers, and since when they run. */
const running = () =>
  Object.fromEntries(
    openLab(name).hosts.map((host) => [
      host.name,
      docker("inspect", "--format", "{{.Id}} {{.State.StartedAt}}", containerOf(lab, host.name)),
    ]),
  );
/** What the engine has with the lab's name in it. */
const traces = () =>
  [
    docker("ps", "--all", "--filter", `name=${name}-`, "--format", "{{.Names}}"),
    docker("volume", "ls", "--filter", `name=${name}-`, "--format", "{{.Name}}"),
    docker("network", "ls", "--filter", `name=${name}`, "--format", "{{.Name}}"),
  ]
    .join("\n")
    .split("\n")
    .filter((line) => line !== "" && !line.startsWith(bystander));
/** The cgroups of the engine's containers and of what runs in these, by path. */
const cgroups = (): string[] =>
  execFileSync("find", ["/sys/fs/cgroup", "-ignore_readdir_race", "-type", "d", "-path", "*docker*"], {
    encoding: "utf8",
  })
    .trim()
    .split("\n");
const reaches = (from: string, url: string) =>
  trySsh(lab, from, `curl --silent --fail --max-time 3 ${url}`).then(({ status }) => status === 0);

beforeAll(async () => {
  await requireEnginesRing();
  states = new LabStates();
  docker("network", "create", bystander);
  docker("run", "--detach", "--name", bystander, "--volume", `${bystander}:/data`, IMAGE);
}, SLOW);

afterAll(async () => {
  try {
    await downLab(name, silent);
  } finally {
    docker("rm", "--force", "--volumes", bystander);
    docker("volume", "rm", bystander);
    docker("network", "rm", bystander);
    states?.close();
  }
}, SLOW);

test(
  "a network of the lab's name that is somebody else's is left alone",
  async () => {
    docker("network", "create", name);
    try {
      await expect(upLab({ ...asked, count: 1 })).rejects.toThrow(/a network .* that is none of a lab's/);
      expect(docker("network", "inspect", "--format", "{{.Labels}}", name)).toBe("map[]");
      expect(traces()).toEqual([name]);
    } finally {
      docker("network", "rm", name);
    }
  },
  SLOW,
);

test(
  "a subnet that the machine has already is refused before anything is made",
  async () => {
    const format = "{{(index .IPAM.Config 0).Subnet}}";
    const taken = docker("network", "inspect", "--format", format, bystander);
    const subnet = taken.replace(/^(\d+\.\d+)\..*/, "$1.0.0/24");
    await expect(upLab({ ...asked, subnet, count: 1 })).rejects.toThrow(/which this machine reaches by br-/);
    await downLab(name, silent);
    expect(traces()).toEqual([]);
  },
  SLOW,
);

test(
  "hosts come up whole",
  async () => {
    lab = await upLab({ ...asked, named: [{ name: "one" }, { name: "two" }] });
    const { hosts } = await labStatus(lab);
    expect(hosts).toEqual(
      ["one", "two"].map((host, i) => ({
        ...{ name: host, address: `10.212.7.${101 + i}`, release: "bullseye", state: "running" },
        ...{ system: "running", engine: expect.stringMatching(/^20\.10\.5/) as string },
        hostKey: expect.stringMatching(/^ssh-ed25519 \S+$/) as string,
      })),
    );
    expect(hosts[0]?.hostKey).not.toBe(hosts[1]?.hostKey);
  },
  SLOW,
);

test("users come in by ssh, and have what a host's user has", async () => {
  const asUser = await ssh(
    lab,
    "one",
    "id -un; hostname; sudo -n id -un; docker info --format '{{.Driver}}'",
  );
  expect(asUser.split("\n")).toEqual(["deploy", "one", "root", "overlay2"]);
  expect(await ssh(lab, "one", "id -un", { user: "root" })).toBe("root");
  const units = ["ssh", "docker", "named", "systemd-resolved"].join(" ");
  const { stdout } = await trySsh(lab, "one", `systemctl is-active ${units}`);
  expect(stdout.trim().split("\n")).toEqual(["active", "active", "inactive", "inactive"]);
});

test("hosts find each other by name, by their files and by the lab's name server", async () => {
  expect(await ssh(lab, "one", "getent hosts two")).toMatch(/^10\.212\.7\.102 +two$/);
  expect(await ssh(lab, "one", "dig +short two.lab.example")).toBe("10.212.7.102");
});

test("what a real host's owner may write can be written", async () => {
  const renamed = "mv /etc/resolv.conf /etc/x && mv /etc/x /etc/resolv.conf && cat /etc/resolv.conf";
  expect(await ssh(lab, "one", renamed, { user: "root" })).toBe("search lab.example\nnameserver 10.212.7.2");
  const forwarding = "sysctl -w net.ipv4.ip_forward=1";
  expect(await ssh(lab, "one", forwarding, { user: "root" })).toBe("net.ipv4.ip_forward = 1");
});

test("ssh reads its configuration as it is meant", () => {
  const said = spawnSync("ssh", ["-G", ...sshArguments(lab, "two")], { encoding: "utf8" }).stdout;
  expect(said.split("\n")).toEqual(
    expect.arrayContaining([
      "hostname 10.212.7.102",
      "user deploy",
      "stricthostkeychecking true",
      `identityfile ${pathsOf(lab.folder).clientKey}`,
      `userknownhostsfile ${pathsOf(lab.folder).knownHosts}`,
    ]),
  );
});

test("the hosts' engines have the very image", async () => {
  const format = "docker image inspect --format '{{.Id}}'";
  const id = docker("image", "inspect", "--format", "{{.Id}}", IMAGE);
  for (const host of ["one", "two"]) expect(await ssh(lab, host, `${format} ${IMAGE}`)).toBe(id);
  await ssh(lab, "two", `docker run --detach --memory 64m --publish 8000:8000 --restart always ${IMAGE}`);
  expect(await reaches("one", "http://two:8000/healthz")).toBe(true);
});

test(
  "a second up changes nothing",
  async () => {
    const before = { running: running(), keys: lab.hostKeys };
    lab = await upLab(asked);
    expect({ running: running(), keys: lab.hostKeys }).toEqual(before);
  },
  SLOW,
);

describe("faults", () => {
  test(
    "a cut host keeps its address and routes, and nobody reaches it",
    async () => {
      const routes = () =>
        onConsole(lab, "two", "ip -4 -o address show eth0; ip route | sed 's/ linkdown//'");
      const before = await routes();
      await cutHost(lab, "two");
      expect(await reaches("one", "http://two:8000/healthz")).toBe(false);
      expect(await routes()).toBe(before);
      await healHost(lab, "two");
      expect(await reaches("one", "http://two:8000/healthz")).toBe(true);
    },
    SLOW,
  );

  test(
    "a blocked port drops what comes to a container's published port, and no other",
    async () => {
      await blockPort(lab, "two", "8000/tcp");
      await blockPort(lab, "two", "8000/tcp");
      expect(await reaches("one", "http://two:8000/healthz")).toBe(false);
      expect(await ssh(lab, "two", "curl --silent http://localhost:8000/healthz")).toBe("ok");
      await healHost(lab, "two");
      expect(await reaches("one", "http://two:8000/healthz")).toBe(true);
    },
    SLOW,
  );

  test("a throttled link has its rate in both directions until it is healed", async () => {
    const limits = async () => {
      const inside = await onConsole(lab, "two", "tc qdisc show dev eth0");
      const outside = execFileSync("tc", ["qdisc", "show"], { encoding: "utf8" });
      return [inside, outside].map((said) => said.split("rate 77Mbit").length - 1);
    };
    await throttleHost(lab, "two", "10mbit");
    await throttleHost(lab, "two", "77mbit");
    expect(await limits()).toEqual([1, 1]);
    await healHost(lab, "two");
    expect(await limits()).toEqual([0, 0]);
  });

  test("a full disk and a read-only folder refuse what is written, and healing brings the folder back", async () => {
    const listing = () => onConsole(lab, "two", "cd /etc/docker; find . -type f -exec md5sum {} + | sort");
    const before = await listing();
    await fillDisk(lab, "two", "/etc/docker");
    await fillDisk(lab, "two", "/etc/docker");
    const wish = "echo '{}' >/etc/docker/daemon.json";
    expect((await trySsh(lab, "two", wish, { user: "root" })).stderr).toMatch(/No space left on device/);
    expect(await listing()).toContain(before);
    await healHost(lab, "two");
    await makeReadOnly(lab, "two", "/etc/docker");
    expect((await trySsh(lab, "two", wish, { user: "root" })).stderr).toMatch(/Read-only file system/);
    await healHost(lab, "two");
    expect(await listing()).toBe(before);
    await ssh(lab, "two", "touch /etc/docker/x && rm /etc/docker/x", { user: "root" });
  });

  test(
    "a host that is killed and started has what was on its disk, and its containers run again",
    async () => {
      await ssh(lab, "two", "echo kept >/etc/kept; echo gone >/tmp/gone", { user: "root" });
      await killHost(lab, "two");
      expect((await labStatus(lab)).hosts.map(({ state }) => state)).toEqual(["running", "exited"]);
      await startHost(lab, "two");
      expect(await ssh(lab, "two", "cat /etc/kept; ls /tmp/gone 2>/dev/null || echo none")).toBe(
        "kept\nnone",
      );
      expect(await ssh(lab, "two", "docker ps --format '{{.Image}}'")).toBe(IMAGE);
    },
    SLOW,
  );

  test(
    "a restarted host shuts its units down",
    async () => {
      const unit = ["[Service]", "ExecStart=/bin/sleep 1000000", "ExecStop=/bin/touch /etc/stopped"].join(
        "\\n",
      );
      const start = `printf '${unit}' >/etc/systemd/system/told.service; systemctl start told`;
      await ssh(lab, "two", start, { user: "root" });
      await restartHost(lab, "two");
      expect(await ssh(lab, "two", "ls /etc/stopped")).toBe("/etc/stopped");
    },
    SLOW,
  );

  test(
    "a replaced host is empty, with another key, and ssh refuses it until that is known",
    async () => {
      const before = { others: running()["one"], key: lab.hostKeys["two"], address: lab.hosts[1]?.address };
      const { knownHosts } = pathsOf(lab.folder);
      copyFileSync(knownHosts, `${knownHosts}.old`);
      lab = await replaceHost(lab, "two", silent.say);
      expect(lab.hostKeys["two"]).not.toBe(before.key);
      const { stderr } = spawnSync(
        "ssh",
        [
          "-o",
          `UserKnownHostsFile=${knownHosts}.old`,
          "-o",
          "BatchMode=yes",
          ...sshArguments(lab, "two"),
          "true",
        ],
        { encoding: "utf8" },
      );
      expect(stderr).toMatch(/REMOTE HOST IDENTIFICATION HAS CHANGED/);
      expect(
        await ssh(lab, "two", "ls /etc/kept 2>/dev/null; docker ps --all --quiet; docker images --quiet"),
      ).toMatch(/^[0-9a-f]{12}$/);
      expect({ others: running()["one"], address: lab.hosts[1]?.address }).toEqual({
        others: before.others,
        address: before.address,
      });
    },
    SLOW,
  );
});

test(
  "an up that is killed midway is finished by the next",
  async () => {
    const before = running();
    const cli = join(__dirname, "../../lab/hosts-cli.ts");
    const child = spawn(
      process.execPath,
      ["--import", "tsx", cli, "up", "--lab", name, "--host", "three=trixie"],
      {
        stdio: ["ignore", "pipe", "inherit"],
        // Jest's variables are a copy, which a child does not get by itself.
        env: { ...process.env },
      },
    );
    const ended = new Promise((resolve) =>
      child.once("exit", (code, signal) => {
        resolve(signal ?? code);
      }),
    );
    // Killed when the host is being made: after its volume, before it is known to run.
    child.stdout.on("data", (said: Buffer) => {
      if (said.includes("three: making")) child.kill("SIGKILL");
    });
    expect(await ended).toBe("SIGKILL");
    // And a host whose making ended before its keys were in it.
    docker("rm", "--force", containerOf(lab, "two"));
    docker("create", "--name", containerOf(lab, "two"), "--label", `lab.hosts=${name}`, IMAGE);
    lab = await upLab(asked);
    expect((await labStatus(lab)).hosts.map((host) => [host.name, host.system, host.release])).toEqual([
      ["one", "running", "bullseye"],
      ["two", "running", "bullseye"],
      ["three", "running", "trixie"],
    ]);
    expect(running()["one"]).toBe(before["one"]);
    expect(await ssh(lab, "one", "getent hosts three")).toMatch(/^10\.212\.7\.103 /);
    expect(await ssh(lab, "three", "docker version --format '{{.Server.Version}}'")).toMatch(/^26\.1/);
  },
  SLOW,
);

test(
  "down removes what the lab made, and nothing else",
  async () => {
    const inner = await ssh(lab, "three", `docker run --detach ${IMAGE}`);
    expect(cgroups().some((path) => path.includes(inner))).toBe(true);
    await downLab(name, silent);
    expect(traces()).toEqual([]);
    expect(readdirSync(states!.folder)).toEqual([]);
    expect(cgroups().filter((path) => path.includes(inner))).toEqual([]);
    expect(docker("inspect", "--format", "{{.State.Running}}", bystander)).toBe("true");
    expect(docker("volume", "ls", "--quiet", "--filter", `name=${bystander}`)).toBe(bystander);
    expect(docker("image", "inspect", "--format", "{{index .RepoTags 0}}", "lab/host:bullseye")).toBe(
      "lab/host:bullseye",
    );
    // Nothing there is nothing missed.
    await downLab(name, silent);
  },
  SLOW,
);
