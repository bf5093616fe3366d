import {
  Container as DockerContainer,
  type ContainerConfig,
  type ContainerLabels,
  type ContainerNetworksAdvanced,
  type ContainerPorts,
} from "@cdktf/provider-docker/lib/container";
import { dependable, type TerraformResource, TerraformStack } from "cdktf";
import { Construct } from "constructs";
import { ValidationError } from "../core/errors";
import { sortedEntries } from "../core/objects";
import { type Protocol, requirePort } from "../core/ports";
import { showValue } from "../core/secrets";
import { escapeTemplate, isToken } from "../core/tokens";
import type { IServiceCatalog, RegisteredPort, ServiceRegistration } from "../discovery/service-catalog";
import type { ContainerImage } from "./container-image";
import type { AttachmentOptions, ContainerProps, PortPublication } from "./container-props";
import { requireNoSecretLabel } from "./container-secret-validation";
import { requireBridgeMode, requireOwnLabelsFree, validateContainerProps } from "./container-validation";
import { type IDockerHost, requireSameStack } from "./docker-host";
import { HostAddress } from "./host-address";
import { Labels } from "./labels";
import { LogDriver } from "./log-driver";
import type { BridgeNetwork, INetwork } from "./network";
import { replacementHash } from "./replacement-hash";
import { RestartPolicy } from "./restart-policy";
import type { StaleEndpoints } from "./stale-endpoints";
import type { IVolume } from "./volume";

/** A port that is published, with all defaults put in. */
interface PublishedPort {
  readonly containerPort: number;
  readonly protocol: Protocol;
  readonly hostPort?: number;
  readonly address: string;
}

const CPU_PERIOD_MICROSECONDS = 100_000;
const DEFAULT_RESTART = RestartPolicy.unlessStopped();
const DEFAULT_LOG_DRIVER = LogDriver.jsonFile();

/**
 * A container on a host.
 *
 * What Terraform's provider gets wrong is kept right here: what it cannot change in a running container (health
 * check, init, tmpfs, CPU quota) replaces it, by a label with a hash, and so does beginning or ceasing to say what
 * the provider cannot take back (a memory limit, the environment as a whole); what the engine would fill in by
 * itself is said in full, so that a second plan is empty; strings never turn into Terraform templates.
 */
export class Container extends Construct {
  /** The container's name on the engine. */
  public readonly containerName: string;
  /** The host that it runs on. */
  public readonly host: IDockerHost;
  /** The image. */
  public readonly image: ContainerImage;
  /** The provider's resource, for what these props do not say. */
  private readonly resource: DockerContainer;
  private readonly networkMode: "bridge" | "host" | "none";
  private readonly labelMap: Map<string, string>;
  private readonly published: PublishedPort[] = [];
  private readonly networks = new Map<string, ContainerNetworksAdvanced>();
  private readonly acknowledgedSecrets: Readonly<Record<string, string>>;
  private readonly hashFor: (dynamicPorts: readonly string[]) => string;
  private onlyInternalNetworks = true;

  constructor(scope: Construct, id: string, props: ContainerProps) {
    super(scope, id);
    const { host, image } = props;
    requireSameStack(this, host);
    this.host = host;
    this.image = image;
    this.containerName = props.containerName ?? id;
    this.networkMode = props.networkMode ?? "bridge";
    validateContainerProps(this, this.containerName, props);
    requireOwnLabelsFree(this, props.labels ?? {});
    props.healthCheck?.validate(this, "healthCheck");
    host.claims.claim("container name", this.containerName, this, "containerName");
    if (props.hostname !== undefined) host.claims.claim("hostname", props.hostname, this, "hostname");
    this.acknowledgedSecrets = { ...props.acknowledgedPlainTextSecrets };
    this.labelMap = new Map(Object.entries(props.labels ?? {}));
    this.hashFor = (dynamicPorts) => replacementHash(props, dynamicPorts);
    this.labelMap.set(Labels.replacementHash, this.hashFor([]));
    this.resource = new DockerContainer(this, "Resource", containerConfig(this, props, this.renderLabels()));
    if (props.hostMounts?.some((mount) => mount.selinuxRelabel !== undefined)) this.relabel(props);
    for (const port of props.ports ?? []) this.publish(port);
    this.node.addValidation({ validate: () => this.faultsOfTheWhole() });
  }

