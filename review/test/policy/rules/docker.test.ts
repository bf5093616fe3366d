import fc from "fast-check";
import type { Action, Json, Marks } from "../../../src/plan/plan";
import { faultOf, imageVersionRule } from "../../../src/policy/rules/image-version";
import { publishedPortRule, reachOf } from "../../../src/policy/rules/published-port";
import { change, stack, verdicts } from "../plans";

const known = (value: Json) => ({ kind: "known", value, sensitive: false }) as const;

describe("published ports", () => {
  const of = (after: Json, unknown?: Marks, action: Action = "create", type = "docker_container") =>
    verdicts(publishedPortRule, stack([change(`${type}.web`, action, { before: after, after, unknown })]));

  test.each([
    null,
    "",
    " ",
    "0.0.0.0",
    "::",
    "[::]",
    "[0.0.0.0]",
    "::0",
    "0:0:0:0:0:0:0:0",
    "0000::0",
    "0",
    "0x0",
    "0.0",
    "000.000.000.000",
    "::ffff:0.0.0.0",
    "::0.0.0.0",
    "::%eth0",
  ])("%j is every interface", (ip) => {
    expect(reachOf(known(ip))).toBe("every");
  });
  test.each(["127.0.0.1", "10.0.0.5", "::1", "[fe80::1]", "192.0.2.1", "::ffff:10.0.0.1", "0.0.0.1"])(
    "%s is one",
    (ip) => {
      expect(reachOf(known(ip))).toBe("one");
    },
  );
  test.each(["localhost", "eth0", "0.0.0.0/0", "10.0.0.256", "*", 0, true, []])("%j is no address", (ip) => {
    expect(reachOf(known(ip))).toBe("invalid");
  });
  test("any way to write zero is every interface", () => {
    const zeros = fc.array(fc.constantFrom("0", "00", "000", "0000"), { minLength: 8, maxLength: 8 });
    fc.assert(
      fc.property(zeros, (groups) => {
        expect(reachOf(known(groups.join(":")))).toBe("every");
      }),
    );
  });

  test.each(["create", "update", "replace", "create-then-forget", "unknown"] as const)(
    "on every interface are found: %s",
    (action) => {
      expect(
        of(
          {
            ports: [
              { internal: 80, external: 8080, ip: "0.0.0.0", protocol: "tcp" },
              { internal: 53, ip: null, protocol: "udp" },
              { internal: 443, ip: "10.0.0.5" },
            ],
          },
          undefined,
          action,
        ),
      ).toEqual([
        'error docker_container.web: production-web/web publishes on every interface: 80/tcp on "0.0.0.0", 53/udp on no address of its own',
      ]);
    },
  );
  test.each(["no-op", "delete", "forget"] as const)("are none of this rule's at %s", (action) => {
    expect(of({ ports: [{ internal: 80, ip: "0.0.0.0" }] }, undefined, action)).toEqual([]);
  });
  test("on one address are in order, as is a container without any or on the host's network", () => {
    expect(of({ ports: [{ internal: 80, ip: "127.0.0.1" }], publish_all_ports: false })).toEqual([]);
    expect(of({ ports: [] })).toEqual([]);
    expect(of({ ports: null, network_mode: "host" })).toEqual([]);
    expect(of({ ports: [{ ip: "0.0.0.0" }] }, undefined, "create", "acme_thing")).toEqual([]);
  });
  test("of the whole image are found", () => {
    expect(of({ publish_all_ports: true })).toEqual([
      expect.stringMatching(/^error .*all ports of its image$/),
    ]);
  });
  test("on what is no address are found", () => {
    expect(of({ ports: [{ internal: 80, ip: "localhost" }] })).toEqual([
      expect.stringMatching(/^error .*no IP address: 80\/tcp on "localhost"$/),
    ]);
  });
  test("whose address is known only after apply cannot be verified; a host's port that is chosen then does not matter", () => {
    expect(of({ ports: [{ internal: 80 }] }, { ports: [{ ip: true }] })).toEqual([
      expect.stringMatching(/^cannot verify .*: the address of 80\/tcp$/),
    ]);
    expect(of({}, { ports: true })).toEqual([expect.stringMatching(/^cannot verify .*: its ports$/)]);
    expect(of({}, { publish_all_ports: true })).toEqual([
      expect.stringMatching(/^cannot verify .*publish_all_ports/),
    ]);
    expect(of({ ports: [{ internal: 80, ip: "127.0.0.1" }] }, { ports: [{ external: true }] })).toEqual([]);
  });
  test("keep what is certain beside what is not", () => {
    expect(
      of({ ports: [{ internal: 80, ip: "::" }, { internal: 81 }] }, { ports: [{}, { ip: true }] }),
    ).toEqual([
      expect.stringMatching(/^error .*80\/tcp on "::"$/),
      expect.stringMatching(/^cannot verify .*81\/tcp$/),
    ]);
  });
  test("hide an address that is sensitive", () => {
    const [found] = verdicts(
      publishedPortRule,
      stack([
        change("docker_container.web", "create", {
          after: { ports: [{ internal: 80, ip: "hush" }] },
          sensitive: { ports: true },
        }),
      ]),
    );
    expect(found).toMatch(/\(sensitive\)/);
    expect(found).not.toMatch(/hush/);
  });

  test("of services are always on every interface", () => {
    const service = (after: Json, unknown?: Marks) => of(after, unknown, "create", "docker_service");
    expect(
      service({
        endpoint_spec: [
          {
            ports: [
              { target_port: 80, published_port: 8080, publish_mode: "host" },
              { target_port: 81, published_port: null },
            ],
          },
        ],
      }),
    ).toEqual([
      "error docker_service.web: production-web/web publishes on every interface: 80 as 8080, 81 as a port that is chosen",
    ]);
    expect(service({ endpoint_spec: [{ mode: "vip", ports: [] }] })).toEqual([]);
    expect(service({ endpoint_spec: [] })).toEqual([]);
    expect(service({ endpoint_spec: [{}] }, { endpoint_spec: [{ ports: true }] })).toEqual([
      expect.stringMatching(/^cannot verify /),
    ]);
    expect(service({}, { endpoint_spec: true })).toEqual([expect.stringMatching(/^cannot verify /)]);
    expect(
      service(
        { endpoint_spec: [{ ports: [{ target_port: 80 }] }] },
        { endpoint_spec: [{ ports: [{ published_port: true }] }] },
      ),
    ).toEqual([expect.stringMatching(/^error .*80 as \(known after apply\)$/)]);
  });
});

