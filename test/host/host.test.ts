import { App, TerraformStack, TerraformVariable } from "cdktf";
import { HostChange } from "../../constructs/host/host-change";
import { HostCommand } from "../../constructs/host/host-command";
import { HostFile, keyOfPath } from "../../constructs/host/host-file";
import { shellQuote } from "../../constructs/host/shell";
import { SshHost, type SshHostProps } from "../../constructs/host/ssh-host";
import { SystemdDropIn } from "../../constructs/host/systemd-drop-in";
import { synthesizeStack, type StackJson } from "../support/apps";
import { expectFault } from "../support/faults";
import { execFileSync } from "node:child_process";
import fc from "fast-check";
import { Fn } from "cdktf";

const ED25519 = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4";
const OTHER = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEr4+s9hLTIwWNClzdkhXZDTGjxpUQ0nwqIWkCVkmMZt";

function hostOn(stack: TerraformStack, more: Partial<SshHostProps> = {}): SshHost {
  return new SshHost(stack, "web-1", {
    hostName: "web-1",
    address: "192.0.2.11",
    hostKeys: [ED25519],
    ...more,
  });
}
const lone = () => new TerraformStack(new App(), "stack");

interface DataJson {
  readonly input: Record<string, unknown>;
  readonly triggers_replace: Record<string, string>;
  readonly depends_on?: readonly string[];
  readonly provisioner: readonly {
    "local-exec": { when?: string; command: string; environment: Record<string, string> };
  }[];
}
const dataOf = (json: StackJson, name: RegExp): DataJson => {
  const [, found] = Object.entries(json.resource?.terraform_data ?? {}).find(([key]) => name.test(key)) ?? [];
  return found as unknown as DataJson;
};
const hashWith = (
  props: Partial<ConstructorParameters<typeof HostFile>[2]>,
  host: Partial<SshHostProps> = {},
) =>
  dataOf(
    synthesizeStack((stack) => {
      new HostFile(stack, "motd", {
        host: hostOn(stack, host),
        path: "/etc/motd",
        content: "hello\n",
        ...props,
      });
    }),
    /^motd_Change_[0-9A-F]+$/,
  ).triggers_replace.hash;

describe("how a host is reached", () => {
  test("its declared keys are the only ones that ssh takes", () => {
    const host = hostOn(lone(), { hostKeys: [`${ED25519} root@web-1`], user: "deploy", port: 2222 });
    expect(host.hostKeys).toEqual([ED25519]);
    expect(host.sshArguments).toEqual([
      "-o", "BatchMode=yes", "-o", "ConnectTimeout=15",
      "-o", "ServerAliveInterval=15", "-o", "ServerAliveCountMax=4", "-o", "LogLevel=ERROR",
      "-o", "StrictHostKeyChecking=yes", "-o", "UserKnownHostsFile=/dev/null", "-o", "GlobalKnownHostsFile=/dev/null",
      "-o", "HostKeyAlgorithms=ssh-ed25519",
      "-o", `KnownHostsCommand=/usr/bin/printf '%%s\\n' '* ${ED25519}'`,
      "-p", "2222", "-l", "deploy", "192.0.2.11",
    ]); // prettier-ignore
  });

  test("root needs no sudo, others do, and an alias may say otherwise", () => {
    expect(hostOn(lone()).elevation).toBe("");
    expect(hostOn(lone(), { user: "root" }).elevation).toBe("");
    expect(hostOn(lone(), { user: "deploy" }).elevation).toBe("sudo -n ");
    expect(hostOn(lone(), { address: "web-alias", sudo: true }).elevation).toBe("sudo -n ");
  });

  test("a key's file and ssh's configuration are named, not read", () => {
    const { sshArguments } = hostOn(lone(), { identityFile: "~/.ssh/deploy", configFile: "ssh_config" });
    expect(sshArguments.slice(0, 2)).toEqual(["-F", "ssh_config"]);
    expect(sshArguments).toContain("~/.ssh/deploy");
  });

  test.each([
    ["host/host-key", "hostKeys", { hostKeys: [] }],
    ["host/host-key", "hostKeys[0]", { hostKeys: ["ssh-ed25519 AAAA"] }],
    ["host/host-key", "hostKeys[1]", { hostKeys: [ED25519, ED25519.replace("ssh-ed25519 ", "ssh-rsa ")] }],
    ["host/host-name", "hostName", { hostName: "web_1" }],
    ["host/address", "address", { address: Fn.lookup({ a: "192.0.2.1" }, "a") as string }],
    ["core/address", "address", { address: "-oProxyCommand=evil" }],
    ["core/port", "port", { port: 0 }],
    ["host/user", "user", { user: "-l root" }],
    ["host/path", "identityFile", { identityFile: " " }],
    ["host/path", "configFile", { configFile: "-x" }],
  ] as const)("%s: %s", (code, prop, props) => {
    expectFault(() => hostOn(lone(), props), code, prop, "web-1");
  });
});

