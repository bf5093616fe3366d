import { type SpawnSyncReturns, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import type { EnvironmentSummary } from "../stacks/summary";

const root = dirname(__dirname);
const tsx = join(root, "node_modules", "tsx", "dist", "cli.mjs");

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "main-test-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Runs one of the project's programs in an empty folder, as npm would. */
function run(
  program: string,
  args: readonly string[] = [],
  env: Readonly<Record<string, string>> = {},
): SpawnSyncReturns<string> {
  const inherited = Object.entries(process.env).filter(
    ([name]) => !["CDKTF_OUTDIR", "LOCAL_SETTINGS", "STAGING_SETTINGS"].includes(name),
  );
  return spawnSync(process.execPath, [tsx, join(root, program), ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...Object.fromEntries(inherited), ...env },
  });
}

function settingsFile(content: unknown): string {
  const file = join(folder, "settings.json");
  writeFileSync(file, JSON.stringify(content));
  return file;
}

describe("npm start", () => {
  let result: SpawnSyncReturns<string>;
  beforeAll(() => {
    result = run("main.ts");
  });

  it("synthesizes every environment and says so in lines", () => {
    expect(result.status).toBe(0);
    const blocks = result.stdout.split("\n\n").map((block) => block.split("\n")[0]);
    expect(blocks.filter((line) => line !== "")).toEqual(["local", "staging", "production"]);
    expect(result.stderr).not.toMatch(/\bat .*:\d+:\d+/);
  });

  it.each([
    ["stacks and what they wait for", /^ {2}production-fleet \(after production-server-3\)$/m],
    ["hosts", /^ {4}host {7}docker 172\.30\.53\.1$/m],
    ["networks", /^ {4}network {4}local on docker: 172\.30\.53\.0\/24, gateway 172\.30\.53\.1$/m],
    ["containers with their images", /^ {4}container {2}consul on consul-2: hashicorp\/consul:1\.19\.2$/m],
    ["published addresses", /^ {17}172\.30\.53\.1:8080 -> 80\/tcp$/m],
    ["ports that the engine picks", /^ {17}10\.30\.0\.14:\* -> 8000\/tcp$/m],
    ["zones with their agents", /^ {4}zone {7}consul at 172\.30\.53\.1: asks 172\.30\.53\.2:8600$/m],
    ["where the JSON lies", /^ {4}Terraform {2}cdktf\.out\/stacks\/local-docker\/cdk\.tf\.json$/m],
  ])("prints %s", (_, line) => {
    expect(result.stdout).toMatch(line);
  });

  it("writes the JSON where it says", () => {
    const places = [...result.stdout.matchAll(/Terraform {2}(\S+)/g)].map(([, place]) => place ?? "");
    expect(places).toHaveLength(8);
    for (const place of places) {
      expect(JSON.parse(readFileSync(join(folder, place), "utf8"))).toHaveProperty(
        "resource.docker_container",
      );
    }
  });

  it("warns once of each image that moves, and prints nothing else beside the result", () => {
    const lines = result.stderr.split("\n").filter((text) => text !== "");
    const warnings = lines.filter((line) => line.startsWith("warning: "));
    expect(warnings).toEqual([
      expect.stringMatching(/^warning: image gliderlabs\/registrator:master: its tag moves/),
    ]);
    for (const line of lines.filter((text) => !warnings.includes(text)))
      expect(line).toMatch(/^(describing (local|staging|production) |writing Terraform JSON )/);
  });
});

describe("npm start -- --json", () => {
  it("prints the same for programs", () => {
    const { status, stdout } = run("main.ts", ["--json"]);
    expect(status).toBe(0);
    const summaries = JSON.parse(stdout) as EnvironmentSummary[];
    expect(summaries.map(({ environment, stacks }) => [environment, stacks.length])).toEqual([
      ["local", 1],
      ["staging", 3],
      ["production", 4],
    ]);
    expect(summaries[0]?.stacks[0]).toMatchObject({
      stack: "local-docker",
      terraformJson: "cdktf.out/stacks/local-docker/cdk.tf.json",
      after: [],
      hosts: [{ name: "docker", address: "172.30.53.1" }],
      networks: [{ name: "local", host: "docker", subnet: "172.30.53.0/24", gateway: "172.30.53.1" }],
      zones: [{ zone: "consul", resolver: "172.30.53.1", agents: ["172.30.53.2:8600"] }],
      warnings: [expect.stringContaining("its tag moves")],
    });
    expect(summaries[0]?.stacks[0]?.containers).toContainEqual({
      name: "web",
      host: "docker",
      image: "nginx:1.27.3-alpine",
      published: ["172.30.53.1:8080 -> 80/tcp"],
    });
  });

  it("prints nothing under the cdktf CLI, which has its own word", () => {
    const outdir = join(folder, "elsewhere");
    const { status, stdout } = run("main.ts", [], { CDKTF_OUTDIR: outdir });
    expect(status).toBe(0);
    expect(stdout).toBe("");
    expect(existsSync(join(outdir, "stacks", "production-fleet", "cdk.tf.json"))).toBe(true);
  });
});

