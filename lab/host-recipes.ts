import { createHash } from "node:crypto";
import type { LabHost, Release } from "./hosts-description";

/** The non-root user of every host: in the group docker, and root by sudo without a password. */
export const HOST_USER = "deploy";
/** The number of that user: the first that Debian gives. */
export const HOST_USER_ID = 1000;
/** The label that carries the hash of the recipe that a host's image was made from. */
export const HOST_RECIPE_LABEL = "lab.host-recipe";
/** The program that starts a host, inside it. */
const INIT = "/usr/local/sbin/lab-init";

/** What a plain server has, and what the tests look at it with. */
const PACKAGES = [
  ...["systemd", "systemd-sysv", "dbus", "openssh-server", "sudo", "ca-certificates"],
  ...["docker.io", "iptables", "iproute2", "iputils-ping", "procps", "curl", "jq"],
  ...["bind9", "bind9-utils", "bind9-dnsutils", "isc-dhcp-client"],
];
/** What was one package once and is two now. */
const FURTHER: Readonly<Record<Release, readonly string[]>> = {
  bullseye: [],
  bookworm: ["systemd-resolved"],
  trixie: ["systemd-resolved", "docker-cli"],
};

/**
 * Started before systemd, with every boot. The engine around a host mounts what a real one has writable read-only, and
 * puts files of its own over three of /etc: those cannot be renamed, and hide what the host's own say.
 *
 * The host's cgroups are a namespace of their own. With the machine's tree mounted instead, systemd would remount that
 * read-only and add to it, and the cgroups of the host's containers would outlive a host that is removed.
 */
const INIT_TEXT = `#!/bin/sh
set -eu
awk '$3 ~ /^cgroup/ || $2 == "/sys/fs/cgroup" { print $2 }' /proc/mounts | while read -r at; do
  mount -o remount,bind,rw "$at"
done
mount -o remount,bind,rw /proc/sys
for file in resolv.conf hosts hostname; do
  while umount "/etc/$file" 2>/dev/null; do :; done
done
exec /lib/systemd/systemd
`;

/** A file of a host's image. */
export interface HostFile {
  readonly at: string;
  readonly text: string;
  readonly mode: number;
}

/** The files that every host's image has besides its packages'. */
export const HOST_FILES: readonly HostFile[] = [
  { at: INIT, text: INIT_TEXT, mode: 0o755 },
  { at: `/etc/sudoers.d/${HOST_USER}`, text: `${HOST_USER} ALL=(ALL) NOPASSWD: ALL\n`, mode: 0o440 },
  // Empty, so that every host gets an identity of its own at its first boot.
  { at: "/etc/machine-id", text: "", mode: 0o444 },
  { at: "/etc/hostname", text: "", mode: 0o644 },
  { at: "/etc/resolv.conf", text: "", mode: 0o644 },
];

/** What must go from a fresh root file system: secrets that every host would share, and links in the way of files. */
export const HOST_REMOVALS: readonly string[] = [
  ...["rsa", "ecdsa", "ed25519"].flatMap((kind) => [
    `/etc/ssh/ssh_host_${kind}_key`,
    `/etc/ssh/ssh_host_${kind}_key.pub`,
  ]),
  "/etc/resolv.conf",
  "/var/lib/dbus/machine-id",
  "/etc/bind/rndc.key",
];

/** The commands that are run in the root file system, in their order. */
export const HOST_COMMANDS: readonly (readonly string[])[] = [
  ["useradd", "--create-home", "--uid", `${HOST_USER_ID}`, "--shell", "/bin/bash", HOST_USER],
  ["usermod", "--append", "--groups", "docker", HOST_USER],
  // Installed, and not in use until something sets them up.
  ["systemctl", "disable", "named.service", "systemd-resolved.service"],
  // Modules are the machine's; trixie's sshd would make host keys of other kinds than the declared one.
  ["systemctl", "mask", "systemd-modules-load.service", "sshd-keygen.service"],
  // Nothing may start by itself in the midst of a test.
  [
    ...["systemctl", "mask", "apt-daily.timer", "apt-daily-upgrade.timer", "dpkg-db-backup.timer"],
    ...["e2scrub_all.timer", "fstrim.timer"],
  ],
];

/** Dockerfile instructions that `docker import --change` takes. */
function changes(release: Release): string[] {
  return [
    // The storage of the host's engine cannot lie on an overlay itself.
    "VOLUME /var/lib/docker",
    "ENV container=docker",
    `CMD ["${INIT}"]`,
    `LABEL ${HOST_RECIPE_LABEL}=${hostRecipeHash(release)}`,
  ];
}

/** The reference of a release's image: `lab/host:bullseye`. */
export function hostReference(release: Release): string {
  return `lab/host:${release}`;
}

/** The arguments of debootstrap. Its default mirror is the one that Debian names for everybody. */
export function hostDebootstrapArguments(release: Release, folder: string): string[] {
  return ["--variant=minbase", `--include=${[...PACKAGES, ...FURTHER[release]].join(",")}`, release, folder];
}

/** A hash of all that a release's image is made from. */
export function hostRecipeHash(release: Release): string {
  const parts = [release, PACKAGES, FURTHER[release], HOST_FILES, HOST_REMOVALS, HOST_COMMANDS];
  return createHash("sha256").update(JSON.stringify(parts)).digest("hex").slice(0, 16);
}

/** The arguments of `docker` that make a release's image from an archive of its root file system. */
export function hostImportArguments(release: Release, archive: string): string[] {
  return [
    "import",
    ...changes(release).flatMap((change) => ["--change", change]),
    archive,
    hostReference(release),
  ];
}

/** What a host's container is made with. */
export interface HostContainer {
  /** The container's name, and its volume's. */
  readonly container: string;
  readonly network: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly host: LabHost;
}

/**
 * The arguments of `docker` that make a host.
 *
 * Not `--privileged`: that asks for every capability, and fails on machines whose root lacks CAP_SYS_RESOURCE.
 */
export function hostCreateArguments({ container, network, labels, host }: HostContainer): string[] {
  return [
    ...["create", "--name", container, "--hostname", host.name, "--network", network, "--ip", host.address],
    ...["--security-opt", "seccomp=unconfined", "--security-opt", "apparmor=unconfined"],
    ...["--cap-add", "ALL", "--cap-drop", "SYS_RESOURCE", "--device-cgroup-rule", "a *:* rwm"],
    ...["--cgroupns", "private", "--tmpfs", "/run", "--tmpfs", "/run/lock", "--tmpfs", "/tmp:exec"],
    ...["--volume", `${container}:/var/lib/docker`, "--stop-timeout", "20"],
    // A shutdown in good order, in systemd's words; `docker import` takes no STOPSIGNAL. With live-restore the shims of
    // containers hold up the end of every shutdown, for 90 s if nobody ends them.
    ...["--stop-signal", "SIGRTMIN+3"],
    ...Object.entries(labels).flatMap(([label, value]) => ["--label", `${label}=${value}`]),
    hostReference(host.release),
  ];
}
