import { execFileSync, spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { LOCAL_SETTINGS, readLocalSettings } from "../../environments/local-settings";
import { local } from "../../environments/local";
import { addEnvironment } from "../../stacks/environment-stacks";
import { onOwnEngine } from "./own-engine";
import { docker, inspect, Workspace } from "./terraform";

const GATEWAY = "172.30.53.1";
const BY_HAND = "byhand";
const OTHER_NETWORK = "byhand-other";
/** Long enough for `cdktf deploy` on two busy cores. */
const DEPLOY = 240_000;
const root = join(__dirname, "../..");

interface Settings {
  [key: string]: unknown;
  web?: Record<string, unknown>;
}

interface Answer {
  readonly status: string;
  readonly short: readonly string[];
  readonly milliseconds: number;
}

/** Asks BIND from the host. */
function dig(name: string, type = "A", ...more: string[]): Answer {
  return parse(["dig", `@${GATEWAY}`, name, type, "+tries=1", "+time=8", ...more]);
}

/** Asks BIND, as the resolver that its engine gives it, from a container on another network. */
function digInside(name: string, type = "A"): Answer {
  return parse(["docker", "exec", `${BY_HAND}-tools`, "dig", name, type, "+tries=1", "+time=8"]);
}

function parse([program = "", ...args]: string[]): Answer {
  const started = Date.now();
  const { stdout } = spawnSync(program, args, { encoding: "utf8" });
  const milliseconds = Date.now() - started;
  const status = /status: ([A-Z]+)/.exec(stdout)?.[1] ?? "no answer";
  const section = /;; ANSWER SECTION:\n([\s\S]*?)\n\n/.exec(stdout)?.[1] ?? "";
  const short = section
    .split("\n")
    .filter(Boolean)
    .map((line) => line.split(/\s+/).slice(4).join(" "));
  return { status, short, milliseconds };
}

const sleep = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

/** Tries until something holds, and says how long that took; after `within` the last failure is thrown. */
async function eventually(within: number, check: () => void | Promise<void>): Promise<number> {
  const started = Date.now();
  for (;;) {
    try {
      await check();
      return Date.now() - started;
    } catch (error) {
      if (Date.now() - started > within) throw error;
      await sleep(100);
    }
  }
}

async function consul(path: string, init: RequestInit = {}): Promise<unknown> {
  const response = await fetch(`http://${GATEWAY}:8500/v1/${path}`, {
    ...init,
    signal: AbortSignal.timeout(3_000),
  });
  if (!response.ok) throw new Error(`${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

function pidOf(container: string): number {
  return (inspect("container", container)["State"] as { Pid: number }).Pid;
}

/** The process of a program in a container, whatever entrypoint started it. */
function processOf(container: string, program: string): number {
  const lines = docker("top", container, "-eo", "pid,comm").split("\n").slice(1);
  const found = lines.map((line) => line.trim().split(/\s+/)).filter(([, command]) => command === program);
  const pid = Number(found.at(-1)?.[0]);
  if (!Number.isInteger(pid)) throw new Error(`no ${program} in ${container}: ${lines.join("; ")}`);
  return pid;
}

function runByHand(name: string, hostPort: number, ...more: string[]): void {
  docker(
    "run",
    "--detach",
    "--name",
    `${BY_HAND}-${name}`,
    "--publish",
    `${GATEWAY}:${hostPort}:8000`,
    "--label",
    `SERVICE_NAME=${name}`,
    ...more,
    "lab/web:1.0",
  );
}

function removeByHand(): void {
  const names = docker("ps", "--all", "--filter", `name=${BY_HAND}`, "--format", "{{.Names}}")
    .split("\n")
    .filter(Boolean);
  if (names.length > 0) docker("rm", "--force", "--volumes", ...names);
  spawnSync("docker", ["network", "rm", OTHER_NETWORK]);
}

onOwnEngine();

describe.each(["4.5.0", "3.6.2"] as const)("local with provider %s", (providerVersion) => {
  const folder = mkdtempSync(join(tmpdir(), "cdktf-docker-discovery-local-"));
  const settingsFile = join(folder, "settings.json");
  const workspace = new Workspace();
  let settings: Settings = {
    images: {
      consul: "lab/consul:1.19.2",
      registrator: "lab/registrator:7.4.0",
      bind: "lab/bind9:9.18",
      web: "lab/web:1.0",
    },
    bindVersion: "9.18",
    web: { port: 8000, path: "/healthz" },
    providerVersion,
    stateFolder: folder,
  };

  function npm(script: string): string {
    writeFileSync(settingsFile, JSON.stringify(settings));
    const result = spawnSync("npm", ["run", "--silent", script], {
      cwd: root,
      env: { ...process.env, [LOCAL_SETTINGS]: settingsFile, CI: "1" },
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
    });
    if (result.status !== 0)
      throw new Error(`npm run ${script}: ${String(result.status)}\n${result.stdout}\n${result.stderr}`);
    return result.stdout;
  }

  /** The stack as its settings say now. */
  function stack() {
    writeFileSync(settingsFile, JSON.stringify(settings));
    workspace.synth((app) => {
      addEnvironment(app, local(readLocalSettings(settingsFile)));
    });
    return workspace.stack("local-docker");
  }

  beforeAll(() => {
    removeByHand();
    spawnSync("docker", ["volume", "rm", "consul-data"]);
    // What an earlier run initialized there knows that run's state folder.
    rmSync(join(root, "cdktf.out/stacks/local-docker"), { recursive: true, force: true });
  });

  afterAll(() => {
    try {
      removeByHand();
      if (docker("ps", "--all", "--filter", "name=^registrator$", "--quiet") !== "") stack().destroy();
    } finally {
      spawnSync("docker", ["volume", "rm", "consul-data"]);
      rmSync(folder, { recursive: true, force: true });
    }
  }, DEPLOY);

  it(
    "deploys from nothing, and BIND answers for the web container",
    () => {
      const printed = npm("local");
      expect(printed).toContain(`web.service.consul is ${GATEWAY}, port 8080`);
      expect(dig("web.service.consul").short).toEqual([GATEWAY]);
      expect(dig("web.service.consul", "SRV").short).toEqual([
        expect.stringMatching(/^1 1 8080 \S+\.addr\.local\.consul\.$/),
      ]);
      expect(dig("web.service.consul", "SRV", "+tcp").short).toHaveLength(1);
      expect(dig("nobody.service.consul").status).toBe("NXDOMAIN");
    },
    DEPLOY,
  );

  it("plans nothing a second time", () => {
    expect(stack().plan()).toEqual([]);
  }, 60_000);

  it("publishes on the gateway's address and nowhere else", () => {
    const listeners = execFileSync("ss", ["-Hltnup"], { encoding: "utf8" })
      .split("\n")
      .filter((line) => line.includes("docker-proxy"));
    expect(listeners.length).toBeGreaterThan(0);
    expect(listeners.filter((line) => !line.includes(` ${GATEWAY}:`))).toEqual([]);
  });

  it("passes a network check", async () => {
    await eventually(10_000, async () => {
      expect(await consul("health/checks/web")).toEqual([
        expect.objectContaining({ Status: "passing", Type: "http" }),
      ]);
    });
  }, 20_000);

  it("resolves the classic names of containers started by hand", async () => {
    docker(
      "run",
      "--detach",
      "--name",
      `${BY_HAND}-bitbucket`,
      "--publish",
      `${GATEWAY}:7990:7990`,
      "--publish",
      `${GATEWAY}:7999:7999`,
      "bitbucket-server:1.0",
    );
    await eventually(5_000, () => {
      for (const [name, port] of [
        ["bitbucket-server-7990", 7990],
        ["bitbucket-server-7999", 7999],
        ["consul-8500", 8500],
      ] as const) {
        expect(dig(`${name}.service.consul`).short).toEqual([GATEWAY]);
        expect(dig(`${name}.service.consul`, "SRV").short).toEqual([expect.stringContaining(`1 1 ${port} `)]);
      }
    });
    // BIND itself is not in the catalogue.
    expect(Object.keys((await consul("catalog/services")) as object)).not.toContainEqual(
      expect.stringMatching(/bind/),
    );
  }, 20_000);

  it("finds a container started by hand within 2 s and forgets it within 5 s, on the host and on another network", async () => {
    docker("network", "create", OTHER_NETWORK);
    docker(
      "run",
      "--detach",
      "--name",
      `${BY_HAND}-tools`,
      "--network",
      OTHER_NETWORK,
      "--dns",
      GATEWAY,
      "lab/tools:1.0",
      "sleep",
      "3600",
    );
    // Asked before it exists, so that a remembered "no such name" counts too.
    expect(dig("fresh.service.consul").status).toBe("NXDOMAIN");
    expect(digInside("fresh.service.consul").status).toBe("NXDOMAIN");
    runByHand("fresh", 8081);
    const found = await eventually(2_000, () => {
      expect(dig("fresh.service.consul").short).toEqual([GATEWAY]);
      expect(digInside("fresh.service.consul").short).toEqual([GATEWAY]);
    });
    expect(digInside("fresh.service.consul", "SRV").short).toEqual([expect.stringContaining("1 1 8081 ")]);
    expect(found).toBeLessThanOrEqual(2_000);
    docker("stop", "--time", "0", `${BY_HAND}-fresh`);
    const gone = await eventually(5_000, () => {
      expect(dig("fresh.service.consul").status).toBe("NXDOMAIN");
      expect(digInside("fresh.service.consul").status).toBe("NXDOMAIN");
    });
    expect(gone).toBeLessThanOrEqual(5_000);
  }, 60_000);

  it("is right again after registrator was killed, also for what started and stopped meanwhile", async () => {
    runByHand("stops", 8082);
    await eventually(5_000, () => {
      expect(dig("stops.service.consul").short).toEqual([GATEWAY]);
    });
    const before = pidOf("registrator");
    // Frozen first: what happens now reaches it never.
    process.kill(before, "SIGSTOP");
    docker("rm", "--force", `${BY_HAND}-stops`);
    runByHand("starts", 8083);
    process.kill(before, "SIGKILL");
    await eventually(10_000, () => {
      expect(pidOf("registrator")).not.toBe(before);
      expect(pidOf("registrator")).toBeGreaterThan(0);
      expect(dig("starts.service.consul").short).toEqual([GATEWAY]);
      expect(dig("stops.service.consul").status).toBe("NXDOMAIN");
    });
    const services = (await consul("agent/services")) as Record<string, { Service: string }>;
    const names = Object.values(services).map(({ Service }) => Service);
    expect(names.filter((name) => name === "web")).toHaveLength(1);
  }, 60_000);

  it("is right again within 10 s after Consul was killed, with its data", async () => {
    await consul("kv/canary", { method: "PUT", body: "alive" });
    const before = processOf("consul", "consul");
    process.kill(before, "SIGKILL");
    docker("rm", "--force", `${BY_HAND}-starts`);
    runByHand("later", 8084);
    await eventually(20_000, async () => {
      expect(await consul("status/leader")).toMatch(/:8300$/);
    });
    expect(processOf("consul", "consul")).not.toBe(before);
    await eventually(10_000, () => {
      expect(dig("later.service.consul").short).toEqual([GATEWAY]);
      expect(dig("starts.service.consul").status).toBe("NXDOMAIN");
      expect(dig("web.service.consul").short).toEqual([GATEWAY]);
    });
    const [entry] = (await consul("kv/canary")) as { Value: string }[];
    expect(Buffer.from(entry?.Value ?? "", "base64").toString()).toBe("alive");
  }, 60_000);

  it.each<[string, () => unknown, () => unknown]>([
    ["is stopped", () => docker("stop", "--time", "5", "consul"), () => docker("start", "consul")],
    [
      "hangs",
      () => process.kill(processOf("consul", "consul"), "SIGSTOP"),
      () => process.kill(processOf("consul", "consul"), "SIGCONT"),
    ],
  ])(
    "answers what it knew, within 4 s each, while the only agent %s",
    async (_, away, back) => {
      await eventually(20_000, () => {
        expect(dig("web.service.consul").short).toEqual([GATEWAY]);
      });
      away();
      try {
        // Past the TTL, so that nothing is answered from a fresh cache.
        await sleep(4_000);
        const answers: Answer[] = [];
        for (let i = 0; i < 5; i++) {
          answers.push(dig("web.service.consul"));
          await sleep(500);
        }
        expect(answers.map(({ short }) => short)).toEqual(Array(5).fill([GATEWAY]));
        expect(Math.max(...answers.map(({ milliseconds }) => milliseconds))).toBeLessThanOrEqual(4_000);
      } finally {
        back();
      }
      await eventually(20_000, async () => {
        expect(await consul("status/leader")).toMatch(/:8300$/);
        expect(dig("web.service.consul").short).toEqual([GATEWAY]);
      });
    },
    90_000,
  );

  describe("a change", () => {
    /** Plans and applies what the settings say now, and says which containers the plan named. */
    function change(): string[] {
      const deployed = stack();
      const planned = deployed
        .plan()
        .map(
          ({ address, actions }) =>
            `${address.replace(/^docker_container\.\w*?(consul|registrator|bind|web)_.*$/, "$1")} ${actions.join("+")}`,
        );
      deployed.apply();
      expect(deployed.plan()).toEqual([]);
      return planned;
    }

    it(
      "of the TTL reaches Consul",
      async () => {
        settings = { ...settings, serviceTtlSeconds: 2 };
        expect(change()).toContainEqual(expect.stringMatching(/^consul.* delete\+create$/));
        await eventually(20_000, () => {
          const { stdout } = spawnSync("dig", [`@${GATEWAY}`, "-p", "8600", "web.service.consul"], {
            encoding: "utf8",
          });
          expect(stdout).toMatch(/web\.service\.consul\.\s+2\s+IN\s+A/);
        });
      },
      DEPLOY,
    );

    it(
      "of the zone's agents reaches BIND",
      async () => {
        settings = { ...settings, furtherAgents: [{ address: GATEWAY, port: 8600 }] };
        expect(change()).toContainEqual(expect.stringMatching(/^bind.* delete\+create$/));
        expect(docker("exec", "bind", "cat", "/etc/bind/named.conf")).toContain(`${GATEWAY} port 8600`);
        await eventually(10_000, () => {
          expect(dig("web.service.consul").short).toEqual([GATEWAY]);
        });
      },
      DEPLOY,
    );

    it(
      "of a health check reaches the container",
      async () => {
        settings = {
          ...settings,
          web: { ...settings.web, healthCommand: "wget -q -O /dev/null http://127.0.0.1:8000/healthz" },
        };
        expect(change()).toContainEqual(expect.stringMatching(/web.* delete\+create$/));
        expect(inspect("container", "web")["Config"]).toMatchObject({
          Healthcheck: { Test: ["CMD-SHELL", "wget -q -O /dev/null http://127.0.0.1:8000/healthz"] },
        });
        await eventually(30_000, () => {
          expect(inspect("container", "web")["State"]).toMatchObject({ Health: { Status: "healthy" } });
        });
      },
      DEPLOY,
    );

    it(
      "of a memory limit reaches the container in place",
      () => {
        const before = pidOf("web");
        settings = { ...settings, web: { ...settings.web, memoryMebibytes: 96 } };
        expect(change()).toEqual([expect.stringMatching(/web.* update$/)]);
        expect(inspect("container", "web")["HostConfig"]).toMatchObject({ Memory: 96 * 1024 * 1024 });
        expect(pidOf("web")).toBe(before);
      },
      DEPLOY,
    );
  });

  if (providerVersion === "3.6.2") {
    it("plans no change when it moves to provider 4.5.0", () => {
      settings = { ...settings, providerVersion: "4.5.0" };
      expect(stack().plan()).toEqual([]);
    }, 60_000);
  }

  it(
    "leaves nothing but the kept volume when it is destroyed",
    () => {
      removeByHand();
      expect(npm("local:down")).toContain("docker volume rm consul-data");
      const own = ["consul", "registrator", "bind", "web"];
      expect(
        docker("ps", "--all", "--format", "{{.Names}}")
          .split("\n")
          .filter((name) => own.includes(name)),
      ).toEqual([]);
      expect(docker("network", "ls", "--format", "{{.Name}}").split("\n")).not.toContain("local");
      expect(
        docker("volume", "ls", "--quiet")
          .split("\n")
          .filter((name) => name.startsWith("consul")),
      ).toEqual(["consul-data"]);
    },
    DEPLOY,
  );
});
