import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { App } from "cdktf";
import type { Environment } from "../../environments/environment";
import { production } from "../../environments/production";
import { staging } from "../../environments/staging";
import { readStagingSettings, type StagingSettingsFile } from "../../environments/staging-settings";
import { validateEnvironment } from "../../environments/validate";
import { addEnvironment } from "../../stacks/environment-stacks";
import { type StackJson, synthesize } from "../support/apps";
import { type ContainerJson, containerOf, uploadedText } from "../support/containers";
import { fleet, HOST_KEY, hostNamed, withHost } from "../support/fleets";
import { expectGolden, readable } from "../support/golden";

const GOLDEN = join(__dirname, "golden", "fleets");

/** Staging as settings make it. */
function stagingWith(settings: StagingSettingsFile): Environment {
  const folder = mkdtempSync(join(tmpdir(), "fleet-stacks-"));
  try {
    const file = join(folder, "settings.json");
    writeFileSync(file, JSON.stringify(settings));
    return staging(readStagingSettings(file));
  } finally {
    rmSync(folder, { recursive: true });
  }
}
const declared = { hostKeys: [HOST_KEY] };
const three = { "staging-1": declared, "staging-2": declared, "staging-3": declared };

/** A sound environment's stacks, by name. */
function stacksOf(environment: Environment): Readonly<Record<string, StackJson>> {
  validateEnvironment(environment);
  return synthesize((app) => {
    addEnvironment(app, environment);
  });
}

function stackOf(stacks: Readonly<Record<string, StackJson>>, name: string): StackJson {
  const found = stacks[name];
  if (found === undefined) throw new Error(`there is no stack ${name}`);
  return found;
}

/** What each stack waits for, in the order in which they are made. */
function orderOf(environment: Environment): [string, string[]][] {
  return addEnvironment(new App(), environment).map((stack) => [
    stack.node.id,
    stack.dependencies.map(({ node }) => node.id),
  ]);
}

interface DataJson {
  readonly input: Readonly<Record<string, unknown>>;
  readonly depends_on?: readonly string[];
  readonly triggers_replace: unknown;
  readonly provisioner: readonly {
    readonly "local-exec": { readonly environment: Record<string, string> };
  }[];
}
const dataOf = (json: StackJson) =>
  Object.entries(json.resource?.["terraform_data"] ?? {}) as unknown as [string, DataJson][];
const containersOf = (json: StackJson) =>
  Object.values(json.resource?.["docker_container"] ?? {}) as unknown as ContainerJson[];
/** An address in the state without CDKTF's hash: `staging-1_Change`, `staging-1_Change_Original`, `web-1_consul`. */
const plain = (address: string) => address.replace(/^[a-z_]+\./, "").replace(/_[0-9A-F]{8}$/, "");
/** What resources wait for, by their plain addresses. */
const waits = (json: StackJson) => {
  const made = ["terraform_data", "docker_container"].flatMap((type) =>
    Object.entries(json.resource?.[type] ?? {}),
  );
  return Object.fromEntries(
    made.map(([name, { depends_on = [] }]) => [plain(name), (depends_on as string[]).map(plain).sort()]),
  );
};
const hostsOf = (json: StackJson) => json.provider?.["docker"]?.map(({ alias }) => alias) ?? [];

const lab = stagingWith({ hosts: three });
const stacks = { ...stacksOf(lab), ...stacksOf(fleet) };
const of = (name: string) => stackOf(stacks, name);

