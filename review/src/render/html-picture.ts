import type { Review, ReviewedChange, ReviewedStack } from "../review/review";
import { actionLook, isAffected, tally } from "./html-actions";
import type { Markup } from "./html-markup";
import { count, markup } from "./html-markup";
import { countWords } from "./html-stacks";

/**
 * A picture of the affected stacks in the order in which they are deployed, with their hosts. It is drawn twice, from left
 * to right for wide windows and downwards for narrow ones; the style shows one of them. All lengths are pixels.
 */

const WIDTH = 232;
const GAP = { across: 56, down: 22 };
const HEAD = 54;
const LINE = 20;
const HOSTS = 5;
/** More stacks than these are a table, not a picture. */
const STACKS = 40;
/** A wider picture is drawn downwards in wide windows too. */
const WIDEST = 1160;

/** A stack of the picture. */
interface Node {
  readonly stack: ReviewedStack;
  /** The affected stacks before it, as positions in the picture; through stacks without changes too. */
  readonly before: readonly number[];
  /** How many steps of deployment come before it. */
  readonly level: number;
  readonly lines: readonly HostLine[];
  readonly height: number;
}

interface HostLine {
  readonly host: string;
  readonly signs: readonly { readonly sign: string; readonly tone: string }[];
}

/** A text that fits: its middle is left out. */
function fitted(text: string, length: number): string {
  const characters = Array.from(text);
  if (characters.length <= length) return text;
  const head = Math.ceil((length - 1) / 2);
  return `${characters.slice(0, head).join("")}…${characters.slice(characters.length - (length - 1 - head)).join("")}`;
}

/** The most dangerous counts, as many as fit. */
function fewWords(stack: ReviewedStack): string {
  const words = countWords(stack.counts).map(({ text }) => text);
  let number = words.length;
  while (number > 1 && words.slice(0, number).join(", ").length > 30) number--;
  return words.slice(0, number).join(", ") + (number < words.length ? ", …" : "");
}

function hostLines(stack: ReviewedStack): readonly HostLine[] {
  const hosts = new Map<string, ReviewedChange[]>();
  for (const change of stack.changes) {
    if (change.host !== undefined) hosts.set(change.host, [...(hosts.get(change.host) ?? []), change]);
  }
  const lines = [...hosts].map(([host, changes]) => ({
    host,
    signs: tally(changes).map(([action, number]) => ({
      sign: `${actionLook(action).sign} ${number}`,
      tone: actionLook(action).tone,
    })),
  }));
  if (lines.length <= HOSTS) return lines;
  const rest = lines.length - (HOSTS - 1);
  return [...lines.slice(0, HOSTS - 1), { host: `and ${count(rest, "more host")}`, signs: [] }];
}

/** Whether a node is before another, directly or not. */
function comesBefore(nodes: readonly Node[], one: number, other: number): boolean {
  return (nodes[other]?.before ?? []).some((at) => at === one || comesBefore(nodes, one, at));
}

