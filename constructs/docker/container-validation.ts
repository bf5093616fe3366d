import { isIpv4, isAddress, isLoopback } from "../core/addresses";
import { isDomainName } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import type { Size } from "../core/size";
import { isToken } from "../core/tokens";
import { validateMounts } from "./container-mount-validation";
import type { ContainerProps } from "./container-props";
import { validateSecrets } from "./container-secret-validation";
import { type Fail, failAt } from "./fail";
import { Labels } from "./labels";

export const CONTAINER_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;
/** The engine's minimum since 20.10 (moby daemon_unix.go, linuxMinMemory). */
const MINIMUM_MEMORY_MEBIBYTES = 6;

/** Checks all that can be said of a container's props without the rest of the tree. */
export function validateContainerProps(
  location: Location,
  containerName: string,
  props: ContainerProps,
): void {
  const fail = failAt(location);
  if (!isToken(containerName) && !CONTAINER_NAME.test(containerName)) {
    fail(
      "docker/container-name",
      "containerName",
      containerName,
      "two or more letters, digits, underscores, dots and hyphens, the first a letter or digit",
      "Give a containerName of that form",
    );
  }
  if (props.hostname !== undefined && !isToken(props.hostname) && !isDomainName(props.hostname)) {
    fail(
      "docker/hostname",
      "hostname",
      props.hostname,
      "a domain name of DNS labels",
      "Take letters, digits, hyphens and dots",
    );
  }
  if (
    props.platform !== undefined &&
    !isToken(props.platform) &&
    !/^[a-z0-9]+(\/[a-z0-9_]+(\/[a-z0-9.]+)?)?$/.test(props.platform)
  ) {
    fail(
      "docker/platform",
      "platform",
      props.platform,
      "os[/arch[/variant]] such as linux/amd64",
      `Give the platform of the image that ${props.host.hostName} is to run`,
    );
  }
  validateProcess(fail, props);
  validateResources(fail, props);
  validateMounts(fail, location, props);
  validateKernel(fail, props);
  validateNames(fail, props);
  if (props.environment !== undefined) {
    for (const name of Object.keys(props.environment)) {
      if (name === "" || name.includes("=") || name.includes("\0")) {
        fail(
          "docker/environment-name",
          "environment",
          name,
          "a name without = in it",
          "Write the name as the key and the value as the value",
        );
      }
    }
  }
  validateSecrets(fail, props);
}

function validateProcess(fail: Fail, props: ContainerProps): void {
  for (const prop of ["command", "entrypoint"] as const) {
    const words = props[prop];
    if (words !== undefined && !isToken(words) && (words.length === 0 || words.some((word) => word === ""))) {
      fail(
        "docker/command-empty",
        prop,
        words,
        "one word or more, none of them empty",
        "Leave the prop out to use the image's own",
      );
    }
  }
  if (
    props.workingDirectory !== undefined &&
    !isToken(props.workingDirectory) &&
    !props.workingDirectory.startsWith("/")
  ) {
    fail(
      "docker/working-directory",
      "workingDirectory",
      props.workingDirectory,
      "an absolute path",
      "Begin with /",
    );
  }
  const { healthCheck, waitUntilHealthy, stopGracePeriod, stopSignal } = props;
  if (waitUntilHealthy !== undefined) {
    if (healthCheck === undefined || healthCheck.isNone) {
      fail(
        "docker/wait-without-health-check",
        "waitUntilHealthy",
        waitUntilHealthy,
        "a time only together with a healthCheck",
        "Give the container a healthCheck: the provider does not see the image's",
      );
    }
    if (waitUntilHealthy.isZero()) {
      fail(
        "docker/wait-time",
        "waitUntilHealthy",
        waitUntilHealthy,
        "more than 0 s",
        "Give the longest time that it may take, or leave the prop out",
      );
    }
  }
  if (stopGracePeriod !== undefined && stopGracePeriod.toMilliseconds() % 1000 !== 0) {
    fail(
      "docker/stop-grace-period",
      "stopGracePeriod",
      stopGracePeriod,
      "whole seconds",
      "Docker counts whole seconds",
    );
  }
  if (stopSignal !== undefined && !isToken(stopSignal) && !/^(SIG[A-Z0-9+-]+|\d{1,2})$/.test(stopSignal)) {
    fail(
      "docker/stop-signal",
      "stopSignal",
      stopSignal,
      "a signal such as SIGTERM, or its number",
      "Write it in upper case with SIG before it",
    );
  }
}

