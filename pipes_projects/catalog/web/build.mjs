// Bundles the page: node build.mjs [FOLDER]. The same sources give the same bytes everywhere.

import { readFile, readdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";

const HERE = import.meta.dirname;
const folder = process.argv[2] ?? join(HERE, "../bundle");
const BUNDLED = ["@dagrejs/dagre", "@dagrejs/graphlib", "highlight.js", "marked", "preact"];

await build({
  absWorkingDir: HERE,
  entryPoints: { page: "./main.jsx" },
  outdir: folder,
  bundle: true,
  minify: true,
  charset: "utf8",
  format: "iife",
  target: ["chrome111", "firefox113", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  legalComments: "none",
  logLevel: "warning",
});

// In a page, nothing in a script may look like the end of it.
const script = join(folder, "page.js");
const text = await readFile(script, "utf-8");
await writeFile(script, text.replaceAll(/<(?=\/script|!--)/gi, "\\x3C"));

// Their authors' terms, which the bundle is shipped with.
const licenses = await Promise.all(BUNDLED.map(async (name) => {
  const root = join(HERE, "node_modules", name);
  const file = (await readdir(root)).find((entry) => /^licen[cs]e/i.test(entry));
  const { version, license } = JSON.parse(await readFile(join(root, "package.json"), "utf-8"));
  const terms = file ? await readFile(join(root, file), "utf-8") : license;
  return `${name} ${version}\n\n${terms.replaceAll("\r\n", "\n").trim()}\n`;
}));
await writeFile(join(folder, "LICENSES.txt"), licenses.join(`\n${"-".repeat(72)}\n\n`));
