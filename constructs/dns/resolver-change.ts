import type { HostChangeFile, HostChangeProps } from "../host/host-change";
import { shellQuote } from "../host/shell";

/**
 * What decides on a host which name servers programs ask: the plain `/etc/resolv.conf`; an interface's `ifcfg` file (Red
 * Hat's network scripts, also read by NetworkManager); ISC's `dhclient`; NetworkManager; systemd-resolved.
 */
export type HostResolverKind = "resolv.conf" | "ifcfg" | "dhclient" | "NetworkManager" | "systemd-resolved";

/** The kinds. */
export const HOST_RESOLVER_KINDS: readonly HostResolverKind[] = [
  "resolv.conf",
  "ifcfg",
  "dhclient",
  "NetworkManager",
  "systemd-resolved",
];

/** What a host's resolver is to be. */
export interface ResolverSettings {
  /** The name servers. */
  readonly nameservers: readonly string[];
  /** What decides, or "detect". */
  readonly kind: HostResolverKind | "detect";
  /** The interface of the ifcfg file. */
  readonly interfaceName: string;
  /** The domains that short names are looked for in; undefined: those of the host. */
  readonly search?: readonly string[];
  /** Words of `options`; undefined: those of the host. */
  readonly options?: readonly string[];
  /** Names that must resolve afterwards. */
  readonly lookups: readonly string[];
}

/** A folder that stands for the host's root, in tests. */
export interface ResolverPaths {
  /**
   * The folder.
   * @default ""
   */
  readonly root?: string;
}

const NAME = "90-cdktf-docker-discovery";

/** The files that the kinds are made of. */
function pathsOf(interfaceName: string, root: string) {
  return {
    resolvConf: `${root}/etc/resolv.conf`,
    resolved: `${root}/etc/systemd/resolved.conf.d/${NAME}.conf`,
    networkManager: `${root}/etc/NetworkManager/conf.d/${NAME}.conf`,
    ifcfg: `${root}/etc/sysconfig/network-scripts/ifcfg-${interfaceName}`,
    dhclient: `${root}/etc/dhcp/dhclient.conf`,
    // run-parts takes no name with a dot.
    dhclientHook: `${root}/etc/dhcp/dhclient-enter-hooks.d/${NAME}`,
  };
}

/**
 * A change of the host's resolver: files, and texts for `/bin/sh` that detect, check and bring it into force. Which files are
 * part of it is decided on the host.
 */
