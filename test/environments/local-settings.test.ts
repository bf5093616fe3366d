import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ValidationErrors } from "../../constructs/core/errors";
import { local } from "../../environments/local";
import { readLocalSettings } from "../../environments/local-settings";
import { validateEnvironment } from "../../environments/validate";
import { thrownBy } from "../support/faults";

let folder = "";
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "local-settings-"));
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

/** Reads settings from a file with this content: a value that is written as JSON, or a text as it is. */
function read(content: unknown) {
  const file = join(folder, "settings.json");
  writeFileSync(file, typeof content === "string" ? content : JSON.stringify(content));
  return readLocalSettings(file);
}

/** The faults of settings, as `prop: message`. */
function faultsOf(content: unknown): string[] {
  const error = thrownBy(() => read(content));
  if (!(error instanceof ValidationErrors)) throw error;
  for (const fault of error.errors) expect(fault.code).toBe("environment/local-settings");
  return error.errors.map(({ prop, message }) => `${prop} | ${message}`);
}

describe("readLocalSettings", () => {
  it("has a default for everything", () => {
    const defaults = {
      images: {},
      consulVersion: "1.19.2",
      bindVersion: "9.18",
      serviceTtlSeconds: 3,
      subnet: "172.30.53.0/24",
      upstreams: [],
      furtherAgents: [],
      web: { port: 80, hostPort: 8080, memoryMebibytes: 64, path: "/" },
      dockerDesktop: false,
      providerVersion: "4.5.0",
      stateFolder: join(process.cwd(), ".state"),
    };
    expect(readLocalSettings("")).toEqual(defaults);
    expect(read({})).toEqual(defaults);
  });

  it("takes what a file says, and the default for the rest", () => {
    expect(
      read({
        images: { web: "registry.example.com/web:1.0" },
        subnet: "10.9.0.0/28",
        ipRange: "10.9.0.12/30",
        web: { hostPort: 8081, healthCommand: "true" },
        furtherAgents: [{ address: "10.9.0.1", port: 8600 }],
        dockerDesktop: true,
        providerVersion: "3.6.2",
      }),
    ).toMatchObject({
      images: { web: "registry.example.com/web:1.0" },
      subnet: "10.9.0.0/28",
      ipRange: "10.9.0.12/30",
      web: { port: 80, hostPort: 8081, healthCommand: "true" },
      furtherAgents: [{ address: "10.9.0.1", port: 8600 }],
      dockerDesktop: true,
      providerVersion: "3.6.2",
      serviceTtlSeconds: 3,
    });
  });

  it.each<[string, unknown, string, string]>([
    ["a number in place of a text", { consulVersion: 1.19 }, "consulVersion", "got 1.19; allowed is a text"],
    ["an empty text", { bindVersion: "" }, "bindVersion", "a text that is not empty"],
    ["a negative TTL", { serviceTtlSeconds: -1 }, "serviceTtlSeconds", "a whole number from 0 to 3600"],
    ["half a second", { serviceTtlSeconds: 0.5 }, "serviceTtlSeconds", "a whole number from 0 to 3600"],
    ["a port that is none", { web: { hostPort: 0 } }, "web.hostPort", "a whole number from 1 to 65535"],
    [
      "memory below the engine's minimum",
      { web: { memoryMebibytes: 5 } },
      "web.memoryMebibytes",
      "from 6 to",
    ],
    ["a subnet that is none", { subnet: "172.30.53.0" }, "subnet", "172.30.53.0/24"],
    ["a subnet not written with its first address", { subnet: "172.30.53.1/24" }, "subnet", "IPv4 block"],
    ["a subnet without room", { subnet: "172.30.53.0/30" }, "subnet", "8 addresses or more"],
    ["a switch that is none", { dockerDesktop: "yes" }, "dockerDesktop", "true or false"],
    ["another provider", { providerVersion: "3.0.2" }, "providerVersion", '"4.5.0" or "3.6.2"'],
    ["a list that is none", { upstreams: "9.9.9.9" }, "upstreams", "a list of addresses"],
    ["an element of the wrong kind", { upstreams: [9] }, "upstreams.0", "a text"],
    [
      "an agent without a port",
      { furtherAgents: [{ address: "10.0.0.1" }] },
      "furtherAgents.0.port",
      "nothing",
    ],
    ["an object of the wrong kind", { web: 80 }, "web", "an object of settings"],
    ["no object", [], "settings", "an object of settings"],
  ])("refuses %s", (_, content, prop, part) => {
    const faults = faultsOf(content);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toMatch(new RegExp(`^${prop} \\| LOCAL_SETTINGS \\(.*settings\\.json\\)`));
    expect(faults[0]).toContain(part);
    expect(faults[0]).toContain("take it out to have its default");
  });

  it("refuses what it does not know, and says what there is", () => {
    const [gateway, consul, port, host, ...others] = faultsOf({
      gateway: "172.30.53.1",
      images: { Consul: "hashicorp/consul:1.19.2" },
      web: { ports: [80] },
      furtherAgents: [{ address: "10.0.0.1", port: 8600, host: "a" }],
    }).sort(
      (a, b) =>
        ["gateway", "images", "web", "further"].findIndex((p) => a.startsWith(p)) -
        ["gateway", "images", "web", "further"].findIndex((p) => b.startsWith(p)),
    );
    expect(others).toEqual([]);
    expect(gateway).toMatch(
      /^gateway .*one of the settings images, consulVersion, .*stateFolder.*Correct its name/,
    );
    expect(consul).toMatch(/^images\.Consul .*one of the settings consul, registrator, bind, web/);
    expect(port).toMatch(/^web\.ports .*one of the settings port, hostPort/);
    expect(host).toMatch(/^furtherAgents\.0\.host .*one of the settings address, port/);
  });

  it("shows all faults at once, and no secret", () => {
    const faults = faultsOf({ subnet: 7, web: { port: "80" }, registryPassword: "hunter2" });
    expect(faults.map((fault) => fault.split(" | ")[0]).sort()).toEqual([
      "registryPassword",
      "subnet",
      "web.port",
    ]);
    expect(faults.join()).not.toContain("hunter2");
  });

  it("says why a file cannot be read", () => {
    expect(faultsOf("{ subnet: 1 }")[0]).toMatch(/^file .*JSON.*a JSON file that can be read/);
    const error = thrownBy(() => readLocalSettings(join(folder, "absent.json")));
    expect(String(error)).toMatch(/absent\.json\): file: got .*ENOENT.*Mend the file, or unset the variable/);
  });
});

