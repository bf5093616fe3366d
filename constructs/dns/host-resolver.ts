import type { TerraformResource } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import { isUnspecified, requireAddress } from "../core/addresses";
import { isDomainName } from "../core/dns-names";
import { ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";
import { HostChange, type HostChangeOptions } from "../host/host-change";
import {
  HOST_RESOLVER_KINDS,
  type HostResolverKind,
  type ResolverSettings,
  renderResolverChange,
} from "./resolver-change";
import { type ResolverOptions, requireSearchDomains, resolverOptionWords } from "./resolver-options";

/** Props of a host's resolver. */
export interface HostResolverProps extends HostChangeOptions {
  /**
   * The address of the one name server, port 53. A second one beside it would be asked whenever this one is slow (by
   * musl always), and does not know the private zones: upstream servers belong into BIND.
   * @default "127.0.0.1"
   */
  readonly nameserver?: string;
  /**
   * What decides on the host which name servers are asked. "detect": systemd-resolved where `/etc/resolv.conf` is its
   * file or `nsswitch.conf` asks it; else NetworkManager where it writes `/etc/resolv.conf`; else the ifcfg file of
   * `interfaceName`; else a running dhclient; else the plain file, a link to another one included.
   *
   * All kinds are tried on Debian hosts but ifcfg, of which only the files are.
   * @default "detect"
   */
  readonly kind?: HostResolverKind | "detect";
  /**
   * The interface whose ifcfg file is edited.
   * @default "eth0"
   */
  readonly interfaceName?: string;
  /**
   * The domains in which short names are looked for.
   * @default - those that the host has
   */
  readonly search?: readonly string[];
  /**
   * Options of the C library's resolver. systemd-resolved knows none of them, and dhclient writes none when it begins a new
   * lease.
   * @default - those that the host has
   */
  readonly options?: ResolverOptions;
  /**
   * Names that `getent` must find on the host afterwards, such as `consul.service.consul`; else what was there before is
   * put back.
   * @default - none: the name server must answer, whatever it knows
   */
  readonly lookups?: readonly string[];
  /**
   * Name servers that the host asks until its own one is there, for pulling images. They are written only where neither
   * it nor any of the host's present name servers answers, and replaced before the deploy ends. Put what needs them behind
   * with `bootstrapBefore`.
   * @default - none: the host keeps its present name servers until its own one answers
   */
  readonly bootstrapNameservers?: readonly string[];
}

const KEY = "host-resolver";

/**
 * The resolver of a host's own programs: the local name server, and no other. Nothing is changed before that one answers
 * (`timeout`), and what was there before is put back where it does not take effect, and at destroy.
 *
 * After a reboot names resolve as soon as the name server is up; until then every lookup fails at once. A program of
 * the host that starts earlier must try again, or wait for it. The engine itself reaches its store by address.
 */
export class HostResolver extends Construct {
  private readonly change: HostChange;
  private readonly bootstrap?: HostChange;

  /**
   * @throws ValidationError dns/nameserver, dns/resolver-kind, dns/resolver-interface, dns/resolver-option,
   * dns/search-domain, dns/lookup-name
   */
  constructor(scope: Construct, id: string, props: HostResolverProps) {
    super(scope, id);
    const { nameserver = "127.0.0.1", bootstrapNameservers } = props;
    this.requireNameserver("nameserver", nameserver);
    const settings = this.settingsOf(props, [nameserver]);
    const common = {
      host: props.host,
      ...(props.timeout === undefined ? {} : { timeout: props.timeout }),
      ...(props.overwriteManualChanges === undefined
        ? {}
        : { overwriteManualChanges: props.overwriteManualChanges }),
      key: KEY,
    };
    if (bootstrapNameservers !== undefined) {
      this.requireBootstrap(bootstrapNameservers, nameserver);
      const rendered = renderResolverChange({ ...settings, nameservers: bootstrapNameservers, lookups: [] });
      this.bootstrap = new HostChange(this, "Bootstrap", {
        ...common,
        title: "the resolver until its name server is there",
        ...rendered,
        onlyIf: `! any_answers ${nameserver} $(awk '$1 == "nameserver" { print $2 }' /etc/resolv.conf)`,
      });
    }
    this.change = new HostChange(this, "Change", {
      ...common,
      title: "the resolver",
      ...renderResolverChange(settings),
      // Whenever the first may have put its servers there, these are put back.
      ...(this.bootstrap === undefined ? {} : { triggers: { bootstrap: this.bootstrap.hash } }),
    });
    if (this.bootstrap !== undefined) this.change.applyAfter(this.bootstrap);
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Changes the resolver after others are there: BIND above all. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }

  /**
   * Makes others, whose images may have to be pulled, wait until the host has name servers.
   * @throws ValidationError dns/no-bootstrap
   */
  public bootstrapBefore(...others: readonly IConstruct[]): this {
    const first = this.bootstrap?.node.defaultChild as TerraformResource | undefined;
    if (first === undefined) {
      throw new ValidationError(this, {
        code: "dns/no-bootstrap",
        prop: "bootstrapNameservers",
        got: undefined,
        allowed: "at least one name server, for what comes before the host's own",
        mend: "Give bootstrapNameservers, or leave the call out",
      });
    }
    for (const other of others) {
      const resource = other.node.defaultChild as TerraformResource;
      resource.dependsOn = [
        ...(resource.dependsOn ?? []),
        `${first.terraformResourceType}.${first.friendlyUniqueId}`,
      ];
    }
    return this;
  }

  private settingsOf(props: HostResolverProps, nameservers: readonly string[]): ResolverSettings {
    const { kind = "detect", interfaceName = "eth0", search, options, lookups = [] } = props;
    if (kind !== "detect" && !HOST_RESOLVER_KINDS.includes(kind)) {
      this.fail("dns/resolver-kind", "kind", kind, `detect, ${HOST_RESOLVER_KINDS.join(", ")}`,
        "Take one of these words"); // prettier-ignore
    }
    if (!/^[A-Za-z0-9_.-]{1,15}$/.test(interfaceName)) {
      this.fail("dns/resolver-interface", "interfaceName", interfaceName, "an interface's name, eth0",
        "Give the name as it stands behind ifcfg-"); // prettier-ignore
    }
    if (search !== undefined) requireSearchDomains(this, search);
    lookups.forEach((name, i) => {
      if (isDomainName(name)) return;
      this.fail("dns/lookup-name", `lookups[${i}]`, name, "a domain name without a dot at its end",
        "Give a name that resolves as soon as the name server does its work"); // prettier-ignore
    });
    const words = options === undefined ? undefined : resolverOptionWords(this, options);
    if (words !== undefined && kind === "systemd-resolved") {
      this.fail("dns/resolver-option", "options", options, "no options: systemd-resolved has settings of its own",
        "Leave them out"); // prettier-ignore
    }
    return {
      nameservers,
      kind,
      interfaceName,
      lookups: [...lookups],
      ...(search === undefined ? {} : { search: [...search] }),
      ...(words === undefined ? {} : { options: words }),
    };
  }

  private requireBootstrap(servers: readonly string[], nameserver: string): void {
    // The C library asks three at most.
    if (servers.length < 1 || servers.length > 3 || servers.includes(nameserver)) {
      this.fail("dns/nameserver", "bootstrapNameservers", servers, `one to three other name servers than ${nameserver}`,
        "Give those of the site, or leave the prop out"); // prettier-ignore
    }
    servers.forEach((address, i) => {
      this.requireNameserver(`bootstrapNameservers[${i}]`, address);
    });
  }

  private requireNameserver(prop: string, address: string): void {
    if (isToken(address) || isUnspecified(address)) {
      this.fail("dns/nameserver", prop, address, "an address that is known at synth, not one that stands for every interface",
        "Give the address at which the name server answers"); // prettier-ignore
    }
    requireAddress(this, prop, address);
  }

  private fail(code: string, prop: string, got: unknown, allowed: string, mend: string): never {
    throw new ValidationError(this, { code, prop, got, allowed, mend });
  }
}
