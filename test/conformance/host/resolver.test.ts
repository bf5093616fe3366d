import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import {
  type HostResolverKind,
  type ResolverSettings,
  renderResolverChange,
} from "../../../constructs/dns/resolver-change";
import type { Change } from "../../../constructs/host/change";
import { renderChangeScript, renderRestoreScript } from "../../../constructs/host/change-script";

/** Addresses of loopback that nothing else asks. */
const NET = `127.${100 + (process.pid % 100)}.53`;
const ANSWERS = `${NET}.1`;
const REFUSES = `${NET}.2`;
const SILENT = `${NET}.3`;

/** A name server as a process of its own: the scripts are waited for without the event loop. */
const SERVER = `
const { createSocket } = require("node:dgram");
for (const [address, code] of [["${ANSWERS}", 0x80], ["${REFUSES}", 0x85], ["${SILENT}", undefined]]) {
  const socket = createSocket("udp4");
  socket.on("message", (query, from) => {
    if (code === undefined) return;
    const answer = Buffer.from(query);
    answer[2] |= 0x80;
    answer[3] = code;
    socket.send(answer, from.port, from.address);
  });
  socket.bind(53, address);
}
setTimeout(() => console.log("ready"), 100);
`;

let server: ChildProcess;
let root: string;
beforeAll(async () => {
  server = spawn(process.execPath, ["-e", SERVER], { stdio: ["ignore", "pipe", "inherit"] });
  await new Promise((resolve) => server.stdout?.once("data", resolve));
});
afterAll(async () => {
  const gone = new Promise((resolve) => server.once("exit", resolve));
  server.kill();
  await gone;
});
beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), "cdktf-resolver-"));
});
afterEach(() => {
  rmSync(root, { recursive: true, force: true });
});

const at = (path: string) => join(root, path);
const text = (path: string) => readFileSync(at(path), "utf8");
function put(path: string, content: string): void {
  mkdirSync(dirname(at(path)), { recursive: true });
  writeFileSync(at(path), content);
}

function changeOf(kind: HostResolverKind | "detect", more: Partial<ResolverSettings> = {}): Change {
  const settings = { kind, nameservers: [ANSWERS], interfaceName: "eth0", lookups: [], ...more };
  const { files, ...texts } = renderResolverChange(settings, { root });
  return {
    title: "web-1: the resolver",
    key: "host-resolver",
    files: files.map((file) => ({ owner: "root:root", mode: "0644", ...file })) as Change["files"],
    checkSeconds: 2,
    overwrite: false,
    ...texts,
  };
}
function sh(script: string): { status: number | null; stderr: string } {
  const { status, stderr } = spawnSync("sh", ["-s"], { input: script, encoding: "utf8" });
  return { status, stderr };
}
const stateDirectory = () => join(root, "state");
const apply = (change: Change) => sh(renderChangeScript(change, { stateDirectory: stateDirectory() }));
const restore = (change: Change) => sh(renderRestoreScript(change, { stateDirectory: stateDirectory() }));
const done = { status: 0, stderr: "" };

function picture(): Record<string, string> {
  return Object.fromEntries(
    readdirSync(root, { recursive: true, encoding: "utf8" })
      .sort()
      .map((name) => {
        const stat = lstatSync(at(name));
        if (stat.isSymbolicLink()) return [name, `link ${readlinkSync(at(name))}`];
        return [name, stat.isDirectory() ? "folder" : `${stat.mode} ${text(name)}`];
      }),
  );
}

/** Applies, changes, applies again, and puts back; what stands there in between is looked at. */
function lifeOf(change: Change, look: () => void, second: Change = change): void {
  const before = picture();
  expect(apply(change)).toEqual(done);
  look();
  expect(apply(second)).toEqual(done);
  expect(restore(second)).toEqual(done);
  expect(picture()).toEqual(before);
}

const RESOLV = "# by hand\n\ndomain old.example\nsearch a.example b.example\nnameserver 192.0.2.1\nnameserver 192.0.2.2\noptions rotate\nsortlist 10.0.0.0"; // prettier-ignore

