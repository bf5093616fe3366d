import { diffArrays } from "diff";
import type { DiffLine } from "../review/review";

/** How many kept lines stay around what changes. */
const CONTEXT = 2;
/** Beyond that many edits the texts count as wholly different, since looking for the shortest way grows with its square. */
const MOST_EDITS = 1_000;

/** A text, and what may be shown of it, line by line. */
export interface Lines {
  /** The text's lines, which are compared. */
  readonly raw: readonly string[];
  /** The lines that are shown. */
  readonly shown: readonly string[];
}

/** The lines of a text. Where secrets went over the ends of lines, what is shown is compared too. */
export function linesOf(raw: string | undefined, shown: string): Lines {
  const shownLines = shown === "" ? [] : shown.split("\n");
  const rawLines = raw === undefined || raw === "" ? [] : raw.split("\n");
  return { raw: rawLines.length === shownLines.length ? rawLines : shownLines, shown: shownLines };
}

/**
 * The difference of two texts: what was removed and added, each with two kept lines around it, and gaps in place of the
 * other kept ones.
 */
export function lineDiff(before: Lines, after: Lines): DiffLine[] {
  return withGaps(allLines(before, after));
}

function allLines(before: Lines, after: Lines): DiffLine[] {
  const { raw: a } = before;
  const { raw: b } = after;
  let head = 0;
  while (head < a.length && head < b.length && a[head] === b[head]) head++;
  let tail = 0;
  while (
    tail < a.length - head &&
    tail < b.length - head &&
    a[a.length - 1 - tail] === b[b.length - 1 - tail]
  ) {
    tail++;
  }
  const lines: DiffLine[] = [];
  const push = (op: DiffLine["op"], from: readonly string[], start: number, end: number): void => {
    for (let i = start; i < end; i++) lines.push({ op, text: from[i] ?? "" });
  };
  push("kept", after.shown, 0, head);
  // What is on one side alone needs no search.
  const oneSided = head + tail === a.length || head + tail === b.length;
  const parts = oneSided
    ? undefined
    : diffArrays(a.slice(head, a.length - tail), b.slice(head, b.length - tail), {
        maxEditLength: MOST_EDITS,
      });
  if (parts === undefined) {
    push("removed", before.shown, head, a.length - tail);
    push("added", after.shown, head, b.length - tail);
  } else {
    let i = head;
    let j = head;
    for (const { added, removed, count } of parts) {
      if (removed) push("removed", before.shown, i, i + count);
      else if (added) push("added", after.shown, j, j + count);
      else push("kept", after.shown, j, j + count);
      if (!added) i += count;
      if (!removed) j += count;
    }
  }
  push("kept", after.shown, b.length - tail, b.length);
  return lines;
}

function withGaps(lines: readonly DiffLine[]): DiffLine[] {
  const near = new Uint8Array(lines.length);
  lines.forEach(({ op }, i) => {
    if (op !== "kept") near.fill(1, Math.max(0, i - CONTEXT), i + CONTEXT + 1);
  });
  const shown: DiffLine[] = [];
  let gap = 0;
  const close = (): void => {
    if (gap > 0) shown.push({ op: "gap", text: String(gap) });
    gap = 0;
  };
  lines.forEach((line, i) => {
    if (near[i] === 0) {
      gap += 1;
    } else {
      close();
      shown.push(line);
    }
  });
  close();
  return shown;
}
