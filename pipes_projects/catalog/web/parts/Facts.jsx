// What is said about an asset in a few words, beside everything else.

import { assetsHref } from "../route.js";
import { Badges, Owners, Tags } from "./labels.jsx";
import { Place } from "./Values.jsx";
import { flow, fromNow, moment, now, number } from "./words.js";

const TICKS = 4;

export function Facts({ catalog, asset }) {
  const condition = asset.field("automation_condition");
  const metadata = Object.entries(asset.field("metadata") ?? {});
  return (
    <aside class="facts" aria-label="Facts">
      <dl>
        <Fact name="Key"><code>{asset.key}</code></Fact>
        <Fact name="Owners"><Owners owners={asset.owners} /></Fact>
        <Fact name="Kind"><span class="labels"><a class="label" href={assetsHref("kind", asset.kind)} title={catalog.kinds[asset.kind]}>{asset.kind}</a></span></Fact>
        {asset.badges.length ? <Fact name="Badges"><Badges badges={asset.badges} /></Fact> : null}
        {asset.tags.length ? <Fact name="Tags"><Tags tags={asset.tags} /></Fact> : null}
        {asset.schedule ? <Fact name="Schedule"><Schedule catalog={catalog} {...asset.schedule} /></Fact> : null}
        {condition ? <Fact name="Runs when"><code>{condition}</code> <span class="quiet">{catalog.conditions[condition] ?? ""}</span></Fact> : null}
        {asset.partitions ? <Fact name="Partitions"><Partitions {...asset.partitions} /></Fact> : null}
        {asset.field("pool") ? <Fact name="Pool"><code>{asset.field("pool")}</code></Fact> : null}
        {asset.field("timeout") ? <Fact name="Timeout">{flow(asset.field("timeout"))}</Fact> : null}
        {asset.field("retry_policy") ? <Fact name="Retries">{flow(asset.field("retry_policy").max_retries)}</Fact> : null}
        {asset.field("secrets") ? <Fact name="Secrets"><code>{flow(asset.field("secrets"))}</code></Fact> : null}
        {asset.field("freshness_policy") ? <Fact name="Freshness">{flow(asset.field("freshness_policy"))}</Fact> : null}
        {metadata.map(([name, value]) => <Fact key={name} name={name}>{flow(value)}</Fact>)}
        <Fact name="Declared in"><Place catalog={catalog} path={asset.manifest} line={asset.line} /></Fact>
        {asset.script ? <Fact name="Script"><Place catalog={catalog} path={asset.script} /></Fact> : null}
      </dl>
    </aside>
  );
}

function Fact({ name, children }) {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

function Schedule({ catalog, cron, zone }) {
  const all = catalog.ticks({ cron, zone });
  const coming = all.filter((tick) => tick >= now()).slice(0, TICKS);
  return (
    <>
      <code>{cron}</code> <span class="quiet">{zone}</span>
      {coming.length ? (
        <ol class="ticks" aria-label="Next ticks">
          {coming.map((tick, at) => <li key={tick}>{moment(tick, zone)}{at === 0 ? <span class="quiet"> {fromNow(tick)}</span> : null}</li>)}
        </ol>
      ) : null}
      {all.length && !coming.length ? <p class="quiet">This catalog is too old to tell the next ticks.</p> : null}
    </>
  );
}

function Partitions({ name, type, description, count, first = [], latest = [] }) {
  return (
    <>
      <code>{name}</code> {description ? <span class="quiet">{description}</span> : null}
      {count === undefined ? <p class="quiet">{type}</p> : (
        <details>
          <summary>{number(count)} {count === 1 ? "key" : "keys"}{count > 1 ? `, ${first[0]} to ${latest.at(-1)}` : ""}</summary>
          <ul class="keys">{latest.map((key) => <li key={key}>{key}</li>)}</ul>
        </details>
      )}
    </>
  );
}
