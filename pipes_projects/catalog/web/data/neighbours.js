// The lineage of an asset: what it is made from, and what is made from it, to some depth.

const MOST = 150; // more than these nobody can read

function reached(start, way, depth) {
  const found = new Map([[start, 0]]);
  let ring = [start];
  for (let distance = 1; distance <= depth && ring.length; distance++) {
    ring = [...new Set(ring.flatMap((node) => node[way]))].filter((node) => !found.has(node));
    for (const node of ring) found.set(node, distance);
  }
  return found;
}

function around(asset, depth) {
  return new Set([...reached(asset, "upstream", depth).keys(), ...reached(asset, "downstream", depth).keys()]);
}

// As deep as is asked for, or as deep as can be read.
export function lineage(asset, depth) {
  let nodes = around(asset, depth);
  let isCut = false;
  if (nodes.size > MOST) {
    isCut = true;
    nodes = new Set([asset]);
    for (let less = 1; ; less++) {
      const more = around(asset, less);
      if (more.size > MOST || more.size === nodes.size) break;
      nodes = more;
    }
  }
  return { nodes: [...nodes], edges: edgesAmong(nodes), isCut };
}

export function edgesAmong(nodes) {
  const edges = [];
  for (const node of nodes) {
    for (const other of node.downstream) if (nodes.has(other)) edges.push([node.key, other.key]);
  }
  return edges;
}

export const countAll = (asset, way) => reached(asset, way, Infinity).size - 1;

// How many dependencies lead from each group to each other one.
export function groupEdges(catalog) {
  const found = new Map();
  for (const asset of catalog.assets) {
    for (const other of asset.upstream) {
      const from = groupOf(other);
      if (from === asset.group) continue;
      const id = JSON.stringify([from, asset.group]);
      found.set(id, (found.get(id) ?? 0) + 1);
    }
  }
  return [...found].map(([id, count]) => [...JSON.parse(id), count]);
}

const DENSE = 2.5; // edges for each node: more than these nobody can follow
const KEPT = 2;

// Of too many edges, those with most behind them: for each group, where it takes most from.
export function strongest(edges, count) {
  if (edges.length <= DENSE * count) return { edges, isThinned: false };
  const into = new Map();
  for (const edge of edges) into.set(edge[1], [...(into.get(edge[1]) ?? []), edge]);
  const most = (one, other) => other[2] - one[2];
  return { edges: [...into.values()].flatMap((each) => each.sort(most).slice(0, KEPT)), isThinned: true };
}

export const groupOf = (node) => node.group || "(elsewhere)";