describe("a change of a host", () => {
  test("two terraform_data: one that keeps and puts back, one that is replaced with every change", () => {
    const json = synthesizeStack((stack) => {
      new HostFile(stack, "motd", { host: hostOn(stack), path: "/etc/motd", content: "a ${b} %{c}\n" });
    });
    const original = dataOf(json, /Original/);
    const applied = dataOf(json, /^motd_Change_[0-9A-F]+$/);
    expect(original.triggers_replace).toEqual({ key: "file-etc-motd", paths: "/etc/motd" });
    expect(original.provisioner[0]?.["local-exec"].when).toBe("destroy");
    expect(original.provisioner[0]?.["local-exec"].environment.SSH).toBe("${self.input.ssh}");
    expect(applied.input.files).toEqual({ "/etc/motd": "a $${b} %%{c}\n" });
    expect(applied.depends_on?.join()).toMatch(/^terraform_data\.motd_Change_Original/);
    const [{ "local-exec": exec } = { "local-exec": undefined }] = applied.provisioner;
    expect(exec?.when).toBeUndefined();
    // Errors of Terraform show the command: it must stay short, and hold none of the content.
    expect(exec?.command.length).toBeLessThan(1000);
    expect(exec?.environment.SCRIPT_1).toContain(Buffer.from("a ${b} %{c}\n").toString("base64"));
  });

  test("what matters, and nothing else, makes it be applied again", () => {
    const hash = hashWith({});
    expect(hashWith({ overwriteManualChanges: true })).toBe(hash);
    for (const other of [
      { content: "x" },
      { mode: "0600" },
      { owner: "bind:bind" },
      { act: "true" },
      { check: "true" },
    ])
      expect(hashWith(other)).not.toBe(hash);
    expect(hashWith({}, { address: "192.0.2.99", user: "deploy", port: 22 })).toBe(hash);
    expect(hashWith({}, { hostKeys: [OTHER] })).not.toBe(hash);
  });

  test("a secret is nowhere but in an ephemeral variable, and its version is what counts", () => {
    const json = (version: string) =>
      synthesizeStack((stack) => {
        const variable = new TerraformVariable(stack, "token", { type: "string" });
        new HostFile(stack, "token-file", {
          host: hostOn(stack),
          path: "/etc/consul.token",
          content: { variable, version },
        });
      });
    const one = json("1");
    expect(one.variable?.token).toMatchObject({ ephemeral: true, sensitive: true });
    const applied = dataOf(one, /Change_[0-9A-F]+$/);
    expect(applied.input.files).toEqual({ "/etc/consul.token": "(secret)" });
    expect(applied.provisioner[0]?.["local-exec"].environment.SECRET_1).toBe("${var.token}");
    expect(applied.provisioner[0]?.["local-exec"].environment.SCRIPT_1).toContain("chmod 0600");
    expect(dataOf(json("2"), /Change_[0-9A-F]+$/).triggers_replace.hash).not.toBe(
      applied.triggers_replace.hash,
    );
  });

  test("a large file is handed over in parts that an environment variable can hold", () => {
    const json = synthesizeStack((stack) => {
      new HostFile(stack, "big", { host: hostOn(stack), path: "/etc/big", content: "x".repeat(300_000) });
    });
    const environment = dataOf(json, /Change_[0-9A-F]+$/).provisioner[0]?.["local-exec"].environment ?? {};
    const parts = Object.keys(environment).filter((name) => name.startsWith("SCRIPT_"));
    expect(parts.length).toBeGreaterThan(4);
    for (const part of parts) expect(environment[part]?.length).toBeLessThan(131_072);
  });

  test("order: what comes after others is put back before them", () => {
    const json = synthesizeStack((stack) => {
      const host = hostOn(stack);
      const first = new HostCommand(stack, "first", {
        host,
        commandName: "first",
        unless: "true",
        run: "true",
      });
      new HostFile(stack, "second", { host, path: "/etc/second", content: "2" }).applyAfter(first);
    });
    for (const name of [/^second_Change_Original/, /^second_Change_[0-9A-F]+$/])
      expect(dataOf(json, name).depends_on?.join()).toMatch(/terraform_data\.first_Change_[0-9A-F]+/);
  });

  const base = (stack: TerraformStack) => ({ host: hostOn(stack), title: "it", key: "it" });
  test.each([
    ["host/path", "files[0].path", { files: [{ path: "etc/motd", content: "" }] }],
    ["host/path", "files[0].path", { files: [{ path: "/etc/../motd", content: "" }] }],
    ["host/path", "files[0].path", { files: [{ path: "/etc/mo\ntd", content: "" }] }],
    ["host/mode", "files[0].mode", { files: [{ path: "/etc/motd", content: "", mode: "u+x" }] }],
    ["host/owner", "files[0].owner", { files: [{ path: "/etc/motd", content: "", owner: "root; rm" }] }],
    ["host/token", "files[0].content", { files: [{ path: "/etc/motd", content: Fn.upper("a") }] }],
    ["host/token", "act", { act: " " }],
    ["host/token", "onlyIf", { onlyIf: "" }],
    ["host/token", "files[0].when", { files: [{ path: "/etc/motd", content: "", when: " " }] }],
    ["host/token", "files[0].content.edit", { files: [{ path: "/etc/motd", content: { edit: "" } }] }],
    ["host/key", "key", { key: "../x" }],
    ["host/script-size", "files", { files: [{ path: "/etc/motd", content: "x".repeat(1_000_000) }] }],
  ] as const)("%s: %s", (code, prop, props) => {
    const stack = lone();
    expectFault(() => new HostChange(stack, "x", { ...base(stack), ...props }), code, prop, "stack/x");
  });

  test("host/secret: a secret needs a version", () => {
    const stack = lone();
    const variable = new TerraformVariable(stack, "token", {});
    const props = { host: hostOn(stack), path: "/etc/x", content: { variable, version: "" } };
    expectFault(() => new HostFile(stack, "x", props), "host/secret", "files[0].content.version", "Give one");
  });

  test("host/command-name, host/unit, host/drop-in", () => {
    const stack = lone();
    const host = hostOn(stack);
    expectFault(
      () => new HostCommand(stack, "a", { host, commandName: "A b", unless: "true", run: "true" }),
      "host/command-name", "commandName", "A b",
    ); // prettier-ignore
    expectFault(
      () => new SystemdDropIn(stack, "b", { host, unit: "docker", sections: {} }),
      "host/unit", "unit", "docker.service",
    ); // prettier-ignore
    expectFault(
      () => new SystemdDropIn(stack, "c", { host, unit: "docker.service", sections: { Service: ["ExecStart"] } }),
      "host/drop-in", "sections.Service", "ExecStart",
    ); // prettier-ignore
  });
});

