import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { Size } from "../../constructs/core/size";
import { ContainerFile } from "../../constructs/docker/container-file";
import { HostAddress } from "../../constructs/docker/host-address";
import { LogDriver } from "../../constructs/docker/log-driver";
import { RestartPolicy } from "../../constructs/docker/restart-policy";
import { expectFault } from "../support/faults";

describe("LogDriver", () => {
  test.each([
    [LogDriver.jsonFile(), "json-file", { "max-size": "10m", "max-file": "3" }],
    [LogDriver.local({ maxSize: Size.kibibytes(1025), maxFile: 1 }), "local", { "max-size": "1025k", "max-file": "1" }],
    [LogDriver.journald(), "journald", {}],
    [LogDriver.journald({ tag: "{{.Name}}" }), "journald", { tag: "{{.Name}}" }],
    [LogDriver.syslog("udp://192.0.2.7:514", { facility: "daemon" }), "syslog",
      { "syslog-address": "udp://192.0.2.7:514", "syslog-facility": "daemon" }],
    [LogDriver.none(), "none", {}],
    [LogDriver.other("gelf", { "gelf-address": "udp://192.0.2.7:1" }), "gelf", { "gelf-address": "udp://192.0.2.7:1" }],
  ])("%o", (logDriver, driver, options) => {
    expect([logDriver.driver, logDriver.options]).toEqual([driver, options]);
  }); // prettier-ignore

  test.each([0, 1, 1025])("files of %d bytes are refused", (bytes) => {
    const maxSize = Size.bytes(bytes);
    expectFault(
      () => LogDriver.jsonFile({ maxSize }),
      "docker/log-size",
      "maxSize",
      "whole KiB, more than 0",
    );
  });

  test.each([0, 1.5, -1])("%d files are refused", (maxFile) => {
    expectFault(() => LogDriver.local({ maxFile }), "docker/log-files", "maxFile", "1 or more");
  });
});

test("RestartPolicy says Docker's words", () => {
  const said = [
    RestartPolicy.always(),
    RestartPolicy.unlessStopped(),
    RestartPolicy.onFailure(),
    RestartPolicy.onFailure(3),
    RestartPolicy.never(),
  ].map(({ policy, maximumRetryCount }) => [policy, maximumRetryCount]);
  expect(said).toEqual([
    ["always", 0],
    ["unless-stopped", 0],
    ["on-failure", 0],
    ["on-failure", 3],
    ["no", 0],
  ]);
  for (const count of [-1, 0.5]) {
    expectFault(
      () => RestartPolicy.onFailure(count),
      "docker/restart-count",
      "maximumRetryCount",
      "0 (no limit) or more",
    );
  }
});

test("HostAddress has one text for one address", () => {
  expect([
    HostAddress.everyInterface().address,
    HostAddress.of(HostAddress.everyInterface(), "x", "a").address,
    HostAddress.of("FD00:0::1", "x", "a").address,
  ]).toEqual(["0.0.0.0", "0.0.0.0", "fd00::1"]);
});

describe("ContainerFile", () => {
  test("text and bytes arrive as they are", () => {
    fc.assert(
      fc.property(fc.string({ unit: "grapheme", minLength: 1 }), (text) => {
        const file = ContainerFile.text("/a", text);
        expect(Buffer.from(file.toBase64(), "base64").toString("utf8")).toBe(text);
        expect(file.knownText).toBe(text);
      }),
    );
    const folder = mkdtempSync(join(tmpdir(), "cdktf-docker-discovery-"));
    try {
      const bytes = Buffer.from([0, 255, 128, 10, 0]);
      writeFileSync(join(folder, "a"), bytes);
      const file = ContainerFile.copyOf("/b", join(folder, "a"));
      expect([file.path, file.permissions, Buffer.from(file.toBase64(), "base64")]).toEqual([
        "/b",
        "0644",
        bytes,
      ]);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
