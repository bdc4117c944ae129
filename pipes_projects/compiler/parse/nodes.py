"""YAML text → a tree of nodes that know where they are.

The only module that imports ruamel.yaml. Its C parser does the work where it is installed; its pure
parser, which reads YAML 1.2 to the letter, has the last word on what is an error, so that findings
are the same without the C parser.
"""

from __future__ import annotations

import re
import sys
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

from pipes_projects.compiler.parse.quirks.misread import (
    refuse_directives,
    refuse_misread,
    refuse_tab_in,
)
from pipes_projects.compiler.parse.quirks.stand_ins import (
    StandIns,
    with_tabs_in,
    without_colons,
    without_false_breaks,
    without_tabs,
)
from pipes_projects.compiler.parse.quirks.syntax_errors import sentence
from pipes_projects.compiler.parse.tree import MAX_DEPTH, Node, Refused, scalars_of

try:
    from _ruamel_yaml import CParser
except ImportError:
    CParser = None

# Where the two parsers disagree, the pure one reads the text, more slowly.
_FOR_PURE = re.compile(
    r"""[\t\ufeff]              # blanks
    | ^(%|\.\.\.)              # directives, and the end of a document
    | [&*][\w-]*[:?%@`]        # what may be in an anchor's name
    | [|>][-+0-9]*\#           # a comment right behind an indicator
    | ^(---.*|[&!].*)?[|>]     # a document that is a block scalar
    """,
    re.MULTILINE | re.VERBOSE,
)
_AROUND: Final = (StreamStartEvent, StreamEndEvent, DocumentEndEvent)
_CODE: Final = re.compile(r"\\U([0-9A-Fa-f]{8})")
_ODD = re.compile(r"[\t\ufeff%&*|>]|\.{3}")  # a cheap test for those


def compose(text: str) -> Node | None:
    """The tree of a text; None where it is empty. Raises `Refused`."""
    refuse_directives(text)
    shown = without_false_breaks(text)
    root = _with_tabs(shown) if "\t" in text else _composed(shown)
    if root:
        refuse_misread(root, text)
    return root


def _with_tabs(shown: StandIns) -> Node | None:
    """The tree of a text that has tabs between words or inside them."""
    blank = without_tabs(shown.text)
    try:
        root = _composed(shown._replace(text=blank))
    except Refused:
        return _composed(shown)
    nodes = scalars_of(root) if root else ()
    with_tab = [node for node in nodes if shown.text.find("\t", node.start, node.end) >= 0]
    if not with_tab:
        return root
    for node in with_tab:
        refuse_tab_in(node, shown.text)
    return _composed(with_tabs_in(shown, blank, [(node.start, node.end) for node in with_tab]))


def _composed(shown: StandIns) -> Node | None:
    text = shown.text
    if CParser is not None and not (_ODD.search(text) and _FOR_PURE.search(text)):
        try:
            hidden = without_colons(shown)
            return _Composer(_events_c(hidden.text), hidden).document()
        except (YAMLError, ValueError, Refused):
            pass  # the pure parser says what is wrong, if anything is
    return _Composer(_events_pure(shown), shown).document()


def _events_c(text: str) -> Iterator[Any]:
    return iter(CParser(text).get_event, None)


def _events_pure(shown: StandIns) -> Iterator[Any]:
    try:
        yield from YAML(typ="safe", pure=True).parse(shown.text)
    except MarkedYAMLError as error:
        raise _explained(shown, error) from None
    except YAMLError as error:
        at = getattr(error, "position", 0)
        message = "a character here is not allowed in YAML"
        raise Refused(at, at + 1, message, "remove it") from None
    except (
        *(ValueError, TypeError, LookupError, AttributeError, AssertionError, RecursionError),
        ArithmeticError,
    ):
        raise _no_character(shown.text) or Refused(0, 0, "this is not YAML") from None


def _no_character(text: str) -> Refused | None:
    """The first escape whose number is beyond all characters."""
    for found in _CODE.finditer(text):
        if int(found[1], 16) > sys.maxunicode:
            message = f"no character has the number of `{found[0]}`"
            return Refused(*found.span(), message, "use single quotes")
    return None


def _explained(shown: StandIns, error: MarkedYAMLError) -> Refused:
    wording = sentence(error.context, shown.restored_in(error.problem or ""))
    mark = error.context_mark if wording.at_start else error.problem_mark or error.context_mark
    at = min(mark.index, len(shown.text)) if mark else 0
    return Refused(at, at + 1, wording.message, wording.help, by_parser=True)


class _Composer:
    def __init__(self, events: Iterator[Any], shown: StandIns) -> None:
        self.events, self.shown, self.has_stand_ins = events, shown, bool(shown.meant)
        self.anchors: dict[str, Node] = {}

    def document(self) -> Node | None:
        root, seen = None, 0
        for event in self.events:
            if isinstance(event, DocumentStartEvent):
                seen += 1
                if seen > 1:
                    message = "a manifest is one document, and here a second one begins"
                    raise _refused(event, message, "split it into two files")
            elif not isinstance(event, _AROUND):
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
        text = self.shown.restored(event.value) if self.has_stand_ins else event.value
        if event.style == '"' and not text.isascii():
            text = _joined(text)
        if len(text) < 40:
            text = sys.intern(text)  # manifests repeat the same words
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
            name = self.shown.restored(event.anchor)
            help_ = f"write `&{name}` before the value it stands for"
            raise _refused(event, f"no anchor is called `{name}`", help_)
        return node


def _joined(text: str) -> str:
    """The text with surrogate pairs, as JSON escapes them, joined into one character each."""
    try:
        return text.encode("utf-16-le", "surrogatepass").decode("utf-16-le")
    except UnicodeDecodeError:
        return text


def _refuse_tag(event: Any) -> None:
    """The lone `!` is allowed: it only says that a value is text."""
    tag = str(event.ctag).replace("tag:yaml.org,2002:", "!!")
    if tag != "!":
        message = f"tags such as `{tag}` are not supported"
        raise _refused(event, message, "write the value without its tag")


def _refused(event: Any, message: str, help_: str | None = None) -> Refused:
    return Refused(event.start_mark.index, event.end_mark.index, message, help_)
