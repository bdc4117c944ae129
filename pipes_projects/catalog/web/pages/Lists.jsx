// A group; and all assets, or those of which something is true.

import { useMemo } from "preact/hooks";
import { edgesAmong } from "../data/neighbours.js";
import { Graph } from "../graph/Graph.jsx";
import { assetNode } from "../graph/nodes.js";
import { AssetTable } from "../parts/AssetTable.jsx";
import { counted } from "../parts/words.js";

const DRAWN = 90;

export function Group({ catalog, group }) {
  const drawn = useMemo(() => drawnOf(group), [group]);
  return (
    <>
      <header class="title">
        <p class="crumbs"><a href="#/">{catalog.name}</a></p>
        <h1>{group.name}</h1>
        <p class="lead">{counted(group.assets.length, "asset")}</p>
      </header>
      {drawn ? <section><h2>Assets and their neighbours</h2><Graph label={`Assets of ${group.name}`} height={460} {...drawn} /></section> : null}
      <section><h2>Assets</h2><AssetTable assets={group.assets} /></section>
    </>
  );
}

function drawnOf(group) {
  const mine = new Set(group.assets);
  const all = new Set(group.assets.flatMap((asset) => [asset, ...asset.upstream, ...asset.downstream]));
  const drawn = all.size <= DRAWN ? all : mine;
  if (drawn.size > DRAWN) return null;
  const among = edgesAmong(drawn);
  const inGroup = new Set(group.assets.map(({ key }) => key));
  const edges = among.filter(([from, to]) => inGroup.has(from) || inGroup.has(to));
  return { nodes: [...drawn].map((node) => assetNode(node, !mine.has(node))), edges };
}

const OF = {
  owner: (asset, value) => asset.owners.includes(value),
  tag: (asset, value) => asset.tags.some(([name, tag]) => (tag ? `${name}=${tag}` : name) === value),
  badge: (asset, value) => asset.badges.includes(value),
  kind: (asset, value) => asset.kind === value,
};

export function Assets({ catalog, name }) {
  const [field, ...rest] = name.split("/");
  const value = rest.join("/");
  const matches = OF[field];
  const assets = useMemo(() => catalog.assets.filter((asset) => !matches || matches(asset, value)), [catalog, matches, value]);
  return (
    <>
      <header class="title">
        <p class="crumbs"><a href="#/">{catalog.name}</a>{matches ? <> / <a href="#/assets">all assets</a></> : null}</p>
        <h1>{matches ? value : "All assets"}</h1>
        <p class="lead">{matches ? `${field}: ` : ""}{counted(assets.length, "asset")}</p>
      </header>
      <AssetTable assets={assets} withGroup />
    </>
  );
}
