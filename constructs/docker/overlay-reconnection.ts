import { Construct, type IConstruct } from "constructs";
import { HostChange, type HostChangeOptions } from "../host/host-change";
import { dropInPath, renderDropIn } from "../host/systemd-drop-in";

const UNIT = "cdktf-docker-discovery-overlays.service";
const SCRIPT = "/usr/local/lib/cdktf-docker-discovery/reconnect-overlays";
const STATE = "/var/lib/cdktf-docker-discovery-overlays";

/** Props of a host's reconnection: nothing but where, and how changes by hand are taken. */
export type OverlayReconnectionProps = HostChangeOptions;

/** Names on the host that a test may move elsewhere. */
export interface ReconnectScriptOptions {
  /**
   * The folder of what is still to be connected.
   * @default "/var/lib/cdktf-docker-discovery-overlays"
   */
  readonly stateDirectory?: string;
  /**
   * The kernel's lists of TCP sockets (proc_net(5)).
   * @default "/proc/net/tcp /proc/net/tcp6"
   */
  readonly sockets?: string;
}

/**
 * The text for `/bin/sh` that connects a host's containers to their overlay networks again.
 *
 * An engine answers its kernel's questions for the containers of other hosts (`watchMiss`) only for a network whose sandbox
 * was made while it was a member of the store's cluster (`initSandbox` of libnetwork's overlay driver). It is none yet when
 * it starts containers at boot, with the store in one of them, nor when live-restore gives it those that run. So all of
 * them leave, which ends the sandbox, and join again once the engine is a member: it listens at 7946 then.
 *
 * An engine asks others to let it join at the moment when it learns of them, and never again (`nodeJoin` of the same
 * driver). Where several start together each may ask one that does not listen yet, and stay alone: its containers have
 * names for all others then and no way to them. Such an engine is started again, five times in a row at most.
 */
export function renderReconnectScript({
  stateDirectory = STATE,
  sockets = "/proc/net/tcp /proc/net/tcp6",
}: ReconnectScriptOptions = {}): string {
  return String.raw`#!/bin/sh
# Connects this host's containers to their overlay networks again, once the engine is a member of the store's cluster.
set -u
LC_ALL=C; export LC_ALL
state=${stateDirectory}
todo=$state/connect

[ -n "$(docker info --format '{{.ClusterStore}}' 2>/dev/null)" ] || exit 0
mkdir -p -m 0700 "$state" || exit 1
touch "$todo" || exit 1

# The engine's own cluster: 7946, 0x1F0A, in state LISTEN.
member() { cat ${sockets} 2>/dev/null | grep -q ':1F0A 0*:0000 0A '; }

# What a container was connected with: aliases, a fixed address, links, options.
arguments_of() {
  docker inspect --format '{{with index .NetworkSettings.Networks "'"$2"'"}}{{with .IPAMConfig}}{{with .IPv4Address}}--ip {{.}} {{end}}{{end}}{{range .Aliases}}--alias {{.}} {{end}}{{range .Links}}--link {{.}} {{end}}{{range $key, $value := .DriverOpts}}--driver-opt {{$key}}={{$value}} {{end}}{{end}}' "$1"
}

# Written down before, so that a run that is ended halfway is made good by the next one.
disconnect() {
  docker network ls --no-trunc --filter driver=overlay --format '{{.ID}} {{.Name}}' | while read -r network name; do
    for container in $(docker ps --quiet --no-trunc --filter "network=$network"); do
      arguments=$(arguments_of "$container" "$name") || continue
      grep -q "^$container $network " "$todo" || echo "$container $network $arguments" >>"$todo"
      sync "$todo"
      docker network disconnect "$network" "$container"
    done
  done
}

connect() {
  failed=
  : >"$todo.new"
  while read -r container network arguments; do
    networks=$(docker inspect --format '{{range .NetworkSettings.Networks}}{{.NetworkID}} {{end}}' "$container" 2>/dev/null) || continue
    case " $networks " in *" $network "*) continue ;; esac
    # One argument a word, as they were written.
    docker network connect $arguments "$network" "$container" || { echo "$container $network $arguments" >>"$todo.new"; failed=yes; }
  done <"$todo"
  mv -f "$todo.new" "$todo"
  [ -z "$failed" ]
}

# What the engine was to start at boot, and could not while the store did not answer.
unstarted() {
  for container in $(docker ps --all --quiet --filter status=exited --filter status=created); do
    case $(docker inspect --format '{{.HostConfig.RestartPolicy.Name}} {{.State.Error}}' "$container") in
      no\ * | \ *) ;;
      *" network "*" not found"*) echo "$container" ;;
    esac
  done
}

# Why one was not started is forgotten with the next attempt, so that names are kept here.
start() {
  not_started=
  for container do docker start "$container" || not_started="$not_started $container"; done
  [ -z "$not_started" ]
}

# What the engine has said since its start. What containers say comes from its process too, where they log to the journal.
read_log() { log=$(journalctl --quiet --no-pager --output cat _TRANSPORT=stdout _SYSTEMD_INVOCATION_ID="$(systemctl show --property InvocationID --value docker.service)"); }

# Another engine is a member with this one, as engines say at the level info.
joined() { [ "$(printf '%s\n' "$log" | sed -n 's/.* serf: EventMemberJoin: [^ ]* \([^ \\]*\).*/\1/p' | sort -u | wc -l)" -gt 1 ]; }
refused() { printf '%s\n' "$log" | grep -q 'joining serf neighbor .* failed'; }

# Whether the engine stays a member by itself: an attempt to join another one has failed, and none has come since. One at a
# host that does not answer fails after ten seconds.
alone() {
  failed_checks=0 checks=0
  while [ "$checks" -lt 15 ] && [ "$failed_checks" -lt 4 ]; do
    read_log
    if joined; then rm -f "$state/restarts"; return 1; fi
    if refused; then failed_checks=$((failed_checks + 1)); fi
    checks=$((checks + 1))
    sleep 1
  done
  [ "$failed_checks" -gt 0 ]
}

# Only its start makes the engine try again. Another lost host is not named in the store any more after a minute.
restart() {
  boot=$(cat /proc/sys/kernel/random/boot_id)
  tried=$(sed -n "s/^$boot //p" "$state/restarts" 2>/dev/null)
  [ -n "$tried" ] || tried=0
  if [ "$(docker info --format '{{.LiveRestoreEnabled}}' 2>/dev/null)" != true ]; then
    echo "The engine is no member with any other one, and containers of other hosts cannot be reached. It is not started again, for its containers would stop: live-restore is off" >&2
    return
  fi
  if [ "$tried" -ge 5 ]; then
    echo "The engine is no member with any other one, although it was started again 5 times: containers of other hosts cannot be reached until it is restarted while they answer" >&2
    return
  fi
  sleep $((tried * 15))
  read_log
  if joined; then return; fi
  echo "The engine is no member with any other one, as those that it asked did not answer yet: it is started again" >&2
  # Without the count nothing would end it.
  echo "$boot $((tried + 1))" >"$state/restarts" || return
  # systemd refuses a unit that was started some times within a minute.
  systemctl reset-failed docker.service
  systemctl --no-block restart docker.service
}

until member; do disconnect; sleep 1; done
disconnect
connect || exit
failed_starts=0
start $(unstarted) || failed_starts=1
if alone; then restart; fi
# The store may have no leader yet. What cannot be started at all must not make others leave their networks again.
while [ "$failed_starts" -gt 0 ] && [ "$failed_starts" -lt 24 ]; do
  sleep 5
  if start $not_started; then failed_starts=0; else failed_starts=$((failed_starts + 1)); fi
done
[ "$failed_starts" -eq 0 ] || echo "Not started, after 24 attempts:$not_started" >&2
`;
}

