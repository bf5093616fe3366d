/** The review of a fleet, made by hand: what the pictures of the page show and what its tests count. */
import type {
  Review,
  ReviewedChange,
  ReviewedDrift,
  ReviewedOutput,
  ReviewedStack,
} from "../../src/review/review";
import { ABSENT, NOTHING, attribute, change, review, stack, value } from "../render/sample-reviews";

const LATER = { kind: "known-after-apply" } as const;

/** Gives a stack the counts of what it holds. */
function counted(one: ReviewedStack, unchanged: number): ReviewedStack {
  const number = (...actions: readonly string[]): number =>
    one.changes.filter(({ action }) => actions.includes(action)).length;
  return {
    ...one,
    counts: {
      ...NOTHING,
      add: number("create", "replace"),
      change: number("update"),
      destroy: number("delete", "replace"),
      replace: number("replace"),
      import: number("import"),
      move: number("move"),
      forget: number("forget"),
      read: number("read"),
      unknown: number("unknown"),
      drift: one.drift.length,
      relevantDrift: one.drift.filter(({ relevant }) => relevant).length,
      outputs: one.outputs.length,
      actions: one.actions.length,
      unchanged,
    },
  };
}

const OLD_CONSUL = "hashicorp/consul:1.19.2";
const NEW_CONSUL = "hashicorp/consul:1.20.1";
const CANNOT_UPDATE = {
  code: "replace_because_cannot_update",
  text: "The provider cannot change it in place.",
};
const NO_CONFIG = {
  code: "delete_because_no_resource_config",
  text: "It is no longer in the configuration.",
};

function consulReplaced(stackName: string, host: string, role: string): ReviewedChange {
  return change("docker_container.consul", "replace", {
    address: `docker_container.${host}_consul`,
    name: `${stackName}/${host}/consul/Container`,
    actions: ["delete", "create"],
    order: "delete-before-create",
    reason: CANNOT_UPDATE,
    host,
    role,
    image: NEW_CONSUL,
    ...(role === "consul-server" ? { gate: "its health check must pass before the next server" } : {}),
    attributes: [
      attribute("image", value(OLD_CONSUL), value(NEW_CONSUL), { forcesReplacement: true }),
      attribute(
        `labels["cdktf-docker-discovery.replacement-hash"]`,
        value("5f0c3a9be81d4427"),
        value("c19d02b7a6e4f380"),
      ),
      attribute("env", ABSENT, ABSENT, {
        set: {
          removed: [value("GOMEMLIMIT=384MiB")],
          added: [value("GOMEMLIMIT=512MiB"), { kind: "sensitive", hash: "9c41f7" }],
          kept: 3,
        },
      }),
      attribute("upload[0].content > performance.raft_multiplier", value(5), value(1), {
        document: "consul",
      }),
      attribute("upload[0].content > telemetry.prometheus_retention_time", ABSENT, value("60s"), {
        document: "consul",
      }),
      attribute("id", value("8f1b7c0ad2e94b15a3c86a0f5e7d2b91"), LATER),
    ],
    noise: { "computed by the provider": 11 },
  });
}

function imageReplaced(stackName: string, host: string): ReviewedChange {
  return change("docker_image.consul", "replace", {
    address: `docker_image.${host}_consul`,
    name: `${stackName}/${host}/image-consul`,
    actions: ["create", "delete"],
    order: "create-before-delete",
    reason: CANNOT_UPDATE,
    host,
    attributes: [attribute("name", value(OLD_CONSUL), value(NEW_CONSUL), { forcesReplacement: true })],
  });
}

function bindUpdated(stackName: string, host: string): ReviewedChange {
  return change("docker_container.bind", "replace", {
    address: `docker_container.${host}_bind`,
    name: `${stackName}/${host}/bind/Container`,
    actions: ["delete", "create"],
    order: "delete-before-create",
    reason: CANNOT_UPDATE,
    host,
    role: "bind",
    image: "internetsystemsconsortium/bind9:9.18",
    attributes: [
      attribute("upload[0].content", ABSENT, ABSENT, {
        forcesReplacement: true,
        document: "named.conf",
        lines: [
          { op: "gap", text: "6" },
          { op: "kept", text: "options {" },
          { op: "kept", text: '\tdirectory "/var/cache/bind";' },
          { op: "removed", text: "\tforwarders { 10.30.0.2; 10.30.0.3; };" },
          { op: "added", text: "\tforwarders { 10.30.0.2; 10.30.0.4; };" },
          { op: "kept", text: "\tforward only;" },
          { op: "gap", text: "14" },
          { op: "kept", text: 'zone "consul" IN {' },
          { op: "kept", text: "\ttype forward;" },
          { op: "removed", text: "\tmax-cache-ttl 3;" },
          { op: "added", text: "\tmax-cache-ttl 10;" },
          { op: "added", text: "\tmax-ncache-ttl 1;" },
          { op: "kept", text: "};" },
        ],
      }),
      attribute("id", value("0d44c1e7b0a94f5c8ee1"), LATER),
    ],
    noise: { "computed by the provider": 9 },
  });
}

