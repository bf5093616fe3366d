/**
 * How a review gets under the limit of a comment: whole blocks are cut, the least dangerous kind first and the largest of
 * it first, and what was cut is counted. What may not be cut is spread over several comments if it must.
 */
import { bytesOf } from "./escape";

/** When a block is cut, and as what it is counted. */
export interface Cut {
  /** Its place in the order of cutting; the lowest goes first. */
  readonly rank: number;
  /** What is said of several of them: `details of # creates`; `#` is their number. */
  readonly many: string;
  /** What is said of one. */
  readonly one: string;
  /**
   * How many of them it holds.
   * @default 1
   */
  readonly count?: number;
}

/** A piece of Markdown that is kept or cut as a whole. Without `cut` it is never cut. */
export interface Block {
  readonly text: string;
  readonly cut?: Cut;
}

/** Blocks with something before and after them. Without a block of its own left, a section vanishes. */
export interface Section {
  readonly open: string;
  readonly close: string;
  /** Between its pieces. */
  readonly separator: "\n" | "\n\n";
  readonly blocks: readonly Block[];
  /** Whether it says itself what was cut of it. */
  readonly note?: boolean;
}

/** A comment before it is cut to size. */
export interface Layout {
  /** What every comment begins with; `page` counts from 1. */
  head(page: number, pages: number): string;
  /** The sections, in the reader's order. */
  readonly sections: readonly Section[];
  /** Where the word on what was cut goes: after so many sections. */
  readonly noticeAfter: number;
  /** The sentence on what was cut. */
  notice(what: string): string;
  /** What the last comment ends with. */
  readonly foot: string;
}

/** Bytes for the word on what was cut: there are about forty kinds of blocks, each named once. */
const NOTICE_ROOM = 3000;

/** What was cut: the number by its words. */
type Tally = Map<string, { readonly cut: Cut; number: number }>;

function add(tally: Tally, cut: Cut): void {
  const entry = tally.get(cut.many) ?? { cut, number: 0 };
  entry.number += cut.count ?? 1;
  tally.set(cut.many, entry);
}

function words(tally: Tally): string {
  return [...tally.values()]
    .map(({ cut, number }) => (number === 1 ? cut.one : cut.many.replace("#", String(number))))
    .join(", ");
}

function note(tally: Tally): string {
  return `*Cut here: ${words(tally)}.*`;
}

function render(section: Section, blocks: readonly Block[], tally: Tally): string {
  if (blocks.length === 0) return "";
  const pieces = blocks.map((block) => block.text);
  if (section.note === true && tally.size > 0) pieces.push(note(tally));
  if (section.open !== "") pieces.unshift(section.open);
  if (section.close !== "") pieces.push(section.close);
  return pieces.join(section.separator);
}

/** Puts sections together and cuts them until they fit, or as far as they can be cut. */
function fit(layout: Layout, head: string, sections: readonly Section[], limit: number): string {
  const kept = sections.map((section) => new Set(section.blocks));
  const tallies = sections.map((): Tally => new Map());
  const total: Tally = new Map();
  const gap = 2;
  const fixed = (section: Section): number => bytesOf(section.open) + bytesOf(section.close) + 3 * gap;
  const sizeOf = (block: Block): number => bytesOf(block.text) + gap;
  const noteOf = (tally: Tally): number => (tally.size === 0 ? 0 : bytesOf(note(tally)) + gap);
  const noticeOf = (): number => (total.size === 0 ? 0 : bytesOf(layout.notice(words(total))) + gap);

  let size = bytesOf(head) + bytesOf(layout.foot) + 3 * gap;
  for (const section of sections) {
    if (section.blocks.length === 0) continue;
    size += fixed(section);
    for (const block of section.blocks) size += sizeOf(block);
  }
  const order = sections
    .flatMap((section, position) =>
      section.blocks.flatMap((block) =>
        block.cut === undefined ? [] : [{ position, block, cut: block.cut }],
      ),
    )
    .map((entry) => ({ ...entry, size: sizeOf(entry.block) }))
    .sort((a, b) => a.cut.rank - b.cut.rank || b.size - a.size || a.position - b.position);
  for (const { position, block, cut, size: bytes } of order) {
    if (size + noticeOf() <= limit) break;
    const section = sections[position];
    const left = kept[position];
    const tally = tallies[position];
    if (section === undefined || left === undefined || tally === undefined) continue;
    left.delete(block);
    if (section.note === true) size -= noteOf(tally);
    add(tally, cut);
    add(total, cut);
    size -= bytes;
    if (left.size === 0) size -= fixed(section);
    else if (section.note === true) size += noteOf(tally);
  }
  const texts = sections.map((section, position) =>
    render(
      section,
      section.blocks.filter((block) => kept[position]?.has(block) === true),
      tallies[position] ?? new Map<string, never>(),
    ),
  );
  if (total.size > 0)
    texts.splice(Math.min(layout.noticeAfter, texts.length), 0, layout.notice(words(total)));
  return `${[head, ...texts, layout.foot].filter((text) => text !== "").join("\n\n")}\n`;
}

/** The part of sections that may (or may not) be cut. */
function only(sections: readonly Section[], cuttable: boolean): readonly Section[] {
  return sections.map((section) => ({
    ...section,
    blocks: section.blocks.filter((block) => (block.cut !== undefined) === cuttable),
  }));
}

/** Spreads what may not be cut over pages. */
function paginate(sections: readonly Section[], room: number): readonly (readonly Section[])[] {
  const pages: Section[][] = [[]];
  let left = room;
  for (const section of sections) {
    const around = bytesOf(section.open) + bytesOf(section.close) + 8;
    let blocks: Block[] = [];
    const close = (): void => {
      if (blocks.length > 0) pages.at(-1)?.push({ ...section, blocks });
      blocks = [];
    };
    for (const block of section.blocks) {
      const bytes = bytesOf(block.text) + 2;
      if (bytes + (blocks.length === 0 ? around : 0) > left) {
        close();
        if (left < room) pages.push([]);
        left = room;
      }
      if (blocks.length === 0) left -= around;
      blocks.push(block);
      left -= bytes;
    }
    close();
  }
  return pages;
}

/**
 * Puts a review into as few comments as can be: one, if that is possible without cutting what may not be cut.
 *
 * @param layout what is to be shown
 * @param limit bytes of UTF-8 for each comment
 */
export function comments(layout: Layout, limit: number): readonly string[] {
  const whole = fit(layout, layout.head(1, 1), layout.sections, limit);
  if (bytesOf(whole) <= limit) return [whole];
  // Room for the head with large numbers, for the foot, and for the word on what was cut.
  const room = limit - bytesOf(layout.head(9999, 9999)) - bytesOf(layout.foot) - NOTICE_ROOM;
  const pages = paginate(only(layout.sections, false), room);
  return pages.map((sections, position) => {
    const head = layout.head(position + 1, pages.length);
    const last = position === pages.length - 1;
    const rest = last ? only(layout.sections, true) : [];
    return fit(
      { ...layout, noticeAfter: sections.length, foot: last ? layout.foot : "" },
      head,
      [...sections, ...rest],
      limit,
    );
  });
}
