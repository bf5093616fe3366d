import { TerraformVariable } from "cdktf";
import { Container } from "../../constructs/docker/container";
import { DockerHost } from "../../constructs/docker/docker-host";
import { EngineConnection } from "../../constructs/docker/engine-connection";
import { RegistryAuth } from "../../constructs/docker/registry-auth";
import { BridgeNetwork } from "../../constructs/docker/network";
import { stackOf, synthesize, synthesizeStack } from "../support/apps";
import { expectFault } from "../support/faults";
import { hostOf, image } from "./support";

const CLOSED = {
  context: "",
  ca_material: "",
  cert_material: "",
  key_material: "",
  disable_docker_daemon_check: true,
};

function providers(
  ...of: Parameters<typeof synthesizeStack>
): readonly Record<string, unknown>[] | undefined {
  return synthesizeStack(...of).provider?.docker;
}

describe("the provider", () => {
  test("on the local socket: nothing of the caller's environment leads elsewhere", () => {
    expect(providers((stack) => hostOf(stack))).toEqual([
      { alias: "h1", host: "unix:///var/run/docker.sock", cert_path: "", ...CLOSED },
    ]);
  });

  test("over TCP: with TLS and its CA", () => {
    const connection = EngineConnection.tcp({ address: "192.0.2.10", certPath: "/etc/docker/h1" });
    expect(providers((stack) => hostOf(stack, { connection }))).toEqual([
      { alias: "h1", host: "tcp://192.0.2.10:2376", cert_path: "/etc/docker/h1", ...CLOSED },
    ]);
  });

  test("over ssh: one connection for all calls, and no question that nobody can answer", () => {
    const connection = EngineConnection.ssh({
      address: "h1.example.com",
      user: "deploy",
      port: 2222,
      sshOptions: ["-i", "/k"],
    });
    expect(providers((stack) => hostOf(stack, { connection }))).toEqual([
      {
        alias: "h1",
        host: "ssh://deploy@h1.example.com:2222",
        cert_path: "",
        ssh_opts: [
          "-o", "BatchMode=yes", "-o", "ControlMaster=auto", "-o", "ControlPath=~/.cdktf-%C", "-o", "ControlPersist=60",
          "-i", "/k",
        ],
        ...CLOSED,
      },
    ]); // prettier-ignore
  });

  test.each([
    [EngineConnection.ssh({ address: "fd00::1" }), "ssh://[fd00::1]"],
    [EngineConnection.ssh({ address: "fd00::1", port: 22 }), "ssh://[fd00::1]:22"],
    [EngineConnection.tcp({ address: "fd00::1", port: 1, certPath: "/c" }), "tcp://[fd00::1]:1"],
    [EngineConnection.localSocket("/run/other.sock"), "unix:///run/other.sock"],
  ])("%o", (connection, uri) => {
    expect(connection.uri).toBe(uri);
  });

  test("sharing the connection can be turned off, the rest stays", () => {
    const { sshOptions } = EngineConnection.ssh({ address: "h1", shareConnection: false });
    expect(sshOptions).toEqual(["-o", "BatchMode=yes"]);
  });

  test("over ssh: the host's declared keys are the only ones that count, whatever known_hosts says", () => {
    const key = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIHUrKWfkJCnBCbzgNoZ9oTJ4nBnwTrlOpyDr9wzUjnE4";
    const { sshOptions } = EngineConnection.ssh({
      address: "h1",
      hostKeys: [`${key} root@h1`],
      configFile: "ssh_config",
      identityFile: "deploy_key",
    });
    expect(sshOptions.slice(0, 2)).toEqual(["-F", "ssh_config"]);
    expect(sshOptions).toContain(`KnownHostsCommand=/usr/bin/printf '%%s\\n' '* ${key}'`);
    expect(sshOptions).toContain("StrictHostKeyChecking=yes");
    expect(sshOptions.join(" ")).toContain("-i deploy_key -o IdentitiesOnly=yes");
    expectFault(
      () => EngineConnection.ssh({ address: "h1", hostKeys: ["ssh-ed25519 AAAA"] }),
      "host/host-key",
      "connection.hostKeys[0]",
      "ssh_host_ed25519_key.pub",
    );
  });

  test("has an alias that Terraform takes for one, also where the host's name begins with a digit", () => {
    const json = synthesizeStack((stack) => {
      const host = hostOf(stack, { hostName: "10-0-0-1" });
      new Container(stack, "web", { host, image });
    });
    expect(json.provider?.docker?.[0]?.alias).toBe("host-10-0-0-1");
    expect(Object.values(json.resource?.docker_container ?? {})[0]?.provider).toBe("docker.host-10-0-0-1");
  });

  test("every resource is handed its host's provider", () => {
    const json = synthesizeStack((stack) => {
      for (const hostName of ["h1", "h2"]) {
        const host = hostOf(stack, { hostName, connection: EngineConnection.ssh({ address: hostName }) });
        const network = new BridgeNetwork(stack, `n-${hostName}`, { host, subnet: "172.30.0.0/24" });
        new Container(stack, `c-${hostName}`, { host, image }).attachTo(network);
      }
    });
    const used = Object.values(json.resource ?? {}).flatMap((resources) =>
      Object.entries(resources).map(([id, resource]) => [/h[12]/.exec(id)?.[0], resource.provider]),
    );
    expect(used).toHaveLength(6);
    for (const [hostName, provider] of used) expect(provider).toBe(`docker.${String(hostName)}`);
  });
});

