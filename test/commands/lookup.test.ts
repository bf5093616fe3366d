import { createSocket, type Socket } from "node:dgram";
import { lookup } from "../../commands/lookup";

const A = 1;
const SRV = 33;
const NXDOMAIN = 3;

const encodeName = (name: string) =>
  Buffer.concat([
    ...name.split(".").map((label) => Buffer.concat([Buffer.from([label.length]), Buffer.from(label)])),
    Buffer.from([0]),
  ]);

/** The answer to one question (RFC 1035, section 4): a record, or a response code without any. */
function answer(query: Buffer, data: { readonly type: number; readonly rdata: Buffer } | number): Buffer {
  const question = query.subarray(12, query.indexOf(0, 12) + 5);
  const header = Buffer.alloc(12);
  query.copy(header, 0, 0, 2);
  header.writeUInt16BE(0x8180 | (typeof data === "number" ? data : 0), 2);
  header.writeUInt16BE(1, 4);
  if (typeof data === "number") return Buffer.concat([header, question]);
  header.writeUInt16BE(1, 6);
  const record = Buffer.alloc(12);
  record.writeUInt16BE(0xc00c, 0);
  record.writeUInt16BE(data.type, 2);
  record.writeUInt16BE(1, 4);
  record.writeUInt16BE(data.rdata.length, 10);
  return Buffer.concat([header, question, record, data.rdata]);
}

/** The data of the records of web.service.consul: 172.30.53.1, and port 8080 there. */
const RDATA = new Map([
  [A, Buffer.from([172, 30, 53, 1])],
  [SRV, Buffer.concat([Buffer.from([0, 1, 0, 1, 8080 >> 8, 8080 & 0xff]), encodeName("a.addr.consul")])],
]);

let server: Socket;
let address = "";
let refusals = 0;
const asked: number[] = [];

beforeAll(async () => {
  server = createSocket("udp4");
  server.on("message", (query, from) => {
    const type = query.readUInt16BE(query.indexOf(0, 12) + 1);
    asked.push(type);
    const rdata = RDATA.get(type);
    const refused = (refusals -= 1) >= 0 || rdata === undefined;
    server.send(answer(query, refused ? NXDOMAIN : { type, rdata }), from.port, from.address);
  });
  await new Promise<void>((resolve) => server.bind(0, "127.0.0.1", resolve));
  address = `127.0.0.1:${server.address().port}`;
});
afterAll(async () => {
  await new Promise<void>((resolve) => server.close(resolve));
});
beforeEach(() => {
  asked.length = 0;
});

describe("lookup", () => {
  it("asks for addresses and for endpoints with their ports", async () => {
    refusals = 0;
    expect(await lookup(address, "web.service.consul", 5_000)).toEqual({
      addresses: ["172.30.53.1"],
      endpoints: [{ name: "a.addr.consul", port: 8080 }],
    });
    expect([...asked].sort((a, b) => a - b)).toEqual([A, SRV]);
  });

  it("asks again while the name is not there yet", async () => {
    refusals = 2;
    const { endpoints } = await lookup(address, "web.service.consul", 5_000);
    expect(endpoints).toEqual([{ name: "a.addr.consul", port: 8080 }]);
    expect(asked).toHaveLength(4);
  });

  it("gives up once patience is at its end, and says whom it asked for what", async () => {
    refusals = 1_000;
    const error: unknown = await lookup(address, "web.service.consul", 0).catch((reason: unknown) => reason);
    expect(String(error)).toMatch(
      new RegExp(`${address} did not answer for web\\.service\\.consul within 0 s: .*ENOTFOUND`),
    );
  });

  it("refuses a server by name: it asks one address", async () => {
    const act = lookup("dns.example.com", "web.service.consul", 0);
    await expect(act).rejects.toThrow(/Invalid IP address: dns\.example\.com/);
  });
});
