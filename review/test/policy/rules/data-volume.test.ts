import type { Action, Json } from "../../../src/plan/plan";
import { dataVolumeRule } from "../../../src/policy/rules/data-volume";
import { change, labels, stack, verdicts } from "../plans";

const DATA = "cdktf-docker-discovery.data";
const rule = dataVolumeRule();
const of = (...changes: Parameters<typeof change>[]) =>
  verdicts(rule, stack(changes.map((one) => change(...one))));

describe("what bears data", () => {
  test.each([
    ["delete", /^error docker_volume\.data: .* would be destroyed$/],
    ["replace", /^error docker_volume\.data: .* would be replaced: its data are destroyed$/],
    ["forget", /^error docker_volume\.data: .* would be forgotten/],
    ["create-then-forget", /^error docker_volume\.data: .* would be forgotten/],
    ["unknown", /^cannot verify docker_volume\.data: .*\["polish"\]/],
  ] as const)("%s is found", (action, verdict) => {
    expect(of(["docker_volume.data", action])).toEqual([expect.stringMatching(verdict)]);
  });

  test.each(["no-op", "create", "update", "read"] as const)("%s is in order", (action) => {
    expect(of(["docker_volume.data", action])).toEqual([]);
  });

  test("a deposed object is one too", () => {
    expect(
      of(["docker_volume.data", "no-op"], ["docker_volume.data", "delete", { deposed: "a1b2" }]),
    ).toEqual([expect.stringMatching(/would be destroyed \(an object that an earlier apply left\)$/)]);
  });

  test("databases and disks of other providers, and types that the policy adds", () => {
    expect(of(["aws_db_instance.main", "delete"], ["hcloud_volume.disk", "replace"])).toHaveLength(2);
    expect(
      of(["docker_network.net", "delete"], ["docker_image.i", "delete"], ["acme_ledger.l", "delete"]),
    ).toEqual([]);
    expect(
      verdicts(dataVolumeRule(["acme_ledger"]), stack([change("acme_ledger.l", "delete")])),
    ).toHaveLength(1);
  });
});

describe("a container whose data lie in a volume outside of the state", () => {
  const side = (volume: string | undefined, more: Record<string, Json> = {}): Json => ({
    labels: labels({ other: "x", ...(volume === undefined ? {} : { [DATA]: volume }) }),
    ...more,
  });
  const mount = (name: string | null, path = "/consul/data"): Json => [
    { volume_name: name, container_path: path, host_path: null },
  ];
  const changed = (action: Action, before: Json | undefined, after?: Json, unknown?: Json) =>
    of([
      "docker_container.consul",
      action,
      {
        ...(before === undefined ? {} : { before }),
        ...(after === undefined ? {} : { after }),
        ...(unknown === undefined ? {} : { unknown }),
      },
    ]);

  test.each(["replace", "update"] as const)("may be changed as it mounts the volume again: %s", (action) => {
    const same = side("consul-data", { volumes: mount("consul-data") });
    expect(changed(action, same, same)).toEqual([]);
    const mounts = side("consul-data", {
      mounts: [{ type: "volume", source: "consul-data", target: "/consul/data" }],
    });
    expect(changed(action, mounts, mounts)).toEqual([]);
    // From one form of a mount to the other.
    expect(changed(action, same, mounts)).toEqual([]);
  });

  test("may be created, and may begin to have such a volume", () => {
    expect(changed("create", undefined, side("consul-data"))).toEqual([]);
    expect(changed("replace", side(undefined), side("consul-data"))).toEqual([]);
  });

  test.each([
    [
      "is destroyed for good",
      "delete",
      undefined,
      /^error .*volume "consul-data" and would be destroyed for good/,
    ],
    ["is forgotten", "forget", undefined, /^error .*would be forgotten/],
    [
      "is made anew beside the old one",
      "create-then-forget",
      side("consul-data"),
      /^error .*would be forgotten/,
    ],
    ["loses the label", "replace", side(undefined), /^error .*would lose the label/],
    [
      "gets another volume",
      "replace",
      side("other-data"),
      /^error .*would use the volume "other-data" instead/,
    ],
    [
      "gets another volume in place",
      "update",
      side("other-data"),
      /^error .*would use the volume "other-data" instead/,
    ],
    ["does what is not known", "unknown", side("consul-data"), /^cannot verify .*\["polish"\]/],
  ] as const)("that %s is found", (_, action, after, verdict) => {
    expect(changed(action, side("consul-data"), after)).toEqual([expect.stringMatching(verdict)]);
  });

  test("that mounts the volume no longer, or elsewhere, is found", () => {
    const before = side("consul-data", { volumes: mount("consul-data") });
    const now = /^error .*would no longer mount it at \/consul\/data$/;
    expect(changed("replace", before, side("consul-data", { volumes: [] }))).toEqual([
      expect.stringMatching(now),
    ]);
    expect(changed("replace", before, side("consul-data", { volumes: mount("other") }))).toEqual([
      expect.stringMatching(now),
    ]);
    expect(
      changed("replace", before, side("consul-data", { volumes: mount("consul-data", "/srv") })),
    ).toEqual([expect.stringMatching(now)]);
  });

  test("whose label or mount is known only after apply cannot be verified", () => {
    const before = side("consul-data", { volumes: mount("consul-data") });
    expect(changed("replace", before, { labels: [{ label: DATA }] }, { labels: [{ value: true }] })).toEqual([
      expect.stringMatching(/^cannot verify .*which one by its label .*known only after apply$/),
    ]);
    expect(
      changed("replace", before, side("consul-data", { volumes: [{ container_path: "/consul/data" }] }), {
        volumes: [{ volume_name: true }],
      }),
    ).toEqual([expect.stringMatching(/^cannot verify .*mounts is known only after apply$/)]);
  });

  test("that an earlier apply left may go if its successor has the volume", () => {
    const left = [
      "docker_container.consul",
      "delete",
      { before: side("consul-data"), deposed: "a1b2" },
    ] as const;
    const successor = (volume: string) =>
      ["docker_container.consul", "no-op", { before: side(volume), after: side(volume) }] as const;
    expect(of([...left], [...successor("consul-data")])).toEqual([]);
    expect(of([...left], [...successor("other-data")])).toHaveLength(1);
    expect(of([...left])).toHaveLength(1);
  });

  test("whose label says two things cannot be verified, and has no successor", () => {
    const twice: Json = {
      labels: [
        { label: DATA, value: "one" },
        { label: DATA, value: "two" },
      ],
    };
    expect(changed("replace", twice, twice)).toEqual([expect.stringMatching(/^cannot verify /)]);
    expect(
      of(
        ["docker_container.consul", "delete", { before: twice, deposed: "a1b2" }],
        ["docker_container.consul", "no-op", { before: {}, after: {} }],
      ),
    ).toHaveLength(1);
  });

  test("has its volume's name kept secret where the plan marks it", () => {
    const [verdict] = of([
      "docker_container.consul",
      "delete",
      { before: side("hush-hush"), sensitive: { labels: true } },
    ]);
    expect(verdict).toMatch(/the volume \(sensitive\)/);
    expect(verdict).not.toMatch(/hush/);
  });

  test("a container without the label is none of this rule's", () => {
    expect(changed("delete", side(undefined, { volumes: mount("data") }))).toEqual([]);
  });
});
