/** The picture of the affected stacks and hosts, as Mermaid. */
import type { Danger, ReviewGraph } from "../review/review";
import { fenced, mermaidLabel } from "./escape-markdown";

/** More than this is no picture any more, and Mermaid itself gives up at 500 edges. */
const MOST_NODES = 60;
const MOST_EDGES = 200;

/** Said beside the colour, for those who do not see it. */
const DANGER_WORDS: Readonly<Record<Danger, string>> = {
  failed: "failed",
  unknown: "unknown",
  destroy: "destroy",
  replace: "replace",
  change: "change",
  none: "unchanged",
};

/** Dark text on light ground and a dark border: legible in GitHub's light and dark themes. */
const STYLES: Readonly<Record<Danger, string>> = {
  failed: "fill:#ffd7d5,stroke:#82071e,color:#1f2328",
  unknown: "fill:#ffd7d5,stroke:#82071e,color:#1f2328",
  destroy: "fill:#ffd7d5,stroke:#a40e26,color:#1f2328",
  replace: "fill:#fff1e5,stroke:#953800,color:#1f2328",
  change: "fill:#fff8c5,stroke:#7d4e00,color:#1f2328",
  none: "fill:#f6f8fa,stroke:#59636e,color:#1f2328",
};

/**
 * The picture, or undefined where there is nothing to see (less than two stacks and hosts) or too much. What is left out
 * stands in the table of stacks.
 */
export function graphPicture(graph: ReviewGraph): string | undefined {
  const nodes = graph.stacks.length + graph.hosts.length;
  if (nodes < 2 || nodes > MOST_NODES || graph.edges.length > MOST_EDGES) return undefined;
  const lines = ["flowchart LR"];
  const used = new Map<Danger, string[]>();
  const mark = (danger: Danger, id: string): void => {
    used.set(danger, [...(used.get(danger) ?? []), id]);
  };
  const ids = new Map<string, string>();
  graph.stacks.forEach((stack, position) => {
    const id = `s${position}`;
    ids.set(stack.name, id);
    const provisional = stack.provisional ? ", provisional" : "";
    const label = `${mermaidLabel(stack.name)}: ${DANGER_WORDS[stack.danger]}${provisional}`;
    const hosts = graph.hosts.filter((host) => host.stack === stack.name);
    if (hosts.length === 0) {
      lines.push(`  ${id}["${label}"]`);
    } else {
      lines.push(`  subgraph ${id}["${label}"]`);
      hosts.forEach((host, index) => {
        const hostId = `${id}h${index}`;
        lines.push(`    ${hostId}["${mermaidLabel(host.name)}: ${DANGER_WORDS[host.danger]}"]`);
        mark(host.danger, hostId);
      });
      lines.push("  end");
    }
    mark(stack.danger, id);
  });
  for (const edge of graph.edges) {
    const from = ids.get(edge.from);
    const to = ids.get(edge.to);
    if (from !== undefined && to !== undefined) lines.push(`  ${from} --> ${to}`);
  }
  for (const [danger, members] of used) {
    lines.push(`  classDef ${danger}Danger ${STYLES[danger]}`);
    lines.push(`  class ${members.join(",")} ${danger}Danger`);
  }
  return fenced(lines, "mermaid");
}
