import { shellQuote } from "../../host/shell";
import type { EngineMode } from "./engine-mode";
import { reloadKeys } from "./render-daemon-json";

/** What must hold on a host before its engine's settings are touched. */
export interface EngineExpectation {
  /** The host's name, as `hostname` says it. */
  readonly hostName: string;
  /** The engine's version. */
  readonly engineVersion: string;
  /** The engine's mode. */
  readonly mode: EngineMode;
  /** An interface that the settings name. */
  readonly interfaceName?: string;
  /** Files that the settings name. */
  readonly files: readonly string[];
  /** The keys of the new file. */
  readonly keys: readonly string[];
}

/** A text for `/bin/sh` that says, before anything is changed, why this host is not the one that was described. */
export function renderPrecondition(expected: EngineExpectation): string {
  const { hostName, engineVersion, mode, interfaceName, files, keys } = expected;
  const [major = "", minor = ""] = engineVersion.split(".");
  // Flags have the keys' names, some of them in the singular: --dns, --label, --log-opt, --host.
  const flags = keys.flatMap((key) => [`--${key}`, `--${key.replace(/s$/, "")}`]);
  if (keys.includes("hosts")) flags.push("-H");
  if (keys.includes("debug")) flags.push("-D");
  return `
name=$(hostname -s 2>/dev/null || hostname)
[ "$name" = ${shellQuote(hostName)} ] || { echo "this host calls itself $name, and is described as ${hostName}: engines that share a store tell each other apart by it"; exit 1; }
running=$(docker version --format '{{.Server.Version}}' 2>&1) || { echo "the engine does not answer: $running"; exit 1; }
case "$running" in
  ${major}.${minor} | ${major}.${minor}.*) ;;
  *) echo "engine $running runs here, and is described as ${engineVersion}: describe it as it is, or put that version on the host"; exit 1 ;;
esac
swarm=$(docker info --format '{{.Swarm.LocalNodeState}}')
${
  mode === "swarm"
    ? ":"
    : `[ "$swarm" = inactive ] || { echo "the engine is in swarm mode ($swarm), and is described as ${mode}"; exit 1; }`
}
${interfaceName === undefined ? "" : `ip link show dev ${shellQuote(interfaceName)} >/dev/null 2>&1 || { echo "there is no interface ${interfaceName} here; it has: $(ls /sys/class/net | tr '\\n' ' ')"; exit 1; }`}
${files.map((file) => `[ -r ${shellQuote(file)} ] || { echo "there is no file ${file} here"; exit 1; }`).join("\n")}
${keys.length === 0 ? "" : renderFlags(flags)}`;
}

/** Flags that the settings have too: the engine does not start with both. */
function renderFlags(flags: readonly string[]): string {
  return `pid=$(systemctl show --property MainPID --value docker.service)
# The unit's own -H goes with the drop-in that a file with hosts brings.
unit=$(systemctl show --property FragmentPath --value docker.service)
tr '\\0' '\\n' <"/proc/$pid/cmdline" | tail -n +2 | sed 's/=.*//' | while IFS= read -r flag; do
  case " ${flags.join(" ")} " in *" $flag "*)
    if [ "$flag" = -H ] && grep -q -- '-H fd://' "$unit" && ! grep -qsr -- ' -H\\| --host' /etc/systemd/system/docker.service.d /etc/default/docker; then continue; fi
    echo "$flag is given to dockerd as a flag too, and the engine does not start with both: take it out of the unit, its drop-ins or /etc/default/docker"; exit 1 ;;
  esac
done || exit 1
`;
}

/**
 * A text for `/bin/sh` that brings a new daemon.json into force: by SIGHUP where all that changed can be reloaded, else by
 * a restart. It compares with the file that stood there before; one that these constructs did not write means a restart.
 */
