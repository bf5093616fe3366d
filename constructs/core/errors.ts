import type { IConstruct } from "constructs";
import { showValue } from "./secrets";

/** What is wrong with one value, and how it is mended. */
export interface Fault {
  /**
   * A stable code, `<room>/<what-is-wrong>`, for programs and for the docs (docs/errors.md lists all of them).
   */
  readonly code: string;
  /** The prop, in the caller's words: `ports[1].hostAddress`. */
  readonly prop: string;
  /** What was given. Shown as JSON, shortened; masked where the prop's name tells of a secret. */
  readonly got: unknown;
  /** What is allowed, as the end of the sentence "allowed is ...". */
  readonly allowed: string;
  /** How to mend it: one imperative sentence without its full stop. */
  readonly mend: string;
}

/** Where a fault is: a construct, or a path in words where there is no construct (in a renderer, in an environment). */
export type Location = IConstruct | string;

/** The text of a location: a construct's path in the tree, or the words themselves. */
export function pathOf(location: Location): string {
  if (typeof location === "string") return location;
  return location.node.path === "" ? "(app)" : location.node.path;
}

/**
 * A value that cannot be right, found before anything is written.
 *
 * The message names the construct's path, the prop, what it got, what is allowed and how to mend it.
 */
export class ValidationError extends Error {
  /** The stable code, `<room>/<what-is-wrong>`. */
  public readonly code: string;
  /** The construct's path, or the place in words. */
  public readonly path: string;
  /** The prop that is wrong. */
  public readonly prop: string;

  constructor(location: Location, fault: Fault) {
    const path = pathOf(location);
    super(
      `${path}: ${fault.prop}: got ${showValue(fault.prop, fault.got)}; allowed is ${fault.allowed}. ${fault.mend}. [${fault.code}]`,
    );
    this.name = "ValidationError";
    this.code = fault.code;
    this.path = path;
    this.prop = fault.prop;
  }
}

/** Several faults that were found in one pass; the message has a line for each. */
export class ValidationErrors extends Error {
  /** The faults, in the order in which they were found. */
  public readonly errors: readonly ValidationError[];

  constructor(subject: string, errors: readonly ValidationError[]) {
    const count = errors.length === 1 ? "1 fault" : `${errors.length} faults`;
    super([`${subject}: ${count}`, ...errors.map((error) => `  - ${error.message}`)].join("\n"));
    this.name = "ValidationErrors";
    this.errors = [...errors];
  }
}

/** Collects faults, so that one pass can show all of them together. */
export class Faults {
  private readonly found: ValidationError[] = [];

  /** The faults so far. */
  public get all(): readonly ValidationError[] {
    return [...this.found];
  }

  /** Notes one fault. */
  public add(location: Location, fault: Fault): void {
    this.found.push(new ValidationError(location, fault));
  }

  /**
   * Runs a check that throws, and keeps what it threw. Errors that are not about validation go through.
   * @returns what the check returned, or undefined if it threw
   */
  public try<T>(check: () => T): T | undefined {
    try {
      return check();
    } catch (error) {
      if (error instanceof ValidationError) this.found.push(error);
      else if (error instanceof ValidationErrors) this.found.push(...error.errors);
      else throw error;
      return undefined;
    }
  }

  /**
   * Throws all faults together.
   * @throws ValidationErrors if there is at least one
   */
  public throwIfAny(subject: string): void {
    if (this.found.length > 0) throw new ValidationErrors(subject, this.found);
  }
}
