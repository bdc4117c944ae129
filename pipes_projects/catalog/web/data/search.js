// Finds assets by words: in their names first, then in what is said about them, then in their code.

const FIELDS = ["name", "group", "column", "owner", "tag", "about", "file", "source"];
const WEIGHTS = { name: 60, group: 30, column: 24, owner: 20, tag: 16, about: 10, file: 6, source: 3 };
export const SHOWN = 40;

const SPELT = { ß: "ss", æ: "ae", œ: "oe", þ: "th", ø: "o", ł: "l", đ: "d", ı: "i" };

// As somebody types who has no key for a letter: `STRASSE` finds `Straße`.
const spelt = (text) => folded(text).replace(/[ßæœþøłđı]/g, (letter) => SPELT[letter]);

// Letters without case and accents, one for one, so that places in both are the same.
export function folded(text) {
  const lower = text.toLowerCase();
  if (/^[\x00-\x7f]*$/.test(lower)) return lower;
  return Array.from(lower, (letter) => {
    const plain = letter.normalize("NFD").replace(/\p{M}/gu, "");
    return plain.length === letter.length ? plain : letter;
  }).join("");
}

function indexed(asset) {
  const tags = asset.tags.map(([name, value]) => (value ? `${name}=${value}` : name));
  return {
    asset,
    name: spelt(asset.key),
    group: spelt(asset.group),
    column: spelt(asset.columns.map(({ name }) => name).join("\n")),
    owner: spelt(asset.owners.join("\n")),
    tag: spelt([...tags, ...asset.badges, asset.kind ?? ""].join("\n")),
    about: spelt([asset.description, ...asset.columns.map(({ description }) => description ?? "")].join("\n")),
    file: spelt(asset.paths.join("\n")),
    source: "",
  };
}

function wordsOf(query) {
  return spelt(query).split(/\s+/).filter(Boolean).map((word) => {
    const [, field, rest] = /^(\w+):(.+)$/.exec(word) ?? [];
    const text = FIELDS.includes(field) ? rest : word;
    const begins = new RegExp(`(^|[/_.-])${text.replace(/[^\w]/g, "\\$&")}`);
    return { text, begins, fields: text === word ? FIELDS : [field] };
  });
}

// Better at the beginning of a name or of a part of it.
function bonus({ name }, { text, begins }) {
  const short = name.lastIndexOf("/") + 1;
  if (name === text || (name.length === short + text.length && name.endsWith(text))) return 60;
  if (name.startsWith(text, short)) return 30;
  return begins.test(name) ? 15 : 0;
}

function scoreOf(entry, words) {
  let score = 0;
  let where = "name";
  for (const word of words) {
    const field = word.fields.find((name) => entry[name].includes(word.text));
    if (!field) return null;
    score += WEIGHTS[field] + (field === "name" ? bonus(entry, word) : 0);
    if (FIELDS.indexOf(field) > FIELDS.indexOf(where)) where = field;
  }
  return { asset: entry.asset, score, where };
}

export class Search {
  constructor(catalog) {
    this.entries = catalog.assets.map(indexed);
    catalog.sources().then((texts) => {
      const known = new Map(Object.entries(texts).map(([path, text]) => [path, spelt(text)]));
      for (const entry of this.entries) entry.source = entry.asset.searched.map((path) => known.get(path) ?? "").join("\n");
    }, () => {});
  }

  // The best of what has all words, and how many there are.
  find(query) {
    const words = wordsOf(query);
    if (!words.length) return { found: [], count: 0 };
    const all = this.entries.map((entry) => scoreOf(entry, words)).filter(Boolean);
    all.sort((one, other) => other.score - one.score || one.asset.key.length - other.asset.key.length);
    return { found: all.slice(0, SHOWN), count: all.length, words: words.map(({ text }) => text) };
  }
}
