import { type Location, ValidationError } from "../core/errors";
import { requirePort } from "../core/ports";
import { isToken } from "../core/tokens";
import { Token } from "cdktf";
import { type AddressMatchElement, AddressMatch, addressMatchList } from "./address-match";
import { type BindVersion, requireBindVersion } from "./bind-versions";
import { cacheStatements } from "./cache-bounds";
import { DnssecValidation } from "./dnssec-validation";
import {
  type ForwardZone,
  type Listeners,
  forwardersStatement,
  requireForwardOnly,
  requireZoneName,
  zoneStatement,
} from "./forward-zone";
import type { NamedConfiguration } from "./named-configuration";
import { otherStatements, requireOption } from "./named-options";
import { staleStatements } from "./stale-answers";
import { type Statement, block, printStatements, quoted, statement } from "./statements";

/**
 * The text of named.conf. The same configuration gives the same text; zones are sorted by name, lists keep their
 * order where it counts.
 *
 * It opens no control channel (rndc), tells nobody its version, name or host, logs to standard error, and writes no
 * file outside its folder, so it is for a named that runs in the foreground (`named -f` or `-g`).
 *
 * @throws ValidationError dns/bind-version, dns/listens-nowhere, dns/duplicate-zone, dns/count, dns/word, dns/folder and what
 * the parts throw
 */
export function renderNamedConf(
  configuration: NamedConfiguration,
  location: Location = "named.conf",
): string {
  const { bind, options, zones } = namedParts(configuration, location);
  const { directory = "/var/cache/bind" } = configuration;
  const statements = [
    block(
      ["options"],
      [
        ...places(location, { ...configuration, directory }),
        statement("pid-file", "none"),
        statement("session-keyfile", "none"),
        ...options,
      ],
    ),
    block(["controls"], []),
    logging(configuration, statement("stderr"), statement("print-time", "yes")),
    ...zones,
  ];
  return `${heading(bind)}${printStatements(location, statements)}`;
}

/** What a configuration says wherever named runs: the statements of `options` but for its folders, and the zones. */
export function namedParts(
  configuration: NamedConfiguration,
  location: Location,
): {
  readonly bind: BindVersion;
  readonly options: readonly Statement[];
  readonly zones: readonly Statement[];
} {
  const bind = requireBindVersion(location, "version", configuration.version);
  const own = listeners(location, configuration);
  const zones = sortedZones(location, configuration.forwardZones ?? []);
  requireCounts(location, configuration);
  requireWords(location, configuration);
  return {
    bind,
    options: [
      ...anonymity(),
      ...whoMayAsk(location, configuration, own),
      ...upstreams(location, configuration, own),
      ...dnssec(location, configuration, zones),
      ...cacheStatements(location, configuration),
      ...staleStatements(location, configuration, bind),
      ...answers(location, configuration, bind),
      ...otherStatements(location, configuration.otherOptions ?? {}, bind),
    ],
    zones: zones.map(({ zone, prop }) => zoneStatement(location, prop, zone, own)),
  };
}

/** The first line of a file. */
export function heading({ release }: BindVersion): string {
  return `// Written for BIND ${release}.\n`;
}

interface PlacedZone {
  readonly zone: ForwardZone;
  readonly prop: string;
}

function sortedZones(location: Location, zones: readonly ForwardZone[]): PlacedZone[] {
  const seen = new Set<string>();
  const placed = zones.map((zone, i) => {
    const prop = `forwardZones[${i}]`;
    const name = zone.name.toLowerCase();
    if (seen.has(name)) {
      throw new ValidationError(location, {
        code: "dns/duplicate-zone",
        prop: `${prop}.name`,
        got: zone.name,
        allowed: "each zone once; case does not count",
        mend: "Put all forwarders of the zone into one entry",
      });
    }
    seen.add(name);
    return { zone, prop, name };
  });
  return placed.sort((a, b) => (a.name < b.name ? -1 : 1));
}

