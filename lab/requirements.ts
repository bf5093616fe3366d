import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { spawnSync } from "node:child_process";
import { gte, valid } from "semver";
import { isRoot, main, which } from "./commands";
import { engineAnswers, ENGINE_SOCKET } from "./engine";
import { LAB_PACKAGES } from "./hosts";
import { labImages } from "./images";

/** The versions of the Docker provider that the engines ring runs with. */
export const PROVIDER_VERSIONS = ["3.6.2", "4.5.0"] as const;
/** The first Terraform with ephemeral variables. */
export const MINIMUM_TERRAFORM = "1.10.0";

/** What the engines ring lacks. */
export interface Requirement {
  /** What is missing, in a few words. */
  readonly what: string;
  /** How to get it. */
  readonly how: string;
}

/** What a machine has, as far as the engines ring asks. */
export interface Machine {
  readonly root: boolean;
  /** Terraform's version, or undefined if there is none on PATH. */
  readonly terraform?: string;
  /** The provider's versions that Terraform can install. */
  readonly providers: readonly string[];
  readonly registrator: boolean;
  /** Which of the programs that the tests run, by Debian's package, are not on PATH. */
  readonly lackedPackages: readonly string[];
  /** Whether an engine answers at the default socket. */
  readonly engine: boolean;
  /** Whether an engine could be started. */
  readonly dockerd: boolean;
  /** Images of the lab that the engine lacks. */
  readonly lackedImages: readonly string[];
}

/** Terraform's name of this platform: `linux_amd64`. */
export function terraformPlatform(platform: string = process.platform, arch: string = process.arch): string {
  const names: Readonly<Record<string, string>> = { x64: "amd64", ia32: "386" };
  return `${platform}_${names[arch] ?? arch}`;
}

/** The folder of Terraform's implied local mirror that holds a version of the Docker provider. */
export function mirrorFolder(version: string, home = homedir(), platform = terraformPlatform()): string {
  return join(home, ".terraform.d/plugins/registry.terraform.io/kreuzwerker/docker", version, platform);
}

/** The version that `terraform version -json` names. */
export function terraformVersionIn(json: string): string | undefined {
  try {
    const said: unknown = JSON.parse(json);
    if (typeof said !== "object" || said === null || !("terraform_version" in said)) return undefined;
    return typeof said.terraform_version === "string"
      ? (valid(said.terraform_version) ?? undefined)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What the machine lacks for the engines ring, each with how to get it; empty if it has all. */
export function missingOn(machine: Machine): Requirement[] {
  const missing: Requirement[] = [];
  if (!machine.root) missing.push({ what: "root", how: "run it as root: the lab makes root file systems" });
  if (machine.terraform === undefined) {
    missing.push({
      what: `Terraform ${MINIMUM_TERRAFORM} or later`,
      how: "install it from developer.hashicorp.com/terraform/install, on PATH",
    });
  } else if (!gte(machine.terraform, MINIMUM_TERRAFORM)) {
    missing.push({
      what: `Terraform ${MINIMUM_TERRAFORM} or later, not ${machine.terraform}`,
      how: "install a later one from developer.hashicorp.com/terraform/install",
    });
  } else {
    for (const version of PROVIDER_VERSIONS.filter((wanted) => !machine.providers.includes(wanted))) {
      missing.push({
        what: `kreuzwerker/docker ${version}`,
        how: `let Terraform reach its registry, or put the provider into ${mirrorFolder(version, "~")}`,
      });
    }
  }
  if (!machine.registrator) {
    missing.push({
      what: "registrator",
      how: "build it from its own repository, gliderlabs/registrator, with CGO_ENABLED=0, and put it on PATH",
    });
  }
  if (machine.lackedPackages.length > 0) {
    const packages = machine.lackedPackages.join(" ");
    missing.push({ what: `the programs of ${packages}`, how: `apt-get install ${packages}` });
  }
  if (!machine.engine) {
    missing.push({
      what: `an engine at ${ENGINE_SOCKET}`,
      how: machine.dockerd
        ? "run `npm run lab:engine`"
        : "apt-get install docker.io iptables, then `npm run lab:engine`",
    });
  }
  // Without registrator there is no image of it either, and that is said above.
  const images = machine.lackedImages.filter((name) => machine.registrator || name !== "lab/registrator");
  if (machine.engine && images.length > 0) {
    missing.push({ what: `images: ${images.join(", ")}`, how: "run `npm run lab:images`" });
  }
  return missing;
}

/** Whether Terraform can install a version of the provider: from its local mirror, or as it finds providers here. */
function canInstall(terraform: string, version: string): boolean {
  if (existsSync(mirrorFolder(version))) return true;
  const folder = mkdtempSync(join(tmpdir(), "lab-provider-"));
  try {
    const asked = {
      terraform: { required_providers: { docker: { source: "kreuzwerker/docker", version } } },
    };
    writeFileSync(join(folder, "main.tf.json"), JSON.stringify(asked));
    const done = spawnSync(terraform, ["init", "-input=false", "-no-color"], {
      cwd: folder,
      timeout: 120_000,
    });
    return done.status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The programs that the tests of the engines ring run, with Debian's packages of them. */
const PACKAGES: Readonly<Record<string, string>> = {
  ...LAB_PACKAGES,
  dig: "bind9-dnsutils",
  ss: "iproute2",
};

function lackedImages(): string[] {
  const images = labImages();
  return [
    ...(Object.keys(images.consul).length === 0 ? ["lab/consul"] : []),
    ...(Object.keys(images.bind9).length === 0 ? ["lab/bind9"] : []),
    ...images.missing.map(({ name }) => name),
  ];
}

/** Looks at this machine. Asks the registry for a provider that is not in the local mirror, which can take a while. */
export async function inspectMachine(): Promise<Machine> {
  const terraform = which("terraform");
  const version =
    terraform === undefined
      ? undefined
      : terraformVersionIn(spawnSync(terraform, ["version", "-json"], { encoding: "utf8" }).stdout);
  const engine = await engineAnswers();
  return {
    root: isRoot(),
    ...(version === undefined ? {} : { terraform: version }),
    providers:
      terraform === undefined ? [] : PROVIDER_VERSIONS.filter((wanted) => canInstall(terraform, wanted)),
    registrator: which("registrator") !== undefined,
    lackedPackages: [
      ...new Set(
        Object.entries(PACKAGES)
          .filter(([program]) => which(program) === undefined)
          .map(([, name]) => name),
      ),
    ],
    engine,
    dockerd: which("dockerd") !== undefined,
    lackedImages: engine && which("docker") !== undefined ? lackedImages() : [],
  };
}

/** What this machine lacks for the engines ring; empty if it has all. */
export async function missingRequirements(): Promise<Requirement[]> {
  return missingOn(await inspectMachine());
}

/**
 * For the tests of the engines ring: a ring that lacks something fails, and says what.
 * @throws Error with everything that is missing and how to get it
 */
export async function requireEnginesRing(): Promise<void> {
  const missing = await missingRequirements();
  if (missing.length === 0) return;
  throw new Error(
    ["the engines ring lacks:", ...missing.map(({ what, how }) => `  - ${what}: ${how}`)].join("\n"),
  );
}

if (require.main === module) {
  void main(async () => {
    const missing = await missingRequirements();
    for (const { what, how } of missing) console.log(`missing: ${what}: ${how}`);
    if (missing.length === 0) console.log("nothing is missing for the engines ring");
    else process.exitCode = 1;
  });
}
