// Search as people type: `/` goes there, arrows choose, Enter opens, Escape leaves.

import { useEffect, useLayoutEffect, useMemo, useRef, useState } from "preact/hooks";
import { folded, Search } from "./data/search.js";
import { State } from "./parts/labels.jsx";
import { counted } from "./parts/words.js";

const WHERE = { column: "in its columns", owner: "by its owner", tag: "by its tags", about: "in what is said about it", file: "by its file", source: "in its source" };

export function SearchBox({ catalog }) {
  const [query, type] = useState("");
  const [chosen, choose] = useState(0);
  const [isOpen, open] = useState(false);
  const [ready, prepare] = useState(0);
  const search = useRef(null);
  const input = useRef(null);
  const list = useRef(null);

  const begin = () => {
    search.current ??= new Search(catalog);
    catalog.sources().then(() => prepare(1), () => {});
    open(true);
  };
  useSlash(input);
  const { found, count, words } = useMemo(() => search.current?.find(query) ?? { found: [], count: 0 }, [query, ready]);
  const isShown = isOpen && query.trim() !== "";
  useEffect(() => {
    list.current?.querySelector("[aria-selected=true]")?.scrollIntoView({ block: "nearest" });
  }, [chosen]);

  const go = (at) => {
    if (!found[at]) return;
    location.hash = found[at].asset.href;
    open(false);
    type("");
    input.current.blur();
  };
  const keys = {
    ArrowDown: () => choose((chosen + 1) % found.length || 0),
    ArrowUp: () => choose((chosen + found.length - 1) % found.length || 0),
    Enter: () => go(chosen),
    Escape: () => (isShown ? open(false) : input.current.blur()),
  };
  const press = (event) => {
    if (!keys[event.key] || event.isComposing) return;
    event.preventDefault();
    keys[event.key]();
  };
  const write = (event) => {
    begin();
    type(event.currentTarget.value);
    choose(0);
  };
  return (
    <div class="search" onFocusOut={(event) => event.currentTarget.contains(event.relatedTarget) || open(false)}>
      <input
        ref={input} type="search" role="combobox" aria-label="Search the catalog" aria-autocomplete="list"
        aria-expanded={isShown} aria-controls="found" aria-activedescendant={isShown && found.length ? `found-${chosen}` : undefined}
        placeholder="Search names, columns, owners, code …" autocomplete="off" spellcheck={false}
        value={query} onFocus={begin} onInput={write} onKeyDown={press}
      />
      <kbd aria-hidden="true">/</kbd>
      <div class="found" hidden={!isShown}>
        <ul id="found" role="listbox" aria-label="Search results" ref={list}>
          {found.map(({ asset, where }, at) => (
            <li key={at} id={`found-${at}`} role="option" aria-selected={at === chosen} onPointerDown={(event) => event.preventDefault()} onClick={() => go(at)} onPointerMove={() => choose(at)}>
              <span class="found-key"><Marked text={asset.key} words={words} /></span>
              <span class="found-where"><State state={asset.state} /> <span class="quiet">{WHERE[where] ?? ""}</span></span>
            </li>
          ))}
        </ul>
        <p class="quiet" role="status">{count ? `${counted(count, "asset")}${count > found.length ? `; the best ${found.length} are shown` : ""}` : "Nothing matches all of these words"}</p>
      </div>
    </div>
  );
}

function useSlash(input) {
  useLayoutEffect(() => {
    const press = (event) => {
      const isTyping = /^(INPUT|TEXTAREA|SELECT)$/.test(document.activeElement?.tagName ?? "");
      if (event.key !== "/" || isTyping || event.ctrlKey || event.metaKey || event.altKey) return;
      event.preventDefault();
      input.current.focus();
      input.current.select();
    };
    addEventListener("keydown", press);
    return () => removeEventListener("keydown", press);
  }, [input]);
}

// A text with the words that were looked for.
function Marked({ text, words }) {
  const plain = folded(text);
  const word = words.find((each) => plain.includes(each));
  if (!word || plain.length !== text.length) return text;
  const at = plain.indexOf(word);
  return <>{text.slice(0, at)}<mark>{text.slice(at, at + word.length)}</mark>{text.slice(at + word.length)}</>;
}
