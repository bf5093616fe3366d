import type { Json } from "../plan/plan";
import type { Span } from "./pattern-set";
import { isOrdinaryValue } from "./secret-names";

/**
 * Programs whose options take a secret though their names do not say so: `-p` is a password for one, a port for the next.
 * Options that say it themselves (`--password`) are read by their names, whatever the program.
 */

/** How programs take a secret. */
interface Taking {
  readonly programs: string;
  /** A word that has to stand before the options. */
  readonly subcommand?: string;
  /** The options: of one letter (`-p X`, `-pX`) or longer ones (`--user X`, `--user=X`). */
  readonly options: readonly string[];
  /** Whether the secret follows in the same word only: alone, the option asks for it. */
  readonly attached?: boolean;
  /** Letters of options without a value, which may stand before the option's in one word: `-sSu`. */
  readonly switches?: string;
  /** What stands between a name and the secret: the rest before it is shown. */
  readonly after?: string;
  /** Whether another program begins with the first word that is no option. */
  readonly wraps?: boolean;
}

const TAKING: readonly Taking[] = [
  {
    programs:
      "mysql mysqladmin mysqlbinlog mysqlcheck mysqldump mysqlimport mysqlpump mysqlshow mysqlslap mysql_upgrade " +
      "mariadb mariadb-admin mariadb-backup mariadb-binlog mariadb-check mariadb-dump mariadb-import mariadb-show " +
      "mariadb-slap mariadb-upgrade 7z 7za 7zr rar unrar",
    options: ["-p"],
    attached: true,
  },
  { programs: "sshpass", options: ["-p"], wraps: true },
  {
    programs: "apptainer az buildah cf crane docker helm nerdctl oc oras podman singularity skopeo",
    subcommand: "login",
    options: ["-p"],
  },
  {
    programs: "curl",
    options: ["-u", "-U", "--user", "--proxy-user"],
    switches: "#0123456aBfgGhiIjJklLMnNOpqRsSvVZ",
    after: ":",
  },
  { programs: "keydb-cli redis-benchmark redis-cli valkey-benchmark valkey-cli", options: ["-a"] },
  {
    programs:
      "cqlsh mongo mongodump mongoexport mongofiles mongoimport mongorestore mongosh mongostat mongotop rabbitmqadmin " +
      "useradd usermod",
    options: ["-p"],
  },
  {
    programs:
      "ldapadd ldapcompare ldapdelete ldapexop ldapmodify ldapmodrdn ldappasswd ldapsearch ldapwhoami",
    options: ["-w"],
    switches: "cHnvxZ",
  },
  { programs: "bcp ipmitool mosquitto_pub mosquitto_rr mosquitto_sub sqlcmd unzip zip", options: ["-P"] },
  { programs: "snmpbulkwalk snmpget snmpgetnext snmpset snmptable snmpwalk", options: ["-A", "-X"] },
  { programs: "rpcclient smbclient smbget", options: ["-U", "--user"], after: "%" },
  { programs: "lftp", options: ["-u", "--user"], after: "," },
  { programs: "jarsigner keytool", options: ["-keypass", "-srcstorepass", "-storepass"] },
  { programs: "openssl", subcommand: "enc", options: ["-k", "-K"] },
];

const BY_PROGRAM = new Map(
  TAKING.flatMap((taking) => taking.programs.split(" ").map((program) => [program, taking] as const)),
);

/** A program's name as a word, alone or behind the folder of programs. */
export const PROGRAM = new RegExp(
  `(?<![\\w.$%@+:=-])(?:${[...BY_PROGRAM.keys()].sort((a, b) => b.length - a.length).join("|")})(?![\\w./@:,=-])`,
  "g",
);

/** Options after which a word may be a program's name, since they take no value. */
const SWITCH =
  /^(?:--?|-\d{1,3}|-[citTEHnqvexl]{1,5}|-euxo|--(?:init|interactive|no-TTY|privileged|quiet|rm|tty))$/;

/** Subcommands whose words are those of another program. */
const STARTS_OTHERS = new Set(["build", "compose", "create", "exec", "run"]);

