import { readFileSync } from "node:fs";
import { Fn } from "cdktf";
import { type Location, ValidationError } from "../core/errors";
import { isToken, splitAtTokens } from "../core/tokens";

/** Options of an uploaded file. */
export interface ContainerFileOptions {
  /**
   * The permissions, in octal: `"0644"`. The owner is always root.
   * @default "0644"
   */
  readonly permissions?: string;
}

/**
 * A file that is put into the container before it starts. Its parents are made; it belongs to root; it reaches
 * volumes. Its content lies in Terraform's state in plain text, so it is no place for secrets.
 */
export class ContainerFile {
  /** A file with this text. @param path in the container, absolute */
  public static text(path: string, text: string, options: ContainerFileOptions = {}): ContainerFile {
    return new ContainerFile(path, text, options.permissions ?? "0644");
  }

  /**
   * A copy of a file of this machine, read when the app is synthesized; bytes arrive as they are.
   * @param path in the container, absolute
   * @param source on this machine
   */
  public static copyOf(path: string, source: string, options: ContainerFileOptions = {}): ContainerFile {
    return new ContainerFile(path, readFileSync(source), options.permissions ?? "0644");
  }

  private constructor(
    /** The path in the container. */
    public readonly path: string,
    /** What is in it. */
    public readonly content: string | Buffer,
    /** The permissions, in octal. */
    public readonly permissions: string,
  ) {}

  /** The content as text, if it is text whose bytes are known at synth. */
  public get knownText(): string | undefined {
    if (typeof this.content !== "string") return this.content.toString("utf8");
    return isToken(this.content) ? undefined : this.content;
  }

  /** The content in base64, or an expression that gives it where Terraform alone knows the text. */
  public toBase64(): string {
    if (typeof this.content !== "string") return this.content.toString("base64");
    if (isToken(this.content)) {
      // Literal parts go in as base64: CDKTF leaves quotes and backslashes in a function's arguments as they are.
      const parts = splitAtTokens(this.content).map((part) =>
        isToken(part) ? part : Fn.base64decode(Buffer.from(part, "utf8").toString("base64")),
      );
      return Fn.base64encode(Fn.join("", parts));
    }
    return Buffer.from(this.content, "utf8").toString("base64");
  }

  /**
   * Checks path, permissions and content.
   * @throws ValidationError docker/file-path, docker/file-permissions, docker/file-empty
   */
  public validate(location: Location, prop: string): void {
    if (!isToken(this.path) && !/^\/[^\0]*[^/\0]$/.test(this.path)) {
      throw new ValidationError(location, {
        code: "docker/file-path",
        prop: `${prop}.path`,
        got: this.path,
        allowed: "an absolute path of a file in the container",
        mend: "Begin with / and end with the file's name",
      });
    }
    if (!isToken(this.permissions) && !/^0?[0-7]{3}$/.test(this.permissions)) {
      throw new ValidationError(location, {
        code: "docker/file-permissions",
        prop: `${prop}.permissions`,
        got: this.permissions,
        allowed: "three octal digits, with a leading 0 or without",
        mend: 'Write them as in chmod: "0644"',
      });
    }
    if (this.content.length === 0) {
      throw new ValidationError(location, {
        code: "docker/file-empty",
        prop: `${prop}.content`,
        got: "",
        allowed: "at least one byte: the provider refuses empty files when it applies",
        mend: "Write a comment or a newline into it, or leave the file out",
      });
    }
  }
}
