import { Construct, type IConstruct } from "constructs";
import { ValidationError } from "../core/errors";
import { HostChange, type HostChangeOptions } from "./host-change";

/** Props of a guarded command. Its texts are for `/bin/sh`, run as root. */
export interface HostCommandProps extends HostChangeOptions {
  /** The command's name on the host, lower-case letters, digits and hyphens: no other command of the host has it. */
  readonly commandName: string;
  /** Whether it is done already: exit code 0. Asked before, and again after the command until it holds. */
  readonly unless: string;
  /** Does it. */
  readonly run: string;
  /**
   * Undoes it at destroy.
   * @default - nothing is undone
   */
  readonly undo?: string;
}

/** A command on a host that is run only where its guard says that it is needed. */
export class HostCommand extends Construct {
  private readonly change: HostChange;

  /** @throws ValidationError host/command-name */
  constructor(scope: Construct, id: string, props: HostCommandProps) {
    super(scope, id);
    const { commandName, unless, run, undo, ...rest } = props;
    if (!/^[a-z0-9][a-z0-9-]*$/.test(commandName)) {
      throw new ValidationError(this, {
        code: "host/command-name",
        prop: "commandName",
        got: commandName,
        allowed: "lower-case letters, digits and hyphens",
        mend: "Give a short name that no other command of this host has",
      });
    }
    this.change = new HostChange(this, "Change", {
      ...rest,
      title: commandName,
      key: `command-${commandName}`,
      unless,
      act: run,
      check: unless,
      ...(undo === undefined ? {} : { undo }),
    });
    this.node.defaultChild = this.change.node.defaultChild;
  }

  /** Runs it after others are there. */
  public applyAfter(...others: readonly IConstruct[]): this {
    this.change.applyAfter(...others);
    return this;
  }
}
