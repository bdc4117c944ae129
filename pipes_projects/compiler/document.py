"""YAML text → Document: plain data, and the place of every key and value in it.

The only module that imports ruamel.yaml. YAML is read as 1.2, as editors do: `NO`, `on` and
`12:30` are text. ruamel's C parser does the work where it is installed; its pure parser has the
last word on what is an error, so that findings are the same without the C parser.
"""

from __future__ import annotations

import re
import warnings
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from ruamel.yaml import YAML
from ruamel.yaml.error import MarkedYAMLError, YAMLError
from ruamel.yaml.nodes import MappingNode, Node, ScalarNode, SequenceNode
from ruamel.yaml.resolver import VersionedResolver
from ruamel.yaml.tag import Tag

from pipes_projects.diagnostics import Code, Diagnostic, Related
from pipes_projects.source import START, Location, Position, SourceFile, Span

try:
    from _ruamel_yaml import CParser
except ImportError:
    CParser = None

KeyPath = tuple[str | int, ...]
MAX_DEPTH: Final = 50
MAX_VALUES: Final = 50_000

# Flow lists such as `[team:sales]` are fine in YAML 1.2; libyaml wants the colon hidden.
_COLON = re.compile(r"(?<=\w):(?=[\w./@~-])")
_HIDDEN = "\U0010fffd"  # a private character that nobody types
_NESTED = re.compile(r"[-?]\s+(?=[-?]\s)")

_BOOL = {"true": True, "True": True, "TRUE": True, "false": False, "False": False, "FALSE": False}
_NULL = frozenset({"null", "Null", "NULL", "~", ""})
_NUMBER = re.compile(
    r"(?P<int>[-+]?[0-9]{1,400})|0o(?P<oct>[0-7]{1,400})|0x(?P<hex>[0-9a-fA-F]{1,400})"
    r"|(?P<float>[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?)"
    r"|(?P<inf>[-+]?)\.(inf|Inf|INF)|\.(?P<nan>nan|NaN|NAN)"
)


@dataclass(frozen=True)
class Document:
    """A manifest as plain data; `written` has every number and boolean as its author wrote it."""

    source: SourceFile
    data: Any
    root: Node | None = None
    written: dict[KeyPath, str] = field(default_factory=dict)

    def key(self, path: KeyPath) -> Location:
        """The place of the key at the end of `path`; of an item, where no key is."""
        key, value = self._nodes(path)
        return self._location(key or value)

    def value(self, path: KeyPath) -> Location:
        """The place of the value at `path`; of its key, where the value is a block or empty."""
        key, value = self._nodes(path)
        bare = isinstance(value, ScalarNode) and value.start_mark.index == value.end_mark.index
        return self._location(key if key and (bare or _is_block(value)) else value)

    def _nodes(self, path: KeyPath) -> tuple[Node | None, Node | None]:
        key: Node | None = None
        value = self.root
        for step in path:
            if isinstance(value, MappingNode):
                pairs = ((k, v) for k, v in value.value if _plain_text(k) == step)
                key, value = next(pairs, (key, None))
            elif isinstance(value, SequenceNode) and isinstance(step, int):
                key, value = None, value.value[step]
            if value is None:
                break
        return key, value

    def _location(self, node: Node | None) -> Location:
        return Location(self.source.path, _span(self.source, node) if node else START)


def parse(source: SourceFile, found: list[Diagnostic]) -> Document | None:
    """A source's data and places; None, with a finding, where the text is not YAML."""
    try:
        root = _compose(source.text)
        return _Builder(source, root, found).document()
    except _RefusedError as refused:
        place, message, help_ = refused.args
        span = _span(source, place) if isinstance(place, Node) else _line_span(source, place)
        found.append(Diagnostic(Code.YAML_SYNTAX, message, Location(source.path, span), help_))
    return None


class _RefusedError(Exception):
    """A place (a node, or an index into the text), what is wrong, and what to do."""


