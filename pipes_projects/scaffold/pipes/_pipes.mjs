// Dagster Pipes for Node.js, without a library:
//
//   import { pipes } from "./_pipes.mjs";
//
//   pipes.log("message")                        a line in the run's log
//   pipes.extra("name")                         an extra or a param
//   pipes.context.partition_key                 the context: partition_key, run_id, …
//   pipes.report({ rows: 3 }, { assetKey: "group/asset" })          an asset is made
//   pipes.check("has_rows", true, { rows: 3 }, { assetKey: … })     the result of an asset check
//
// The key may be left out by a script that makes one asset. A script that runs outside Dagster logs
// to standard error, and reports nothing. Needs nothing else.

import { appendFileSync, readFileSync } from "node:fs";
import { inflateSync } from "node:zlib";

function param(name) {
  const text = process.env[name]; // base64 of a zlib stream of JSON
  return text ? JSON.parse(inflateSync(Buffer.from(text, "base64")).toString()) : {};
}

const messages = param("DAGSTER_PIPES_MESSAGES").path;
const told = param("DAGSTER_PIPES_CONTEXT").path;
const context = told ? JSON.parse(readFileSync(told, "utf8")) : {};

function say(method, params) {
  if (!messages) return;
  const message = { __dagster_pipes_version: "0.1", method, params };
  appendFileSync(messages, `${JSON.stringify(message)}\n`);
}

function typed(metadata) {
  const named = Object.entries(metadata);
  return Object.fromEntries(
    named.map(([name, value]) => [name, { raw_value: value, type: "__infer__" }]),
  );
}

export const pipes = {
  context,
  extra: (name) => context.extras?.[name],
  log(message, level = "INFO") {
    if (!messages) console.error(message);
    say("log", { message, level });
  },
  report(metadata = {}, { assetKey = null, dataVersion = null } = {}) {
    say("report_asset_materialization", {
      asset_key: assetKey,
      data_version: dataVersion,
      metadata: typed(metadata),
    });
  },
  check(name, passed, metadata = {}, { assetKey = null, severity = "ERROR" } = {}) {
    say("report_asset_check", {
      asset_key: assetKey,
      check_name: name,
      passed,
      severity,
      metadata: typed(metadata),
    });
  },
};

say("opened", { extras: {} });
process.on("exit", (code) => code === 0 && say("closed", {}));
