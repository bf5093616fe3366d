import { Construct, type IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { HostChange, type HostChangeOptions } from "./host-change";
import { keyOfPath } from "./host-file";
import { shellQuote } from "./shell";

/** Props of a drop-in. */
export interface SystemdDropInProps extends HostChangeOptions {
  /** The unit, `docker.service`. */
  readonly unit: string;
  /**
   * The drop-in's name; units read them in the order of their names.
   * @default "50-cdktf-docker-discovery"
   */
  readonly dropInName?: string;
  /** Its sections: `{ Service: ["ExecStart=", "ExecStart=/usr/sbin/dockerd"] }`. */
  readonly sections: Readonly<Record<string, readonly string[]>>;
  /**
   * What happens to the unit after systemd read it.
   * @default "restart"
   */
  readonly apply?: "restart" | "reload" | "nothing";
}

/** The text of a drop-in (systemd.unit(5), systemd.syntax(7)). */
export function renderDropIn(sections: Readonly<Record<string, readonly string[]>>): string {
  return Object.entries(sections)
    .map(([section, lines]) => `[${section}]\n${lines.map((line) => `${line}\n`).join("")}`)
    .join("\n");
}

/** The path of a unit's drop-in. */
export function dropInPath(unit: string, dropInName: string): string {
  return `/etc/systemd/system/${unit}.d/${dropInName}.conf`;
}

/**
 * A drop-in of a systemd unit. A unit that does not come back with it gets its old one again (systemd.unit(5)).
 */
export class SystemdDropIn extends Construct {
  private readonly change: HostChange;

  /** @throws ValidationError host/unit, host/drop-in */
  constructor(scope: Construct, id: string, props: SystemdDropInProps) {
    super(scope, id);
    const { unit, dropInName = "50-cdktf-docker-discovery", sections, apply = "restart", ...rest } = props;
    if (!/^[\w@.:-]+\.(service|socket|timer|path|target|mount|slice)$/.test(unit)) {
      throw new ValidationError(this, {
        code: "host/unit",
        prop: "unit",
        got: unit,
        allowed: `a unit's whole name, "docker.service"`,
        mend: "Give the name as systemctl list-units shows it",
      });
    }
    for (const [section, lines] of Object.entries(sections)) {
      const wrong = lines.find((line) => !/^[A-Za-z][A-Za-z0-9]*=[^\n\r\0]*$/.test(line));
      if (/^[A-Za-z][A-Za-z-]*$/.test(section) && wrong === undefined) continue;
      throw new ValidationError(this, {
        code: "host/drop-in",
        prop: `sections.${section}`,
        got: wrong ?? section,
        allowed: `a section's name, and lines "Setting=value"`,
        mend: "Give one setting a line; an empty value resets a list",
      });
    }
    const path = dropInPath(unit, dropInName);
    const name = shellQuote(unit);
    this.change = new HostChange(this, "Change", {
      ...rest,
      title: path,
      key: keyOfPath(path),
      files: [{ path, content: renderDropIn(sections) }],
      act: ["systemctl daemon-reload", ...(apply === "nothing" ? [] : [`systemctl ${apply} ${name}`])].join(
        " && ",
      ),
      ...(apply === "nothing" ? {} : { check: `systemctl is-active ${name}` }),
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Writes it after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}