  /** The ports that are published so far. */
  public get publishedPorts(): readonly (RegisteredPort & {
    readonly hostPort?: number;
    readonly hostAddress: string;
  })[] {
    return this.published.map(({ containerPort, protocol, hostPort, address }) => ({
      containerPort,
      protocol,
      hostAddress: address,
      ...(hostPort === undefined ? {} : { hostPort }),
    }));
  }

  /** The names of the networks that it is attached to, and its fixed addresses there. */
  public get attachments(): readonly { readonly networkName: string; readonly ipv4Address?: string }[] {
    return [...this.networks].map(([networkName, attachment]) => ({
      networkName,
      ...(attachment.ipv4Address === undefined ? {} : { ipv4Address: attachment.ipv4Address }),
    }));
  }

  /** The labels so far, those of these constructs included. */
  public get labels(): Readonly<Record<string, string>> {
    return Object.fromEntries(this.labelMap);
  }

  /**
   * Makes a port reachable at an address of the host.
   * @throws ValidationError core/port, docker/every-interface, docker/port-several-addresses, docker/duplicate-port,
   * docker/network-mode
   */
  public publish(publication: PortPublication): this {
    const { containerPort, hostPort, protocol = "tcp" } = publication;
    requireBridgeMode(this, this.networkMode, "ports", publication);
    requirePort(this, "ports.containerPort", containerPort);
    if (hostPort !== undefined) requirePort(this, "ports.hostPort", hostPort);
    const { address } = HostAddress.of(publication.hostAddress, this, "ports.hostAddress");
    if (this.published.some((port) => port.containerPort === containerPort && port.protocol === protocol)) {
      throw new ValidationError(this, {
        code: "docker/port-several-addresses",
        prop: "ports.containerPort",
        got: `${containerPort}/${protocol}`,
        allowed: "each port of the container once: published twice, it never gives an empty plan",
        mend: "Publish it on one address, or on HostAddress.everyInterface()",
      });
    }
    if (hostPort !== undefined)
      this.host.claims.claimPort(address, hostPort, protocol, this, "ports.hostPort");
    this.published.push({
      containerPort,
      protocol,
      address,
      ...(hostPort === undefined ? {} : { hostPort }),
    });
    // Sorted as the provider reads them back.
    this.published.sort((a, b) => a.containerPort - b.containerPort || (a.protocol < b.protocol ? -1 : 1));
    if (hostPort === undefined) {
      const dynamic = this.published.filter((port) => port.hostPort === undefined);
      this.labelMap.set(
        Labels.replacementHash,
        this.hashFor(dynamic.map((port) => `${port.containerPort}/${port.protocol}`)),
      );
      this.resource.putLabels(this.renderLabels());
    }
    this.resource.putPorts(
      this.published.map((port): ContainerPorts => ({
        internal: port.containerPort,
        protocol: port.protocol,
        ip: escapeTemplate(port.address),
        ...(port.hostPort === undefined ? {} : { external: port.hostPort }),
      })),
    );
    return this;
  }

