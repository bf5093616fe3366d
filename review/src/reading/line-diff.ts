import { diffArrays } from "diff";
import type { DiffLine } from "../review/review";

/** How many kept lines stay around what changes. */
const CONTEXT = 2;
/**
 * Beyond that many edits among lines that both texts have, they count as wholly different: looking for the shortest way
 * grows with its square.
 */
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
  let i = head;
  let j = head;
  const edit = (endBefore: number, endAfter: number): void => {
    push("removed", before.shown, i, endBefore);
    push("added", after.shown, j, endAfter);
    i = endBefore;
    j = endAfter;
  };
  for (const kept of keptLines(a, b, head, tail)) {
    edit(kept.before, kept.after);
    push("kept", after.shown, j, j + 1);
    i += 1;
    j += 1;
  }
  edit(a.length - tail, b.length - tail);
  push("kept", after.shown, b.length - tail, b.length);
  return lines;
}

/** Where a line stands that stays. */
interface KeptLine {
  readonly before: number;
  readonly after: number;
}

/** The lines that stay between two places. Those that one text alone has need no search. */
function keptLines(a: readonly string[], b: readonly string[], head: number, tail: number): KeptLine[] {
  if (head + tail === a.length || head + tail === b.length) return [];
  const inAfter = new Set(b.slice(head, b.length - tail));
  const shared = new Map<string, number>();
  const ours: Shared = { places: [], numbers: [] };
  for (let i = head; i < a.length - tail; i++) {
    const line = a[i] ?? "";
    if (!inAfter.has(line)) continue;
    const number = shared.get(line) ?? shared.size;
    shared.set(line, number);
    ours.places.push(i);
    ours.numbers.push(number);
  }
  const theirs: Shared = { places: [], numbers: [] };
  for (let j = head; shared.size > 0 && j < b.length - tail; j++) {
    const number = shared.get(b[j] ?? "");
    if (number === undefined) continue;
    theirs.places.push(j);
    theirs.numbers.push(number);
  }
  if (shared.size === 0) return [];
  const parts = diffArrays(ours.numbers, theirs.numbers, { maxEditLength: MOST_EDITS }) ?? [];
  const kept: KeptLine[] = [];
  let i = 0;
  let j = 0;
  for (const { added, removed, count } of parts) {
    for (let n = 0; n < count; n++) {
      const place = { before: ours.places[i] ?? 0, after: theirs.places[j] ?? 0 };
      if (!added && !removed) kept.push(place);
      if (!added) i += 1;
      if (!removed) j += 1;
    }
  }
  return kept;
}

/** Lines that both texts have, of one of them: where they stand, and a number for each text of a line. */
interface Shared {
  readonly places: number[];
  readonly numbers: number[];
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
