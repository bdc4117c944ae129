"""JSON with comments, as VS Code writes it: adds a value, and leaves everything else as it was.

No library for Python edits such a text in place without also running a JavaScript engine.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

_TOKEN = re.compile(
    r"(?P<space>[\s\ufeff]+)|(?P<comment>//[^\r\n]*|/\*.*?\*/)"
    r'|(?P<token>"(?:[^"\\\r\n]|\\.)*"|[{}\[\],:]|[^\s{}\[\],:"/]+)',
    re.DOTALL,
)


class NotUnderstoodError(ValueError):
    """The text is not JSON with comments, or has another shape than expected."""


JsonPath = tuple[str, ...]
Tokens = Iterator[re.Match[str]]


@dataclass
class JsonNode:
    """A value, and where it is."""

    start: int
    end: int = 0
    value: Any = None
    parts: list[JsonNode] = field(default_factory=list)
    """The nodes of what is in it, if it is a mapping or a list."""
    last_comma: bool = False


def parse(text: str) -> JsonNode:
    """The only value in a text."""
    tokens = _matches(text, "token")
    try:
        node = _value(next(tokens), tokens)
    except (StopIteration, RecursionError, ValueError) as error:
        raise NotUnderstoodError(str(error) or "it ends too early") from None
    if next(tokens, None):
        raise NotUnderstoodError("there is something behind the end")
    return node


def with_item(text: str, path: JsonPath, value: str) -> str:
    """The text with a value added to one of its lists, unless it is there already."""
    held = _at(parse(text), path).value
    if not isinstance(held, list):
        raise NotUnderstoodError(f"`{path[-1]}` is not a list")
    return text if value in held else _with(text, path, _json(value), [*held, value])


def with_member(text: str, path: JsonPath, name: str, value: Any) -> str:
    """The text with a name added to one of its mappings, unless it is there with any value."""
    held = _at(parse(text), path).value
    if not isinstance(held, dict):
        raise NotUnderstoodError("there is no mapping where one belongs")
    piece = f"{_json(name)}: {_json(value)}"
    return text if name in held else _with(text, path, piece, {**held, name: value})


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _matches(text: str, kind: str) -> Iterator[re.Match[str]]:
    at = 0
    while at < len(text):
        match = _TOKEN.match(text, at)
        if not match:
            raise NotUnderstoodError(f"{text[at : at + 20]!r} is not understood")
        at = match.end()
        if match.lastgroup == kind:
            yield match


def _value(first: re.Match[str], tokens: Tokens) -> JsonNode:
    if first.group() not in ("{", "["):
        return JsonNode(first.start(), first.end(), json.loads(first.group()))
    node = JsonNode(first.start(), value={} if first.group() == "{" else [])
    closing = "}" if first.group() == "{" else "]"
    token = next(tokens)
    while token.group() != closing:
        token = _part(node, token, tokens)
        node.last_comma = token.group() == ","
        if not node.last_comma and token.group() != closing:
            raise NotUnderstoodError(f"`{token.group()}` where a comma belongs")
        token = next(tokens) if node.last_comma else token
    node.end = token.end()
    return node


def _part(node: JsonNode, first: re.Match[str], tokens: Tokens) -> re.Match[str]:
    """Read one value into a mapping or a list; returns the token after it."""
    if isinstance(node.value, list):
        node.parts.append(_value(first, tokens))
        node.value.append(node.parts[-1].value)
        return next(tokens)
    name = json.loads(first.group())
    if not isinstance(name, str) or name in node.value or next(tokens).group() != ":":
        raise NotUnderstoodError(f"`{first.group()}` is not a name, or a second one")
    node.parts.append(_value(next(tokens), tokens))
    node.value[name] = node.parts[-1].value
    return next(tokens)


def _at(node: JsonNode, path: JsonPath) -> JsonNode:
    for name in path:
        if not isinstance(node.value, dict) or name not in node.value:
            raise NotUnderstoodError(f"there is no `{name}`")
        node = node.parts[[*node.value].index(name)]
    return node


def _with(text: str, path: JsonPath, piece: str, expected: Any) -> str:
    """The text with one more piece, after checking that it has the right value and all comments."""
    root = parse(text)
    fresh = _added(text, _at(root, path), piece, _indentation(text, root))
    if _at(parse(fresh), path).value != expected or _comments(fresh) != _comments(text):
        raise NotUnderstoodError("no place was found for what is to be added")
    return fresh


def _comments(text: str) -> list[str]:
    return [match.group() for match in _matches(text, "comment")]


def _added(text: str, node: JsonNode, piece: str, unit: str) -> str:
    newline = "\r\n" if "\r\n" in text else "\n"
    close = node.end - 1
    line = text.rfind("\n", 0, close) + 1
    outer = _indentation_at(text, close)
    inner = _indentation_at(text, node.parts[0].start) if node.parts else outer + unit
    if not text[line:close].strip():  # the bracket is on a line of its own
        return _with_comma(text[:line], node) + f"{inner}{piece}{newline}" + text[line:]
    if node.parts:
        return _with_comma(text[:close].rstrip(), node) + f" {piece}" + text[close:]
    return f"{text[:close].rstrip()}{newline}{inner}{piece}{newline}{outer}{text[close:]}"


def _with_comma(text: str, node: JsonNode) -> str:
    if node.last_comma or not node.parts:
        return text
    return f"{text[: node.parts[-1].end]},{text[node.parts[-1].end :]}"


def _indentation(text: str, root: JsonNode) -> str:
    """The indentation of one level."""
    return (_indentation_at(text, root.parts[0].start) if root.parts else "") or "  "


def _indentation_at(text: str, place: int) -> str:
    line = text[text.rfind("\n", 0, place) + 1 : place]
    return line[: len(line) - len(line.lstrip())]
