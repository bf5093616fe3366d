/** A file as a change leaves it. */
export interface ChangedFile {
  /** Its absolute path on the host. */
  readonly path: string;
  /**
   * Its whole content; `undefined` for a file that must not be there; a secret's comes from a variable; an edited file's
   * from a text for `/bin/sh` that reads what it held before the first change.
   */
  readonly content: string | { readonly variable: string } | { readonly edit: string } | undefined;
  /** Whether it is part of the change on this host: a text for `/bin/sh`, exit code 0. Without it, always. */
  readonly when?: string;
  /** Its mode, four octal digits. */
  readonly mode: string;
  /** Its owner and group, `root:root`. */
  readonly owner: string;
}

/**
 * What a change does on a host: all files or none of them, with one validation, one action and one check. Every part but
 * the files is a text for `/bin/sh`, run as root.
 */
export interface Change {
  /** What it is called in messages: `/etc/docker/daemon.json`, `the engine's settings`. */
  readonly title: string;
  /** Under which name the host keeps what belongs to it: the same for the same change, lower-case letters, digits, dots, dashes. */
  readonly key: string;
  /** The files, in the order in which they are swapped. */
  readonly files: readonly ChangedFile[];
  /** What the other texts use: functions and variables, read before anything is done. */
  readonly prelude?: string;
  /** Whether there is anything to do at all: with another exit code than 0, nothing is done and nothing is wrong. */
  readonly onlyIf?: string;
  /** Looked at before anything is changed; what it prints is the reason, and nothing is changed. */
  readonly precondition?: string;
  /** Whether the new files are valid: `$NEW_1`, `$NEW_2`, ... are their paths, beside the ones that they replace. */
  readonly validate?: string;
  /** Whether `act` is needed although no file changed; exit code 0 means that it is not. Without files, the guard of the command. */
  readonly unless?: string;
  /** Makes it take effect. */
  readonly act?: string;
  /** Whether it took effect; asked once a second until it says so, or the time is over. */
  readonly check?: string;
  /** For how long `check` is asked, in seconds. */
  readonly checkSeconds: number;
  /** What is done after the files were put back at destroy; without it, `act`. */
  readonly undo?: string;
  /** Whether what someone changed by hand is overwritten. */
  readonly overwrite: boolean;
}
