import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ValidationErrors } from "../../constructs/core/errors";
import { staging } from "../../environments/staging";
import { readStagingSettings, type StagingSettingsFile } from "../../environments/staging-settings";
import { validateEnvironment } from "../../environments/validate";
import { thrownBy } from "../support/faults";

const KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIOMqqnkVzrm0SdG6UOoqKLsabgH5C9okWi0dh2l9GKJl";
const declared = { hostKeys: [KEY] };

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "staging-settings-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function read(content: unknown) {
  const file = join(folder, "settings.json");
  writeFileSync(file, JSON.stringify(content));
  return readStagingSettings(file);
}
const stagingOf = (settings: StagingSettingsFile) => staging(read(settings));

/** The faults of settings, as `prop: message`. */
function faultsOf(content: unknown): string[] {
  const error = thrownBy(() => read(content));
  if (!(error instanceof ValidationErrors)) throw error;
  for (const fault of error.errors) expect(fault.code).toBe("environment/staging-settings");
  return error.errors.map(({ prop, message }) => `${prop} | ${message}`);
}

test("without settings there are three hosts whose engines are left as they are", () => {
  const environment = staging(readStagingSettings(""));
  validateEnvironment(environment);
  expect(Object.keys(environment.hosts)).toEqual(["staging-1", "staging-2", "staging-3"]);
  expect(environment.engines).toBeUndefined();
  expect(stagingOf({})).toEqual(environment);
});

test("once all hosts' keys are declared, the engines share a store and an overlay with fixed addresses", () => {
  const hosts = { "staging-1": declared, "staging-2": declared, "staging-3": declared };
  const environment = stagingOf({ hosts, engine: { debug: true } });
  validateEnvironment(environment);
  expect(environment.engines).toEqual({
    advertise: "eth0",
    configuration: { debug: true },
    overlay: {
      name: "docker-internal",
      subnet: "10.24.0.0/16",
      gateway: "10.24.0.1",
      ipRange: "10.24.128.0/17",
    },
  });
  const addresses = Object.values(environment.hosts).flatMap(({ services = {} }) =>
    Object.values(services).map(({ overlayAddress }) => overlayAddress),
  );
  expect(addresses).toEqual(["10.24.1.1", "10.24.1.2", "10.24.1.3"]);
  expect(stagingOf({ hosts: { ...hosts, "staging-3": {} } }).engines).toBeUndefined();
});

test("an overlay of its own takes the place of the default one, and a plain one has no fixed addresses", () => {
  const environment = stagingOf({ hosts: { "staging-1": declared }, overlay: { name: "shared" } });
  expect(environment.engines?.overlay).toEqual({ name: "shared" });
  expect(environment.hosts["staging-1"]?.services?.["bitbucket-server"]).not.toHaveProperty("overlayAddress");
});

test("a fourth host is a client in a group of clients; hosts of other names say where they are", () => {
  const four = { "staging-1": {}, "staging-2": {}, "staging-3": {}, "staging-4": {} };
  const environment = stagingOf({ hosts: four });
  validateEnvironment(environment);
  expect(environment.groups).toEqual({
    "server-1": ["staging-1"],
    "server-2": ["staging-2"],
    "server-3": ["staging-3"],
    fleet: ["staging-4"],
  });
  const named = stagingOf({
    hosts: {
      ...four,
      web: { address: "192.0.2.9", subnet: "10.21.90.0/24", retired: true, consul: "client" },
    },
  });
  validateEnvironment(named);
  expect(named.hosts["web"]).toMatchObject({
    address: "192.0.2.9",
    retired: true,
    network: { subnet: "10.21.90.0/24", ipRange: "10.21.90.128/25" },
  });
});

test("every fault is shown with what is allowed", () => {
  expect(
    faultsOf({
      hosts: { "staging-1": { hostKeys: [], port: 0, retire: true }, "staging-2": { consul: "leader" } },
      overlay: { subnet: 5 },
      engine: { bridge: "none" },
      shop: { image: "" },
      serviceTtlSeconds: -1,
      host: {},
    }).map((fault) => fault.split(" | ")[0]),
  ).toEqual([
    "hosts.staging-1.port",
    "hosts.staging-1.hostKeys",
    "hosts.staging-1.retire",
    "hosts.staging-2.consul",
    "shop.image",
    "serviceTtlSeconds",
    "overlay.subnet",
    "engine.bridge",
    "host",
  ]);
  expect(faultsOf({ hosts: { "staging-1": { retire: true } } })[0]).toContain("retired");
  expect(faultsOf({ engine: { bridge: "none" } })[0]).toContain(
    "debug, labels, logLevel, maxConcurrentDownloads",
  );
});