export function renderResolverChange(
  settings: ResolverSettings,
  { root = "" }: ResolverPaths = {},
): Required<Pick<HostChangeProps, "files" | "prelude" | "precondition" | "act" | "check">> {
  const paths = pathsOf(settings.interfaceName, root);
  const { kind, options } = settings;
  const every: readonly (HostChangeFile & { readonly of: readonly HostResolverKind[] })[] = [
    {
      of: HOST_RESOLVER_KINDS,
      path: paths.resolvConf,
      content: { edit: editResolvConf(settings) },
      when: `writes_resolv_conf`,
    },
    {
      of: ["systemd-resolved"],
      path: paths.resolved,
      content: renderResolvedConf(settings),
      when: `[ "$kind" = systemd-resolved ]`,
    },
    {
      of: ["NetworkManager"],
      path: paths.networkManager,
      content: { edit: editNetworkManager(settings, paths.resolvConf) },
      when: `[ "$kind" = NetworkManager ]`,
    },
    { of: ["ifcfg"], path: paths.ifcfg, content: { edit: editIfcfg(settings) }, when: `[ "$kind" = ifcfg ]` },
    {
      of: ["dhclient"],
      path: paths.dhclient,
      content: { edit: editDhclient(settings) },
      when: `[ "$kind" = dhclient ]`,
    },
    {
      of: ["dhclient"],
      path: paths.dhclientHook,
      // A dhclient that runs already has read its file, and would write the lease's servers when it renews it.
      content: "# /etc/resolv.conf is not the lease's.\nmake_resolv_conf() { :; }\n",
      when: `[ "$kind" = dhclient ] && [ -d ${shellQuote(paths.dhclientHook.replace(/\/[^/]*$/, ""))} ]`,
    },
  ];
  const chosen = every.filter(({ of }) => kind === "detect" || of.includes(kind));
  const partOf = (path: string) => `\${part_${chosen.findIndex((file) => file.path === path) + 1}:-}`;
  const others = chosen.map(({ path }) => path);
  return {
    files: chosen.map(({ path, content, when }) => ({
      path,
      content,
      mode: "0644",
      ...(when === undefined ? {} : { when }),
    })),
    prelude: renderPrelude(settings, paths, root),
    precondition: renderPrecondition(kind, paths, options !== undefined),
    act: `${
      others.includes(paths.resolved)
        ? `if { [ "$kind" = systemd-resolved ] || [ "$phase" != change ] || [ "${partOf(paths.resolved)}" = back ]; } && systemctl is-active --quiet systemd-resolved; then systemctl restart systemd-resolved || exit 1; fi\n`
        : ""
    }${
      others.includes(paths.networkManager)
        ? `if { [ "$kind" = NetworkManager ] || [ "$phase" != change ] || [ "${partOf(paths.networkManager)}" = back ]; } && is_active NetworkManager; then reload_network_manager || exit 1; fi\n`
        : ""
    }${
      others.includes(paths.ifcfg)
        ? `if [ "$kind" = ifcfg ] && systemctl is-active --quiet NetworkManager; then nmcli connection load ${shellQuote(paths.ifcfg)} || exit 1; fi\n`
        : ""
    }if systemctl is-active --quiet nscd 2>/dev/null; then nscd -i hosts || :; fi`,
    check: renderCheck(settings, paths.resolvConf),
  };
}

/** Functions and variables of the other texts. */
function renderPrelude(
  { kind, nameservers }: ResolverSettings,
  paths: ReturnType<typeof pathsOf>,
  root: string,
): string {
  return `nameservers=${shellQuote(nameservers.join(" "))}
# Whether a name server answers there, whatever it knows: it is asked for its version, over UDP, and must not refuse.
answers() {
  timeout 3 bash -c 'exec 3<>"/dev/udp/$0/53" && printf "\\125\\252\\1\\0\\0\\1\\0\\0\\0\\0\\0\\0\\7version\\4bind\\0\\0\\20\\0\\3" >&3 && head -c 4 <&3 | od -An -tx1' "$1" 2>/dev/null | grep -q '^ 55 aa [89a-f]. .[^5]'
}
any_answers() { for server in "$@"; do if answers "$server"; then return 0; fi; done; return 1; }
# Where the host's own resolv.conf points, that of before the first change.
link_of() { if kept "$home/1"; then readlink "$home/1/original"; else readlink ${shellQuote(paths.resolvConf)}; fi; }
is_active() { systemctl is-active --quiet "$1" 2>/dev/null; }
detect() {
  link=$(link_of)
  if is_active systemd-resolved; then
    case "$link" in */systemd/resolve/* | */lib/systemd/resolv.conf) echo systemd-resolved; return ;; esac
    if grep -Eqs '^hosts:.*[[:space:]]resolve([[:space:]]|$)' ${shellQuote(`${root}/etc/nsswitch.conf`)}; then echo systemd-resolved; return; fi
  fi
  # It writes no file that is a link to something else, and none where it was told so.
  if is_active NetworkManager && { [ -z "$link" ] || [ "$link" != "\${link#*NetworkManager}" ]; } &&
    ! NetworkManager --print-config 2>/dev/null | grep -Eq '^(dns=none|rc-manager=unmanaged)'; then echo NetworkManager; return; fi
  if [ -e ${shellQuote(paths.ifcfg)} ]; then echo ifcfg; return; fi
  if [ -e ${shellQuote(paths.dhclient)} ] && grep -qsx dhclient /proc/[0-9]*/comm; then echo dhclient; return; fi
  echo resolv.conf
}
kind=${kind === "detect" ? "$(detect)" : shellQuote(kind)}
# The stub's file stays: it names systemd-resolved itself. NetworkManager writes its own.
writes_resolv_conf() {
  case "$kind" in
    NetworkManager) return 1 ;;
    systemd-resolved) case "$(link_of)" in */stub-resolv.conf | */lib/systemd/resolv.conf) return 1 ;; esac ;;
  esac
  return 0
}
# It writes the file by itself, and an empty one where no connection has a name server: then the old one comes back.
reload_network_manager() {
  before=$home/resolv.conf.before
  if [ "$phase" = change ] && [ "$kind" = NetworkManager ]; then [ -e "$before" ] || cp -p ${shellQuote(paths.resolvConf)} "$before" 2>/dev/null; fi
  nmcli general reload || return 1
  [ "$phase" != change ] && [ -e "$before" ] || return 0
  sleep 2
  grep -q '^nameserver' ${shellQuote(paths.resolvConf)} || cp -p "$before" ${shellQuote(paths.resolvConf)}
}`;
}

