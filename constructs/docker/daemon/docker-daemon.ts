import { Construct, type IConstruct } from "constructs";
import { Duration } from "../../core/duration";
import { requireVersion } from "../../core/versions";
import { HostChange, type HostChangeOptions } from "../../host/host-change";
import { dropInPath, renderDropIn } from "../../host/systemd-drop-in";
import type { DaemonConfiguration } from "./daemon-configuration";
import { CLUSTER_STORE_OPTS, DAEMON_OPTIONS } from "./daemon-options";
import { requireDaemonConfiguration } from "./daemon-rules";
import type { EngineMode } from "./engine-mode";
import { renderRootsCheck } from "./engine-roots";
import { renderActivation, renderHealth, renderPrecondition } from "./engine-script";
import { renderDaemonJson } from "./render-daemon-json";

const DAEMON_JSON = "/etc/docker/daemon.json";

/** Props of an engine's settings. */
export interface DockerDaemonProps extends HostChangeOptions {
  /** The engine's version, as `docker version` says it. The running one is compared with it before anything changes. */
  readonly engineVersion: string;
  /**
   * The engine's mode, compared as well.
   * @default - key-value with a clusterStore, else standalone
   */
  readonly mode?: EngineMode;
  /** The settings. Those of the whole engine: a key that stands here is not to be given as a flag. */
  readonly configuration: DaemonConfiguration;
  /**
   * The engine's program.
   * @default "/usr/sbin/dockerd", where Debian has it; "/usr/bin/dockerd" of Docker's own packages
   */
  readonly program?: string;
  /**
   * What must hold after the settings are in force, beside the engine and its containers: a text for `/bin/sh`.
   * @default - nothing more
   */
  readonly healthCheck?: string;
}

/**
 * The settings of a host's engine: `/etc/docker/daemon.json`, and with `hosts` a drop-in that takes `-H` out of the unit.
 *
 * What the engine reloads is reloaded, and its process stays; anything else restarts it. It must answer afterwards, with
 * the containers that ran before, each of them healthy again if it has a health check; else the old settings are put back.
 * An engine whose `dataRoot`, `execRoot` or `usernsRemap` would be another one is not touched while containers run: it would
 * start without them. Give the engines of a fleet an order with `applyAfter`, so that one follows the other.
 */
export class DockerDaemon extends Construct {
  /** The text of daemon.json. */
  public readonly daemonJson: string;
  private readonly change: HostChange;

  /** @throws ValidationError of the settings: docker/daemon-key, docker/engine-mode and the others */
  constructor(scope: Construct, id: string, props: DockerDaemonProps) {
    super(scope, id);
    const { host, program = "/usr/sbin/dockerd" } = props;
    const version = requireVersion(this, "engineVersion", props.engineVersion);
    const mode = props.mode ?? (props.configuration.clusterStore === undefined ? "standalone" : "key-value");
    const configuration: DaemonConfiguration = {
      ...props.configuration,
      ...(mode === "key-value" && props.configuration.liveRestore === undefined ? { liveRestore: true } : {}),
    };
    requireDaemonConfiguration(this, { version, mode, configuration });
    this.daemonJson = renderDaemonJson(configuration);
    const { clusterStore, clusterAdvertise, tlscacert, tlscert, tlskey } = configuration;
    const keys = Object.entries(configuration).flatMap(([prop, value]) =>
      value === undefined ? [] : [DAEMON_OPTIONS[prop as keyof DaemonConfiguration].key],
    );
    const health = renderHealth({
      ...(clusterStore === undefined ? {} : { clusterStore: clusterStore.url }),
      ...(clusterAdvertise === undefined ? {} : { clusterAdvertise: clusterAdvertise.value }),
    });
    this.change = new HostChange(this, "Change", {
      host,
      title: "the engine's settings",
      key: "docker-daemon",
      timeout: props.timeout ?? Duration.minutes(3),
      ...(props.overwriteManualChanges === undefined
        ? {}
        : { overwriteManualChanges: props.overwriteManualChanges }),
      files: [
        { path: DAEMON_JSON, content: this.daemonJson },
        {
          path: dropInPath("docker.service", "50-cdktf-docker-discovery-hosts"),
          // An empty ExecStart= resets the unit's own, which has -H fd:// (systemd.service(5)).
          content:
            configuration.hosts === undefined
              ? undefined
              : renderDropIn({
                  Service: [
                    "ExecStart=",
                    `ExecStart=${program} --containerd=/run/containerd/containerd.sock $DOCKER_OPTS`,
                  ],
                }),
        },
      ],
      precondition: `${renderPrecondition({
        hostName: host.hostName,
        engineVersion: version,
        mode,
        ...(clusterAdvertise?.interfaceName === undefined
          ? {}
          : { interfaceName: clusterAdvertise.interfaceName }),
        files: [
          ...(clusterStore?.requiredFiles ?? []),
          ...[tlscacert, tlscert, tlskey].filter((file) => file !== undefined),
        ],
        keys: clusterStore?.storeOpts === undefined ? keys : [...keys, CLUSTER_STORE_OPTS],
      })}${renderRootsCheck(configuration, DAEMON_JSON)}`,
      // From 23.0 on the engine can say itself what it would not start with.
      validate: `! ${program} --help 2>&1 | grep -q -- ' --validate' || ${program} --validate --config-file "$NEW_1"`,
      act: renderActivation(),
      check: `{ ${health}\n}${props.healthCheck === undefined ? "" : ` && { ${props.healthCheck}\n}`}`,
      action: "engine-restart",
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Applies the settings after others are in force: one engine after the other. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}