describe("resolv.conf", () => {
  test("has the one name server, and keeps what is not said anew", () => {
    put("etc/resolv.conf", RESOLV);
    lifeOf(changeOf("resolv.conf"), () => {
      expect(text("etc/resolv.conf")).toBe(
        `domain old.example\nsearch a.example b.example\noptions rotate\nsortlist 10.0.0.0\nnameserver ${ANSWERS}\n`,
      );
    });
  });

  test("says search and options where they are given", () => {
    put("etc/resolv.conf", RESOLV);
    const given = changeOf("resolv.conf", { search: ["c.example"], options: ["ndots:2", "timeout:1"] });
    lifeOf(given, () => {
      expect(text("etc/resolv.conf")).toBe(
        `sortlist 10.0.0.0\nsearch c.example\nnameserver ${ANSWERS}\noptions ndots:2 timeout:1\n`,
      );
    });
  });

  test("is made where there is none, and a link to nothing is one again", () => {
    mkdirSync(at("etc"));
    lifeOf(changeOf("detect"), () => {
      expect(text("etc/resolv.conf")).toBe(`nameserver ${ANSWERS}\n`);
    });
    symlinkSync("../run/nowhere/resolv.conf", at("etc/resolv.conf"));
    lifeOf(changeOf("detect"), () => {
      expect(lstatSync(at("etc/resolv.conf")).isFile()).toBe(true);
    });
  });
});

const IFCFG = `TYPE=Ethernet
DEVICE="eth0"
BOOTPROTO=dhcp
ONBOOT=yes
PEERDNS="yes"
#DNS1=192.0.2.9
DNS1=192.0.2.1
 DNS2=192.0.2.2
DOMAIN="old.example"`;

describe("ifcfg", () => {
  const file = "etc/sysconfig/network-scripts/ifcfg-eth0";
  /** Red Hat's scripts read it so. */
  const variable = (name: string) =>
    spawnSync("sh", ["-c", `. '${at(file)}'; printf %s "$${name}"`], { encoding: "utf8" }).stdout;

  test("is detected; its lines about name servers are replaced, and all others stay", () => {
    put(file, IFCFG);
    put("etc/resolv.conf", RESOLV);
    lifeOf(changeOf("detect"), () => {
      expect(text(file)).toBe(
        `TYPE=Ethernet\nDEVICE="eth0"\nBOOTPROTO=dhcp\nONBOOT=yes\n#DNS1=192.0.2.9\nDOMAIN="old.example"\nPEERDNS=no\nDNS1=${ANSWERS}\n`,
      );
      expect(["PEERDNS", "DNS1", "DNS2", "DOMAIN"].map(variable)).toEqual(["no", ANSWERS, "", "old.example"]);
      expect(text("etc/resolv.conf")).toContain(`\nnameserver ${ANSWERS}\n`);
    });
  });

  test("says search and options in its own words", () => {
    put(file, IFCFG);
    const given = changeOf("ifcfg", { search: ["a.example", "b.example"], options: ["ndots:2"] });
    lifeOf(given, () => {
      expect(["DOMAIN", "RES_OPTIONS"].map(variable)).toEqual(["a.example b.example", "ndots:2"]);
    });
  });

  test("of another interface: what there is is named, and nothing changed", () => {
    put(file.replace("eth0", "ens3"), IFCFG);
    put(file.replace("eth0", "lo"), "DEVICE=lo\n");
    const before = picture();
    for (const [kind, part] of [
      ["ifcfg", "there is: ifcfg-ens3 ifcfg-lo"],
      ["detect", "described by ifcfg-ens3 : say which by interfaceName"],
    ] as const) {
      const { status, stderr } = apply(changeOf(kind));
      expect(status).toBe(1);
      expect(stderr).toContain(part);
      expect(stderr).toContain("nothing was changed");
    }
    rmSync(stateDirectory(), { recursive: true });
    expect(picture()).toEqual(before);
  });
});

