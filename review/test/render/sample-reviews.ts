/** Reviews made by hand, which golden texts of all formats are made of. */
import { REVIEW_VERSION } from "../../src/review/review";
import type {
  AttributeChange,
  Counts,
  Review,
  ReviewedChange,
  ReviewedStack,
  ShownValue,
} from "../../src/review/review";

/** Counts of nothing. */
export const NOTHING: Counts = {
  add: 0,
  change: 0,
  destroy: 0,
  replace: 0,
  import: 0,
  move: 0,
  forget: 0,
  read: 0,
  drift: 0,
  relevantDrift: 0,
  outputs: 0,
  deferred: 0,
  actions: 0,
  unknown: 0,
  unchanged: 0,
};

/** A plain value. */
export function value(text: unknown): ShownValue {
  return { kind: "value", text: JSON.stringify(text) };
}

/** No value. */
export const ABSENT: ShownValue = { kind: "absent" };

/** An attribute that changes. */
export function attribute(
  path: string,
  before: ShownValue,
  after: ShownValue,
  more: Partial<AttributeChange> = {},
): AttributeChange {
  return { path, before, after, forcesReplacement: false, ...more };
}

/** A change. */
export function change(
  address: string,
  action: ReviewedChange["action"],
  more: Partial<ReviewedChange> = {},
): ReviewedChange {
  return {
    address,
    name: address,
    type: address.split(".")[0] ?? "",
    action,
    actions: [action],
    attributes: [],
    noise: {},
    provisioners: [],
    ...more,
  };
}

/** A stack. */
export function stack(name: string, more: Partial<ReviewedStack> = {}): ReviewedStack {
  return {
    name,
    environment: name.split("-")[0] ?? "",
    dependsOn: [],
    status: "changed",
    terraformVersion: "1.14.0",
    banners: [],
    provisionalBecauseOf: [],
    changes: [],
    drift: [],
    outputs: [],
    actions: [],
    checks: [],
    byHand: [],
    counts: NOTHING,
    noise: {},
    fingerprint: "0f1e2d3c4b5a69788796a5b4c3d2e1f00f1e2d3c4b5a69788796a5b4c3d2e1f0",
    ...more,
  };
}

/** A review whose counts are the sum of its stacks'. */
export function review(stacks: readonly ReviewedStack[], more: Partial<Review> = {}): Review {
  const counts: Record<string, number> = { ...NOTHING };
  for (const each of stacks) {
    for (const [key, number] of Object.entries(each.counts))
      counts[key] = (counts[key] ?? 0) + Number(number);
  }
  return {
    version: REVIEW_VERSION,
    verdict: "changes",
    because: [],
    stacks,
    findings: [],
    counts: counts as unknown as Counts,
    fingerprint: "6b86b273ff34fce19d6b804eff5a3f5747ada4eaa22f1d49c01e52ddb7875b4b",
    fingerprintKeyed: true,
    ...more,
  };
}

const consulData = change("docker_volume.consul_data", "replace", {
  name: "production-consul/server-1/data",
  actions: ["delete", "create"],
  order: "delete-before-create",
  reason: {
    code: "replace_because_cannot_update",
    text: "The provider cannot change this attribute in place.",
  },
  dataBearing: "docker_volume",
  host: "web-1",
  role: "consul-server",
  attributes: [
    attribute("driver", value("local"), value("nfs"), { forcesReplacement: true }),
    attribute("mountpoint", value("/var/lib/docker/volumes/consul/_data"), { kind: "known-after-apply" }),
  ],
});

