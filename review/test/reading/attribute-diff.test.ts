import { differences } from "./support";

const base64 = (text: string): string => Buffer.from(text).toString("base64");
const upload = (file: string, content: string): object => ({
  upload: [{ content: "", content_base64: base64(content), file, permissions: "0644" }],
});
const json = (value: unknown): string => JSON.stringify(value, null, 2);

test("says nested attributes by their ways", () => {
  const before = { input: { a: { b: [1, 2], c: "x" }, d: null, "e f": true } };
  const after = { input: { a: { b: [1, 3], c: "x" }, d: 5, "e f": false } };
  expect(differences("terraform_data", before, after)).toEqual([
    "input.a.b[1]: 2 -> 3",
    "input.d: nothing -> 5",
    'input["e f"]: true -> false',
  ]);
});

test("an element that is null is still one more or one less", () => {
  const before = { input: { gone: ["a", null], come: [], kept: [null], only: [null, null], texts: null } };
  const after = { input: { gone: ["a"], come: [null], kept: [null], only: [null], texts: [null, "a\nb"] } };
  expect(differences("terraform_data", before, after)).toEqual([
    "input.gone[1]: null -> nothing",
    "input.come[0]: nothing -> null",
    "input.only[1]: null -> nothing",
    "input.texts[0]: nothing -> null",
    expect.stringMatching(/^input\.texts\[1\]: /),
  ]);
});

test("says what becomes known only after apply, and what is sensitive", () => {
  const lines = differences(
    "terraform_data",
    { input: "known", triggers_replace: "swordfish-1" },
    { triggers_replace: "swordfish-2" },
    {
      after_unknown: { input: true },
      before_sensitive: { triggers_replace: true },
      after_sensitive: { triggers_replace: true },
    },
  );
  expect(lines).toEqual(['input: "known" -> unknown', "triggers_replace: secret -> secret"]);
});

