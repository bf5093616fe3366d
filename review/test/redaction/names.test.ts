import { namedSecrets } from "../../src/redaction/named-secrets";
import {
  isDistinctive,
  isOrdinaryValue,
  looksRandom,
  SecretNames,
  wordsOf,
} from "../../src/redaction/secret-names";

const names = new SecretNames();

test.each([
  ["DB_PASSWORD", "db_password"],
  ["dbPassword", "db_password"],
  ["db-password", "db_password"],
  ["APIKey", "api_key"],
  ["__x.y__", "x_y"],
])("%s is read as %s", (name, words) => {
  expect(wordsOf(name)).toBe(words);
});

test.each(
  (
    "password PASSWORD db_password DB_PASSWORD_1 rootPassword mysqlpassword PGPASSWORD passwd passphrase pwd requirepass secret " +
    "clientSecret SECRET_KEY_BASE token tokens CONSUL_HTTP_TOKEN acl.tokens api_key apiKey API-KEY APIKEY private_key " +
    "aws_secret_access_key encryption_key tsig-key credentials registry-credential session_cookie authorization auth encrypt " +
    "VAULT_TOKEN password_hash bearer db.pass"
  ).split(" "),
)("%s means a secret", (name) => {
  expect(names.includes(name)).toBe(true);
});

test.each(
  (
    "keyboard primary_key key keys partition_key public_key replacement-hash monkey hostkey compass bypass passive passenger " +
    "proxy_pass token_ttl token_type max_tokens secret_id secret_name secret_file PASSWORD_FILE password_policy " +
    "enable_token_persistence authors authentication_enabled auth_config registry_auth_enabled secretary tokenizer " +
    "access_key_id key_name cert_path name image container_id network_mode restart working_dir dns encrypted"
  ).split(" "),
)("%s means none", (name) => {
  expect(names.includes(name)).toBe(false);
});

test.each([
  "",
  "true",
  "${var.password}",
  "$PASSWORD",
  "{{ password }}",
  "<password>",
  "/run/secrets/db",
  "***",
  "none",
  "$$PASSWORD",
  "$${PASSWORD}",
  "$1",
  "$(cat /run/secrets/db)",
])("%j is no secret, whatever it is called", (value) => {
  expect(isOrdinaryValue(value)).toBe(true);
});

test.each(["hunter2", "/w3lTyWKcXk8DLQ6OCg", "${a}b", "$2y$10$abc", "truely", "$(echo hunter2)"])(
  "%j may be one",
  (value) => {
    expect(isOrdinaryValue(value)).toBe(false);
  },
);

test("texts that are told from words", () => {
  expect(["postgres", "a b c d e f g h 1", "hunter2"].filter(isDistinctive)).toEqual([]);
  expect(["hunter22", "correct-horse-battery"].filter(isDistinctive)).toHaveLength(2);
  expect(["production-fleet-web-1", "recursion yes; 1a2b3c4d"].filter(looksRandom)).toEqual([]);
  expect(["MIIEvQIBADANBgkqhkiG9w0B", "0a1b2c3d4e5f60718293"].filter(looksRandom)).toHaveLength(2);
});

describe("texts that name no secret stay as they are", () => {
  test.each([
    'key "rndc-key" {\n  algorithm hmac-sha256;\n};\ncontrols { inet * keys { "rndc-key"; tsig-key; }; };\n',
    "key tsig-key {\n  algorithm hmac-sha256;\n};\n",
    "keyboard: us\nkey: value\nprimary_key = id\n",
    'options {\n  directory "/var/cache/bind";\n  recursion yes;\n  allow-query { any; };\n};\nzone "example.com" { type primary; };\n',
    "location / {\n  proxy_pass http://backend:8080;\n}\n",
    '{"datacenter":"dc1","acl":{"enabled":true,"enable_token_persistence":true,"down_policy":"extend-cache"}}',
    "https://registry.example.com/path?x=1",
    "http://user@host/",
    "password: ${DB_PASSWORD}\n",
    "POSTGRES_PASSWORD_FILE=/run/secrets/postgres",
    "the token expires soon",
    "basic authentication is used",
    'docker_container.web["token"]',
    "sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
    "<token-ttl>5</token-ttl><password/><password></password>",
    '<element name="password" type="string"/><label for="password">Password</label>',
    '<input type="password" name="password" placeholder="at least 12">',
    "curl -H 'X-Token: <token>' https://host/<token>/x",
    "<password>${db.password}</password>",
    "machine web login u\nmachine db login u\n",
    "the default login page, the machine room password",
    "host:5432:db:user:name",
    "password = <<EOT\nEOT\n",
    "docker login --password-stdin registry.example.com",
    "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n",
    "-----BEGIN PUBLIC KEY-----\nMIIB\n-----END PUBLIC KEY-----\n",
  ])("%j", (text) => {
    expect(namedSecrets(text, names)).toEqual([]);
  });
});