describe("the stacks of environments with engines", () => {
  it("are these layers, each behind all of the one before", () => {
    expect(orderOf(fleet)).toEqual([
      ["production-hosts", []],
      ["production-server-1", ["production-hosts"]],
      ["production-server-2", ["production-server-1"]],
      ["production-server-3", ["production-server-2"]],
      ["production-fleet", ["production-server-3"]],
      ["production-engines", ["production-fleet"]],
      ["production-network", ["production-engines"]],
      ...["server-1", "server-2", "server-3", "fleet"].map((group) => [
        `production-${group}-discovery`,
        ["production-network"],
      ]),
      ...["server-1", "server-2", "server-3", "fleet"].map((group) => [
        `production-${group}-services`,
        ["server-1", "server-2", "server-3", "fleet"].map((each) => `production-${each}-discovery`),
      ]),
    ]);
  });

  it("come after the last server where there are no other agents", () => {
    expect(orderOf(lab).filter(([name]) => !/-(discovery|services)$/.test(name))).toEqual([
      ["staging-hosts", []],
      ["staging-server-1", ["staging-hosts"]],
      ["staging-server-2", ["staging-server-1"]],
      ["staging-server-3", ["staging-server-2"]],
      ["staging-engines", ["staging-server-3"]],
      ["staging-network", ["staging-engines"]],
    ]);
  });

  it.each(Object.keys(stacks))("write the golden text of %s", (name) => {
    expectGolden(join(GOLDEN, `${name}.json`), readable(of(name), { scripts: false }));
  });

  it("have a golden text for each stack, and for nothing else", () => {
    const names = Object.keys(stacks).map((name) => `${name}.json`);
    expect(readdirSync(GOLDEN).sort()).toEqual(names.sort());
  });

  it("are planned each by itself: nothing refers to another stack", () => {
    for (const json of Object.values(stacks)) {
      expect([json.output, json.data, json.variable]).toEqual([undefined, undefined, undefined]);
    }
  });

  it("touch no host but those of their group", () => {
    for (const environment of [lab, fleet]) {
      for (const [group, hosts] of Object.entries(environment.groups)) {
        for (const layer of ["", "-discovery", "-services"]) {
          const json = of(`${environment.name}-${group}${layer}`);
          expect(hostsOf(json)).toEqual(hosts);
          for (const { provider } of containersOf(json)) expect(hosts.map((name) => `docker.${name}`)).toContain(provider); // prettier-ignore
          const reached = dataOf(json).map(
            ([, { input }]) => input["cdktf-docker-discovery.host"] ?? input["host"],
          );
          for (const name of reached) expect(hosts).toContain(name);
        }
      }
    }
  });
});

describe("the hosts' stack", () => {
  const names = Object.values(fleet.groups).flat();
  const json = of("production-hosts");

  it("looks at each host, and changes none: no file is swapped, and nothing is made", () => {
    expect(Object.keys(json.resource ?? {})).toEqual(["terraform_data"]);
    expect(json.provider).toBeUndefined();
    const checks = dataOf(json).filter(([name]) => /_Change_[0-9A-F]{8}$/.test(name));
    expect(checks.map(([, { input }]) => input)).toEqual(
      names.map((name) => ({
        "cdktf-docker-discovery.host": name,
        change: "the engine as it is described",
        files: {},
      })),
    );
    for (const [name, { provisioner }] of checks) {
      const script = provisioner[0]?.["local-exec"].environment["SCRIPT_1"];
      expect(script).toContain(`[ "$name" = ${plain(name).replace("_Change", "")} ]`);
      expect(script).toContain("ip link show dev eth0");
    }
  });

  it("tries the ports between all hosts, Consul's own on the servers alone", () => {
    const [, ports] = dataOf(json).find(([name]) => name.startsWith("ports")) ?? [];
    expect(ports?.input).toEqual({
      check: "ports between hosts",
      hosts: Object.fromEntries(names.map((name) => [name, hostNamed(fleet, name).address])),
      ports: ["8301/tcp", "8301/udp", "7946/tcp", "7946/udp", "4789/udp"],
      further: { "consul-1": ["8300/tcp"], "consul-2": ["8300/tcp"], "consul-3": ["8300/tcp"] },
    });
  });

  it("looks at all of them side by side, so that whoever mends it sees all that is wrong", () => {
    const waiting = Object.entries(waits(json)).filter(([, others]) => others.length > 0);
    expect(waiting).toEqual(names.map((name) => [`${name}_Change`, [`${name}_Change_Original`]]));
  });

  it("has no ports to try where a host is alone", () => {
    const alone = stackOf(stacksOf(stagingWith({ hosts: { "staging-1": declared } })), "staging-hosts");
    expect(Object.keys(waits(alone)).sort()).toEqual(["staging-1_Change", "staging-1_Change_Original"]);
  });
});

