import { readdirSync, readFileSync } from "node:fs";
import { attempt, outputOf } from "./commands";
import { containerOf, onConsole } from "./host-console";
import type { Lab } from "./hosts-state";
import { inspected } from "./outer-engine";

/** The mark of the lab's own firewall rules. */
const MARK = "lab-fault";
/** The mount points that faults made on a host; gone with a reboot, as the mounts are. */
const MOUNTS = "/run/lab-faults";

/** A rate as `tc` has it: `10mbit`, `256kbit`. @throws Error with what is allowed */
export function checkedRate(rate: string): string {
  if (/^[1-9]\d{0,5}(kbit|mbit|gbit)$/.test(rate)) return rate;
  throw new Error(`${rate}: a rate is a number and a unit: 256kbit, 10mbit, 1gbit`);
}

/** A port and its protocol: `8500/tcp`, `8301/udp`. @throws Error with what is allowed */
export function checkedPort(text: string): { readonly port: number; readonly protocol: "tcp" | "udp" } {
  const [, port, protocol] = /^([1-9]\d{0,4})\/(tcp|udp)$/.exec(text) ?? [];
  if (port === undefined || Number(port) > 65535 || (protocol !== "tcp" && protocol !== "udp")) {
    throw new Error(`${text}: a port is a number and its protocol: 8500/tcp, 8301/udp`);
  }
  return { port: Number(port), protocol };
}

/** A folder of a host. @throws Error with what is allowed */
export function checkedFolder(path: string): string {
  if (/^(\/[A-Za-z0-9._-]+)+$/.test(path) && !path.split("/").includes("..")) return path;
  throw new Error(`${path}: a folder of the host, by its absolute path and not /: /etc/docker`);
}

/** This machine's end of a host's cable. */
async function cableOf(lab: Lab, host: string): Promise<string> {
  const index = await onConsole(lab, host, "cat /sys/class/net/eth0/iflink");
  const found = readdirSync("/sys/class/net").find((name) => {
    try {
      return readFileSync(`/sys/class/net/${name}/ifindex`, "utf8").trim() === index.trim();
    } catch {
      // Gone between the listing and now: another container's.
      return false;
    }
  });
  if (found === undefined) {
    throw new Error(`${host}: this machine has no interface ${index.trim()}: the engine is on another one`);
  }
  return found;
}

/** Pulls a host's cable: it keeps its address and routes, and nothing gets in or out. */
export async function cutHost(lab: Lab, host: string): Promise<void> {
  await outputOf("ip", ["link", "set", "dev", await cableOf(lab, host), "down"]);
}

/** Slows a host's link down, in both directions; what is there is replaced. */
export async function throttleHost(lab: Lab, host: string, rate: string): Promise<void> {
  const shape = ["root", "tbf", "rate", checkedRate(rate), "burst", "32kbit", "latency", "400ms"];
  await outputOf("tc", ["qdisc", "replace", "dev", await cableOf(lab, host), ...shape]);
  await onConsole(lab, host, `tc qdisc replace dev eth0 ${shape.join(" ")}`);
}

/**
 * Drops what comes to a port of a host from other machines, as a firewall would: published ports of containers too.
 * @param port with its protocol: `8500/tcp`
 */
export async function blockPort(lab: Lab, host: string, port: string): Promise<void> {
  const { port: number, protocol } = checkedPort(port);
  const rule = `PREROUTING -i eth0 -p ${protocol} --dport ${number} -m comment --comment ${MARK} -j DROP`;
  await onConsole(
    lab,
    host,
    `iptables -t raw -C ${rule} 2>/dev/null || iptables -t raw -I ${rule}
# What is let in already is let in by the kernel's memory of it: nothing to forget in table raw.`,
  );
}

/** Puts a copy of a folder of a host on a disk of its own that has no byte left. Healing brings the folder itself back. */
export async function fillDisk(lab: Lab, host: string, folder = "/etc"): Promise<void> {
  const at = checkedFolder(folder);
  await onConsole(
    lab,
    host,
    `grep -qxF ${at} ${MOUNTS} 2>/dev/null && exit 0
size=$(du -sk ${at} | cut -f1)
disk=$(mktemp -d)
mount -t tmpfs -o size=$((size + 1024))k,mode=$(stat -c %a ${at}) lab-fault "$disk"
cp -a ${at}/. "$disk"/
dd if=/dev/zero of="$disk/.full" bs=4k 2>/dev/null || :
echo ${at} >>${MOUNTS}
mount --bind "$disk" ${at}
umount "$disk"
rmdir "$disk"`,
  );
}

/** Makes a folder of a host read-only. */
export async function makeReadOnly(lab: Lab, host: string, folder = "/etc"): Promise<void> {
  const at = checkedFolder(folder);
  await onConsole(
    lab,
    host,
    `grep -qxF ${at} ${MOUNTS} 2>/dev/null && exit 0
echo ${at} >>${MOUNTS}
mount --bind ${at} ${at}
mount -o remount,bind,ro ${at}`,
  );
}

/** Takes every fault of a running host back: the cable is in, the link has its speed, ports are open, disks are as before. */
export async function healHost(lab: Lab, host: string): Promise<void> {
  if ((await inspected("container", containerOf(lab, host), "{{.State.Running}}")) !== "true") return;
  const cable = await cableOf(lab, host);
  await outputOf("ip", ["link", "set", "dev", cable, "up"]);
  // Without a limit there is nothing to delete, and tc ends with an error.
  await attempt("tc", ["qdisc", "del", "dev", cable, "root"]);
  await onConsole(
    lab,
    host,
    `tc qdisc del dev eth0 root 2>/dev/null || :
iptables -t raw -S 2>/dev/null | sed -n '/--comment ${MARK} /s/^-A/-D/p' | while read -r rule; do iptables -t raw $rule; done
if [ -e ${MOUNTS} ]; then
  tac ${MOUNTS} | while read -r at; do umount -l "$at" || :; done
  rm -f ${MOUNTS}
fi`,
  );
}
