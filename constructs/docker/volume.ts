import { Volume } from "@cdktf/provider-docker/lib/volume";
import { Construct } from "constructs";
import { type Location, ValidationError } from "../core/errors";
import { sortedEntries } from "../core/objects";
import { escapeTemplate, isToken } from "../core/tokens";
import { type IDockerHost, requireSameStack } from "./docker-host";

const VOLUME_NAME = /^[a-zA-Z0-9][a-zA-Z0-9_.-]+$/;

/** A named volume of an engine. */
export interface IVolume {
  /** The volume's name on the engine. */
  readonly volumeName: string;
  /** How a container's configuration names it: the name, or a reference that orders the container behind it. */
  readonly volumeReference: string;
  /** The host that it is tied to, if it is tied to one. */
  readonly host?: IDockerHost;
}

function requireVolumeName(location: Location, prop: string, name: string): void {
  if (isToken(name) || VOLUME_NAME.test(name)) return;
  throw new ValidationError(location, {
    code: "docker/volume-name",
    prop,
    got: name,
    allowed: "two or more letters, digits, underscores, dots and hyphens, the first a letter or digit",
    mend: "Take such a name; a path on the host is a host mount",
  });
}

/**
 * A volume that the engine makes together with the first container that mounts it. Terraform never knows of it, so
 * `destroy` leaves the data where they are; `docker volume rm NAME` on the host removes them.
 */
export class RetainedVolume implements IVolume {
  /** A retained volume by its name. */
  public static named(name: string): RetainedVolume {
    return new RetainedVolume(name);
  }

  public readonly volumeReference: string;

  private constructor(public readonly volumeName: string) {
    requireVolumeName("RetainedVolume", "name", volumeName);
    this.volumeReference = volumeName;
  }
}

/** Props of a managed volume. */
export interface ManagedVolumeProps {
  /** The host on which it is made. */
  readonly host: IDockerHost;
  /**
   * The volume's name on the engine.
   * @default - the construct's id
   */
  readonly volumeName?: string;
  /**
   * The volume driver.
   * @default "local"
   */
  readonly driver?: string;
  /**
   * The driver's options; each change replaces the volume and loses what is in it.
   * @default - none
   */
  readonly driverOptions?: Readonly<Record<string, string>>;
  /**
   * Makes every plan that would destroy the volume an error (Terraform's `prevent_destroy`).
   * @default false
   */
  readonly preventDestroy?: boolean;
}

/** A volume in Terraform's state: made before its containers, destroyed with the stack, data and all. */
export class ManagedVolume extends Construct implements IVolume {
  public readonly volumeName: string;
  public readonly volumeReference: string;
  public readonly host: IDockerHost;

  constructor(scope: Construct, id: string, props: ManagedVolumeProps) {
    super(scope, id);
    requireSameStack(this, props.host);
    this.host = props.host;
    this.volumeName = props.volumeName ?? id;
    requireVolumeName(this, "volumeName", this.volumeName);
    props.host.claims.claim("volume name", this.volumeName, this, "volumeName");
    const resource = new Volume(this, "Resource", {
      provider: props.host.provider,
      name: escapeTemplate(this.volumeName),
      driver: escapeTemplate(props.driver ?? "local"),
      ...(props.driverOptions === undefined
        ? {}
        : {
            driverOpts: Object.fromEntries(
              sortedEntries(props.driverOptions).map(([key, value]) => [
                escapeTemplate(key),
                escapeTemplate(value),
              ]),
            ),
          }),
      ...(props.preventDestroy === true ? { lifecycle: { preventDestroy: true } } : {}),
    });
    this.volumeReference = resource.name;
  }
}
