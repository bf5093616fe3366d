import { Fn } from "cdktf";
import { Duration } from "../../constructs/core/duration";
import { Check } from "../../constructs/discovery/check";
import { expectFault } from "../registrator/faults";

const seconds = (n: number) => Duration.seconds(n);
const refuse = (check: Check, code: string, prop: string, ...parts: readonly string[]) => {
  expectFault(
    () => {
      check.validate("app/web", "check");
    },
    code,
    prop,
    "app/web: ",
    ...parts,
  );
};
const accept = (check: Check) => {
  expect(() => {
    check.validate("app/web", "check");
  }).not.toThrow();
};

describe("Check", () => {
  test.each([
    [Check.http("/healthz", { method: "HEAD" }), "http", "/healthz", true],
    [Check.https("/", { verifyTls: false }), "https", "/", true],
    [Check.tcp(), "tcp", "true", true],
    [Check.grpc({ tls: false }), "grpc", "true", true],
    [Check.ttl(seconds(90)), "ttl", "1m30s", false],
    [Check.script("/checks/up"), "script", "/checks/up", false],
  ])("%j says what it is", (check, kind, target, usesNetwork) => {
    expect([check.kind, check.target, check.usesNetwork]).toEqual([kind, target, usesNetwork]);
    accept(check);
  });

  test("keeps the options as given", () => {
    const options = { interval: seconds(2), timeout: seconds(1), initialStatus: "passing" } as const;
    expect(Check.tcp(options).options).toEqual(options);
  });

  test("wants a path that can stand in a request", () => {
    for (const path of ["", "healthz", "/a b", "/a\n", "/é", "http://x/"]) {
      refuse(Check.http(path), "discovery/check-path", "check.path", "begins with /", "encoded");
      refuse(Check.https(path), "discovery/check-path", "check.path", "holds no spaces");
    }
    accept(Check.http("/a?b=c&d=%20#e"));
    accept(Check.http(Fn.join("", ["/", "a"])));
  });

  test("wants a command on one line", () => {
    for (const line of ["", "  ", "a\nb", "a\rb"]) {
      refuse(Check.script(line), "discovery/check-path", "check.commandLine", "one line that is not empty");
    }
  });

  test("wants time between two runs", () => {
    refuse(
      Check.tcp({ interval: seconds(0) }),
      "discovery/check-interval",
      "check.interval",
      "more than 0 s",
      '"0s"',
    );
  });

  test("bounds the timeout by the interval", () => {
    const timeout = (interval: number, limit: number) =>
      Check.http("/", { interval: seconds(interval), timeout: seconds(limit) });
    refuse(
      timeout(2, 3),
      "discovery/check-timeout",
      "check.timeout",
      "at most the interval (2s)",
      "Shorten the timeout",
    );
    refuse(timeout(2, 0), "discovery/check-timeout", "check.timeout", "more than 0 s");
    refuse(
      Check.tcp({ timeout: seconds(11) }),
      "discovery/check-timeout",
      "check.timeout",
      "at most the interval (10s)",
    );
    accept(timeout(2, 2));
    accept(Check.tcp({ timeout: seconds(10) }));
  });

  test("wants a time to live", () => {
    refuse(Check.ttl(seconds(0)), "discovery/check-ttl", "check.ttl", "more than 0 s", "two reports");
  });

  test("wants a minute or more before a critical service is removed", () => {
    refuse(
      Check.tcp({ deregisterCriticalServiceAfter: seconds(59) }),
      "discovery/check-deregister",
      "check.deregisterCriticalServiceAfter",
      "a minute or more",
      '"59s"',
    );
    accept(Check.ttl(seconds(5), { deregisterCriticalServiceAfter: seconds(60) }));
  });
});
