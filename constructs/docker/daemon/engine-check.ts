import { Construct, type IConstruct } from "constructs";
import { requireVersion } from "../../core/versions";
import { HostChange, type HostChangeOptions } from "../../host/host-change";
import type { EngineMode } from "./engine-mode";
import { renderPrecondition } from "./engine-script";

/** Props of a look at an engine. */
export interface EngineCheckProps extends HostChangeOptions {
  /** The engine's version, as `docker version` says it; another patch release of it will do. */
  readonly engineVersion: string;
  /** The engine's mode. */
  readonly mode: EngineMode;
  /**
   * An interface that the host must have, such as that of `clusterAdvertise`.
   * @default - none is looked for
   */
  readonly interfaceName?: string;
}

/**
 * Looks whether a host is the one that was described, before anything is made on it: its name, its engine's version and mode,
 * an interface. It changes nothing, and the deploy fails with what the host is. It looks once, and again when the host's key
 * or the description changes. `DockerDaemon` looks by itself; this is for what is deployed before it.
 */
export class EngineCheck extends Construct {
  private readonly change: HostChange;

  /** @throws ValidationError core/version */
  constructor(scope: Construct, id: string, props: EngineCheckProps) {
    super(scope, id);
    const { engineVersion, mode, interfaceName, ...options } = props;
    this.change = new HostChange(this, "Change", {
      ...options,
      title: "the engine as it is described",
      key: "engine-check",
      precondition: renderPrecondition({
        hostName: props.host.hostName,
        engineVersion: requireVersion(this, "engineVersion", engineVersion),
        mode,
        ...(interfaceName === undefined ? {} : { interfaceName }),
        files: [],
        keys: [],
      }),
      unless: "true",
      act: "true",
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Looks after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}
