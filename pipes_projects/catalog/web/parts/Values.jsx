// Every value of an asset, with the place that says so, and what it overrides.

import { flow } from "./words.js";

export function Values({ catalog, values }) {
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Values and their origins">
      <table class="values">
        <thead><tr><th scope="col">Field</th><th scope="col">Value</th><th scope="col">Origin</th></tr></thead>
        <tbody>
          {values.map((told) => (
            <tr key={told.name.join("\n")}>
              <th scope="row"><code>{told.name.join(".")}</code></th>
              <td>
                <span class="value">{told.name[0] === "columns" ? namesOf(told.value) : flow(told.value)}</span>
                {told.overrides.map((other, at) => (
                  <div class="overridden" key={at}>instead of <s>{flow(other.value)}</s> from <Place catalog={catalog} {...other.origin} /></div>
                ))}
              </td>
              <td><Place catalog={catalog} {...told.origin} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

// What columns there are; more about them is in a table of their own.
const namesOf = (columns) => flow(columns?.map?.(({ name }) => name) ?? columns);

// A line of a file, on the repository's host if that is known; or words.
export function Place({ catalog, path, line, words }) {
  if (!path) return <span class="quiet">{words}</span>;
  const shown = line ? `${path}:${line}` : path;
  const link = catalog.hosted(path, line);
  return link ? <a class="place" href={link} rel="noopener noreferrer">{shown}</a> : <span class="place">{shown}</span>;
}
