// Reads what the page carries, and draws it.

import { render } from "preact";
import { App } from "./App.jsx";
import { Catalog } from "./data/catalog.js";
import { unpacked } from "./data/unpack.js";
import "./style/page.css";

const page = document.getElementById("page");

async function start() {
  const catalog = new Catalog(await unpacked("content"), () => unpacked("sources"));
  page.textContent = "";
  render(<App catalog={catalog} />, page);
}

start().catch((error) => {
  console.error(error);
  page.textContent = "This catalog cannot be shown: the file is cut off, or the browser is too old.";
});

// `catalog --watch` writes the page again and again.
if ("reloads" in document.documentElement.dataset) {
  addEventListener("focus", () => location.reload());
}