/** Where a secret stands in a list of words: in which one, and from where to where in it. */
export interface SecretWord extends Span {
  readonly index: number;
}

/** Whether a word is a program's name, given the word before it: not the value of an option, nor another file of that name. */
export function isProgram(word: string, before: string | undefined): boolean {
  if (before !== undefined && before.startsWith("-") && !SWITCH.test(before)) {
    return false;
  }
  const folder = word.lastIndexOf("/") + 1;
  return (
    BY_PROGRAM.has(word.slice(folder)) && (folder === 0 || /(?:^|\/)s?bin\/$/.test(word.slice(0, folder)))
  );
}

/** Where secrets stand in the words that follow a program's name, up to the next program's. */
export function secretWords(program: string, words: readonly string[]): readonly SecretWord[] {
  const taking = BY_PROGRAM.get(program.slice(program.lastIndexOf("/") + 1));
  const found: SecretWord[] = [];
  if (taking === undefined) {
    return found;
  }
  let begun = taking.subcommand === undefined;
  for (let index = 0; index < words.length; index++) {
    const word = words[index] as string;
    if (isProgram(word, words[index - 1]) || (taking.wraps === true && !word.startsWith("-"))) {
      break;
    }
    if (!begun) {
      if (STARTS_OTHERS.has(word)) {
        break;
      }
      begun = word === taking.subcommand;
      continue;
    }
    const from = valueIn(word, taking);
    if (from === undefined) {
      continue;
    }
    const next = words[index + 1];
    if (from < word.length) {
      push(found, index, word, from, taking);
    } else if (taking.attached !== true && next !== undefined && !next.startsWith("-")) {
      index++;
      push(found, index, next, 0, taking);
    }
  }
  return found;
}

/** Where the value of an option begins that takes a secret: at the end of the word where it follows in the next one. */
function valueIn(word: string, { options, switches = "" }: Taking): number | undefined {
  if (!word.startsWith("-")) {
    return undefined;
  }
  for (const option of options) {
    if (word === option) {
      return word.length;
    }
    if (word.startsWith(`${option}=`)) {
      return option.length + 1;
    }
    if (option.length !== 2 || word.startsWith("--")) {
      continue;
    }
    let at = 1;
    while (at < word.length && word[at] !== option[1] && switches.includes(word[at] as string)) {
      at++;
    }
    if (word[at] === option[1]) {
      return at + 1;
    }
  }
  return undefined;
}

function push(found: SecretWord[], index: number, word: string, from: number, { after }: Taking): void {
  let start = from;
  if (after !== undefined) {
    const separator = word.indexOf(after, from);
    if (separator === -1) {
      return;
    }
    start = separator + after.length;
  }
  start += /^\\*["']/.exec(word.slice(start))?.[0].length ?? 0;
  const end = word.length - (/\\*["']$/.exec(word.slice(start))?.[0].length ?? 0);
  if (!isOrdinaryValue(word.slice(start, end))) {
    found.push({ index, start, end });
  }
}

const NOTHING: ReadonlyMap<number, string> = new Map();
const MOST_WORDS = 4096;
const commands = new WeakMap<readonly Json[], ReadonlyMap<number, string>>();

/** The secrets in a command that is a list of words (`["mysql", "-pX"]`), by the positions of their words. */
export function secretsOfCommand(list: readonly Json[]): ReadonlyMap<number, string> {
  const known = commands.get(list);
  if (known !== undefined) {
    return known;
  }
  const secrets = new Map<number, string>();
  const words = list.slice(0, MOST_WORDS).map((item) => (typeof item === "string" ? item : ""));
  words.forEach((program, at) => {
    if (isProgram(program, words[at - 1])) {
      const rest = words.slice(at + 1);
      for (const { index, start, end } of secretWords(program, rest)) {
        secrets.set(at + 1 + index, (rest[index] as string).slice(start, end));
      }
    }
  });
  const found = secrets.size === 0 ? NOTHING : secrets;
  commands.set(list, found);
  return found;
}
