"""Words of a manifest, replaced in place: everything else stays as its author left it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipes_projects.compiler.fixes import edited
from pipes_projects.compiler.parse.document import Document, KeyPath, parse
from pipes_projects.diagnostics import TextEdit
from pipes_projects.scaffold.renaming.targets import RenameError
from pipes_projects.scaffold.yaml_text import in_place_of
from pipes_projects.source import SourceFile


class Replacement(NamedTuple):
    """A word of a document that is to be replaced: the key of an entry, or a value."""

    path: KeyPath
    new: str
    is_key: bool = False


def document_of(source: SourceFile) -> Document:
    """What a manifest says; raises `RenameError` if that cannot be read."""
    document = parse(source).document
    if document is None:
        raise RenameError(f"{source.path} cannot be read: see `check`")
    return document


def references(document: Document, keys: Mapping[str, str]) -> Iterator[Replacement]:
    """The dependencies on renamed assets, at the top of a manifest and under its assets."""
    for above, body in _bodies(document):
        deps = body.get("deps")
        if isinstance(deps, str) and deps in keys:
            yield Replacement((*above, "deps"), keys[deps])
        for number, dep in enumerate(deps if isinstance(deps, list) else ()):
            if isinstance(dep, str) and dep in keys:
                yield Replacement((*above, "deps", number), keys[dep])
            elif isinstance(dep, dict) and str(dep.get("asset")) in keys:
                new = keys[str(dep["asset"])]
                yield Replacement((*above, "deps", number, "asset"), new)


def asset_name(document: Document, old: str, new: str) -> Iterator[Replacement]:
    """The name of one of several assets, and the checks that refer to it."""
    yield Replacement(("assets", old), new, is_key=True)
    checks = document.data.get("checks")
    for name, check in checks.items() if isinstance(checks, dict) else ():
        if isinstance(check, dict) and document.written.get(
            ("checks", name, "asset"), check.get("asset")
        ) == old:  # fmt: skip
            yield Replacement(("checks", name, "asset"), new)


def _bodies(document: Document) -> Iterator[tuple[KeyPath, dict[str, Any]]]:
    if not isinstance(document.data, dict):
        return
    yield (), document.data
    assets = document.data.get("assets")
    for name, body in assets.items() if isinstance(assets, dict) else ():
        if isinstance(body, dict):
            yield ("assets", name), body


def mentions(document: Document, keys: Mapping[str, str]) -> Iterator[tuple[KeyPath, str]]:
    """Every value that is exactly one of some keys, whatever it means there."""
    pending: list[tuple[KeyPath, Any]] = [((), document.data)]
    while pending:
        path, value = pending.pop()
        if isinstance(value, str) and value in keys:
            yield path, value
        elif isinstance(value, dict):
            pending += (((*path, name), part) for name, part in value.items())
        elif isinstance(value, list):
            pending += (((*path, number), part) for number, part in enumerate(value))


def rewritten(document: Document, replacements: Iterable[Replacement]) -> SourceFile:
    """The text with each word replaced; raises `RenameError` if it would say anything else."""
    source, wanted = document.source, document.data
    edits = {}
    for replacement in replacements:
        edit = _edit(document, replacement)
        edits[edit.location] = edit
        wanted = _replaced(wanted, replacement.path, replacement)
    fresh = edited(source, edits.values())
    reread = parse(fresh).document if edits else document
    if reread is None or repr(reread.data) != repr(wanted):
        places = " and ".join(f"{location}" for location in edits)
        raise RenameError(
            f"{places}: this cannot be replaced in place (it has an anchor, or several"
            " lines): write it plainly first"
        )
    return fresh


def _edit(document: Document, replacement: Replacement) -> TextEdit:
    find = document.key if replacement.is_key else document.value
    location, source = find(replacement.path), document.source
    old = source.text[source.index(location.span.start) : source.index(location.span.end)]
    return TextEdit(location, in_place_of(old, replacement.new))


def _replaced(data: Any, path: KeyPath, replacement: Replacement) -> Any:
    """The data of a document with one word replaced."""
    if not path:
        return replacement.new
    step, *rest = path
    if replacement.is_key and not rest:
        return {replacement.new if key == step else key: data[key] for key in data}
    if isinstance(data, list):
        return [
            _replaced(part, tuple(rest), replacement) if number == step else part
            for number, part in enumerate(data)
        ]
    return {
        key: _replaced(part, tuple(rest), replacement) if key == step else part
        for key, part in data.items()
    }
