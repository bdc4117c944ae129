// What part of a drawing is seen: moved by dragging and arrow keys, zoomed by buttons, + and −, and
// the wheel with Ctrl, so that the wheel alone still scrolls the page.

import { useCallback, useLayoutEffect, useRef, useState } from "preact/hooks";

const SMALLEST = 0.15;
const LARGEST = 2.5;
export const READABLE = 0.62;
const STEP = 60;

const within = (number, least, most) => Math.min(most, Math.max(least, number));

// All of it, however small that is.
function whole(drawing, box) {
  const scale = Math.min(box.width / drawing.width, box.height / drawing.height, 1);
  return centered({ x: drawing.width / 2, y: drawing.height / 2 }, scale, box);
}

// All of it if that can be read; else what is around a node, or its beginning.
function readable(drawing, box, middle) {
  const all = whole(drawing, box);
  if (all.scale >= READABLE) return all;
  if (middle) return centered(middle, READABLE, box);
  return { scale: READABLE, x: 0, y: Math.max(0, (box.height - drawing.height * READABLE) / 2) };
}

const centered = ({ x, y }, scale, box) => ({ scale, x: box.width / 2 - x * scale, y: box.height / 2 - y * scale });

export function useView(drawing, middle) {
  const svg = useRef(null);
  const [view, set] = useState({ scale: 1, x: 0, y: 0 });
  const box = () => svg.current.getBoundingClientRect();
  const begin = useCallback(() => set(readable(drawing, box(), middle)), [drawing, middle]);
  const fit = useCallback(() => set(whole(drawing, box())), [drawing]);

  const zoom = useCallback((factor, at) => {
    const { width, height } = box();
    const { x, y } = at ?? { x: width / 2, y: height / 2 };
    set((old) => {
      const scale = within(old.scale * factor, SMALLEST, LARGEST);
      const by = scale / old.scale;
      return { scale, x: x - (x - old.x) * by, y: y - (y - old.y) * by };
    });
  }, []);
  const move = useCallback((x, y) => set((old) => ({ ...old, x: old.x + x, y: old.y + y })), []);

  useLayoutEffect(() => {
    begin();
    return onResize(svg.current, begin);
  }, [begin]);
  useDragging(svg, move, zoom);
  return { svg, view, fit, zoom, move };
}

// What watches a size reports at once, and once more when the element is gone; neither undoes what
// somebody has moved by then.
function onResize(element, follow) {
  const size = () => `${element.clientWidth} ${element.clientHeight}`;
  let last = size();
  const watcher = new ResizeObserver(() => {
    if (!element.isConnected || size() === last) return;
    last = size();
    follow();
  });
  watcher.observe(element);
  return () => watcher.disconnect();
}

function useDragging(svg, move, zoom) {
  useLayoutEffect(() => {
    const element = svg.current;
    let from = null;
    const start = (event) => {
      if (event.button === 0) from = { x: event.clientX, y: event.clientY, id: event.pointerId, moved: false };
    };
    const drag = (event) => {
      if (!from) return;
      const x = event.clientX - from.x;
      const y = event.clientY - from.y;
      if (!from.moved && Math.hypot(x, y) < 4) return;
      if (!from.moved) element.setPointerCapture(from.id);
      Object.assign(from, { x: event.clientX, y: event.clientY, moved: true });
      move(x, y);
    };
    const end = () => {
      const { moved } = from ?? {};
      from = null;
      if (moved) followNothing(element);
    };
    const wheel = (event) => {
      if (!event.ctrlKey && !event.metaKey) return;
      event.preventDefault();
      const { left, top } = element.getBoundingClientRect();
      zoom(Math.exp(-event.deltaY / 300), { x: event.clientX - left, y: event.clientY - top });
    };
    const listeners = { pointerdown: start, pointermove: drag, pointerup: end, pointercancel: end };
    for (const [name, listener] of Object.entries(listeners)) element.addEventListener(name, listener);
    element.addEventListener("wheel", wheel, { passive: false });
    const noDrag = (event) => event.preventDefault();
    element.addEventListener("dragstart", noDrag);
    return () => {
      for (const [name, listener] of Object.entries(listeners)) element.removeEventListener(name, listener);
      element.removeEventListener("wheel", wheel);
      element.removeEventListener("dragstart", noDrag);
    };
  }, [move, zoom]);
}

// The click that ends a drag follows no link.
function followNothing(element) {
  const stop = (event) => event.preventDefault();
  element.addEventListener("click", stop, { capture: true });
  setTimeout(() => element.removeEventListener("click", stop, { capture: true }), 0);
}

export function keyed({ move, zoom, fit }) {
  const actions = {
    ArrowLeft: () => move(STEP, 0),
    ArrowRight: () => move(-STEP, 0),
    ArrowUp: () => move(0, STEP),
    ArrowDown: () => move(0, -STEP),
    "+": () => zoom(1.25),
    "=": () => zoom(1.25),
    "-": () => zoom(0.8),
    0: fit,
  };
  return (event) => {
    const action = actions[event.key];
    if (!action || event.ctrlKey || event.metaKey || event.altKey) return;
    event.preventDefault();
    action();
  };
}
