import { createHash } from "node:crypto";
import type { ConfigurationAddress } from "../plan/plan";
import { addressParts } from "./addresses";

/** The ids that a construct gives the resource that it is made of, inwards. */
const CONVENTIONAL_IDS = ["Container", "Resource"];

/** The words of a stack's resources: what people wrote, not what Terraform calls it. */
export interface ConstructNames {
  /**
   * The name of a resource: its construct's path, `production-fleet/web-1/registrator`, with its key of `count` or
   * `for_each`. Undefined for one that the stack does not have.
   */
  nameOf(address: string): string | undefined;
  /** Whether the stack has the resource, or the module that it is in. */
  has(address: string): boolean;
}

/**
 * Makes names out of constructs' paths. The ids that constructs give their own resources are dropped from the end
 * (`/Resource`, `/Container/Resource`), as long as no two resources get the same name by that.
 *
 * @param paths configuration address of a resource, or `module.<name>`, to its construct's path
 */
export function constructNames(paths: ReadonlyMap<ConfigurationAddress, string>): ConstructNames {
  const names = shortened(paths);
  const find = (address: string): string | undefined => {
    const { configuration, key } = addressParts(address);
    const name = names.get(configuration);
    if (name !== undefined) return name + key;
    const module = /^(module\.[^.[]+)/.exec(address)?.[1];
    const moduleName = module === undefined ? undefined : names.get(module);
    if (module === undefined || moduleName === undefined) return undefined;
    const rest = address.slice(module.length);
    return rest.startsWith(".") ? `${moduleName}/${rest.slice(1)}` : moduleName + rest;
  };
  return { nameOf: find, has: (address) => find(address) !== undefined };
}

function shortened(paths: ReadonlyMap<ConfigurationAddress, string>): Map<ConfigurationAddress, string> {
  const names = new Map<ConfigurationAddress, string>();
  let left = [...paths];
  // Most is dropped first; who shares a name with another keeps one id more, up to the whole path.
  for (let keep = 0; left.length > 0; keep++) {
    const proposed = left.map(([address, path]) => ({ address, path, name: shortName(path, keep) }));
    const taken = new Map<string, number>();
    for (const { name } of proposed) taken.set(name, (taken.get(name) ?? 0) + 1);
    for (const name of names.values()) taken.set(name, (taken.get(name) ?? 0) + 1);
    const last = keep >= CONVENTIONAL_IDS.length;
    const clashing = proposed.filter(({ name }) => (taken.get(name) ?? 0) > 1 && !last);
    const again = new Set(clashing.map(({ address }) => address));
    for (const { address, name } of proposed) if (!again.has(address)) names.set(address, name);
    left = clashing.map(({ address, path }) => [address, path]);
  }
  return names;
}

/** The path without the conventional ids at its end, of which the first `keep` stay. */
function shortName(path: string, keep: number): string {
  const steps = path.split("/");
  const dropped: string[] = [];
  for (const id of [...CONVENTIONAL_IDS].reverse()) {
    // The stack and one step more always stay: a stack's name is no name of a resource.
    if (steps.length > 2 && steps.at(-1) === id) dropped.unshift(steps.pop() ?? id);
  }
  return [...steps, ...dropped.slice(0, keep)].join("/");
}

/**
 * Tells the name of a resource that the stack no longer has: a removed construct's. CDKTF makes a resource's id of its
 * construct's path and of eight digits of that path's MD5, so a path that is read out of the id can be proved.
 *
 * @param stack the stack's name
 * @param address the resource's address
 * @returns the name; undefined where no path can be proved
 */
export function provenName(stack: string, address: string): string | undefined {
  const { configuration, key } = addressParts(address);
  const [, id] = configuration.split(".");
  const match = /^(?<human>.+)_(?<hash>[0-9A-F]{8})$/.exec(id ?? "");
  const human = match?.groups?.["human"];
  const hash = match?.groups?.["hash"];
  if (configuration.split(".").length !== 2 || human === undefined) return undefined;
  const steps = human.split("_");
  for (const path of [[...steps, "Resource"], steps]) {
    const md5 = createHash("md5").update(path.join("/")).digest("hex");
    if (md5.slice(0, 8).toUpperCase() === hash) return shortName([stack, ...path].join("/"), 0) + key;
  }
  return undefined;
}
