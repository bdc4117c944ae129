// Takes pictures of pages: [{url, wait, size, file, texts}, …] in, and out what each shows: the
// texts of some elements. With a time, the pages' clocks stand still.

import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { FLAGS } from "./chromium.mjs";

const [executablePath, time] = process.argv.slice(2);
const PATIENCE = 60_000; // milliseconds: Dagster's page is large
const REST = 3_000; // milliseconds, until what moves has come to rest

let given = "";
for await (const chunk of process.stdin) given += chunk;
const profile = await mkdtemp(join(tmpdir(), "camera-"));
const context = await chromium.launchPersistentContext(profile, {
  executablePath,
  args: FLAGS,
  reducedMotion: "reduce",
  colorScheme: "light",
});
try {
  const page = context.pages()[0];
  page.setDefaultTimeout(PATIENCE);
  const shown = [];
  for (const { url, wait, size, file, texts } of JSON.parse(given)) {
    await page.setViewportSize({ width: size[0], height: size[1] });
    if (time) await page.clock.setFixedTime(new Date(time));
    await page.goto("about:blank");
    await page.goto(url);
    for (const selector of wait) await page.locator(selector).first().waitFor();
    await page.waitForTimeout(REST);
    await page.screenshot({ path: file });
    shown.push(await page.locator(texts).evaluateAll((all) => all.map((one) => one.innerText ?? one.textContent)));
  }
  process.stdout.write(JSON.stringify(shown));
} finally {
  await context.close();
  await rm(profile, { recursive: true, force: true });
}