class _Unresolved(VersionedResolver):  # type: ignore[misc]  # ruamel.yaml has no types here
    def resolve(self, *_: object) -> Tag:
        return Tag(suffix="")


if CParser is not None:

    class _CComposer(CParser):  # type: ignore[misc]  # a C extension without types
        def resolve(self, *_: object) -> str:
            return ""

        def descend_resolver(self, *_: object) -> None: ...

        def ascend_resolver(self) -> None: ...


def _compose(text: str) -> Node | None:
    if CParser is not None and not _is_deep(text):
        try:
            return _CComposer(_COLON.sub(_HIDDEN, text)).get_single_node()
        except (YAMLError, ValueError):
            pass  # the pure parser, which reads YAML 1.2 to the letter, says what is wrong, if it is
    return _compose_pure(text)


def _is_deep(text: str) -> bool:
    """Whether nesting could exhaust the C parser's stack, which would end the process."""
    return len(text) > 4000 and (
        text.count("[") + text.count("{") > 2000 or len(_NESTED.findall(text)) > 2000
    )


def _compose_pure(text: str) -> Node | None:
    yaml = YAML(typ="safe", pure=True)
    yaml.Resolver = _Unresolved
    yaml.max_depth = MAX_DEPTH + 1
    try:
        with warnings.catch_warnings(action="ignore"):
            root: Node | None = yaml.compose(text)
            return root
    except MarkedYAMLError as error:
        raise _RefusedError(_index(text, error), *_sentence(error)) from None
    except RecursionError:
        raise _RefusedError(0, "this is nested too deeply", None) from None
    except YAMLError as error:
        at = getattr(error, "position", 0)
        raise _RefusedError(at, "a character here is not allowed in YAML", "remove it") from None
    except (ValueError, TypeError, IndexError, AttributeError, AssertionError):
        raise _RefusedError(0, "this is not YAML", None) from None


def _index(text: str, error: MarkedYAMLError) -> int:
    mark = error.problem_mark or error.context_mark
    return min(mark.index, len(text)) if mark else 0


def _sentence(error: MarkedYAMLError) -> tuple[str, str | None]:
    problem = (error.problem or error.context or "this is not YAML").split("\n")[0]
    if "another document" in problem:
        return "a manifest is one document, and here a second one begins", "remove the `---`"
    if "maximum depth" in problem:
        return "this is nested too deeply", None
    if "'\\t'" in problem:
        return "a tab cannot be used here", "indent with spaces"
    if "mapping values are not allowed" in problem:
        return "a `:` is not expected here", "indent keys alike, and quote text that contains `: `"
    context = f", {error.context}" if error.context and error.problem else ""
    return problem.replace("<", "").replace(">", "") + context, None


