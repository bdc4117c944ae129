// An asset whose manifest cannot be read: why, its files, and what depends on it.

import { useMemo } from "preact/hooks";
import { countAll } from "../data/neighbours.js";
import { Lineage } from "../graph/Lineage.jsx";
import { Findings } from "../parts/Findings.jsx";
import { Source } from "../parts/Source.jsx";
import { Place } from "../parts/Values.jsx";
import { counted } from "../parts/words.js";
import { Title } from "./Title.jsx";

export function UnreadablePage({ catalog, asset }) {
  const down = useMemo(() => countAll(asset, "downstream"), [asset]);
  const depend = `${counted(down, "asset")} ${down === 1 ? "depends" : "depend"} on it, directly or through others.`;
  return (
    <article>
      <Title catalog={catalog} asset={asset} />
      <section class="notice error" aria-label="Cannot be read">
        The manifest of this asset cannot be read, so what it says is not known here: its description, its owners, what it is made from. The asset is listed under the name of its file.
      </section>
      <section><h2>What is wrong</h2><Findings catalog={catalog} findings={asset.findings} /></section>
      <div class="columns">
        <div class="main">
          {down ? <Lineage asset={asset} counts={depend} /> : <section><h2>Lineage</h2><p class="quiet">No asset that can be read depends on it.</p></section>}
          <section><h2>Source</h2><Source catalog={catalog} paths={asset.paths} /></section>
        </div>
        <aside class="facts" aria-label="Facts">
          <dl>
            <div><dt>Key</dt><dd><code>{asset.key}</code></dd></div>
            <div><dt>Files</dt>{asset.paths.map((path) => <dd key={path}><Place catalog={catalog} path={path} /></dd>)}</div>
          </dl>
        </aside>
      </div>
    </article>
  );
}
