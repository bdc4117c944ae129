// Assets in a table, as many as are wanted.

import { useState } from "preact/hooks";
import { groupHref } from "../route.js";
import { Ticked } from "./Findings.jsx";
import { Owners, State } from "./labels.jsx";
import { counted } from "./words.js";

const PAGE = 200;

export function AssetTable({ assets, withGroup }) {
  const [most, set] = useState(PAGE);
  return (
    <>
      <div class="scroller" tabIndex={0} role="region" aria-label="Assets">
        <table>
          <thead>
            <tr>
              <th scope="col">Asset</th>
              {withGroup ? <th scope="col">Group</th> : null}
              <th scope="col">Description</th>
              <th scope="col">Owners</th>
            </tr>
          </thead>
          <tbody>
            {assets.slice(0, most).map((asset, at) => (
              <tr key={`${asset.key} ${at}`}>
                <td class="name"><a href={asset.href}>{asset.name}</a> <State state={asset.state} /></td>
                {withGroup ? <td class="name"><a class="plain" href={groupHref(asset.group)}>{asset.group}</a></td> : null}
                <td class="about"><Ticked text={firstLine(asset.description)} /></td>
                <td><Owners owners={asset.owners} /></td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {assets.length > most ? (
        <button type="button" class="more" onClick={() => set(most + 5 * PAGE)}>Show more of {counted(assets.length, "asset")}</button>
      ) : null}
    </>
  );
}

const LONGEST = 160;

// Without the signs of Markdown that would be in the way.
function firstLine(text) {
  const line = text.trim().split("\n", 1)[0].replace(/^#+ |\*\*/g, "").replace(/!?\[([^\]]*)\]\([^)]*\)/g, "$1");
  return line.length > LONGEST ? `${line.slice(0, LONGEST)} …` : line;
}