  /**
   * Attaches it to a network; from the first one on it leaves the engine's default bridge.
   * @throws ValidationError docker/network-twice, docker/network-of-another-host, docker/alias,
   * docker/network-mode, and what the network says of the address
   */
  public attachTo(network: INetwork, options: AttachmentOptions = {}): this {
    requireBridgeMode(this, this.networkMode, "networks", network.networkName);
    if (this.networks.has(network.networkName)) {
      throw new ValidationError(this, {
        code: "docker/network-twice",
        prop: "networks",
        got: network.networkName,
        allowed: "each network once",
        mend: "Give all aliases in one call of attachTo",
      });
    }
    for (const alias of options.aliases ?? []) {
      if (isToken(alias) || /^[A-Za-z0-9][\w.-]*$/.test(alias)) continue;
      throw new ValidationError(this, {
        code: "docker/alias",
        prop: "networks.aliases",
        got: alias,
        allowed: "letters, digits, underscores, dots and hyphens",
        mend: "Take a name that others can look up",
      });
    }
    if (network.host !== undefined && network.host.claims !== this.host.claims) {
      throw new ValidationError(this, {
        code: "docker/network-of-another-host",
        prop: "networks",
        got: network.networkName,
        allowed: `a network of ${this.host.hostName}; this one lies on ${network.host.hostName}`,
        mend: "Make a bridge network on each host",
      });
    }
    network.claimContainerName?.(this.containerName, this);
    if (network.internal !== true) this.onlyInternalNetworks = false;
    if (options.ipv4Address !== undefined)
      network.claimAddress(options.ipv4Address, this, "networks.ipv4Address");
    this.networks.set(network.networkName, {
      name: network.networkReferenceFor(this),
      ...(options.aliases === undefined || options.aliases.length === 0
        ? {}
        : { aliases: options.aliases.map(escapeTemplate).sort() }),
      ...(options.ipv4Address === undefined ? {} : { ipv4Address: options.ipv4Address }),
    });
    this.resource.putNetworksAdvanced([...this.networks.values()]);
    return this;
  }

  /**
   * Lets a port of it be found in a catalogue, under a name of its own. The port is published first.
   * @throws ValidationError what the catalogue says of the registration
   */
  public registerIn(catalog: IServiceCatalog, registration: ServiceRegistration): this {
    const labels = catalog.registrationLabels(
      { construct: this, publishedPorts: this.publishedPorts, image: this.image.name },
      registration,
    );
    return this.addLabels(labels);
  }

  /** Keeps it out of a catalogue that registers containers by itself. */
  public ignoreIn(catalog: IServiceCatalog): this {
    return this.addLabels(catalog.ignoreLabels());
  }

  /**
   * Adds a label.
   * @throws ValidationError docker/label if there is one of that name with another value, docker/plain-text-secret
   */
  public addLabel(name: string, value: string): this {
    return this.addLabels({ [name]: value });
  }

  private addLabels(labels: Readonly<Record<string, string>>): this {
    for (const [name, value] of Object.entries(labels)) {
      requireNoSecretLabel(this, name, value, this.acknowledgedSecrets);
      const present = this.labelMap.get(name);
      if (present !== undefined && present !== value) {
        throw new ValidationError(this, {
          code: "docker/label",
          prop: `labels[${JSON.stringify(name)}]`,
          got: value,
          allowed: `the value that it has already, ${showValue(name, present)}`,
          mend: "Say it in one place",
        });
      }
      this.labelMap.set(name, value);
    }
    this.resource.putLabels(this.renderLabels());
    return this;
  }

  /**
   * Makes Terraform start it only after other things of its stack are made: containers (and healthy, where they wait
   * for that), a network on whose gateway it listens though it is not attached to it, or its stale endpoints are gone.
   */
  public startAfter(...others: readonly (Container | BridgeNetwork | StaleEndpoints)[]): this {
    this.resource.dependsOn = [
      ...(this.resource.dependsOn ?? []),
      ...others.map((other) => dependable(other.node.defaultChild as TerraformResource)),
    ];
    return this;
  }

  /** What can be said only when everything was added. */
  private faultsOfTheWhole(): string[] {
    if (this.published.length === 0 || this.networks.size === 0 || !this.onlyInternalNetworks) return [];
    const fault = new ValidationError(this, {
      code: "docker/ports-on-internal-network",
      prop: "ports",
      got: this.published.map((port) => `${port.containerPort}/${port.protocol}`),
      allowed: "no published ports on a container that is attached to internal networks alone",
      mend: "Attach it to a network that is not internal too, or publish nothing",
    });
    return [fault.message];
  }

