// Assets and groups as nodes of a drawing.

import { groupHref } from "../route.js";
import { counted, STATES, WRONG } from "../parts/words.js";
import { groupEdges, groupOf, strongest } from "../data/neighbours.js";

export function assetNode(asset, withGroup) {
  const detail = [withGroup ? asset.group : "", STATES[asset.state] ?? ""].filter(Boolean).join(" · ");
  const href = asset.isStranger ? null : asset.href;
  return { id: asset.key, label: asset.name, detail, href, state: asset.state, inside: groupOf(asset) };
}

export function groupNodes(catalog) {
  const all = groupEdges(catalog);
  const nodes = catalog.groups.map(({ name, assets }) => ({
    id: name, label: name, detail: counted(assets.length, "asset"), href: groupHref(name),
    state: assets.some(({ state }) => WRONG.includes(state)) ? "quarantined" : stateOf(assets),
  }));
  const known = new Set(nodes.map(({ id }) => id));
  const others = new Set(all.map(([from]) => from).filter((name) => !known.has(name)));
  const strangers = [...others].map((name) => ({ id: name, label: name, detail: "elsewhere", state: "missing" }));
  return { nodes: [...nodes, ...strangers], ...strongest(all, nodes.length) };
}

const stateOf = (assets) => (assets.every(({ state }) => state === "external") ? "external" : "runs");

