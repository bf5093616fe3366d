import { createSocket } from "node:dgram";
import { readdirSync, readFileSync } from "node:fs";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import fc from "fast-check";
import { BIND_RELEASES } from "../../constructs/dns/bind-versions";
import { renderBindValidation } from "../../constructs/dns/host-bind-forwarder";
import { BIND_PACKAGES, renderHostNamedConf } from "../../constructs/dns/host-named-conf";
import { renderNamedConf } from "../../constructs/dns/named-conf";
import { NAMED_OPTIONS, knowsOption } from "../../constructs/dns/named-options";
import { type BindRelease, bindReleases, consulBinaries } from "../../lab/programs";
import { configurations, corpus, maximal, minimal } from "../dns/named-samples";
import { checkConf, checkPackage, Named } from "./bind-process";
import { Agents, ask, eventually, loopbackNet } from "./consul-process";

jest.setTimeout(180_000);

test("every version at hand is marked as tried, and no other", () => {
  expect(bindReleases().map(({ version }) => version)).toEqual(
    Object.values(BIND_RELEASES).map(({ tried }) => tried),
  );
});

describe.each(bindReleases())("BIND $version takes", (release) => {
  const { version } = release;

  test.each(corpus(version))("every option: $name", ({ configuration }) => {
    expect(checkConf(release, renderNamedConf(configuration))).toEqual({ status: 0, said: "" });
  });

  test("whatever is valid", () => {
    for (const configuration of fc.sample(configurations(version), { numRuns: 30, seed: 20 })) {
      const text = renderNamedConf(configuration);
      expect({ text, ...checkConf(release, text) }).toEqual({ text, status: 0, said: "" });
    }
  });

  test.each(corpus(version))("it as the host's own package, beside the package's files: $name", ({ configuration }) => {
    // Where named.conf.local stands beside Debian's own zones, and with the folders of Debian's package.
    const files = renderHostNamedConf("debian", configuration);
    const texts = files.map(({ text }) => text);
    const { main } = BIND_PACKAGES.debian;
    expect(checkPackage(release, renderBindValidation(main, files), texts)).toEqual({ status: 0, said: "" });
  }); // prettier-ignore

  test("the one file of Red Hat's package, in folders of Debian's", () => {
    const folders = { directory: "/var/cache/bind", managedKeysDirectory: "/var/cache/bind" };
    for (const configuration of [minimal(version), maximal(version)]) {
      const files = renderHostNamedConf("redhat", { ...configuration, ...folders });
      const validation = renderBindValidation(BIND_PACKAGES.redhat.main, files);
      const texts = files.map(({ text }) => text);
      expect(checkPackage(release, validation, texts)).toEqual({ status: 0, said: "" });
    }
  });

  test("a zone that the package has already is found before anything is replaced", () => {
    const forwardZones = [{ name: "localhost", forwarders: [{ address: "10.0.0.1", port: 8600 }] }];
    const files = renderHostNamedConf("debian", { ...minimal(version), forwardZones });
    const validation = renderBindValidation(BIND_PACKAGES.debian.main, files);
    const checked = checkPackage(release, validation, files.map(({ text }) => text)); // prettier-ignore
    // Debian 13's package leaves it to the zones that named brings along.
    const clash = readdirSync(join(release.root, "etc/bind")).some((name) =>
      readFileSync(join(release.root, "etc/bind", name), "utf8").includes('zone "localhost"'),
    );
    expect(checked).toEqual(
      clash ? { status: 1, said: expect.stringContaining("localhost") as string } : { status: 0, said: "" },
    );
  });

  test("the options that the table says it knows, and no others", () => {
    const values = ["yes", "1", "none", "off", "unlimited", '"x"', "{ any; }", "{ }", '{ "x"; }'];
    const takes = (option: string) =>
      values.some((value) => {
        const { status, said } = checkConf(release, `options {\n${option} ${value};\n};\n`);
        return status === 0 && !/obsolete|no longer exists|unknown option/.test(said);
      });
    const changing = Object.keys(NAMED_OPTIONS).filter((name) => {
      const { since, until } = NAMED_OPTIONS[name]!;
      return since !== undefined || until !== undefined;
    });
    expect(changing.filter(takes)).toEqual(changing.filter((name) => knowsOption(name, version)));
  });
});