test("finds secrets that differ in texts that look alike", () => {
  const secret = {
    before_sensitive: { input: { token: true } },
    after_sensitive: { input: { token: true } },
  };
  const [, line] = differences(
    "terraform_data",
    { input: { token: "swordfish-1", url: "https://a?token=swordfish-1" } },
    { input: { token: "swordfish-2", url: "https://a?token=swordfish-2" } },
    secret,
  );
  expect(line).toMatch(/^input\.url: "https:\/\/a\?token=\(sensitive\)" -> "https:\/\/a\?token=\(sensitive/);
  expect(line).not.toContain("swordfish");
});

describe("sets of containers", () => {
  const container = (before: object, after: object): string[] =>
    differences("docker_container", before, after);

  test("compares environment variables by their names", () => {
    expect(container({ env: ["A=1", "B=2", "C=3"] }, { env: ["D=4", "C=3", "A=10"] })).toEqual([
      'env[A]: "1" -> "10"',
      'env[B]: "2" -> nothing',
      'env[D]: nothing -> "4"',
    ]);
  });

  test("compares labels by their names, empty ones too", () => {
    const label = (name: string, value: string): object => ({ label: name, value });
    expect(
      container(
        { labels: [label("a", "1"), label("b", "")] },
        { labels: [label("a", "2"), label("c.d", "")] },
      ),
    ).toEqual(['labels[a]: "1" -> "2"', 'labels[b]: "" -> nothing', 'labels[c.d]: nothing -> ""']);
  });

  test("compares ports by port and protocol, networks and volumes by name", () => {
    const port = (internal: number, external: number, protocol = "tcp"): object => ({
      internal,
      external,
      protocol,
    });
    expect(
      container(
        {
          ports: [port(53, 53), port(53, 53, "udp")],
          networks_advanced: [{ name: "lan", ipv4_address: "10.0.0.2", aliases: ["a", "b"] }],
          volumes: [{ container_path: "/data", volume_name: "one" }],
        },
        {
          ports: [port(53, 53), port(53, 5353, "udp"), port(80, 8080)],
          networks_advanced: [{ name: "lan", ipv4_address: "10.0.0.3", aliases: ["b", "a"] }],
          volumes: [{ container_path: "/data", volume_name: "two" }],
        },
      ),
    ).toEqual([
      "ports[53/udp].external: 53 -> 5353",
      'ports[80/tcp]: nothing -> {"internal":80,"external":8080,"protocol":"tcp"}',
      'networks_advanced[lan].ipv4_address: "10.0.0.2" -> "10.0.0.3"',
      'volumes[/data].volume_name: "one" -> "two"',
    ]);
  });

  test("compares lists of words that are sets by what came and went", () => {
    expect(container({ dns: ["1.1.1.1", "8.8.8.8"] }, { dns: ["9.9.9.9", "1.1.1.1"] })).toEqual([
      'dns: +["9.9.9.9"] -["8.8.8.8"] =1',
    ]);
    expect(
      container(
        { capabilities: [{ add: ["A", "B"], drop: ["ALL"] }] },
        { capabilities: [{ add: ["B", "C", "A"], drop: ["ALL"] }] },
      ),
    ).toEqual(['capabilities[0].add: +["C"] -[] =2']);
  });

  test("keeps the order of what is a list", () => {
    expect(container({ command: ["a", "b", "c"] }, { command: ["a", "x", "b", "c"] })).toEqual([
      'command[1]: nothing -> "x"',
    ]);
    expect(container({ command: ["a", "b"] }, { command: ["b", "a"] })).toEqual([
      "command: +[] -[] =2 {the same elements in another order}",
    ]);
    const ports = [
      { internal: 1, external: 1 },
      { internal: 2, external: 2 },
    ];
    expect(container({ ports }, { ports: [...ports].reverse() })).toEqual([
      "ports: +[] -[] =2 {the same elements in another order}",
    ]);
  });
});

test("never hides another order of a list of an unknown type", () => {
  expect(differences("unknown_type", { list: ["a", "b", "c"] }, { list: ["c", "a", "b"] })).toEqual([
    "list: +[] -[] =3 {the same elements in another order}",
  ]);
  expect(differences("unknown_type", { list: ["a", "b", "c"] }, { list: ["c", "a", "d"] })).toEqual([
    'list: +["d"] -["b"] =2 {the order of its elements changes too}',
  ]);
  expect(
    differences(
      "unknown_type",
      {
        rule: [
          { name: "a", v: 1 },
          { name: "b", v: 2 },
        ],
      },
      {
        rule: [
          { name: "b", v: 3 },
          { name: "a", v: 1 },
        ],
      },
    ),
  ).toEqual(["rule[b].v: 2 -> 3", "rule: +[] -[] =1 {the same elements in another order}"]);
});

describe("documents", () => {
  const agent = "/consul/config/agent.json";

  test("compares uploaded JSON by its structure", () => {
    expect(
      differences(
        "docker_container",
        upload(
          agent,
          json({ dns_config: { service_ttl: { "*": "30s" } }, retry_join: ["a", "b"], server: true }),
        ),
        upload(
          agent,
          json({ server: true, retry_join: ["a", "b", "c"], dns_config: { service_ttl: { "*": "5s" } } }),
        ),
      ),
    ).toEqual([
      `upload[${agent}].content_base64 > dns_config.service_ttl["*"]: (consul) "30s" -> "5s"`,
      `upload[${agent}].content_base64 > retry_join[2]: (consul) nothing -> "c"`,
    ]);
  });

  test("knows daemon.json, YAML and named.conf by their names", () => {
    const one = (file: string, before: string, after: string): string[] =>
      differences("docker_container", upload(file, before), upload(file, after));
    expect(one("/etc/docker/daemon.json", '{"dns":["10.0.0.1"]}', '{"dns":["10.0.0.2"]}')).toEqual([
      'upload[/etc/docker/daemon.json].content_base64 > dns[0]: (daemon.json) "10.0.0.1" -> "10.0.0.2"',
    ]);
    expect(one("/etc/app.yml", "a: 1\nb:\n  - x\n", "b: [x]\na: 2\n")).toEqual([
      "upload[/etc/app.yml].content_base64 > a: (yaml) 1 -> 2",
    ]);
    expect(
      one("/etc/bind/named.conf", "1\n2\n3\n4\n5\n6\n7\n8\n9\n", "1\n2\n3\n4\n5\n6\nseven\n8\n9\n"),
    ).toEqual(["upload[/etc/bind/named.conf].content_base64: (named.conf) @4| 5| 6|-7|+seven| 8| 9|@1"]);
    expect(one("/run.sh", "#!/bin/sh\necho 1\n", "#!/bin/sh\necho 2\n")).toEqual([
      "upload[/run.sh].content_base64: (text) #!/bin/sh|-echo 1|+echo 2| ".replace(" #", "  #"),
    ]);
  });

  test("compares JSON in any string attribute", () => {
    expect(
      differences(
        "aws_iam_policy",
        { policy: json({ Statement: [{ Action: ["a"], Effect: "Allow" }] }) },
        { policy: json({ Statement: [{ Effect: "Deny", Action: ["a"] }] }) },
      ),
    ).toEqual(['policy > Statement[0].Effect: (json) "Allow" -> "Deny"']);
  });

  test.each([
    ["JSON with a key twice", '{"a":1,"a":2,\n"b":1}', '{"a":3,"a":2,\n"b":1}'],
    ["JSON with a number that would be rounded", '{"a":\n9007199254740993}', '{"a":\n9007199254740992}'],
    ["JSON that does not parse", '{"a":\n1', '{"a":\n2'],
    ["YAML of several documents", "---\na: 1\n---\nb: 1\n", "---\na: 2\n---\nb: 1\n"],
    ["YAML with a key twice", "---\na: 1\na: 2\n", "---\na: 3\na: 2\n"],
    ["YAML of an unknown tag", "---\na: !x 1\n", "---\na: !y 1\n"],
  ])("falls back to lines: %s", (_, before, after) => {
    const [line, ...others] = differences("terraform_data", { input: before }, { input: after });
    expect(others).toEqual([]);
    expect(line).toMatch(/^input: \((?:json|yaml)\) .*-.*\+/);
  });

  test("takes no YAML whose aliases grow without measure", () => {
    const bomb = (x: string): string =>
      `---\na: &a [${x}, x, x, x, x, x, x, x, x]\n${["b", "c", "d", "e", "f", "g", "h"]
        .map((name, i) => `${name}: &${name} [${Array(9).fill(`*${"abcdefg"[i]}`).join(", ")}]`)
        .join("\n")}\n`;
    const [line, ...others] = differences("terraform_data", { input: bomb("x") }, { input: bomb("y") });
    expect(others).toEqual([]);
    expect(line).toMatch(/^input: \(yaml\) /);
  });

  test("says that a document is only written differently, and shows how", () => {
    expect(differences("t", { input: '{"a":1,"b":2}' }, { input: '{ "b": 2, "a": 1 }' })).toEqual([
      'input: (json) "{\\"a\\":1,\\"b\\":2}" -> "{ \\"b\\": 2, \\"a\\": 1 }" {same content, written differently}',
    ]);
    expect(differences("t", { input: "---\na: 1 # one\n" }, { input: "---\na: 1 # two\n" })).toEqual([
      "input: (yaml)  ---|-a: 1 # one|+a: 1 # two|  {same content, written differently}",
    ]);
    expect(differences("t", { input: "a\n b\n" }, { input: "a\n  b" })).toEqual([
      "input: (text)  a|- b|-|+  b {only white space differs}",
    ]);
  });

  test("counts what texts that share nothing have, without looking for the shortest way", () => {
    const text = (word: string): string => Array.from({ length: 3_000 }, (_, i) => `${word} ${i}`).join("\n");
    const [line] = differences("t", { input: text("a") }, { input: text("b") });
    expect(line?.match(/\|-a|\(text\) -a/g)).toHaveLength(3_000);
    expect(line?.match(/\|\+b/g)).toHaveLength(3_000);
  });

  test("compares a document with what takes its place as texts", () => {
    expect(differences("t", { input: '{"a":1}' }, { input: "none" })).toEqual([
      'input: "{\\"a\\":1}" -> "none"',
    ]);
  });
});

describe("hostile values", () => {
  test("keys such as __proto__ are keys like others", () => {
    const before = JSON.parse('{"input":{"__proto__":{"a":1},"constructor":1,"toString":"x"}}') as object;
    const after = JSON.parse('{"input":{"__proto__":{"a":2},"constructor":2,"toString":"x"}}') as object;
    expect(differences("t", before, after)).toEqual([
      "input.__proto__.a: 1 -> 2",
      "input.constructor: 1 -> 2",
    ]);
    expect(differences("constructor", { input: [1] }, { input: [2] })).toEqual(["input[0]: 1 -> 2"]);
  });

  test("JSON that is nested a hundred thousand levels deep, in a text", () => {
    const deep = (core: string): string => "[".repeat(100_000) + core + "]".repeat(100_000);
    const lines = differences("t", { input: deep("1") }, { input: deep("2") });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain(" -> ");
  });

  test.each([
    ["brackets", (core: string) => `---\n${"[".repeat(20_000)}${core}${"]".repeat(20_000)}`],
    ["braces that are not closed", (core: string) => `---\n${"{a: ".repeat(20_000)}${core}`],
    ["lists on one line", (core: string) => `---\n${"- ".repeat(20_000)}${core}`],
    ["keys on one line", (core: string) => `---\n${"? ".repeat(20_000)}${core}`],
    [
      "lines that are indented",
      (core: string) =>
        `---\n${Array.from({ length: 900 }, (_, i) => `${" ".repeat(i)}a:`).join("\n")} ${core}`,
    ],
  ])("YAML that is nested too deep for its parser: %s", (_, deep) => {
    const lines = differences("t", { input: deep("1") }, { input: deep("2") });
    expect(lines).toHaveLength(1);
    expect(lines[0]).toContain("(yaml)");
  });
});
