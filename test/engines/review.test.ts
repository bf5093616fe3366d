import { spawnSync } from "node:child_process";
import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Duration } from "../../constructs/core/duration";
import type { Environment, HostDescription } from "../../environments/environment";
import { production } from "../../environments/production";
import { validateEnvironment } from "../../environments/validate";
import { downLab, upLab } from "../../lab/hosts";
import { hostOf, pathsOf, type Lab } from "../../lab/hosts-state";
import { requireEnginesRing } from "../../lab/requirements";
import { addEnvironment } from "../../stacks/environment-stacks";
import { LabStates } from "./lab-states";
import { Workspace } from "./terraform";

const SLOW = 900_000;
const name = `review-${process.pid.toString(36)}`;
const HOSTS = ["consul-1", "web-1", "web-2"] as const;
const IMAGES = [
  "lab/consul:1.19.2",
  "lab/consul:1.20.1",
  "lab/registrator:7.4.0",
  "lab/bind9:9.18",
  "lab/web:1.0",
];
const STACKS = ["production-server-1", "production-fleet"] as const;
const WEB_2 = "production-fleet/web-2";
const silent = { say: () => undefined };

let folder = "";
let lab: Lab;
let workspace: Workspace;
let states: LabStates | undefined;

interface Change {
  readonly name: string;
  readonly type: string;
  readonly action: string;
  readonly host?: string;
  readonly attributes: readonly {
    readonly path: string;
    readonly before: unknown;
    readonly after: unknown;
  }[];
}
interface ReviewJson {
  readonly verdict: string;
  readonly because: readonly string[];
  readonly stacks: readonly {
    readonly name: string;
    readonly status: string;
    readonly changes: readonly Change[];
  }[];
  readonly findings: readonly {
    readonly rule: string;
    readonly level: string;
    readonly name?: string;
    readonly acknowledged?: object;
  }[];
}

/** Production on the lab's hosts: one server of the three, both workers, and images of the lab's own. */
function described(change: Partial<Environment> = {}): Environment {
  const host = (key: (typeof HOSTS)[number], i: number): HostDescription => {
    const { address } = hostOf(lab, key);
    const shop = production.hosts[key]?.services?.["shop"];
    return {
      ...(production.hosts[key] as HostDescription),
      address,
      connection: {
        kind: "ssh",
        user: "deploy",
        hostKeys: [lab.hostKeys[key] ?? ""],
        identityFile: pathsOf(lab.folder).clientKey,
      },
      engineVersion: "20.10.5",
      network: { name: "services", subnet: `10.213.${i + 1}.0/24`, ipRange: `10.213.${i + 1}.128/25` },
      ...(shop === undefined ? {} : { services: { shop: { ...shop, image: "lab/web:1.0" } } }),
    };
  };
  return {
    ...production,
    hosts: Object.fromEntries(HOSTS.map((key, i) => [key, host(key, i)])),
    groups: { "server-1": ["consul-1"], fleet: ["web-1", "web-2"] },
    images: { consul: "lab/consul:1.19.2", registrator: "lab/registrator:7.4.0", bind: "lab/bind9:9.18" },
    dns: { version: "9.18", upstreams: [] },
    backend: { kind: "local", folder: join(folder, "state") },
    ...change,
  };
}

/** The branch: another Consul, another TTL, a port, and a host that is to go. */
function branch(): Environment {
  const base = described();
  const { "web-1": web1, "web-2": web2 } = base.hosts;
  const shop = web1?.services?.["shop"];
  if (web1 === undefined || web2 === undefined || shop === undefined)
    throw new Error("production has changed");
  return {
    ...base,
    hosts: {
      ...base.hosts,
      "web-1": { ...web1, services: { shop: { ...shop, hostPort: 8080 } } },
      "web-2": { ...web2, retired: true },
    },
    images: { ...base.images, consul: "lab/consul:1.20.1" },
    consul: {
      ...base.consul,
      version: "1.20.1",
      configuration: { dnsConfig: { serviceTtl: { "*": Duration.seconds(2) } } },
    },
  };
}

function synth(environment: Environment): void {
  validateEnvironment(environment);
  workspace.synth((app) => {
    addEnvironment(app, environment);
  });
}

/** Runs the command line as users do, and gives its exit code and what it wrote. */
function planReview(...args: string[]): { status: number | null; stdout: string; stderr: string } {
  const cli = join(__dirname, "../../review/src/commands/cli.ts");
  const { status, stdout, stderr } = spawnSync(process.execPath, [require.resolve("tsx/cli"), cli, ...args], {
    cwd: folder,
    encoding: "utf8",
    env: { ...process.env, CDKTF_PLAN_REVIEW_KEY: "a key of the pipeline", TF_IN_AUTOMATION: "1" },
    maxBuffer: 64 * 1024 * 1024,
  });
  return { status, stdout, stderr };
}

const plans = () => join(folder, "plans");
const read = (): ReviewJson => JSON.parse(readFileSync(join(folder, "review.json"), "utf8")) as ReviewJson;
const review = (...more: string[]) =>
  planReview(
    "review",
    plans(),
    "--manifest",
    workspace.manifest,
    "--output",
    "review.json",
    "--output",
    "review.md",
    ...more,
  );

