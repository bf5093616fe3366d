import { createHash } from "node:crypto";
import { DataResource, type TerraformResource, type TerraformVariable } from "cdktf";
import { Construct, type IConstruct } from "constructs";
import type { Duration } from "../core/duration";
import { ValidationError } from "../core/errors";
import { escapeTemplate, isToken } from "../core/tokens";
import type { Change, ChangedFile } from "./change";
import { renderChangeScript, renderRestoreScript } from "./change-script";
import { scriptParts } from "./script-parts";
import { shellQuote } from "./shell";
import { type ISshHost, sshCommandLine } from "./ssh-host";

/**
 * A text that must not be written down. Its variable becomes sensitive and ephemeral (Terraform 1.10, OpenTofu 1.11), and
 * is used in a provisioner alone, so that neither state nor plan holds its value.
 */
export interface SecretContent {
  /** The variable, set as `TF_VAR_<name>` when Terraform runs. */
  readonly variable: TerraformVariable;
  /** The secret's version. Terraform cannot see that the value changed: another version is what replaces it on the host. */
  readonly version: string;
}

/**
 * A file that is edited on the host. It is made anew from what it held before the first change, so a line that someone adds
 * later counts as a change by hand. It keeps its mode and owner.
 */
export interface EditedContent {
  /** A text for `/bin/sh`: reads that on standard input (nothing, where there was no file) and prints the new content. */
  readonly edit: string;
}

/** A file of a change. */
export interface HostChangeFile {
  /** Its absolute path on the host. */
  readonly path: string;
  /** Its whole content; `undefined` for a file that must not be there. */
  readonly content: string | SecretContent | EditedContent | undefined;
  /**
   * Whether it is part of the change on this host: a text for `/bin/sh`, exit code 0. One that was and is not any more is
   * put back.
   * @default - always
   */
  readonly when?: string;
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
}

/** What all changes of a host have in common. */
export interface HostChangeOptions {
  /** The host. */
  readonly host: ISshHost;
  /**
   * For how long the check is asked until it holds.
   * @default Duration.seconds(60)
   */
  readonly timeout?: Duration;
  /**
   * Overwrites what someone changed on the host by hand since the last deploy. Without it such a change is reported, and
   * the deploy fails before it touches anything.
   * @default false
   */
  readonly overwriteManualChanges?: boolean;
}

/** Props of a change. Its commands are texts for `/bin/sh`, run as root. */
export interface HostChangeProps extends HostChangeOptions {
  /** What it is called in messages. */
  readonly title: string;
  /** Under which name the host keeps what belongs to it; a later deploy finds it by this name alone. */
  readonly key: string;
  /**
   * The files, swapped together.
   * @default - none
   */
  readonly files?: readonly HostChangeFile[];
  /**
   * Functions and variables that the other texts use, read before anything is done. `$home` is the folder where the host
   * keeps what belongs to the change.
   * @default - none
   */
  readonly prelude?: string;
  /**
   * Whether there is anything to do at all, asked first; another exit code than 0 ends it there, without an error.
   * @default - there is
   */
  readonly onlyIf?: string;
  /**
   * What must hold before anything is changed; what it prints is shown.
   * @default - nothing
   */
  readonly precondition?: string;
  /**
   * Whether the new files are valid; `$NEW_1`, `$NEW_2` are their paths.
   * @default - they are taken as they are
   */
  readonly validate?: string;
  /**
   * Exit code 0 means that there is nothing to do, if no file changed.
   * @default - with files: nothing is done; without: it is done at every change of these props
   */
  readonly unless?: string;
  /**
   * Makes the change take effect: a reload, a restart. `$phase` says when it is run: `change`; `rollback`, after the old
   * files were put back; `restore`, at destroy. `$home` is the folder where the host keeps the old files meanwhile
   * (`$home/1/previous`), in phase `change`.
   * @default - nothing is needed
   */
  readonly act?: string;
  /**
   * Whether it took effect, asked once a second.
   * @default - not asked
   */
  readonly check?: string;
  /**
   * What is run after the original was put back at destroy.
   * @default - `act`, where there are files
   */
  readonly undo?: string;
  /**
   * What plan review and operators are told of it, `cdktf-docker-discovery.action`: `engine-restart`.
   * @default - nothing
   */
  readonly action?: string;
  /**
   * Further values that make the change be applied again when they change.
   * @default - none
   */
  readonly triggers?: Readonly<Record<string, string>>;
}

/** The last line of a script: one that arrived in part is not run. */
const LAST_LINE = "# the end";

