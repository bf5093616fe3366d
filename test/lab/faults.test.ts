import { FAULTS, faultsUsage, runFault } from "../../lab/faults";
import { describeLab } from "../../lab/hosts-description";
import { hostOf, type Lab } from "../../lab/hosts-state";
import { checkedFolder, checkedPort, checkedRate } from "../../lab/link-faults";
import { lackedBy } from "../../lab/load-images";
import { type LabStatus, statusText } from "../../lab/hosts-status";

const lab: Lab = {
  ...describeLab({ count: 2 }),
  folder: "/nowhere",
  hostKeys: {},
  images: [],
  engineStarted: false,
};

test.each(["10mbit", "256kbit", "1gbit"])("%s is a rate", (rate) => {
  expect(checkedRate(rate)).toBe(rate);
});

test.each(["10", "0mbit", "mbit", "10 mbit", "10mbps", "10mbit; reboot"])("%j is no rate", (rate) => {
  expect(() => checkedRate(rate)).toThrow(`${rate}: a rate is a number and a unit`);
});

test("a port has its protocol", () => {
  expect(checkedPort("8301/udp")).toEqual({ port: 8301, protocol: "udp" });
  expect(checkedPort("65535/tcp")).toEqual({ port: 65535, protocol: "tcp" });
});

test.each(["8500", "0/tcp", "65536/tcp", "8500/icmp", "8500/tcp/udp"])("%s is no port", (port) => {
  expect(() => checkedPort(port)).toThrow(`${port}: a port is a number and its protocol`);
});

test.each(["/", "etc", "/etc/", "/etc/../var", "/a b", "/$(id)"])("%s is no folder for a fault", (path) => {
  expect(() => checkedFolder(path)).toThrow(`${path}: a folder of the host`);
});

test("every fault is in the usage", () => {
  for (const name of Object.keys(FAULTS)) expect(faultsUsage()).toMatch(new RegExp(`^  ${name} NAME`, "m"));
});

test.each([
  ["melt", []],
  ["throttle", []],
  ["throttle", ["1mbit", "2mbit"]],
  ["cut", ["eth0"]],
  ["toString", []],
])("%s with %j shows the faults that there are", async (name, args) => {
  await expect(runFault(lab, name, "staging-1", args)).rejects.toThrow(
    /is none of the faults:\n {2}cut NAME/,
  );
});

test("an unknown host is told with those that there are", () => {
  expect(() => hostOf(lab, "web-1")).toThrow("the lab lab has no host web-1: it has staging-1, staging-2");
});

test("an image is lacked where its id or its name is not there", () => {
  const ids = new Map([
    ["lab/web:1.0", "sha256:a"],
    ["lab/tools:1.0", "sha256:b"],
    ["web:1.0", "sha256:a"],
  ]);
  expect(lackedBy("", ids)).toEqual(["lab/web:1.0", "lab/tools:1.0", "web:1.0"]);
  expect(lackedBy("lab/web:1.0 sha256:a\nlab/tools:1.0 sha256:old\n", ids)).toEqual([
    "lab/tools:1.0",
    "web:1.0",
  ]);
});

test("the status has a line for each host", () => {
  const status: LabStatus = {
    lab: "lab",
    subnet: "10.20.0.0/24",
    folder: "/f",
    sshConfig: "/f/ssh_config",
    knownHosts: "/f/known_hosts",
    identityFile: "/f/id",
    stagingSettings: "/f/staging.json",
    user: "deploy",
    images: [],
    hosts: [
      {
        ...{ name: "a", address: "10.20.0.101", release: "trixie" as const },
        ...{ state: "running", system: "running", engine: "26.1.5" },
      },
      { name: "bb", address: "10.20.0.11", release: "bullseye", state: "missing" },
    ],
  };
  expect(statusText(status).split("\n")).toEqual([
    "name  address      release   state    system   engine",
    "a     10.20.0.101  trixie    running  running  26.1.5",
    "bb    10.20.0.11   bullseye  missing  -        -",
    "ssh -F /f/ssh_config NAME",
    "export STAGING_SETTINGS=/f/staging.json",
  ]);
});
