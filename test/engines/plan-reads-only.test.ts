import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { Size } from "../../constructs/core/size";
import { Container } from "../../constructs/docker/container";
import { ContainerFile } from "../../constructs/docker/container-file";
import { ContainerImage } from "../../constructs/docker/container-image";
import { DockerHost, type DockerProviderVersion } from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { BridgeNetwork } from "../../constructs/docker/network";
import { ManagedVolume } from "../../constructs/docker/volume";
import { ReadOnlyProxy } from "./read-only-proxy";
import { planReview } from "./review-cli";
import { onOwnEngine } from "./own-engine";
import { docker, removeByPrefix, Workspace } from "./terraform";

const SLOW = 180_000;
const run = `ro-${process.pid.toString(36)}`;

interface PlanJson {
  readonly resource_changes: readonly {
    readonly address: string;
    readonly change: { readonly actions: string[] };
  }[];
  readonly resource_drift?: readonly { readonly address: string }[];
}

onOwnEngine();

describe.each<[DockerProviderVersion, string]>([
  ["3.6.2", "10.214.36"],
  ["4.5.0", "10.214.45"],
])("a plan with provider %s", (providerVersion, subnet) => {
  const prefix = `${run}-${providerVersion.replaceAll(".", "")}`;
  const folder = mkdtempSync(join(tmpdir(), "plan-reads-only-"));
  const workspace = new Workspace();
  const stack = workspace.stack("fleet");
  let proxy: ReadOnlyProxy;
  let synthesized: string;

  /** @param connection by which Terraform reaches the engine */
  function build(connection: EngineConnection, changed: boolean): void {
    workspace.synth((app) => {
      synthesized = app.outdir;
      const fleet = new TerraformStack(app, "fleet");
      workspace.backendOf(fleet);
      const host = new DockerHost(fleet, "host", {
        hostName: "here",
        address: "127.0.0.1",
        providerVersion,
        connection,
      });
      const network = new BridgeNetwork(fleet, `${prefix}-net`, { host, subnet: `${subnet}.0/24` });
      const volume = new ManagedVolume(fleet, `${prefix}-data`, { host });
      const add = (id: string, more: object = {}) =>
        new Container(fleet, `${prefix}-${id}`, {
          host,
          image: ContainerImage.tag("lab/tools", "1.0"),
          command: ["sleep", "3600"],
          stopGracePeriod: Duration.seconds(1),
          ...more,
        }).attachTo(network);
      add("same", { volumes: [{ volume, containerPath: "/data" }] });
      add("replaced", { files: [ContainerFile.text("/etc/x.conf", changed ? "x=2" : "x=1")] });
      add("updated", { memory: Size.mebibytes(changed ? 96 : 64) });
      add("drifted", { memory: Size.mebibytes(64) });
      add("vanished");
      add(changed ? "new" : "deleted");
    });
  }

  /** Plans through the proxy. */
  async function plan(
    name: string,
    more: Readonly<Record<string, string>> = {},
  ): Promise<{ code: number | null; stderr: string; json: PlanJson }> {
    proxy.seen.length = 0;
    const output = join(folder, name);
    const { code, stderr } = await planReview(
      ["plan", "--manifest", synthesized, "--output", output],
      folder,
      more,
    );
    const json = code === 1 ? "null" : readFileSync(join(output, "fleet.json"), "utf8");
    return { code, stderr, json: JSON.parse(json) as PlanJson };
  }

  const what = (json: PlanJson): Record<string, string> =>
    Object.fromEntries(
      json.resource_changes
        .filter(({ change }) => change.actions.join() !== "no-op")
        .map(({ address, change }) => [
          new RegExp(`${prefix}-(\\w+?)_`).exec(address)?.[1] ?? address,
          change.actions.join("/"),
        ]),
    );

  beforeAll(async () => {
    build(EngineConnection.localSocket(), false);
    stack.apply();
    proxy = await ReadOnlyProxy.start(join(folder, "engine.sock"));
  }, SLOW);

  afterAll(async () => {
    try {
      build(EngineConnection.localSocket(), false);
      workspace.close();
    } finally {
      removeByPrefix(prefix);
      await proxy.stop();
      rmSync(folder, { recursive: true, force: true });
    }
  }, SLOW);

  test(
    "of nothing asks for nothing but GET and HEAD",
    async () => {
      build(EngineConnection.localSocket(proxy.socket), false);
      const { code, stderr, json } = await plan("unchanged");
      expect({ code, stderr: code === 0 ? "" : stderr }).toEqual({ code: 0, stderr: "" });
      expect(what(json)).toEqual({});
      expect(proxy.methods).toEqual(["GET", "HEAD"]);
      expect(proxy.seen.map(({ path }) => path)).toContain("/_ping");
      expect(proxy.seen.some(({ path }) => path.startsWith("/containers/"))).toBe(true);
    },
    SLOW,
  );

  test(
    "of changes and of drift asks for nothing but GET and HEAD",
    async () => {
      docker("container", "update", "--memory", "80m", "--memory-swap", "160m", `${prefix}-drifted`);
      docker("container", "rm", "--force", `${prefix}-vanished`);
      build(EngineConnection.localSocket(proxy.socket), true);
      const { code, stderr, json } = await plan("changed");
      expect({ code, stderr: code === 2 ? "" : stderr }).toEqual({ code: 2, stderr: "" });
      expect(what(json)).toEqual({
        replaced: "delete/create",
        updated: "update",
        drifted: "update",
        vanished: "create",
        deleted: "delete",
        new: "create",
      });
      expect(json.resource_drift?.length).toBeGreaterThan(0);
      expect(proxy.methods).toEqual(["GET", "HEAD"]);
    },
    SLOW,
  );

  test(
    "over ssh, with a key whose command is forced, asks for nothing but GET and HEAD",
    async () => {
      // What sshd does with such a key: whatever it is asked to run, it runs this.
      const bin = join(folder, "bin");
      mkdirSync(bin, { recursive: true });
      writeFileSync(
        join(bin, "ssh"),
        `#!/bin/sh\nexec env DOCKER_HOST=unix://${proxy.socket} docker system dial-stdio\n`,
        { mode: 0o755 },
      );
      build(EngineConnection.ssh({ address: "host.example", user: "plan" }), true);
      const { code, json } = await plan("ssh", { PATH: `${bin}:${process.env["PATH"] ?? ""}` });
      expect({ code, changes: Object.keys(what(json)).length }).toEqual({ code: 2, changes: 6 });
      expect(proxy.methods).toEqual(["GET", "HEAD"]);
    },
    SLOW,
  );

  test(
    "could not have changed anything: an apply through the same socket is refused",
    async () => {
      const containers = () =>
        docker("ps", "--all", "--no-trunc", "--format", "{{.ID}} {{.State}}", "--filter", `name=${prefix}`);
      const before = containers();
      await planReview(["review", "changed", "--output", "review.json"], folder);
      proxy.seen.length = 0;
      const { code, stderr } = await planReview(
        ["apply", "changed", "--review", "review.json", "--auto-approve"],
        folder,
      );
      expect({ code, stderr }).toEqual({
        code: 1,
        stderr: expect.stringContaining("is not allowed here") as string,
      });
      expect(proxy.seen.some(({ allowed }) => !allowed)).toBe(true);
      expect(containers()).toBe(before);
    },
    SLOW,
  );
});
