import type { Location } from "../core/errors";
import { heading, logging, namedParts, places } from "./named-conf";
import type { NamedConfiguration } from "./named-configuration";
import { block, printStatements, statement } from "./statements";

/** Whose package of BIND a host has: Debian and what comes of it, or Red Hat and what comes of it. */
export type BindPackageFamily = "debian" | "redhat";

/** A file of the package's. */
export interface NamedConfFile {
  /** Its path on the host. */
  readonly path: string;
  /** Its text. */
  readonly text: string;
}

/** What the packages of a family have in common. */
export interface BindPackageFacts {
  /** The file that named reads first. */
  readonly main: string;
  /** The folder of rndc's key and configuration. */
  readonly rndcFolder: string;
  /** The group that reads what is written; named's own. */
  readonly group: string;
  /** The folder for what named writes. */
  readonly directory: string;
  /** The folder for the keys of the root; undefined: `directory`. */
  readonly managedKeysDirectory?: string;
  /** The process id's file, where the unit waits for one. */
  readonly pidFile?: string;
}

/** Debian's bind9 (debian/extras/etc of the package) and Red Hat's bind (named.conf and named.service of the package). */
export const BIND_PACKAGES: Readonly<Record<BindPackageFamily, BindPackageFacts>> = {
  debian: {
    main: "/etc/bind/named.conf",
    rndcFolder: "/etc/bind",
    group: "bind",
    directory: "/var/cache/bind",
  },
  redhat: {
    main: "/etc/named.conf",
    rndcFolder: "/etc",
    group: "named",
    directory: "/var/named",
    managedKeysDirectory: "/var/named/dynamic",
    pidFile: "/run/named/named.pid",
  },
};

/**
 * The texts of BIND's files where it is the host's own package: `named.conf.options` and `named.conf.local` on Debian, whose
 * `named.conf` includes them beside its own zones; `named.conf` on Red Hat. They leave the package's control channel, so that
 * `rndc` works, and log to syslog.
 *
 * @throws ValidationError as `renderNamedConf`
 */
export function renderHostNamedConf(
  family: BindPackageFamily,
  configuration: NamedConfiguration,
  location: Location = "named.conf",
): readonly NamedConfFile[] {
  const { bind, options, zones } = namedParts(configuration, location);
  const { main, pidFile, ...facts }: BindPackageFacts = BIND_PACKAGES[family];
  const managedKeysDirectory = configuration.managedKeysDirectory ?? facts.managedKeysDirectory;
  const all = [
    block(
      ["options"],
      [
        ...places(location, {
          directory: configuration.directory ?? facts.directory,
          ...(managedKeysDirectory === undefined ? {} : { managedKeysDirectory }),
        }),
        ...(pidFile === undefined ? [] : [statement("pid-file", `"${pidFile}"`)]),
        statement("session-keyfile", "none"),
        ...options,
      ],
    ),
    logging(configuration, statement("syslog", "daemon")),
  ];
  const text = (...parts: readonly (readonly (typeof all)[number][])[]) =>
    `${heading(bind)}${parts.map((statements) => printStatements(location, statements)).join("")}`;
  return family === "redhat"
    ? [{ path: main, text: text(all, zones) }]
    : [
        { path: `${main}.options`, text: text(all) },
        { path: `${main}.local`, text: text(zones) },
      ];
}
