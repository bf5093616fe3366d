import { spawnSync } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { arch, homedir, platform, tmpdir } from "node:os";
import { join } from "node:path";
import semver from "semver";
import { requireVersion } from "../constructs/core/versions";

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

/** Looks for Terraform or OpenTofu, an engine at a socket, and the Docker provider. */
export async function preflight(socket: string, providerVersion: string): Promise<Preflight> {
  const missing: Missing[] = [];
  const terraform = findTerraform(missing);
  if (!(await engineAnswers(socket))) {
    missing.push({
      what: `a Docker engine at ${socket}`,
      how: "start it (systemctl start docker, or Docker Desktop), and see that this user may use its socket",
    });
  }
  const providerIsLocal = existsSync(impliedMirror(providerVersion));
  if (terraform !== undefined && !providerIsLocal && !canInstallProvider(terraform, providerVersion)) {
    missing.push({
      what: `the provider kreuzwerker/docker ${providerVersion}`,
      how: `let ${terraform} init reach its registry, or put the provider into ${impliedMirror(providerVersion)}`,
    });
  }
  return { missing, providerIsLocal, ...(terraform === undefined ? {} : { terraform }) };
}

function findTerraform(missing: Missing[]): string | undefined {
  const named = process.env["TERRAFORM_BINARY_NAME"];
  const seen: string[] = [];
  for (const binary of named === undefined || named === "" ? ["terraform", "tofu"] : [named]) {
    const result = spawnSync(binary, ["version", "-json"], { encoding: "utf8" });
    if (result.status !== 0) continue;
    const text = (JSON.parse(result.stdout) as { terraform_version?: string }).terraform_version ?? "";
    const version = requireVersion(binary, "version", text);
    if (semver.gte(version, MINIMUM_TERRAFORM)) return binary;
    seen.push(`${binary} ${version}`);
  }
  missing.push({
    what: `Terraform or OpenTofu ${MINIMUM_TERRAFORM} or later${seen.length > 0 ? ` (found ${seen.join(", ")})` : ""}`,
    how: "install terraform (developer.hashicorp.com/terraform/install) or tofu (opentofu.org/docs/intro/install) and see that it is on the PATH",
  });
  return undefined;
}

/** Where Terraform looks for a provider before it asks a registry ("Implied Local Mirror Directories"). */
function impliedMirror(version: string): string {
  const architecture = arch() === "x64" ? "amd64" : arch();
  const plugins = join(homedir(), ".terraform.d/plugins/registry.terraform.io/kreuzwerker/docker");
  return join(plugins, version, `${platform()}_${architecture}`);
}

function canInstallProvider(terraform: string, version: string): boolean {
  const folder = mkdtempSync(join(tmpdir(), "preflight-"));
  try {
    const docker = { source: "kreuzwerker/docker", version };
    writeFileSync(
      join(folder, "main.tf.json"),
      JSON.stringify({ terraform: { required_providers: { docker } } }),
    );
    return (
      spawnSync(terraform, ["init", "-backend=false", "-input=false"], { cwd: folder, timeout: 120_000 })
        .status === 0
    );
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** Asks an engine for a sign of life: GET /_ping of its API. */
export function engineAnswers(socket: string): Promise<boolean> {
  return new Promise((resolve) => {
    const ping = request({ socketPath: socket, path: "/_ping", timeout: 5_000 }, (response) => {
      response.resume();
      resolve(response.statusCode === 200);
    });
    ping.on("timeout", () => ping.destroy());
    ping.on("error", () => {
      resolve(false);
    });
    ping.end();
  });
}