/** The text of the unit that runs it (systemd.service(5)). */
export function renderReconnectUnit(): string {
  return renderDropIn({
    Unit: [
      "Description=Connect containers to their overlay networks once the engine is a member of its cluster",
      "After=docker.service",
      "PartOf=docker.service",
    ],
    Service: ["Type=simple", `ExecStart=/bin/sh ${SCRIPT}`, "Restart=on-failure", "RestartSec=5"],
  });
}

/**
 * The engine makes a bridge of its own with the first overlay, and leaves it. One that was there before, with options that
 * somebody chose, stays; so does one that is in use.
 */
const BRIDGE = `
note_bridge() {
  [ -e "$home/noted" ] || { docker network inspect docker_gwbridge >/dev/null 2>&1 || : >"$home/own-bridge"; : >"$home/noted"; }
}
remove_bridge() {
  [ ! -e "$home/own-bridge" ] || docker network rm docker_gwbridge >/dev/null 2>&1 || :
}`;

/**
 * Makes a host's overlay networks come back by themselves after its engine was started, by a boot or with live-restore: a
 * unit that follows `docker.service`. Without it containers on that host do not find those of other hosts, until they are
 * connected again by hand. For engines of key-value mode; apply it before the engine's settings.
 *
 * The unit starts an engine again that stays alone because all were started together, five times in a row at most, and
 * never without live-restore, which keeps its containers running; the unit's journal says so. What an engine logs at the
 * level info tells who has joined it: one with a higher \`logLevel\` that was refused once may be started again in vain.
 */
export class OverlayReconnection extends Construct {
  private readonly change: HostChange;

  constructor(scope: Construct, id: string, props: OverlayReconnectionProps) {
    super(scope, id);
    this.change = new HostChange(this, "Change", {
      ...props,
      title: "overlay networks after the engine's start",
      key: "overlay-reconnection",
      files: [
        { path: SCRIPT, content: renderReconnectScript(), mode: "0755" },
        { path: `/etc/systemd/system/${UNIT}`, content: renderReconnectUnit() },
        {
          path: dropInPath("docker.service", "50-cdktf-docker-discovery-overlays"),
          content: renderDropIn({ Unit: [`Wants=${UNIT}`] }),
        },
      ],
      validate: `sh -n "$NEW_1"`,
      prelude: BRIDGE,
      act: `systemctl daemon-reload && if [ "$phase" = change ]; then note_bridge; else [ -e /etc/systemd/system/${UNIT} ] || { rm -rf ${STATE}; remove_bridge; }; fi`,
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Applies it after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}