function listeners(location: Location, configuration: NamedConfiguration): Listeners {
  const { listenOn, listenOnV6 = [AddressMatch.none()], port = 53 } = configuration;
  requirePort(location, "port", port);
  const isNone = (elements: readonly AddressMatchElement[]): boolean =>
    elements.every((element) => element instanceof AddressMatch && element.kind === "none");
  if (listenOn.length > 0 && isNone(listenOn) && isNone(listenOnV6)) {
    throw new ValidationError(location, {
      code: "dns/listens-nowhere",
      prop: "listenOn",
      got: listenOn,
      allowed: "at least one address, here or in listenOnV6",
      mend: "Name the address at which clients ask",
    });
  }
  return { listenOn, listenOnV6, port };
}

function folder(location: Location, prop: string, path: string): string {
  if (isToken(path) || (path.startsWith("/") && !path.split("/").includes(".."))) {
    return quoted(location, prop, path);
  }
  throw new ValidationError(location, {
    code: "dns/folder",
    prop,
    got: path,
    allowed: "an absolute path without ..",
    mend: "Write it from the root of the container's file system, such as /var/cache/bind",
  });
}

/** The folders. */
export function places(
  location: Location,
  {
    directory,
    managedKeysDirectory,
  }: Pick<NamedConfiguration, "managedKeysDirectory"> & { readonly directory: string },
): Statement[] {
  return [
    statement("directory", folder(location, "directory", directory)),
    ...(managedKeysDirectory === undefined
      ? []
      : [
          statement("managed-keys-directory", folder(location, "managedKeysDirectory", managedKeysDirectory)),
        ]),
  ];
}

function anonymity(): Statement[] {
  return [statement("version", "none"), statement("hostname", "none"), statement("server-id", "none")];
}

function whoMayAsk(location: Location, configuration: NamedConfiguration, own: Listeners): Statement[] {
  const { allowQuery = ["localhost", "localnets"], allowRecursion } = configuration;
  const port = isToken(own.port) ? Token.asString(own.port) : String(own.port);
  return [
    block(["listen-on", "port", port], addressMatchList(location, "listenOn", own.listenOn, "IPv4")),
    block(["listen-on-v6", "port", port], addressMatchList(location, "listenOnV6", own.listenOnV6, "IPv6")),
    block(["allow-query"], addressMatchList(location, "allowQuery", allowQuery)),
    // What is cached is seen by those who may recurse, and by nobody else.
    block(
      ["allow-recursion"],
      addressMatchList(
        location,
        allowRecursion === undefined ? "allowQuery" : "allowRecursion",
        allowRecursion ?? allowQuery,
      ),
    ),
    statement("recursion", "yes"),
  ];
}

function upstreams(location: Location, configuration: NamedConfiguration, own: Listeners): Statement[] {
  requireForwardOnly(location, "forward", configuration.forward);
  const { forwarders } = configuration;
  if (forwarders === undefined) return [];
  return [statement("forward", "only"), forwardersStatement(location, "forwarders", forwarders, own)];
}

function dnssec(
  location: Location,
  configuration: NamedConfiguration,
  zones: readonly PlacedZone[],
): Statement[] {
  const { dnssecValidation = DnssecValidation.auto() } = configuration;
  if (dnssecValidation.word === "no") return [statement("dnssec-validation", "no")];
  const listed = dnssecValidation.validateExcept.map((name, i) => ({
    name,
    prop: `dnssecValidation.validateExcept[${i}]`,
  }));
  const unsigned = zones
    .filter(({ zone }) => zone.signed !== true)
    .map(({ zone, prop }) => ({ name: zone.name, prop: `${prop}.name` }));
  const excepted = new Map<string, string>();
  for (const { name, prop } of [...listed, ...unsigned]) {
    requireZoneName(location, prop, name);
    excepted.set(isToken(name) ? name : name.toLowerCase(), prop);
  }
  const names = [...excepted.keys()].sort();
  return [
    statement("dnssec-validation", "auto"),
    ...(names.length === 0
      ? []
      : [
          block(
            ["validate-except"],
            names.map((name) => statement(quoted(location, excepted.get(name) ?? "", name))),
          ),
        ]),
  ];
}

