// Light or dark: as the system has it, until somebody chooses.

import { useLayoutEffect, useState } from "preact/hooks";

const NAME = "pipes-projects-theme";
const system = matchMedia("(prefers-color-scheme: dark)");

// A page that was opened from a file may have no storage.
function remembered() {
  try {
    return localStorage.getItem(NAME);
  } catch {
    return null;
  }
}

function remember(theme) {
  try {
    localStorage.setItem(NAME, theme);
  } catch {
    // Then it lasts as long as the page.
  }
}

const bySystem = () => (system.matches ? "dark" : "light");

export function useTheme() {
  const [theme, set] = useState(() => remembered() ?? bySystem());
  useLayoutEffect(() => {
    document.documentElement.dataset.theme = theme;
  }, [theme]);
  useLayoutEffect(() => {
    const follow = () => remembered() ?? set(bySystem());
    system.addEventListener("change", follow);
    return () => system.removeEventListener("change", follow);
  }, []);
  const turn = () => {
    const other = theme === "dark" ? "light" : "dark";
    remember(other);
    set(other);
  };
  return [theme, turn];
}
