import { spawnSync } from "node:child_process";
import { chmodSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { escapeTemplate } from "../../../constructs/core/tokens";
import { EngineCheck, type EngineCheckProps } from "../../../constructs/docker/daemon/engine-check";
import { type EngineExpectation, renderPrecondition } from "../../../constructs/docker/daemon/engine-script";
import { shellQuote } from "../../../constructs/host/shell";
import { SshHost } from "../../../constructs/host/ssh-host";
import { synthesizeStack } from "../../support/apps";
import { expectFault } from "../../support/faults";

const HOST_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4";
const expected: EngineExpectation = {
  hostName: "web-1",
  engineVersion: "20.10.5",
  mode: "key-value",
  interfaceName: "eth0",
  files: [],
  keys: [],
};

interface DataJson {
  readonly input: unknown;
  readonly triggers_replace: unknown;
  readonly depends_on?: readonly string[];
  readonly provisioner: readonly {
    readonly "local-exec": { readonly environment: Record<string, string> };
  }[];
}

/** What looks at the host, and what it waits for. */
function checkOf(props: Partial<EngineCheckProps> = {}, hostKey = HOST_KEY): DataJson {
  const json = synthesizeStack((stack) => {
    const of = (name: string) =>
      new EngineCheck(stack, `check-${name}`, {
        host: new SshHost(stack, name, { hostName: name, address: "192.0.2.11", hostKeys: [hostKey] }),
        engineVersion: "20.10.5+dfsg1",
        mode: "key-value",
        ...props,
      });
    of("web-1").applyAfter(of("web-2"));
  });
  const [, found] =
    Object.entries(json.resource?.["terraform_data"] ?? {}).find(([name]) =>
      /^check-web-1_Change_[0-9A-F]{8}$/.test(name),
    ) ?? [];
  if (found === undefined) throw new Error("nothing looks at the host");
  return found as unknown as DataJson;
}
const scriptOf = (check: DataJson) =>
  Object.entries(check.provisioner[0]?.["local-exec"].environment ?? {})
    .filter(([name]) => name.startsWith("SCRIPT_"))
    .map(([, part]) => part)
    .join("");
/** As it stands in Terraform's JSON. */
const quoted = (expectation: EngineExpectation) =>
  `precondition=${escapeTemplate(shellQuote(renderPrecondition(expectation)))}\n`;

describe("EngineCheck", () => {
  it("looks for the host's name, the engine's version and mode, and the interface", () => {
    expect(scriptOf(checkOf({ interfaceName: "eth0" }))).toContain(quoted(expected));
  });

  it("looks for no interface where none is named", () => {
    const script = scriptOf(checkOf());
    expect(script).toContain(quoted({ ...expected, interfaceName: undefined as never }));
    expect(script).not.toContain("ip link");
  });

  it("changes nothing: it swaps no file, has nothing to do, and restarts no engine", () => {
    const check = checkOf({ interfaceName: "eth0" });
    expect(check.input).toEqual({
      "cdktf-docker-discovery.host": "web-1",
      change: "the engine as it is described",
      files: {},
    });
    const script = scriptOf(check);
    expect(script).toMatch(/^unless='?true'?$/m);
    expect(script).toMatch(/^act='?true'?$/m);
    expect(script).not.toMatch(/daemon\.json|systemctl/);
  });

  it("looks again with another key of the host or another description, and only then", () => {
    const trigger = (...of: Parameters<typeof checkOf>) => checkOf(...of).triggers_replace;
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEr4+s9hLTIwWNClzdkhXZDTGjxpUQ0nwqIWkCVkmMZt";
    expect(trigger({ engineVersion: "20.10.5" })).toEqual(trigger());
    const others = [
      trigger({}, key),
      trigger({ engineVersion: "20.10.24" }),
      trigger({ mode: "standalone" }),
      trigger({ interfaceName: "eth1" }),
    ];
    for (const other of others) expect(other).not.toEqual(trigger());
  });

  it("looks after others", () => {
    expect(checkOf().depends_on?.join()).toMatch(/terraform_data\.check-web-2_Change_[0-9A-F]{8}/);
  });

  it("refuses a version that is none", () => {
    expectFault(
      () => checkOf({ engineVersion: "stable" }),
      "core/version",
      "engineVersion",
      'got "stable"',
      "stack/check-web-1",
    );
  });
});

/** A host that is as it is described; each variable makes it another one. */
const PROGRAMS = {
  hostname: `echo "\${NAME:-web-1}"`,
  docker: `case "$1 $3" in
  "version {{.Server.Version}}") [ -z "\${DOWN:-}" ] || { echo "Cannot connect to the Docker daemon" >&2; exit 1; }; echo "\${VERSION:-20.10.5+dfsg1}" ;;
  "info {{.Swarm.LocalNodeState}}") echo "\${SWARM:-inactive}" ;;
  *) echo "not expected: $*" >&2; exit 9 ;;
esac`,
  ip: `[ "$*" = "link show dev \${INTERFACE:-eth0}" ]`,
  systemctl: "exit 9",
};

describe("what must hold on a host", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "engine-check-"));
    for (const [name, text] of Object.entries(PROGRAMS)) {
      writeFileSync(join(folder, name), `#!/bin/sh\n${text}\n`);
      chmodSync(join(folder, name), 0o755);
    }
  });
  afterEach(() => {
    rmSync(folder, { recursive: true });
  });
  const look = (environment: Readonly<Record<string, string>>, expectation: EngineExpectation) => {
    const { status, stdout, stderr } = spawnSync("sh", ["-c", renderPrecondition(expectation)], {
      env: { PATH: `${folder}${delimiter}${process.env["PATH"] ?? ""}`, ...environment },
      encoding: "utf8",
    });
    return { status, said: stdout + stderr };
  };

  it.each<[string, Readonly<Record<string, string>>, Partial<EngineExpectation>]>([
    ["all of it", {}, {}],
    ["another patch release", { VERSION: "20.10.24" }, {}],
    ["a release without a patch", { VERSION: "20.10" }, {}],
    ["another interface, where none is named", { INTERFACE: "ens3" }, { interfaceName: undefined as never }],
    ["swarm mode, where it is described", { SWARM: "active" }, { mode: "swarm" }],
  ])("holds: %s", (_, environment, more) => {
    expect(look(environment, { ...expected, ...more })).toEqual({ status: 0, said: "" });
  });

  it.each<[string, Readonly<Record<string, string>>, Partial<EngineExpectation>, string]>([
    ["another host", { NAME: "web-2" }, {}, "this host calls itself web-2, and is described as web-1: "],
    ["no engine", { DOWN: "1" }, {}, "the engine does not answer: Cannot connect to the Docker daemon"],
    [
      "another release",
      { VERSION: "26.1.5+dfsg1" },
      {},
      "engine 26.1.5+dfsg1 runs here, and is described as 20.10.5: describe it as it is, or put that version on the host",
    ],
    ["a release that begins alike", { VERSION: "20.100.1" }, {}, "engine 20.100.1 runs here"],
    ["swarm mode", { SWARM: "active" }, {}, "swarm mode (active), and is described as key-value"],
    [
      "a locked swarm",
      { SWARM: "locked" },
      { mode: "standalone" },
      "(locked), and is described as standalone",
    ],
    ["no such interface", { INTERFACE: "ens3" }, {}, "there is no interface eth0 here; it has: "],
    ["a file that is not there", {}, { files: ["/nonexistent/ca.pem"] }, "there is no file /nonexistent/ca.pem here"], // prettier-ignore
  ])("does not hold: %s", (_, environment, more, said) => {
    const looked = look(environment, { ...expected, ...more });
    expect(looked.status).toBe(1);
    expect(looked.said).toContain(said);
  });
});
