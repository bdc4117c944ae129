// An asset; and what is only known because others depend on it.

class Node {
  constructor({ key, group, state }) {
    Object.assign(this, { key, group, state });
    this.name = key.slice(key.lastIndexOf("/") + 1);
    this.upstream = [];
    this.downstream = [];
    this.href = `#/asset/${key.split("/").map(encodeURIComponent).join("/")}`;
  }
}

export class Stranger extends Node {
  isStranger = true;
  deps = [];
}

export class Asset extends Node {
  constructor(told, catalog) {
    super(told);
    this.told = told;
    this.catalog = catalog;
    this.kind = told.kind;
    this.deps = told.deps ?? [];
    this.checks = (told.checks ?? []).map(([name, description, blocking]) => ({ name, description, blocking }));
    this.manifest = catalog.files[told.file];
    this.line = told.line;
    this.script = told.script === undefined ? null : catalog.files[told.script];
  }

  // The files that it is made of.
  get paths() {
    return [...new Set([this.script, this.manifest])].filter(Boolean);
  }

  // The files that people look for words in: what a manifest says is found by its fields.
  get searched() {
    return [this.script];
  }

  // What many assets have in common is in a list; the number of it stands here.
  get toldValues() {
    return this.told.values.map((told) => (typeof told === "number" ? this.catalog.values[told] : told));
  }

  // Every value: its name as a path, where it is from, and what it overrides.
  get values() {
    return this.toldValues.map(([name, value, origin, overrides = []]) => {
      const overridden = overrides.map(([other, from]) => ({ value: other, origin: this.place(from) }));
      return { name, value, origin: this.place(origin), overrides: overridden };
    });
  }

  // A line of its own manifest, or a file and a line, or words.
  place(origin) {
    if (typeof origin === "number") return { path: this.manifest, line: origin };
    return Array.isArray(origin) ? { path: this.catalog.files[origin[0]], line: origin[1] } : { words: origin };
  }

  // The value of a field; of one with entries, a mapping.
  field(wanted) {
    this.fields ??= this.gathered();
    return this.fields[wanted];
  }

  gathered() {
    const found = Object.create(null);
    for (const [name, value] of this.toldValues) {
      let at = found;
      for (const step of name.slice(0, -1)) {
        if (typeof at[step] !== "object" || at[step] === null) at[step] = Object.create(null);
        at = at[step];
      }
      at[name.at(-1)] = value;
    }
    return found;
  }

  get description() {
    return this.field("description") ?? "";
  }

  get owners() {
    return this.field("owners") ?? [];
  }

  get badges() {
    return this.field("kinds") ?? [];
  }

  get columns() {
    return this.field("columns") ?? [];
  }

  get tags() {
    return entries(this.field("tags")).filter(([, value]) => value !== null);
  }

  get params() {
    return entries(this.field("params")).map(([name, told]) => ({ name, ...told }));
  }

  get schedule() {
    const { cron_schedule: cron, execution_timezone: zone = "UTC" } = this.field("schedule") ?? {};
    return cron ? { cron, zone } : null;
  }

  get partitions() {
    const name = this.field("partitions_def");
    return name ? { name, ...this.catalog.partitions[name] } : null;
  }

  get runs() {
    return this.catalog.runs[this.key] ?? [];
  }

  get findings() {
    const mine = new Set(this.paths);
    return this.catalog.findings.filter((finding) => mine.has(finding.path));
  }
}

// Its manifest cannot be read, so that it has no values; it is called as its file is.
export class UnreadableAsset extends Asset {
  isUnreadable = true;

  get toldValues() {
    return [];
  }

  get paths() {
    return this.told.files.map((at) => this.catalog.files[at]);
  }

  get searched() {
    return this.paths;
  }
}

const entries = (mapping) => Object.entries(mapping ?? {});