describe("the engines' stack", () => {
  const names = Object.values(fleet.groups).flat();
  const json = of("production-engines");
  const waiting = waits(json);

  it("changes one engine after the other, each behind the unit that reconnects its overlays", () => {
    const chain = names.map((name) => waiting[`${name}_Change`]);
    names.forEach((name, i) => {
      const before = i === 0 ? [] : [`${names[i - 1] ?? ""}_Change`];
      expect(chain[i]).toEqual([...before, `${name}-overlays_Change`, `${name}_Change_Original`].sort());
      expect(waiting[`${name}_Change_Original`]).toEqual([...before, `${name}-overlays_Change`].sort());
    });
  });

  it("tells each engine its own host's BIND, and all of them the rest", () => {
    const files = Object.fromEntries(
      dataOf(json).flatMap(([name, { input }]) => {
        const text = (input["files"] as Record<string, string> | undefined)?.["/etc/docker/daemon.json"];
        return text === undefined ? [] : [[plain(name), JSON.parse(text) as unknown]];
      }),
    );
    expect(files).toEqual(
      Object.fromEntries(
        names.map((name, i) => [
          `${name}_Change`,
          {
            "cluster-advertise": "eth0:2375",
            "cluster-store": "consul://127.0.0.1:8500",
            dns: [`10.31.${i + 1}.1`],
            labels: ["site=north"],
            "live-restore": true,
          },
        ]),
      ),
    );
  });

  it("reaches hosts by the declared keys, and as the environment says", () => {
    const reached = stagingWith({
      hosts: {
        ...three,
        "staging-2": {
          ...declared,
          user: "root",
          port: 2222,
          identityFile: "/keys/id",
          configFile: "/keys/config",
        },
      },
    });
    const ssh = dataOf(stackOf(stacksOf(reached), "staging-engines"))
      .filter(([name]) => /^staging-2_Change_[0-9A-F]+$/.test(name))
      .map(([, { provisioner }]) => provisioner[0]?.["local-exec"].environment["SSH"]);
    expect(ssh).toEqual([
      expect.stringMatching(
        /^ssh -F \/keys\/config .*ssh-ed25519.* -i \/keys\/id .*-p 2222 -l root 10\.20\.0\.12 /,
      ),
    ]);
  });
});

describe("the network's stack", () => {
  const networkOf = (json: StackJson) => Object.values(json.resource?.["docker_network"] ?? {});

  it("makes the overlay from the first host, with all of its addresses", () => {
    expect(hostsOf(of("production-network"))).toEqual(["consul-1"]);
    expect(networkOf(of("production-network"))).toMatchObject([
      {
        provider: "docker.consul-1",
        name: "docker-internal",
        driver: "overlay",
        ipam_config: [{ subnet: "10.34.0.0/16", gateway: "10.34.0.1", ip_range: "10.34.128.0/17" }],
      },
    ]);
  });

  it("leaves the addresses of a plain one to the engine", () => {
    const made = stacksOf(stagingWith({ hosts: three, overlay: { name: "shared" } }));
    const [network] = networkOf(stackOf(made, "staging-network"));
    expect(network).toMatchObject({ name: "shared", driver: "overlay" });
    expect(network).not.toHaveProperty("ipam_config");
    const [container] = containersOf(stackOf(made, "staging-server-2-services"));
    expect(container?.networks_advanced).toEqual([
      { name: "services", aliases: ["shop"] },
      { name: "shared", aliases: ["shop"] },
    ]);
  });
});