class _Builder:
    """Builds the data of one document, and says what in it cannot be."""

    def __init__(self, source: SourceFile, root: Node | None, found: list[Diagnostic]) -> None:
        self.source, self.root, self.found = source, root, found
        self.written: dict[KeyPath, str] = {}
        self.left = MAX_VALUES

    def document(self) -> Document:
        empty = self.root is None or _is_nothing(self.root)
        data = {} if empty else self.value(self.root, ())
        return Document(self.source, data, self.root, self.written)

    def value(self, node: Any, path: KeyPath) -> Any:
        self.left -= 1
        if self.left < 0 or len(path) > MAX_DEPTH:
            grown = "this is nested too deeply" if self.left >= 0 else "this has too many values"
            raise _RefusedError(node, grown, "anchors and aliases that repeat each other add up")
        if node.tag:
            raise _RefusedError(
                node, f"tags such as `{node.tag}` are not read", "write the value without its tag"
            )
        if isinstance(node, ScalarNode):
            return self.scalar(node, path)
        if isinstance(node, SequenceNode):
            return list(self.items(node, path))
        return dict(self.entries(node, path))

    def items(self, node: SequenceNode, path: KeyPath) -> Iterator[Any]:
        for index, item in enumerate(node.value):
            if _is_nothing(item):
                self.nothing(item, "an item of this list has no value")
                yield ""
            else:
                yield self.value(item, (*path, index))

    def entries(self, node: MappingNode, path: KeyPath) -> Iterator[tuple[str, Any]]:
        first: dict[str, Node] = {}
        for key_node, value_node in node.value:
            key = self.key_text(key_node)
            earlier = first.setdefault(key, key_node)
            if earlier is not key_node:
                self.repeated(key, key_node, earlier)
            elif _is_nothing(value_node):
                self.nothing(key_node, f"`{key}` has no value")
            else:
                yield key, self.value(value_node, (*path, key))

    def key_text(self, node: Node) -> str:
        if not isinstance(node, ScalarNode):
            raise _RefusedError(node, "a key is text, not a list or a mapping", None)
        if node.tag:
            raise _RefusedError(node, f"tags such as `{node.tag}` are not read", "remove the tag")
        if node.value == "<<" and not node.style:
            raise _RefusedError(
                node,
                "`<<` is not part of YAML 1.2",
                "put what is shared into `_defaults.yaml`, or write it out",
            )
        return self.text(node)

    def scalar(self, node: ScalarNode, path: KeyPath) -> Any:
        text = self.text(node)
        if node.style:
            return text
        value = _resolve(text)
        if not isinstance(value, str) and value is not None:
            self.written[path] = text
        return value

    def text(self, node: ScalarNode) -> str:
        text = _plain_text(node)
        if "\0" in text or not _is_encodable(text):
            raise _RefusedError(node, "this text has a character that cannot be stored", None)
        return text

    def repeated(self, key: str, node: Node, earlier: Node) -> None:
        here, there = (Location(self.source.path, _span(self.source, n)) for n in (node, earlier))
        related = (Related(there, "first written here"),)
        self.found.append(
            Diagnostic(Code.REPEATED_KEY, f"`{key}` is written twice", here, None, related)
        )

    def nothing(self, node: Node, message: str) -> None:
        where = Location(self.source.path, _span(self.source, node))
        help_ = "write the value, or `null` for nothing, or `{}` for an empty mapping"
        self.found.append(Diagnostic(Code.INVALID_VALUE, message, where, help_))


def _plain_text(node: Any) -> str:
    return node.value.replace(_HIDDEN, ":") if isinstance(node, ScalarNode) else ""


def _is_nothing(node: Any) -> bool:
    return isinstance(node, ScalarNode) and node.value == "" and not node.style and not node.tag


def _is_block(node: Node | None) -> bool:
    return not isinstance(node, ScalarNode) and not getattr(node, "flow_style", False)


def _is_encodable(text: str) -> bool:
    return text.isascii() or not any("\ud800" <= letter <= "\udfff" for letter in text)


_CONVERT: dict[str, Callable[[str], Any]] = {
    "int": int,
    "oct": lambda digits: int(digits, 8),
    "hex": lambda digits: int(digits, 16),
    "float": float,
    "inf": lambda sign: float(sign + "inf"),
    "nan": float,
}


def _resolve(text: str) -> Any:
    """A plain scalar's value by YAML 1.2's core schema."""
    if text in _NULL:
        return None
    if text in _BOOL:
        return _BOOL[text]
    match = _NUMBER.fullmatch(text)
    for name, part in match.groupdict().items() if match else ():
        if part is not None:
            return _CONVERT[name](part)
    return text


def _span(source: SourceFile, node: Any) -> Span:
    """A node's first line: an end mark of a block runs on to the next token."""
    start = source.position(node.start_mark.index)
    end = source.position(node.end_mark.index)
    if end.line > start.line:
        end = Position(start.line, max(start.column, len(source.line(start.line).rstrip())))
    return Span(start, end)


def _line_span(source: SourceFile, index: int) -> Span:
    start = source.position(index)
    return Span(start, start)