describe("the environment local", () => {
  const of = (content: unknown) => {
    const environment = local(read(content));
    validateEnvironment(environment);
    return environment;
  };

  it("is found at its network's gateway, whatever the subnet", () => {
    expect(of({}).hosts["docker"]).toMatchObject({
      address: "172.30.53.1",
      network: { subnet: "172.30.53.0/24", ipRange: "172.30.53.128/25" },
      services: { web: { hostPort: 8080, check: { kind: "http", target: "/" } } },
    });
    expect(of({ subnet: "10.9.0.0/29" }).hosts["docker"]).toMatchObject({
      address: "10.9.0.1",
      network: { subnet: "10.9.0.0/29", ipRange: "10.9.0.4/30" },
    });
  });

  it("is found at loopback with Docker Desktop, and checks nothing over the network there", () => {
    const docker = of({ dockerDesktop: true }).hosts["docker"];
    expect(docker?.address).toBe("127.0.0.1");
    expect(docker?.services?.["web"]).not.toHaveProperty("check");
  });

  it("takes the images of the versions that it is told", () => {
    expect(of({ consulVersion: "1.20.1", bindVersion: "9.20" }).images).toEqual({
      consul: "hashicorp/consul:1.20.1",
      registrator: "gliderlabs/registrator:master",
      bind: "internetsystemsconsortium/bind9:9.20",
    });
  });

  it.each<[string, unknown, string]>([
    [
      "an image of another version",
      { images: { consul: "hashicorp/consul:1.20.1" } },
      "consul/image-version",
    ],
    ["a range that gives fixed addresses out", { ipRange: "172.30.53.0/25" }, "environment/ip-range"],
    ["a port that BIND has", { web: { hostPort: 53 } }, "environment/duplicate-port"],
    ["an upstream that is its own BIND", { upstreams: ["172.30.53.1"] }, "environment/upstream-loop"],
    ["a relative folder", { stateFolder: "state" }, "environment/backend"],
  ])("is refused with %s", (_, content, code) => {
    expect(String(thrownBy(() => of(content)))).toContain(`[${code}]`);
  });
});