const COUNTS = {
  maxRecursionQueries: 1,
  clientsPerQuery: 0,
  maxClientsPerQuery: 0,
  recursiveClients: 1,
  tcpClients: 1,
} as const;

const WORDS = {
  minimalResponses: ["no", "yes", "no-auth", "no-auth-recursive"],
  logSeverity: ["critical", "error", "warning", "notice", "info"],
} as const;

/** For data without types. */
function requireWords(location: Location, configuration: NamedConfiguration): void {
  for (const [prop, words] of Object.entries(WORDS)) {
    const word = configuration[prop as keyof typeof WORDS];
    if (word === undefined || (words as readonly string[]).includes(word)) continue;
    throw new ValidationError(location, {
      code: "dns/word",
      prop,
      got: word,
      allowed: words.join(", "),
      mend: "Take one of these words",
    });
  }
}

function requireCounts(location: Location, configuration: NamedConfiguration): void {
  const fail = (prop: string, got: unknown, allowed: string, mend: string): never => {
    throw new ValidationError(location, { code: "dns/count", prop, got, allowed, mend });
  };
  for (const [prop, least] of Object.entries(COUNTS)) {
    const count = configuration[prop as keyof typeof COUNTS];
    if (count === undefined || (Number.isInteger(count) && count >= least && count <= 4_294_967_295))
      continue;
    fail(prop, count, `a whole number from ${least} to 4294967295`, "Give a number that named takes");
  }
  const { clientsPerQuery = 0, maxClientsPerQuery = 0 } = configuration;
  if (maxClientsPerQuery !== 0 && (clientsPerQuery > maxClientsPerQuery || clientsPerQuery === 0)) {
    fail(
      "maxClientsPerQuery",
      maxClientsPerQuery,
      "0, or at least clientsPerQuery, which then is not 0",
      "named starts at clientsPerQuery and goes no further than this",
    );
  }
}

function answers(location: Location, configuration: NamedConfiguration, bind: BindVersion): Statement[] {
  const { disableEmptyZone = [], minimalResponses = "no-auth-recursive" } = configuration;
  const { clientsPerQuery = 0, maxClientsPerQuery = 0, recursiveClients, tcpClients } = configuration;
  const { querylog = false, responselog } = configuration;
  if (responselog !== undefined) requireOption(location, "responselog", "responselog", bind);
  const emptyZones =
    disableEmptyZone === "all"
      ? [statement("empty-zones-enable", "no")]
      : [...disableEmptyZone].map((name, i) => {
          const prop = `disableEmptyZone[${i}]`;
          requireZoneName(location, prop, name);
          return statement("disable-empty-zone", quoted(location, prop, name.toLowerCase()));
        });
  const number = (option: string, value: number | undefined): Statement[] =>
    value === undefined ? [] : [statement(option, String(value))];
  return [
    ...emptyZones,
    statement("minimal-responses", minimalResponses),
    ...number("clients-per-query", clientsPerQuery),
    ...number("max-clients-per-query", maxClientsPerQuery),
    ...number("recursive-clients", recursiveClients),
    ...number("tcp-clients", tcpClients),
    statement("querylog", querylog ? "yes" : "no"),
    ...(responselog === undefined ? [] : [statement("responselog", responselog ? "yes" : "no")]),
  ];
}

/** All that is logged, to one place: `stderr`, or `syslog` with its facility. */
export function logging(
  { logSeverity = "info" }: NamedConfiguration,
  place: Statement,
  ...more: readonly Statement[]
): Statement {
  const channel = place.words[0] === "stderr" ? "standard_error" : "system_log";
  return block(
    ["logging"],
    [
      block(
        ["channel", channel],
        [
          place,
          statement("severity", logSeverity),
          ...more,
          statement("print-category", "yes"),
          statement("print-severity", "yes"),
        ],
      ),
      block(["category", "default"], [statement(channel)]),
    ],
  );
}
