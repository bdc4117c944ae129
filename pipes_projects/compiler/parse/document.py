"""YAML text → Document: plain data, and the place of every key and value in it.

YAML is read as 1.2, as editors do: `NO`, `on` and `12:30` are text.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import cached_property
from typing import Any, Final, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.path_at import path_at
from pipes_projects.compiler.parse.scalars import as_written, is_encodable, resolve
from pipes_projects.compiler.parse.slips.in_lines import (
    conflict,
    in_its_column,
    no_space_after_colon,
    slips,
)
from pipes_projects.compiler.parse.slips.joined import JOINED, joined_pair, missing_space, odd_blank
from pipes_projects.compiler.parse.tree import MAX_DEPTH, Node, Refused
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.source import START, Location, Position, SourceFile, Span

KeyPath = tuple[str | int, ...]
MAX_VALUES: Final = 50_000


class Tree:
    """Where everything in a text is. Of a text that has been read before, the places of what is in
    lists are known; its nodes are made only when somebody asks for another place."""

    def __init__(self, text: str, items: Mapping[KeyPath, Iterable[Span]]) -> None:
        self.text, self.items = text, items

    @classmethod
    def of(cls, root: Node | None) -> Tree:
        """The tree of a text that has just been read."""
        tree = cls("", {})
        tree.root = root
        return tree

    @cached_property
    def root(self) -> Node | None:
        """The node of the whole text; None where it is empty."""
        return _composed(self.text)


class Document(NamedTuple):
    """A manifest as plain data; `written` has numbers and booleans as their author wrote them."""

    source: SourceFile
    data: Any
    tree: Tree | None = None
    written: Mapping[KeyPath, str] = {}
    holes: Mapping[KeyPath, Diagnostic] = {}
    """Where values are missing, with a finding for each."""
    has_nulls: bool = False
    """Whether anything is written as null."""

    @property
    def root(self) -> Node | None:
        """The node of the whole text; None where it is empty."""
        return self.tree.root if self.tree else None

    def at(self, path: KeyPath) -> Any:
        """The value at `path`; None where there is none."""
        value = self.data
        for step in path:
            if isinstance(value, dict):
                value = value.get(str(step))
            elif isinstance(value, list) and isinstance(step, int) and step < len(value):
                value = value[step]
            else:
                return None
        return value

    def path_at(self, position: Position) -> KeyPath:
        """The path of the key, value or item at a position; empty where there is none."""
        return path_at(self.root, self.source, position)

    def key(self, path: KeyPath) -> Location:
        """The place of the key at the end of `path`; of the item, where there is no key."""
        key, value = self._nodes(path)
        return self._location(key or value)

    def items(self, path: KeyPath) -> Iterator[Location]:
        """The places of a list's items."""
        if self.tree and path in self.tree.items:
            return (Location(self.source.path, span) for span in self.tree.items[path])
        _, value = self._nodes(path)
        return map(self._location, value.value if value else ())

    def value(self, path: KeyPath) -> Location:
        """The place of the value at `path`; of its key, where the value is a block or empty."""
        key, value = self._nodes(path)
        unseen = value is None or value.is_block or value.start == value.end
        return self._location(key if key and unseen else value)

    def as_written(self, path: KeyPath) -> Any:
        """The value at `path`, to be shown: numbers as written, and null where a value is
        missing."""
        _, value = self._nodes(path)
        return as_written(value) if value else None

    def keys(self, path: KeyPath) -> list[str]:
        """The keys of the mapping at `path`, in order, including those without a value."""
        node = self._nodes(path)[1]
        return [key.value for key, _ in node.value] if node and node.is_mapping else []

    def _nodes(self, path: KeyPath) -> tuple[Node | None, Node | None]:
        key: Node | None = None
        value = self.root
        for step in path:
            if value is None or not isinstance(value.value, list):
                break
            if value.is_mapping:
                key, value = value.pair(str(step)) or (key, None)
            elif isinstance(step, int):  # else Pydantic's name of a union's member
                key, value = None, value.value[step]
        return key, value

    def _location(self, node: Node | None) -> Location:
        span = _span(self.source, node.start, node.end) if node else START
        return Location(self.source.path, span)


REFERENCE = "params."
"""The beginning of the key that YAML makes of an unquoted `{params.name}`."""


class Parsed(NamedTuple):
    """The result of reading a text; no document if it is not YAML."""

    document: Document | None
    diagnostics: tuple[Diagnostic, ...] = ()


def parse(source: SourceFile) -> Parsed:
    """A source's data, with the place of everything in it, and its errors of YAML syntax."""
    if unfinished := conflict(source.text):
        return Parsed(None, (_syntax(source, unfinished),))
    builder = _Builder(source)
    try:
        document = builder.document(_composed(source.text))
    except Refused as refused:
        problems = slips(source.text, refused.start) if refused.by_parser else []
        alone = in_its_column(source.text, refused)
        found = (_syntax(source, problem) for problem in problems or [alone])
        return Parsed(None, (*builder.found, *found))
    return Parsed(document, tuple(builder.found))


def _composed(text: str) -> Node | None:
    # Importing what reads YAML takes time, and most texts have been read before.
    from pipes_projects.compiler.parse.nodes import compose

    return compose(text)


def missing_spaces(source: SourceFile) -> list[Diagnostic]:
    """What keeps a text that is not a mapping from being one."""
    return [_syntax(source, refused) for refused in no_space_after_colon(source.text)]


def _syntax(source: SourceFile, refused: Refused) -> Diagnostic:
    place = Location(source.path, _span(source, refused.start, refused.end))
    return Diagnostic(Code.YAML_SYNTAX, refused.message, place, refused.help)


