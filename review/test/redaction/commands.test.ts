import type { Json } from "../../src/plan/plan";
import { namedSecrets } from "../../src/redaction/named-secrets";
import { Redactor } from "../../src/redaction/redactor";
import { SecretNames } from "../../src/redaction/secret-names";
import { plan, resource } from "./plans";
import { Secret } from "../../src/redaction/redacted";

const names = new SecretNames();

/** A text with # in place of what is hidden. */
function shown(text: string): string {
  let result = "";
  let at = 0;
  for (const { start, end } of [...namedSecrets(text, names)].sort((a, b) => a.start - b.start)) {
    if (start >= at) {
      result += `${text.slice(at, start)}#`;
      at = end;
    }
  }
  return result + text.slice(at);
}

describe("secrets of command lines", () => {
  test.each([
    ["mysql -u root -pabc db", "mysql -u root -p# db"],
    ["mysqldump --all -p'a b' > x", "mysqldump --all -p'#' > x"],
    ["mysql -u mysql -pabc mysql", "mysql -u mysql -p# mysql"],
    ["/usr/bin/mysql -pabc", "/usr/bin/mysql -p#"],
    ["sh -c 'mysql -pabc'", "sh -c 'mysql -p#'"],
    ['sh -c "mysql -p\\"abc\\" db"', 'sh -c "mysql -p\\"#\\" db"'],
    ["exec mysqladmin ping -hlocalhost -pabc || exit 1", "exec mysqladmin ping -hlocalhost -p# || exit 1"],
    ["mysql \\\n  -u root \\\n  -pabc \\\n  db", "mysql \\\n  -u root \\\n  -p# \\\n  db"],
    ["sshpass -p abc ssh -p 2222 a@b", "sshpass -p # ssh -p 2222 a@b"],
    ["sshpass -pabc scp -P 2222 a b:", "sshpass -p# scp -P 2222 a b:"],
    ["docker login -u a -p abc registry:5000", "docker login -u a -p # registry:5000"],
    ["docker --config /x login -pabc", "docker --config /x login -p#"],
    ["helm registry login -u a -p=abc r", "helm registry login -u a -p=# r"],
    ["curl -u me:abc https://x", "curl -u me:# https://x"],
    ["curl -sSfu me:abc https://x", "curl -sSfu me:# https://x"],
    ["curl https://x --user 'me:a b'", "curl https://x --user 'me:#'"],
    ["curl --proxy-user=me:abc https://x", "curl --proxy-user=me:# https://x"],
    ['curl -u "$USER:abc" https://x', 'curl -u "$USER:#" https://x'],
    ["redis-cli -h x -a abc ping", "redis-cli -h x -a # ping"],
    ["mongosh -u a -p abc --port 27017", "mongosh -u a -p # --port 27017"],
    ["ldapsearch -xw abc -p 389", "ldapsearch -xw # -p 389"],
    ["mosquitto_pub -p 1883 -P abc -t x", "mosquitto_pub -p 1883 -P # -t x"],
    ["smbclient //a/b -U me%abc", "smbclient //a/b -U me%#"],
    ["keytool -list -storepass abc -alias x", "keytool -list -storepass # -alias x"],
    ["docker exec -it db mysql -pabc; ls -pabc", "docker exec -it db mysql -p#; ls -pabc"],
    ["a | curl -u me:abc x | b -u me:abc", "a | curl -u me:# x | b -u me:abc"],
    ['CMD ["mysql", "-u", "root", "-pabc"]', 'CMD ["mysql", "-u", "root", "-p#"]'],
    ['{"cmd":"[\\"sshpass\\",\\"-p\\",\\"abc\\"]"}', '{"cmd":"[\\"sshpass\\",\\"-p\\",\\"#\\"]"}'],
    ["command:\n  - curl\n  - -u\n  - me:abc\n  - x", "command:\n  - curl\n  - -u\n  - me:#\n  - x"],
    ["  - 'sshpass'\n  - '-p'\n  - 'abc'\nport: -p", "  - 'sshpass'\n  - '-p'\n  - '#'\nport: -p"],
    ["echo abc | docker login --password-stdin r", "echo # | docker login --password-stdin r"],
    [
      "printf '%s' 'a b' | docker login -u a --password-stdin",
      "printf '%s' '#' | docker login -u a --password-stdin",
    ],
    ["echo 'root:abc' | chpasswd", "echo 'root:#' | chpasswd"],
    ["x --password abc --token=def", "x --password # --token=#"],
  ])("%j", (text, hidden) => {
    expect(shown(text)).toBe(hidden);
  });
});

