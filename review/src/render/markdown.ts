import type { Review } from "../review/review";
import { code, link } from "./escape-markdown";
import { graphPicture } from "./markdown-graph";
import { essentialSections } from "./markdown-findings";
import { comments } from "./markdown-ladder";
import type { Section } from "./markdown-ladder";
import {
  deltaSection,
  isQuiet,
  rankOf,
  stackSection,
  tableSection,
  unchangedSection,
} from "./markdown-stacks";
import { headline } from "./text-words";

/** GitHub's limit for a comment in its documentation's words: characters. It is kept in bytes of UTF-8, which are never fewer. */
export const COMMENT_LIMIT = 65_536;

/** What a comment needs at the least, so that a single destroy with its reasons always fits. */
export const LEAST_LIMIT = 32_768;

/** How Markdown is written. */
export interface MarkdownOptions {
  /**
   * Bytes of UTF-8 for each comment; at least 32,768.
   * @default 65536
   */
  readonly limit?: number;
  /**
   * What marks the comments as those of one review, so that they are found again. See `markdownMarker`.
   * @default - no marker
   */
  readonly marker?: string;
  /**
   * The address of the whole review, which is named where something was cut.
   * @default - "the report file"
   */
  readonly report?: string;
}

/**
 * The comment in HTML by which a review's comment is found again.
 *
 * @param id what tells reviews of one pull request apart; anything but letters, digits, `.`, `_`, `/` and `-` becomes `-`
 * @param page the comment's number, from 1
 */
export function markdownMarker(id: string, page = 1): string {
  const safe = id
    .replace(/[^A-Za-z0-9._/-]+/g, "-")
    .replace(/-{2,}/g, "-")
    .slice(0, 200)
    .replace(/^-|-$/g, "");
  return `<!-- cdktf-plan-review:${safe === "" ? "default" : safe}${page === 1 ? "" : `:${page}`} -->`;
}

function picture(review: Review): Section {
  const text = review.graph === undefined ? undefined : graphPicture(review.graph);
  return {
    open: "",
    close: "",
    separator: "\n\n",
    blocks:
      text === undefined
        ? []
        : [{ text, cut: { rank: rankOf("picture"), one: "the picture", many: "# pictures" } }],
  };
}

function foot(review: Review): string {
  const keyed = review.fingerprintKeyed
    ? "keyed: it covers secret values too"
    : "without a key: it does not cover secret values";
  return `Fingerprint ${code(review.fingerprint, 200)} (${keyed})`;
}

/**
 * Writes a review as Markdown for a pull request: one comment, or several where what must not be cut does not fit into one.
 * No text of a plan takes effect in it.
 *
 * @param review the review
 * @param options the limit and the marker
 * @returns the comments, each below the limit
 * @throws RangeError for a limit that is too low
 */
export function renderMarkdown(review: Review, options: MarkdownOptions = {}): readonly string[] {
  const limit = options.limit ?? COMMENT_LIMIT;
  if (!(limit >= LEAST_LIMIT)) {
    throw new RangeError(`limit is ${limit}; a comment needs at least ${LEAST_LIMIT} bytes`);
  }
  const essential = essentialSections(review);
  const report = options.report === undefined ? "the report file" : link("the whole report", options.report);
  return comments(
    {
      head: (page, pages) => {
        const marker = options.marker === undefined ? [] : [markdownMarker(options.marker, page)];
        const of = pages === 1 ? "" : ` (${page} of ${pages})`;
        const title = page === 1 ? headline(review) : "Plan review, continued";
        return [...marker, `## ${title}${of}`].join("\n");
      },
      sections: [
        ...essential,
        tableSection(review),
        deltaSection(review),
        picture(review),
        ...review.stacks.filter((stack) => !isQuiet(stack)).map(stackSection),
        unchangedSection(review),
      ],
      noticeAfter: essential.length,
      notice: (what) => `**Cut to fit into a comment**: ${what}; see ${report}.`,
      foot: foot(review),
    },
    limit,
  );
}
