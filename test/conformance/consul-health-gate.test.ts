import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { ConsulAgentConfiguration } from "../../constructs/consul/agent-configuration";
import {
  type HealthGate,
  renderHealthGate,
  type ServerHealthGate,
} from "../../constructs/consul/health-gate";
import { Duration } from "../../constructs/core/duration";
import { type ConsulBinary, consulBinaries } from "../../lab/programs";
import { Agents, eventually, loopbackNet, needed } from "./consul-process";

jest.setTimeout(180_000);

/** Runs a gate in BusyBox's shell, where nothing is to be found but what the image would have. */
class Gates {
  private readonly folder = mkdtempSync(join(tmpdir(), "consul-gate-"));

  constructor(binary: ConsulBinary, links: readonly string[]) {
    const busybox = needed("busybox", "busybox");
    for (const name of ["busybox", ...links]) symlinkSync(busybox, join(this.folder, name));
    symlinkSync(binary.path, join(this.folder, "consul"));
  }

  public run(gate: HealthGate): { status: number | null; said: string } {
    const file = join(this.folder, "gate.sh");
    writeFileSync(file, renderHealthGate(gate));
    const done = spawnSync(join(this.folder, "busybox"), ["sh", file], {
      encoding: "utf8",
      env: { PATH: this.folder, http_proxy: "http://192.0.2.1:1" },
    });
    return { status: done.status, said: `${done.stdout}${done.stderr}`.trim() };
  }

  public end(): void {
    rmSync(this.folder, { recursive: true });
  }
}

const IMAGES = [
  { image: "with BusyBox's programs by their names, as in Alpine", links: ["sh", "wget", "nc"] },
  { image: "with busybox alone, as in Debian", links: [] },
];

const [NEWEST, ...OLDER] = consulBinaries().reverse();
/** Every version with Alpine's links, and the newest with Debian's too. */
const CASES = [NEWEST!, ...OLDER].flatMap((binary) =>
  (binary === NEWEST ? IMAGES : IMAGES.slice(0, 1)).map((image) => ({
    binary,
    version: binary.version,
    ...image,
  })),
);

describe.each(CASES)("the health gate with Consul $version, $image", ({ binary, links }) => {
  const net = loopbackNet();
  const servers = [1, 2, 3].map((n) => ({ nodeName: `server-${n}`, address: `${net}.${n}` }));
  const client = { nodeName: "client", address: `${net}.9` };
  const agents = new Agents(binary);
  const gates = new Gates(binary, links);
  afterAll(async () => {
    await agents.end();
    gates.end();
  });

  const start = (n: number, more: ConsulAgentConfiguration = {}) => {
    const { nodeName, address } = servers[n - 1]!;
    agents.start(nodeName, address, {
      server: true,
      bootstrapExpect: 3,
      ports: { serfWan: -1 },
      // All join the first, which looks for nobody: so who joined whom is known.
      retryJoin: [servers[0]!.address],
      retryInterval: Duration.seconds(1),
      ...more,
    });
  };
  const serverGate = (n: number): ServerHealthGate => ({
    kind: "server",
    httpAddress: servers[n - 1]!.address,
    httpPort: 8500,
    serverPort: 8300,
    servers,
    position: n,
  });
  const clientGate: HealthGate = { kind: "client", httpAddress: client.address, httpPort: 8500 };
  const says = (gate: HealthGate, status: number, said: RegExp) =>
    eventually(() => {
      expect(gates.run(gate)).toEqual({ status, said: expect.stringMatching(said) as string });
    });

  test("of a server that is not there does not pass", async () => {
    await says(serverGate(1), 1, /^waiting: the agent does not answer at /);
  });

  test("of the first server passes though it is alone, and that of one further on does not", async () => {
    start(1);
    await says(serverGate(1), 0, /^ready: 1 of 3 servers are members$/);
    const second = { ...serverGate(1), servers: [servers[1]!, servers[0]!, servers[2]!], position: 2 };
    await says(second, 1, /^waiting: 1 servers are members, and 2 are needed here$/);
  });

  test("of a server with a wrong join address does not pass", async () => {
    start(2, { retryJoin: [`${net}.99`] });
    await says(serverGate(2), 1, /^waiting: server-1 answers at port 8300 and is no alive member here/);
  });

  test("of a server under another name does not pass", async () => {
    const gate = {
      ...serverGate(1),
      servers: servers.map((server) => ({ ...server, nodeName: `other-${server.nodeName}` })),
    };
    await says(gate, 1, /^waiting: this agent is not called other-server-1$/);
  });

  test("of the second server passes once it has joined, without a leader", async () => {
    await agents.kill("server-2");
    start(2);
    await says(serverGate(2), 0, /^ready: 2 of 3 servers are members$/);
  });

  test("of a client that has joined waits for a leader, and of one that has not for a server", async () => {
    agents.start(client.nodeName, client.address, { retryJoin: [`${net}.99`] });
    await says(clientGate, 1, /^waiting: the agent does not answer at .*, or knows no server$/);
    await agents.kill(client.nodeName);
    agents.start(client.nodeName, client.address, { retryJoin: [servers[0]!.address] });
    await says(clientGate, 1, /^waiting: no leader is known$/);
  });

  test("of all passes with the leader that the third server makes possible", async () => {
    start(3);
    for (const n of [3, 1, 2])
      await says(serverGate(n), 0, new RegExp(`^ready: leader "${net}\\.[123]:8300"$`));
    await says(clientGate, 0, /^ready: leader /);
  });

  test("of a server with data does not pass without a leader as long as enough others may run", async () => {
    await agents.kill("server-2");
    await agents.kill("server-3");
    // Something answers there, whatever it may be. A process of its own: this one stands still while a gate runs.
    const listen = `require("net").createServer((s) => s.destroy()).listen(8300, "${servers[2]!.address}", () => console.log())`;
    const other = spawn(process.execPath, ["-e", listen], { stdio: ["ignore", "pipe", "inherit"] });
    await once(other.stdout, "data");
    await says(serverGate(1), 1, /^waiting: this server has data, and no leader is known$/);
    other.kill();
    await once(other, "exit");
  });

  test("of a server with data passes where so few others run that none can lead, and waits for a leader from then on", async () => {
    await agents.kill("server-1");
    start(1);
    await says(serverGate(1), 0, /^ready: 1 of 3 servers run, too few for a leader$/);
    start(2);
    await says(serverGate(2), 0, /^ready: leader /);
    await says(serverGate(1), 0, /^ready: leader /);
  });

  test("of a server that lost its data waits until the others have taken it in", async () => {
    rmSync(join(agents.folder, "server-3"), { recursive: true });
    start(3);
    await says(serverGate(3), 0, /^ready: leader /);
  });
});
