import { Construct, type IConstruct } from "constructs";
import { isLoopback } from "../core/addresses";
import { ValidationError } from "../core/errors";
import type { IDnsResolver, IDnsServer } from "../discovery/dns";
import { HostChange, type HostChangeOptions } from "../host/host-change";
import { shellQuote } from "../host/shell";
import { requireBindVersion } from "./bind-versions";
import {
  BIND_PACKAGES,
  type BindPackageFacts,
  type BindPackageFamily,
  type NamedConfFile,
  renderHostNamedConf,
} from "./host-named-conf";
import type { NamedConfiguration } from "./named-configuration";

/** Props of BIND as the host's own package. */
export interface HostBindForwarderProps extends HostChangeOptions {
  /**
   * Whose package it is. It is installed already: nothing is installed here. Debian's is tried on hosts; of Red Hat's the
   * file, by Debian's named-checkconf.
   */
  readonly family: BindPackageFamily;
  /** The version of the package: `9.16`, or in full. The installed one is compared with it before anything changes. */
  readonly version: string;
  /**
   * The host's address at which containers ask it, beside 127.0.0.1 for the host itself: that of the default bridge,
   * `172.17.0.1`. It may come later than named: named listens on it as soon as it is there.
   */
  readonly address: string;
  /**
   * The zones that are forwarded, each to all of its servers. Other names go to `configuration.forwarders`, or to the root
   * servers without them.
   */
  readonly zones: readonly IDnsServer[];
  /**
   * Who may ask: addresses and blocks of addresses. Containers come with their own addresses here.
   * @default - `localhost` and `localnets`: the host, and the networks that it is attached to, its bridges among them
   */
  readonly allowQuery?: NamedConfiguration["allowQuery"];
  /**
   * Further settings: upstream resolvers, DNSSEC, the cache, stale answers.
   * @default - see there
   */
  readonly configuration?: Partial<
    Omit<NamedConfiguration, "version" | "forwardZones" | "listenOn" | "port" | "allowQuery">
  >;
}

/**
 * BIND as the host's own package, which does for the host what `BindForwarder` does in a container. The files of the package
 * are checked together by `named-checkconf` before they replace the old ones, and `rndc reconfig` brings them into force
 * without a restart; a named that does not run is started and enabled. Destroy puts back the package's files, and stops and
 * disables what was stopped and disabled.
 */
export class HostBindForwarder extends Construct implements IDnsResolver {
  public readonly resolverAddress: string;
  /** The zones that are forwarded. */
  public readonly forwardedZones: readonly IDnsServer[];
  /** The package's files, as they lie on the host. */
  public readonly files: readonly NamedConfFile[];
  private readonly change: HostChange;