describe("npm start with the settings of a staging whose hosts declare their keys", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
  const hosts = Object.fromEntries([1, 2, 3].map((n) => [`staging-${n}`, { hostKeys: [key] }]));
  let result: SpawnSyncReturns<string>;
  beforeAll(() => {
    result = run("main.ts", [], { STAGING_SETTINGS: settingsFile({ hosts }) });
  });

  it.each([
    ["stacks in layers", /^ {2}staging-network \(after staging-engines\)$/m],
    ["changes of the hosts", /^ {4}change {5}staging-2: the engine's settings$/m],
    ["networks over all hosts", /^ {4}overlay {4}docker-internal from staging-1: 10\.24\.0\.0\/16$/m],
    ["containers by service and host", /^ {4}container {2}shop-staging-3 on staging-3: /m],
  ])("prints %s", (_, line) => {
    expect(result.stdout).toMatch(line);
    expect(result.status).toBe(0);
  });

  it("says of an engine that knows no store what is to be done, before it writes anything", () => {
    const modern = { "staging-1": { hostKeys: [key], engineVersion: "26.1.5" } };
    const { status, stdout, stderr } = run("main.ts", [], {
      STAGING_SETTINGS: settingsFile({ hosts: modern }),
    });
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr).toMatch(
      /^environments: 1 fault\n {2}- .*use swarm mode.*\[environment\/engines-version\]\n$/,
    );
  });
});

describe("npm start with something wrong", () => {
  it("shows all faults of the settings at once, without a stack trace, and writes nothing", () => {
    const outdir = join(folder, "refused");
    const { status, stdout, stderr } = run("main.ts", [], {
      LOCAL_SETTINGS: settingsFile({ subnet: "172.30.53.1/24", web: { port: "80" }, colour: "red" }),
      CDKTF_OUTDIR: outdir,
    });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^environment local: 3 faults\n( {2}- LOCAL_SETTINGS .*\[environment\/local-settings\]\n){3}$/,
    );
    expect(existsSync(outdir)).toBe(false);
  });

  it("shows all faults of the environments at once", () => {
    const { status, stderr } = run("main.ts", [], {
      LOCAL_SETTINGS: settingsFile({
        upstreams: ["dns.example.com"],
        web: { hostPort: 53 },
        stateFolder: "state",
      }),
    });
    expect(status).toBe(1);
    expect(stderr).toMatch(/^environments: 3 faults\n/);
    for (const code of ["environment/upstream", "environment/duplicate-port", "environment/backend"])
      expect(stderr).toContain(`[${code}]`);
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("says how it is used when it is used otherwise", () => {
    const { status, stdout, stderr } = run("main.ts", ["--jsno"]);
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(/^Unknown option '--jsno'.*\n\nSynthesizes every environment[\s\S]*-- --json/);
    expect(stderr).not.toMatch(/^\s+at /m);
    const help = run("main.ts", ["--help"]);
    expect(help.status).toBe(0);
    expect(help.stdout).toContain("npm start -- --json");
  });
});

describe("npm run local", () => {
  it("names what the machine lacks before it does anything", () => {
    const empty = join(folder, "empty");
    mkdirSync(empty);
    const { status, stdout, stderr } = run("commands/local.ts", [], { PATH: empty, HOME: empty });
    expect(status).toBe(1);
    expect(stdout).toBe("");
    expect(stderr).toMatch(
      /^This machine lacks:\n {2}- Terraform or OpenTofu 1\.10\.0 or later: install terraform/,
    );
    expect(stderr).not.toMatch(/^\s+at /m);
  });

  it("refuses settings before it looks at the machine", () => {
    const { status, stderr } = run("commands/local.ts", [], {
      LOCAL_SETTINGS: settingsFile({ web: { hostPort: 53 } }),
    });
    expect(status).toBe(1);
    expect(stderr).toContain("[environment/duplicate-port]");
    expect(stderr).not.toContain("This machine lacks");
  });
});