/**
 * Receives a script whole, in memory rather than on a disk that may be full, and runs it. A login shell other than sh
 * reads nothing but one quoted word.
 */
const RECEIVE = [
  `t=$(mktemp -p /run 2>/dev/null || mktemp) || exit 1`,
  `trap "rm -f $t" EXIT`,
  `cat >"$t"`,
  `[ "$(tail -n 1 "$t")" = "${LAST_LINE}" ] || { echo "the connection broke before anything was done" >&2; exit 1; }`,
  `sh "$t" </dev/null`,
].join("; ");

/**
 * A change of a host: files, a validation, an action, a check. All of it takes effect, or nothing does.
 *
 * Two `terraform_data` make it: one lives as long as the change does and puts the original back when it is destroyed; the
 * other is replaced, and its script run, whenever the content, a command or the host's keys change. A change that is
 * taken out of the configuration while others stay is not undone by Terraform, whose destroy-time provisioners go with
 * the configuration: destroy it first, `terraform destroy -target`, or leave a `removed` block with its provisioner.
 */
export class HostChange extends Construct {
  /** The host that is changed. */
  public readonly host: ISshHost;
  /** What is changed, as plans and errors say it. */
  public readonly title: string;
  /** The hash of all that makes the change be applied again. */
  public readonly hash: string;
  private readonly applied: DataResource;
  private readonly original: DataResource;

  /** @throws ValidationError host/path, host/mode, host/owner, host/token, host/secret, host/script-size, host/key */
  constructor(scope: Construct, id: string, props: HostChangeProps) {
    super(scope, id);
    const { host } = props;
    this.host = host;
    this.title = props.title;
    const secrets = new Map<string, SecretContent>();
    const files = (props.files ?? []).map((file, i) => this.fileOf(file, `files[${i}]`, secrets));
    this.requireTexts(props);
    const change: Change = {
      title: `${host.hostName}: ${props.title}`,
      key: props.key,
      files,
      checkSeconds: Math.ceil((props.timeout?.toMilliseconds() ?? 60_000) / 1000),
      overwrite: props.overwriteManualChanges ?? false,
      ...copyTexts(props),
    };
    this.hash = hashOf({
      ...change,
      overwrite: undefined,
      title: undefined,
      hostKeys: host.hostKeys,
      secrets: [...secrets].map(([variable, { version }]) => [variable, version]),
      triggers: props.triggers ?? {},
    });
    const ssh = `${sshCommandLine(host)} ${shellQuote(`${host.elevation}sh -c ${shellQuote(RECEIVE)}`)}`;
    this.original = new DataResource(this, "Original", {
      input: { host: host.hostName, change: props.title, ssh: escapeTemplate(ssh) },
      triggersReplace: { key: props.key, paths: files.map(({ path }) => path).join(" ") },
    });
    const restore = this.chunks(renderRestoreScript(change));
    this.original.provisioners = [
      {
        type: "local-exec",
        when: "destroy",
        command: command(Object.keys(restore), []),
        environment: {
          HOST: host.hostName,
          SSH: "${self.input.ssh}",
          ...restore,
        },
      },
    ];
    this.applied = new DataResource(this, "Resource", {
      input: {
        "cdktf-docker-discovery.host": host.hostName,
        ...(props.action === undefined ? {} : { "cdktf-docker-discovery.action": props.action }),
        change: props.title,
        files: Object.fromEntries(
          files.map(({ path, content }) => [
            path,
            content === undefined
              ? "(absent)"
              : typeof content === "string"
                ? escapeTemplate(content)
                : "edit" in content
                  ? "(edited on the host)"
                  : "(secret)",
          ]),
        ),
      },
      triggersReplace: { hash: this.hash },
      dependsOn: [this.original],
    });
    const apply = this.chunks(renderChangeScript(change));
    this.applied.provisioners = [
      {
        type: "local-exec",
        command: command(Object.keys(apply), [...secrets.keys()]),
        environment: {
          HOST: host.hostName,
          SSH: escapeTemplate(ssh),
          ...Object.fromEntries([...secrets].map(([name, { variable }]) => [name, variable.stringValue])),
          ...apply,
        },
      },
    ];
    this.node.defaultChild = this.applied;
  }

  /** Applies this change after the others, and puts originals back before them. */
  public applyAfter(...others: readonly IConstruct[]): this {
    const resources = others.map(({ node }) => node.defaultChild as TerraformResource);
    for (const resource of [this.applied, this.original]) {
      resource.dependsOn = [
        ...(resource.dependsOn ?? []),
        ...resources.map((other) => `${other.terraformResourceType}.${other.friendlyUniqueId}`),
      ];
    }
    return this;
  }

