// The part of the address after `#` says what is shown, so that everything has a link of its own.

import { useLayoutEffect, useState } from "preact/hooks";

const decoded = (part) => {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
};

export function read(hash) {
  const [, page = "", ...parts] = hash.replace(/^#/, "").split("/");
  return { page, name: parts.map(decoded).join("/") };
}

export const groupHref = (name) => `#/group/${encodeURIComponent(name)}`;

export function useRoute() {
  const [route, set] = useState(() => read(location.hash));
  useLayoutEffect(() => {
    const follow = () => set(read(location.hash));
    addEventListener("hashchange", follow);
    return () => removeEventListener("hashchange", follow);
  }, []);
  return route;
}

// All assets, or those of which something is true, such as `owner`, `team:sales`.
export function assetsHref(field, value) {
  return field ? `#/assets/${field}/${encodeURIComponent(value)}` : "#/assets";
}
