"""YAML text → a tree of nodes that know where they stand.

The only module that imports ruamel.yaml. Its C parser does the work where it is installed; its
pure parser, which reads YAML 1.2 to the letter, has the last word on what is an error, so that
findings are the same without the C parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from sys import intern
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.events import (
    AliasEvent,
    DocumentEndEvent,
    DocumentStartEvent,
    MappingEndEvent,
    MappingStartEvent,
    ScalarEvent,
    SequenceEndEvent,
    StreamEndEvent,
    StreamStartEvent,
)

from pipes_projects.compiler.parse.syntax_errors import sentence

try:
    from _ruamel_yaml import CParser
except ImportError:
    CParser = None

MAX_DEPTH: Final = 50
FEW: Final = 20

# Flow lists such as `[team:sales]` are fine in YAML 1.2; libyaml wants the colon hidden.
_COLON = re.compile(r":(?<=\w:)(?=[\w./@~-])")
_HIDDEN = "\U0010fffd"  # a private character

# Where the two parsers do not agree, the pure one reads the text, slower.
_FOR_PURE = re.compile(
    r"""[\t\x85\u2028\u2029\ufeff\U0010fffd]  # blanks, and the hidden colon
    | ^(%|\.\.\.)                             # directives, and the end of a document
    | [&*][\w-]*[:?%@`]                       # what may be in an anchor's name
    | [|>][-+0-9]*\#                          # a comment right behind an indicator
    | ^(---.*|[&!].*)?[|>]                    # a document that is a block scalar
    """,
    re.MULTILINE | re.VERBOSE,
)
_ODD = re.compile(r"[\t\x85\u2028\u2029\ufeff\U0010fffd%&*|>]|\.{3}")  # a cheap look for those


class Refused(Exception):  # noqa: N818  # it refuses a text; nothing of ours went wrong
    """Where in the text (two indices), what is wrong there, and what to do."""

    def __init__(
        self,
        start: int,
        end: int,
        message: str,
        help_: str | None = None,
        by_parser: bool = False,
    ) -> None:
        super().__init__(message)
        self.start, self.end, self.message, self.help = start, end, message, help_
        self.by_parser = by_parser
        """Whether the parser gave up here; the cause may be in a line nearby."""


class Node:
    """A value in the text: a scalar's text, a list of nodes, or pairs of key and value."""

    __slots__ = ("_pairs", "end", "is_block", "is_mapping", "is_plain", "start", "value")

    def __init__(self, value: Any, event: Any, is_plain: bool, is_mapping: bool) -> None:
        self.value = value
        self.start = event.start_mark.index
        self.end = event.end_mark.index
        self.is_plain = is_plain
        self.is_block = value.__class__ is list and not event.flow_style
        self.is_mapping = is_mapping

    def pair(self, key: str) -> tuple[Node, Node] | None:
        """The key and the value of a mapping's first pair of this key."""
        if len(self.value) > FEW:
            return self._by_key().get(key)
        for pair in self.value:
            if pair[0].value == key:
                found: tuple[Node, Node] = pair
                return found
        return None

    def _by_key(self) -> dict[Any, tuple[Node, Node]]:
        if not hasattr(self, "_pairs"):
            self._pairs = {pair[0].value: pair for pair in reversed(self.value)}
        return self._pairs

    @property
    def is_nothing(self) -> bool:
        """Whether there is no value at all: a key with nothing behind its colon."""
        return self.is_plain and self.value == ""


def compose(text: str) -> Node | None:
    """The tree of a text; None where it is empty. Raises `Refused`."""
    if CParser is not None and not (_ODD.search(text) and _FOR_PURE.search(text)):
        try:
            shown = _COLON.sub(_HIDDEN, text)
            return _Composer(_events_c(shown), is_hidden=shown != text).document()
        except (YAMLError, ValueError, Refused):
            pass  # the pure parser says what is wrong, if anything is
    return _Composer(_events_pure(text), is_hidden=False).document()


def _events_c(text: str) -> Iterator[Any]:
    return iter(CParser(text).get_event, None)


def _events_pure(text: str) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(text)
    except MarkedYAMLError as error:
        raise _explained(text, error) from None
    except YAMLError as error:
        at = getattr(error, "position", 0)
        message = "a character here is not allowed in YAML"
        raise Refused(at, at + 1, message, "remove it") from None
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError):
        raise Refused(0, 0, "this is not YAML") from None


def _explained(text: str, error: MarkedYAMLError) -> Refused:
    said = sentence(error.context, error.problem)
    mark = error.context_mark if said.at_start else error.problem_mark or error.context_mark
    at = min(mark.index, len(text)) if mark else 0
    return Refused(at, at + 1, said.message, said.help, by_parser=True)


class _Composer:
    def __init__(self, events: Iterator[Any], is_hidden: bool) -> None:
        self.events, self.is_hidden = events, is_hidden
        self.anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        root, seen = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                seen += 1
                if seen > 1:
                    message = "a manifest is one document, and here a second one begins"
                    raise _refused(event, message, "make two files of it")
            elif not isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                root = self.node(event, 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        kind = event.__class__
        if kind is ScalarEvent:
            return self.scalar(event)
        return self.alias(event) if kind is AliasEvent else self.collection(event, depth)

    def scalar(self, event: Any) -> Node:
        if event.ctag is not None:
            _refuse_tag(event)
        text = event.value
        if self.is_hidden and _HIDDEN in text:
            text = text.replace(_HIDDEN, ":")
        if len(text) < 40:
            text = intern(text)  # manifests say the same again and again
        node = Node(text, event, not (event.style or event.ctag), False)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        return node

    def collection(self, event: Any, depth: int) -> Node:
        if event.ctag is not None:
            _refuse_tag(event)
        if depth > MAX_DEPTH:
            raise _refused(event, "this is nested too deeply", f"at most {MAX_DEPTH} levels")
        node = Node([], event, False, event.__class__ is MappingStartEvent)
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        read = self.pairs if node.is_mapping else self.items
        node.end = read(node.value, depth)
        return node

    def items(self, found: list[Node], depth: int) -> int:
        for event in self.events:
            if event.__class__ is SequenceEndEvent:
                break
            found.append(self.node(event, depth + 1))
        end: int = event.end_mark.index
        return end

    def pairs(self, found: list[tuple[Node, Node]], depth: int) -> int:
        events, node, scalar, deeper = self.events, self.node, self.scalar, depth + 1
        for event in events:
            kind = event.__class__
            if kind is MappingEndEvent:
                break
            key = scalar(event) if kind is ScalarEvent else node(event, deeper)
            after = next(events)
            value = scalar(after) if after.__class__ is ScalarEvent else node(after, deeper)
            found.append((key, value))
        end: int = event.end_mark.index
        return end

    def alias(self, event: Any) -> Node:
        node = self.anchors.get(event.anchor)
        if node is None:
            message = f"no anchor is called `{event.anchor}`"
            raise _refused(
                event, message, f"write `&{event.anchor}` before the value it stands for"
            )
        return node


def _refuse_tag(event: Any) -> None:
    """The lone `!` only says that a value is text."""
    tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
    if tag != "!":
        message = f"tags such as `{tag}` are not read"
        raise _refused(event, message, "write the value without its tag")


def _refused(event: Any, message: str, help_: str | None = None) -> Refused:
    return Refused(event.start_mark.index, event.end_mark.index, message, help_)
