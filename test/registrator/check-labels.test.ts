import * as fc from "fast-check";
import { Duration } from "../../constructs/core/duration";
import { Check } from "../../constructs/discovery/check";
import { renderCheckAttributes } from "../../constructs/registrator/check-labels";
import { expectFault } from "./faults";
import { buildCheck } from "./registrator-parse";

const seconds = (n: number) => Duration.seconds(n);
/** What the agent is told in the end. */
function agentCheck(check: Check) {
  const attributes = Object.entries(renderCheckAttributes(check)).map(([key, value]) => [
    key.toLowerCase(),
    value,
  ]);
  return buildCheck(Object.fromEntries(attributes) as Record<string, string>, "10.0.0.1", 8080);
}

describe("renderCheckAttributes", () => {
  test("http", () => {
    const check = Check.http("/healthz?full=1", {
      method: "HEAD",
      interval: seconds(2),
      timeout: Duration.milliseconds(500),
      initialStatus: "passing",
      deregisterCriticalServiceAfter: Duration.minutes(10),
    });
    expect(renderCheckAttributes(check)).toEqual({
      CHECK_HTTP: "/healthz?full=1",
      CHECK_HTTP_METHOD: "HEAD",
      CHECK_INTERVAL: "2s",
      CHECK_TIMEOUT: "500ms",
      CHECK_INITIAL_STATUS: "passing",
      CHECK_DEREGISTER_AFTER: "10m0s",
    });
    expect(agentCheck(check)).toEqual({
      HTTP: "http://10.0.0.1:8080/healthz?full=1",
      Method: "HEAD",
      Interval: "2s",
      Timeout: "500ms",
      Status: "passing",
      DeregisterCriticalServiceAfter: "10m0s",
    });
  });

  test("https", () => {
    expect(agentCheck(Check.https("/", { method: "HEAD", verifyTls: true }))).toEqual({
      HTTP: "https://10.0.0.1:8080/",
      Method: "HEAD",
      Interval: "10s",
    });
  });

  test("tcp", () => {
    expect(renderCheckAttributes(Check.tcp())).toEqual({ CHECK_TCP: "true" });
    expect(agentCheck(Check.tcp({ interval: seconds(90) }))).toEqual({
      TCP: "10.0.0.1:8080",
      Interval: "1m30s",
    });
  });

  test("ttl has no interval and no timeout", () => {
    expect(agentCheck(Check.ttl(seconds(30), { initialStatus: "warning" }))).toEqual({
      TTL: "30s",
      Status: "warning",
    });
  });

  test("grpc speaks TLS unless told otherwise; a word that says no would turn it on", () => {
    expect(agentCheck(Check.grpc())).toEqual({ GRPC: "10.0.0.1:8080", GRPCUseTLS: true, Interval: "10s" });
    expect(renderCheckAttributes(Check.grpc({ tls: false }))).toEqual({ CHECK_GRPC: "true" });
    expect(agentCheck(Check.grpc({ tls: false }))).toEqual({ GRPC: "10.0.0.1:8080", Interval: "10s" });
  });

  test("script", () => {
    expect(
      agentCheck(Check.script("/checks/up-$SERVICE_IP-$SERVICE_PORT", { interval: seconds(5) })),
    ).toEqual({
      Args: ["/checks/up-10.0.0.1-8080"],
      Interval: "5s",
    });
  });

  test("a short interval bounds the timeout, which Consul does not do by itself", () => {
    expect(agentCheck(Check.tcp({ interval: seconds(2) }))).toMatchObject({ Interval: "2s", Timeout: "2s" });
    expect(agentCheck(Check.tcp({ interval: seconds(10) }))).not.toHaveProperty("Timeout");
  });

  test("refuses what registrator does not hand on", () => {
    const refuse = (check: Check, code: string, prop: string, ...parts: readonly string[]) => {
      expectFault(() => renderCheckAttributes(check, "here"), code, prop, "here: ", ...parts);
    };
    refuse(
      Check.https("/", { verifyTls: false }),
      "registrator/check-verify-tls",
      "check.verifyTls",
      "for gRPC alone",
    );
    refuse(
      Check.script("/up", { timeout: seconds(1) }),
      "registrator/check-timeout",
      "check.timeout",
      "tcp and grpc alone",
    );
    refuse(
      Check.script("curl -f example.com"),
      "registrator/check-script",
      "check.commandLine",
      "without arguments",
    );
    refuse(
      Check.tcp({ interval: Duration.milliseconds(500), timeout: Duration.milliseconds(100) }),
      "registrator/check-interval",
      "check.interval",
      "1 s or more",
    );
    refuse(Check.http("x"), "discovery/check-path", "check.path", "begins with /");
  });

  test("every valid network check arrives with the kind, path and times that it was given", () => {
    const times = fc.record(
      {
        interval: fc.integer({ min: 1_000, max: 1e7 }).map((ms) => Duration.milliseconds(ms)),
        initialStatus: fc.constantFrom("passing" as const, "warning" as const, "critical" as const),
        deregisterCriticalServiceAfter: fc.integer({ min: 1, max: 600 }).map((n) => Duration.minutes(n)),
      },
      { requiredKeys: [] },
    );
    const path = fc.stringMatching(/^\/[!-~]*$/);
    fc.assert(
      fc.property(fc.constantFrom("http", "https", "tcp", "grpc"), path, times, (kind, target, options) => {
        const check =
          kind === "http" || kind === "https" ? Check[kind](target, options) : Check[kind](options);
        const told = agentCheck(check);
        expect(told).toMatchObject(
          {
            http: { HTTP: `http://10.0.0.1:8080${target}` },
            https: { HTTP: `https://10.0.0.1:8080${target}` },
            tcp: { TCP: "10.0.0.1:8080" },
            grpc: { GRPC: "10.0.0.1:8080" },
          }[kind],
        );
        expect(told?.["Interval"]).toBe(options.interval?.toGoString() ?? "10s");
        expect(told?.["Status"]).toBe(options.initialStatus);
        expect(told?.["DeregisterCriticalServiceAfter"]).toBe(
          options.deregisterCriticalServiceAfter?.toGoString(),
        );
      }),
    );
  });
});
