// What `check` finds, as it says it, with the line.

import { Place } from "./Values.jsx";
import { useSources } from "./Source.jsx";

export function Findings({ catalog, findings }) {
  const sources = useSources(catalog);
  return (
    <ul class="findings" aria-busy={!sources}>
      {findings.map((finding, at) => <Finding key={at} catalog={catalog} finding={finding} sources={sources} />)}
    </ul>
  );
}

function Finding({ catalog, finding, sources }) {
  const line = sources?.[finding.path]?.split("\n")[finding.line - 1];
  return (
    <li class={`finding ${finding.severity}`}>
      <p>
        <strong class="severity">{finding.severity}</strong> <code class="code-name">{finding.code}</code> <Ticked text={finding.message} />
      </p>
      <p class="quiet"><Place catalog={catalog} path={finding.path} line={finding.line} /></p>
      {line?.trim() ? <pre tabIndex={0}><code>{line}</code></pre> : null}
      {(finding.related ?? []).map(([path, number, words]) => (
        <p class="quiet" key={`${path}:${number}`}><Place catalog={catalog} path={path} line={number} /> {words}</p>
      ))}
      {finding.help ? <p class="help"><Ticked text={finding.help} /></p> : null}
    </li>
  );
}

// What is in backticks, as code.
export function Ticked({ text }) {
  return text.split(/`([^`]*)`/).map((part, at) => (at % 2 ? <code key={at}>{part}</code> : part));
}
