// The text of a file, with colours and the numbers of its lines.

import hljs from "highlight.js/lib/core";
import bash from "highlight.js/lib/languages/bash";
import javascript from "highlight.js/lib/languages/javascript";
import python from "highlight.js/lib/languages/python";
import r from "highlight.js/lib/languages/r";
import sql from "highlight.js/lib/languages/sql";
import yaml from "highlight.js/lib/languages/yaml";
import { useEffect, useMemo, useState } from "preact/hooks";

const LANGUAGES = { bash, javascript, python, r, sql, yaml };
const ENDINGS = { sh: "bash", js: "javascript", mjs: "javascript", py: "python", R: "r", r: "r", sql: "sql", yaml: "yaml", yml: "yaml" };
for (const [name, language] of Object.entries(LANGUAGES)) hljs.registerLanguage(name, language);

export function useSources(catalog) {
  const [sources, set] = useState(null);
  useEffect(() => {
    catalog.sources().then(set, () => set({}));
  }, [catalog]);
  return sources;
}

export function Source({ catalog, paths }) {
  const sources = useSources(catalog);
  const [chosen, choose] = useState(paths[0]);
  const path = paths.includes(chosen) ? chosen : paths[0];
  const link = catalog.hosted(path);
  return (
    <div class="source">
      <div class="source-bar">
        <div class="tabs" role="group" aria-label="Which file">
          {paths.map((each) => (
            <button type="button" key={each} aria-pressed={each === path} onClick={() => choose(each)}>{each}</button>
          ))}
        </div>
        {link ? <a href={link} rel="noopener noreferrer">View on {catalog.published.host}</a> : null}
      </div>
      {sources ? <Code text={sources[path]} path={path} /> : <p class="quiet" aria-busy="true">Reading …</p>}
    </div>
  );
}

function Code({ text, path }) {
  const language = ENDINGS[path.slice(path.lastIndexOf(".") + 1)];
  const lines = useMemo(() => (text ?? "").replace(/\n$/, "").split("\n").length, [text]);
  const coloured = useMemo(() => {
    return text && language ? hljs.highlight(text, { language, ignoreIllegals: true }).value : null;
  }, [text, language]);
  if (!text) return <p class="quiet">{text === "" ? "This file is empty." : "Its text is not in this catalog."}</p>;
  const numbers = Array.from({ length: lines }, (_, at) => at + 1).join("\n");
  return (
    <div class="code" tabIndex={0} role="region" aria-label={path}>
      <pre class="numbers" aria-hidden="true">{numbers}</pre>
      {coloured === null ? <pre><code>{text}</code></pre> : <pre><code dangerouslySetInnerHTML={{ __html: coloured }} /></pre>}
    </div>
  );
}
