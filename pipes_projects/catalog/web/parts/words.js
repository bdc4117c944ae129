// Numbers, times and values in words.

const WHOLE = new Intl.NumberFormat("en");
const DAY = { day: "numeric", month: "short", year: "numeric" };
const TIME = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" };
const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60]];
const RELATIVE = new Intl.RelativeTimeFormat("en", { numeric: "auto" });

// What is told of assets that are not simply run.
export const STATES = {
  external: "external",
  quarantined: "has errors",
  missing: "no such asset",
  unreadable: "cannot be read",
  python: "in Python",
  left_out: "not in this catalog",
};

export const WRONG = ["quarantined", "unreadable"];

export const number = (value) => (Number.isFinite(value) ? WHOLE.format(value) : "–");

export function counted(count, noun) {
  return count === 1 ? `1 ${noun}` : `${number(count)} ${noun}s`;
}

export function moment(seconds, zone) {
  if (!Number.isFinite(seconds)) return "–";
  const date = new Date(seconds * 1000);
  try {
    return new Intl.DateTimeFormat("en-GB", { ...DAY, ...TIME, weekday: "short", timeZone: zone }).format(date);
  } catch {
    return new Intl.DateTimeFormat("en-GB", { ...DAY, ...TIME, timeZone: "UTC" }).format(date);
  }
}

export const seconds = (text) => Date.parse(text) / 1000;
export const now = () => Date.now() / 1000;

export function fromNow(at) {
  const away = at - now();
  const [unit, size] = UNITS.find(([, each]) => Math.abs(away) >= each) ?? ["minute", 60];
  return RELATIVE.format(Math.round(away / size), unit);
}

export function duration(time) {
  if (time === undefined || time === null) return "–";
  if (time < 60) return `${time < 10 ? time.toFixed(1) : Math.round(time)} s`;
  const minutes = Math.floor(time / 60);
  return minutes < 60 ? `${minutes} min ${Math.round(time % 60)} s` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

// A value as its manifest would have it, in one line.
export function flow(value) {
  if (typeof value === "string") return value === "" ? '""' : value;
  if (value === null) return "(reset)";
  if (typeof value !== "object") return String(value);
  if (Array.isArray(value)) return `[${value.map(flow).join(", ")}]`;
  return `{${Object.entries(value).map(([name, part]) => `${name}: ${flow(part)}`).join(", ")}}`;
}
