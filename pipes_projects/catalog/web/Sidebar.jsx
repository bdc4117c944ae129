// The groups, and the assets of the one that is looked at.

import { useLayoutEffect, useState } from "preact/hooks";
import { STATES, WRONG } from "./parts/words.js";
import { assetsHref, groupHref } from "./route.js";

const MOST = 300;

export function Sidebar({ catalog, current, route }) {
  const [isOpen, open] = useState(false);
  useLayoutEffect(() => open(false), [route]);
  const group = current?.assets ? current.name : current?.group;
  return (
    <nav class={isOpen ? "side open" : "side"} aria-label="Groups and assets">
      <button type="button" class="menu" aria-expanded={isOpen} onClick={() => open(!isOpen)}>Menu</button>
      <ul>
        <Entry href="#/" name="Overview" isCurrent={route.page === ""} />
        <Entry href={assetsHref()} name="All assets" count={catalog.assets.length} isCurrent={route.page === "assets"} />
        {catalog.findings.length ? <Entry href="#/findings" name="Findings" count={catalog.findings.length} isCurrent={route.page === "findings"} /> : null}
      </ul>
      <p class="side-title">Groups</p>
      <ul>
        {catalog.groups.map(({ name, assets }) => (
          <Entry key={name} href={groupHref(name)} name={name} count={assets.length} isCurrent={current?.assets && current.name === name}>
            {name === group ? (
              <ul>{assets.slice(0, MOST).map((asset, at) => <Entry key={at} href={asset.href} name={asset.name} state={asset.state} isCurrent={asset === current} />)}</ul>
            ) : null}
          </Entry>
        ))}
      </ul>
    </nav>
  );
}

function Entry({ href, name, count, state, isCurrent, children }) {
  return (
    <li>
      <a href={href} aria-current={isCurrent ? "page" : undefined}>
        <span>{name}</span>
        {count === undefined ? null : <span class="count">{count.toLocaleString("en")}</span>}
        {WRONG.includes(state) ? <Flag state={state} /> : null}
      </a>
      {children}
    </li>
  );
}

function Flag({ state }) {
  return <span class="flag" title={STATES[state]}><span aria-hidden="true">!</span><span class="hidden">{STATES[state]}</span></span>;
}