beforeAll(async () => {
  await requireEnginesRing();
  folder = mkdtempSync(join(tmpdir(), "plan-review-"));
  states = new LabStates();
  lab = await upLab({
    lab: name,
    subnet: "10.212.10.0/24",
    named: HOSTS.map((host) => ({ name: host })),
    images: IMAGES,
    ...silent,
  });
  workspace = new Workspace();
}, SLOW);

afterAll(async () => {
  try {
    await downLab(name, silent);
  } finally {
    states?.close();
    rmSync(folder, { recursive: true, force: true });
  }
}, SLOW);

test(
  "a deployed environment has nothing to review",
  () => {
    synth(described());
    for (const stack of STACKS) workspace.stack(stack).apply();
    const planned = planReview("plan", "--manifest", workspace.manifest, "--output", plans());
    expect({ status: planned.status, stderr: planned.stderr }).toMatchObject({ status: 0 });
    const reviewed = review();
    expect(reviewed).toMatchObject({ status: 0 });
    expect(read().verdict).toBe("no-changes");
  },
  SLOW,
);

test(
  "the branch's review says exactly what was changed, in the constructs' words, and blocks",
  () => {
    synth(branch());
    const planned = planReview("plan", "--manifest", workspace.manifest, "--output", plans());
    expect(planned).toMatchObject({ status: 2 });
    expect(review()).toMatchObject({ status: 3 });
    const { verdict, stacks, findings } = read();
    expect(verdict).toBe("blocked");
    const said = (ofType: (type: string) => boolean) =>
      stacks.flatMap(({ name: stack, changes }) =>
        changes
          .filter(({ type }) => ofType(type))
          .map(({ name: construct, action, host }) => `${stack}: ${action} ${host ?? ""} ${construct}`),
      );
    expect(said((type) => type !== "docker_image").sort()).toEqual([
      `production-fleet: delete web-2 ${WEB_2}/bind`,
      `production-fleet: delete web-2 ${WEB_2}/consul`,
      `production-fleet: delete web-2 ${WEB_2}/network`,
      `production-fleet: delete web-2 ${WEB_2}/registrator`,
      `production-fleet: delete web-2 ${WEB_2}/service-shop`,
      `production-fleet: replace web-1 production-fleet/web-1/consul`,
      `production-fleet: replace web-1 production-fleet/web-1/service-shop`,
      `production-server-1: replace consul-1 production-server-1/consul-1/consul`,
    ]);
    // Terraform's record of which images a host has: Consul's new one on two hosts, and none any more on the third. Of a
    // removed one the plan has the address alone, which begins with the host's name.
    const images = said((type) => type === "docker_image").map((line) => line.replace(/image-.*/, ""));
    expect(images.sort()).toEqual([
      "production-fleet: create web-1 production-fleet/web-1/",
      "production-fleet: delete  docker_image.web-1_",
      ...Array.from({ length: 4 }, () => "production-fleet: delete  docker_image.web-2_"),
      "production-server-1: create consul-1 production-server-1/consul-1/",
      "production-server-1: delete  docker_image.consul-1_",
    ]);
    const markdown = readFileSync(join(folder, "review.md"), "utf8");
    for (const part of ["lab/consul:1.19.2", "lab/consul:1.20.1", "service_ttl", "8080", "web-2"])
      expect(markdown).toContain(part);
    expect(
      findings
        .filter(({ level }) => level !== "warning")
        .map(({ rule, name: construct }) => [rule, construct]),
    ).toEqual([["docker/data-volume", `${WEB_2}/consul`]]);
  },
  SLOW,
);

test(
  "an acknowledgement with a reason lets it pass, and the whole of it is applied as it was reviewed",
  () => {
    const policy = join(folder, "policy.ts");
    writeFileSync(
      policy,
      `import { definePolicy } from "cdktf-plan-review";
export default definePolicy({
  acknowledgements: [
    { rule: "docker/data-volume", target: "${WEB_2}/consul", reason: "web-2 is retired", expires: "2999-12-31" },
  ],
});
`,
    );
    expect(review("--policy", policy)).toMatchObject({ status: 2 });
    expect(read().verdict).toBe("changes");
    expect(planReview("verify", plans(), "--review", "review.json", "--policy", policy)).toMatchObject({
      status: 0,
    });

    const other = join(folder, "other-plans");
    cpSync(plans(), other, { recursive: true });
    const file = join(other, "production-fleet.json");
    const text = readFileSync(file, "utf8");
    const longer = text.replace('"lab/consul:1.20.1"', '"lab/consul:1.20.1 "');
    expect(longer).toHaveLength(text.length + 1);
    writeFileSync(file, longer);
    const refused = planReview("verify", other, "--review", "review.json", "--policy", policy);
    expect(refused).toMatchObject({ status: 3 });
    expect(refused.stderr + refused.stdout).toContain("production-fleet");

    const applied = planReview(
      "apply",
      plans(),
      "--review",
      "review.json",
      "--policy",
      policy,
      "--manifest",
      workspace.manifest,
      "--auto-approve",
    );
    expect(applied).toMatchObject({ status: 0 });
    expect(planReview("plan", "--manifest", workspace.manifest, "--output", plans())).toMatchObject({
      status: 0,
    });
  },
  SLOW,
);

test(
  "everything is taken down again",
  () => {
    for (const stack of [...STACKS].reverse()) workspace.stack(stack).destroy();
    workspace.close();
  },
  SLOW,
);
