import { spawnSync } from "node:child_process";
import { App, TerraformStack } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { HostCommand } from "../../constructs/host/host-command";
import { PortReachability, type PortReachabilityProps } from "../../constructs/host/port-reachability";
import { SshHost } from "../../constructs/host/ssh-host";
import { synthesizeStack } from "../support/apps";
import { expectFault } from "../support/faults";
import { evaluate } from "../support/templates";

const KEYS = [
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4",
  "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIEr4+s9hLTIwWNClzdkhXZDTGjxpUQ0nwqIWkCVkmMZt",
] as const;
const hostOn = (stack: TerraformStack, n: number, key: string = KEYS[0]) =>
  new SshHost(stack, `web-${n}`, {
    hostName: `web-${n}`,
    address: `192.0.2.${n}`,
    user: "deploy",
    hostKeys: [key],
  });
const peersOn = (stack: TerraformStack, ...numbers: number[]) =>
  numbers.map((n) => ({ host: hostOn(stack, n), address: `10.0.0.${n}` }));

interface CheckJson {
  readonly input: unknown;
  readonly triggers_replace: { readonly hash: string };
  readonly depends_on?: readonly string[];
  readonly provisioner: readonly { "local-exec": { command: string; environment: Record<string, string> } }[];
}
function checkWith(props: Partial<PortReachabilityProps> = {}, key?: string): CheckJson {
  const json = synthesizeStack((stack) => {
    new PortReachability(stack, "ports", {
      hosts: [
        { host: hostOn(stack, 1, key), address: "10.0.0.1" },
        { host: hostOn(stack, 2), address: "10.0.0.2" },
      ],
      ports: ["7946/tcp", "7946/udp"],
      ...props,
    });
  });
  const [found] = Object.values(json.resource?.terraform_data ?? {});
  return found as unknown as CheckJson;
}

