// Everything about one asset.

import { useMemo } from "preact/hooks";
import { countAll } from "../data/neighbours.js";
import { Lineage } from "../graph/Lineage.jsx";
import { Facts } from "../parts/Facts.jsx";
import { Findings, Ticked } from "../parts/Findings.jsx";
import { Markdown } from "../parts/Markdown.jsx";
import { Runs } from "../parts/Runs.jsx";
import { Source } from "../parts/Source.jsx";
import { Values } from "../parts/Values.jsx";
import { counted, flow, number } from "../parts/words.js";
import { Title } from "./Title.jsx";

export function AssetPage({ catalog, asset }) {
  return (
    <article>
      <Title catalog={catalog} asset={asset} />
      {asset.findings.length ? <section class="first"><Findings catalog={catalog} findings={asset.findings} /></section> : null}
      {asset.description ? <Markdown text={asset.description} /> : <p class="quiet">No description yet.</p>}
      <div class="columns">
        <div class="main">
          <LineageOf asset={asset} />
          {asset.columns.length ? <Section name="Columns" count={asset.columns.length}><Columns columns={asset.columns} /></Section> : null}
          {asset.checks.length ? <Section name="Checks" count={asset.checks.length}><Checks checks={asset.checks} /></Section> : null}
          {asset.params.length ? <Section name="Params"><Params params={asset.params} /></Section> : null}
          {asset.runs.length ? <Section name="Local runs"><Runs runs={asset.runs} /></Section> : null}
          <Section name="Source"><Source catalog={catalog} paths={asset.paths} /></Section>
        </div>
        <Facts catalog={catalog} asset={asset} />
      </div>
      <Section name="Where each value comes from"><Values catalog={catalog} values={asset.values} /></Section>
    </article>
  );
}

function Section({ name, count, children }) {
  return (
    <section>
      <h2>{name}{count ? <span class="count">{count}</span> : null}</h2>
      {children}
    </section>
  );
}

// Nothing, for an asset that stands alone.
function LineageOf({ asset }) {
  const up = useMemo(() => countAll(asset, "upstream"), [asset]);
  const down = useMemo(() => countAll(asset, "downstream"), [asset]);
  const counts = `${counted(up, "asset")} upstream and ${number(down)} downstream in all.`;
  return up || down ? <Lineage asset={asset} counts={counts} /> : null;
}

function Columns({ columns }) {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Columns">
      <table>
        <thead><tr><th scope="col">Column</th><th scope="col">Type</th><th scope="col">Description</th></tr></thead>
        <tbody>
          {columns.map(({ name, type = "string", description, tags }, at) => (
            <tr key={at}>
              <th scope="row"><code>{name}</code></th>
              <td><code class="quiet">{type}</code></td>
              <td>{description ?? ""} {tags ? <span class="quiet">{flow(tags)}</span> : null}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Checks({ checks }) {
  return (
    <ul class="lines">
      {checks.map(({ name, description, blocking }) => (
        <li key={name}>
          <span><code>{name}</code> {blocking ? <span class="state blocking">blocking</span> : null}</span>
          <span><Ticked text={description} /></span>
        </li>
      ))}
    </ul>
  );
}

function Params({ params }) {
  return (
    <ul class="lines">
      {params.map(({ name, default: value, description, ...limits }) => (
        <li key={name}>
          <span><code>{name}</code> = <code>{flow(value ?? null)}</code></span>
          <span>{description ?? ""} <span class="quiet">{Object.entries(limits).map(([limit, is]) => `${limit} ${flow(is)}`).join(", ")}</span></span>
        </li>
      ))}
    </ul>
  );
}
