"""YAML text → a tree of nodes that know where they stand.

The only module that imports ruamel.yaml. Its C parser does the work where it is installed; its
pure parser, which reads YAML 1.2 to the letter, has the last word on what is an error, so that
findings are the same without the C parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
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

try:
    from _ruamel_yaml import CParser
except ImportError:
    CParser = None

MAX_DEPTH: Final = 50

# Flow lists such as `[team:sales]` are fine in YAML 1.2; libyaml wants the colon hidden.
_COLON = re.compile(r"(?<=\w):(?=[\w./@~-])")
_HIDDEN = "\U0010fffd"  # a private character that nobody types


class Refused(Exception):  # noqa: N818  # it refuses a text; nothing of ours went wrong
    """Where in the text (two indices), what is wrong there, and what to do."""

    def __init__(self, start: int, end: int, message: str, help_: str | None = None) -> None:
        super().__init__(message)
        self.start, self.end, self.message, self.help = start, end, message, help_


class Node:
    """A value in the text: a scalar's text, a list of nodes, or pairs of key and value."""

    __slots__ = ("end", "is_block", "is_mapping", "is_plain", "start", "value")

    def __init__(
        self, value: Any, start: int, end: int, *, is_plain: bool, is_block: bool, is_mapping: bool
    ) -> None:
        self.value = value
        self.start, self.end = start, end
        self.is_plain = is_plain
        self.is_block = is_block
        self.is_mapping = is_mapping

    @property
    def is_nothing(self) -> bool:
        """Whether there is no value at all: a key with nothing behind its colon."""
        return self.is_plain and self.value == ""


def compose(text: str) -> Node | None:
    """The tree of a text; None where it is empty. Raises `Refused`."""
    hidden = _COLON.sub(_HIDDEN, text) if CParser is not None else text
    events = _events_c(hidden) if CParser is not None else None
    return _Composer(iter(events or _events_pure(text)), events is not None).document()


def _events_c(text: str) -> list[Any] | None:
    parser, events = CParser(text), []
    try:
        while (event := parser.get_event()) is not None:
            events.append(event)
    except (YAMLError, ValueError):
        return None
    return events


def _events_pure(text: str) -> list[Any]:
    try:
        return list(YAML(typ="safe", pure=True).parse(text))
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        at = min(mark.index, len(text)) if mark else 0
        raise Refused(at, at, *_sentence(error)) from None
    except YAMLError as error:
        at = getattr(error, "position", 0)
        message = "a character here is not allowed in YAML"
        raise Refused(at, at + 1, message, "remove it") from None
    except (ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError):
        raise Refused(0, 0, "this is not YAML") from None


def _sentence(error: MarkedYAMLError) -> tuple[str, str | None]:
    problem = (error.problem or error.context or "this is not YAML").split("\n")[0]
    if "'\\t'" in problem:
        return "a tab cannot be used here", "indent with spaces"
    if "mapping values are not allowed" in problem:
        return "a `:` is not expected here", "indent keys alike, and quote text that contains `: `"
    context = f", {error.context}" if error.context and error.problem else ""
    return problem.replace("<", "").replace(">", "") + context, None


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
                    raise _refused(event, message, "remove the `---`")
            elif not isinstance(event, StreamStartEvent | StreamEndEvent | DocumentEndEvent):
                root = self.node(event, 0)
        return root

    def node(self, event: Any, depth: int) -> Node:
        if event.__class__ is AliasEvent:
            return self.alias(event)
        if event.ctag is not None and str(event.ctag) != "!":
            message = f"tags such as `{event.ctag}` are not read"
            raise _refused(event, message, "write the value without its tag")
        if depth > MAX_DEPTH:
            raise _refused(event, "this is nested too deeply")
        is_scalar = event.__class__ is ScalarEvent
        node = Node(
            self.text(event) if is_scalar else [],
            event.start_mark.index,
            event.end_mark.index,
            is_plain=is_scalar and not event.style and not event.ctag,
            is_block=not is_scalar and not event.flow_style,
            is_mapping=event.__class__ is MappingStartEvent,
        )
        if event.anchor is not None:
            self.anchors[event.anchor] = node
        if not is_scalar:
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
        for event in self.events:
            if event.__class__ is MappingEndEvent:
                break
            key = self.node(event, depth + 1)
            found.append((key, self.node(next(self.events), depth + 1)))
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

    def text(self, event: Any) -> str:
        text: str = event.value
        return text.replace(_HIDDEN, ":") if self.is_hidden else text


def _refused(event: Any, message: str, help_: str | None = None) -> Refused:
    return Refused(event.start_mark.index, event.end_mark.index, message, help_)
