import { Fn } from "cdktf";
import type { RegisteredPort } from "../../constructs/discovery/service-catalog";
import {
  defaultServiceName,
  requireDefaultServiceName,
  serviceNameFault,
} from "../../constructs/registrator/default-service-name";
import { expectFault } from "./faults";

const tcp = (...ports: readonly number[]): RegisteredPort[] =>
  ports.map((containerPort) => ({ containerPort, protocol: "tcp" }));

describe("defaultServiceName", () => {
  test.each<[string, string]>([
    ["redis", "redis"],
    ["redis:7.2", "redis"],
    ["team/redis:7.2", "redis"],
    ["registry.example.com:5000/team/redis", "redis"],
    ["registry.example.com:5000/redis:7.2@sha256:0123", "redis"],
    ["redis@sha256:0123", "redis@sha256"],
    ["sha256:0123", "sha256"],
    ["my.app:1", "my.app"],
    ["redis/", "redis"],
    ["", "."],
    ["//", "/"],
  ])("of the image %j is %j", (image, name) => {
    expect(defaultServiceName(image, 6379, tcp(6379))).toBe(name);
  });

  test("carries the port where several are published", () => {
    expect(defaultServiceName("bitbucket-server", 7990, tcp(7990, 7999))).toBe("bitbucket-server-7990");
    expect(defaultServiceName("bitbucket-server", 7999, tcp(7990, 7999))).toBe("bitbucket-server-7999");
    expect(defaultServiceName("consul:1.19.2", 8500, tcp(8300, 8500))).toBe("consul-8500");
  });

  test("counts one port over tcp and udp as two, and a port on two addresses as one", () => {
    const both: RegisteredPort[] = [...tcp(53), { containerPort: 53, protocol: "udp" }];
    expect(defaultServiceName("bind9", 53, both)).toBe("bind9-53");
    expect(defaultServiceName("bind9", 53, tcp(53, 53))).toBe("bind9");
  });

  test("is unknown for an image that is known only at apply", () => {
    expect(defaultServiceName(Fn.upper("x"), 1, tcp(1))).toBeUndefined();
  });
});

describe("requireDefaultServiceName", () => {
  test("passes what can be looked up", () => {
    expect(() => {
      requireDefaultServiceName("here", "bitbucket-server:8", 7990, tcp(7990, 7999));
      requireDefaultServiceName("here", "redis:7@sha256:0123", 6379, tcp(6379));
      requireDefaultServiceName("here", "consul:1.19.2", 8500, tcp(8300, 8500));
      requireDefaultServiceName("here", Fn.upper("x"), 1, tcp(1));
    }).not.toThrow();
  });

  test.each<[string, number[], string, string]>([
    ["bitbucket@sha256:0123", [7990, 7999], '"bitbucket@sha256-7990"', "a DNS label"],
    ["bitbucket@sha256:0123", [7990], '"bitbucket@sha256"', "repository:tag@digest"],
    ["sha256:0123", [7990], '"sha256"', "an image given by its ID"],
    ["my.app:1", [7990], '"my.app"', "Name the service of port 7990"],
    ["my_app", [7990, 1], '"my_app-7990"', "a DNS label"],
    [`${"a".repeat(60)}:1`, [7990, 1], `${"a".repeat(60)}-7990`, "1 to 63 letters"],
    ["consul:1.19.2", [7990], '"consul"', "Consul's servers"],
  ])("refuses %s with ports %j", (image, ports, got, part) => {
    expectFault(
      () => {
        requireDefaultServiceName("here", image, 7990, tcp(...ports));
      },
      "registrator/default-name",
      "name",
      "here: ",
      got,
      part,
    );
  });
});

test("a token may be any name", () => {
  expect(serviceNameFault(Fn.upper("x"))).toBeUndefined();
});
