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

/**
 * A piece of Markdown that is kept or cut as a whole. Without `cut` it is never cut. Of one that may be cut the text may be
 * written when it is asked for: of a large review most is cut, whatever its size.
 */
export interface Block {
  readonly text: string;
  readonly cut?: Cut;
}

/** A block whose text is written once, when it is asked for. */
export class LazyBlock implements Block {
  #text: string | undefined;

  constructor(
    private readonly write: () => string,
    readonly cut: Cut,
  ) {}

  get text(): string {
    return (this.#text ??= this.write());
  }
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

  const around = bytesOf(head) + bytesOf(layout.foot) + 3 * gap;
  let size = around;
  // Of what is never cut.
  let uncut = around;
  const cuttable: { readonly position: number; readonly block: Block; readonly cut: Cut }[] = [];
  sections.forEach((section, position) => {
    if (section.blocks.some(({ cut }) => cut === undefined)) uncut += fixed(section);
    for (const block of section.blocks) {
      if (block.cut === undefined) {
        const bytes = sizeOf(block);
        size += bytes;
        uncut += bytes;
      } else {
        cuttable.push({ position, block, cut: block.cut });
      }
    }
  });
  const cutOff = (position: number, block: Block, cut: Cut): void => {
    kept[position]?.delete(block);
    add(tallies[position] ?? new Map<string, never>(), cut);
    add(total, cut);
  };
  const sizeOfFrame = (section: Section, position: number): number => {
    if (kept[position]?.size === 0) return 0;
    return (
      fixed(section) + (section.note === true ? noteOf(tallies[position] ?? new Map<string, never>()) : 0)
    );
  };
  const leaves = leastRank(uncut, cuttable, limit, sizeOf);
  const whole = cuttable.filter(({ cut }) => cut.rank < leaves).sort((a, b) => a.cut.rank - b.cut.rank);
  for (const { position, block, cut } of whole) cutOff(position, block, cut);
  const order = cuttable
    .filter(({ cut }) => cut.rank >= leaves)
    .map((entry) => ({ ...entry, size: sizeOf(entry.block) }))
    .sort((a, b) => a.cut.rank - b.cut.rank || b.size - a.size || a.position - b.position);
  sections.forEach((section, position) => {
    size += sizeOfFrame(section, position);
  });
  for (const entry of order) size += entry.size;
  for (const { position, block, cut, size: bytes } of order) {
    if (size + noticeOf() <= limit) break;
    const section = sections[position];
    if (section === undefined) continue;
    size -= sizeOfFrame(section, position) + bytes;
    cutOff(position, block, cut);
    size += sizeOfFrame(section, position);
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

/**
 * The least rank of which anything can stay: what ranks below it is cut whole, since what ranks above fills the comment
 * already. The texts of what is cut whole need not be written to be measured.
 */
function leastRank(
  uncut: number,
  cuttable: readonly { readonly block: Block; readonly cut: Cut }[],
  limit: number,
  sizeOf: (block: Block) => number,
): number {
  const ranks = new Map<number, Block[]>();
  for (const { block, cut } of cuttable) {
    const known = ranks.get(cut.rank);
    if (known === undefined) ranks.set(cut.rank, [block]);
    else known.push(block);
  }
  let size = uncut;
  for (const [rank, blocks] of [...ranks].sort(([a], [b]) => b - a)) {
    if (size > limit) return rank + 1;
    for (const block of blocks) size += sizeOf(block);
  }
  return -Infinity;
}

/** The part of sections that may (or may not) be cut. */
function only(sections: readonly Section[], cuttable: boolean): readonly Section[] {
  return sections.map((section) => ({
    ...section,
    blocks: section.blocks.filter((block) => (block.cut !== undefined) === cuttable),
  }));
}

function bytesOfUncut(sections: readonly Section[]): number {
  let bytes = 0;
  for (const { blocks } of sections) {
    for (const block of blocks) if (block.cut === undefined) bytes += bytesOf(block.text);
  }
  return bytes;
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
  if (bytesOfUncut(layout.sections) <= limit) {
    const whole = fit(layout, layout.head(1, 1), layout.sections, limit);
    if (bytesOf(whole) <= limit) return [whole];
  }
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
