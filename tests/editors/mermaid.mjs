// Reads diagrams with Mermaid itself, in a browser: an array of texts in, and for each its nodes and
// edges out, or {error}. With a folder, it also draws them there as PNG.

import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { FLAGS } from "./chromium.mjs";

const [executablePath, folder] = process.argv.slice(2);

// What runs in the page.
async function read(text) {
  const { mermaid } = globalThis;
  try {
    const { db } = await mermaid.mermaidAPI.getDiagramFromText(text);
    const label = (text) => text.replace(/ﬂ°°/g, "&#").replace(/ﬂ°/g, "&").replace(/¶ß/g, ";");
    const shown = (text) => {
      const area = document.createElement("textarea");
      area.innerHTML = label(text);
      return area.value;
    };
    const vertices = [...db.getVertices().values()];
    return {
      nodes: vertices.map(({ id, text, classes }) => ({ id, text: shown(text), classes })),
      edges: db.getEdges().map(({ start, end, text }) => [start, end, text]),
      groups: db.getSubGraphs().map(({ title, nodes }) => ({ title: shown(title), nodes })),
    };
  } catch (error) {
    return { error: String(error) };
  }
}

async function draw(text) {
  const { svg } = await globalThis.mermaid.render("drawn", text);
  document.body.innerHTML = svg;
}

let given = "";
for await (const chunk of process.stdin) given += chunk;
const browser = await chromium.launch({ executablePath, args: FLAGS });
try {
  const page = await browser.newPage({ viewport: { width: 1600, height: 1200 } });
  await page.setContent("<!doctype html><title>Mermaid</title><body></body>");
  const file = join(import.meta.dirname, "node_modules/mermaid/dist/mermaid.min.js");
  await page.addScriptTag({ content: await readFile(file, "utf-8") });
  await page.evaluate(() => globalThis.mermaid.initialize({ startOnLoad: false }));
  const answers = [];
  for (const [number, text] of JSON.parse(given).entries()) {
    answers.push(await page.evaluate(read, text));
    if (folder) {
      await page.evaluate(draw, text);
      await page.screenshot({ path: join(folder, `${number}.png`), fullPage: true });
    }
  }
  process.stdout.write(JSON.stringify(answers));
} finally {
  await browser.close();
}