class _Builder:
    """Builds the data of one document, and reports what it cannot contain."""

    def __init__(self, source: SourceFile) -> None:
        self.source = source
        self.found: list[Diagnostic] = []
        self.written: dict[KeyPath, str] = {}
        self.holes: dict[KeyPath, Diagnostic] = {}
        self.has_nulls = False
        self.left = MAX_VALUES
        self.may_be_odd = "\\" in source.text

    def document(self, root: Node | None) -> Document:
        data = None if root is None or root.is_nothing else self.value(root, ())
        data = {} if data is None else data
        tree = Tree.of(root)
        return Document(self.source, data, tree, self.written, self.holes, self.has_nulls)

    def value(self, node: Node, path: KeyPath) -> Any:
        if node.value.__class__ is str:
            return self.scalar(node, path)
        self.left -= len(node.value)
        if self.left < 0 or len(path) > MAX_DEPTH:
            grown = "this is nested too deeply" if self.left >= 0 else "this has too many values"
            help_ = f"at most {MAX_DEPTH} levels, {MAX_VALUES} values; aliases count each time"
            raise Refused(node.start, node.end, grown, help_)
        return self.mapping(node, path) if node.is_mapping else self.items(node, path)

    def items(self, node: Node, path: KeyPath) -> list[Any]:
        values = []
        for index, item in enumerate(node.value):
            if item.is_nothing:
                message = "an item of this list has no value"
                self.nothing((*path, index), item, message, "remove the item")
            values.append(self.value(item, (*path, index)) if not item.is_nothing else "")
        return values

    def mapping(self, node: Node, path: KeyPath) -> dict[str, Any]:
        values: dict[str, Any] = {}
        first: dict[str, Node] = {}
        there: dict[str, Related] = {}
        for key_node, value_node in node.value:
            key = self.key_text(key_node)
            if key in first:
                there[key] = there.get(key) or self.first_written(first[key])
                self.repeated(key, key_node, there[key])
                continue
            first[key] = key_node
            if value_node.value == "" and value_node.is_plain:
                self.nothing((*path, key), key_node, *self.no_value(key, path))
            else:
                values[key] = self.value(value_node, (*path, key))
        return values

    def key_text(self, node: Node) -> str:
        key: str = node.value
        if key.__class__ is not str:
            raise Refused(node.start, node.end, "a key is text, not a list or a mapping")
        if key == "<<" and node.is_plain:
            help_ = "put what is shared into `_defaults.yaml`, or write it out"
            raise Refused(node.start, node.end, "`<<` is not part of YAML 1.2", help_)
        if not key.isascii() and node.is_plain and (odd := odd_blank(key, node.start)):
            raise odd
        if ":" in key and (joined := JOINED.match(key)) and joined["value"][0] in "[{":
            before, start = f"{joined['key']}:", node.start
            line = self.source.text[start:].partition("\n")[0].rstrip()
            raise missing_space(start, start + len(line), before, line.removeprefix(before))
        return self.text(node) if self.may_be_odd else key

    def scalar(self, node: Node, path: KeyPath) -> Any:
        text = self.text(node) if self.may_be_odd else node.value
        if not node.is_plain:
            return text
        value = resolve(text)
        if value is None:
            self.has_nulls = True
        elif value.__class__ is not str:
            self.written[path] = text
        return value

    def text(self, node: Node) -> str:
        text: str = node.value
        if self.may_be_odd and ("\0" in text or not is_encodable(text)):
            message = "this text has a character that cannot be stored"
            raise Refused(node.start, node.end, message, "remove the escape that stands for it")
        return text

    def first_written(self, node: Node) -> Related:
        return Related(self.place(node), "first written here")

    def repeated(self, key: str, node: Node, earlier: Related) -> None:
        message, here = f"`{key}` is written twice", self.place(node)
        self.found.append(
            Diagnostic(Code.REPEATED_KEY, message, here, "keep one of them", (earlier,))
        )

    def nothing(self, path: KeyPath, node: Node, message: str, help_: str) -> None:
        self.holes[path] = Diagnostic(Code.INVALID_VALUE, message, self.place(node), help_)

    @staticmethod
    def no_value(key: str, path: KeyPath) -> tuple[str, str]:
        if joined := joined_pair(key, may_be_secret="env" in path):
            return joined
        help_ = "write the value, or `null` for none; `{}` is an empty mapping, `[]` an empty list"
        if key.startswith(REFERENCE):
            return f"`{{{key}}}` is a mapping to YAML", f'put it in quotes: `"{{{key}}}"`'
        if path[-1:] in (("assets",), ("checks",)):
            help_ = f"write its fields below it, or `{key}: {{}}`"
        if " " in key:  # an unquoted comma in `{description: Mean, of all}` begins a new key
            help_ = "put text that has a comma in quotes"
        return f"`{key}` has no value", help_

    def place(self, node: Node) -> Location:
        return Location(self.source.path, _span(self.source, node.start, node.end))


def _span(source: SourceFile, first: int, last: int) -> Span:
    """The first line of a value: the end of a block is on a later line."""
    text, start = source.text, source.position(first)
    is_inside = last <= len(text)
    if is_inside and text.find("\n", first, last) < 0 and text.find("\r", first, last) < 0:
        return Span(start, Position(start.line, start.column + last - first))
    end = source.position(last)
    if end.line > start.line:
        end = Position(start.line, max(start.column, len(source.line(start.line).rstrip())))
    return Span(start, end)
