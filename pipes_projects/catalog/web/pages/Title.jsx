// What an asset is called, and where it belongs.

import { State } from "../parts/labels.jsx";
import { groupHref } from "../route.js";

export function Title({ catalog, asset }) {
  return (
    <header class="title">
      <p class="crumbs"><a href="#/">{catalog.name}</a> / <a href={groupHref(asset.group)}>{asset.group}</a></p>
      <h1>{asset.name} <State state={asset.state} /></h1>
    </header>
  );
}