function renderPrecondition(
  kind: ResolverSettings["kind"],
  paths: ReturnType<typeof pathsOf>,
  hasOptions: boolean,
): string {
  const folder = shellQuote(paths.ifcfg.replace(/\/[^/]*$/, ""));
  return `command -v bash >/dev/null || { echo "there is no bash here, which asks the name server"; exit 1; }
case "$kind" in
  ifcfg) [ -e ${shellQuote(paths.ifcfg)} ] || { echo "there is no ${paths.ifcfg} here; there is: $(cd ${folder} 2>/dev/null && ls -d ifcfg-* 2>/dev/null | tr '\\n' ' ')"; exit 1; } ;;
  dhclient) [ -e ${shellQuote(paths.dhclient)} ] || { echo "there is no ${paths.dhclient} here"; exit 1; } ;;
  NetworkManager | systemd-resolved) is_active "$kind" || { echo "$kind does not run here"; exit 1; } ;;
${
  kind !== "detect"
    ? ""
    : `  resolv.conf)
    found=$(cd ${folder} 2>/dev/null && ls -d ifcfg-* 2>/dev/null | grep -v '^ifcfg-lo$' | tr '\\n' ' ')
    [ -z "$found" ] || { echo "the interfaces of this host are described by $found: say which by interfaceName, or choose a kind"; exit 1; } ;;
`
}esac
${hasOptions ? `[ "$kind" != systemd-resolved ] || { echo "systemd-resolved takes no options of resolv.conf: leave them out"; exit 1; }` : ""}
until=$(($(date +%s) + seconds))
until any_answers $nameservers; do
  [ "$(date +%s)" -lt "$until" ] || { echo "no name server answers at port 53 of $nameservers, or it refuses this host; waited $seconds s"; exit 1; }
  sleep 1
done`;
}

function renderCheck({ lookups }: ResolverSettings, resolvConf: string): string {
  return `if [ "$kind" = systemd-resolved ]; then
  for server in $nameservers; do
    resolvectl dns | grep -q "^Global:.* $server\\( \\|$\\)" || { echo "systemd-resolved does not ask $server"; exit 1; }
  done
fi
if writes_resolv_conf || [ "$kind" = NetworkManager ]; then
  found=$(awk '$1 == "nameserver" { printf "%s%s", s, $2; s = " " }' ${shellQuote(resolvConf)})
  [ "$found" = "$nameservers" ] || { echo "${resolvConf} names $found instead of $nameservers"; exit 1; }
fi
any_answers $nameservers || { echo "no name server answers at $nameservers"; exit 1; }
${lookups.map((name) => `getent ahosts ${shellQuote(name)} >/dev/null || { echo "${name} does not resolve here"; exit 1; }`).join("\n")}`;
}