test("dhclient's file is added to, its hook keeps what is there, and it is as it was afterwards", () => {
  put("etc/dhcp/dhclient.conf", "request subnet-mask, domain-name-servers;\ntimeout 60;");
  mkdirSync(at("etc/dhcp/dhclient-enter-hooks.d"));
  put("etc/resolv.conf", RESOLV);
  lifeOf(changeOf("dhclient", { search: ["a.example", "b.example"] }), () => {
    expect(text("etc/dhcp/dhclient.conf")).toBe(
      `request subnet-mask, domain-name-servers;\ntimeout 60;\nsupersede domain-name-servers ${ANSWERS};\nsupersede domain-search "a.example", "b.example";\n`,
    );
    const hook = at("etc/dhcp/dhclient-enter-hooks.d/90-cdktf-docker-discovery");
    const lease = `make_resolv_conf() { echo lease >'${at("etc/resolv.conf")}'; }; . '${hook}'; make_resolv_conf`;
    expect(sh(lease)).toEqual(done);
    expect(text("etc/resolv.conf")).toContain(`nameserver ${ANSWERS}`);
    const named = spawnSync("run-parts", ["--list", dirname(hook)], { encoding: "utf8" });
    expect(named.stdout).toContain("90-cdktf-docker-discovery");
  });
});

describe("before the name server is there", () => {
  test.each([
    ["refuses this host", REFUSES],
    ["says nothing", SILENT],
    ["is not there", `${NET}.9`],
  ])("one that %s changes nothing", (_what, nameserver) => {
    put("etc/resolv.conf", RESOLV);
    const { status, stderr } = apply(changeOf("detect", { nameservers: [nameserver] }));
    expect(status).toBe(1);
    expect(stderr).toContain(`no name server answers at port 53 of ${nameserver}`);
    expect(text("etc/resolv.conf")).toBe(RESOLV);
  });

  test("the bootstrap servers are written only where nobody answers, and make way for it", () => {
    put("etc/resolv.conf", `nameserver ${SILENT}\n`);
    const current = `$(awk '$1 == "nameserver" { print $2 }' '${at("etc/resolv.conf")}')`;
    const bootstrap = (nameserver: string): Change => ({
      ...changeOf("detect", { nameservers: [ANSWERS] }),
      onlyIf: `! any_answers ${nameserver} ${current}`,
    });
    const final = changeOf("detect", { nameservers: [ANSWERS], search: ["a.example"] });
    const before = picture();
    expect(apply(bootstrap(ANSWERS))).toEqual(done);
    expect(text("etc/resolv.conf")).toBe(`nameserver ${SILENT}\n`);
    expect(apply(bootstrap(REFUSES))).toEqual(done);
    expect(text("etc/resolv.conf")).toBe(`nameserver ${ANSWERS}\n`);
    // Once somebody answers, it is not touched again.
    expect(apply({ ...bootstrap(REFUSES), precondition: "exit 1" })).toEqual(done);
    expect(apply(final)).toEqual(done);
    expect(text("etc/resolv.conf")).toBe(`search a.example\nnameserver ${ANSWERS}\n`);
    expect(restore(final)).toEqual(done);
    expect(restore(bootstrap(REFUSES)).status).toBe(0);
    expect(picture()).toEqual(before);
  });

  test("a name that does not resolve afterwards puts everything back", () => {
    put("etc/resolv.conf", RESOLV);
    const { status, stderr } = apply(changeOf("resolv.conf", { lookups: ["nobody.invalid"] }));
    expect(status).toBe(1);
    expect(stderr).toContain("nobody.invalid does not resolve here");
    expect(text("etc/resolv.conf")).toBe(RESOLV);
    expect(existsSync(at("etc/resolv.conf.cdktf-new"))).toBe(false);
  });
});

test("what NetworkManager reads: the host's search domains, or those that are given", () => {
  put("etc/resolv.conf", RESOLV);
  const written = (more: Partial<ResolverSettings>) => {
    const files = changeOf("NetworkManager", more).files;
    const { edit } = files.find(({ path }) => path.includes("NetworkManager"))!.content as { edit: string };
    return spawnSync("sh", ["-c", edit], { input: "", encoding: "utf8" }).stdout;
  };
  const servers = `\n[global-dns-domain-*]\nservers=${ANSWERS}\n`;
  expect(written({})).toBe(`[global-dns]\nsearches=a.example,b.example\n${servers}`);
  expect(written({ search: ["c.example"], options: ["ndots:2", "edns0"] })).toBe(
    `[global-dns]\nsearches=c.example\noptions=ndots:2,edns0\n${servers}`,
  );
});
