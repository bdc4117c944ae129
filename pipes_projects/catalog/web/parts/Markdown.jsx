// Markdown → elements, never HTML: raw HTML in it is shown as it is written, and pictures are links,
// as the page asks for nothing.

import { lexer } from "marked";
import { useMemo } from "preact/hooks";

export function Markdown({ text }) {
  const tokens = useMemo(() => lexer(text), [text]);
  return <div class="markdown">{blocks(tokens)}</div>;
}

const blocks = (tokens = []) => tokens.map((token, at) => <Token key={at} token={token} />);
const inner = (token) => (token.tokens ? blocks(token.tokens) : plain(token.text ?? token.raw));

function Token({ token }) {
  const kind = KINDS[token.type];
  return kind ? kind(token) : <>{token.raw}</>;
}

const KINDS = {
  space: () => null,
  def: () => null,
  paragraph: (token) => <p>{inner(token)}</p>,
  text: inner,
  escape: (token) => token.text,
  html: (token) => token.raw,
  strong: (token) => <strong>{inner(token)}</strong>,
  em: (token) => <em>{inner(token)}</em>,
  del: (token) => <del>{inner(token)}</del>,
  codespan: (token) => <code>{token.text}</code>,
  code: (token) => <pre tabIndex={0}><code>{token.text}</code></pre>,
  br: () => <br />,
  hr: () => <hr />,
  blockquote: (token) => <blockquote>{inner(token)}</blockquote>,
  checkbox: (token) => (token.checked ? "☑ " : "☐ "),
  heading: (token) => <Heading depth={token.depth}>{inner(token)}</Heading>,
  list: (token) => <List token={token} />,
  table: (token) => <Table token={token} />,
  link: (token) => <Link href={token.href}>{blocks(token.tokens.map(named))}</Link>,
  image: (token) => <Link href={token.href}>{plain(token.text) || token.href}</Link>,
};

// A picture in a link, as badges are, is its name: there is no link in a link.
function named(token) {
  if (token.type === "image") return { type: "text", text: token.text || token.href };
  return token.tokens ? { ...token, tokens: token.tokens.map(named) } : token;
}

// Below the headings of the page itself.
function Heading({ depth, children }) {
  const Tag = `h${Math.min(depth + 2, 6)}`;
  return <Tag>{children}</Tag>;
}

function List({ token }) {
  const items = token.items.map((entry, at) => <li key={at}>{blocks(entry.tokens)}</li>);
  return token.ordered ? <ol start={token.start || 1}>{items}</ol> : <ul>{items}</ul>;
}

function Table({ token }) {
  const cells = (row, Tag) => row.map((cell, at) => <Tag key={at} class={cell.align || undefined}>{blocks(cell.tokens)}</Tag>);
  return (
    <div class="scroller" tabIndex={0}>
      <table>
        <thead><tr>{cells(token.header, "th")}</tr></thead>
        <tbody>{token.rows.map((row, at) => <tr key={at}>{cells(row, "td")}</tr>)}</tbody>
      </table>
    </div>
  );
}

// Links to pages and addresses alone; a script is no link.
export function Link({ href, children }) {
  return /^(https?:|mailto:)/i.test(href) ? <a href={href} rel="noopener noreferrer nofollow">{children}</a> : <>{children}</>;
}

// What an entity such as `&auml;` stands for.
function plain(text) {
  return text.replace(/&(#\d+|#x[\da-f]+|\w+);/gi, (entity) => {
    const area = document.createElement("textarea");
    area.innerHTML = entity;
    return area.value;
  });
}