  private fileOf(file: HostChangeFile, prop: string, secrets: Map<string, SecretContent>): ChangedFile {
    const { path, content, owner = "root:root", when } = file;
    const mode = file.mode ?? (typeof content === "object" && "variable" in content ? "0600" : "0644");
    const common = { path, mode, owner, ...(when === undefined ? {} : { when }) };
    this.requireText(`${prop}.when`, when);
    // eslint-disable-next-line no-control-regex -- those are what a path must not hold
    if (isToken(path) || !/^(\/[^/\0-\x1f]+)+$/.test(path) || /\/\.\.?(\/|$)/.test(path)) {
      this.fail(
        "host/path",
        `${prop}.path`,
        path,
        "an absolute path without . and .. in it",
        "Write the whole path down",
      );
    }
    if (!/^0?[0-7]{3}$/.test(mode)) {
      this.fail(
        "host/mode",
        `${prop}.mode`,
        mode,
        `three octal digits after a 0, "0644"`,
        "Give the mode as chmod takes it",
      );
    }
    if (!/^[a-z_][\w.-]*:[a-z_][\w.-]*$/.test(owner)) {
      this.fail("host/owner", `${prop}.owner`, owner, `a user and a group, "root:root"`, "Give both names");
    }
    if (typeof content === "object" && "edit" in content) {
      this.requireText(`${prop}.content.edit`, content.edit);
      return { ...common, content };
    }
    if (typeof content === "object") {
      const { variable, version } = content;
      variable.addOverride("sensitive", true);
      variable.addOverride("ephemeral", true);
      if (version.trim() === "") {
        this.fail(
          "host/secret",
          `${prop}.content.version`,
          version,
          "a version",
          "Give one, and another with each new value",
        );
      }
      const name = `SECRET_${secrets.size + 1}`;
      secrets.set(name, content);
      return { ...common, content: { variable: name } };
    }
    if (isToken(content)) {
      this.fail(
        "host/token",
        `${prop}.content`,
        "a value that is known only when Terraform runs",
        "a text that is known at synth",
        "Write it down, or give a secret as { variable, version }",
      );
    }
    return { ...common, content };
  }

  private requireText(prop: string, text: string | undefined): void {
    if (text === undefined || (!isToken(text) && text.trim() !== "" && !text.includes("\0"))) return;
    this.fail(
      "host/token",
      prop,
      text,
      "a text for /bin/sh that is known at synth",
      "Write the command down, or leave the prop out",
    );
  }

  private requireTexts(props: HostChangeProps): void {
    for (const name of TEXTS) this.requireText(name, props[name]);
    if (!/^[a-z0-9][a-z0-9._-]*$/.test(props.key)) {
      this.fail(
        "host/key",
        "key",
        props.key,
        "lower-case letters, digits, dots, underscores and hyphens",
        "Give a name of its own: the host keeps the originals under it",
      );
    }
  }

  /** The script in parts that an environment variable can hold. */
  private chunks(script: string): Readonly<Record<string, string>> {
    return scriptParts(
      this,
      `${script}${LAST_LINE}\n`,
      "files",
      "Put large files into an image or a package",
    );
  }

  private fail(code: string, prop: string, got: unknown, allowed: string, mend: string): never {
    throw new ValidationError(this, { code, prop, got, allowed, mend });
  }
}

const TEXTS = ["prelude", "onlyIf", "precondition", "validate", "unless", "act", "check", "undo"] as const;

function copyTexts(props: HostChangeProps): Partial<Change> {
  return Object.fromEntries(
    TEXTS.flatMap((name) => (props[name] === undefined ? [] : [[name, props[name]]])),
  );
}

/** What runs on the machine that runs Terraform. Errors show it, so the script itself is not in it. */
function command(parts: readonly string[], secrets: readonly string[]): string {
  const send = [
    ...secrets.map((name) => `printf "%s='%s'\\n" ${name} "$(printf %s "$${name}" | base64 | tr -d '\\n')"`),
    `printf %s ${parts.map((name) => `"$${name}"`).join(" ")}`,
  ].join("; ");
  const explain = `echo "$HOST: ssh did not reach it, or its host key is not the declared one; nothing more was done there" >&2`;
  return escapeTemplate(
    `{ ${send}; } | eval "$SSH" || { code=$?; [ $code -ne 255 ] || ${explain}; exit $code; }`,
  );
}

function hashOf(value: unknown): string {
  return createHash("sha256").update(JSON.stringify(value)).digest("hex").slice(0, 32);
}
