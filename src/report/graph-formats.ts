import type { ImageNode } from "../model/graph.js";

type Format = (nodes: readonly ImageNode[]) => string;

/** By name of the format. */
export const GRAPH_FORMATS: ReadonlyMap<string, Format> = new Map([
  ["text", text],
  ["json", json],
  ["mermaid", mermaid],
  ["dot", dot],
  ["svg", svg],
]);

const version = ({ definition }: ImageNode) => definition.version;

/** A tree: every image is drawn under its parent. */
function text(nodes: readonly ImageNode[]): string {
  const byName = new Map(nodes.map((node) => [node.name, node]));
  const lines: string[] = [];
  // Not recursive: a chain may be deeper than a call stack.
  const waiting = nodes
    .filter(({ level }) => level === 0)
    .reverse()
    .map((node) => ({ node, indent: "", branch: "", below: "" }));
  for (let next = waiting.pop(); next; next = waiting.pop()) {
    const { node, indent, branch, below } = next;
    lines.push(`${indent}${branch}${node.name} ${version(node)}`);
    const children = node.children.map((name) => byName.get(name)).filter((child) => child !== undefined);
    const entries = children.map((child, index) => {
      const last = index === children.length - 1;
      return { node: child, indent: indent + below, branch: last ? "└─ " : "├─ ", below: last ? "   " : "│  " };
    });
    waiting.push(...entries.reverse());
  }
  return `${lines.join("\n")}\n`;
}

function json(nodes: readonly ImageNode[]): string {
  const images = nodes.map((node) => ({
    name: node.name,
    version: version(node),
    parents: node.parents,
    level: node.level,
  }));
  return `${JSON.stringify({ images }, null, 2)}\n`;
}

const edges = (nodes: readonly ImageNode[]) =>
  nodes.flatMap(({ name, parents }) => parents.map((parent) => [parent, name] as const));

/*
 * Names and versions cannot contain anything that has a meaning in these formats. That is the grammar of another file, though, so
 * nothing here relies on it.
 */
const inMermaid = (text: string) => text.replaceAll('"', "#quot;");
const inDot = (text: string) => text.replace(/["\\]/g, "\\$&");
const inXml = (text: string) => text.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");

/** Flowchart syntax; node names must not contain `.` or `-` next to an arrow, hence the numbers. */
function mermaid(nodes: readonly ImageNode[]): string {
  const ids = new Map(nodes.map(({ name }, index) => [name, `n${index}`]));
  const labels = nodes.map((node) => `  ${ids.get(node.name)}["${inMermaid(`${node.name} ${version(node)}`)}"]`);
  const arrows = edges(nodes).map(([from, to]) => `  ${ids.get(from)} --> ${ids.get(to)}`);
  return `${["flowchart TD", ...labels, ...arrows].join("\n")}\n`;
}

/** Graphviz. */
function dot(nodes: readonly ImageNode[]): string {
  const labels = nodes.map(
    (node) => `  "${inDot(node.name)}" [label="${inDot(node.name)}\\n${inDot(version(node))}"];`,
  );
  const arrows = edges(nodes).map(([from, to]) => `  "${inDot(from)}" -> "${inDot(to)}";`);
  return `digraph images {\n${[...labels, ...arrows].join("\n")}\n}\n`;
}

/** One column per level; sizes in pixels, text is 12 px monospace. */
function svg(nodes: readonly ImageNode[]): string {
  const [width, height, box] = [260, 44, 210];
  const rows = new Map<number, number>();
  const places = new Map(
    nodes.map((node) => {
      const row = rows.get(node.level) ?? 0;
      rows.set(node.level, row + 1);
      return [node.name, { x: 10 + node.level * width, y: 10 + row * height }];
    }),
  );
  const at = (name: ImageNode["name"]) => places.get(name) ?? { x: 0, y: 0 };
  const lines = edges(nodes).map(([from, to]) => {
    const [a, b] = [at(from), at(to)];
    return `<path d="M${a.x + box} ${a.y + 14} C${a.x + width} ${a.y + 14} ${b.x - 30} ${b.y + 14} ${b.x} ${b.y + 14}" fill="none" stroke="#888"/>`;
  });
  const boxes = nodes.map((node) => {
    const { x, y } = at(node.name);
    const label = `<text x="${x + 8}" y="${y + 18}">${inXml(`${node.name} ${version(node)}`)}</text>`;
    return `<rect x="${x}" y="${y}" width="${box}" height="28" rx="4" fill="#eef4ff" stroke="#4466aa"/>${label}`;
  });
  const size = [20 + rows.size * width, 20 + Math.max(0, ...rows.values()) * height];
  const open = `<svg xmlns="http://www.w3.org/2000/svg" width="${size[0]}" height="${size[1]}" font-family="monospace" font-size="12">`;
  return `${[open, ...lines, ...boxes, "</svg>"].join("\n")}\n`;
}
