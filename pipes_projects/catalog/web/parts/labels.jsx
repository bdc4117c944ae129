// Small marks: states, owners, tags, badges.

import { assetsHref } from "../route.js";
import { STATES } from "./words.js";

export function State({ state }) {
  return STATES[state] ? <span class={`state ${state}`}>{STATES[state]}</span> : null;
}

export function Owners({ owners }) {
  if (!owners.length) return <span class="quiet">–</span>;
  return (
    <span class="labels">
      {owners.map((owner) => <a key={owner} class="label" href={assetsHref("owner", owner)}>{owner.replace(/^team:/, "")}</a>)}
    </span>
  );
}

export function Tags({ tags }) {
  return (
    <span class="labels">
      {tags.map(([name, value]) => (
        <a key={name} class="label" href={assetsHref("tag", value ? `${name}=${value}` : name)}>{name}{value ? <span class="quiet"> {value}</span> : null}</a>
      ))}
    </span>
  );
}

export function Badges({ badges }) {
  return <span class="labels">{badges.map((badge) => <a key={badge} class="label" href={assetsHref("badge", badge)}>{badge}</a>)}</span>;
}
