import type { Json, Marks, OutputChange, Plan, ResourceChange } from "../../src/plan/plan";

/** What of a resource a test says; the rest is ordinary. */
export interface Described {
  readonly address?: string;
  readonly before?: Json;
  readonly after?: Json;
  readonly beforeSensitive?: Marks;
  readonly afterSensitive?: Marks;
  readonly afterUnknown?: Marks;
  readonly importing?: { readonly id?: string; readonly identity?: Json };
}

/** A resource that is updated. */
export function resource(described: Described): ResourceChange {
  return {
    address: described.address ?? "docker_container.web",
    mode: "managed",
    type: "docker_container",
    name: "web",
    reasonKnown: true,
    change: {
      action: "update",
      actions: ["update"],
      before: described.before,
      after: described.after,
      afterUnknown: described.afterUnknown,
      beforeSensitive: described.beforeSensitive,
      afterSensitive: described.afterSensitive,
      replacePaths: [],
      ...(described.importing === undefined ? {} : { importing: described.importing }),
    },
  };
}

/** An output that changes. */
export function output(name: string, described: Described): OutputChange {
  return { name, change: resource(described).change };
}

/** A plan of what is given, and nothing else. */
export function plan(parts: Partial<Plan> = {}): Plan {
  return {
    formatVersion: "1.2",
    resourceChanges: [],
    resourceDrift: [],
    deferredChanges: [],
    outputChanges: [],
    variables: [],
    checks: [],
    relevantAttributes: [],
    actionInvocations: [],
    provisioners: [],
    providers: new Map(),
    references: new Map(),
    errored: undefined,
    complete: undefined,
    applyable: undefined,
    unknowns: [],
    document: { format_version: "1.2" },
    ...parts,
  };
}
