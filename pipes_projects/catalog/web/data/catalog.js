// The project as the page asks for it. Values that assets share are resolved when they are wanted.

import { Asset, Stranger, UnreadableAsset } from "./asset.js";

const byName = (one, other) => (one.name < other.name ? -1 : 1);
const byKey = (one, other) => (one.key < other.key ? -1 : Number(one.key > other.key));

export class Catalog {
  constructor(content, readSources) {
    Object.assign(this, content);
    const unreadable = content.others.filter(({ state }) => state === "unreadable");
    const others = content.others.filter(({ state }) => state !== "unreadable");
    this.unreadable = unreadable.map((told) => new UnreadableAsset(told, this));
    this.assets = [...content.assets.map((told) => new Asset(told, this)), ...this.unreadable].sort(byKey);
    this.strangers = others.map((told) => new Stranger(told));
    this.byKey = new Map();
    for (const node of [...this.assets, ...this.strangers]) {
      if (!this.byKey.has(node.key)) this.byKey.set(node.key, node);
    }
    this.connect();
    this.groups = this.grouped();
    this.readSources = readSources;
  }

  connect() {
    for (const asset of this.assets) {
      for (const key of new Set(asset.deps.map(([key]) => key))) {
        const upstream = this.byKey.get(key) ?? this.leftOut(key);
        upstream.downstream.push(asset);
        asset.upstream.push(upstream);
      }
    }
  }

  // What a catalog of a part has left out.
  leftOut(key) {
    const node = new Stranger({ key, group: key.slice(0, Math.max(key.lastIndexOf("/"), 0)), state: "left_out" });
    this.strangers.push(node);
    this.byKey.set(key, node);
    return node;
  }

  grouped() {
    const found = new Map();
    for (const asset of this.assets) {
      if (!found.has(asset.group)) found.set(asset.group, { name: asset.group, assets: [] });
      found.get(asset.group).assets.push(asset);
    }
    return [...found.values()].sort(byName);
  }

  group(name) {
    return this.groups.find((group) => group.name === name);
  }

  // The texts of files by path; they are only unpacked when somebody wants to read one.
  sources() {
    this.reading ??= this.readSources();
    return this.reading;
  }

  // The page of a file's line on the repository's host.
  hosted(path, line) {
    const page = line ? this.published?.line : this.published?.file;
    const encoded = path.split("/").map(encodeURIComponent).join("/");
    return page?.replaceAll("{line}", line).replaceAll("{path}", () => encoded) ?? null;
  }

  ticks(schedule) {
    return this.schedules[`${schedule.cron}\n${schedule.zone}`] ?? [];
  }

  errors() {
    return this.findings.filter((finding) => finding.severity === "error");
  }

  // Everything that was run, the latest first.
  latestRuns(count) {
    const all = Object.entries(this.runs).flatMap(([key, runs]) => runs.map((run) => ({ key, ...run })));
    return all.sort((one, other) => (one.time < other.time ? 1 : -1)).slice(0, count);
  }
}