describe("a group's discovery and services", () => {
  const discovery = of("production-fleet-discovery");
  const services = of("production-fleet-services");

  it("ask BIND only once it and registrator run", () => {
    expect(waits(discovery)["web-1-resolver_Change"]).toEqual([
      "web-1-resolver_Change_Original",
      "web-1_bind_Container",
      "web-1_registrator_Container",
    ]);
    const [, resolver] =
      dataOf(discovery).find(([name]) => name.startsWith("web-2-resolver_Change_Original")) ?? [];
    expect(resolver?.input["host"]).toBe("web-2");
  });

  it("run registrator and BIND beside the host's agent, which another stack made", () => {
    expect(containersOf(discovery).map(({ provider, name }) => `${provider} ${name}`)).toEqual(
      ["web-1", "web-2"].flatMap((host) => [`docker.${host} bind`, `docker.${host} registrator`]),
    );
    const bind = containersOf(discovery).find(
      (each) => each.provider === "docker.web-2" && each.name === "bind",
    );
    const conf = uploadedText(bind!, "/etc/bind/named.conf");
    expect([...conf.matchAll(/(\S+) port 8600/g)].map(([, address]) => address)).toEqual([
      "10.31.5.1",
      "10.30.0.11",
      "10.30.0.12",
      "10.30.0.13",
    ]);
  });

  it("take away what a lost host left on the overlay before containers of these names start", () => {
    const waiting = waits(services);
    for (const host of ["web-1", "web-2"]) {
      const [container] = Object.keys(waiting).filter((name) => name.startsWith(`${host}_service-shop`));
      expect(waiting[container ?? ""]).toEqual([`${host}-stale-endpoints_Change`]);
    }
    const scripts = dataOf(services).map(([name, { provisioner }]) => {
      return [plain(name), Object.values(provisioner[0]?.["local-exec"].environment ?? {}).join("")] as const;
    });
    const [, script = ""] = scripts.find(([name]) => name === "web-2-stale-endpoints_Change") ?? [];
    expect(script).toContain("for name in shop-web-2; do");
    expect(script).not.toContain("shop-web-1");
  });

  it("name containers by service and host, which the service's name is an alias of", () => {
    expect(containersOf(services).map(({ name, networks_advanced }) => [name, networks_advanced])).toEqual(
      [
        ["shop-web-1", "10.34.1.40"],
        ["shop-web-2", "10.34.1.50"],
      ].map(([name, ipv4_address]) => [
        name,
        [
          { name: "services", aliases: ["shop"] },
          { name: "docker-internal", aliases: ["shop"], ipv4_address },
        ],
      ]),
    );
  });

  it("register under the service's name, or under those that registrator makes of the image's", () => {
    expect(containerOf(services, "shop-web-1")["dns"]).toEqual(["10.31.4.1"]);
    expect(containerOf(services, "shop-web-1").labels).toContainEqual({
      label: "SERVICE_8000_NAME",
      value: "shop",
    });
    const bitbucket = containerOf(of("staging-server-1-services"), "bitbucket-server-staging-1");
    expect(bitbucket.ports).toMatchObject([{ internal: 7990 }, { internal: 7999 }]);
    expect(bitbucket.labels?.map(({ label }) => label)).toEqual(["cdktf-docker-discovery.replacement-hash"]);
  });

  it("have a host's provider alone where it has no services", () => {
    const json = of("production-server-1-services");
    expect(hostsOf(json)).toEqual(["consul-1"]);
    expect(json.resource).toBeUndefined();
  });
});

describe("a retired host of a fleet", () => {
  const retired = stacksOf(withHost(fleet, "web-2", { retired: true }));

  it("keeps its providers, with which Terraform removes what is still in the state, and nothing else", () => {
    for (const layer of ["fleet", "fleet-discovery", "fleet-services"]) {
      const json = stackOf(retired, `production-${layer}`);
      expect(hostsOf(json)).toEqual(["web-1", "web-2"]);
      const providers = Object.values(json.resource ?? {}).flatMap((made) =>
        Object.values(made).map(({ provider }) => provider),
      );
      expect(providers).not.toContain("docker.web-2");
      expect(containersOf(json)).not.toEqual([]);
      expect(Object.keys(waits(json)).filter((name) => name.startsWith("web-2"))).toEqual([]);
    }
  });

  it("is none of those that are looked at, and whose engine is looked after", () => {
    const own = (layer: string) =>
      Object.keys(waits(stackOf(retired, `production-${layer}`))).filter((name) => name.startsWith("web-2"));
    expect(own("engines")).toEqual([]);
    expect(own("hosts")).toEqual(["web-2-retirement_Change", "web-2-retirement_Change_Original"]);
  });

  it("loses its services first, then BIND and registrator, before its group's stack takes the network", () => {
    const [, change] =
      dataOf(stackOf(retired, "production-hosts")).find(([name]) =>
        /^web-2-retirement_Change_[0-9A-F]+$/.test(name),
      ) ?? [];
    const script = Object.values(change?.provisioner[0]?.["local-exec"].environment ?? {}).join("");
    expect(script).toContain("for name in shop-web-2 bind registrator; do");
    expect(script).toContain("docker rm --force --volumes");
  });

  it("is not among those that reach each other", () => {
    const [, ports] =
      dataOf(stackOf(retired, "production-hosts")).find(([name]) => name.startsWith("ports")) ?? [];
    expect(Object.keys(ports?.input["hosts"] ?? {})).toEqual(["consul-1", "consul-2", "consul-3", "web-1"]);
  });

  it("hands the overlay to the next one where it was the first", () => {
    const four = { ...three, "staging-4": declared, "staging-5": declared };
    const described = stagingWith({
      hosts: {
        ...four,
        "staging-1": { ...declared, retired: true },
        "staging-4": { ...declared, consul: "server" },
      },
    });
    const [network] = Object.values(
      stackOf(stacksOf(described), "staging-network").resource?.["docker_network"] ?? {},
    );
    expect(network?.["provider"]).toBe("docker.staging-2");
  });
});

