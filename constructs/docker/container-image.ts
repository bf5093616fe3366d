import { Image } from "@cdktf/provider-docker/lib/image";
import { type Location, ValidationError } from "../core/errors";
import { escapeTemplate, isToken } from "../core/tokens";
import type { IDockerHost } from "./docker-host";

const REPOSITORY =
  /^(?:[A-Za-z0-9](?:[A-Za-z0-9.-]*[A-Za-z0-9])?(?::\d{1,5})?\/)?[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*(?:\/[a-z0-9]+(?:(?:\.|_{1,2}|-+)[a-z0-9]+)*)*$/;
const TAG = /^\w[\w.-]{0,127}$/;
const DIGEST = /^sha256:[0-9a-f]{64}$/;

/** Options of an image named by its digest. */
export interface DigestOptions {
  /** The tag that the digest had when it was looked up: it keeps the image's name readable, and registrator's too. */
  readonly tag?: string;
}

/** An image's resource on a host, and the reference to its name. */
interface MadeImage {
  readonly image: Image;
  readonly reference: string;
}

/** An image by exact name. The grammar is that of the distribution project's `reference` package. */
export class ContainerImage {
  /**
   * An image by repository and tag.
   * @throws ValidationError docker/image-latest, docker/image-tag, docker/image-repository
   */
  public static tag(repository: string, tag: string): ContainerImage {
    if (tag === "latest") {
      throw new ValidationError("ContainerImage", {
        code: "docker/image-latest",
        prop: "tag",
        got: `${repository}:latest`,
        allowed: "a tag that names a version, or a digest",
        mend: "Give the version that you tested: latest is another image tomorrow",
      });
    }
    return new ContainerImage(repository, tag);
  }

  /**
   * An image by repository and digest, `sha256:` and 64 hexadecimal digits.
   * @throws ValidationError docker/image-digest, docker/image-tag, docker/image-repository
   */
  public static digest(repository: string, digest: string, options: DigestOptions = {}): ContainerImage {
    return new ContainerImage(repository, options.tag, digest);
  }

  /**
   * An image by its whole name: `repository:tag`, `repository@sha256:...` or `repository:tag@sha256:...`.
   * @throws ValidationError docker/image-latest for a name without tag and digest, and as `tag` and `digest` do
   */
  public static parse(name: string, location: Location = "ContainerImage"): ContainerImage {
    const [rest = "", digest] = name.split("@", 2);
    const colon = rest.lastIndexOf(":");
    const hasTag = colon > rest.lastIndexOf("/");
    const repository = hasTag ? rest.slice(0, colon) : rest;
    const tag = hasTag ? rest.slice(colon + 1) : undefined;
    if (digest !== undefined) return new ContainerImage(repository, tag, digest);
    if (tag === undefined || tag === "latest") {
      throw new ValidationError(location, {
        code: "docker/image-latest",
        prop: "image",
        got: name,
        allowed: "a name with a tag that names a version, or with a digest",
        mend: "Give the version that you tested: a bare name means latest, which is another image tomorrow",
      });
    }
    return new ContainerImage(repository, tag);
  }

  private constructor(
    /** The repository, with its registry where there is one. */
    public readonly repository: string,
    /** The tag, if there is one. */
    public readonly imageTag?: string,
    /** The digest, if there is one. */
    public readonly imageDigest?: string,
  ) {
    const fail = (code: string, prop: string, got: string, allowed: string, mend: string): never => {
      throw new ValidationError("ContainerImage", { code, prop, got, allowed, mend });
    };
    if (!isToken(repository) && !REPOSITORY.test(repository)) {
      fail(
        "docker/image-repository",
        "repository",
        repository,
        "a repository such as registry.example.com/shop/web, in lower case",
        "Give the name without scheme, tag and digest",
      );
    }
    if (imageTag !== undefined && !isToken(imageTag) && !TAG.test(imageTag)) {
      fail(
        "docker/image-tag",
        "tag",
        imageTag,
        "1 to 128 letters, digits, underscores, dots and hyphens",
        "Give the tag alone",
      );
    }
    if (imageDigest !== undefined && !isToken(imageDigest) && !DIGEST.test(imageDigest)) {
      fail(
        "docker/image-digest",
        "digest",
        imageDigest,
        "sha256: and 64 hexadecimal digits in lower case",
        "Take the digest that the registry shows for the tag",
      );
    }
  }

  /** The whole name, as the engine is asked for it. */
  public get name(): string {
    return `${this.repository}${this.imageTag === undefined ? "" : `:${this.imageTag}`}${this.imageDigest === undefined ? "" : `@${this.imageDigest}`}`;
  }

  /** The repository's last part: what registrator names services after, if nothing else names them. */
  public get baseName(): string {
    return this.repository.slice(this.repository.lastIndexOf("/") + 1);
  }

  /** The same as `name`, for messages. */
  public toJSON(): string {
    return this.name;
  }

  /**
   * The image on a host: one `docker_image` for each name and platform. It is kept when it is destroyed: other
   * users of that name on the host would lose it.
   * @param platform `os[/arch[/variant]]`
   * @default - platform: the engine's own
   */
  public on(host: IDockerHost, platform?: string): Image {
    return this.madeOn(host, platform).image;
  }

  /**
   * How a container on a host names the image: a reference that orders the container behind it.
   * @param platform `os[/arch[/variant]]`
   * @default - platform: the engine's own
   */
  public referenceOn(host: IDockerHost, platform?: string): string {
    return this.madeOn(host, platform).reference;
  }

  private madeOn(host: IDockerHost, platform: string | undefined): MadeImage {
    const key = platform === undefined ? this.name : `${this.name} ${platform}`;
    let images = ContainerImage.made.get(host.provider);
    if (images === undefined) ContainerImage.made.set(host.provider, (images = new Map<string, MadeImage>()));
    let made = images.get(key);
    if (made === undefined) {
      // "|" stands in no image's name, so no two names become one id.
      const image = new Image(host, `image-${key.replaceAll("/", "|")}`, {
        provider: host.provider,
        name: escapeTemplate(this.name),
        keepLocally: true,
        ...(platform === undefined ? {} : { platform: escapeTemplate(platform) }),
      });
      // Kept, because CDKTF makes a new token, with a stack trace, each time that it is asked for the name.
      made = { image, reference: image.name };
      images.set(key, made);
    }
    return made;
  }

  private static readonly made = new WeakMap<object, Map<string, MadeImage>>();
}