  private renderLabels(): ContainerLabels[] {
    return [...this.labelMap]
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([label, value]) => ({
        label: escapeTemplate(label),
        value: escapeTemplate(value),
      }));
  }

  /** `selinux_relabel` came with provider 4; the bindings, made from 3.6.2, do not know it. */
  private relabel(props: ContainerProps): void {
    const offset = props.volumes?.length ?? 0;
    props.hostMounts?.forEach((mount, i) => {
      if (mount.selinuxRelabel === undefined) return;
      this.resource.addOverride(
        `volumes.${offset + i}.selinux_relabel`,
        mount.selinuxRelabel === "shared" ? "z" : "Z",
      );
    });
  }
}

const mebibytes = (size: { toMebibytes(): number }) => size.toMebibytes();
const escapeAll = (texts: readonly string[]) => texts.map(escapeTemplate);
const escapeMap = (map: Readonly<Record<string, string>>) =>
  Object.fromEntries(sortedEntries(map).map(([key, value]) => [escapeTemplate(key), escapeTemplate(value)]));

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

function containerConfig(
  container: Container,
  props: ContainerProps,
  labels: ContainerLabels[],
): ContainerConfig {
  const { host, restart = DEFAULT_RESTART, logDriver = DEFAULT_LOG_DRIVER } = props;
  const stopSeconds = props.stopGracePeriod?.toWholeSeconds() ?? 10;
  const config: Mutable<ContainerConfig> = {
    provider: host.provider,
    name: escapeTemplate(container.containerName),
    image: props.image.referenceOn(host, props.platform),
    restart: restart.policy,
    init: props.init ?? false,
    logDriver: logDriver.driver,
    logOpts: escapeMap(logDriver.options),
    stopTimeout: stopSeconds,
    destroyGraceSeconds: stopSeconds,
    labels,
  };
  if (restart.maximumRetryCount > 0) config.maxRetryCount = restart.maximumRetryCount;
  if (props.hostname !== undefined) config.hostname = escapeTemplate(props.hostname);
  if (props.command !== undefined) config.command = escapeAll(props.command);
  if (props.entrypoint !== undefined) config.entrypoint = escapeAll(props.entrypoint);
  if (props.workingDirectory !== undefined) config.workingDir = escapeTemplate(props.workingDirectory);
  if (props.user !== undefined) config.user = escapeTemplate(props.user);
  if (props.stopSignal !== undefined) config.stopSignal = escapeTemplate(props.stopSignal);
  if (props.privileged === true) config.privileged = true;
  if (props.readOnlyRoot === true) config.readOnly = true;
  if (props.securityOptions !== undefined) {
    // The engine adds this one by itself, and would show it as a change in each plan.
    const added = props.privileged === true ? ["label=disable"] : [];
    config.securityOpts = [...new Set([...escapeAll(props.securityOptions), ...added])].sort();
  }
  if (props.networkMode !== undefined && props.networkMode !== "bridge")
    config.networkMode = props.networkMode;
  addResources(config, props);
  addMounts(config, container, props);
  addNames(config, props);
  if (props.environment !== undefined) {
    config.env = sortedEntries(props.environment).map(([name, value]) => escapeTemplate(`${name}=${value}`));
  }
  if (props.healthCheck !== undefined) {
    const check = props.healthCheck;
    config.healthcheck = check.isNone
      ? { test: ["NONE"] }
      : {
          test: escapeAll(check.test),
          interval: check.interval.toGoString(),
          timeout: check.timeout.toGoString(),
          startPeriod: check.startPeriod.toGoString(),
          retries: check.retries,
        };
  }
  if (props.waitUntilHealthy !== undefined) {
    config.wait = true;
    config.waitTimeout = props.waitUntilHealthy.toWholeSeconds();
  }
  return config;
}

