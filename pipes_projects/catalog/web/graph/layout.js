// Nodes and edges → their places, from left to right, by dagre.

import { Graph, layout } from "@dagrejs/dagre";

const HEIGHT = { one: 30, two: 44 };
const PADDING = 40;
const LONGEST = 30; // letters
const BETWEEN = 26; // clusters, one of which has its title there

const ruler = document.createElement("canvas").getContext("2d");

function widthOf(text, font) {
  ruler.font = font;
  return ruler.measureText(text).width;
}

// Names that are too long keep their beginning and their end.
export function shortened(text, most = LONGEST) {
  const letters = Array.from(text);
  if (letters.length <= most) return text;
  const end = Math.floor(most / 3);
  return `${letters.slice(0, most - end - 1).join("")}…${letters.slice(-end).join("")}`;
}

function sized(node) {
  const label = shortened(node.label);
  const name = widthOf(label, "600 12.5px ui-sans-serif, system-ui, sans-serif");
  const detail = widthOf(node.detail ?? "", "11px ui-sans-serif, system-ui, sans-serif");
  const width = Math.ceil(Math.max(name, detail, 44)) + PADDING;
  return { ...node, label, width, height: node.detail ? HEIGHT.two : HEIGHT.one };
}

// `inside` of a node is the id of the cluster that it is drawn in, if there are any. Of nodes with
// the same id, as assets that are declared twice have, the first is drawn.
export function placed(all, edges, groups = []) {
  const nodes = [...new Map([...all].reverse().map((node) => [node.id, node])).values()].reverse();
  const clusters = groups.filter(({ id }) => nodes.some(({ inside }) => inside === id));
  const graph = new Graph({ compound: clusters.length > 0 });
  graph.setGraph({ rankdir: "LR", nodesep: 14, ranksep: 56, edgesep: clusters.length ? BETWEEN : 10, marginx: 16, marginy: clusters.length ? 28 : 16 });
  graph.setDefaultEdgeLabel(() => ({}));
  const known = new Set(nodes.map(({ id }) => id));
  const inner = (id) => `node ${id}`;
  for (const { id, label } of clusters) graph.setNode(`cluster ${id}`, { label });
  for (const node of nodes) {
    graph.setNode(inner(node.id), sized(node));
    if (clusters.length) graph.setParent(inner(node.id), `cluster ${node.inside}`);
  }
  for (const [from, to, count] of edges) {
    if (known.has(from) && known.has(to) && from !== to) graph.setEdge(inner(from), inner(to), { from, to, count });
  }
  layout(graph);
  const drawn = nodes.map(({ id }) => graph.node(inner(id)));
  return {
    width: graph.graph().width,
    height: graph.graph().height,
    nodes: drawn,
    clusters: clusters.map(({ id, label }) => ({ id, label, ...graph.node(`cluster ${id}`) })),
    edges: graph.edges().map((edge) => joined(graph, edge, drawn)),
  };
}

// Level at every point on the way.
export function curve([first, ...rest]) {
  let path = `M${first.x} ${first.y}`;
  let from = first;
  for (const to of rest) {
    const middle = (from.x + to.x) / 2;
    path += ` C${middle} ${from.y} ${middle} ${to.y} ${to.x} ${to.y}`;
    from = to;
  }
  return path;
}

// From the right side of one node to the left side of another; straight there, if nothing stands
// between them.
function joined(graph, edge, nodes) {
  const from = graph.node(edge.v);
  const to = graph.node(edge.w);
  const start = { x: from.x + from.width / 2, y: from.y };
  const end = { x: to.x - to.width / 2, y: to.y };
  const isFree = !nodes.some(({ x, width }) => x - width / 2 > start.x && x + width / 2 < end.x);
  const between = isFree ? [] : graph.edge(edge).points.slice(1, -1);
  return { ...graph.edge(edge), points: [start, ...between, end] };
}
