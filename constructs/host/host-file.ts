import { Construct, type IConstruct } from "constructs";
import { HostChange, type HostChangeOptions, type SecretContent } from "./host-change";

/** Props of a file. */
export interface HostFileProps extends HostChangeOptions {
  /** Its absolute path. Folders that are missing are made, and removed again with it. */
  readonly path: string;
  /** Its whole content. */
  readonly content: string | SecretContent;
  /**
   * Its mode, octal.
   * @default "0644", of a secret "0600"
   */
  readonly mode?: string;
  /**
   * Its owner and group.
   * @default "root:root"
   */
  readonly owner?: string;
  /**
   * Whether the new content is valid, by the program that reads it: a text for `/bin/sh`; `$NEW_1` is the new file's path.
   * @default - it is taken as it is
   */
  readonly validate?: string;
  /**
   * Makes it take effect, `systemctl reload nginx`: a text for `/bin/sh`, also run after the original was put back.
   * @default - nothing is needed
   */
  readonly act?: string;
  /**
   * Whether it took effect, asked once a second: a text for `/bin/sh`.
   * @default - not asked
   */
  readonly check?: string;
}

/**
 * A file on a host. It is written beside the old one, validated, swapped, made to take effect, checked, and the old one put
 * back where that fails. `destroy` puts back what was there before the first deploy.
 */
export class HostFile extends Construct {
  private readonly change: HostChange;

  /** @throws ValidationError host/path and the others of `HostChange` */
  constructor(scope: Construct, id: string, props: HostFileProps) {
    super(scope, id);
    const { path, content, mode, owner, ...rest } = props;
    this.change = new HostChange(this, "Change", {
      ...rest,
      title: path,
      key: keyOfPath(path),
      files: [
        {
          path,
          content,
          ...(mode === undefined ? {} : { mode }),
          ...(owner === undefined ? {} : { owner }),
        },
      ],
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Writes it after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}

/** The name under which a host keeps a file's original: its path, readable, and never that of another path. */
export function keyOfPath(path: string): string {
  const escaped = path
    .replace(/^\//, "")
    .replace(/[^a-z0-9.]/g, (c) => (c === "/" ? "-" : `_${c.codePointAt(0)?.toString(16) ?? ""}_`));
  return `file-${escaped}`;
}
