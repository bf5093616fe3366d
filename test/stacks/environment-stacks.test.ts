import { readdirSync } from "node:fs";
import { join } from "node:path";
import { App, type TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { environments } from "../../environments";
import type { Environment } from "../../environments/environment";
import { local } from "../../environments/local";
import { type LocalSettings, readLocalSettings } from "../../environments/local-settings";
import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import { validateEnvironment } from "../../environments/validate";
import { addEnvironment } from "../../stacks/environment-stacks";
import { type StackJson, synthesize } from "../support/apps";
import {
  type ContainerJson,
  containerOf,
  labelsOf,
  publishedPorts,
  uploadedText,
} from "../support/containers";
import { expectGolden, readable } from "../support/golden";

const GOLDEN = join(__dirname, "golden");

const localWith = (change: Partial<LocalSettings> = {}) =>
  local({ ...readLocalSettings(""), stateFolder: "/var/lib/terraform", ...change });

const all = (): Environment[] => [localWith(), staging(), production];
const synthesizeAll = (described: readonly Environment[] = all()) =>
  synthesize((app) => {
    for (const environment of described) addEnvironment(app, environment);
  });

const stacks = synthesizeAll();

function stackOf(name: string, of: Readonly<Record<string, StackJson>> = stacks): StackJson {
  const found = of[name];
  if (found === undefined) throw new Error(`there is no stack ${name}`);
  return found;
}

const containersOf = (json: StackJson) =>
  Object.values(json.resource?.["docker_container"] ?? {}) as unknown as ContainerJson[];

/** A container of a host, where a stack has several hosts. */
function containerOn(json: StackJson, host: string, name: string): ContainerJson {
  const found = containersOf(json).find(
    (container) => container.name === name && container.provider === `docker.${host}`,
  );
  if (found === undefined) throw new Error(`${host} has no container ${name}`);
  return found;
}

const agentOf = (container: ContainerJson) =>
  JSON.parse(uploadedText(container, "/consul/config/agent.json")) as Readonly<Record<string, unknown>>;
const namedConf = (container: ContainerJson) => uploadedText(container, "/etc/bind/named.conf");

describe("all environments together", () => {
  it("make these stacks, in this order", () => {
    const app = new App();
    const order = (made: readonly TerraformStack[]) =>
      made.map((stack) => [stack.node.id, stack.dependencies.map(({ node }) => node.id)]);
    expect(order(all().flatMap((environment) => addEnvironment(app, environment)))).toEqual([
      ["local-docker", []],
      ["staging-server-1", []],
      ["staging-server-2", ["staging-server-1"]],
      ["staging-server-3", ["staging-server-2"]],
      ["production-server-1", []],
      ["production-server-2", ["production-server-1"]],
      ["production-server-3", ["production-server-2"]],
      ["production-fleet", ["production-server-3"]],
    ]);
  });

  it("are those of the main job, and each is sound", () => {
    expect(environments().map(({ name }) => name)).toEqual(all().map(({ name }) => name));
    for (const environment of all()) {
      expect(() => {
        validateEnvironment(environment);
      }).not.toThrow();
    }
  });

  it.each(Object.keys(stacks))("write the golden text of %s", (name) => {
    expectGolden(join(GOLDEN, `${name}.json`), readable(stackOf(name)));
  });

  it("have a golden text for each stack, and for nothing else", () => {
    const texts = readdirSync(GOLDEN).filter((name) => name.endsWith(".json"));
    expect(texts.sort()).toEqual(
      Object.keys(stacks)
        .map((name) => `${name}.json`)
        .sort(),
    );
  });

  it("write the same again", () => {
    expect(synthesizeAll()).toEqual(stacks);
  });

  it("are planned each by itself: nothing refers to another stack", () => {
    for (const json of Object.values(stacks)) {
      expect(json.output).toBeUndefined();
      expect(json.data).toBeUndefined();
      expect(json.variable).toBeUndefined();
    }
  });

  it("never mention a host of another environment", () => {
    const addresses = (environment: Environment) =>
      Object.values(environment.hosts).map(({ address }) => address);
    for (const [name, json] of Object.entries(stacks)) {
      const text = readable(json);
      const [own] = name.split("-");
      for (const environment of all()) {
        for (const address of addresses(environment)) {
          if (environment.name !== own) expect(text).not.toContain(`${address}"`);
        }
      }
      expect(text).not.toMatch(
        new RegExp(`\\b(${addresses(own === "staging" ? production : staging()).join("|")})\\b`),
      );
    }
  });

  it("publish nothing on every interface", () => {
    for (const json of Object.values(stacks)) {
      for (const container of containersOf(json)) {
        for (const port of publishedPorts(container)) expect(port).not.toMatch(/^(0\.0\.0\.0|::|undefined)/);
      }
    }
  });
});

describe("production", () => {
  const fleet = stackOf("production-fleet");

  it("has a provider and a network for each host, and hands each resource its own host's", () => {
    const providers = fleet.provider?.["docker"]?.map(({ alias, host }) => [alias, host]);
    expect(providers).toEqual([
      ["web-1", "ssh://deploy@10.30.0.14"],
      ["web-2", "ssh://deploy@10.30.0.15"],
    ]);
    const networks = Object.values(fleet.resource?.["docker_network"] ?? {});
    expect(networks.map(({ provider, name }) => [provider, name])).toEqual([
      ["docker.web-1", "services"],
      ["docker.web-2", "services"],
    ]);
    expect(containersOf(fleet).map(({ provider, name }) => `${provider} ${name}`)).toEqual(
      ["web-1", "web-2"].flatMap((host) =>
        ["bind", "consul", "registrator", "shop"].map((name) => `docker.${host} ${name}`),
      ),
    );
  });

  it("makes each server one of three that know each other", () => {
    for (const n of [1, 2, 3]) {
      const container = containerOf(stackOf(`production-server-${n}`), "consul");
      expect(agentOf(container)).toMatchObject({
        server: true,
        bootstrap_expect: 3,
        node_name: `consul-${n}`,
        datacenter: "production",
        bind_addr: `10.30.0.1${n}`,
        retry_join: [1, 2, 3].filter((other) => other !== n).map((other) => `10.30.0.1${other}`),
      });
      expect(uploadedText(container, "/usr/local/lib/consul-health-gate.sh")).toContain(`position=${n}\n`);
    }
  });

  it("makes the workers' agents clients of all three", () => {
    const agent = agentOf(containerOn(fleet, "web-1", "consul"));
    expect(agent).toMatchObject({
      node_name: "web-1",
      retry_join: ["10.30.0.11", "10.30.0.12", "10.30.0.13"],
    });
    expect(agent).not.toHaveProperty("server");
  });

  it("answers DNS on the network's gateway, which is made first, and on the host's address; all else on loopback", () => {
    const container = containerOn(fleet, "web-1", "consul");
    expect(agentOf(container)).toMatchObject({
      client_addr: "127.0.0.1",
      addresses: { dns: "127.0.0.1 10.31.4.1 10.30.0.14" },
    });
    expect(container.depends_on).toEqual([expect.stringMatching(/^docker_network\.web-1_/)]);
  });

  it("forwards the zone to the host's own agent first, then to the servers, and the rest upstream", () => {
    const text = namedConf(containerOn(fleet, "web-1", "bind"));
    const asked = [...text.matchAll(/(10\.3[01]\.\d+\.\d+) port (\d+)/g)].map(
      ([, address, port]) => `${address ?? ""}:${port ?? ""}`,
    );
    expect(asked).toEqual(
      expect.arrayContaining(["10.31.4.1:8600", "10.30.0.11:8600", "10.30.0.12:8600", "10.30.0.13:8600"]),
    );
    expect(asked.filter((endpoint) => endpoint.endsWith(":8600"))).toEqual([
      "10.31.4.1:8600",
      "10.30.0.11:8600",
      "10.30.0.12:8600",
      "10.30.0.13:8600",
    ]);
    expect(text).toMatch(/10\.30\.0\.2\b[\s\S]*10\.30\.0\.3\b/);
    const server = namedConf(containerOf(stackOf("production-server-2"), "bind"));
    expect([...server.matchAll(/(\S+) port 8600/g)].map(([, address]) => address)).toEqual([
      "10.31.2.1",
      "10.30.0.11",
      "10.30.0.13",
    ]);
  });

  it("registers what other hosts reach, at the host's address, and nothing of its own machinery", () => {
    const registrator = containerOn(fleet, "web-2", "registrator");
    expect(registrator.command).toEqual(
      expect.arrayContaining(["-ip=10.30.0.15", "consul://127.0.0.1:8500"]),
    );
    const shop = containerOn(fleet, "web-2", "shop");
    expect(publishedPorts(shop)).toEqual(["10.30.0.15:* -> 8000/tcp"]);
    expect(labelsOf(shop)).toMatchObject({ SERVICE_8000_NAME: "shop", SERVICE_8000_CHECK_HTTP: "/healthz" });
    expect(shop["dns"]).toEqual(["10.31.5.1"]);
    for (const name of ["consul", "registrator", "bind"]) {
      expect(labelsOf(containerOn(fleet, "web-2", name))).toMatchObject({ SERVICE_IGNORE: "true" });
    }
  });

  it("starts things in the order in which they need each other", () => {
    const after = (name: string) =>
      (containerOn(fleet, "web-1", name).depends_on ?? []).map((path) =>
        path.split("_").slice(0, 3).join("_"),
      );
    expect(after("registrator")).toEqual(["docker_container.web-1_consul"]);
    expect(after("shop")).toEqual(["docker_container.web-1_bind"]);
  });
});

describe("a retired host", () => {
  const web2 = production.hosts["web-2"];
  if (web2 === undefined) throw new Error("production has no web-2");
  const environment = { ...production, hosts: { ...production.hosts, "web-2": { ...web2, retired: true } } };
  const fleet = stackOf("production-fleet", synthesizeAll([environment]));

  it("keeps its provider, with which Terraform removes what is still in the state, and nothing else", () => {
    expect(fleet.provider?.["docker"]?.map(({ alias }) => alias)).toEqual(["web-1", "web-2"]);
    expect(containersOf(fleet).filter(({ provider }) => provider === "docker.web-2")).toEqual([]);
    expect(containersOf(fleet).filter(({ provider }) => provider === "docker.web-1")).not.toEqual([]);
  });

  it("is no Consul server any more", () => {
    const [one, two] = ["consul-1", "consul-2"].map((name) => {
      const host = production.hosts[name];
      if (host === undefined) throw new Error(`production has no ${name}`);
      return { ...host, retired: true };
    });
    const smaller = {
      ...production,
      hosts: { ...production.hosts, "consul-1": one, "consul-2": two },
    } as Environment;
    validateEnvironment(smaller);
    const json = stackOf("production-server-3", synthesizeAll([smaller]));
    expect(agentOf(containerOf(json, "consul"))["bootstrap_expect"]).toBe(1);
  });
});

describe("staging", () => {
  it("has a server and services of its own on each host", () => {
    const json = stackOf("staging-server-1");
    expect(agentOf(containerOf(json, "consul"))).toMatchObject({ server: true, node_name: "staging-1" });
    const bitbucket = containerOf(json, "bitbucket-server");
    // Under the names that registrator makes of the image's: no label says another one.
    expect(Object.keys(labelsOf(bitbucket))).toEqual(["cdktf-docker-discovery.replacement-hash"]);
    expect(bitbucket["ports"]).toMatchObject([{ internal: 7990 }, { internal: 7999 }]);
    expect(bitbucket["memory"]).toBe(2048);
  });
});

describe("local", () => {
  const json = stackOf("local-docker");

  it("publishes on its network's gateway and nowhere else", () => {
    expect(containersOf(json).flatMap(publishedPorts)).toEqual([
      "172.30.53.1:53 -> 53/tcp",
      "172.30.53.1:53 -> 53/udp",
      "172.30.53.1:8500 -> 8500/tcp",
      "172.30.53.1:8600 -> 8600/tcp",
      "172.30.53.1:8600 -> 8600/udp",
      "172.30.53.1:8080 -> 80/tcp",
    ]);
  });

  it("lets Consul be found under its default names, for its ports are published", () => {
    expect(labelsOf(containerOf(json, "consul"))).not.toHaveProperty("SERVICE_IGNORE");
  });

  it("publishes on loopback with Docker Desktop, where containers ask BIND at its own address", () => {
    const environment = localWith({ dockerDesktop: true });
    validateEnvironment(environment);
    const desktop = stackOf("local-docker", synthesizeAll([environment]));
    for (const port of containersOf(desktop).flatMap(publishedPorts)) expect(port).toMatch(/^127\.0\.0\.1:/);
    const web = containerOf(desktop, "web");
    expect(web["dns"]).toEqual(["172.30.53.3"]);
    expect(Object.keys(labelsOf(web)).filter((label) => label.includes("CHECK"))).toEqual([]);
    expect(containerOf(desktop, "registrator").command).toContain("-ip=127.0.0.1");
  });

  it("follows its settings", () => {
    const settings = localWith({
      subnet: "10.9.0.0/28",
      serviceTtlSeconds: 7,
      upstreams: ["9.9.9.9"],
      furtherAgents: [{ address: "10.9.0.1", port: 8600 }],
      providerVersion: "3.6.2",
      web: { port: 8000, hostPort: 8081, memoryMebibytes: 96, path: "/healthz", healthCommand: "true" },
    });
    validateEnvironment(settings);
    const changed = stackOf("local-docker", synthesizeAll([settings]));
    expect(agentOf(containerOf(changed, "consul"))).toMatchObject({
      bind_addr: "10.9.0.2",
      dns_config: { service_ttl: { "*": "7s" } },
    });
    expect(
      [...namedConf(containerOf(changed, "bind")).matchAll(/(\S+) port 8600/g)].map(([, a]) => a),
    ).toEqual(["10.9.0.2", "10.9.0.1"]);
    expect(namedConf(containerOf(changed, "bind"))).toContain("9.9.9.9");
    const web = containerOf(changed, "web");
    expect(publishedPorts(web)).toEqual(["10.9.0.1:8081 -> 8000/tcp"]);
    expect(web).toMatchObject({ memory: 96, healthcheck: { test: ["CMD-SHELL", "true"] } });
    expect(labelsOf(web)).toMatchObject({ SERVICE_8000_CHECK_HTTP: "/healthz" });
    expect(changed.terraform["required_providers"]).toMatchObject({ docker: { version: "3.6.2" } });
  });
});

describe("an environment's engines", () => {
  const connected = (connection: Environment["hosts"][string]["connection"]) => {
    const { docker } = localWith().hosts;
    if (docker === undefined) throw new Error("local has no host");
    const environment = { ...localWith(), hosts: { docker: { ...docker, connection } } };
    return stackOf("local-docker", synthesizeAll([environment])).provider?.["docker"]?.[0];
  };

  it.each<[Environment["hosts"][string]["connection"], Record<string, string>]>([
    [{ kind: "local" }, { host: "unix:///var/run/docker.sock" }],
    [{ kind: "local", socket: "/run/user/1000/docker.sock" }, { host: "unix:///run/user/1000/docker.sock" }],
    [{ kind: "ssh" }, { host: "ssh://172.30.53.1" }],
    [
      { kind: "ssh", user: "deploy", port: 2222, address: "host.example.com" },
      { host: "ssh://deploy@host.example.com:2222" },
    ],
    [
      { kind: "tcp", certPath: "/etc/docker" },
      { host: "tcp://172.30.53.1:2376", cert_path: "/etc/docker" },
    ],
    [{ kind: "tcp", certPath: "/etc/docker", port: 2377 }, { host: "tcp://172.30.53.1:2377" }],
  ])("are reached by %j", (connection, expected) => {
    expect(connected(connection)).toMatchObject(expected);
  });

  it("may be of a version that is told, and servers may take their time", () => {
    const { docker } = localWith().hosts;
    if (docker === undefined) throw new Error("local has no host");
    const environment = {
      ...localWith(),
      hosts: { docker: { ...docker, engineVersion: "20.10.24" } },
      serverTimeout: Duration.minutes(7),
    };
    const json = stackOf("local-docker", synthesizeAll([environment]));
    expect(containerOf(json, "consul")["wait_timeout"]).toBe(420);
  });
});
