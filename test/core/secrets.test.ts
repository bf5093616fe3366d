import fc from "fast-check";
import {
  firstSecretIn,
  holdsUrlPassword,
  isSwitch,
  namesSecret,
  showValue,
} from "../../constructs/core/secrets";

describe("namesSecret", () => {
  test.each([
    "DB_PASSWORD",
    "password",
    "MYSQL_ROOT_PASSWORD",
    "dbPassword",
    "dbpassword",
    "apiToken",
    "APIToken",
    "authtoken",
    "clientsecret",
    "CONSUL_HTTP_TOKEN",
    "private.key",
    "API_KEY",
    "apikey",
    "AWS_SECRET_ACCESS_KEY",
    "VAULT_SECRET_ID",
    "gossip-key",
    "SMTP_PASS",
    "TOKENS",
    "credentials",
  ])("%s does", (name) => {
    expect(namesSecret(name)).toBe(true);
  });

  test.each([
    "",
    "POSTGRES_PASSWORD_FILE",
    "TOKEN_TTL",
    "token_path",
    "TOKEN_ENDPOINT",
    "PASSWORD_MIN",
    "MAX_TOKENS",
    "PASSWORD_POLICY",
    "enable_token_persistence",
    "PWD",
    "OLDPWD",
    "PASS_THROUGH",
    "only_passing",
    "tokenizer",
    "COMPASS",
    "KEYBOARD",
    "primary_key",
    "SERVICE_NAME",
    "PATH",
  ])("%s does not", (name) => {
    expect(namesSecret(name)).toBe(false);
  });

  test("whatever stands before it, and however it is written", () => {
    const word = fc.constantFrom("db", "app", "main", "x1");
    const secret = fc.constantFrom("password", "secret", "token", "passphrase");
    fc.assert(
      fc.property(fc.array(word, { maxLength: 3 }), secret, (words, last) => {
        const all = [...words, last];
        const camel = all.map((w, i) => (i === 0 ? w : w.charAt(0).toUpperCase() + w.slice(1))).join("");
        for (const name of [
          all.join("_"),
          all.join("_").toUpperCase(),
          all.join("-"),
          all.join("."),
          camel,
        ]) {
          expect([name, namesSecret(name)]).toEqual([name, true]);
          expect([name, namesSecret(`${name}_FILE`)]).toEqual([name, false]);
        }
      }),
    );
  });
});

test.each(["", "true", "no", "1", "Disabled", " on "])("%j is a switch", (value) => {
  expect(isSwitch(value)).toBe(true);
});
test.each(["hunter2", "2", "truer"])("%j is no switch", (value) => {
  expect(isSwitch(value)).toBe(false);
});

test.each(["postgres://shop:hunter2@db/shop", "x amqp://:p@h y"])("%j holds a password", (text) => {
  expect(holdsUrlPassword(text)).toBe(true);
});
test.each([
  "https://example.com:8080/a@b",
  "https://user@example.com",
  "postgres://shop:${PASSWORD}@db/shop",
  "postgres://shop:$PASSWORD@db/shop",
  "http://[fd00::1]:8500/",
])("%j holds none", (text) => {
  expect(holdsUrlPassword(text)).toBe(false);
});

describe("firstSecretIn", () => {
  test.each([
    ["a line of a shell script", "#!/bin/sh\nexport DB_PASSWORD=hunter2\n", "DB_PASSWORD"],
    ["a quoted value", 'password = "hunter2"', "password"],
    ["YAML", "db:\n  user: shop\n  password: hunter2\n", "password"],
    ["properties", "spring.datasource.password=hunter2", "spring.datasource.password"],
    ["JSON", '{"a": 1, "token": "x"}', "token"],
    ["JSON in one line with others", '{"a":"b","apiKey":"abc"}', "apiKey"],
    ["JSON, below a name that tells", '{"acl": {"tokens": {"agent": "b1gs33cr3t"}}}', "agent"],
    ["JSON, in a list", '{"tokens": ["abc"]}', "tokens"],
    [
      "a key of named.conf",
      'key "rndc-key" {\n  algorithm hmac-sha256;\n  secret "c2VjcmV0";\n};\n',
      "secret",
    ],
    ["an assignment in a comment", "# DB_PASSWORD=hunter2", "DB_PASSWORD"],
    ["a private key", "-----BEGIN RSA PRIVATE KEY-----\nMIIE\n", "PRIVATE KEY"],
    ["a URL", "dsn: postgres://shop:hunter2@db/shop", "URL with a password"],
  ])("finds %s", (_what, text, name) => {
    expect(firstSecretIn(text)).toBe(name);
  });

  test.each([
    ["a reference", 'PASSWORD="$(cat /run/secrets/db)"\nTOKEN=${TOKEN}\nSECRET=$SECRET'],
    ["a command in backticks", "TOKEN=`cat /run/token`"],
    ["a path", "password: /run/secrets/db"],
    ["a switch", "PasswordAuthentication no\npassword_auth: false\ntoken=none"],
    ["a number", "password_retries: 3\nmax_tokens: 4096\ntokens: 4096"],
    ["an empty value", 'password=\ntoken: ""\nif [ "$TOKEN" = "" ]; then exit 1; fi'],
    ["prose in a comment", "# the password: see the vault\n  // token = what the server gives out"],
    [
      "an agent's configuration",
      '{"acl": {"enable_token_persistence": true, "enable_token_replication": false, "token_ttl": "30s"}, "performance": {"raft_multiplier": 1}}',
    ],
    [
      "JSON with paths and references",
      '{"token_file": "/run/token", "token": "${TOKEN}", "secret": "/run/s"}',
    ],
    [
      "JSON with switches under a secret's name",
      '{"tokens": {"enabled": "true", "persistence": "yes", "file": "a.txt"}}',
    ],
    [
      "named.conf",
      'options {\n  directory "/var/cache/bind";\n  validate-except { "consul"; };\n  forwarders { 192.0.2.1 port 8600; };\n};\n',
    ],
    ["a certificate", "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n"],
    ["a web server's configuration", "location / { proxy_pass http://127.0.0.1:8080; }"],
    ["nothing", ""],
  ])("passes over %s", (_what, text) => {
    expect(firstSecretIn(text)).toBeUndefined();
  });

  test("finds a secret wherever it stands among harmless lines", () => {
    const harmless = fc.constantFrom(
      "a=1",
      "# comment",
      "name: shop",
      "",
      'listen { "any"; };',
      "TOKEN_TTL=30s",
    );
    const value = fc.stringMatching(/^[a-z][A-Za-z0-9]{7,20}x$/);
    fc.assert(
      fc.property(fc.array(harmless), fc.array(harmless), value, (before, after, secret) => {
        expect(firstSecretIn([...before, ...after].join("\n"))).toBeUndefined();
        expect(firstSecretIn([...before, `DB_PASSWORD=${secret}`, ...after].join("\n"))).toBe("DB_PASSWORD");
      }),
    );
  });

  test("ends on every text, and shows no value", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), (text) => {
        const found = firstSecretIn(`${text}\npassword=hunter2hunter2\n`);
        expect(found ?? "").not.toContain("hunter2");
      }),
    );
  });
});

test("a value under a secret's name is never shown, at whatever depth", () => {
  fc.assert(
    fc.property(fc.jsonValue({ maxDepth: 3 }), (value) => {
      expect(showValue("x", { value, deep: [{ adminPassword: "hunter2" }] })).not.toContain("hunter2");
      expect(showValue("adminPassword", value)).toBe("(masked)");
    }),
  );
});