describe("versions of images", () => {
  const DIGEST = `sha256:${"a".repeat(64)}`;
  test.each([
    "nginx:1.27",
    "docker.io/library/nginx:1.27.3",
    "registry.example.com:5000/team/app:v1",
    "localhost:5000/app:a_b-c.1",
    `nginx@${DIGEST}`,
    `nginx:latest@${DIGEST}`,
    `registry.example.com:5000/app@${DIGEST}`,
    DIGEST,
    "b".repeat(64),
    "nginx:latest-alpine",
  ])("%s says its version", (image) => {
    expect(faultOf(known(image))).toBeUndefined();
  });
  test.each([
    ["nginx", /neither/],
    ["library/nginx", /neither/],
    ["registry.example.com:5000/app", /neither/],
    ["localhost:5000/app", /neither/],
    ["nginx:latest", /latest/],
    ["registry.example.com:5000/app:latest", /latest/],
    ["nginx:", /tag that is none/],
    ["nginx:a b", /tag that is none/],
    ["nginx@sha256:abc", /digest that is none/],
    ["nginx@", /digest that is none/],
    ["nginx:1.2@latest", /digest that is none/],
    ["", /no name/],
    ["  ", /no name/],
    [null, /no name/],
    [7, /no name/],
  ] as const)("%j does not", (image, fault) => {
    expect(faultOf(known(image))).toMatch(fault);
  });

  const of = (
    address: string,
    after: Json,
    more: { unknown?: Json; action?: Action; references?: readonly string[] } = {},
  ) =>
    verdicts(
      imageVersionRule,
      stack([change(address, more.action ?? "create", { after, unknown: more.unknown })], {
        references: new Map([[address.replace(/\[.*\]$/, ""), more.references ?? []]]),
      }),
    );

  test("are demanded of images, containers and services", () => {
    expect(of("docker_image.web", { name: "nginx" })).toEqual([
      'error docker_image.web: production-web/web uses the image "nginx", which has neither tag nor digest',
    ]);
    expect(of("docker_container.web", { image: "nginx:latest" })).toHaveLength(1);
    const service = (image: Json): Json => ({ task_spec: [{ container_spec: [{ image }] }] });
    expect(of("docker_service.web", service("nginx"))).toHaveLength(1);
    expect(of("docker_service.web", service("nginx:1.27"))).toEqual([]);
    expect(of("docker_service.web", {})).toHaveLength(1);
    expect(of("acme_thing.web", { image: "nginx" })).toEqual([]);
  });
  test.each([
    ["update", 1],
    ["replace", 1],
    ["create-then-forget", 1],
    ["unknown", 1],
    ["no-op", 0],
    ["delete", 0],
    ["forget", 0],
  ] as const)("at %s: %d", (action, count) => {
    expect(of("docker_image.web", { name: "nginx" }, { action })).toHaveLength(count);
  });
  test("cannot be verified where they are known only after apply", () => {
    expect(of("docker_container.web", {}, { unknown: { image: true } })).toEqual([
      expect.stringMatching(/^cannot verify .*known only after apply$/),
    ]);
    expect(
      of("docker_image.web", {}, { unknown: { name: true }, references: ["data.docker_registry_image.web"] }),
    ).toEqual([expect.stringMatching(/^cannot verify /)]);
    expect(
      of(
        "docker_container.web",
        {},
        { unknown: { image: true }, references: ["docker_network.net", "var.image"] },
      ),
    ).toHaveLength(1);
  });
  test("are looked for in the docker_image that a container takes its image from", () => {
    for (const reference of [
      "docker_image.web",
      "module.a.docker_image.web",
      "data.docker_registry_image.web",
    ]) {
      expect(
        of('docker_container.web["a"]', {}, { unknown: { image: true }, references: [reference] }),
      ).toEqual([]);
    }
  });
  test("are not shown where the plan marks them as sensitive", () => {
    const [found] = verdicts(
      imageVersionRule,
      stack([change("docker_image.web", "create", { after: { name: "hush" }, sensitive: { name: true } })]),
    );
    expect(found).toMatch(/the image \(sensitive\)/);
    expect(found).not.toMatch(/hush/);
  });
});
