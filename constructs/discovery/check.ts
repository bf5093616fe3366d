import type { Duration } from "../core/duration";
import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";

/** What is common to the checks of a registered service. Times are of the agent that runs the check. */
export interface CheckOptions {
  /**
   * The time between two runs.
   * @default Duration.seconds(10)
   */
  readonly interval?: Duration;
  /**
   * The time after which a run counts as failed; at most the interval.
   * @default - the agent's own default (10 s in Consul), or the interval where that is shorter
   */
  readonly timeout?: Duration;
  /**
   * The status before the first run. `passing` lets a new instance be found at once; a check of a service that is
   * slow to start had better begin as `critical`.
   * @default "critical"
   */
  readonly initialStatus?: "passing" | "warning" | "critical";
  /**
   * Removes the service from the catalogue once its check has been critical for this long. Consul's minimum is a
   * minute.
   * @default - never
   */
  readonly deregisterCriticalServiceAfter?: Duration;
}

/** Options of an HTTP or HTTPS check. */
export interface HttpCheckOptions extends CheckOptions {
  /**
   * The request's method.
   * @default "GET"
   */
  readonly method?: "GET" | "HEAD" | "POST" | "PUT" | "DELETE" | "OPTIONS" | "PATCH";
}

/** Options of an HTTPS check. */
export interface HttpsCheckOptions extends HttpCheckOptions {
  /**
   * Verifies the service's certificate. Turning this off is for certificates that name no address.
   * @default true
   */
  readonly verifyTls?: boolean;
}

/** Options of a gRPC check. */
export interface GrpcCheckOptions extends CheckOptions {
  /**
   * Speaks TLS.
   * @default true
   */
  readonly tls?: boolean;
}

/** The kinds of check, as registrator's `SERVICE_CHECK_*` words name them. */
export type CheckKind = "http" | "https" | "tcp" | "ttl" | "grpc" | "script";

/**
 * How a registered service is checked by the agent that it is registered with. Follows registrator's page on its
 * Consul backend, and Consul's "Define health checks".
 */
export class Check {
  /** GET (or another method) of a path; 2xx passes, 429 warns, all else is critical. */
  public static http(path: string, options: HttpCheckOptions = {}): Check {
    return new Check("http", path, options);
  }

  /** The same over TLS. */
  public static https(path: string, options: HttpsCheckOptions = {}): Check {
    return new Check("https", path, options);
  }

  /** Connects to the registered port. */
  public static tcp(options: CheckOptions = {}): Check {
    return new Check("tcp", "true", options);
  }

  /** The service itself reports, at least once in this time. */
  public static ttl(
    ttl: Duration,
    options: Pick<CheckOptions, "initialStatus" | "deregisterCriticalServiceAfter"> = {},
  ): Check {
    return new Check("ttl", ttl.toGoString(), options, ttl);
  }

  /** The gRPC health checking protocol on the registered port. */
  public static grpc(options: GrpcCheckOptions = {}): Check {
    return new Check("grpc", "true", options);
  }

  /**
   * A program that the agent runs on its own host; `$SERVICE_IP` and `$SERVICE_PORT` are put in by registrator, which
   * hands the line on as the program's path, so it takes no arguments there. Only where the agent runs script checks
   * that come through its API (`enable_script_checks`; `enable_local_script_checks` is not enough).
   */
  public static script(commandLine: string, options: CheckOptions = {}): Check {
    return new Check("script", commandLine, options);
  }

  private constructor(
    /** Which kind of check this is. */
    public readonly kind: CheckKind,
    /** The path, the time to live or the command line; `true` where there is nothing to say. */
    public readonly target: string,
    /** The options as given. */
    public readonly options: CheckOptions & HttpsCheckOptions & GrpcCheckOptions,
    private readonly ttl?: Duration,
  ) {}

  /** Tells whether the agent needs to reach the service over the network for this check. */
  public get usesNetwork(): boolean {
    return this.kind !== "ttl" && this.kind !== "script";
  }

  /**
   * Checks the options against each other.
   * @throws ValidationError discovery/check-path, discovery/check-interval, discovery/check-timeout,
   * discovery/check-ttl, discovery/check-deregister
   */
  public validate(location: Location, prop: string): void {
    const { interval, timeout, deregisterCriticalServiceAfter: after } = this.options;
    const fail = (code: string, field: string, got: unknown, allowed: string, mend: string): never => {
      throw new ValidationError(location, { code, prop: `${prop}.${field}`, got, allowed, mend });
    };
    if (
      (this.kind === "http" || this.kind === "https") &&
      !isToken(this.target) &&
      !/^\/[\x21-\x7e]*$/.test(this.target)
    ) {
      fail(
        "discovery/check-path",
        "path",
        this.target,
        "a path that begins with / and holds no spaces",
        "Write the path as it stands in the request, encoded",
      );
    }
    if (this.kind === "script" && (this.target.trim() === "" || /[\r\n]/.test(this.target))) {
      fail(
        "discovery/check-path",
        "commandLine",
        this.target,
        "one line that is not empty",
        "Write the command on one line, or in a script of the agent's",
      );
    }
    if (interval?.isZero()) {
      fail(
        "discovery/check-interval",
        "interval",
        interval,
        "more than 0 s",
        "Give the time between two runs, such as Duration.seconds(10)",
      );
    }
    if (
      timeout !== undefined &&
      (timeout.isZero() || timeout.toMilliseconds() > (interval?.toMilliseconds() ?? 10_000))
    ) {
      fail(
        "discovery/check-timeout",
        "timeout",
        timeout,
        `more than 0 s and at most the interval (${interval?.toString() ?? "10s"})`,
        "Shorten the timeout or lengthen the interval",
      );
    }
    if (this.ttl?.isZero()) {
      fail(
        "discovery/check-ttl",
        "ttl",
        this.ttl,
        "more than 0 s",
        "Give the longest time between two reports of the service",
      );
    }
    if (after !== undefined && after.toMilliseconds() < 60_000) {
      fail(
        "discovery/check-deregister",
        "deregisterCriticalServiceAfter",
        after,
        "a minute or more",
        "Consul reaps critical services every 30 s and takes less than a minute for a minute: say so",
      );
    }
  }
}
