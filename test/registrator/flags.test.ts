import * as fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import type { IRegistry, RegistryKind } from "../../constructs/discovery/registry";
import { renderRegistratorCommand } from "../../constructs/registrator/flags";
import type { RegistratorOptions } from "../../constructs/registrator/registrator-options";
import { expectFault } from "./faults";

const consul: IRegistry = { kind: "consul", endpoint: "172.30.0.2:8500" };
const etcd: IRegistry = { kind: "etcd", endpoint: "10.0.0.5:2379" };
const host = { ip: "172.30.0.1" };
const second = (n: number) => Duration.seconds(n);
const refuse = (
  options: RegistratorOptions,
  registry: IRegistry,
  code: string,
  prop: string,
  ...parts: readonly string[]
) => {
  expectFault(
    () => renderRegistratorCommand(options, registry, "app/registrator"),
    code,
    prop,
    "app/registrator: ",
    ...parts,
  );
};

describe("renderRegistratorCommand", () => {
  test("says little by default", () => {
    expect(renderRegistratorCommand(host, consul)).toEqual([
      "-cleanup",
      "-deregister=always",
      "-ip=172.30.0.1",
      "-resync=5",
      "-retry-attempts=-1",
      "consul://172.30.0.2:8500",
    ]);
  });

  test("writes every flag", () => {
    expect(
      renderRegistratorCommand(
        {
          ip: "fd00::1",
          explicit: true,
          useIpFromLabel: "io.example.address",
          ttl: second(60),
          ttlRefresh: second(20),
          tags: ["rack-1", "{{ .Config.Hostname }}"],
          resync: second(10),
          deregister: "on-success",
          retryAttempts: 3,
          retryInterval: Duration.milliseconds(1500),
          cleanup: false,
          registryPath: "services",
        },
        etcd,
      ),
    ).toEqual([
      "-deregister=on-success",
      "-explicit",
      "-ip=fd00::1",
      "-resync=10",
      "-retry-attempts=3",
      "-retry-interval=1500",
      "-tags=rack-1,{{ .Config.Hostname }}",
      "-ttl=60",
      "-ttl-refresh=20",
      "-useIpFromLabel=io.example.address",
      "etcd://10.0.0.5:2379/services",
    ]);
    expect(renderRegistratorCommand({ internal: true }, consul)).toContain("-internal");
  });

  test("cleans up by default where it can work, and only there", () => {
    for (const kind of ["consul", "consul-tls"] as const) {
      expect(renderRegistratorCommand(host, { ...consul, kind })).toContain("-cleanup");
    }
    expect(renderRegistratorCommand(host, { kind: "consul-unix", endpoint: "/run/consul.sock" })).toContain(
      "-cleanup",
    );
    expect(renderRegistratorCommand({ ...host, deregister: "on-success" }, consul)).not.toContain("-cleanup");
    expect(renderRegistratorCommand({ ...host, cleanup: false }, consul)).not.toContain("-cleanup");
    for (const kind of ["etcd", "zookeeper"] as const) {
      expect(renderRegistratorCommand(host, { ...etcd, kind })).not.toContain("-cleanup");
    }
  });

  test("wants one way to find the address", () => {
    refuse({}, consul, "registrator/ip-missing", "ip", "127.0.1.1", "Give the address");
    refuse(
      { ...host, internal: true },
      consul,
      "registrator/ip-internal",
      "ip",
      "the container's own address",
    );
    refuse({ ip: "0.0.0.0" }, consul, "registrator/ip-unspecified", "ip", "connect to himself");
    refuse({ ip: "::" }, consul, "registrator/ip-unspecified", "ip", "Give the host's address");
    refuse({ ip: "web1" }, consul, "core/address", "ip", "an IPv4 address");
  });

  test("refuses lives that the backend or registrator would not take", () => {
    const ttl = { ttl: second(30), ttlRefresh: second(10) };
    const deaf: [RegistryKind, string, RegistratorOptions][] = [
      ["consul", "a:8500", {}],
      ["consul-tls", "a:8501", {}],
      ["consul-unix", "/run/c.sock", {}],
      ["consulkv", "a:8500", { registryPath: "s" }],
      ["consulkv-unix", "/run/c.sock", { registryPath: "s" }],
      ["zookeeper", "a:2181", {}],
    ];
    for (const [kind, endpoint, more] of deaf) {
      refuse(
        { ...host, ...more, ...ttl },
        { kind, endpoint },
        "registrator/ttl-backend",
        "ttl",
        kind,
        "only etcd and skydns2",
      );
    }
    refuse({ ...host, ttlRefresh: second(10) }, consul, "registrator/ttl-backend", "ttlRefresh", "only etcd");
    refuse(
      { ...host, ttl: second(30) },
      etcd,
      "registrator/ttl-pair",
      "ttlRefresh",
      "together or not at all",
    );
    refuse({ ...host, ttlRefresh: second(30) }, etcd, "registrator/ttl-pair", "ttl", "Give both");
    refuse(
      { ...host, ttl: second(10), ttlRefresh: second(10) },
      etcd,
      "registrator/ttl-not-longer",
      "ttl",
      "longer than ttlRefresh (10s)",
    );
    refuse(
      { ...host, ttl: second(1.5), ttlRefresh: second(1) },
      etcd,
      "registrator/whole-seconds",
      "ttl",
      "Round it",
    );
    refuse(
      { ...host, ttl: second(2), ttlRefresh: second(0) },
      etcd,
      "registrator/whole-seconds",
      "ttlRefresh",
      "0 as never",
    );
    expect(
      renderRegistratorCommand(
        { ...host, ...ttl, registryPath: "cluster.local" },
        { ...etcd, kind: "skydns2" },
      ),
    ).toContain("-ttl=30");
  });

  test("never goes without a resync", () => {
    refuse(
      { ...host, resync: second(0) },
      consul,
      "registrator/whole-seconds",
      "resync",
      "0 as never",
      "Duration.seconds(5)",
    );
    refuse(
      { ...host, resync: Duration.milliseconds(2500) },
      consul,
      "registrator/whole-seconds",
      "resync",
      '"2.5s"',
    );
    expect(renderRegistratorCommand({ ...host, resync: Duration.minutes(2) }, consul)).toContain(
      "-resync=120",
    );
  });

  test("refuses a cleanup that cannot work or undoes what is asked for", () => {
    refuse(
      { ...host, cleanup: true },
      etcd,
      "registrator/cleanup-backend",
      "cleanup",
      "false with etcd",
      "ttl and ttlRefresh do this",
    );
    refuse(
      { ...host, cleanup: true },
      { ...etcd, kind: "zookeeper" },
      "registrator/cleanup-backend",
      "cleanup",
      "Consul's catalogue",
    );
    refuse(
      { ...host, cleanup: true, deregister: "on-success" },
      consul,
      "registrator/cleanup-on-success",
      "cleanup",
      "the next resync removes",
    );
  });

  test("checks how the connection is tried again", () => {
    for (const retryAttempts of [-2, 1.5, Number.NaN]) {
      refuse(
        { ...host, retryAttempts },
        consul,
        "registrator/retry-attempts",
        "retryAttempts",
        "-1 (for ever)",
      );
    }
    refuse(
      { ...host, retryInterval: second(0) },
      consul,
      "registrator/retry-interval",
      "retryInterval",
      "more than 0 ms",
    );
    refuse(
      { ...host, retryAttempts: 0, retryInterval: second(1) },
      consul,
      "registrator/retry-interval",
      "retryInterval",
      "there is no second attempt",
    );
    expect(renderRegistratorCommand({ ...host, retryAttempts: 0 }, consul)).toContain("-retry-attempts=0");
  });

  test("checks the label's name", () => {
    for (const useIpFromLabel of ["", "a b", "a=b"]) {
      refuse(
        { ...host, useIpFromLabel },
        consul,
        "registrator/use-ip-from-label",
        "useIpFromLabel",
        "without spaces and =",
      );
    }
  });

  test("is one flag an argument and one URI at the end, whatever it is given", () => {
    const options = fc.record(
      {
        explicit: fc.boolean(),
        resync: fc.integer({ min: 1, max: 86_400 }).map((n) => second(n)),
        deregister: fc.constantFrom("always" as const, "on-success" as const),
        retryAttempts: fc.integer({ min: -1, max: 1_000 }),
        tags: fc.uniqueArray(
          fc.stringMatching(/^[-a-z,{}"'$%;\\ ]*[a-z]$/).filter((tag) => !tag.includes("{{")),
          { maxLength: 4 },
        ),
      },
      { requiredKeys: [] },
    );
    fc.assert(
      fc.property(options, (more) => {
        const command = renderRegistratorCommand({ ...host, ...more }, consul);
        expect(command.at(-1)).toBe("consul://172.30.0.2:8500");
        const flags = command.slice(0, -1);
        expect(flags.every((flag) => /^-[a-zA-Z-]+(=|$)/.test(flag))).toBe(true);
        expect(flags.map((flag) => flag.split("=")[0])).toEqual(
          [...new Set(flags.map((flag) => flag.split("=")[0]))].sort(),
        );
      }),
    );
  });
});