/** Takes what is sent to addresses at Consul's DNS port, and never answers. */
async function silence(addresses: readonly string[]): Promise<() => Promise<void>> {
  const held = new Set<Socket>();
  const closers = await Promise.all(
    addresses.map(async (address) => {
      const udp = createSocket("udp4");
      const tcp = createServer((socket) => held.add(socket.on("error", () => held.delete(socket))));
      await new Promise<void>((resolve) => udp.bind(8600, address, resolve));
      await new Promise<void>((resolve) => tcp.listen(8600, address, resolve));
      return async () => {
        await new Promise<void>((resolve) => udp.close(resolve));
        for (const socket of held) socket.destroy();
        await new Promise((resolve) => tcp.close(resolve));
      };
    }),
  );
  return async () => {
    await Promise.all(closers.map((close) => close()));
  };
}

const pause = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));
/** Longer than the TTL of Consul's services, 3 s. */
const PAST_TTL = 4_000;

describe.each(bindReleases())("BIND $version, started with a rendered file,", (release: BindRelease) => {
  const net = loopbackNet();
  const addresses = [`${net}.1`, `${net}.2`, `${net}.3`];
  const [address] = addresses as [string, ...string[]];
  const agents = new Agents(consulBinaries().at(-1)!);
  const endpoints = addresses.map((each) => ({ address: each, port: 8600 }));
  const forwardZones = [{ name: "consul", forwarders: endpoints }];
  let named: Named;
  let unstale: Named;

  const register = (Address: string) =>
    ask(address, "/v1/agent/service/register", { Name: "web", ID: "web", Port: 8080, Address });
  const startAgent = async (serviceAddress: string) => {
    agents.start("server-1", address, {
      server: true,
      bootstrapExpect: 1,
      clientAddr: addresses,
      ports: { serfWan: -1 },
    });
    await eventually(() => register(serviceAddress));
  };

  beforeAll(async () => {
    await startAgent("192.0.2.7");
    // BIND 9.16 waits too long without forwarders. These are never needed.
    named = new Named(release, { forwardZones, forwarders: [{ address, port: 8600 }] });
    unstale = new Named(release, { forwardZones, staleAnswers: "off" });
    await named.ready("web.service.consul");
    await unstale.ready("web.service.consul");
  });
  afterAll(async () => {
    await named.end();
    await unstale.end();
    await agents.end();
  });

  describe.each(["udp", "tcp"] as const)("over %s", (transport) => {
    test("answers A", () => {
      expect(named.ask(transport, "web.service.consul", "A")).toMatchObject({
        status: "NOERROR",
        answer: [expect.stringMatching(/^web\.service\.consul\. [0-3] IN A 192\.0\.2\.7$/)],
      });
    });

    test("answers SRV with the port, and the target's address beside it", () => {
      const { status, answer, additional } = named.ask(transport, "web.service.consul", "SRV");
      expect(status).toBe("NOERROR");
      expect(answer).toEqual([
        expect.stringMatching(/^web\.service\.consul\. [0-3] IN SRV 1 1 8080 c0000207\.addr\.dc1\.consul\.$/),
      ]);
      expect(additional).toContainEqual(
        expect.stringMatching(/^c0000207\.addr\.dc1\.consul\. \d+ IN A 192\.0\.2\.7$/),
      );
    });

    test("says that a name does not exist", () => {
      expect(named.ask(transport, "nobody.service.consul", "A").status).toBe("NXDOMAIN");
    });

    test.each(["version.bind", "hostname.bind", "id.server"])("does not tell %s", (name) => {
      expect(named.ask(transport, name, "TXT", "-c", "CH").answer).toEqual([]);
    });
  });

  test("goes on answering what it knew, within 4 s each, while agents refuse or are silent, and then what is new", async () => {
    const known = [
      { type: "A", answers: 1 },
      { type: "SRV", answers: 1 },
      { type: "AAAA", answers: 0 },
    ];
    const asked = () => {
      for (const { type, answers } of known) {
        const { status, answer } = named.ask("udp", "web.service.consul", type, "+time=4");
        expect({ type, status, answers: answer.length }).toEqual({ type, status: "NOERROR", answers });
      }
    };
    asked();
    await agents.kill("server-1");
    await pause(PAST_TTL);
    asked();
    expect(unstale.ask("udp", "web.service.consul", "A").status).toBe("SERVFAIL");

    const speak = await silence(addresses);
    // Longer than BIND's own patience of 10 s: who asks while another lookup waits must not wait as long.
    try {
      for (let round = 0; round < 3; round++) asked();
    } finally {
      await speak();
    }

    await startAgent("192.0.2.8");
    await eventually(() => {
      expect(named.ask("udp", "web.service.consul", "A").answer).toEqual([
        expect.stringMatching(/ IN A 192\.0\.2\.8$/),
      ]);
    }, 5_000);
  });
});
