// What was run here: a chart of the durations and of the rows, and a table.

import { duration, moment, number, seconds } from "./words.js";

const WIDTH = 260;
const HEIGHT = 56;

export function Runs({ runs }) {
  return (
    <>
      <div class="charts">
        <Chart title="Duration" runs={runs} of={(run) => run.seconds} shown={duration} />
        {runs.some((run) => run.rows !== undefined) ? <Chart title="Rows" runs={runs} of={(run) => run.rows} shown={number} /> : null}
      </div>
      <RunTable runs={[...runs].reverse().slice(0, 12)} />
    </>
  );
}

function Chart({ title, runs, of, shown }) {
  const most = Math.max(...runs.map((run) => of(run) ?? 0)) || 1;
  const width = WIDTH / Math.max(runs.length, 12);
  const last = runs.findLast((run) => of(run) !== undefined);
  return (
    <figure class="chart">
      <figcaption>{title}{last ? <strong>{shown(of(last))}</strong> : null}</figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title} of the last ${runs.length} runs; the latest: ${last ? shown(of(last)) : "unknown"}, the most: ${shown(most)}`}>
        {runs.map((run, at) => {
          const height = Math.max(2, ((of(run) ?? 0) / most) * (HEIGHT - 4));
          return (
            <rect key={at} class={`bar ${run.result}`} x={at * width + 1} y={HEIGHT - height} width={Math.max(1, width - 2)} height={height} rx="1.5">
              <title>{`${moment(seconds(run.time))}${run.partition ? `, ${run.partition}` : ""}: ${shown(of(run))}`}</title>
            </rect>
          );
        })}
      </svg>
    </figure>
  );
}

export function RunTable({ runs, withKey }) {
  const isPartitioned = runs.some((run) => run.partition !== undefined);
  return (
    <div class="scroller" tabIndex={0} role="region" aria-label="Runs">
      <table>
        <thead>
          <tr>
            {withKey ? <th scope="col">Asset</th> : null}
            <th scope="col">When</th>
            {isPartitioned ? <th scope="col">Partition</th> : null}
            <th scope="col">Result</th>
            <th scope="col" class="right">Duration</th>
            <th scope="col" class="right">Rows</th>
            <th scope="col">Checks</th>
          </tr>
        </thead>
        <tbody>
          {runs.map((run, at) => (
            <tr key={at}>
              {withKey ? <td class="name">{withKey(run.key)}</td> : null}
              <td class="nowrap">{moment(seconds(run.time))}</td>
              {isPartitioned ? <td>{run.partition ?? "–"}</td> : null}
              <td><span class={`result ${run.result}`}>{run.result}</span>{run.why ? <span class="quiet"> {run.why}</span> : null}</td>
              <td class="right nowrap">{duration(run.seconds)}</td>
              <td class="right">{run.rows === undefined ? "–" : number(run.rows)}</td>
              <td><Checks checks={run.checks ?? {}} /></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

const MARKS = { passed: "✓", warned: "!", failed: "✗" };

function Checks({ checks }) {
  const all = Object.entries(checks);
  if (!all.length) return "–";
  return all.map(([name, outcome]) => (
    <span key={name} class={`check ${outcome}`} title={`${name} ${outcome}`}>{MARKS[outcome]} {name}<span class="hidden"> {outcome}</span></span>
  ));
}