export function renderActivation(): string {
  const { any, added, removal } = reloadKeys();
  return `
keys_of() { [ ! -e "$1" ] || sed -n 's/^  "\\([^"]*\\)": .*/\\1/p' "$1" | sort; }
line_of() { [ ! -e "$1" ] || sed -n "s/^  \\"$2\\": \\(.*\\)/\\1/p" "$1" | sed 's/,$//'; }
in_list() { case " $2 " in *" $1 "*) return 0 ;; esac; return 1; }
decide() {
  [ "$phase" = change ] || { echo restart; return; }
  systemctl is-active --quiet docker.service || { echo restart; return; }
  # The drop-in: another command line.
  if [ -e "$home/2" ] && [ "$(hash_of "$file_2")" != "$(hash_of "$home/2/previous")" ]; then echo restart; return; fi
  old=$home/1/previous
  [ -e "$old" ] && [ ! -e "$home/1/left" ] && [ -n "$(tr -d ' {}\\n' <"$old")" ] && { echo restart; return; }
  how=nothing
  for key in $(keys_of "$old") $(keys_of "$file_1"); do
    before=$(line_of "$old" "$key"); after=$(line_of "$file_1" "$key")
    [ "$before" = "$after" ] && continue
    if [ -z "$after" ]; then in_list "$key" ${shellQuote(removal.join(" "))} || { echo restart; return; }
    elif in_list "$key" ${shellQuote(any.join(" "))}; then :
    elif [ -z "$before" ] && in_list "$key" ${shellQuote(added.join(" "))} && [ -z "$(line_of "$old" cluster-store)" ]; then :
    else echo restart; return; fi
    how=reload
  done
  echo $how
}
how=$(decide)
since=$(date '+%Y-%m-%d %H:%M:%S')
running=$(docker ps --quiet --no-trunc 2>/dev/null)
printf '%s\\n' $running >"$home/running"
said() {
  journalctl -u docker.service --since "$since" -o cat --no-pager 2>/dev/null |
    grep -iE 'level=(error|fatal)|unable to|failed to start daemon|invalid' | grep -v 'level=info' | tail -n 10
}
case $how in
  nothing) : ;;
  reload)
    kill -HUP "$(systemctl show --property MainPID --value docker.service)" || exit 1
    sleep 1
    if said | grep -iE 'reload|configur|invalid|cluster|discovery' ; then exit 1; fi ;;
  restart)
    systemctl daemon-reload
    # The socket too: an engine that listened by itself removes its file as it goes, and -H fd:// would be left without.
    systemctl stop docker.service docker.socket 2>/dev/null
    systemctl reset-failed docker.service docker.socket 2>/dev/null
    systemctl start docker.service || { sleep 1; said; exit 1; } ;;
esac
echo "$how" >"$home/how"
`;
}

/** What an engine must show once its settings are in force. */
export interface EngineEffect {
  /** The store's URL. */
  readonly clusterStore?: string;
  /** What is advertised; an interface stands for its first address. */
  readonly clusterAdvertise?: string;
}

/**
 * A text for `/bin/sh`: the engine answers and shows what it was told; containers that ran run again, as far as they are to
 * be started again; and none of them says of itself that it is not healthy, or not yet.
 */
export function renderHealth(effect: EngineEffect): string {
  const { clusterStore, clusterAdvertise } = effect;
  return `
docker version --format '{{.Server.Version}}' >/dev/null || exit 1
${clusterStore === undefined ? "" : `[ "$(docker info --format '{{.ClusterStore}}' 2>/dev/null)" = ${shellQuote(clusterStore)} ] || { echo "the engine does not show the store ${clusterStore}"; exit 1; }`}
${clusterAdvertise === undefined ? "" : `[ -n "$(docker info --format '{{.ClusterAdvertise}}' 2>/dev/null)" ] || { echo "the engine advertises no address"; exit 1; }`}
[ -e "$home/running" ] || exit 0
for container in $(cat "$home/running"); do
  state=$(docker inspect --format '{{.Name}} {{.State.Running}} {{.HostConfig.RestartPolicy.Name}} {{if .State.Health}}{{.State.Health.Status}}{{end}}' "$container" 2>/dev/null) || continue
  set -- $state
  if [ "$2" != true ]; then
    # Without live-restore a restart stops it, and nothing starts it again.
    case "\${3:-no}" in always|unless-stopped) echo "container $1 does not run yet"; exit 1 ;; esac
  fi
  [ "$2" != true ] || [ -z "\${4:-}" ] || [ "$4" = healthy ] || { echo "container $1 is $4"; exit 1; }
done
`;
}