describe("only the secret is hidden", () => {
  test.each([
    ['secret "abc";', 'secret "#";'],
    [
      'key "rndc-key" {\n  algorithm a; secret "abc";\n};',
      'key "rndc-key" {\n  algorithm a; secret "#";\n};',
    ],
    ["Server=db;Password=a,b&c)d;User=x", "Server=db;Password=#;User=x"],
    ["f(password=abc)", "f(password=#)"],
    ["password: 'it''s'\nx: y", "password: '#'\nx: y"],
    ["token {\n  a = b\n}\nc = d", "token {\n  a = #\n}\nc = d"],
    ["run --token 'a b' c", "run --token '#' c"],
    ["requirepass abc;\nport 1", "requirepass #;\nport 1"],
    ["password=abc user=x", "password=#"],
    ["user=x password=abc other=y", "user=x password=# other=y"],
    ["--password=abc --user=x", "--password=# --user=x"],
    ["run --password abc --user x", "run --password # --user x"],
    ["a: 1\npassword: a b\nc: 2", "a: 1\npassword: #\nc: 2"],
    ["https://u:p@h/x", "https://u:#@h/x"],
    ["https://u:p@q@h/x?y=a@b", "https://u:#@h/x?y=a@b"],
    ['{"password":"a\\"b","c":"d"}', '{"password":"#","c":"d"}'],
    ['"{\\"password\\":\\"abc\\",\\"c\\":1}"', '"{\\"password\\":\\"#\\",\\"c\\":1}"'],
    ["token: # none\nx: y", "token: # none\nx: y"],
    ["a:\n  tokens:\n    x: one\n    ttl: 5\nb: c", "a:\n  tokens:\n    x: #\n    ttl: 5\nb: c"],
    ["x?token=abc&y=z", "x?token=#&y=z"],
    ["Authorization: Basic dXNlcjpwYXNz", "Authorization: #"],
    ['{ user = "a", password = "x" }', '{ user = "a", password = "#" }'],
    ["password = <<-EOT\n    abc\n    EOT\nuser = x", "password = <<-EOT\n    #\n    EOT\nuser = x"],
    ["<a><password>abc</password><b>c</b></a>", "<a><password>#</password><b>c</b></a>"],
    ["<c:password x='y'>\n  abc\n</c:password>", "<c:password x='y'>\n  #\n</c:password>"],
    ["<password><![CDATA[abc]]></password>", "<password><![CDATA[#]]></password>"],
    ['<password value="abc"/>', '<password value="#"/>'],
    ['<user name="a" password="abc"/>', '<user name="a" password="#"/>'],
    [
      "<credentials><username>a</username><key>abc</key></credentials>",
      "<credentials><username>a</username><key>#</key></credentials>",
    ],
    ['<add key="Password" value="abc"/><c d="e"/>', '<add key="Password" value="#"/><c d="e"/>'],
    ['<add value="abc" key="Password"/>', '<add value="#" key="Password"/>'],
    ['<entry key="db.password">abc</entry>', '<entry key="db.password">#</entry>'],
    [
      "<name>db.password</name>\n<value>abc</value>\n<name>x</name><value>y</value>",
      "<name>db.password</name>\n<value>#</value>\n<name>x</name><value>y</value>",
    ],
    ["<key>Password</key><string>abc</string>", "<key>Password</key><string>#</string>"],
    ["machine h login u password abc\nmachine", "machine h login u password #\nmachine"],
    ["machine h password abc login u", "machine h password # login u"],
    ["default login u password abc", "default login u password #"],
    ["machine h\n  login password\n  password abc\n", "machine h\n  login password\n  password #\n"],
    ["echo db:5432:*:me:a\\:bc > ~/.pgpass", "echo db:5432:*:me:# > ~/.pgpass"],
    ["key_prefix = x, api_key = abc, y = z", "key_prefix = x, api_key = #, y = z"],
  ])("%j", (text, hidden) => {
    let shown = "";
    let at = 0;
    for (const { start, end } of [...namedSecrets(text, names)].sort((a, b) => a.start - b.start)) {
      if (start >= at) {
        shown += `${text.slice(at, start)}#`;
        at = end;
      }
    }
    expect(shown + text.slice(at)).toBe(hidden);
  });
});

describe("texts made to be slow are read in one go", () => {
  const MANY = 60_000;
  test.each([
    ["names in one line", "password=x ".repeat(MANY)],
    ["names of nothing in one line", "password ".repeat(MANY)],
    ["flags in one line", "--password x ".repeat(MANY)],
    ["blocks that are never closed", "token={".repeat(MANY)],
    ["quotes that are never closed", 'token="${x}'.repeat(MANY)],
    ["lists that are never closed", "token: [".repeat(MANY)],
    ["keys that are never closed", "-----BEGIN PRIVATE KEY-----\n".repeat(MANY)],
    ["backslashes", `password={${"\\".repeat(MANY)}}`],
    ["separators", `password = ${";".repeat(MANY)}x`],
    ["white space", `password ${" ".repeat(MANY)}x y`],
    ["YAML levels", "token:\n".repeat(MANY)],
    ["schemes", "https://a:".repeat(MANY)],
    ["one long name", "password".repeat(MANY)],
    ["beginnings of tokens", "eyJaaaaaaaa-".repeat(MANY)],
    ["elements that are never closed", "<password>".repeat(MANY)],
    ["tags that are never closed", "<password ".repeat(MANY)],
    ["names in tags", `<a ${'name="password" '.repeat(MANY)}>`],
    ["names of elements", "<name>password</name>".repeat(MANY)],
    ["heredocs that are never closed", "password = <<EOT\n".repeat(MANY)],
    ["machines", "machine login login password ".repeat(MANY)],
    ["lines of .pgpass", `pgpass ${"a:1:b:".repeat(MANY)}`],
    ["commands", "curl -u ".repeat(MANY)],
    ["commands in quotes", `curl -u "`.repeat(MANY)],
    ["commands in lists", `["curl", "-u", `.repeat(MANY)],
    ["commands in lines", "- curl\n- -u\n".repeat(MANY)],
    ["commands in other commands", "sh -c 'curl -u $(".repeat(MANY)],
    ["pipes", "echo x | --password-stdi ".repeat(MANY)],
  ])("%s", (_, text) => {
    // What takes the square of the length takes minutes, and the test's time is up.
    expect(namedSecrets(text, names).every(({ start, end }) => start < end && end <= text.length)).toBe(true);
  });
});
