import { hostPort, requireAddress } from "../core/addresses";
import { requireDnsLabel } from "../core/dns-names";
import { type Location, ValidationError } from "../core/errors";
import { requirePort } from "../core/ports";

/** What every agent's gate needs to know. */
interface GateBasis {
  /** The port of the agent's own HTTP API. */
  readonly httpPort: number;
  /**
   * The address of the agent's own HTTP API.
   * @default "127.0.0.1"
   */
  readonly httpAddress?: string;
}

/** The gate of a server. */
export interface ServerHealthGate extends GateBasis {
  readonly kind: "server";
  /** The servers' RPC port, the same on all. */
  readonly serverPort: number;
  /** All servers of the cluster, this one too, in the order in which they are deployed. */
  readonly servers: readonly { readonly nodeName: string; readonly address: string }[];
  /** Which of them this is, counted from 1. */
  readonly position: number;
}

/** The gate of an agent that is no server. */
export interface ClientHealthGate extends GateBasis {
  readonly kind: "client";
}

/** What a health gate is made of. */
export type HealthGate = ServerHealthGate | ClientHealthGate;

/**
 * The text of a POSIX shell script that ends with 0 when the agent is ready for the next one to be deployed, and
 * otherwise says on one line what it waits for and ends with 1.
 *
 * A client is ready when a server tells it of a leader. So is a server that has raft peers; without a leader it is ready
 * as long as so few others run that there can be none, for then the next ones must be started: whoever refuses connections
 * at its port does not run, whoever answers in no way may. A server without peers is new: every configured server whose port answers must be an alive member of its cluster, so that a wrong join
 * address does not pass; there must be at least as many of them as its position says; and once all are there, they
 * must have elected a leader.
 *
 * It needs the shell, `wget`, on servers `nc`, and on new ones `consul members`; BusyBox's will do.
 * Follows the "Status HTTP API" of Consul's documentation.
 *
 * @throws ValidationError consul/health-gate-position, core/port, core/address, core/dns-label
 */
export function renderHealthGate(gate: HealthGate, location: Location = "Consul health gate"): string {
  requirePort(location, "httpPort", gate.httpPort);
  const httpAddress = gate.httpAddress ?? "127.0.0.1";
  requireAddress(location, "httpAddress", httpAddress);
  const api = quote(hostPort(httpAddress, gate.httpPort));
  const parts = gate.kind === "client" ? [CLIENT] : [serverSettings(gate, location), SERVER];
  return [HEAD, `api=${api}\n`, COMMON, ...parts].join("");
}

function serverSettings(gate: ServerHealthGate, location: Location): string {
  const { servers, position, serverPort } = gate;
  requirePort(location, "serverPort", serverPort);
  servers.forEach(({ nodeName, address }, i) => {
    requireDnsLabel(location, `servers[${i}].nodeName`, nodeName);
    requireAddress(location, `servers[${i}].address`, address);
  });
  if (!Number.isInteger(position) || position < 1 || position > servers.length) {
    throw new ValidationError(location, {
      code: "consul/health-gate-position",
      prop: "position",
      got: position,
      allowed: `1 to the number of servers (${servers.length})`,
      mend: "Give the server's place in the list, counted from 1",
    });
  }
  const list = servers.map(({ nodeName, address }) => quote(`${nodeName} ${address}`)).join(" \\\n  ");
  return [
    `position=${position}`,
    `expected=${servers.length}`,
    `server_port=${serverPort}`,
    `self=${quote(servers[position - 1]?.nodeName ?? "")}`,
    `set -- ${list}`,
    "",
  ].join("\n");
}

/** A word for the shell that stands for itself. */
function quote(text: string): string {
  return `'${text.replace(/'/g, `'\\''`)}'`;
}

const HEAD = `#!/bin/sh
# Ends with 0 once this agent is ready for the next one to be deployed. Written by cdktf-docker-discovery.
set -u
`;

const COMMON = `unset http_proxy HTTP_PROXY
command -v wget >/dev/null 2>&1 || wget() { busybox wget "$@"; }
command -v nc >/dev/null 2>&1 || nc() { busybox nc "$@"; }

wait_for() { echo "waiting: $1"; exit 1; }
ask() { wget -q -O - "http://$api/v1/status/$1" 2>/dev/null; }

need_leader() {
  leader=$(ask leader) || wait_for "the agent does not answer at $api, or knows no server"
  case $leader in
    '"'?*'"') echo "ready: leader $leader"; exit 0 ;;
    *) wait_for "$1" ;;
  esac
}

`;

const CLIENT = `need_leader "no leader is known"
`;

const SERVER = `
peers=$(ask peers) || wait_for "the agent does not answer at $api"
case $peers in
  *'"'*)
    # One that refuses is not running. Whatever else is wrong with it, it may be the one that this host cannot reach.
    [ "$(ask leader)" != '""' ] || {
      probes=
      listening=1
      for server in "$@"; do
        [ "\${server%% *}" != "$self" ] || continue
        { case $(nc -w 1 "\${server##* }" "$server_port" </dev/null 2>&1 >/dev/null || echo failed) in *refused*) exit 1 ;; esac; } &
        probes="$probes $!"
      done
      for probe in $probes; do wait "$probe" && listening=$((listening + 1)); done
      [ "$((listening * 2))" -gt "$expected" ] || { echo "ready: $listening of $expected servers run, too few for a leader"; exit 0; }
    }
    need_leader "this server has data, and no leader is known" ;;
esac

# No raft peers: this server is new.
members=$(CONSUL_HTTP_ADDR=$api consul members -status=alive 2>/dev/null) || wait_for "the agent tells no members"
alive=" $(echo "$members" | while read -r name _ _ role _; do
  [ "$role" = server ] && printf '%s ' "$name"
done)"

probes=
count=0
for server in "$@"; do
  name=\${server%% *}
  case $alive in
    *" $name "*) count=$((count + 1)); continue ;;
  esac
  [ "$name" = "$self" ] && wait_for "this agent is not called $self"
  nc -w 1 "\${server##* }" "$server_port" </dev/null >/dev/null 2>&1 &
  probes="$probes $name=$!"
done
for probe in $probes; do
  if wait "\${probe##*=}"; then
    wait_for "\${probe%%=*} answers at port $server_port and is no alive member here: is the join address right?"
  fi
done

[ "$count" -ge "$position" ] || wait_for "$count servers are members, and $position are needed here"
[ "$count" -lt "$expected" ] || need_leader "all $expected servers are members, and no leader is elected"
echo "ready: $count of $expected servers are members"
`;
