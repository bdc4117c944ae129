// Visits pages as a person does, with keys and clicks. Each line of the input is a command, [name,
// ...arguments]; each line of the output is its answer, {value} or {error}.

import { join } from "node:path";
import { createInterface } from "node:readline";
import { readFile } from "node:fs/promises";
import { HtmlValidate } from "html-validate";
import { chromium } from "playwright-core";
import { FLAGS } from "./chromium.mjs";

const [temporary, executablePath] = process.argv.slice(2);
const PATIENCE = 20_000; // milliseconds, for what takes a fraction of one second

const context = await chromium.launchPersistentContext(join(temporary, "profile"), {
  executablePath,
  args: FLAGS,
  viewport: { width: 1280, height: 900 },
  reducedMotion: "reduce",
});
const page = context.pages()[0];
const axe = await readFile(join(import.meta.dirname, "node_modules/axe-core/axe.min.js"), "utf-8");
const heard = { requests: [], complaints: [] };
page.setDefaultTimeout(PATIENCE);
page.on("request", (request) => heard.requests.push(request.url()));
page.on("pageerror", (error) => heard.complaints.push(String(error)));
page.on("console", (message) => heard.complaints.push(message.text()));
page.on("dialog", (dialog) => {
  heard.complaints.push(`dialog: ${dialog.message()}`);
  dialog.dismiss();
});

async function visit(url) {
  await page.goto("about:blank");
  heard.requests.length = 0;
  heard.complaints.length = 0;
  await page.goto(url);
  await page.locator("h1").first().waitFor();
  await settles();
}

// To another place of the same page, as a link does; the page hears of it before we do.
async function go(route) {
  await page.evaluate(
    (route) =>
      new Promise((arrived) => {
        const before = location.href;
        addEventListener("hashchange", () => setTimeout(arrived), { once: true });
        location.hash = route;
        if (location.href === before) arrived();
      }),
    route,
  );
  await settles();
}

// Until nothing on the page is still being read or drawn.
const settles = () => page.waitForFunction(() => !document.querySelector("[aria-busy=true]"));

// Until the page has this heading, and all that is below it.
async function reaches(heading) {
  await page.locator("h1", { hasText: heading }).first().waitFor();
  await settles();
}

const named = (role, name) => page.getByRole(role, { name, exact: true }).first();

// What is serious about a page for those who cannot see it, or have no mouse.
async function barriers() {
  await page.evaluate(axe);
  const { violations } = await page.evaluate(() => globalThis.axe.run());
  return violations
    .filter(({ impact }) => impact === "serious" || impact === "critical")
    .map(({ id, nodes }) => `${id}: ${nodes.map(({ html }) => html.slice(0, 200)).join(" | ")}`);
}

// What a validator says about the elements that there are now.
async function faults() {
  const rules = { "no-inline-style": "off", "long-title": "off", "prefer-native-element": "off" };
  const validator = new HtmlValidate({ root: true, extends: ["html-validate:standard"], rules });
  const { results } = await validator.validateString(await page.content());
  return results.flatMap(({ messages }) => messages.map(({ ruleId, message }) => `${ruleId}: ${message}`));
}

// In the page: whether an attribute is not what it was.
function differs([selector, name, before]) {
  return document.querySelector(selector).getAttribute(name) !== before;
}

async function drag(selector, x, y) {
  const box = await page.locator(selector).first().boundingBox();
  const from = [box.x + box.width / 2, box.y + box.height / 2];
  await page.mouse.move(...from);
  await page.mouse.down();
  await page.mouse.move(from[0] + x / 2, from[1] + y / 2);
  await page.mouse.move(from[0] + x, from[1] + y);
  await page.mouse.up();
}

const commands = {
  visit,
  go,
  reaches,
  barriers,
  faults,
  drag,
  heard: () => heard,
  press: (key) => page.keyboard.press(key),
  type: (text) => page.keyboard.type(text),
  click: (role, name) => named(role, name).click(),
  focus: (role, name) => named(role, name).focus(),
  wait: (selector) => page.locator(selector).first().waitFor(),
  text: (selector) => page.locator(selector).first().innerText(),
  texts: (selector) =>
    page.locator(selector).evaluateAll((all) => all.map((one) => one.innerText ?? one.textContent)),
  count: (selector) => page.locator(selector).count(),
  sees: (selector) => page.locator(selector).first().isVisible(),
  attribute: (selector, name) => page.locator(selector).first().getAttribute(name),
  attributes: (selector, name) =>
    page.locator(selector).evaluateAll((all, name) => all.map((one) => one.getAttribute(name)), name),
  changes: (selector, name, before) =>
    page
      .waitForFunction(differs, [selector, name, before])
      .then(() => page.locator(selector).first().getAttribute(name)),
  style: (selector, name) =>
    page.locator(selector).first().evaluate((one, name) => getComputedStyle(one)[name], name),
  prefer: (preferences) => page.emulateMedia(preferences),
  resize: (width, height) => page.setViewportSize({ width, height }),
  title: () => page.title(),
  address: () => page.url(),
  evaluate: (text) => page.evaluate(text),
  picture: (path) => page.screenshot({ path, fullPage: true }),
  hover: (selector) => page.locator(selector).first().hover(),
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