function addResources(config: Mutable<ContainerConfig>, props: ContainerProps): void {
  if (props.memory !== undefined) {
    config.memory = mebibytes(props.memory);
    // Said in full: the engine would fill in twice the memory, and each plan would take it out again.
    config.memorySwap =
      props.memorySwap === "unlimited"
        ? -1
        : props.memorySwap === undefined
          ? 2 * mebibytes(props.memory)
          : mebibytes(props.memorySwap);
  }
  if (props.shmSize !== undefined) config.shmSize = mebibytes(props.shmSize);
  if (props.cpus !== undefined) {
    // A quota, because `cpus` makes provider 3.6.2 panic.
    config.cpuPeriod = CPU_PERIOD_MICROSECONDS;
    config.cpuQuota = Math.round(props.cpus * CPU_PERIOD_MICROSECONDS);
  }
  if (props.cpuShares !== undefined) config.cpuShares = props.cpuShares;
  if (props.cpuSet !== undefined) config.cpuSet = props.cpuSet;
  if (props.ulimits !== undefined)
    config.ulimit = props.ulimits.map(({ name, soft, hard }) => ({ name, soft, hard }));
  if (props.sysctls !== undefined) config.sysctls = escapeMap(props.sysctls);
  if (props.capabilities !== undefined) {
    const { add = [], drop = [] } = props.capabilities;
    config.capabilities = {
      ...(add.length > 0 ? { add: [...add].sort() } : {}),
      ...(drop.length > 0 ? { drop: [...drop].sort() } : {}),
    };
  }
}

/**
 * How a container names a volume: a reference that orders it behind the volume, or the plain name for a volume of
 * another stack, since a reference across stacks would add an output and a remote state.
 */
function volumeReferenceFor(container: Container, volume: IVolume): string {
  if (volume.host === undefined) return escapeTemplate(volume.volumeReference);
  if (volume.host.claims !== container.host.claims) {
    throw new ValidationError(container, {
      code: "docker/volume-of-another-host",
      prop: "volumes",
      got: volume.volumeName,
      allowed: `a volume of ${container.host.hostName}; this one lies on ${volume.host.hostName}`,
      mend: "Make the volume on the container's host",
    });
  }
  return TerraformStack.of(volume.host.provider) === TerraformStack.of(container)
    ? volume.volumeReference
    : escapeTemplate(volume.volumeName);
}

function addMounts(config: Mutable<ContainerConfig>, container: Container, props: ContainerProps): void {
  const { volumes = [], hostMounts = [], tmpfs = [], files = [], devices = [] } = props;
  if (volumes.length + hostMounts.length > 0) {
    config.volumes = [
      ...volumes.map((mount) => ({
        volumeName: volumeReferenceFor(container, mount.volume),
        containerPath: escapeTemplate(mount.containerPath),
        readOnly: mount.readOnly ?? false,
      })),
      ...hostMounts.map((mount) => ({
        hostPath: escapeTemplate(mount.hostPath),
        containerPath: escapeTemplate(mount.containerPath),
        readOnly: mount.readOnly ?? false,
      })),
    ];
  }
  if (tmpfs.length > 0) {
    config.tmpfs = Object.fromEntries(
      tmpfs.map((mount) => [
        escapeTemplate(mount.containerPath),
        [
          `mode=${mount.mode ?? "1777"}`,
          ...(mount.size === undefined ? [] : [`size=${mount.size.toBytes()}`]),
        ].join(","),
      ]),
    );
  }
  if (files.length > 0) {
    config.upload = files.map((file) => ({
      file: escapeTemplate(file.path),
      contentBase64: file.toBase64(),
      permissions: file.permissions,
    }));
  }
  if (devices.length > 0) {
    config.devices = devices.map((device) => ({
      hostPath: escapeTemplate(device.hostPath),
      containerPath: escapeTemplate(device.containerPath ?? device.hostPath),
      permissions: device.permissions ?? "rwm",
    }));
  }
}

function addNames(config: Mutable<ContainerConfig>, props: ContainerProps): void {
  if (props.extraHosts !== undefined) {
    config.host = sortedEntries(props.extraHosts).map(([host, ip]) => ({
      host: escapeTemplate(host),
      ip: escapeTemplate(ip),
    }));
  }
  if (props.dns !== undefined) {
    config.dns = [escapeTemplate(typeof props.dns === "string" ? props.dns : props.dns.resolverAddress)];
  }
  if (props.dnsSearch !== undefined) config.dnsSearch = escapeAll(props.dnsSearch);
  if (props.dnsOptions !== undefined) config.dnsOpts = escapeAll(props.dnsOptions);
}
