import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { AGENT_OPTIONS } from "../../constructs/consul/agent-options";
import { CONSUL_MINORS, UNTYPED_KEYS } from "../../constructs/consul/consul-versions";
import { knownTo } from "../../constructs/consul/option";
import { renderAgentConfiguration } from "../../constructs/consul/render-agent-configuration";
import { Duration } from "../../constructs/core/duration";
import { type ConsulBinary, consulBinaries } from "../../lab/programs";
import { corpus } from "../consul/agent-samples";
import { Agents, ask, dig, eventually, loopbackNet } from "./consul-process";

jest.setTimeout(120_000);

const folder = mkdtempSync(join(tmpdir(), "consul-validate-"));
afterAll(() => {
  rmSync(folder, { recursive: true });
});

function validate({ path }: ConsulBinary, text: string): { status: number | null; said: string } {
  const file = join(folder, "agent.json");
  writeFileSync(file, text);
  const done = spawnSync(path, ["validate", file], { encoding: "utf8" });
  return { status: done.status, said: `${done.stdout}${done.stderr}` };
}

test("every version at hand is marked as tried, and no other", () => {
  const tried = CONSUL_MINORS.flatMap((minor) => (minor.tried === undefined ? [] : [minor.tried]));
  expect(consulBinaries().map(({ version }) => version)).toEqual(tried);
});

describe.each(consulBinaries())("Consul $version", (binary) => {
  const { version } = binary;

  test.each(corpus(version))("takes every option: $name", ({ config }) => {
    const { status, said } = validate(binary, renderAgentConfiguration(config, { version }));
    expect(said).toContain("Configuration is valid!");
    expect(status).toBe(0);
  });

  test("does not know the keys that the table keeps from it", () => {
    const unknown = [
      ...AGENT_OPTIONS.filter((option) => !knownTo(option, version)).map(({ keys }) => keys),
      ...Object.entries(UNTYPED_KEYS)
        .filter(([, span]) => !knownTo(span, version))
        .map(([key]) => key.split(".")),
    ];
    expect(unknown.length).toBeGreaterThan(0);
    // One file for each: of a section that is unknown as a whole Consul names the section only.
    const taken = unknown.filter((keys) => {
      const tree = keys.reduceRight<object>((inner, key) => ({ [key]: inner }), {});
      const { said } = validate(binary, JSON.stringify({ data_dir: "/consul/data", ...tree }));
      return !said.includes("invalid config key");
    });
    expect(taken).toEqual([]);
  });

  describe("started with a rendered file", () => {
    const address = `${loopbackNet()}.1`;
    const agents = new Agents(binary);
    const service = (name: string, id: string, more: object = {}) =>
      ask(address, "/v1/agent/service/register", {
        Name: name,
        ID: id,
        Port: 8080,
        Address: `192.0.2.${id.replace(/\D/g, "")}`,
        ...more,
      });

    beforeAll(async () => {
      agents.start("server-1", address, { server: true, bootstrapExpect: 1, ports: { serfWan: -1 } });
      await eventually(async () => {
        expect(await ask(address, "/v1/status/leader")).toContain(":8300");
      }).catch((error: unknown) => {
        throw new Error(`no leader:\n${agents.log("server-1")}`, { cause: error });
      });
      await service("web", "web-7");
      for (const n of [1, 2, 3, 4, 5]) await service("many", `many-${n}`);
      await service("shaky", "shaky-9", { Check: { TTL: "1h", Status: "warning" } });
      await eventually(async () => {
        const known = JSON.parse(await ask(address, "/v1/health/service/shaky")) as unknown[];
        expect(known).toHaveLength(1);
      });
    });
    afterAll(() => agents.end());

    describe.each(["udp", "tcp"] as const)("over %s", (transport) => {
      test("answers A with the service's TTL", () => {
        expect(dig(address, transport, "web.service.consul", "A")).toMatchObject({
          status: "NOERROR",
          answer: ["web.service.consul. 3 IN A 192.0.2.7"],
        });
      });

      test("answers SRV with the port, and the target's address beside it", () => {
        const { status, answer, additional } = dig(address, transport, "web.service.consul", "SRV");
        expect(status).toBe("NOERROR");
        expect(answer).toEqual([
          expect.stringMatching(/^web\.service\.consul\. 3 IN SRV 1 1 8080 c0000207\.addr\.dc1\.consul\.$/),
        ]);
        expect(additional).toContainEqual(
          expect.stringMatching(/^c0000207\.addr\.dc1\.consul\. \d+ IN A 192\.0\.2\.7$/),
        );
      });

      test("says of a missing name how long it may be remembered", () => {
        const { status, authority } = dig(address, transport, "nobody.service.consul", "A");
        expect(status).toBe("NXDOMAIN");
        expect(authority).toEqual([
          expect.stringMatching(/ IN SOA ns\.consul\. hostmaster\.consul\. \d+ 3600 600 86400 1$/),
        ]);
      });

      test("answers a node with the node's TTL", () => {
        expect(dig(address, transport, "server-1.node.consul", "A").answer).toEqual([
          `server-1.node.consul. 10 IN A ${address}`,
        ]);
      });

      test("leaves out what is not passing", () => {
        expect(dig(address, transport, "shaky.service.consul", "A").status).toBe("NXDOMAIN");
      });
    });

    test("tells over UDP that an answer was cut, and gives all of it over TCP", () => {
      const cut = dig(address, "udp", "many.service.consul", "A", "+noedns");
      expect(cut.flags).toContain("tc");
      expect(cut.answer).toHaveLength(3);
      const whole = dig(address, "tcp", "many.service.consul", "A");
      expect(whole.flags).not.toContain("tc");
      expect(whole.answer).toHaveLength(5);
    });
  });

  describe("started with other values", () => {
    const address = `${loopbackNet()}.1`;
    const agents = new Agents(binary);
    afterAll(() => agents.end());

    test("answers with them", async () => {
      agents.start("server-2", address, {
        server: true,
        bootstrapExpect: 1,
        datacenter: "ams1",
        domain: "internal.example",
        ports: { serfWan: -1 },
        dnsConfig: {
          serviceTtl: { web: Duration.seconds(7) },
          nodeTtl: Duration.seconds(0),
          onlyPassing: false,
          soa: {
            refresh: Duration.minutes(20),
            retry: Duration.minutes(2),
            expire: Duration.hours(2),
            minTtl: Duration.seconds(2),
          },
        },
      });
      await eventually(async () => {
        expect(await ask(address, "/v1/status/leader")).toContain(":8300");
      });
      for (const Name of ["web", "db"])
        await ask(address, "/v1/agent/service/register", { Name, Port: 80, Address: "192.0.2.8" });
      await eventually(() => {
        expect(dig(address, "udp", "web.service.ams1.internal.example", "A").answer).toEqual([
          "web.service.ams1.internal.example. 7 IN A 192.0.2.8",
        ]);
        expect(dig(address, "udp", "db.service.internal.example", "A").answer).toEqual([
          "db.service.internal.example. 3 IN A 192.0.2.8",
        ]);
      });
      expect(dig(address, "tcp", "nobody.service.internal.example", "A").authority).toEqual([
        expect.stringMatching(/ 1200 120 7200 2$/),
      ]);
      expect(dig(address, "tcp", "server-2.node.internal.example", "A").answer).toEqual([
        `server-2.node.internal.example. 0 IN A ${address}`,
      ]);
    });
  });
});
