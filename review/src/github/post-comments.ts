import { setTimeout as sleep } from "node:timers/promises";
import { LEAST_LIMIT, markdownMarker, renderMarkdown } from "../render/markdown";
import type { Review } from "../review/review";
import { type CommentState, deltaOf, isNewer, readState, stateOf, writeState } from "./comment-state";
import { type GithubClient, type GithubComment, refusalOf } from "./github-client";
import type { WorkflowRun } from "./github-context";

/** What GitHub takes, in characters; it is kept in bytes. Where GitHub refuses, smaller ones are tried. */
const SIZES = [65_536, 49_152, 34_000] as const;
/** How often something is created again after GitHub failed. */
const MOST_CREATES = 3;
/** The most of a comment that is not the review, in bytes: states and foot lines that are not counted exactly. */
const SMALL = 2_000;

/** What a comment says of a review. */
export interface CommentText {
  readonly review: Review;
  /** What marks the comments as those of one review. */
  readonly marker: string;
  /** The commit that was reviewed. */
  readonly commit: string | undefined;
  /** The run that reviewed it. */
  readonly run: WorkflowRun | undefined;
  /** The address of the whole review. */
  readonly report: string | undefined;
}

/** How a review is posted. */
export interface PostRequest extends CommentText {
  readonly pullRequest: number;
  /** Who this program is on GitHub: only comments of this author are its own. */
  readonly author: string;
  /**
   * How long a second of waiting is, in milliseconds.
   * @default 1000
   */
  readonly second?: number;
}

/** What came of it. */
export interface Posted {
  /** `superseded`: a later run has posted already, and its comment stays. */
  readonly outcome: "posted" | "unchanged" | "superseded";
  /** The pages of the comments. */
  readonly urls: readonly string[];
}

/**
 * The comments of a review, as they are posted.
 *
 * @param earlier what the comment says that is there already
 * @param size bytes for each
 * @param whole whether all is kept that a later run can use
 */
export function commentBodies(
  text: CommentText,
  earlier: CommentState | undefined,
  size: number = SIZES[0],
  whole = true,
): string[] {
  const { review, marker, commit, run, report } = text;
  const state = stateOf(review, text, earlier);
  const { verdict, fingerprint } = state;
  const core: CommentState = {
    ...(commit === undefined ? {} : { commit }),
    ...(run === undefined ? {} : { run }),
    verdict,
    fingerprint,
  };
  const delta = deltaOf(state) ?? review.delta;
  const first = writeState(whole ? state : core);
  const others = writeState(core);
  const foot = footOf(text);
  const pages = renderMarkdown(delta === undefined ? review : { ...review, delta }, {
    marker,
    limit: Math.max(LEAST_LIMIT, size - first.length - foot.length - SMALL),
    ...(report === undefined ? {} : { report }),
  });
  return pages.map((page, i) => `${page}\n\n${foot}${i === 0 ? first : others}\n`);
}

function footOf({ commit, run }: CommentText): string {
  const said = [
    ...(commit === undefined ? [] : [`commit ${commit.slice(0, 12)}`]),
    ...(run === undefined ? [] : [`run ${run.number}${run.attempt === 1 ? "" : `, attempt ${run.attempt}`}`]),
  ];
  return said.length === 0 ? "" : `<sub>Reviewed ${said.join(", ")}</sub>\n`;
}

/** A comment of this review that is there. */
interface OwnComment extends GithubComment {
  readonly page: number;
  readonly state: CommentState | undefined;
}

/** The comments of a review that are there, oldest first. */
export async function ownComments(
  client: GithubClient,
  { pullRequest, author, marker }: Pick<PostRequest, "pullRequest" | "author" | "marker">,
): Promise<OwnComment[]> {
  const first = markdownMarker(marker);
  const start = first.slice(0, -" -->".length);
  return (await client.comments(pullRequest)).flatMap((comment) => {
    if (comment.author !== author && comment.author !== `${author}[bot]`) return [];
    if (!comment.body.startsWith(start)) return [];
    const page = /^(?::(\d+))? -->/.exec(comment.body.slice(start.length));
    if (page === null) return [];
    return [{ ...comment, page: Number(page[1] ?? "1"), state: readState(comment.body) }];
  });
}

