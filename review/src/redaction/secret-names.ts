/**
 * Names that mean secrets. A name is read as words: `DB_PASSWORD`, `dbPassword` and `db-password` are all `db_password`.
 */

/** Names whose values are secrets, as expressions over the words of a name (lower case, joined by `_`). */
export const SECRET_NAMES: readonly RegExp[] = [
  /(?:^|_)(?:password|passwords|passwd|passphrase|pwd|pw|psk|requirepass|masterauth)(?:_|$)/,
  /(?:^|_)(?<!(?:proxy|fastcgi|uwsgi|scgi|grpc)_)pass$/,
  /(?:^|_)(?:[a-z]*password|[a-z]*passwd)$/,
  /(?:^|_)(?:secret|secrets|token|tokens|jwt|bearer)(?:_|$)/,
  /(?:^|_)(?:apikey|apikeys|secretkey|privatekey|authtoken|accesstoken|clientsecret)(?:_|$)/,
  new RegExp(
    "(?:^|_)(?:access|account|api|auth|client|consumer|deploy|encrypt|encryption|gossip|gpg|hmac|license|master|pgp|priv|" +
      "private|recovery|rndc|root|secret|service|session|shared|sign|signing|ssh|ssl|storage|tls|transport|tsig|unseal)_keys?(?:_|$)",
  ),
  /(?:^|_)(?:credential|credentials|creds|cookie)(?:_|$)/,
  /(?:^|_)(?:proxy_)?authorization$/,
  /^(?:identity|registry|docker)?_?auth$/,
  /^encrypt$/,
];

/** Last words that make a name say something about a secret instead of being one: `token_ttl`, `secret_name`. */
const ABOUT = new Set(
  (
    "accessor age alg algorithm algorithms arn at audience backend bytes chars class count created curve date description " +
    "dir directory disabled driver duration enable enabled endpoint engine env exists expiration expires expiry field file " +
    "filename files format group header hint host id ids interval issuer kind labels length lifetime limit location max " +
    "method min minutes mode mount name names namespace opts owner param path paths pattern period persistence plugin policies " +
    "policy port prefix provider reference ref region regex replication required reset role rotation scope scopes seconds set size " +
    "source status stdin store strategy suffix template timeout ttl type types uri url usage used user username validation var version"
  ).split(" "),
);

/** First words that make a name a number or a switch: `max_tokens`, `enable_token_persistence`. */
const ASKING = new Set(
  "allow disable enable has is max min need no num number require skip total use".split(" "),
);

/** A name as its words, in lower case, joined by `_`. */
export function wordsOf(name: string): string {
  return name
    .replace(/([a-z0-9])([A-Z])/g, "$1_$2")
    .replace(/([A-Z])([A-Z][a-z])/g, "$1_$2")
    .replace(/[^A-Za-z0-9]+/g, "_")
    .replace(/^_|_$/g, "")
    .toLowerCase();
}

const MAX_NAME = 200;
const MAX_REMEMBERED = 20_000;

/** Decides about names, by `SECRET_NAMES` and what the user adds. */
export class SecretNames {
  readonly #remembered = new Map<string, boolean>();
  readonly #further: readonly RegExp[];

  /** @param further expressions over the name as it stands; a match makes a secret, whatever else the name says */
  constructor(further: readonly RegExp[] = []) {
    // A global or sticky expression would remember where it stopped, and miss every other name.
    this.#further = further.map((name) => new RegExp(name.source, name.flags.replace(/[gy]/g, "")));
  }

  /** Whether there are names of the user's. */
  get extended(): boolean {
    return this.#further.length > 0;
  }

  /** Whether a value of this name is a secret. */
  includes(name: string): boolean {
    if (name.length > MAX_NAME) {
      return this.#further.some((further) => further.test(name));
    }
    const known = this.#remembered.get(name);
    if (known !== undefined) {
      return known;
    }
    const is = this.#further.some((further) => further.test(name)) || isSecretName(name);
    if (this.#remembered.size < MAX_REMEMBERED) {
      this.#remembered.set(name, is);
    }
    return is;
  }
}

function isSecretName(name: string): boolean {
  const words = wordsOf(name);
  if (!SECRET_NAMES.some((secret) => secret.test(words))) {
    return false;
  }
  const first = words.slice(0, words.indexOf("_") === -1 ? words.length : words.indexOf("_"));
  return !isAboutASecret(name) && !ASKING.has(first);
}

/** Whether a name says something about a secret (`secret_id`, `token_ttl`), so that its value may be shown. */
export function isAboutASecret(name: string): boolean {
  const words = wordsOf(name);
  return ABOUT.has(words.slice(words.lastIndexOf("_") + 1));
}

const ORDINARY =
  /^(?:true|false|null|none|nil|yes|no|on|off|undefined|default|\*+|\(known after apply\)|\(sensitive[^()]*\)|<[^<>]*>|\$?\$\{[^{}]*\}|\$?\$(?:[A-Z_][A-Z0-9_]*|[0-9])|\$\((?:cat\s+|<\s*)[\w./${}"-]+\)|\{\{[^{}]*\}\}|%\([^()]*\)s)$/i;
const PATH =
  /^\/(?:certs?|config|consul|data|dev|etc|home|mnt|opt|root|run|secrets|srv|tmp|usr|var|vault)\/[\w./-]*$/;

/** Whether a value under a secret's name is none itself: a switch, a reference, the path of a file. */
export function isOrdinaryValue(value: string): boolean {
  const text = value.trim();
  return text === "" || ORDINARY.test(text) || PATH.test(text);
}

/**
 * Whether a text is told from ordinary words, so that its copies can be removed everywhere although nothing marks it:
 * at least 8 characters with letters and digits, or at least 12, without white space.
 */
export function isDistinctive(text: string): boolean {
  return (
    !/\s/.test(text) &&
    (text.length >= 12 || (text.length >= 8 && /[0-9]/.test(text) && /[A-Za-z]/.test(text)))
  );
}

/** Whether a text looks made by chance, like a line of a key: at least 16 characters that mix cases or digits throughout. */
export function looksRandom(text: string): boolean {
  if (text.length < 16 || /\s/.test(text)) {
    return false;
  }
  const turns = text.match(/[0-9][A-Za-z]|[A-Za-z](?=[0-9])|[a-z][A-Z]/g)?.length ?? 0;
  return turns >= 3;
}