describe("the provider's version", () => {
  test("is 4.5.0 unless said otherwise, exactly", () => {
    const version = (of?: "3.6.2") =>
      synthesizeStack((stack) => hostOf(stack, of === undefined ? {} : { providerVersion: of })).terraform;
    expect(version().required_providers).toEqual({
      docker: { source: "kreuzwerker/docker", version: "4.5.0" },
    });
    expect(version("3.6.2").required_providers).toEqual({
      docker: { source: "kreuzwerker/docker", version: "3.6.2" },
    });
  });

  test("is one for a stack, and may differ between stacks", () => {
    const host = (hostName: string, providerVersion: "4.5.0" | "3.6.2") => ({
      hostName,
      address: "192.0.2.10",
      providerVersion,
      connection: EngineConnection.ssh({ address: hostName }),
    });
    expectFault(
      () =>
        synthesizeStack((stack) => {
          new DockerHost(stack, "h1", host("h1", "4.5.0"));
          new DockerHost(stack, "h2", host("h2", "3.6.2"));
        }),
      "docker/provider-version",
      "providerVersion",
      "another host of this stack has 4.5.0",
    );
    const apart = synthesize((app) => {
      new DockerHost(stackOf(app, "a"), "h1", host("h1", "4.5.0"));
      new DockerHost(stackOf(app, "b"), "h2", host("h2", "3.6.2"));
    });
    expect(Object.keys(apart)).toEqual(["a", "b"]);
  });
});

describe("registries", () => {
  test("by the Docker client's file: variables of the caller do not come first", () => {
    const registryAuth = [RegistryAuth.configFile("registry.example.com", "/etc/docker/${x}.json")];
    expect(providers((stack) => hostOf(stack, { registryAuth }))?.[0]?.registry_auth).toEqual([
      { address: "registry.example.com", username: "", password: "", config_file: "/etc/docker/$${x}.json" },
    ]);
  });

  test("by variables that never reach state or plan", () => {
    const json = synthesizeStack((stack) => {
      const [username, password] = ["user", "password"].map(
        (name) => new TerraformVariable(stack, name, { type: "string" }),
      );
      if (username === undefined || password === undefined) throw new Error("two variables");
      hostOf(stack, {
        registryAuth: [RegistryAuth.variables("registry.example.com", { username, password })],
      });
    });
    expect(json.provider?.docker?.[0]?.registry_auth).toEqual([
      { address: "registry.example.com", username: "${var.user}", password: "${var.password}" },
    ]);
    expect(json.variable).toEqual({
      user: { type: "string", sensitive: true, ephemeral: true },
      password: { type: "string", sensitive: true, ephemeral: true },
    });
  });
});

