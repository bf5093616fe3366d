import { hostPort } from "../constructs/core/addresses";
import { isDnsLabel } from "../constructs/core/dns-names";
import { Faults } from "../constructs/core/errors";
import type { Environment } from "./environment";
import { validateEngines } from "./validate-engines";
import { validateHosts } from "./validate-hosts";
import { validatePrograms } from "./validate-programs";

/**
 * Checks an environment as a whole and shows everything that is wrong with it together: cdktf stops at the first
 * stack that fails.
 * @throws ValidationErrors
 */
export function validateEnvironment(environment: Environment): void {
  const faults = new Faults();
  const at = `environment ${environment.name}`;
  if (!isDnsLabel(environment.name)) {
    faults.add(at, {
      code: "environment/name",
      prop: "name",
      got: environment.name,
      allowed: "a DNS label: it begins every stack's name",
      mend: "Take letters, digits and hyphens",
    });
  }
  validateHosts(faults, at, environment);
  validateGroups(faults, at, environment);
  validateServers(faults, at, environment);
  validatePrograms(faults, at, environment);
  validateEngines(faults, at, environment);
  validateBackend(faults, at, environment);
  faults.throwIfAny(at);
}

/** The names of the hosts whose agent is a server, in the order of the groups. */
export function serverNames(environment: Environment): string[] {
  return Object.values(environment.groups)
    .flat()
    .filter(
      (name) => environment.hosts[name]?.consul === "server" && environment.hosts[name].retired !== true,
    );
}

function validateGroups(faults: Faults, at: string, environment: Environment): void {
  const groupOf = new Map<string, string>();
  const maximum = environment.maximumGroupSize ?? 25;
  for (const [group, hosts] of Object.entries(environment.groups)) {
    const where = `${at}, group ${group}`;
    if (!isDnsLabel(group)) {
      faults.add(where, {
        code: "environment/group-name",
        prop: "name",
        got: group,
        allowed: "a DNS label: it is the second part of the stack's name",
        mend: "Take letters, digits and hyphens",
      });
    }
    if (hosts.length === 0 || hosts.length > maximum) {
      faults.add(where, {
        code: "environment/group-size",
        prop: "hosts",
        got: hosts.length,
        allowed: `1 to ${maximum} hosts: Terraform starts a process for each`,
        mend: hosts.length === 0 ? "Remove the group" : "Make two groups of it, or raise maximumGroupSize",
      });
    }
    for (const host of hosts) {
      if (!Object.hasOwn(environment.hosts, host)) {
        faults.add(where, {
          code: "environment/unknown-host",
          prop: "hosts",
          got: host,
          allowed: `one of ${Object.keys(environment.hosts).join(", ")}`,
          mend: "Describe the host, or take its name out of the group",
        });
      }
      const other = groupOf.get(host);
      if (other !== undefined) {
        faults.add(where, {
          code: "environment/host-in-two-groups",
          prop: "hosts",
          got: host,
          allowed: `each host once; it is in ${other} already`,
          mend: "Take it out of one of the two: two stacks would deploy the same containers",
        });
      }
      groupOf.set(host, group);
    }
  }
  for (const host of Object.keys(environment.hosts)) {
    if (groupOf.has(host)) continue;
    faults.add(`${at}, host ${host}`, {
      code: "environment/host-without-group",
      prop: "groups",
      got: host,
      allowed: "each host in one group",
      mend: "Add it to a group, or remove it",
    });
  }
}

function validateServers(faults: Faults, at: string, environment: Environment): void {
  const servers = Object.keys(environment.hosts).filter(
    (name) => environment.hosts[name]?.consul === "server" && environment.hosts[name].retired !== true,
  );
  if (servers.length % 2 === 0 || servers.length > 7) {
    faults.add(at, {
      code: "environment/even-servers",
      prop: "hosts",
      got: servers,
      allowed: "an odd number of Consul servers: 1, 3, 5 or 7",
      mend:
        servers.length === 0
          ? "Make one host, or three, a server"
          : "Make one more host a server, or one less: an even one more fails no later and costs a vote",
    });
  }
  if (servers.length > 1) {
    for (const [group, hosts] of Object.entries(environment.groups)) {
      const inGroup = hosts.filter((host) => servers.includes(host));
      if (inGroup.length === 0 || hosts.length === 1) continue;
      faults.add(`${at}, group ${group}`, {
        code: "environment/server-not-alone",
        prop: "hosts",
        got: hosts,
        allowed: `a server alone in its group, of several: ${inGroup.join(", ")} would be changed together with the others`,
        mend: "Give each server a group of its own, so that the next one waits for its gate",
      });
    }
    // A group of retired hosts alone deploys nothing that others could need.
    const order = Object.values(environment.groups)
      .filter((hosts) => hosts.some((host) => environment.hosts[host]?.retired !== true))
      .map((hosts) => hosts.some((host) => servers.includes(host)));
    if (order.lastIndexOf(true) > order.indexOf(false) && order.includes(false)) {
      faults.add(at, {
        code: "environment/servers-first",
        prop: "groups",
        got: Object.keys(environment.groups),
        allowed: "servers' groups before all others",
        mend: "Move them to the front: the others' agents join them",
      });
    }
  }
}

function validateBackend(faults: Faults, at: string, environment: Environment): void {
  const { backend } = environment;
  const fault = (prop: string, got: string, allowed: string, mend: string) => {
    faults.add(at, { code: "environment/backend", prop: `backend.${prop}`, got, allowed, mend });
  };
  switch (backend.kind) {
    case "local":
      if (!backend.folder.startsWith("/")) {
        fault(
          "folder",
          backend.folder,
          "an absolute path: a relative one lies in a folder that synth deletes",
          "Give the folder from / on",
        );
      }
      return;
    case "s3":
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(backend.bucket)) {
        fault(
          "bucket",
          backend.bucket,
          "a bucket's name: 3 to 63 lower-case letters, digits, dots and hyphens",
          "Give the name alone, without s3://",
        );
      }
      if (backend.endpoint !== undefined && !URL.canParse(backend.endpoint)) {
        fault(
          "endpoint",
          backend.endpoint,
          "an address such as https://s3.example.com",
          "Write it with its scheme",
        );
      }
      return;
    case "consul": {
      const own = Object.values(environment.hosts).flatMap(({ address }) =>
        [8500, 8501].map((port) => hostPort(address, port)),
      );
      if (!/^[^\s/]+:\d+$/.test(backend.address) || own.includes(backend.address)) {
        fault(
          "address",
          backend.address,
          "host:port of a Consul that this environment does not deploy",
          "Keep the state elsewhere: with its own Consul down it could not be mended",
        );
      }
      return;
    }
    case "http":
      if (!URL.canParse(backend.address) || new URL(backend.address).protocol !== "https:") {
        fault(
          "address",
          backend.address,
          "an https:// address: state holds what is uploaded in plain text",
          "Use TLS",
        );
      }
      if (URL.canParse(backend.address) && new URL(backend.address).password !== "") {
        fault(
          "address",
          "an address with a password in it",
          "an address without credentials",
          "Set TF_HTTP_USERNAME and TF_HTTP_PASSWORD instead",
        );
      }
  }
}