function validateResources(fail: Fail, props: ContainerProps): void {
  const { memory, memorySwap, shmSize, cpus, cpuShares, cpuSet } = props;
  const wholeMebibytes = (prop: string, size: Size) => {
    if (!Number.isInteger(size.toMebibytes())) {
      fail("docker/memory-unit", prop, size, "whole MiB", "Round it: the provider counts in MiB");
    }
  };
  if (memory !== undefined) {
    if (memory.toMebibytes() < MINIMUM_MEMORY_MEBIBYTES) {
      fail(
        "docker/memory-minimum",
        "memory",
        memory,
        `${MINIMUM_MEMORY_MEBIBYTES}MiB or more, the engine's minimum`,
        "Give the container more memory",
      );
    }
    wholeMebibytes("memory", memory);
  }
  if (memorySwap !== undefined) {
    if (memory === undefined) {
      fail(
        "docker/memory-swap",
        "memorySwap",
        memorySwap,
        "a value only together with memory",
        "Give memory too",
      );
    } else if (memorySwap !== "unlimited") {
      wholeMebibytes("memorySwap", memorySwap);
      if (memorySwap.isSmallerThan(memory)) {
        fail(
          "docker/memory-swap",
          "memorySwap",
          memorySwap,
          `at least the memory (${memory.toString()}): it counts memory and swap together`,
          "Give the sum of both",
        );
      }
    }
  }
  if (shmSize !== undefined) {
    if (shmSize.toBytes() === 0)
      fail("docker/shm-size", "shmSize", shmSize, "more than 0", "Leave it out for Docker's 64MiB");
    wholeMebibytes("shmSize", shmSize);
  }
  if (
    cpus !== undefined &&
    !(cpus >= 0.01 && Number.isFinite(cpus) && Math.abs(cpus * 100 - Math.round(cpus * 100)) < 1e-9)
  ) {
    fail(
      "docker/cpus",
      "cpus",
      cpus,
      "0.01 or more, in hundredths, known at synth",
      "Give how many processors' time it may use",
    );
  }
  if (
    cpuShares !== undefined &&
    !isToken(cpuShares) &&
    !(Number.isInteger(cpuShares) && cpuShares >= 2 && cpuShares <= 262_144)
  ) {
    fail(
      "docker/cpu-shares",
      "cpuShares",
      cpuShares,
      "a whole number from 2 to 262144",
      "Give a weight; 1024 is the usual one",
    );
  }
  if (cpuSet !== undefined && !isToken(cpuSet) && !/^\d+(-\d+)?(,\d+(-\d+)?)*$/.test(cpuSet)) {
    fail(
      "docker/cpu-set",
      "cpuSet",
      cpuSet,
      "processors' numbers such as 0-3 or 0,1",
      "Write numbers, ranges and commas",
    );
  }
  for (const ulimit of props.ulimits ?? []) {
    if (
      !/^[a-z]+$/.test(ulimit.name) ||
      !Number.isInteger(ulimit.soft) ||
      !Number.isInteger(ulimit.hard) ||
      ulimit.soft < -1 ||
      ulimit.hard < -1 ||
      (ulimit.hard !== -1 && (ulimit.soft > ulimit.hard || ulimit.soft === -1))
    ) {
      fail(
        "docker/ulimit",
        "ulimits",
        ulimit,
        "a name of ulimit's, and whole numbers, the soft one at most the hard one",
        "Lower the soft limit, or raise the hard one",
      );
    }
  }
}

