import { type Location, ValidationError } from "../core/errors";
import { defined } from "../core/objects";
import { Size } from "../core/size";

/** Options of the json-file and local log drivers. */
export interface FileLogOptions {
  /**
   * The size at which a file is closed and a new one begun.
   * @default Size.mebibytes(10)
   */
  readonly maxSize?: Size;
  /**
   * How many files are kept, 1 or more.
   * @default 3
   */
  readonly maxFile?: number;
}

/**
 * Where a container's output goes. It is always said in full: options that the engine adds by itself would show as
 * a change in every plan.
 */
export class LogDriver {
  /** Files of JSON lines on the host; `docker logs` reads them. */
  public static jsonFile(options: FileLogOptions = {}): LogDriver {
    return new LogDriver("json-file", fileOptions(options));
  }

  /** Docker's own compressed files on the host; `docker logs` reads them. */
  public static local(options: FileLogOptions = {}): LogDriver {
    return new LogDriver("local", fileOptions(options));
  }

  /** The host's systemd journal. */
  public static journald(options: { readonly tag?: string } = {}): LogDriver {
    return new LogDriver("journald", defined({ tag: options.tag }));
  }

  /** A syslog server. @param address such as `udp://192.0.2.7:514` */
  public static syslog(
    address: string,
    options: { readonly tag?: string; readonly facility?: string } = {},
  ): LogDriver {
    return new LogDriver(
      "syslog",
      defined({ "syslog-address": address, tag: options.tag, "syslog-facility": options.facility }),
    );
  }

  /** Nowhere. */
  public static none(): LogDriver {
    return new LogDriver("none", {});
  }

  /** Any other driver of the engine, with all of its options: also those that the engine's daemon.json sets. */
  public static other(driver: string, options: Readonly<Record<string, string>> = {}): LogDriver {
    return new LogDriver(driver, { ...options });
  }

  private constructor(
    /** The driver's name. */
    public readonly driver: string,
    /** Its options, as the engine knows them. */
    public readonly options: Readonly<Record<string, string>>,
  ) {}
}

function fileOptions(options: FileLogOptions): Record<string, string> {
  const { maxSize = Size.mebibytes(10), maxFile = 3 } = options;
  const location: Location = "LogDriver";
  if (maxSize.toBytes() === 0 || maxSize.toBytes() % 1024 !== 0) {
    throw new ValidationError(location, {
      code: "docker/log-size",
      prop: "maxSize",
      got: maxSize,
      allowed: "whole KiB, more than 0",
      mend: "Give a size such as Size.mebibytes(10)",
    });
  }
  if (!Number.isInteger(maxFile) || maxFile < 1) {
    throw new ValidationError(location, {
      code: "docker/log-files",
      prop: "maxFile",
      got: maxFile,
      allowed: "a whole number, 1 or more",
      mend: "Give how many files are kept",
    });
  }
  const kibibytes = maxSize.toBytes() / 1024;
  return {
    "max-size": kibibytes % 1024 === 0 ? `${kibibytes / 1024}m` : `${kibibytes}k`,
    "max-file": String(maxFile),
  };
}
