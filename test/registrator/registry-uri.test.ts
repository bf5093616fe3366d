import { Fn } from "cdktf";
import * as fc from "fast-check";
import type { IRegistry, RegistryKind } from "../../constructs/discovery/registry";
import { renderRegistryUri } from "../../constructs/registrator/registry-uri";
import { expectFault } from "./faults";

type Options = Parameters<typeof renderRegistryUri>[0];
const refuse = (
  options: Options,
  registry: IRegistry,
  code: string,
  prop: string,
  ...parts: readonly string[]
) => {
  expectFault(() => renderRegistryUri(options, registry, "here"), code, prop, "here: ", ...parts);
};

describe("renderRegistryUri", () => {
  test.each<[RegistryKind, string, Options, string]>([
    ["consul", "172.30.0.2:8500", {}, "consul://172.30.0.2:8500"],
    ["consul", "consul-server_1:8500", {}, "consul://consul-server_1:8500"],
    ["consul", "[fd00::2]:8500", {}, "consul://[fd00::2]:8500"],
    ["consul-tls", "consul.example.com:8501", {}, "consul-tls://consul.example.com:8501"],
    ["consul-unix", "/run/consul/http.sock", {}, "consul-unix:///run/consul/http.sock"],
    ["consulkv", "10.0.0.1:8500", { registryPath: "services/web" }, "consulkv://10.0.0.1:8500/services/web"],
    ["consulkv-unix", "/run/c.sock", { registryPath: "services" }, "consulkv-unix:///run/c.sock:/services"],
    ["etcd", "10.0.0.1:2379", {}, "etcd://10.0.0.1:2379"],
    ["etcd", "10.0.0.1:2379", { registryPath: "services" }, "etcd://10.0.0.1:2379/services"],
    ["skydns2", "10.0.0.1:2379", { registryPath: "cluster.local" }, "skydns2://10.0.0.1:2379/cluster.local"],
    ["zookeeper", "10.0.0.1:2181", {}, "zookeeper://10.0.0.1:2181/"],
    ["zookeeper", "10.0.0.1:2181", { registryPath: "base/path" }, "zookeeper://10.0.0.1:2181/base/path"],
  ])("%s at %s", (kind, endpoint, options, uri) => {
    expect(renderRegistryUri(options, { kind, endpoint })).toBe(uri);
  });

  test("takes SkyDNS's domain from the registry", () => {
    expect(renderRegistryUri({}, { kind: "skydns2", endpoint: "a:2379", domain: "cluster.local" })).toBe(
      "skydns2://a:2379/cluster.local",
    );
  });

  test("lets a token through", () => {
    const endpoint = Fn.join(":", ["a", "8500"]);
    expect(renderRegistryUri({}, { kind: "consul", endpoint })).toBe(`consul://${endpoint}`);
  });

  test.each(["a:8500,b:8500", "a:8500 b:8500", "a:8500;b:8500", "10.0.0.1,10.0.0.2:8500"])(
    "refuses a list: %s",
    (endpoint) => {
      refuse(
        {},
        { kind: "consul", endpoint },
        "registrator/registry-endpoints",
        "registry.endpoint",
        "exactly one endpoint",
      );
    },
  );

  test.each([
    "10.0.0.1",
    "10.0.0.1:0",
    "10.0.0.1:65536",
    "10.0.0.256:8500",
    "1.2.3:8500",
    "fd00::1:8500",
    "[fd00::zz]:8500",
    "[::]:8500",
    "0.0.0.0:8500",
    "http://a:8500",
    "user@a:8500",
    "a:8500/path",
    "",
    ":8500",
    "-a:8500",
  ])("refuses the endpoint %j", (endpoint) => {
    refuse(
      {},
      { kind: "consul", endpoint },
      "registrator/registry-endpoint",
      "registry.endpoint",
      "address:port or name:port for consul",
    );
  });

  test.each(["run/c.sock", "/", "/run/", "/run/c sock%", "/run/a:b", "/run/c?x", "unix:///run/c.sock"])(
    "refuses the socket %j",
    (endpoint) => {
      if (/\s/.test(endpoint)) {
        refuse(
          {},
          { kind: "consul-unix", endpoint },
          "registrator/registry-endpoints",
          "registry.endpoint",
          "exactly one",
        );
      } else {
        refuse(
          {},
          { kind: "consul-unix", endpoint },
          "registrator/registry-endpoint",
          "registry.endpoint",
          "absolute path of a socket",
        );
      }
    },
  );

  test("says where TLS is to be had", () => {
    for (const kind of ["etcd", "zookeeper", "skydns2", "consulkv"] as const) {
      refuse(
        {},
        { kind, endpoint: "https://a:2379" },
        "registrator/registry-tls",
        "registry.endpoint",
        `registrator speaks no TLS to ${kind}`,
      );
    }
    refuse(
      {},
      { kind: "consul", endpoint: "https://a:8501" },
      "registrator/registry-tls",
      "registry.endpoint",
      "consul-tls",
    );
  });

  test("knows what a path is for", () => {
    for (const [kind, endpoint] of [
      ["consul", "a:8500"],
      ["consul-tls", "a:8501"],
      ["consul-unix", "/c.sock"],
    ] as const) {
      refuse(
        { registryPath: "x" },
        { kind, endpoint },
        "registrator/registry-path",
        "registryPath",
        `nothing for ${kind}`,
      );
    }
    refuse(
      {},
      { kind: "consulkv", endpoint: "a:8500" },
      "registrator/registry-path",
      "registryPath",
      "registrator ends without one",
    );
    refuse(
      {},
      { kind: "consulkv-unix", endpoint: "/c.sock" },
      "registrator/registry-path",
      "registryPath",
      "prefix of the keys",
    );
    refuse(
      {},
      { kind: "skydns2", endpoint: "a:2379" },
      "registrator/registry-path",
      "registryPath",
      "a domain for skydns2",
    );
    refuse(
      { registryPath: "a_b.local" },
      { kind: "skydns2", endpoint: "a:2379" },
      "registrator/registry-path",
      "registryPath",
      "cluster.local",
    );
    for (const registryPath of ["", "/a", "a/", "a//b", "a b", "a?b", "a#b", "a%20b", "..", "a/../b"]) {
      refuse(
        { registryPath },
        { kind: "etcd", endpoint: "a:2379" },
        "registrator/registry-path",
        "registryPath",
        "without a slash at either end",
      );
    }
  });

  test("knows the versions that registrator's keys break", () => {
    const kv = (version: string): IRegistry => ({ kind: "consulkv", endpoint: "a:8500", version });
    for (const version of ["1.21.5", "1.21.6"]) {
      refuse(
        { registryPath: "s" },
        kv(version),
        "registrator/consul-kv-version",
        "registry.version",
        "before 1.21.5, or 1.22.0 and later",
        "kind consul",
      );
    }
    for (const version of ["1.19.2", "1.21.4", "1.22.0"]) {
      expect(renderRegistryUri({ registryPath: "s" }, kv(version))).toBe("consulkv://a:8500/s");
    }
    expect(renderRegistryUri({}, { kind: "consul", endpoint: "a:8500", version: "1.21.5" })).toBe(
      "consul://a:8500",
    );
    refuse({ registryPath: "s" }, kv("latest"), "core/version", "registry.version", "an exact version");
  });

  test("knows which etcd still speaks v2", () => {
    for (const kind of ["etcd", "skydns2"] as const) {
      const of = (version: string): IRegistry => ({ kind, endpoint: "a:2379", version, domain: "c.local" });
      refuse(
        { etcdEnableV2: true },
        of("3.6.0"),
        "registrator/etcd-version",
        "registry.version",
        "only the v2 API",
      );
      refuse({}, of("3.4.23"), "registrator/etcd-v2", "etcdEnableV2", "--enable-v2");
      refuse({ etcdEnableV2: false }, of("3.5.9"), "registrator/etcd-v2", "etcdEnableV2", "etcd 3.5.9");
      expect(renderRegistryUri({ etcdEnableV2: true }, of("3.5.9"))).toContain("a:2379");
      expect(renderRegistryUri({}, of("3.3.10"))).toContain("a:2379");
    }
    refuse(
      { etcdEnableV2: true },
      { kind: "zookeeper", endpoint: "a:2181" },
      "registrator/etcd-v2",
      "etcdEnableV2",
      "which is no etcd",
    );
  });

  test("whatever endpoint passes is the URI's host, as a URL parser sees it", () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.webAuthority(),
          fc.ipV6().map((ip) => `[${ip}]:8500`),
        ),
        (endpoint) => {
          let uri: string;
          try {
            uri = renderRegistryUri({}, { kind: "consul", endpoint });
          } catch {
            return;
          }
          const url = new URL(uri);
          expect([url.pathname, url.search, url.hash, url.username]).toEqual(["", "", "", ""]);
          expect(uri).toBe(`consul://${endpoint}`);
        },
      ),
    );
  });
});