  /** @throws ValidationError dns/resolver-address, dns/package-family, and those of `renderNamedConf` */
  constructor(scope: Construct, id: string, props: HostBindForwarderProps) {
    super(scope, id);
    const { host, family, zones, address } = props;
    this.requireProps(props);
    const { release } = requireBindVersion(this, "version", props.version);
    this.resolverAddress = address;
    this.forwardedZones = [...zones];
    this.files = renderHostNamedConf(
      family,
      {
        ...props.configuration,
        version: props.version,
        forwardZones: zones.map((zone) => ({ name: zone.domain, forwarders: zone.dnsEndpoints })),
        listenOn: ["127.0.0.1", address],
        ...(props.allowQuery === undefined ? {} : { allowQuery: props.allowQuery }),
      },
      this,
    );
    const { main, group } = BIND_PACKAGES[family];
    this.change = new HostChange(this, "Change", {
      host,
      title: "BIND",
      key: "bind",
      ...(props.timeout === undefined ? {} : { timeout: props.timeout }),
      ...(props.overwriteManualChanges === undefined
        ? {}
        : { overwriteManualChanges: props.overwriteManualChanges }),
      files: this.files.map(({ path, text }) => ({
        path,
        content: text,
        owner: `root:${group}`,
        mode: family === "redhat" ? "0640" : "0644",
      })),
      precondition: renderBindPrecondition(release, main, this.files),
      validate: renderBindValidation(main, this.files),
      act: renderBindActivation(
        BIND_PACKAGES[family],
        zones.map(({ domain }) => domain),
      ),
      check: `rndc status`,
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Writes its files after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }

  private requireProps({ address, family }: HostBindForwarderProps): void {
    if (!(family in BIND_PACKAGES)) {
      throw new ValidationError(this, {
        code: "dns/package-family",
        prop: "family",
        got: family,
        allowed: Object.keys(BIND_PACKAGES).join(", "),
        mend: "Take the one whose packages the host has",
      });
    }
    if (!isLoopback(address)) return;
    throw new ValidationError(this, {
      code: "dns/resolver-address",
      prop: "address",
      got: address,
      allowed: "an address of the host that its containers reach",
      mend: "Give the default bridge's: 127.0.0.1 is listened on besides, and reaches no container",
    });
  }
}

/** The package is there, in the version that was described, and its main file includes what is written. */
export function renderBindPrecondition(
  release: string,
  main: string,
  files: readonly NamedConfFile[],
): string {
  const included = files
    .filter(({ path }) => path !== main)
    .map(
      ({ path }) =>
        `grep -Eq '^[[:space:]]*include[[:space:]]+"${path.replaceAll(".", "[.]")}"' ${main} || { echo "${main} does not include ${path}"; exit 1; }`,
    );
  return [
    `version=$(named -v 2>/dev/null) || { echo "BIND is not installed here: install the distribution's package"; exit 1; }`,
    `case "$version" in "BIND ${release}."*) ;; *) echo "$version is installed here, and is described as ${release}"; exit 1 ;; esac`,
    ...included,
  ].join("\n");
}

/** named-checkconf reads the new files together, and what they stand beside. */
export function renderBindValidation(main: string, files: readonly NamedConfFile[]): string {
  if (files.some(({ path }) => path === main)) return `named-checkconf "$NEW_1"`;
  const swapped = files.map(({ path }, i) => `-e "s|\\"${path}\\"|\\"$NEW_${i + 1}\\"|"`).join(" ");
  return `all=$(mktemp) && trap 'rm -f "$all"' EXIT && sed ${swapped} ${main} >"$all" && named-checkconf "$all"`;
}

/**
 * Whether named ran, was enabled and had a key for rndc before the first change is noted, and put back with the files.
 */
export function renderBindActivation(
  { rndcFolder, group }: BindPackageFacts,
  zones: readonly string[],
): string {
  return `
log_of() { journalctl -u named -n 15 -o cat --no-pager 2>/dev/null; }
running() { systemctl is-active --quiet named; }
await_rndc() {
  until=$(($(date +%s) + 20))
  until said=$(rndc status 2>&1); do [ "$(date +%s)" -lt "$until" ] || { printf '%s\\n' "$said"; log_of; exit 1; }; sleep 1; done
}
first=; [ -e "$home/1/left" ] || first=yes
if [ "$phase" = restore ] || { [ "$phase" = rollback ] && [ -n "$first" ]; }; then
  if [ -e "$home/was-stopped" ]; then systemctl stop named || exit 1; fi
  if [ -e "$home/was-disabled" ]; then systemctl --quiet disable named 2>/dev/null || exit 1; fi
  if [ -e "$home/was-keyless" ]; then
    rm -f ${rndcFolder}/rndc.key
    if running; then systemctl restart named || exit 1; fi
    rm -f "$home/was-stopped" "$home/was-disabled" "$home/was-keyless"
    exit 0
  fi
  rm -f "$home/was-stopped" "$home/was-disabled"
  running || exit 0
elif [ -n "$first" ]; then
  running || : >"$home/was-stopped"
  systemctl is-enabled --quiet named 2>/dev/null || : >"$home/was-disabled"
  # The packages make one when they are installed or first started; images of machines come without.
  if [ ! -e ${rndcFolder}/rndc.key ] && [ ! -e ${rndcFolder}/rndc.conf ]; then
    : >"$home/was-keyless"
    rndc-confgen -a -c ${rndcFolder}/rndc.key && chown root:${group} ${rndcFolder}/rndc.key && chmod 0640 ${rndcFolder}/rndc.key || exit 1
    if running; then systemctl restart named || { log_of; exit 1; }; await_rndc; fi
  fi
fi
if running; then
  said=$(rndc reconfig 2>&1) || { printf '%s\\n' "$said"; log_of; exit 1; }
else
  systemctl --quiet enable named 2>/dev/null || exit 1
  systemctl start named || { log_of; exit 1; }
  await_rndc
fi
# That a name did not exist before its zone was forwarded is remembered otherwise.
${zones.map((zone) => `rndc flushtree ${shellQuote(zone)}`).join("\n")}
`;
}