describe("what is refused", () => {
  const token = (act: (value: string) => unknown) => () =>
    synthesizeStack((stack) => {
      act(new TerraformVariable(stack, "a", {}).stringValue);
    });

  test.each<[string, () => unknown, string, string, string]>([
    ["a host name with a dot", () => synthesizeStack((stack) => hostOf(stack, { hostName: "a.b" })), "docker/host-name", "hostName", "a DNS label"],
    ["a name as address", () => synthesizeStack((stack) => hostOf(stack, { address: "h1.example.com" })), "docker/host-address", "address", "Give the address that this name resolves to"],
    ["every interface as address", () => synthesizeStack((stack) => hostOf(stack, { address: "0.0.0.0" })), "docker/host-address", "address", "not one that stands for every interface"],
    ["something else as address", () => synthesizeStack((stack) => hostOf(stack, { address: "a/b" })), "docker/host-address", "address", "Give the address at which other hosts reach this one"],
    ["an address that is not known yet", () => synthesizeStack((stack) => hostOf(stack, { address: new TerraformVariable(stack, "a", {}).stringValue })), "docker/host-address", "address", "known at synth"],
    ["an engine's version in words", () => synthesizeStack((stack) => hostOf(stack, { engineVersion: "stable" })), "core/version", "engineVersion", "an exact version"],
    ["a reserved subnet that is none", () => synthesizeStack((stack) => hostOf(stack, { reservedSubnets: ["10.0.0.1/8"] })), "core/cidr", "reservedSubnets", "Write 10.0.0.0/8"],
    ["one host twice in a stack", () => synthesizeStack((stack) => {
      hostOf(stack);
      DockerHost.fromDockerHostAttributes(stack, "again", { hostName: "H1", address: "192.0.2.10" });
    }), "docker/duplicate", "hostName", "Pass the host that is there already"],
    ["TCP without TLS", () => EngineConnection.tcp({ address: "h1", certPath: "" }), "docker/tls-without-ca", "connection.certPath", "without a CA the provider would not verify the engine"],
    ["TCP to nowhere", () => EngineConnection.tcp({ address: "h_1", certPath: "/c" }), "core/address", "connection.address", "an IPv4 address"],
    ["TCP to no port", () => EngineConnection.tcp({ address: "h1", port: 0, certPath: "/c" }), "core/port", "connection.port", "1 to 65535"],
    ["ssh to no port", () => EngineConnection.ssh({ address: "h1", port: 0 }), "core/port", "connection.port", "1 to 65535"],
    ["ssh with a user that is none", () => EngineConnection.ssh({ address: "h1", user: "a b" }), "docker/ssh-user", "connection.user", "a user's name"],
    ["ssh that takes every host key", () => EngineConnection.ssh({ address: "h1", sshOptions: ["-o", "StrictHostKeyChecking=no"] }), "docker/ssh-host-key", "connection.sshOptions", "known_hosts"],
    ["ssh that takes new host keys", () => EngineConnection.ssh({ address: "h1", sshOptions: ["-oStrictHostKeyChecking accept-new"] }), "docker/ssh-host-key", "connection.sshOptions", "leave the check of the host's key on"],
    ["ssh that keeps no host keys", () => EngineConnection.ssh({ address: "h1", sshOptions: ["-o", "UserKnownHostsFile=/dev/null"] }), "docker/ssh-host-key", "connection.sshOptions", "known_hosts"],
  ])("%s", (_what, act, code, prop, part) => {
    expectFault(act, code, prop, part);
  }); // prettier-ignore

  test("an ssh address that only Terraform knows passes", () => {
    expect(token((value) => EngineConnection.ssh({ address: value, user: value }))).not.toThrow();
  });
});

test("a host tells what others need of it", () => {
  synthesizeStack((stack) => {
    const host = hostOf(stack, { engineVersion: "20.10.24+dfsg1" });
    expect([host.hostName, host.address, host.engineVersion, host.isLoopback]).toEqual([
      "h1",
      "192.0.2.10",
      "20.10.24",
      false,
    ]);
    expect(hostOf(stack, { hostName: "h2", address: "127.0.0.1" }).isLoopback).toBe(true);
  });
  expect.assertions(2);
});
