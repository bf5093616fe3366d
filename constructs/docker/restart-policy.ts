import { ValidationError } from "../core/errors";

/** What the engine does when a container's process ends: Docker's `--restart`. */
export class RestartPolicy {
  /** Starts it again, also after the engine itself was restarted. */
  public static always(): RestartPolicy {
    return new RestartPolicy("always");
  }

  /** The same, but not after it was stopped on purpose. */
  public static unlessStopped(): RestartPolicy {
    return new RestartPolicy("unless-stopped");
  }

  /**
   * Starts it again when it failed.
   * @param maximumRetryCount how often; 0 for no limit
   */
  public static onFailure(maximumRetryCount = 0): RestartPolicy {
    if (!Number.isInteger(maximumRetryCount) || maximumRetryCount < 0) {
      throw new ValidationError("RestartPolicy.onFailure", {
        code: "docker/restart-count",
        prop: "maximumRetryCount",
        got: maximumRetryCount,
        allowed: "a whole number, 0 (no limit) or more",
        mend: "Give how often it is started again",
      });
    }
    return new RestartPolicy("on-failure", maximumRetryCount);
  }

  /** Leaves it stopped. */
  public static never(): RestartPolicy {
    return new RestartPolicy("no");
  }

  private constructor(
    /** Docker's name of the policy. */
    public readonly policy: "always" | "unless-stopped" | "on-failure" | "no",
    /** How often a failed container is started again; 0 for no limit. */
    public readonly maximumRetryCount = 0,
  ) {}
}