const consulServer = change("docker_container.server", "replace", {
  name: "production-consul/server-1",
  actions: ["create", "delete"],
  order: "create-before-delete",
  reason: { code: "replace_by_request", text: "Its replacement was asked for." },
  host: "web-1",
  image: "hashicorp/consul:1.21.4",
  role: "consul-server",
  gate: "one server at a time",
  attributes: [
    attribute("image", value("hashicorp/consul:1.20.1"), value("hashicorp/consul:1.21.4"), {
      forcesReplacement: true,
    }),
    attribute("env", ABSENT, ABSENT, {
      set: { added: [value("A=1")], removed: [value("A=0"), { kind: "sensitive" }], kept: 3 },
    }),
    attribute("upload[0].content", ABSENT, ABSENT, {
      document: "consul",
      lines: [
        { op: "gap", text: "12" },
        { op: "kept", text: '  "datacenter": "dc1",' },
        { op: "removed", text: '  "log_level": "info"' },
        { op: "added", text: '  "log_level": "debug"' },
      ],
    }),
    attribute("upload[1].content", { kind: "sensitive", hash: "a1b2" }, { kind: "sensitive", hash: "c3d4" }),
    attribute("id", value("b0f5"), { kind: "known-after-apply" }),
  ],
  noise: { computed: 12 },
  provisioners: ["local-exec (when created)"],
});

const zone = change("docker_container.bind", "update", {
  name: "production-dns/bind",
  host: "web-2",
  attributes: [
    attribute("upload[0].content > options.forwarders", value("192.0.2.1"), value("192.0.2.2"), {
      document: "named.conf",
    }),
    attribute("labels", value("a"), value("b"), { note: "same elements in another order" }),
  ],
});

