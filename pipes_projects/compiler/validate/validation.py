"""Document → Manifest: each document is checked by its own model, with nothing required.

What a `_defaults.yaml` can supply is never asked for here. What is wrong is left out of the
manifest, so that the stages after this one can go on with the rest.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document, KeyPath, parse
from pipes_projects.compiler.parse.file_names import check_asset_name, is_defaults
from pipes_projects.compiler.validate.doubts import doubts
from pipes_projects.compiler.validate.key_rules import problems_of
from pipes_projects.compiler.validate.other_yaml import is_other_yaml
from pipes_projects.diagnostics import Correction, Diagnostic
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import (
    FIELDS,
    Defaults,
    Form,
    MultiAssetManifest,
    SingleAssetManifest,
)
from pipes_projects.manifest.marks import Patterns
from pipes_projects.manifest.problems import Problem, from_pydantic
from pipes_projects.source import Location, SourceFile
from pipes_projects.spelling import nearest, obvious, similar


class Manifest(NamedTuple):
    """What a document validly says."""

    document: Document
    form: Form
    data: Mapping[str, Any]
    broken: frozenset[str] = frozenset()
    """Keys at the top whose values were left out because of a finding."""
    typed: BaseModel | None = None
    """The data as their model, where nothing was left out."""

    @property
    def path(self) -> str:
        """The file it was written in."""
        return self.document.source.path


def form_of(document: Document) -> Form:
    """`assets` makes the difference between the two forms of a manifest."""
    if is_defaults(document.source.path):
        return Defaults
    return MultiAssetManifest if "assets" in document.data else SingleAssetManifest


class Validated(NamedTuple):
    """What came of validating a document; no manifest, where nobody can know what it says."""

    manifest: Manifest | None
    diagnostics: tuple[Diagnostic, ...] = ()
    is_other: bool = False
    """Whether it looks as if it were meant to be no manifest at all."""


def understand(source: SourceFile, contract: Contract) -> Validated:
    """All that one text decides alone: parsed, validated, and its file's name judged."""
    parsed = parse(source)
    if parsed.document is None:
        return Validated(None, parsed.diagnostics)
    manifest, found, _ = validate(parsed.document, contract)
    names_asset = manifest and manifest.form is SingleAssetManifest and "key" not in manifest.data
    of_name = check_asset_name(source) if names_asset else ()
    text = contract.text_patterns[manifest.form] if manifest else Patterns(())
    doubtful = doubts(manifest.document, manifest.broken, text) if manifest else ()
    is_other = is_other_yaml(parsed.document, contract)
    return Validated(manifest, (*parsed.diagnostics, *found, *of_name, *doubtful), is_other)


def validate(document: Document, contract: Contract) -> Validated:
    """What the document validly says by its own model, and what is wrong with the rest."""
    if not isinstance(document.data, dict):
        help_ = "write `kind: subprocess`, or leave the file empty"
        where = document.value(())
        message = "a manifest is a mapping of keys"
        return Validated(None, (Diagnostic(Code.INVALID_VALUE, message, where, help_),))
    form = form_of(document)
    document = _as_text(document, form, contract)
    known, problems = problems_of(form, document.data, contract)
    typed = None
    try:
        typed = form.model_validate(known)
    except ValidationError as error:
        problems += from_pydantic(form, error)
    if not problems and not document.holes:
        return Validated(Manifest(document, form, document.data, typed=typed))
    apart = (problem for problem in problems if not _follows(problem, document))
    broken = frozenset(
        str(path[0]) for path in (*(it.path for it in problems), *document.holes) if path
    )
    manifest = Manifest(document, form, _without(document.data, problems), broken)
    return Validated(manifest, tuple(findings(document, apart)))


def _follows(problem: Problem, document: Document) -> bool:
    """Whether it is about a value that is missing, of which a finding has been made."""
    path, holes = problem.path, document.holes
    return bool(holes) and any(path[:end] in holes for end in range(1, len(path) + 1))