/** The affected stacks. A stack counts as before another only if it is listed before it, so there is no circle. */
function nodesOf(stacks: readonly ReviewedStack[]): readonly Node[] {
  const nodes: Node[] = [];
  /** By a stack's name, the nodes that it brings along: itself, or those before it if nothing happens to it. */
  const reached = new Map<string, readonly number[]>();
  for (const stack of stacks) {
    const all = [...new Set(stack.dependsOn.flatMap((name) => reached.get(name) ?? []))];
    // An arrow that follows from two others is left out.
    const before = all.filter((at) => !all.some((other) => comesBefore(nodes, at, other)));
    if (!isAffected(stack)) {
      reached.set(stack.name, before);
      continue;
    }
    const lines = hostLines(stack);
    reached.set(stack.name, [nodes.length]);
    nodes.push({
      stack,
      before,
      level: before.reduce((level, at) => Math.max(level, (nodes[at]?.level ?? 0) + 1), 0),
      lines,
      height: HEAD + lines.length * LINE + (lines.length > 0 ? 8 : 0),
    });
  }
  return nodes;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

function drawnNode({ stack, lines, height }: Node, { x, y }: Place): Markup {
  const failed = stack.status === "failed";
  const provisional = stack.provisionalBecauseOf.length > 0;
  const words = failed
    ? "no plan"
    : countWords(stack.counts)
        .map(({ text }) => text)
        .join(", ");
  const tone = failed ? "red" : (countWords(stack.counts)[0]?.tone ?? "grey");
  return markup`<g class="${tone}"><title>${stack.name}: ${words}${provisional && ", provisional"}</title><rect class="box${provisional && " provisional"}" x="${x}" y="${y}" width="${WIDTH}" height="${height}" rx="8"/><rect class="edge" x="${x}" y="${y + 10}" width="4" height="${height - 20}" rx="2"/><text class="title" x="${x + 14}" y="${y + 22}">${fitted(stack.name, 26)}</text><text class="words" x="${x + 14}" y="${y + 41}">${failed ? words : fewWords(stack)}</text>${lines.map(
    ({ host, signs }, at) => {
      const line = y + HEAD + at * LINE + 12;
      return markup`${signs.length > 0 && markup`<circle class="dot ${signs[0]?.tone ?? "grey"}" cx="${x + 18}" cy="${line - 4}" r="3.5"/>`}<text class="host" x="${x + 28}" y="${line}">${fitted(host, 16)}</text><text class="signs" x="${x + WIDTH - 12}" y="${line}">${signs.map(({ sign, tone: colour }, position) => markup`<tspan class="${colour}"${position > 0 && markup` dx="8"`}>${sign}</tspan>`)}</text>`;
    },
  )}</g>`;
}

function arrow(path: string, { x, y }: Place, towards: "right" | "down" = "right"): Markup {
  const tip = towards === "right" ? "l-7 -4v8z" : "l-4 -7h8z";
  return markup`<path class="line" d="${path}"/><path class="tip" d="M${x} ${y}${tip}"/>`;
}

function svg(name: string, width: number, height: number, label: string, inside: Markup): Markup {
  return markup`<svg class="${name}" role="img" aria-label="${label}" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">${inside}</svg>`;
}

function widthAcross(nodes: readonly Node[]): number {
  const levels = 1 + nodes.reduce((level, node) => Math.max(level, node.level), 0);
  return levels * WIDTH + (levels - 1) * GAP.across + 2;
}

/** From left to right: a column for each step of the deployment. */
function across(nodes: readonly Node[], label: string): Markup {
  const columns = new Map<number, number>();
  for (const { level, height } of nodes)
    columns.set(level, (columns.get(level) ?? -GAP.down) + height + GAP.down);
  const tallest = Math.max(...columns.values());
  const used = new Map<number, number>();
  const places = nodes.map(({ level, height }): Place => {
    const y = used.get(level) ?? (tallest - (columns.get(level) ?? 0)) / 2;
    used.set(level, y + height + GAP.down);
    return { x: 1 + level * (WIDTH + GAP.across), y: Math.round(y) + 1 };
  });
  const lines = nodes.flatMap(({ before, height }, at) =>
    before.flatMap((from) => {
      const start = places[from];
      const end = places[at];
      if (start === undefined || end === undefined) return [];
      const [x1, y1] = [start.x + WIDTH, start.y + (nodes[from]?.height ?? 0) / 2];
      const [x2, y2] = [end.x, end.y + height / 2];
      const bend = (x2 - x1) / 2;
      return [
        arrow(`M${x1} ${y1}C${x1 + bend} ${y1} ${x2 - bend} ${y2} ${x2 - 6} ${y2}`, { x: x2 - 1, y: y2 }),
      ];
    }),
  );
  const drawn = nodes.map((node, at) => drawnNode(node, places[at] ?? { x: 0, y: 0 }));
  return svg("across", widthAcross(nodes), tallest + 2, label, markup`${lines}${drawn}`);
}

/** Downwards, one stack below the other. What depends on its neighbour has an arrow, and on others a bow on the left. */
function down(nodes: readonly Node[], label: string): Markup {
  const bows = nodes.some(({ before }, at) => before.some((from) => from !== at - 1));
  const margin = bows ? 48 : 1;
  let y = 1;
  const places = nodes.map(({ height }): Place => {
    const place = { x: margin, y };
    y += height + GAP.down;
    return place;
  });
  const lines = nodes.flatMap(({ before, height }, at) =>
    before.flatMap((from) => {
      const start = places[from];
      const end = places[at];
      if (start === undefined || end === undefined) return [];
      if (from === at - 1) {
        const middle = margin + WIDTH / 2;
        const bottom = start.y + (nodes[from]?.height ?? 0);
        return [arrow(`M${middle} ${bottom}V${end.y - 6}`, { x: middle, y: end.y - 1 }, "down")];
      }
      const [y1, y2] = [start.y + (nodes[from]?.height ?? 0) / 2, end.y + height / 2 - 4];
      const bow = margin - Math.min(14 + (at - from) * 10, margin - 2);
      return [
        arrow(`M${margin} ${y1}C${bow} ${y1} ${bow} ${y2} ${margin - 7} ${y2}`, { x: margin - 1, y: y2 }),
      ];
    }),
  );
  const drawn = nodes.map((node, at) => drawnNode(node, places[at] ?? { x: 0, y: 0 }));
  return svg("down", margin + WIDTH + 1, y - GAP.down + 1, label, markup`${lines}${drawn}`);
}

/** The picture; nothing where fewer than two stacks are affected, or so many that a picture does not help. */
export function picture(review: Review): Markup {
  const nodes = nodesOf(review.stacks);
  if (nodes.length < 2 || nodes.length > STACKS) return markup``;
  const label = `${count(nodes.length, "affected stack")} in the order in which they are deployed, with their hosts. The table that follows says the same in words.`;
  const both = widthAcross(nodes) <= WIDEST;
  return markup`<div class="picture${both && " both"}">${both && across(nodes, label)}${down(nodes, label)}</div>`;
}
