import type { Plan } from "../plan/plan";
import type { Banner } from "../review/review";
import { counted } from "./banners";
import type { Manifest } from "./manifest";

/** Says where a plan and the manifest do not belong together. Each such banner blocks. */
export function manifestBanners(
  name: string,
  plan: Plan | undefined,
  manifest: Manifest | undefined,
): Banner[] {
  if (manifest === undefined) return [];
  const stack = manifest.stacks.find((one) => one.name === name);
  if (stack === undefined) {
    return [
      {
        kind: "manifest",
        text: "The manifest does not have this stack: synthesize again, and plan what was synthesized.",
      },
    ];
  }
  // What is destroyed or forgotten is no longer in the configuration.
  const left = new Set(["delete", "forget"]);
  const strange = new Set(
    (plan?.resourceChanges ?? [])
      .filter(
        ({ change, deposed, mode }) =>
          !left.has(change.action) && deposed === undefined && mode !== "unknown",
      )
      .filter(({ address }) => !stack.names.has(address))
      .map(({ address }) => address),
  );
  if (strange.size === 0) return [];
  return [
    {
      kind: "manifest",
      text:
        `The plan has ${counted(strange.size, "resource")} that the synthesized stack does not have: ` +
        "it was made of other code. Synthesize again, and plan what was synthesized.",
    },
  ];
}