/** Everything that a review can hold, blocked by a policy. */
export const BLOCKED: Review = review(
  [
    stack("production-consul", {
      counts: {
        ...NOTHING,
        add: 2,
        destroy: 3,
        replace: 2,
        unchanged: 14,
        actions: 1,
        outputs: 2,
        drift: 2,
        relevantDrift: 1,
      },
      changes: [
        consulData,
        consulServer,
        change("docker_container.old[0]", "delete", {
          name: "production-consul/old",
          actions: ["delete"],
          reason: {
            code: "delete_because_no_resource_config",
            text: "It is no longer in the configuration.",
          },
          host: "web-3",
          attributes: [attribute("name", value("old"), ABSENT), attribute("ports", value([80]), ABSENT)],
          provisioners: ["local-exec (when destroyed)"],
        }),
        change("docker_image.consul", "read", {
          reason: { code: "read_because_config_unknown", text: "Its arguments are known after apply." },
        }),
      ],
      outputs: [
        {
          name: "address",
          action: "update",
          before: value("192.0.2.1"),
          after: { kind: "known-after-apply" },
          crossStack: false,
        },
        {
          name: "cross-stack-output-id",
          action: "create",
          before: ABSENT,
          after: { kind: "sensitive" },
          crossStack: true,
        },
      ],
      actions: ["action.docker_exec.reload (after create of docker_container.server)"],
      drift: [
        {
          ...change("docker_container.server", "update", {
            name: "production-consul/server-1",
            attributes: [attribute("memory", value(512), value(256))],
          }),
          relevant: true,
        },
        {
          ...change("docker_network.overlay", "delete", { name: "production-consul/overlay" }),
          relevant: false,
        },
      ],
      noise: { "network_data only": 4 },
      checks: [
        { address: "check.healthy", status: "fail", problems: ["The server at 192.0.2.1 does not answer."] },
        { address: "check.dns", status: "unknown", problems: [] },
      ],
      banners: [{ kind: "check-failed", text: "1 check failed: read it before you apply." }],
    }),
    stack("production-dns", {
      dependsOn: ["production-consul"],
      provisionalBecauseOf: ["production-consul"],
      banners: [
        { kind: "provisional", text: "Values of production-consul are not known yet." },
        { kind: "incomplete", text: "The plan is incomplete: plan again after this apply." },
      ],
      counts: { ...NOTHING, change: 1, forget: 1, move: 1, import: 1, deferred: 1, unknown: 1, unchanged: 3 },
      changes: [
        change("docker_network.legacy", "forget", {
          name: "production-dns/legacy",
          reason: { code: "forget", text: "A removed block forgets it." },
        }),
        change("docker_thing.new", "unknown", { name: "production-dns/thing", actions: ["transmute"] }),
        zone,
        change("docker_network.b", "move", { previousAddress: "docker_network.a" }),
        change("docker_network.c", "import", { importing: 'id "net-c"' }),
        change("docker_container.later", "create", {
          deferred: {
            code: "provider_config_unknown",
            text: "Its provider's configuration is known after apply.",
          },
          attributes: [attribute("name", ABSENT, value("later"))],
        }),
      ],
      byHand: [{ where: "docker_thing.new", what: "action", got: '["transmute"]' }],
    }),
    stack("production-fleet", { status: "unchanged", counts: { ...NOTHING, unchanged: 41 } }),
    stack("staging-consul", {
      status: "failed",
      failure:
        "Error: Failed to query available provider packages\n\nCould not retrieve the list of versions.",
      banners: [{ kind: "failed", text: "There is no plan of this stack: mend what failed and plan again." }],
    }),
  ],
  {
    verdict: "blocked",
    because: ["1 policy finding blocks.", "1 part of the plans is unknown to this version."],
    findings: [
      {
        rule: "docker/data-volume",
        level: "error",
        stack: "production-consul",
        address: "docker_volume.consul_data",
        name: "production-consul/server-1/data",
        message: "The volume consul_data bears data, and it would be destroyed.",
        mend: "Keep its driver, or acknowledge it in the policy with a reason.",
        help: "https://example.com/docs/review/policies/data-volume.md",
      },
      {
        rule: "docker/image-digest",
        level: "cannot-verify",
        stack: "production-dns",
        message: "The image is known only after apply.",
        mend: "Name the image by a constant.",
        help: "docs/review/policies/image-digest.md",
      },
      {
        rule: "docker/published-port",
        level: "warning",
        stack: "production-dns",
        address: "docker_container.bind",
        name: "production-dns/bind",
        message: "Port 53 is published on 0.0.0.0.",
        mend: "Set `ip` to an address of the host.",
        acknowledged: { reason: "The resolver is public.", by: "ops", expires: "2026-12-31" },
      },
    ],
    delta: {
      added: ["production-consul", "docker_volume.consul_data"],
      gone: [],
      changed: ["docker_container.bind"],
    },
    graph: {
      stacks: [
        { name: "production-consul", danger: "destroy", provisional: false },
        { name: "production-dns", danger: "change", provisional: true },
      ],
      hosts: [
        { stack: "production-consul", name: "web-1", danger: "replace" },
        { stack: "production-consul", name: "web-3", danger: "destroy" },
        { stack: "production-dns", name: "web-2", danger: "change" },
      ],
      edges: [{ from: "production-consul", to: "production-dns" }],
    },
    fingerprintKeyed: false,
  },
);

/** Nothing to do. */
export const NO_CHANGES: Review = review(
  [
    stack("production-consul", { status: "unchanged", counts: { ...NOTHING, unchanged: 14 } }),
    stack("production-dns", { status: "unchanged", counts: { ...NOTHING, unchanged: 3 } }),
  ],
  { verdict: "no-changes", delta: { added: [], gone: [], changed: [] } },
);

/** Creates alone. */
export const CREATES: Review = review([
  stack("staging-dns", {
    counts: { ...NOTHING, add: 1 },
    changes: [
      change("docker_container.bind", "create", {
        name: "staging-dns/bind",
        attributes: [
          attribute("name", ABSENT, value("bind")),
          attribute("password", ABSENT, { kind: "sensitive" }),
          attribute("id", ABSENT, { kind: "known-after-apply" }),
        ],
      }),
    ],
  }),
]);

/** A stack failed, so nobody knows. */
export const ERROR: Review = review(
  [
    stack("staging-dns", { status: "failed", failure: "terraform: not found" }),
    stack("staging-consul", { status: "unchanged" }),
  ],
  { verdict: "error", because: ["1 stack has no plan."] },
);