function validateKernel(fail: Fail, props: ContainerProps): void {
  for (const name of Object.keys(props.sysctls ?? {})) {
    if (isToken(name)) continue;
    const ofNetwork = /^net\.[\w.-]+$/.test(name);
    if (
      !ofNetwork &&
      !/^(kernel\.(msgmax|msgmnb|msgmni|sem|shmall|shmmax|shmmni|shm_rmid_forced)|fs\.mqueue\.\w+)$/.test(
        name,
      )
    ) {
      fail(
        "docker/sysctl",
        "sysctls",
        name,
        "parameters of the container's own namespaces: net.*, fs.mqueue.* and kernel.msg*, kernel.sem, kernel.shm*",
        "Set the host's own parameters on the host",
      );
    }
    if (ofNetwork && props.networkMode === "host") {
      fail(
        "docker/sysctl",
        "sysctls",
        name,
        "no net.* together with networkMode host: they would be the host's",
        "Set them on the host",
      );
    }
  }
  for (const list of ["add", "drop"] as const) {
    for (const capability of props.capabilities?.[list] ?? []) {
      if (capability === "ALL" || /^CAP_[A-Z][A-Z_0-9]*$/.test(capability) || isToken(capability)) continue;
      const bare = capability.toUpperCase().replace(/^CAP_/, "");
      fail(
        "docker/capability",
        `capabilities.${list}`,
        capability,
        "ALL, or a capability in upper case with CAP_ before it: the engine rewrites others, and each plan would replace the container",
        `Write ${bare === "ALL" ? bare : `CAP_${bare}`}`,
      );
    }
  }
}

function validateNames(fail: Fail, props: ContainerProps): void {
  for (const [name, address] of Object.entries(props.extraHosts ?? {})) {
    if (
      (!isToken(name) && !isDomainName(name)) ||
      (!isToken(address) && address !== "host-gateway" && !isIpv4(address))
    ) {
      fail(
        "docker/extra-host",
        "extraHosts",
        { [name]: address },
        "a domain name to an IPv4 address or to host-gateway: the provider cuts IPv6 addresses at the colon when it reads them back",
        "Give an IPv4 address, or let a DNS server answer the name",
      );
    }
  }
  if (props.dns === undefined) return;
  const address = typeof props.dns === "string" ? props.dns : props.dns.resolverAddress;
  if (isToken(address)) return;
  if (!isAddress(address)) {
    fail(
      "docker/dns",
      "dns",
      address,
      "the address of a resolver",
      "Give the address alone: the port is always 53",
    );
  }
  if (isLoopback(address) && props.networkMode !== "host") {
    fail(
      "docker/dns-loopback",
      "dns",
      address,
      "an address that the container reaches: loopback is the container's own",
      "Give an address of the host, such as the network's gateway",
    );
  }
}

/**
 * Checks that a caller's labels leave the construct's own one free.
 * @throws ValidationError docker/label
 */
export function requireOwnLabelsFree(location: Location, labels: Readonly<Record<string, string>>): void {
  if (!Object.hasOwn(labels, Labels.replacementHash)) return;
  throw new ValidationError(location, {
    code: "docker/label",
    prop: `labels[${JSON.stringify(Labels.replacementHash)}]`,
    got: labels[Labels.replacementHash],
    allowed: "labels other than this one, which the construct sets by itself",
    mend: "Leave it out",
  });
}

/**
 * Checks a publication's port against the kind of network.
 * @throws ValidationError docker/network-mode
 */
export function requireBridgeMode(location: Location, mode: string, prop: string, got: unknown): void {
  if (mode === "bridge") return;
  throw new ValidationError(location, {
    code: "docker/network-mode",
    prop,
    got,
    allowed: `nothing here while networkMode is ${mode}`,
    mend:
      mode === "host"
        ? "Leave it out: with the host's network every port of the container is a port of the host"
        : "Take the mode bridge",
  });
}
