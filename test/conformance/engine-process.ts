import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { output } from "../../lab/commands";
import type { EngineRelease } from "../../lab/programs";
import { needed } from "./consul-process";

/** The engine's program of this machine; nothing of the engine that runs here is touched. */
export function ownEngine(): EngineRelease {
  const said = output(needed("dockerd", "docker.io"), ["--version"]);
  const version = /version (\d+\.\d+\.\d+)/.exec(said)?.[1];
  if (version === undefined) throw new Error(`dockerd --version says no version: ${said}`);
  return { release: "this machine", version, root: "/" };
}

/** What became of a daemon.json that an engine was given. */
export interface Tried {
  /** Whether the engine takes it: it says so, or it answers. */
  readonly taken: boolean;
  /** What it says, the wrong things alone where it ran. */
  readonly said: string;
  /** What `docker info` shows of the engine, if it ran. */
  readonly info: Readonly<Record<string, unknown>>;
}

/**
 * Mounts, processes and network of its own, so that nothing of it reaches the machine or is left: the engine's folders and a
 * copy of /etc lie in memory. A containerd runs where engines look for one.
 */
const SHIELD = `set -e
root=$1 given=$2
mount --make-rprivate /
ip link set lo up
ip link add eth0 type veth peer name eth1
ip address add 192.0.2.11/24 dev eth0
ip link set eth0 up
[ "$root" = / ] || for folder in sys dev; do mkdir -p "$root/$folder"; mount --rbind "/$folder" "$root/$folder"; done
mkdir -p "$root/proc" "$root/tmp" "$root/run" "$root/var/lib/docker"
cp -r "$given" /run/given-$$
mount -t proc proc "$root/proc"
mount -t tmpfs tmpfs "$root/tmp"
mv /run/given-$$ "$root/tmp/given"
for folder in run var/lib/docker; do mount -t tmpfs tmpfs "$root/$folder"; done
mkdir -p "$root/run/etc" "$root/run/lock"
cp -a "$root/etc/." "$root/run/etc"
mount --bind "$root/run/etc" "$root/etc"
mkdir -p "$root/etc/docker"
exec chroot "$root" sh /tmp/given/script
`;

const CERTIFICATES = `cd /etc/docker
openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=localhost -keyout key.pem -out cert.pem 2>/dev/null
cp cert.pem ca.pem
cd /
echo '{"defaultAction":"SCMP_ACT_ALLOW"}' >/tmp/given/seccomp
`;

/** Starts an engine with each file, until it answers or ends. */
const START = `
containerd --log-level error >/tmp/containerd.log 2>&1 &
n=0; while [ ! -S /run/containerd/containerd.sock ] && [ $n -lt 200 ]; do sleep 0.1; n=$((n + 1)); done
${CERTIFICATES}
for file in /tmp/given/*.json; do
  name=$(basename "$file" .json)
  dockerd --config-file "$file" >/tmp/log 2>&1 & pid=$!
  n=0
  while kill -0 $pid 2>/dev/null && ! docker version >/dev/null 2>&1 && [ $n -lt 300 ]; do sleep 0.1; n=$((n + 1)); done
  if docker info --format '{{json .}}' >/tmp/info 2>/dev/null && kill -0 $pid 2>/dev/null; then
    echo "taken $name"; printf 'info %s\\n' "$(cat /tmp/info)"
  else echo "refused $name"; fi
  kill $pid 2>/dev/null; wait $pid 2>/dev/null
  grep -E 'unable to|^invalid|failed to|level=(error|fatal)' /tmp/log | sed 's/^/said /'
  ip link delete docker0 2>/dev/null
  rm -rf /var/lib/docker/* /var/run/docker /var/run/docker.pid
done
`;

/** Asks an engine of 23.0 or later what it would not start with. */
const VALIDATE = `${CERTIFICATES}
for file in /tmp/given/*.json; do
  name=$(basename "$file" .json)
  if dockerd --validate --config-file "$file" >/tmp/log 2>&1; then echo "taken $name"; else echo "refused $name"; fi
  sed 's/^/said /' /tmp/log
done
`;

/** Gives an engine's program some files, and says of each what it did. */
export function tryEngine(
  { root }: EngineRelease,
  how: "start" | "validate",
  files: Readonly<Record<string, string>>,
): Record<string, Tried> {
  const given = mkdtempSync(join(tmpdir(), "engine-"));
  try {
    for (const [name, text] of Object.entries(files)) writeFileSync(join(given, `${name}.json`), text);
    writeFileSync(join(given, "script"), how === "start" ? START : VALIDATE);
    const spaces = ["--mount", "--pid", "--net", "--uts", "--ipc", "--fork", "--kill-child"];
    const done = spawnSync(
      needed("unshare", "util-linux"),
      [...spaces, "sh", "-c", SHIELD, "sh", root, given],
      {
        encoding: "utf8",
        maxBuffer: 64 * 1024 * 1024,
        env: { HOME: "/tmp", PATH: "/usr/local/sbin:/usr/sbin:/usr/bin:/sbin:/bin" },
      },
    );
    if (done.error) throw done.error;
    const tried = parse(done.stdout);
    const missing = Object.keys(files).filter((name) => tried[name] === undefined);
    if (missing.length > 0)
      throw new Error(`no answer for ${missing.join(", ")}: ${done.stdout}${done.stderr}`);
    return tried;
  } finally {
    rmSync(given, { recursive: true });
  }
}

function parse(stdout: string): Record<string, Tried> {
  const tried: Record<string, { taken: boolean; said: string; info: Record<string, unknown> }> = {};
  let last: { taken: boolean; said: string; info: Record<string, unknown> } | undefined;
  for (const line of stdout.split("\n")) {
    const [, kind, text = ""] = /^(taken|refused|info|said) (.*)$/.exec(line) ?? [];
    if (kind === "taken" || kind === "refused") {
      last = { taken: kind === "taken", said: "", info: {} };
      tried[text] = last;
    } else if (last !== undefined && kind === "info") last.info = JSON.parse(text) as Record<string, unknown>;
    else if (last !== undefined && kind === "said") last.said += `${text}\n`;
  }
  return tried;
}
