import { Duration } from "../core/duration";
import { type Location, ValidationError } from "../core/errors";

/** Times and counts of a container's health check. */
export interface HealthCheckOptions {
  /**
   * The time between two runs.
   * @default Duration.seconds(30), Docker's own
   */
  readonly interval?: Duration;
  /**
   * The time after which a run counts as failed; at most the interval.
   * @default - Docker's 30 s, or the interval where that is shorter
   */
  readonly timeout?: Duration;
  /**
   * How many failures in a row make the container unhealthy, 1 or more.
   * @default 3
   */
  readonly retries?: number;
  /**
   * The time after the start in which failures do not count.
   * @default Duration.seconds(0)
   */
  readonly startPeriod?: Duration;
}

/** How the engine finds out whether a container is healthy: the HEALTHCHECK of a Dockerfile. */
export class HealthCheck {
  /** Runs a program of the container, without a shell. Exit status 0 is healthy. */
  public static exec(command: readonly [string, ...string[]], options: HealthCheckOptions = {}): HealthCheck {
    return new HealthCheck(["CMD", ...command], options);
  }

  /** Runs a line in the container's shell. Exit status 0 is healthy. */
  public static shell(commandLine: string, options: HealthCheckOptions = {}): HealthCheck {
    return new HealthCheck(["CMD-SHELL", commandLine], options);
  }

  /** Turns off the check that the image brings. */
  public static none(): HealthCheck {
    return new HealthCheck(["NONE"], {});
  }

  /** The time between two runs. */
  public readonly interval: Duration;
  /** The time after which a run counts as failed. */
  public readonly timeout: Duration;
  /** How many failures in a row make the container unhealthy. */
  public readonly retries: number;
  /** The time after the start in which failures do not count. */
  public readonly startPeriod: Duration;

  private constructor(
    /** Docker's form of the command: `CMD`, `CMD-SHELL` or `NONE` first. */
    public readonly test: readonly string[],
    options: HealthCheckOptions,
  ) {
    this.interval = options.interval ?? Duration.seconds(30);
    const ownTimeout = Duration.seconds(30);
    this.timeout = options.timeout ?? (ownTimeout.isLongerThan(this.interval) ? this.interval : ownTimeout);
    this.retries = options.retries ?? 3;
    this.startPeriod = options.startPeriod ?? Duration.seconds(0);
  }

  /** Whether this turns the image's check off. */
  public get isNone(): boolean {
    return this.test[0] === "NONE";
  }

  /**
   * Checks the times against each other.
   * @throws ValidationError docker/health-check-command, docker/health-check-interval, docker/health-check-timeout,
   * docker/health-check-retries
   */
  public validate(location: Location, prop: string): void {
    const fail = (code: string, field: string, got: unknown, allowed: string, mend: string): never => {
      throw new ValidationError(location, { code, prop: `${prop}.${field}`, got, allowed, mend });
    };
    if (!this.isNone && (this.test[1] ?? "").trim() === "") {
      fail(
        "docker/health-check-command",
        "command",
        this.test.slice(1),
        "a command",
        "Give the program that checks, or HealthCheck.none()",
      );
    }
    if (this.interval.isZero()) {
      fail(
        "docker/health-check-interval",
        "interval",
        this.interval,
        "more than 0 s",
        "Give the time between two runs",
      );
    }
    if (this.timeout.isZero() || this.timeout.isLongerThan(this.interval)) {
      fail(
        "docker/health-check-timeout",
        "timeout",
        this.timeout,
        `more than 0 s and at most the interval (${this.interval.toString()})`,
        "Shorten the timeout or lengthen the interval: runs would overlap",
      );
    }
    if (!Number.isInteger(this.retries) || this.retries < 1) {
      fail(
        "docker/health-check-retries",
        "retries",
        this.retries,
        "a whole number, 1 or more",
        "Give how many failures in a row make the container unhealthy",
      );
    }
  }
}
