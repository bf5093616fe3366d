import { DockerProvider } from "@cdktf/provider-docker/lib/provider";
import { TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { Cidr, isAddress, isLoopback, isUnspecified } from "../core/addresses";
import { isDnsLabel, isDomainName } from "../core/dns-names";
import { ValidationError } from "../core/errors";
import { escapeTemplate, isToken } from "../core/tokens";
import { requireVersion } from "../core/versions";
import { EngineConnection } from "./engine-connection";
import { HostClaims } from "./host-claims";
import type { RegistryAuth } from "./registry-auth";

/** The versions of the provider kreuzwerker/docker that these constructs are tried with. */
export type DockerProviderVersion = "4.5.0" | "3.6.2";

/** A Docker host, as constructs see it: an engine, and the addresses of the machine that it runs on. */
export interface IDockerHost extends Construct {
  /** The host's name, one DNS label. */
  readonly hostName: string;
  /** The address under which other hosts and this host's containers reach it: IPv4 or IPv6. */
  readonly address: string;
  /** The engine's version, `major.minor.patch`, or undefined where nobody said. */
  readonly engineVersion?: string;
  /** The version of the provider that speaks with the engine. */
  readonly providerVersion: DockerProviderVersion;
  /** The provider that speaks with the engine; every resource of the host is handed this one. */
  readonly provider: DockerProvider;
  /** What the app's constructs have taken of this engine. */
  readonly claims: HostClaims;
}

/** What is needed to reach a host. */
export interface DockerHostAttributes {
  /**
   * The host's name, one DNS label. It names the provider too, so changing it later moves every resource of the
   * host to another provider.
   */
  readonly hostName: string;
  /** The host's address, as other hosts and containers reach it: IPv4 or IPv6. Known at synth: no name. */
  readonly address: string;
  /**
   * How Terraform reaches the engine.
   * @default EngineConnection.localSocket()
   */
  readonly connection?: EngineConnection;
  /**
   * The engine's version, such as `20.10.24`.
   * @default - unknown: features that depend on it are refused
   */
  readonly engineVersion?: string;
  /**
   * The provider's version. Bindings 12 are made from 3.6.2, whose refresh deletes stopped containers; the same
   * configuration plans no change with 4.5.0.
   * @default "4.5.0"
   */
  readonly providerVersion?: DockerProviderVersion;
}

/** Props of a Docker host. */
export interface DockerHostProps extends DockerHostAttributes {
  /**
   * Blocks of addresses that the host uses already: its own networks, and the engine's default bridge. No network
   * of these constructs may overlap with them.
   * @default ["172.17.0.0/16"], the default bridge's usual one
   */
  readonly reservedSubnets?: readonly string[];
  /**
   * Registries that ask who is there.
   * @default - none: images are pulled without credentials
   */
  readonly registryAuth?: readonly RegistryAuth[];
}

/**
 * A machine with a Docker engine: one explicit provider, and the register of what is taken on that engine.
 *
 * A host belongs to one stack. A stack that puts containers on a host that another stack describes makes its own
 * with `DockerHost.fromDockerHostAttributes`; both share the register, so collisions show at synth all the same.
 *
 * Of the variables that the Docker client knows (`DOCKER_HOST`, `DOCKER_CERT_PATH` and the like) none leads Terraform
 * to another engine. Provider 4.5.0 still reads `DOCKER_CONTEXT` and stops if there is no such context: unset it.
 */
export class DockerHost extends Construct implements IDockerHost {
  /** A host that another stack, or another team, describes: what is needed to put containers on it. */
  public static fromDockerHostAttributes(
    scope: Construct,
    id: string,
    attributes: DockerHostAttributes,
  ): IDockerHost {
    return new DockerHost(scope, id, { ...attributes, reservedSubnets: [] });
  }

  public readonly hostName: string;
  public readonly address: string;
  public readonly engineVersion?: string;
  public readonly providerVersion: DockerProviderVersion;
  public readonly provider: DockerProvider;
  public readonly claims: HostClaims;

  constructor(scope: Construct, id: string, props: DockerHostProps) {
    super(scope, id);
    const { connection = EngineConnection.localSocket(), providerVersion = "4.5.0" } = props;
    this.hostName = props.hostName;
    this.address = props.address;
    this.providerVersion = providerVersion;
    this.validateProps(props);
    if (props.engineVersion !== undefined) {
      this.engineVersion = requireVersion(this, "engineVersion", props.engineVersion);
    }
    this.claims = HostClaims.of(this, connection.uri);
    for (const subnet of props.reservedSubnets ?? ["172.17.0.0/16"]) {
      this.claims.reserveSubnet(
        Cidr.parse(subnet, this, "reservedSubnets"),
        `${this.hostName}'s reservedSubnets`,
      );
    }
    this.pinProvider(providerVersion);
    // "" in words: else the provider takes DOCKER_CONTEXT, DOCKER_CERT_PATH and the like of whoever runs Terraform.
    this.provider = new DockerProvider(this, "Resource", {
      alias: this.claimAlias(),
      host: escapeTemplate(connection.uri),
      context: "",
      caMaterial: "",
      certMaterial: "",
      keyMaterial: "",
      certPath: escapeTemplate(connection.certPath ?? ""),
      disableDockerDaemonCheck: true,
      ...(connection.sshOptions.length > 0 ? { sshOpts: connection.sshOptions.map(escapeTemplate) } : {}),
      ...(props.registryAuth === undefined
        ? {}
        : {
            registryAuth: props.registryAuth.map((auth) => ({
              address: escapeTemplate(auth.address),
              ...Object.fromEntries(
                Object.entries(auth.fields).map(([field, value]) => [field, escapeTemplate(value)]),
              ),
            })),
          }),
    });
  }

  private validateProps(props: DockerHostProps): void {
    if (!isDnsLabel(props.hostName)) {
      throw new ValidationError(this, {
        code: "docker/host-name",
        prop: "hostName",
        got: props.hostName,
        allowed: "a DNS label: 1 to 63 letters, digits and hyphens",
        mend: "Give the host's short name",
      });
    }
    if (isToken(props.address)) {
      throw new ValidationError(this, {
        code: "docker/host-address",
        prop: "address",
        got: "a value that is known only when Terraform runs",
        allowed: "an IPv4 or IPv6 address that is known at synth",
        mend: "Write the address down: ports, checks and other hosts' configurations hold it",
      });
    }
    if (!isAddress(props.address) || isUnspecified(props.address)) {
      throw new ValidationError(this, {
        code: "docker/host-address",
        prop: "address",
        got: props.address,
        allowed: "one IPv4 or IPv6 address of the host, not one that stands for every interface",
        mend:
          isDomainName(props.address) && !isAddress(props.address)
            ? "Give the address that this name resolves to"
            : "Give the address at which other hosts reach this one",
      });
    }
  }

  /** Whether the host's address is a loopback address: then nothing but the host itself reaches what is published on it. */
  public get isLoopback(): boolean {
    return isLoopback(this.address);
  }

  /** The provider's alias: the host's name, as a Terraform identifier, which begins with a letter. */
  private claimAlias(): string {
    const stack = TerraformStack.of(this);
    const alias = /^[A-Za-z]/.test(this.hostName) ? this.hostName : `host-${this.hostName}`;
    let aliases = DockerHost.aliases.get(stack);
    if (aliases === undefined) DockerHost.aliases.set(stack, (aliases = new Map<string, string>()));
    const owner = aliases.get(alias.toLowerCase());
    if (owner !== undefined) {
      throw new ValidationError(this, {
        code: "docker/duplicate",
        prop: "hostName",
        got: this.hostName,
        allowed: `a host name that no other host of this stack has; ${owner} has this one`,
        mend: "Pass the host that is there already, or give this one its own name",
      });
    }
    aliases.set(alias.toLowerCase(), this.node.path);
    return alias;
  }

  private static readonly aliases = new WeakMap<TerraformStack, Map<string, string>>();

  /** All providers of a stack are of one version: Terraform installs one. */
  private pinProvider(version: DockerProviderVersion): void {
    const stack = TerraformStack.of(this);
    const pinned = DockerHost.pinned.get(stack);
    if (pinned !== undefined && pinned !== version) {
      throw new ValidationError(this, {
        code: "docker/provider-version",
        prop: "providerVersion",
        got: version,
        allowed: `one version of the provider per stack; another host of this stack has ${pinned}`,
        mend: "Give all hosts of the stack the same version, or put this host into a stack of its own",
      });
    }
    DockerHost.pinned.set(stack, version);
    stack.addOverride("terraform.required_providers.docker", { source: "kreuzwerker/docker", version });
  }

  private static readonly pinned = new WeakMap<TerraformStack, DockerProviderVersion>();
}

/**
 * Checks that a construct and the host that it wants belong to one stack.
 * @throws ValidationError docker/host-of-another-stack
 */
export function requireSameStack(construct: Construct, host: IDockerHost): void {
  if (TerraformStack.of(construct) === TerraformStack.of(host.provider)) return;
  throw new ValidationError(construct, {
    code: "docker/host-of-another-stack",
    prop: "host",
    got: host.provider.node.path,
    allowed: "a host of the same stack: a resource's provider lies in its own stack",
    mend: "Make the host in this stack with DockerHost.fromDockerHostAttributes",
  });
}
