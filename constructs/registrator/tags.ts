import { type Location, ValidationError } from "../core/errors";
import { isToken } from "../core/tokens";

// eslint-disable-next-line no-control-regex -- control characters are what is looked for
const CONTROL = /[\u0000-\u001f\u007f]/;

function requireTag(location: Location, prop: string, tag: string): void {
  if (isToken(tag)) return;
  const fail = (allowed: string, mend: string): never => {
    throw new ValidationError(location, { code: "registrator/tag", prop, got: tag, allowed, mend });
  };
  if (tag === "") fail("text that is not empty", "Leave the tag out: registrator drops empty ones");
  if (CONTROL.test(tag)) fail("text without control characters", "Write the tag on one line");
  if (tag.endsWith("\\")) {
    // A backslash before the separating comma would escape it, and there is no way to escape the backslash.
    fail(
      "text that does not end in a backslash",
      "Take another last character: registrator cannot read it back",
    );
  }
}

/** Plain text and actions, each closed and with something in it. */
const TEMPLATE = /^(?:(?!\{\{|\}\}).|\{\{(?![\s-]*\}\})(?:(?!\{\{|\}\}).)+\}\})*$/u;

function requireTemplate(location: Location, prop: string, template: string): void {
  if (!CONTROL.test(template) && TEMPLATE.test(template)) return;
  throw new ValidationError(location, {
    code: "registrator/tag-template",
    prop,
    got: template,
    allowed: "a Go template on one line in which every {{ has its }} and something between them",
    mend: "Close every action; registrator ends at the first container if it cannot parse the template",
  });
}

function requireDistinct(location: Location, prop: string, tags: readonly string[]): void {
  const twice = tags.findIndex((tag, i) => tags.indexOf(tag) !== i);
  if (twice < 0) return;
  throw new ValidationError(location, {
    code: "registrator/tag-duplicate",
    prop: `${prop}[${twice}]`,
    got: tags[twice],
    allowed: "every tag once",
    mend: "Leave out the second one",
  });
}

/** A comma inside a tag carries a backslash: registrator's "Service Object", Tags and Attributes. */
function escapeTag(tag: string): string {
  return tag.replaceAll(",", "\\,");
}

/**
 * The text of a container's tags, as `SERVICE_TAGS` holds them. registrator gives the backend the same tags, though
 * not in this order.
 * @throws ValidationError registrator/tag, registrator/tag-duplicate
 */
export function renderTags(tags: readonly string[], location: Location, prop = "tags"): string {
  tags.forEach((tag, i) => {
    requireTag(location, `${prop}[${i}]`, tag);
  });
  requireDistinct(location, prop, tags);
  return tags.map(escapeTag).join(",");
}

/**
 * The text of the flag `-tags`: plain tags, and Go templates as they stand, since an escape inside an action would
 * be a syntax error.
 * @throws ValidationError registrator/tag, registrator/tag-template, registrator/tag-duplicate
 */
export function renderForcedTags(tags: readonly string[], location: Location, prop = "tags"): string {
  const isTemplate = (tag: string) => !isToken(tag) && tag.includes("{{");
  tags.forEach((tag, i) => {
    if (isTemplate(tag)) requireTemplate(location, `${prop}[${i}]`, tag);
    else requireTag(location, `${prop}[${i}]`, tag);
  });
  requireDistinct(location, prop, tags);
  return tags.map((tag) => (isTemplate(tag) ? tag : escapeTag(tag))).join(",");
}