/** resolv.conf(5): the name servers anew, the rest as it was unless it is given. */
function editResolvConf({ nameservers, search, options }: ResolverSettings): string {
  const dropped = [
    "nameserver",
    ...(search === undefined ? [] : ["search", "domain"]),
    ...(options === undefined ? [] : ["options"]),
  ].map((word) => `$1 == "${word}"`);
  const lines = [
    ...(search === undefined ? [] : [`search ${search.join(" ")}`]),
    ...nameservers.map((address) => `nameserver ${address}`),
    ...(options === undefined || options.length === 0 ? [] : [`options ${options.join(" ")}`]),
  ];
  // Comments tell of whoever wrote the file before.
  return `awk 'NF == 0 || /^[#;]/ || ${dropped.join(" || ")} { next } { print }' && printf '%s\\n' ${lines.map(shellQuote).join(" ")}`;
}

/** An ifcfg file of Red Hat's network scripts (sysconfig.txt of initscripts, nm-settings-ifcfg-rh(5)). */
function editIfcfg({ nameservers, search, options }: ResolverSettings): string {
  const dropped = [
    "PEERDNS",
    "DNS[0-9]+",
    ...(search === undefined ? [] : ["DOMAIN"]),
    ...(options === undefined ? [] : ["RES_OPTIONS"]),
  ];
  const lines = [
    "PEERDNS=no",
    ...nameservers.map((address, i) => `DNS${i + 1}=${address}`),
    ...(search === undefined ? [] : [`DOMAIN="${search.join(" ")}"`]),
    ...(options === undefined || options.length === 0 ? [] : [`RES_OPTIONS="${options.join(" ")}"`]),
  ];
  return `awk '/^[ \\t]*(${dropped.join("|")})=/ { next } { print }' && printf '%s\\n' ${lines.map(shellQuote).join(" ")}`;
}

/** dhclient.conf(5): of two statements about one option the later counts. */
function editDhclient({ nameservers, search }: ResolverSettings): string {
  const lines = [
    `supersede domain-name-servers ${nameservers.join(", ")};`,
    ...(search === undefined
      ? []
      : [`supersede domain-search ${search.map((domain) => `"${domain}"`).join(", ")};`]),
  ];
  return `awk 1 && printf '%s\\n' ${lines.map(shellQuote).join(" ")}`;
}

/** NetworkManager.conf(5): global DNS replaces that of all connections, their search domains included. */
function editNetworkManager({ nameservers, search, options }: ResolverSettings, resolvConf: string): string {
  const searches =
    search === undefined
      ? `awk '$1 == "search" { $1 = ""; gsub(/^ +| +$/, ""); gsub(/ +/, ","); found = $0 } END { if (found != "") print "searches=" found }' ${shellQuote(resolvConf)}`
      : `echo ${shellQuote(`searches=${search.join(",")}`)}`;
  const optionLine =
    options === undefined || options.length === 0
      ? []
      : [`echo ${shellQuote(`options=${options.join(",")}`)}`];
  return [
    `echo '[global-dns]'`,
    searches,
    ...optionLine,
    `printf '%s\\n' '' '[global-dns-domain-*]' ${shellQuote(`servers=${nameservers.join(",")}`)}`,
  ].join(" && ");
}

/** resolved.conf(5): `~.` sends every name to these servers, whatever the links' own are. */
function renderResolvedConf({ nameservers, search = [] }: ResolverSettings): string {
  return [
    "[Resolve]",
    // An empty value resets what other files say.
    "DNS=",
    `DNS=${nameservers.join(" ")}`,
    "FallbackDNS=",
    "Domains=",
    `Domains=${["~.", ...search].join(" ")}`,
    "",
  ].join("\n");
}
