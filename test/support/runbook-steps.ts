/** A value of a settings file. */
export type Json = string | number | boolean | null | readonly Json[] | { readonly [key: string]: Json };

/** A block of a runbook that is carried out: a change of settings, or commands. */
export interface Step {
  readonly kind: "json" | "sh";
  readonly text: string;
}

/** The blocks of a runbook's page that are carried out, in order. Blocks of `text` are for people. */
export function stepsOf(page: string): Step[] {
  return [...page.matchAll(/^```(json|sh)\n([^]*?)^```$/gm)].map(([, kind, text = ""]) => ({
    kind: kind === "json" ? "json" : "sh",
    text,
  }));
}

/** Settings with a change put in: objects are merged, everything else is replaced. */
export function merged(settings: Json | undefined, change: Json): Json {
  if (!isObject(change) || !isObject(settings)) return change;
  const keys = new Set([...Object.keys(settings), ...Object.keys(change)]);
  return Object.fromEntries(
    [...keys].map((key) => {
      const changed = change[key];
      return [key, changed === undefined ? (settings[key] ?? null) : merged(settings[key], changed)];
    }),
  );
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json } {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