def unknown_defaults(path: str, contract: Contract) -> Manifest:
    """Stands for a `_defaults.yaml` that could not be read: it may say anything."""
    names = FIELDS[Defaults] | contract.blocks | contract.added_fields
    return Manifest(Document(SourceFile(path, ""), {}), Defaults, {}, names)


def _as_text(document: Document, form: Form, contract: Contract) -> Document:
    """The document with numbers and booleans as they are written, wherever text is wanted."""
    if not document.holes and not document.written:
        return document
    values: dict[KeyPath, Any] = {
        path: {}  # an asset without a value is an asset all the same
        for path in document.holes
        if len(path) == 2 and path[0] == "assets" and isinstance(document.data["assets"], dict)
    }
    patterns = contract.text_patterns[form]
    values |= {path: text for path, text in document.written.items() if path in patterns}
    if not values:
        return document
    data = _copied(document.data)
    for path, value in values.items():
        parent = data
        for step in path[:-1]:
            parent = parent[step]
        parent[path[-1]] = value
    return document._replace(data=data)


def _copied(value: Any) -> Any:
    """A copy whose mappings and lists are its own."""
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def _without(data: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The data without the fields that have problems; an asset is one, whatever is said of it."""
    kept = dict(data)
    if isinstance(kept.get("assets"), dict):
        kept["assets"] = {
            name: dict(body) if isinstance(body, dict) else {}
            for name, body in kept["assets"].items()
        }
    for problem in problems:
        top, *rest = problem.path or ("",)
        if top != "assets" or not rest or not isinstance(kept.get("assets"), dict):
            kept.pop(str(top), None)
        elif len(rest) > 1:
            kept["assets"].get(rest[0], {}).pop(rest[1], None)
    return kept


def _diagnostic(document: Document, problem: Problem) -> Diagnostic:
    find = document.key if problem.at_key else document.value
    path = problem.path
    if problem.code == Code.MISSING_KEY:  # nobody wrote it: point at what should have it
        path, find = path[:-1], document.value
    place, help_ = find(path), problem.help
    if problem.code == Code.UNKNOWN_KEY:
        help_ = help_ or _known_keys(str(path[-1]), problem.known, document.at(path[:-1]))
    correction = _correction(document, problem, place)
    return Diagnostic(Code(problem.code), problem.message, place, help_, correction=correction)


def _correction(document: Document, problem: Problem, place: Location) -> Correction | None:
    path, right = problem.path, problem.right
    if problem.right_key:
        return Correction(document.key(path), problem.right_key, str(path[-1]), is_key=True)
    if problem.code == Code.UNKNOWN_KEY:
        close = _slip_of(str(path[-1]), problem.known)
        return Correction(place, close, is_key=True) if close else None
    if right is None and problem.known:
        right = _word_meant(str(document.at(path)), problem.known)
    if isinstance(right, str):
        right = document.written.get(path, right)  # a number, as its author wrote it
    return Correction(place, right) if right is not None and not problem.at_key else None


def _slip_of(key: str, known: tuple[str, ...]) -> str | None:
    """The key that was certainly meant; `asset` may as well be about the one asset there is."""
    return None if key == "asset" else _word_meant(key, known)


@lru_cache(maxsize=1024)
def _word_meant(word: str, known: tuple[str, ...]) -> str | None:
    """One slip may be in many files."""
    return obvious(word, known, plurals=True)


def _known_keys(key: str, known: tuple[str, ...], beside: Any) -> str | None:
    close = nearest(key, known)
    if isinstance(beside, dict) and close in beside:
        return f"`{close}` is written here too: keep one of them"
    if close := similar(key, known, "a key"):
        return close
    few = ", ".join(f"`{name}`" for name in known) if len(known) <= 8 else ""
    return f"the keys here are {few}" if few else None


def findings(document: Document, problems: Iterable[Problem]) -> Iterator[Diagnostic]:
    """Problems, at their places in a document."""
    return (_diagnostic(document, problem) for problem in problems)
