import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { arch, platform, tmpdir } from "node:os";
import { join } from "node:path";
import { engineAnswers } from "../../commands/engine-answers";
import { preflight } from "../../commands/preflight";

let folder = "";
let socket = "";
let engine: Server;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "preflight-test-"));
  socket = join(folder, "docker.sock");
  engine = createServer((request, response) => {
    response.statusCode = request.url === "/_ping" ? 200 : 404;
    response.end("OK");
  });
  await new Promise<void>((resolve) => engine.listen(socket, resolve));
});
afterAll(async () => {
  await new Promise((resolve) => engine.close(resolve));
  rmSync(folder, { recursive: true });
});

let machines = 0;

/** A machine with these programs on its PATH, each a shell script, and these folders in its HOME. */
function machine(programs: Readonly<Record<string, string>>, homeFolders: readonly string[] = []) {
  const root = join(folder, `machine-${(machines += 1)}`);
  const bin = join(root, "bin");
  mkdirSync(bin, { recursive: true });
  for (const [name, script] of Object.entries(programs)) {
    writeFileSync(join(bin, name), `#!/bin/sh\n${script}\n`);
    chmodSync(join(bin, name), 0o755);
  }
  for (const path of homeFolders) mkdirSync(join(root, path), { recursive: true });
  return { PATH: bin, HOME: root };
}

const version = (text: string) => `[ "$1" = version ] && echo '{"terraform_version":"${text}"}'`;
const canInit = (text: string) =>
  `case $1 in version) echo '{"terraform_version":"${text}"}' ;; init) exit 0 ;; esac`;
const cannotInit = (text: string) =>
  `case $1 in version) echo '{"terraform_version":"${text}"}' ;; *) exit 1 ;; esac`;
const place = `4.5.0/${platform()}_${arch() === "x64" ? "amd64" : arch()}`;
const mirror = (registry: string) => `.terraform.d/plugins/${registry}/kreuzwerker/docker/${place}`;

describe("preflight", () => {
  it("finds nothing missing where all is there", async () => {
    expect(await preflight(socket, "4.5.0", machine({ terraform: canInit("1.11.4") }))).toEqual({
      missing: [],
      terraform: "terraform",
      providerIsLocal: false,
    });
  });

  it("names each thing that is missing, and how to get it", async () => {
    const absent = join(folder, "absent.sock");
    const { missing, terraform } = await preflight(absent, "4.5.0", machine({}));
    expect(terraform).toBeUndefined();
    expect(missing).toEqual([
      {
        what: "Terraform or OpenTofu 1.10.0 or later",
        how: expect.stringMatching(/hashicorp\.com\/terraform\/install.*opentofu\.org.*PATH/) as string,
      },
      {
        what: `a Docker engine at ${absent}`,
        how: expect.stringMatching(/systemctl start docker.*Docker Desktop.*may use its socket/) as string,
      },
    ]);
  });

  it("names the provider where neither a registry nor the machine has it", async () => {
    const lacking = machine({ terraform: cannotInit("1.11.4") });
    const { missing, providerIsLocal } = await preflight(socket, "4.5.0", lacking);
    expect(providerIsLocal).toBe(false);
    expect(missing).toEqual([
      {
        what: "the provider kreuzwerker/docker 4.5.0",
        how: `let terraform init reach its registry, or put the provider into ${join(lacking.HOME, mirror("registry.terraform.io"))}`,
      },
    ]);
  });

  it("asks no registry for a provider that lies on the machine", async () => {
    const having = machine({ terraform: cannotInit("1.11.4") }, [mirror("registry.terraform.io")]);
    expect(await preflight(socket, "4.5.0", having)).toEqual({
      missing: [],
      terraform: "terraform",
      providerIsLocal: true,
    });
    expect((await preflight(socket, "3.6.2", having)).missing.map(({ what }) => what)).toEqual([
      "the provider kreuzwerker/docker 3.6.2",
    ]);
  });

  it("takes OpenTofu, with its own registry's folder, where Terraform is absent or too old", async () => {
    const programs = { terraform: version("1.9.8"), tofu: cannotInit("1.10.6") };
    const having = machine(programs, [mirror("registry.opentofu.org")]);
    expect(await preflight(socket, "4.5.0", having)).toEqual({
      missing: [],
      terraform: "tofu",
      providerIsLocal: true,
    });
  });

  it.each([
    ["too old", version("1.9.8"), "terraform 1.9.8"],
    ["no Terraform at all", "echo hello", "terraform, which tells no version"],
    ["broken", "exit 3", "terraform, which tells no version"],
    ["of a version that is none", version("unknown"), "terraform, which tells no version"],
  ])("says what it found where that is %s", async (_, script, found) => {
    const { missing } = await preflight(socket, "4.5.0", machine({ terraform: script }));
    expect(missing.map(({ what }) => what)).toEqual([
      `Terraform or OpenTofu 1.10.0 or later (found ${found})`,
    ]);
  });

  it("takes the binary that TERRAFORM_BINARY_NAME names, and no other", async () => {
    const both = machine({ terraform: canInit("1.11.4"), "tofu-1.10": canInit("1.10.6") });
    const named = { ...both, TERRAFORM_BINARY_NAME: "tofu-1.10" };
    expect((await preflight(socket, "4.5.0", named)).terraform).toBe("tofu-1.10");
    const absent = { ...both, TERRAFORM_BINARY_NAME: "terraform-2" };
    expect((await preflight(socket, "4.5.0", absent)).terraform).toBeUndefined();
    expect((await preflight(socket, "4.5.0", { ...both, TERRAFORM_BINARY_NAME: "" })).terraform).toBe(
      "terraform",
    );
  });
});

describe("engineAnswers", () => {
  it("knows an engine by its answer", async () => {
    expect(await engineAnswers(socket)).toBe(true);
    expect(await engineAnswers(join(folder, "absent.sock"))).toBe(false);
    const file = join(folder, "file.sock");
    writeFileSync(file, "");
    expect(await engineAnswers(file)).toBe(false);
  });

  it("takes an engine that is in trouble for none", async () => {
    const ill = createServer((_, response) => {
      response.statusCode = 500;
      response.end();
    });
    const path = join(folder, "ill.sock");
    await new Promise<void>((resolve) => ill.listen(path, resolve));
    try {
      expect(await engineAnswers(path)).toBe(false);
    } finally {
      await new Promise((resolve) => ill.close(resolve));
    }
  });
});