function server(
  position: number,
  changes: readonly ReviewedChange[],
  more: Partial<ReviewedStack> = {},
): ReviewedStack {
  const name = `production-server-${position}`;
  return counted(
    stack(name, {
      dependsOn: position === 1 ? [] : [`production-server-${position - 1}`],
      provisionalBecauseOf: position === 1 ? [] : [`production-server-${position - 1}`],
      changes,
      ...more,
    }),
    6,
  );
}

const dataDestroyed = change("docker_volume.consul_2_data", "delete", {
  name: "production-server-2/consul-2/consul/Data",
  actions: ["delete"],
  reason: NO_CONFIG,
  dataBearing: "docker_volume",
  host: "consul-2",
  attributes: [
    attribute("name", value("consul-data"), ABSENT),
    attribute("driver", value("local"), ABSENT),
    attribute("mountpoint", value("/var/lib/docker/volumes/consul-data/_data"), ABSENT),
    attribute("labels", ABSENT, ABSENT, {
      set: { removed: [value("cdktf-docker-discovery.data=consul-data")], added: [], kept: 0 },
    }),
  ],
});

const shopUpdated = change("docker_container.web_1_shop", "update", {
  name: "production-fleet/web-1/service-shop",
  host: "web-1",
  image: "registry.example.com/shop:2.4.1",
  attributes: [
    attribute("memory", value(512), value(768)),
    attribute('env["FEATURE_CHECKOUT"]', value("off"), value("gradual")),
    attribute(
      'env["DATABASE_PASSWORD"]',
      { kind: "sensitive", hash: "a07c1e" },
      { kind: "sensitive", hash: "52b9d4" },
    ),
    attribute("ports", ABSENT, ABSENT, {
      set: { removed: [value("8000/tcp")], added: [value("8080/tcp")], kept: 1 },
    }),
  ],
});

const driftOfShop: ReviewedDrift = {
  ...change("docker_container.web_1_shop", "update", {
    name: "production-fleet/web-1/service-shop",
    host: "web-1",
    attributes: [attribute("memory", value(512), value(640))],
  }),
  relevant: true,
};

const driftOfNetwork: ReviewedDrift = {
  ...change("docker_network.web_2", "update", {
    name: "production-fleet/web-2/network",
    host: "web-2",
    attributes: [attribute("options", ABSENT, value({ "com.docker.network.driver.mtu": "1450" }))],
  }),
  relevant: false,
};

const OUTPUTS: readonly ReviewedOutput[] = [
  {
    name: "resolvers",
    action: "update",
    before: value(["10.30.0.14", "10.30.0.15"]),
    after: value(["10.30.0.14", "10.30.0.15", "10.30.0.16"]),
    crossStack: false,
  },
  {
    name: "cross-stack-output-docker_containerweb-1consulid",
    action: "update",
    before: { kind: "sensitive" },
    after: LATER,
    crossStack: true,
  },
];