test("the plan shows hosts and ports; the script is no part of what an error shows", () => {
  const { input, provisioner } = checkWith();
  expect(input).toEqual({
    check: "ports between hosts",
    hosts: { "web-1": "10.0.0.1", "web-2": "10.0.0.2" },
    ports: ["7946/tcp", "7946/udp"],
  });
  const [run] = provisioner.map((one) => one["local-exec"]);
  expect(run?.command).toBe('eval "$SCRIPT_1"');
  expect(run?.environment["SCRIPT_1"]).toContain("sudo -n sh -c");
  // Nothing of it is a template of Terraform's.
  expect(run?.environment["SCRIPT_1"]).not.toMatch(/(?<!\$)\$\{|(?<!%)%\{/);
});

test("it is checked anew for another key, address or port, and not for another timeout", () => {
  const { hash } = checkWith().triggers_replace;
  expect(checkWith({ timeout: Duration.seconds(9) }).triggers_replace.hash).toBe(hash);
  expect(checkWith({ ports: ["7946/tcp"] }).triggers_replace.hash).not.toBe(hash);
  expect(checkWith({}, KEYS[1]).triggers_replace.hash).not.toBe(hash);
});

test("ports of one host alone stand in the plan, and another one is checked anew", () => {
  const withPorts = (...ports: string[]) => {
    const json = synthesizeStack((stack) => {
      const [first, second] = peersOn(stack, 1, 2);
      new PortReachability(stack, "ports", { hosts: [{ ...first!, ports }, second!], ports: ["4789/udp"] });
    });
    return Object.values(json.resource?.terraform_data ?? {})[0] as unknown as CheckJson;
  };
  const server = withPorts("8300/tcp");
  expect(server.input).toMatchObject({ ports: ["4789/udp"], further: { "web-1": ["8300/tcp"] } });
  expect(withPorts().input).not.toHaveProperty("further");
  expect(withPorts("8302/tcp").triggers_replace.hash).not.toBe(server.triggers_replace.hash);
});

test("others wait for it, and it for others", () => {
  const json = synthesizeStack((stack) => {
    const peers = peersOn(stack, 1, 2);
    const command = (name: string) =>
      new HostCommand(stack, name, { host: peers[0]!.host, commandName: name, unless: "true", run: "true" });
    const ports = new PortReachability(stack, "ports", { hosts: peers, ports: ["53/udp"] });
    ports.applyAfter(command("before"));
    command("after").applyAfter(ports);
  });
  const data = Object.entries(json.resource?.terraform_data ?? {});
  const needs = (prefix: RegExp) => String(data.find(([name]) => prefix.test(name))?.[1]["depends_on"]);
  expect(needs(/^ports/)).toMatch(/terraform_data\.before_Change/);
  expect(needs(/^after_Change_[0-9A-F]+$/)).toMatch(/terraform_data\.ports/);
});

test.each<[string, string, (stack: TerraformStack) => Partial<PortReachabilityProps>, string]>([
  ["host/peers", "hosts", (stack) => ({ hosts: peersOn(stack, 1) }), "two hosts or more"],
  [
    "host/peers",
    "hosts",
    (stack) => ({ hosts: peersOn(stack, 1, 2).map(({ host }) => ({ host, address: "10.0.0.1" })) }),
    "an address of its own",
  ],
  [
    "host/peers",
    "hosts[0].address",
    (stack) => ({ hosts: peersOn(stack, 1, 2).map(({ host }) => ({ host, address: "127.0.0.1" })) }),
    "others reach",
  ],
  [
    "core/address",
    "hosts[0].address",
    (stack) => ({ hosts: peersOn(stack, 1, 2).map(({ host }) => ({ host, address: "web" })) }),
    "web",
  ],
  ["host/port", "ports", () => ({ ports: [] }), "7946/tcp"],
  ["host/port", "ports", () => ({ ports: ["7946"] }), "tcp or udp"],
  ["host/port", "ports", () => ({ ports: ["70000/tcp"] }), "70000/tcp"],
  ["host/port", "ports", () => ({ ports: ["53/udp", "53/udp"] }), "each once"],
  [
    "host/port",
    "hosts[1].ports",
    (stack) => ({
      hosts: peersOn(stack, 1, 2).map((peer, i) => (i === 0 ? peer : { ...peer, ports: ["53/udp"] })),
    }),
    "each once",
  ],
  ["host/timeout", "timeout", () => ({ timeout: Duration.milliseconds(1500) }), "whole seconds"],
])("%s at %s", (code, prop, props, part) => {
  const stack = new TerraformStack(new App(), "stack");
  const given = props(stack);
  expectFault(
    () =>
      new PortReachability(stack, "ports", {
        hosts: given.hosts ?? peersOn(stack, 1, 2),
        ports: ["53/udp"],
        ...given,
      }),
    code,
    prop,
    "stack/ports",
    part,
  );
});

const fleetOf = (count: number) => (stack: TerraformStack) =>
  new PortReachability(stack, "ports", {
    hosts: peersOn(stack, ...Array.from({ length: count }, (_, i) => i + 1)).map(({ host }, i) => ({
      host,
      address: `10.0.${Math.floor(i / 250)}.${(i % 250) + 1}`,
    })),
    ports: ["7946/tcp", "7946/udp", "4789/udp", "8301/tcp", "8301/udp"],
  });

test("the check of 150 hosts is handed over in parts that an environment variable holds", () => {
  const json = synthesizeStack(fleetOf(150));
  const [found] = Object.values(json.resource?.terraform_data ?? {}) as unknown as CheckJson[];
  const { command, environment } = found!.provisioner[0]!["local-exec"];
  expect(command).toBe('eval "$SCRIPT_1$SCRIPT_2$SCRIPT_3"');
  for (const part of Object.values(environment)) expect(part.length).toBeLessThan(131_072);
  // The parts are whole lines of a script only together.
  const { status, stderr } = spawnSync("sh", ["-n"], {
    input: Object.values(environment).map(evaluate).join(""),
    encoding: "utf8",
  });
  expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
});

test("host/script-size at hosts", () => {
  const stack = new TerraformStack(new App(), "stack");
  expectFault(() => fleetOf(1000)(stack), "host/script-size", "hosts", "stack/ports", "in groups");
});