/** The state of the latest of them; undefined if none has one. */
export function latestState(comments: readonly OwnComment[]): CommentState | undefined {
  let latest: CommentState | undefined;
  for (const { page, state } of comments) {
    if (page !== 1 || state === undefined) continue;
    if (latest === undefined || isNewer(state, { run: latest.run })) latest = state;
  }
  return latest;
}

/**
 * Posts a review: changes the comments that are there, makes those that are missing, and removes those that are too many.
 * What a later run has posted stays.
 *
 * @throws GitHub's error, if it refuses for good
 */
export async function postComments(client: GithubClient, request: PostRequest): Promise<Posted> {
  for (const [i, size] of SIZES.entries()) {
    try {
      return await post(client, request, size, i === 0);
    } catch (error) {
      if (refusalOf(error)?.kind !== "size" || i === SIZES.length - 1) throw error;
    }
  }
  throw new RangeError("there is no size of comments to try");
}

async function post(
  client: GithubClient,
  request: PostRequest,
  size: number,
  whole: boolean,
): Promise<Posted> {
  const { pullRequest } = request;
  const there = await ownComments(client, request);
  const earlier = latestState(there);
  const superseded = (): Posted => ({ outcome: "superseded", urls: there.map(({ url }) => url) });
  if (earlier !== undefined && isNewer(earlier, request)) return superseded();
  const bodies = commentBodies(request, earlier, size, whole);
  const urls: string[] = [];
  let written = 0;
  for (const [i, body] of bodies.entries()) {
    const known = there.find(({ page }) => page === i + 1);
    // As it is now: another run may have written since.
    const now = known === undefined ? undefined : await client.comment(known.id);
    const state = now === undefined ? undefined : readState(now.body);
    if (state !== undefined && isNewer(state, request)) return superseded();
    if (now !== undefined && sameText(now.body, body)) {
      urls.push(now.url);
      continue;
    }
    written += 1;
    const updated = now === undefined ? undefined : await client.update(now.id, body);
    urls.push((updated ?? (await create(client, request, body))).url);
  }
  // What is too many: pages that are no longer needed, and what a run at the same time has made.
  const kept = new Set<number>();
  for (const comment of (await ownComments(client, { ...request, pullRequest })).sort(laterFirst)) {
    if (comment.state !== undefined && isNewer(comment.state, request)) {
      kept.add(comment.page);
      continue;
    }
    if (comment.page <= bodies.length && !kept.has(comment.page)) {
      kept.add(comment.page);
      continue;
    }
    written += 1;
    await client.remove(comment.id);
  }
  return { outcome: written === 0 ? "unchanged" : "posted", urls };
}

/** Puts comments of later runs first, and of those of one run the oldest. */
function laterFirst(a: OwnComment, b: OwnComment): number {
  if (a.state !== undefined && b.state !== undefined) {
    if (isNewer(a.state, { run: b.state.run })) return -1;
    if (isNewer(b.state, { run: a.state.run })) return 1;
  }
  return a.id - b.id;
}

/** GitHub gives back line ends and blanks at the end as it likes. */
function sameText(one: string, other: string): boolean {
  const plain = (text: string): string => text.replace(/\r\n/g, "\n").trim();
  return plain(one) === plain(other);
}

/** Creates a comment. Where GitHub failed it may have made it all the same, so it is looked for before it is sent again. */
async function create(client: GithubClient, request: PostRequest, body: string): Promise<GithubComment> {
  const { pullRequest, second = 1_000 } = request;
  for (let tries = 1; ; tries++) {
    try {
      return await client.create(pullRequest, body);
    } catch (error) {
      const kind = refusalOf(error)?.kind;
      if ((kind !== "server" && kind !== "network") || tries === MOST_CREATES) throw error;
    }
    await sleep(tries ** 2 * second);
    const made = (await ownComments(client, request)).find((comment) => sameText(comment.body, body));
    if (made !== undefined) return made;
  }
}