const fleet = counted(
  stack("production-fleet", {
    dependsOn: ["production-server-3"],
    provisionalBecauseOf: ["production-server-1", "production-server-2"],
    banners: [{ kind: "check-failed", text: "1 check did not pass; read it before you apply." }],
    changes: [
      change("docker_container.web_9_registrator", "delete", {
        name: "production-fleet/web-9/registrator/Container",
        actions: ["delete"],
        reason: NO_CONFIG,
        host: "web-9",
        role: "registrator",
        attributes: [
          attribute("name", value("registrator"), ABSENT),
          attribute("image", value("gliderlabs/registrator:master"), ABSENT),
          attribute("network_mode", value("host"), ABSENT),
        ],
      }),
      consulReplaced("production-fleet", "web-1", "consul-agent"),
      bindUpdated("production-fleet", "web-1"),
      shopUpdated,
      change("docker_container.web_3_shop", "create", {
        name: "production-fleet/web-3/service-shop",
        host: "web-3",
        image: "registry.example.com/shop:2.4.1",
        attributes: [
          attribute("name", ABSENT, value("shop")),
          attribute("image", ABSENT, value("registry.example.com/shop:2.4.1")),
          attribute("memory", ABSENT, value(512)),
          attribute(
            "ports",
            ABSENT,
            value([{ internal: 8000, external: 8000, ip: "10.30.0.16", protocol: "tcp" }]),
          ),
          attribute("id", ABSENT, LATER),
        ],
        provisioners: ["local-exec (when created)"],
      }),
      change("docker_network.web_3", "create", {
        name: "production-fleet/web-3/network",
        host: "web-3",
        attributes: [
          attribute("name", ABSENT, value("services")),
          attribute("ipam_config[0].subnet", ABSENT, value("10.31.6.0/24")),
        ],
      }),
      change("docker_network.web_2", "move", {
        name: "production-fleet/web-2/network",
        previousAddress: "docker_network.web_2_services",
        host: "web-2",
      }),
    ],
    drift: [driftOfShop, driftOfNetwork],
    outputs: OUTPUTS,
    actions: ["action.docker_exec.reload (after update of docker_container.web_1_shop)"],
    checks: [
      { address: "check.resolvers", status: "fail", problems: ["10.30.0.16 does not answer on port 53."] },
    ],
    noise: { "network_data alone": 4 },
  }),
  31,
);

/** Seven stacks of two environments: a blocked destroy of data, replaced servers, a resolver's configuration, drift. */
export const FLEET: Review = review(
  [
    server(1, [
      consulReplaced("production-server-1", "consul-1", "consul-server"),
      imageReplaced("production-server-1", "consul-1"),
    ]),
    server(2, [
      dataDestroyed,
      consulReplaced("production-server-2", "consul-2", "consul-server"),
      imageReplaced("production-server-2", "consul-2"),
    ]),
    server(3, [imageReplaced("production-server-3", "consul-3")]),
    fleet,
    stack("staging-server-1", { status: "unchanged", counts: { ...NOTHING, unchanged: 9 } }),
    stack("staging-server-2", {
      status: "unchanged",
      counts: { ...NOTHING, unchanged: 9 },
      dependsOn: ["staging-server-1"],
    }),
    stack("staging-server-3", {
      status: "unchanged",
      counts: { ...NOTHING, unchanged: 9 },
      dependsOn: ["staging-server-2"],
    }),
  ],
  {
    verdict: "blocked",
    because: ["A policy forbids the destroy of a data volume.", "1 finding cannot be verified before apply."],
    findings: [
      {
        rule: "docker/data-volume",
        level: "error",
        stack: "production-server-2",
        address: "docker_volume.consul_2_data",
        name: "production-server-2/consul-2/consul/Data",
        message: "The volume consul-data bears the data of a Consul server, and it would be destroyed.",
        mend: "Keep the volume in the configuration, or acknowledge the finding with a reason and a day on which it expires.",
        help: "https://example.com/docs/review/policies/docker-data-volume.md",
      },
      {
        rule: "docker/image-version",
        level: "cannot-verify",
        stack: "production-fleet",
        address: "docker_container.web_3_shop",
        name: "production-fleet/web-3/service-shop",
        message: "The image is known only after apply, so its version cannot be verified.",
        mend: "Name the image by a tag or a digest that is a constant.",
        help: "https://example.com/docs/review/policies/docker-image-version.md",
      },
      {
        rule: "consul/one-server",
        level: "error",
        stack: "production-server-1",
        address: "docker_container.consul-1_consul",
        name: "production-server-1/consul-1/consul/Container",
        message: "Two Consul servers are replaced in one change.",
        mend: "Apply the stacks one after the other, and wait for the gate of each.",
        help: "https://example.com/docs/review/policies/consul-one-server.md",
        acknowledged: {
          reason: "The stacks are applied one by one; the health check is the gate.",
          by: "platform",
          expires: "2026-12-31",
        },
      },
    ],
    delta: {
      added: ["docker_volume.consul_2_data"],
      changed: ["docker_container.web_1_bind", "docker_container.web_1_shop"],
      gone: ["docker_container.web_2_shop"],
    },
  },
);
