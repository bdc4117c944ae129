// A drawing of nodes and edges that can be moved and zoomed; every node is a link.

import { useEffect, useMemo, useState } from "preact/hooks";
import { curve, placed, shortened } from "./layout.js";
import { keyed, READABLE, useView } from "./view.js";

const MARKS = { external: "◇", quarantined: "!", missing: "?", unreadable: "!", python: "λ" };

const TITLE = 14; // above the nodes of a cluster

export function Graph({ nodes, edges, clusters, height = 360, ...others }) {
  const drawing = useDrawing(nodes, edges, clusters);
  if (!drawing) return <div class="graph" aria-busy="true" style={{ height: `${Math.min(height, 240)}px` }} />;
  return <Drawing drawing={drawing} height={height} {...others} />;
}

// Where everything is; what stands around the drawing is painted before that is worked out.
function useDrawing(nodes, edges, clusters) {
  const [drawing, set] = useState(null);
  useEffect(() => {
    const timer = setTimeout(() => set(placed(nodes, edges, clusters)), 0);
    return () => clearTimeout(timer);
  }, [nodes, edges, clusters]);
  return drawing;
}

function Drawing({ label, drawing, current, height }) {
  const middle = useMemo(() => drawing.nodes.find(({ id }) => id === current), [drawing, current]);
  const seen = useView(drawing, middle);
  const [lit, light] = useState(null);
  const { scale, x, y } = seen.view;
  const most = Math.min(height, Math.max(130, drawing.height + 24));
  const least = Math.min(most, Math.max(220, drawing.height * READABLE));
  return (
    <div class="graph">
      <svg
        ref={seen.svg}
        class={lit ? "lit" : undefined}
        role="group"
        aria-label={`${label}. Arrow keys move it, plus and minus zoom.`}
        tabindex="0"
        style={{ aspectRatio: `${drawing.width} / ${drawing.height + 24}`, minHeight: `${least}px`, maxHeight: `${most}px` }}
        onKeyDown={keyed(seen)}
      >
        <g transform={`translate(${x} ${y}) scale(${scale})`}>
          {drawing.clusters.map((cluster) => <Cluster key={cluster.id} {...cluster} />)}
          {drawing.edges.map((edge) => (
            <Edge key={`${edge.from}\n${edge.to}`} {...edge} isLit={lit === edge.from || lit === edge.to} />
          ))}
          {drawing.nodes.map((node) => (
            <Node key={node.id} {...node} isCurrent={node.id === current} light={light} />
          ))}
        </g>
      </svg>
      <div class="graph-tools">
        <button type="button" onClick={() => seen.zoom(1.25)} aria-label="Zoom in">+</button>
        <button type="button" onClick={() => seen.zoom(0.8)} aria-label="Zoom out">−</button>
        <button type="button" onClick={seen.fit} aria-label="Show all">⤢</button>
      </div>
    </div>
  );
}

function Cluster({ label, x, y, width, height }) {
  return (
    <g class="cluster">
      <rect x={x - width / 2} y={y - height / 2 - TITLE} width={width} height={height + TITLE} rx="10" />
      <text x={x - width / 2 + 12} y={y - height / 2 - TITLE + 17}>{shortened(label)}</text>
    </g>
  );
}

function Edge({ points, count, isLit }) {
  const width = count > 1 ? Math.min(1.4 + Math.log2(count) * 0.6, 5) : undefined;
  return (
    <path class={isLit ? "edge lit" : "edge"} d={curve(points)} stroke-width={width}>
      {count ? <title>{count === 1 ? "1 dependency" : `${count} dependencies`}</title> : null}
    </path>
  );
}

function Node({ id, label, detail, href, state, isCurrent, x, y, width, height, light }) {
  const left = x - width / 2;
  const body = (
    <>
      <title>{id}</title>
      <rect x={left} y={y - height / 2} width={width} height={height} rx="7" />
      <Mark state={state} x={left + 15} y={y} />
      <text class="label" x={left + 28} y={detail ? y - 3 : y + 4.5}>{label}</text>{" "}
      {detail ? <text class="detail" x={left + 28} y={y + 13}>{detail}</text> : null}
    </>
  );
  const classes = `node ${state ?? "runs"}${isCurrent ? " current" : ""}`;
  const name = `${[label, detail].filter(Boolean).join(" ")} (${id})`;
  if (!href) return <g class={classes}>{body}</g>;
  const on = { onPointerEnter: () => light(id), onPointerLeave: () => light(null), onFocus: () => light(id), onBlur: () => light(null) };
  return <a class={classes} href={href} aria-label={name} aria-current={isCurrent ? "page" : undefined} {...on}>{body}</a>;
}

function Mark({ state, x, y }) {
  const mark = MARKS[state];
  return mark ? <text class="mark" aria-hidden="true" x={x} y={y + 4.5}>{mark}</text> : <circle class="mark" cx={x} cy={y} r="4" />;
}