test("a drop-in is read by systemd before its unit restarts", () => {
  const json = synthesizeStack((stack) => {
    new SystemdDropIn(stack, "hosts", {
      host: hostOn(stack),
      unit: "docker.service",
      sections: { Service: ["ExecStart=", "ExecStart=/usr/sbin/dockerd"] },
    });
  });
  const applied = dataOf(json, /^hosts_Change_[0-9A-F]+$/);
  expect(applied.input.files).toEqual({
    "/etc/systemd/system/docker.service.d/50-cdktf-docker-discovery.conf":
      "[Service]\nExecStart=\nExecStart=/usr/sbin/dockerd\n",
  });
  expect(applied.provisioner[0]?.["local-exec"].environment.SCRIPT_1).toContain(
    "act='systemctl daemon-reload && systemctl restart docker.service'",
  );
});

test("two paths never have one key", () => {
  fc.assert(
    fc.property(fc.string({ unit: "grapheme" }), fc.string({ unit: "grapheme" }), (a, b) => {
      expect(keyOfPath(`/${a}`) === keyOfPath(`/${b}`)).toBe(a === b);
      expect(keyOfPath(`/${a}`)).toMatch(/^file-[a-z0-9._-]*$/);
    }),
  );
});

test("a quoted word is what a shell reads again", () => {
  for (const word of ["", "a b", "it's", '$HOME `x` \\ "', "-o", "a\nb", "*"])
    expect(execFileSync("sh", ["-c", `printf '%s|' ${shellQuote(word)}`], { encoding: "utf8" })).toBe(
      `${word}|`,
    );
});
