import { spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:net";
import { createSocket, type Socket } from "node:dgram";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { renderReachability } from "../../../constructs/host/port-reachability-script";
import { which } from "../../../lab/commands";
import { loopbackNet } from "../consul-process";

const SLOW = 60_000;
const net = loopbackNet();
const names = ["web-1", "web-2", "web-3"];
const addressOf = (name: string) => `${net}.${names.indexOf(name) + 1}`;
let folder: string;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "reachability-"));
  mkdirSync(join(folder, "bin"));
  // What sshd does with a command: the user's shell reads it.
  program("ssh", `for last; do :; done; exec sh -c "$last"`);
});
afterEach(() => {
  rmSync(folder, { recursive: true });
});

function program(name: string, text: string): void {
  writeFileSync(join(folder, "bin", name), `#!/bin/sh\n${text}\n`);
  chmodSync(join(folder, "bin", name), 0o755);
}

/** Runs the check where the hosts are addresses of this machine. */
function check(
  ports: readonly string[],
  hosts: readonly string[] = names,
  path = process.env["PATH"] ?? "",
  own: Readonly<Record<string, readonly string[]>> = {},
) {
  const script = renderReachability({
    hosts: hosts.map((name) => ({
      name,
      address: addressOf(name),
      ssh: `ssh ${name}`,
      elevation: "",
      ports: own[name] ?? [],
    })),
    ports,
    seconds: 2,
  });
  const { status, stdout, stderr } = spawnSync("sh", ["-c", `eval "$SCRIPT_1"`], {
    encoding: "utf8",
    env: { PATH: `${join(folder, "bin")}:${path}`, TMPDIR: folder, SCRIPT_1: script },
  });
  expect(readdirSync(folder)).toEqual(["bin"]);
  return { status, stdout, stderr };
}

const free = ["27946/tcp", "27946/udp", "24789/udp", "28300/tcp"];

/** A folder with what the check needs, and one of the two languages. */
function pathWith(language: string): string {
  const only = join(folder, "bin", "only");
  mkdirSync(only);
  for (const name of ["sh", language, "mktemp", "sleep", "rm", "touch", "grep", "sed", "awk", "cat"]) {
    const path = which(name, "/usr/bin:/bin");
    if (path === undefined) throw new Error(`${name} is missing`);
    symlinkSync(path, join(only, name));
  }
  return only;
}

test(
  "hosts that reach each other are fine, by perl",
  () => {
    expect(check(free)).toEqual({ status: 0, stdout: "", stderr: "" });
  },
  SLOW,
);

test(
  "and by python where there is no perl",
  () => {
    const only = pathWith("python3");
    expect(check(free, names, only)).toEqual({ status: 0, stdout: "", stderr: "" });
    rmSync(join(only, "python3"));
    const { status, stderr } = check(free, names, only);
    expect(status).toBe(1);
    expect(stderr).toContain("web-1: neither perl nor python3 is there");
  },
  SLOW,
);

test(
  "a port that a program has is tried with it, and a datagram's noted",
  async () => {
    const tcp: Server = createServer((socket) => socket.end()).listen(28300, addressOf("web-2"));
    const udp: Socket = createSocket("udp4").bind(24789, addressOf("web-3"));
    try {
      await new Promise((resolve) => udp.once("listening", resolve));
      expect(check(["28300/tcp", "24789/udp"])).toEqual({
        status: 0,
        stdout: "web-3 24789/udp: in use there, and so not tried\n",
        stderr: "",
      });
    } finally {
      tcp.close();
      udp.close();
    }
  },
  SLOW,
);

test.each([["perl"], ["python3"]])(
  "a port of one host alone is tried there alone, by %s",
  (language) => {
    const path = pathWith(language);
    const own = { [names[0] ?? ""]: ["28300/tcp", "28302/udp"] };
    expect(check(["27946/tcp"], names, path, own)).toEqual({ status: 0, stdout: "", stderr: "" });
    program(
      "ssh",
      `for last; do :; done
case "$last" in *ReuseAddr*|*SO_REUSEADDR*) last=$(printf %s "$last" | sed 's|28300/tcp||; s|28302/udp||') ;; esac
exec sh -c "$last"`,
    );
    const { status, stderr } = check(["27946/tcp"], names, path, own);
    expect(status).toBe(1);
    expect(stderr.trim().split("\n").sort()).toEqual([
      "web-2 -> web-1 28300/tcp: blocked (Connection refused)",
      "web-2 -> web-1 28302/udp: blocked",
      "web-3 -> web-1 28300/tcp: blocked (Connection refused)",
      "web-3 -> web-1 28302/udp: blocked",
    ]);
  },
  SLOW,
);

test(
  "a host that ssh does not reach, by its name",
  () => {
    program(
      "ssh",
      `[ "$1" != web-2 ] || { echo "Permission denied" >&2; exit 255; }; for last; do :; done; exec sh -c "$last"`,
    );
    const { status, stderr } = check(free);
    expect(status).toBe(1);
    expect(stderr).toContain("web-2: Permission denied\nweb-2: ssh did not reach it");
    expect(stderr).not.toContain("web-1:");
  },
  SLOW,
);

test(
  "every port that is blocked, from where to where",
  () => {
    // A listener that hears nothing of one sender's: what a firewall would do.
    program(
      "ssh",
      `host=$1; for last; do :; done
case "$host $last" in
  web-1*"push @udp"*) last=$(printf %s "$last" | sed 's/web-2=[0-9.]*/web-2=${net}.99/') ;;
esac
exec sh -c "$last"`,
    );
    const { status, stdout, stderr } = check(free);
    expect({ status, stdout }).toEqual({ status: 1, stdout: "" });
    expect(stderr.trim().split("\n").sort()).toEqual(
      [
        "web-1 -> web-2 24789/udp: blocked",
        "web-1 -> web-2 27946/tcp: blocked (Connection refused)",
        "web-1 -> web-2 27946/udp: blocked",
        "web-1 -> web-2 28300/tcp: blocked (Connection refused)",
      ].sort(),
    );
  },
  SLOW,
);

test(
  "an address that is none of the host's, by its name and every port",
  () => {
    const script = renderReachability({
      hosts: [
        { name: "web-1", address: addressOf("web-1"), ssh: "ssh web-1", elevation: "" },
        { name: "web-2", address: "192.0.2.200", ssh: "ssh web-2", elevation: "" },
      ],
      ports: ["27946/tcp", "27946/udp"],
      seconds: 1,
    });
    const { status, stderr } = spawnSync("sh", ["-c", script], {
      encoding: "utf8",
      env: { PATH: `${join(folder, "bin")}:${process.env["PATH"] ?? ""}` },
    });
    expect(status).toBe(1);
    for (const port of ["27946/tcp", "27946/udp"])
      expect(stderr).toContain(
        `web-2: cannot listen at 192.0.2.200 ${port}: Cannot assign requested address`,
      );
  },
  SLOW,
);
