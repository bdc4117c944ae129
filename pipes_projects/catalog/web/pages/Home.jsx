// The project at a glance.

import { useMemo, useState } from "preact/hooks";
import { Graph } from "../graph/Graph.jsx";
import { assetNode, groupNodes } from "../graph/nodes.js";
import { edgesAmong } from "../data/neighbours.js";
import { Findings } from "../parts/Findings.jsx";
import { RunTable } from "../parts/Runs.jsx";
import { counted, fromNow, moment, now } from "../parts/words.js";
import { assetsHref, groupHref } from "../route.js";

const READABLE = 60; // assets in one drawing
const DRAWN = 120; // groups in one drawing

export function Home({ catalog }) {
  return (
    <>
      <header class="title">
        <h1>{catalog.name}</h1>
        <Counts catalog={catalog} />
      </header>
      {catalog.findings.length ? <Found catalog={catalog} /> : null}
      <Overview catalog={catalog} />
      {catalog.groups.length ? <Groups groups={catalog.groups} /> : <p>There are no assets yet: <code>pipes-projects new GROUP/ASSET</code> adds one.</p>}
      <div class="halves">
        <Coming catalog={catalog} />
      </div>
      <Latest catalog={catalog} />
    </>
  );
}

function Counts({ catalog }) {
  const owners = new Set(catalog.assets.flatMap(({ owners }) => owners)).size;
  const unreadable = catalog.unreadable.length ? `, of which ${catalog.unreadable.length} cannot be read` : "";
  const parts = [counted(catalog.assets.length, "asset") + unreadable, counted(catalog.groups.length, "group"), counted(owners, "owner")];
  const schedules = Object.keys(catalog.schedules).length;
  if (schedules) parts.push(counted(schedules, "schedule"));
  return <p class="lead">{parts.join(" · ")}</p>;
}

function Found({ catalog }) {
  const errors = catalog.errors().length;
  const words = [errors ? counted(errors, "error") : "", counted(catalog.findings.length - errors, "other finding")];
  return (
    <section class={errors ? "notice error" : "notice"} aria-label="Findings">
      <a href="#/findings">{errors && errors === catalog.findings.length ? words[0] : words.filter(Boolean).join(", ")}</a>
      <span> {errors ? "Some manifests have errors. Only their valid parts are shown here." : ""}</span>
    </section>
  );
}

function Overview({ catalog }) {
  const mayBeWhole = catalog.assets.length <= READABLE;
  const [isWhole, show] = useState(mayBeWhole && catalog.groups.length > 1);
  const drawn = useMemo(() => (isWhole ? wholeOf(catalog) : groupNodes(catalog)), [catalog, isWhole]);
  if (!drawn.nodes.length || drawn.nodes.length > DRAWN) return null;
  return (
    <section>
      <div class="heading">
        <h2>Asset graph</h2>
        {mayBeWhole ? (
          <div class="tabs" role="group" aria-label="What the graph shows">
            <button type="button" aria-pressed={!isWhole} onClick={() => show(false)}>Groups</button>
            <button type="button" aria-pressed={isWhole} onClick={() => show(true)}>Assets</button>
          </div>
        ) : null}
      </div>
      <Graph label={isWhole ? "All assets" : "Groups and their dependencies"} height={520} {...drawn} />
      {drawn.isThinned ? <p class="quiet">There are too many dependencies to draw them all: for each group, only those on the two groups that it uses most are shown.</p> : null}
    </section>
  );
}

function wholeOf(catalog) {
  const all = new Set([...catalog.assets, ...catalog.strangers]);
  const nodes = [...all].map((node) => assetNode(node));
  const clusters = [...new Set(nodes.map(({ inside }) => inside))].map((id) => ({ id, label: id }));
  return { nodes, edges: edgesAmong(all), clusters };
}

function Groups({ groups }) {
  return (
    <section>
      <h2>Groups</h2>
      <ul class="cards">
        {groups.map(({ name, assets }) => (
          <li key={name}>
            <a href={groupHref(name)}><strong>{name}</strong><span class="quiet">{counted(assets.length, "asset")}</span></a>
          </li>
        ))}
      </ul>
      <p><a href={assetsHref()}>All assets</a></p>
    </section>
  );
}

function Coming({ catalog }) {
  const next = useMemo(() => nextTicks(catalog), [catalog]);
  if (!next.length) return null;
  return (
    <section>
      <h2>Next scheduled runs</h2>
      <ul class="lines">
        {next.map(({ tick, zone, cron, assets }) => (
          <li key={`${cron} ${zone}`}>
            <span><strong>{moment(tick, zone)}</strong> <span class="quiet">{zone}, {fromNow(tick)}</span></span>
            <span>{assets.length <= 4 ? assets.map((asset) => <a key={asset.key} href={asset.href}>{asset.key}</a>) : counted(assets.length, "asset")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function nextTicks(catalog) {
  const found = new Map();
  for (const asset of catalog.assets) {
    const { schedule } = asset;
    const tick = schedule && catalog.ticks(schedule).find((each) => each >= now());
    if (!tick) continue;
    const id = `${schedule.cron}\n${schedule.zone}`;
    if (!found.has(id)) found.set(id, { ...schedule, tick, assets: [] });
    found.get(id).assets.push(asset);
  }
  return [...found.values()].sort((one, other) => one.tick - other.tick).slice(0, 8);
}

function Latest({ catalog }) {
  const runs = useMemo(() => catalog.latestRuns(12), [catalog]);
  if (!runs.length) return null;
  const link = (key) => <a href={catalog.byKey.get(key).href}>{key}</a>;
  return (
    <section>
      <h2>Latest local runs</h2>
      <RunTable runs={runs} withKey={link} />
    </section>
  );
}

export function FindingsPage({ catalog }) {
  return (
    <>
      <header class="title"><h1>Findings</h1><p class="lead">What <code>pipes-projects check</code> says about this project.</p></header>
      {catalog.findings.length ? <Findings catalog={catalog} findings={catalog.findings} /> : <p>No findings.</p>}
    </>
  );
}