describe("one host more", () => {
  const described: Environment = {
    ...fleet,
    hosts: {
      ...fleet.hosts,
      "web-3": {
        ...hostNamed(fleet, "web-2"),
        address: "10.30.0.16",
        network: { name: "services", subnet: "10.31.6.0/24", ipRange: "10.31.6.128/25" },
        services: {
          shop: { ...hostNamed(fleet, "web-2").services!["shop"]!, overlayAddress: "10.34.1.60" },
        },
      },
    },
    groups: { ...fleet.groups, fleet: ["web-1", "web-2", "web-3"] },
  };
  const grown = stacksOf(described);
  const ofOthers = (json: StackJson) =>
    Object.fromEntries(
      Object.entries(json.resource ?? {}).map(([type, made]) => [
        type,
        Object.fromEntries(Object.entries(made).filter(([name]) => !/^(web-3|ports)/.test(name))),
      ]),
    );

  it("changes nothing in the stacks of other groups", () => {
    for (const name of Object.keys(grown).filter((each) => !/-(fleet|engines|hosts)/.test(each)))
      expect(stackOf(grown, name)).toEqual(of(name));
  });

  it("is one more in its group's stacks, and changes nothing of its neighbours", () => {
    for (const layer of ["hosts", "fleet", "engines", "fleet-discovery", "fleet-services"]) {
      const json = stackOf(grown, `production-${layer}`);
      expect(ofOthers(json)).toEqual(ofOthers(of(`production-${layer}`)));
      expect(JSON.stringify(json)).toContain("10.30.0.16");
    }
  });

  it("has its engine changed last, and makes the ports be tried again", () => {
    expect(waits(stackOf(grown, "production-engines"))["web-3_Change"]).toContain("web-2_Change");
    const trigger = (json: StackJson) =>
      dataOf(json).find(([name]) => name.startsWith("ports"))?.[1].triggers_replace;
    const before = trigger(of("production-hosts"));
    expect(before).toBeDefined();
    expect(trigger(stackOf(grown, "production-hosts"))).not.toEqual(before);
  });
});

describe("a replaced host", () => {
  const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEr4+s9hLTIwWNClzdkhXZDTGjxpUQ0nwqIWkCVkmMZt";
  const replaced = stacksOf(
    withHost(fleet, "web-2", { connection: { kind: "ssh", user: "deploy", hostKeys: [key] } }),
  );

  it("is known by its key: its changes are made anew, and no other host's", () => {
    for (const layer of ["hosts", "engines", "fleet-discovery", "fleet-services"]) {
      const before = new Map(dataOf(of(`production-${layer}`)));
      const anew = dataOf(stackOf(replaced, `production-${layer}`)).filter(
        ([name, { triggers_replace: trigger }]) =>
          JSON.stringify(trigger) !== JSON.stringify(before.get(name)?.triggers_replace),
      );
      expect(anew.map(([name]) => plain(name)).sort()).toEqual(
        {
          hosts: ["ports", "web-2_Change"],
          engines: ["web-2-overlays_Change", "web-2_Change"],
          "fleet-discovery": ["web-2-resolver_Change"],
          "fleet-services": ["web-2-stale-endpoints_Change"],
        }[layer]?.sort(),
      );
    }
  });
});

test("without engines there are the groups' stacks alone", () => {
  expect(orderOf(production).map(([name]) => name)).toEqual([
    "production-server-1",
    "production-server-2",
    "production-server-3",
    "production-fleet",
  ]);
});
