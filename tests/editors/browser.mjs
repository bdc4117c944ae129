// Drives a browser whose page is an editor of a project's manifests. Each line of the input is a
// command, [name, ...arguments]; each line of the output is its answer, {value} or {error}.

import { createServer } from "node:http";
import { readFile } from "node:fs/promises";
import { extname, join } from "node:path";
import { createInterface } from "node:readline";
import { build } from "esbuild";
import { chromium } from "playwright-core";
import { FLAGS } from "./chromium.mjs";

const HERE = import.meta.dirname;
const [project, temporary, executablePath] = process.argv.slice(2);
const PATIENCE = 20_000; // milliseconds, for what takes a fraction of one second
const TYPES = { ".html": "text/html", ".js": "text/javascript", ".css": "text/css" };

async function bundle() {
  await build({
    absWorkingDir: HERE,
    entryPoints: {
      page: "./page.js",
      "editor.worker": "monaco-editor/esm/vs/editor/editor.worker.js",
      "yaml.worker": "monaco-yaml/yaml.worker.js",
    },
    outdir: join(temporary, "bundle"),
    bundle: true,
    loader: { ".ttf": "dataurl" },
    logLevel: "warning",
  });
}

function file(url) {
  if (url === "/") return join(HERE, "page.html");
  return url.startsWith("/project/")
    ? join(project, url.slice("/project/".length))
    : join(temporary, url);
}

async function serve() {
  const server = createServer(async (request, response) => {
    const path = file(decodeURI(request.url));
    try {
      const content = await readFile(path);
      response.setHeader("Content-Type", TYPES[extname(path)] ?? "application/json");
      response.end(content);
    } catch {
      response.writeHead(404).end();
    }
  });
  await new Promise((listening) => server.listen(0, "127.0.0.1", listening));
  return `http://127.0.0.1:${server.address().port}/`;
}

async function start() {
  const [origin] = await Promise.all([serve(), bundle()]);
  const context = await chromium.launchPersistentContext(join(temporary, "profile"), {
    executablePath,
    args: FLAGS,
    viewport: { width: 960, height: 420 },
    reducedMotion: "reduce",
  });
  const page = context.pages()[0];
  page.setDefaultTimeout(PATIENCE);
  page.on("pageerror", (error) => console.error(error));
  page.on("console", (message) => console.error(message.text()));
  page.on("requestfailed", (request) => console.error("no answer:", request.url()));
  await page.goto(origin);
  await page.evaluate(() => window.ready);
  return { context, page };
}

const { context, page } = await start();
const WIDGET = ".suggest-widget.visible";
const FOCUSED = `${WIDGET} .monaco-list-row.focused`;
const DETAILS = ".suggest-details:visible";
let expanded = false; // whether documentation is shown beside proposals: the editor remembers it

// Asks for proposals, after a letter or two; whether there are any.
async function suggest(prefix) {
  await page.keyboard.type(prefix);
  if (!(await page.locator(FOCUSED).isVisible())) await page.keyboard.press("Control+Space");
  const answer = await page.waitForFunction(proposed, [FOCUSED, WIDGET]);
  const some = (await answer.jsonValue()) === "some";
  if (some && !expanded) {
    await page.keyboard.press("Control+Space");
    await page.locator(DETAILS).waitFor();
    expanded = true;
  }
  return some;
}

// In the page: whether there are proposals, as soon as that is known.
function proposed([focused, widget]) {
  if (document.querySelector(focused)?.checkVisibility()) return "some";
  const message = document.querySelector(`${widget} > .message`);
  return message?.checkVisibility() && message.textContent.startsWith("No ") && "none";
}

async function close() {
  await page.keyboard.press("Escape");
  await page.locator(WIDGET).waitFor({ state: "hidden" });
}

const focused = () =>
  page.locator(FOCUSED).evaluate((row) => ({
    label: row.querySelector(".label-name").textContent,
    place: Number(row.ariaPosInSet),
    count: Number(row.ariaSetSize),
  }));

async function next() {
  const before = await focused();
  if (before.count === 1) return;
  await page.keyboard.press("ArrowDown");
  const after = `${FOCUSED}[aria-posinset="${(before.place % before.count) + 1}"]`;
  await page.locator(after).waitFor();
}

// Every proposal in its order, as somebody sees who goes through all.
async function proposals(prefix) {
  if (!(await suggest(prefix))) return close().then(() => []);
  const { count } = await focused();
  const labels = [];
  while (labels.length < count) {
    labels.push((await focused()).label);
    await next();
  }
  await close();
  return labels;
}

// Goes down to a proposal, reads what is explained beside it, and takes it.
async function pick(label, prefix, explained, picture) {
  const seen = [];
  let row = (await suggest(prefix)) ? await focused() : { count: 0 };
  while (row.label !== label) {
    seen.push(row.label);
    if (seen.length >= row.count) throw new Error(`${label} is not proposed, but: ${seen}`);
    await next();
    row = await focused();
  }
  if (explained) await read(explained);
  await page.screenshot({ path: picture });
  await page.keyboard.press("Enter");
  await page.locator(WIDGET).waitFor({ state: "hidden" });
}

async function read(words) {
  const details = page.locator(DETAILS);
  await details
    .filter({ hasText: words })
    .waitFor()
    .catch(async () => {
      throw new Error(`"${words}" is not explained, but: ${await details.allInnerTexts()}`);
    });
}

// A new line; by its own habits the editor indents as the line above.
async function line(indent) {
  await page.keyboard.press("Enter");
  for (let at = await column(); at > indent; at = await column()) {
    await page.keyboard.press("Backspace");
  }
  await page.keyboard.type(" ".repeat(indent - (await column())));
}

const column = () => page.evaluate(() => window.manifest.column());

async function hover(line, column, picture) {
  await page.evaluate((it) => window.manifest.go(...it), [line, column]);
  await page.keyboard.press("Control+k");
  await page.keyboard.press("Control+i");
  const shown = page.locator(".monaco-hover:visible", { hasText: "Source:" });
  const text = await shown.innerText();
  await page.screenshot({ path: picture });
  await page.keyboard.press("Escape");
  await shown.waitFor({ state: "hidden" });
  return text;
}

// What is underlined, as soon as there are so many; else what there is.
async function problems(count, picture) {
  const known = (it) => window.manifest.problems().length === it;
  await page.waitForFunction(known, count).catch(() => {});
  await page.screenshot({ path: picture });
  return page.evaluate(() => window.manifest.problems());
}

async function open(path, text) {
  await close(); // what a test before this one may have left
  await page.evaluate((it) => window.manifest.open(...it), [path, text]);
}

const commands = {
  open,
  type: (text) => page.keyboard.type(text),
  line,
  text: () => page.evaluate(() => window.manifest.text()),
  proposals,
  pick,
  hover,
  problems,
};

for await (const line of createInterface({ input: process.stdin })) {
  const [name, ...given] = JSON.parse(line);
  try {
    console.log(JSON.stringify({ value: (await commands[name](...given)) ?? null }));
  } catch (error) {
    await page.screenshot({ path: join(temporary, "failure.png") });
    console.log(JSON.stringify({ error: error.message }));
  }
}
await context.close();
process.exit();