/** A text of a plan that tries whatever there is to try. */
export const HOSTILE =
  "```\n</details></code><img src=x onerror=alert(1)> |\\| [x](javascript:alert(1)) ![](http://example.com/a.png) @org/team #1 GH-1 owner/repo#1 https://example.com www.example.com a@example.com :tada: $$x$$ $`x`$ [^1] - [ ] \r\u2028\u202e\u001b[31m\u0000\ud800 <!-- --> &amp; `` ` deadbeefcafe";

/** A review whose every text is hostile. */
export const HOSTILE_REVIEW: Review = review(
  [
    stack(HOSTILE, {
      environment: HOSTILE,
      provisionalBecauseOf: [HOSTILE],
      banners: [
        { kind: HOSTILE, text: HOSTILE },
        { kind: "provisional", text: HOSTILE },
      ],
      counts: { ...NOTHING, add: 1, destroy: 2, replace: 1, drift: 1, unknown: 1 },
      changes: [
        change(HOSTILE, "replace", {
          name: `${HOSTILE} name`,
          type: HOSTILE,
          order: "delete-before-create",
          reason: { code: HOSTILE, text: HOSTILE },
          dataBearing: HOSTILE,
          host: HOSTILE,
          image: HOSTILE,
          role: HOSTILE,
          gate: HOSTILE,
          deposed: HOSTILE,
          previousAddress: HOSTILE,
          importing: HOSTILE,
          deferred: { code: HOSTILE, text: HOSTILE },
          provisioners: [HOSTILE],
          noise: { [HOSTILE]: 1 },
          attributes: [
            attribute(
              HOSTILE,
              value(HOSTILE),
              { kind: "value", text: HOSTILE },
              { forcesReplacement: true, note: HOSTILE },
            ),
            attribute(HOSTILE, { kind: "sensitive", hash: HOSTILE }, { kind: "known-after-apply" }),
            attribute(HOSTILE, ABSENT, ABSENT, { lines: [{ op: "added", text: HOSTILE }] }),
            attribute(HOSTILE, ABSENT, ABSENT, {
              set: { added: [value(HOSTILE)], removed: [{ kind: "value", text: HOSTILE }], kept: 0 },
            }),
          ],
        }),
        change(HOSTILE, "delete"),
        change(HOSTILE, "unknown", { actions: [HOSTILE] }),
      ],
      drift: [{ ...change(HOSTILE, "update"), relevant: false }],
      outputs: [
        { name: HOSTILE, action: "create", before: ABSENT, after: value(HOSTILE), crossStack: false },
      ],
      actions: [HOSTILE],
      checks: [{ address: HOSTILE, status: "fail", problems: [HOSTILE] }],
      byHand: [{ where: HOSTILE, what: HOSTILE, got: HOSTILE }],
      noise: { [HOSTILE]: 2 },
    }),
    stack(`${HOSTILE} two`, { status: "failed", failure: HOSTILE }),
    stack(`${HOSTILE} three`, { status: "unchanged" }),
  ],
  {
    verdict: "blocked",
    because: [HOSTILE],
    findings: [
      {
        rule: HOSTILE,
        level: "error",
        stack: HOSTILE,
        address: HOSTILE,
        name: HOSTILE,
        message: HOSTILE,
        mend: HOSTILE,
        help: HOSTILE,
        acknowledged: { reason: HOSTILE, by: HOSTILE, expires: HOSTILE },
      },
    ],
    delta: { added: [HOSTILE], gone: [HOSTILE], changed: [HOSTILE] },
    graph: {
      stacks: [{ name: HOSTILE, danger: "destroy", provisional: true }],
      hosts: [{ stack: HOSTILE, name: HOSTILE, danger: "destroy" }],
      edges: [{ from: HOSTILE, to: HOSTILE }],
    },
    fingerprint: HOSTILE,
  },
);
