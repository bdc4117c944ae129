// What an asset is made from, and what is made from it, to the depth that somebody chooses.

import { useMemo, useState } from "preact/hooks";
import { lineage } from "../data/neighbours.js";
import { Graph } from "./Graph.jsx";
import { assetNode } from "./nodes.js";

const DEPTHS = [["1", 1], ["2", 2], ["3", 3], ["All", Infinity]];

export function Lineage({ asset, counts }) {
  const [depth, choose] = useState(1);
  const found = useMemo(() => lineage(asset, depth), [asset, depth]);
  const nodes = useMemo(() => found.nodes.map((node) => assetNode(node, node.group !== asset.group)), [found, asset]);
  return (
    <section>
      <div class="heading">
        <h2>Lineage</h2>
        <div class="tabs" role="group" aria-label="Steps of lineage to show">
          {DEPTHS.map(([name, steps]) => (
            <button type="button" key={name} aria-pressed={steps === depth} onClick={() => choose(steps)}>{name}</button>
          ))}
        </div>
      </div>
      <Graph label={`Lineage of ${asset.key}`} nodes={nodes} edges={found.edges} current={asset.key} height={400} />
      <p class="quiet">
        {counts}
        {found.isCut ? " That is too many to draw: only the nearest are shown." : ""}
      </p>
      <div class="halves">
        <Names title="Upstream" nodes={asset.upstream} />
        <Names title="Downstream" nodes={asset.downstream} />
      </div>
    </section>
  );
}

function Names({ title, nodes }) {
  if (!nodes.length) return null;
  return (
    <details open={nodes.length <= 12}>
      <summary>{title} <span class="count">{nodes.length}</span></summary>
      <ul class="names">
        {nodes.map((node) => <li key={node.key}>{node.isStranger ? node.key : <a href={node.href}>{node.key}</a>}</li>)}
      </ul>
    </details>
  );
}
