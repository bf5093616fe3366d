import { type Location, ValidationError } from "../core/errors";
import { escapeTemplate } from "../core/tokens";

/** Environment variables may hold 128 KiB each (`MAX_ARG_STRLEN` of Linux). */
const LONGEST_PART = 96_000;
/** All of them together must stay below the 2 MiB that Linux gives arguments and environment at the usual stack limit. */
const LONGEST_SCRIPT = 1_200_000;

/**
 * A script as environment variables of a provisioner, `SCRIPT_1` and so on.
 * @param prop which makes the script long
 * @param mend what makes it shorter
 * @throws ValidationError host/script-size
 */
export function scriptParts(
  location: Location,
  script: string,
  prop: string,
  mend: string,
): Readonly<Record<string, string>> {
  if (script.length > LONGEST_SCRIPT) {
    throw new ValidationError(location, {
      code: "host/script-size",
      prop,
      got: `${script.length} characters of script`,
      allowed: `at most ${LONGEST_SCRIPT} characters, with base64 content`,
      mend,
    });
  }
  const parts = script.match(new RegExp(`[\\s\\S]{1,${LONGEST_PART}}`, "g")) ?? [];
  return Object.fromEntries(
    Array.from({ length: parts.length }, (_, i) => [`SCRIPT_${i + 1}`, escapeTemplate(parts[i] ?? "")]),
  );
}