describe("what is no secret in a command line", () => {
  test.each([
    "docker run -p 80:80 -u root:root nginx",
    "docker run --name mysql -p3306:3306 -p 80:80 mysql:8",
    "docker run -d --network mysql -p33060:33060/tcp x",
    "docker compose -p project up",
    "docker run --user 1000:1000 login -p 80",
    "ssh -p 2222 host; mkdir -p /a/b; cp -pr a b; ps -p 123",
    "mysql -u root -p db",
    "mysql -P 3306 -h db -p",
    "mysql --protocol=tcp --port 3306",
    'mysql -p$MYSQL_PASSWORD -p"$MYSQL_PASSWORD" -p$$MYSQL_PASSWORD -p$(cat /run/secrets/db)',
    "find /var/lib/mysql -print -path x; find . -user mysql -print; chown -R mysql:mysql -path",
    "psql -U me -p 5432 -h db",
    "sshpass -f /run/secrets/x ssh -p 2222 a@b",
    "sshpass -e ssh -pabc a@b",
    "curl -fsSL https://x -o out -H 'A: b:c'",
    'curl -u me https://x; curl -u : --negotiate x; curl -u me: x; curl -u "$A:$B" x',
    "curl --unix-socket /var/run/docker.sock http://x/a:b",
    "redis-cli -h x -p 6379 ping",
    "ldapsearch -x -p 389 -b dc=x",
    "mongosh -p --port 27017",
    "use curl, -u me:abc is not its option here",
    "zip -r -p out.zip dir",
    "- curl\n- -s\nother:\n- -u\n- me:abc\n",
    "echo hello | grep x; echo y | docker login",
    '["docker", "run", "-p", "80:80", "mysql"]',
  ])("%j", (text) => {
    expect(shown(text)).toBe(text);
  });
});

describe("commands that are lists", () => {
  const hiddenIn = (command: readonly Json[], name = "command"): readonly number[] => {
    const change = resource({ after: { [name]: command } });
    const { after } = Redactor.of([plan({ resourceChanges: [change] })]).change(change);
    const items = (after as Record<string, readonly unknown[]>)[name] ?? [];
    return items.flatMap((item, index) => (item instanceof Secret ? [index] : []));
  };

  test.each<[readonly Json[], readonly number[]]>([
    [["mysql", "-u", "root", "-pabc"], [3]],
    [["mysql", "-u", "mysql", "-pabc", "mysql"], [3]],
    [["CMD", "mysqladmin", "ping", "-h", "localhost", "-pabc"], [5]],
    [["sshpass", "-p", "abc", "ssh", "-p", "2222"], [2]],
    [["/usr/local/bin/curl", "-u", "me:abc", "https://x"], [2]],
    [["docker", "login", "-u", "a", "-p", "abc", "r"], [5]],
    [["docker", "run", "--name", "mysql", "-p3306:3306", "-p", "80:80", "mysql"], []],
    [["mysql", "-u", "root", "-p", "db"], []],
    [["mysql", "-p$MYSQL_PASSWORD"], []],
    [["curl", "-u", "me", "-o", "a:b"], []],
    [["redis-server", "-a", "abc"], []],
    [["-p", "80:80", "curl"], []],
    [["redis-cli", 1, null, "-a", "abc", ["-a", "def"]], [4]],
  ])("%j", (command, hidden) => {
    expect(hiddenIn(command)).toEqual(hidden);
  });

  test("the secret is gone elsewhere too, without the option before it", () => {
    const change = resource({
      after: { command: ["mysql", "-phunter2hunter2"], other: "see hunter2hunter2", third: "-p and mysql" },
    });
    const { after } = Redactor.of([plan({ resourceChanges: [change] })]).change(change);
    expect(after).toMatchObject({ other: "see (sensitive)", third: "-p and mysql" });
  });
});

describe("files that hold passwords by position", () => {
  const content = "# host:port:database:user:password\ndb:5432:*:me:ab\\:c\n*:*:*:*:def\n\n";
  const hidden = "# host:port:database:user:password\ndb:5432:*:me:(sensitive)\n*:*:*:*:(sensitive 2)\n\n";
  const redactedOf = (after: Json): unknown => {
    const change = resource({ after });
    return Redactor.of([plan({ resourceChanges: [change] })]).change(change).after;
  };

  test.each<[string, Json, Json]>([
    [
      "an upload",
      { upload: [{ file: "/root/.pgpass", content }] },
      { upload: [{ file: "/root/.pgpass", content: hidden }] },
    ],
    ["a local file", { filename: "pgpass.conf", content }, { filename: "pgpass.conf", content: hidden }],
    ["a map of files", { data: { ".pgpass": content } }, { data: { ".pgpass": hidden } }],
    [
      "a document",
      { x: JSON.stringify({ path: "~/.pgpass", content: "h:1:d:u:hunter22" }) },
      { x: JSON.stringify({ path: "~/.pgpass", content: "h:1:d:u:(sensitive)" }) },
    ],
    ["another file", { file: "/etc/passwd", content }, { file: "/etc/passwd", content }],
  ])("%s", (_, after, expected) => {
    expect(redactedOf(after)).toEqual(expected);
  });

  test("in base64", () => {
    const after = redactedOf({ file: ".pgpass", content_base64: Buffer.from(content).toString("base64") });
    expect(JSON.stringify(after)).not.toMatch(/def|ab\\/);
  });

  test("where only the content changes", () => {
    const change = resource({
      before: { filename: ".pgpass", content: "h:1:d:u:hunter2-before", other: "hunter2-before" },
      after: { filename: ".pgpass", content: "h:1:d:u:hunter2-after", other: "hunter2-after" },
    });
    const { before, after } = Redactor.of([plan({ resourceChanges: [change] })]).change(change);
    expect(JSON.stringify([before, after])).not.toContain("hunter2");
  });
});
