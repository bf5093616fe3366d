import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { StaleEndpoints, renderStaleEndpoints } from "../../constructs/docker/stale-endpoints";
import { SshHost } from "../../constructs/host/ssh-host";
import { synthesizeStack } from "../support/apps";
import { expectFault } from "../support/faults";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const CONTAINER = "3f".repeat(32);

/** What the script's function prints on a host whose engine shows these endpoints; undefined for a network that is not there. */
function staleOf(endpoints: string | undefined, names: readonly string[]) {
  const folder = mkdtempSync(join(tmpdir(), "stale-endpoints-"));
  try {
    const engine = endpoints === undefined ? "exit 1" : `printf '${endpoints}'`;
    writeFileSync(join(folder, "docker"), `#!/bin/sh\n${engine}\n`);
    chmodSync(join(folder, "docker"), 0o755);
    const { status, stdout } = spawnSync(
      "sh",
      ["-c", `${renderStaleEndpoints("docker-internal", names)}\nstale`],
      {
        env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}` },
        encoding: "utf8",
      },
    );
    return { status, names: stdout.split("\n").filter((line) => line !== "") };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

const stale = (networkName: string, containerNames: readonly string[]) =>
  synthesizeStack((stack) => {
    const host = new SshHost(stack, "web-1", { hostName: "web-1", address: "10.20.0.21", hostKeys: [KEY] });
    new StaleEndpoints(stack, "stale", { host, networkName, containerNames });
  });

test("an endpoint without a container is stale; one of a container, of another name, or of a longer one is not", () => {
  const endpoints = [
    `ep-0a1b shop-web-1`,
    `${CONTAINER} cache-web-1`,
    "ep-77 shop-web-2",
    "ep-78 shop-web-11",
  ];
  expect(staleOf(`${endpoints.join("\\n")}\\n`, ["shop-web-1", "cache-web-1", "web"])).toEqual({
    status: 0,
    names: ["shop-web-1"],
  });
  expect(staleOf("", ["shop-web-1"])).toEqual({ status: 0, names: [] });
});

test("a dot in a name stands for itself", () => {
  expect(staleOf("ep-1 shopXweb\\n", ["shop.web"])).toEqual({ status: 0, names: [] });
  expect(staleOf("ep-1 shop.web\\n", ["shop.web"])).toEqual({ status: 0, names: ["shop.web"] });
});

test("a network that is not there is an error, and not an empty one", () => {
  expect(staleOf(undefined, ["shop"])).toEqual({ status: 1, names: [] });
});

test("the host disconnects them by force", () => {
  expect(JSON.stringify(stale("docker-internal", ["shop-web-1"]))).toContain(
    "docker network disconnect --force docker-internal",
  );
});

test.each([
  ["host", ["shop"], "docker/network-name", "networkName", "host"],
  ["docker-internal", [], "docker/stale-endpoint-name", "containerNames", "one container's name or more"],
  ["docker-internal", ["a b"], "docker/stale-endpoint-name", "containerNames", "a b"],
] as const)("%s with %j is refused", (networkName, containerNames, code, prop, part) => {
  expectFault(() => stale(networkName, containerNames), code, prop, part);
});
