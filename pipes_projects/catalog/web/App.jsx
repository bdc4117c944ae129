// The frame of every page: search, the groups beside it, and what was asked for.

import { useLayoutEffect, useRef, useState } from "preact/hooks";
import { AssetPage } from "./pages/AssetPage.jsx";
import { FindingsPage, Home } from "./pages/Home.jsx";
import { Assets, Group } from "./pages/Lists.jsx";
import { UnreadablePage } from "./pages/UnreadablePage.jsx";
import { SearchBox } from "./SearchBox.jsx";
import { Sidebar } from "./Sidebar.jsx";
import { useTheme } from "./theme.js";
import { useRoute } from "./route.js";
import { moment } from "./parts/words.js";

export function App({ catalog }) {
  const route = useRoute();
  const main = useRef(null);
  const { title, body, current } = chosen(catalog, route);
  const isFirst = useRef(true);
  // With the content, not after it: whoever sees or hears the new heading is already there.
  useLayoutEffect(() => {
    document.title = title ? `${title} – ${catalog.name}` : `${catalog.name} – catalog`;
    if (!isFirst.current) {
      main.current.focus({ preventScroll: true });
      scrollTo(0, 0);
    }
    isFirst.current = false;
  }, [route]);
  return (
    <>
      <a class="skip" href="#main" onClick={(event) => { event.preventDefault(); main.current.focus(); }}>Skip to the content</a>
      <TopBar catalog={catalog} />
      <div class="frame">
        <Sidebar catalog={catalog} current={current} route={route} />
        <main id="main" ref={main} tabIndex={-1}>
          {body}
          <Foot catalog={catalog} />
        </main>
      </div>
    </>
  );
}

function chosen(catalog, { page, name }) {
  if (page === "") return { body: <Home catalog={catalog} /> };
  if (page === "findings") return { title: "Findings", body: <FindingsPage catalog={catalog} /> };
  if (page === "assets") return { title: "Assets", body: <Assets catalog={catalog} name={name} /> };
  const group = page === "group" && catalog.group(name);
  if (group) return { title: name, body: <Group catalog={catalog} group={group} key={name} />, current: group };
  const asset = page === "asset" && catalog.byKey.get(name);
  if (asset && !asset.isStranger) {
    const Page = asset.isUnreadable ? UnreadablePage : AssetPage;
    return { title: asset.key, body: <Page catalog={catalog} asset={asset} key={name} />, current: asset };
  }
  return { title: "Not found", body: <Nothing name={name || page} /> };
}

function Nothing({ name }) {
  return <><h1>Not found</h1><p>Nothing in this catalog is called <code>{name}</code>. <a href="#/">Go to the overview</a></p></>;
}

function TopBar({ catalog }) {
  const [theme, turn] = useTheme();
  return (
    <header class="top">
      <a class="brand" href="#/"><Logo />{catalog.name}</a>
      <SearchBox catalog={catalog} />
      <button type="button" class="theme" onClick={turn} aria-label={theme === "dark" ? "Use light colours" : "Use dark colours"}>{theme === "dark" ? "☀" : "☾"}</button>
    </header>
  );
}

function Logo() {
  return (
    <svg class="logo" viewBox="0 0 24 24" aria-hidden="true">
      <path d="M6 6 C12 6 12 12 18 12 M6 18 C12 18 12 12 18 12" />
      <circle cx="6" cy="6" r="3" /><circle cx="6" cy="18" r="3" /><circle cx="18" cy="12" r="3" />
    </svg>
  );
}

function Foot({ catalog }) {
  const { published } = catalog;
  const commit = published?.commit.slice(0, 8);
  return (
    <footer>
      Made {moment(catalog.made)}
      {published ? <> from {published.branch ?? "commit"} at {published.web ? <a href={published.web} rel="noopener noreferrer"><code>{commit}</code></a> : <code>{commit}</code>}</> : null}
      {" "}by Pipes Projects {catalog.version}
    </footer>
  );
}
