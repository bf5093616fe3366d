import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { arch, homedir, platform, tmpdir } from "node:os";
import { basename, join } from "node:path";
import semver from "semver";
import { requireVersion } from "../constructs/core/versions";
import { engineAnswers } from "./engine-answers";

/** Something that a deploy needs and this machine lacks, and how to get it. */
export interface Missing {
  readonly what: string;
  readonly how: string;
}

/** What a deploy can work with on this machine. */
export interface Preflight {
  readonly missing: readonly Missing[];
  /** The binary that cdktf is told to use: `terraform` or `tofu`. */
  readonly terraform?: string;
  /** Whether the provider lies in Terraform's implied local mirror; then no registry is asked for it. */
  readonly providerIsLocal: boolean;
}

const MINIMUM_TERRAFORM = "1.10.0";

/** What of a process's surroundings counts here: `PATH`, `HOME` and `TERRAFORM_BINARY_NAME`. */
type Surroundings = Readonly<Record<string, string | undefined>>;

/**
 * Looks for Terraform or OpenTofu, an engine at a socket, and the Docker provider.
 * @param socket the path of the engine's socket
 * @param providerVersion the provider's exact version
 */
export async function preflight(
  socket: string,
  providerVersion: string,
  env: Surroundings = process.env,
): Promise<Preflight> {
  const missing: Missing[] = [];
  const terraform = findTerraform(missing, env);
  if (!(await engineAnswers(socket))) {
    missing.push({
      what: `a Docker engine at ${socket}`,
      how: "start it (systemctl start docker, or Docker Desktop), and see that this user may use its socket",
    });
  }
  const mirror = impliedMirror(terraform ?? "terraform", providerVersion, env);
  const providerIsLocal = existsSync(mirror);
  if (terraform !== undefined && !providerIsLocal && !canInstallProvider(terraform, providerVersion, env)) {
    missing.push({
      what: `the provider kreuzwerker/docker ${providerVersion}`,
      how: `let ${terraform} init reach its registry, or put the provider into ${mirror}`,
    });
  }
  return { missing, providerIsLocal, ...(terraform === undefined ? {} : { terraform }) };
}

function findTerraform(missing: Missing[], env: Surroundings): string | undefined {
  const named = env["TERRAFORM_BINARY_NAME"];
  const seen: string[] = [];
  for (const binary of named === undefined || named === "" ? ["terraform", "tofu"] : [named]) {
    const result = spawnSync(binary, ["version", "-json"], { encoding: "utf8", env });
    if (result.error !== undefined) continue;
    const version = result.status === 0 ? versionIn(result.stdout) : undefined;
    if (version !== undefined && semver.gte(version, MINIMUM_TERRAFORM)) return binary;
    seen.push(version === undefined ? `${binary}, which tells no version` : `${binary} ${version}`);
  }
  missing.push({
    what: `Terraform or OpenTofu ${MINIMUM_TERRAFORM} or later${seen.length > 0 ? ` (found ${seen.join(", ")})` : ""}`,
    how: "install terraform (developer.hashicorp.com/terraform/install) or tofu (opentofu.org/docs/intro/install) and see that it is on the PATH",
  });
  return undefined;
}

/** The version in what `terraform version -json` prints; both programs call it terraform_version. */
function versionIn(json: string): string | undefined {
  try {
    const { terraform_version: version } = JSON.parse(json) as { terraform_version?: unknown };
    return typeof version === "string" ? requireVersion("terraform", "version", version) : undefined;
  } catch {
    return undefined;
  }
}

/** Where the program looks for a provider before it asks its registry ("Implied Local Mirror Directories"). */
function impliedMirror(binary: string, version: string, env: Surroundings): string {
  const registry = basename(binary).includes("tofu") ? "registry.opentofu.org" : "registry.terraform.io";
  const architecture = arch() === "x64" ? "amd64" : arch();
  const plugins = join(env["HOME"] ?? homedir(), ".terraform.d/plugins", registry, "kreuzwerker/docker");
  return join(plugins, version, `${platform()}_${architecture}`);
}

function canInstallProvider(terraform: string, version: string, env: Surroundings): boolean {
  const folder = mkdtempSync(join(tmpdir(), "preflight-"));
  try {
    const docker = { source: "kreuzwerker/docker", version };
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({ terraform: { required_providers: { docker } } }),
    );
    const init = ["init", "-backend=false", "-input=false"];
    return spawnSync(terraform, init, { cwd: folder, timeout: 120_000, env }).status === 0;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
