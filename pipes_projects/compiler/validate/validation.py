"""Document → Manifest: each document is checked by its own model, and nothing is required yet.

What a `_defaults.yaml` can supply is not required here. What is wrong is left out of the manifest,
so that later stages can go on with the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import BaseModel, ValidationError

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import REFERENCE, Document, KeyPath, Parsed
from pipes_projects.compiler.parse.file_names import check_asset_name, is_defaults
from pipes_projects.compiler.parse.slips.joined import joined
from pipes_projects.compiler.validate.doubts import doubts
from pipes_projects.compiler.validate.findings import finding, with_few_guesses
from pipes_projects.compiler.validate.key_rules import problems_of
from pipes_projects.compiler.validate.miswritten.indentation import misplaced_lines
from pipes_projects.compiler.validate.miswritten.no_mapping import no_mapping
from pipes_projects.compiler.validate.miswritten.shapes import misshapen
from pipes_projects.compiler.validate.other_yaml import is_other_yaml
from pipes_projects.compiler.validate.words.param_types import with_param_type
from pipes_projects.compiler.validate.words.top_keys import with_words
from pipes_projects.diagnostics import Diagnostic, suspecting
from pipes_projects.manifest.contract import Contract, text_patterns
from pipes_projects.manifest.forms import (
    FIELDS,
    Defaults,
    Form,
    MultiAssetManifest,
    SingleAssetManifest,
)
from pipes_projects.manifest.model.marks import Patterns
from pipes_projects.manifest.model.problems import Path, Problem, from_pydantic
from pipes_projects.source import SourceFile


class Manifest(NamedTuple):
    """What a document validly says."""

    document: Document
    form: Form
    data: Mapping[str, Any]
    broken: frozenset[str] = frozenset()
    """Top-level keys whose values were left out because of a finding."""
    typed: BaseModel | None = None
    """The data as its model, where nothing was left out."""

    @property
    def path(self) -> str:
        """The file it was written in."""
        return self.document.source.path


FIELDS_OF_ALL = FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest]


def form_of(document: Document) -> Form:
    """Having `assets` makes the difference between the two forms of a manifest."""
    if is_defaults(document.source.path):
        return Defaults
    return MultiAssetManifest if "assets" in document.data else SingleAssetManifest


class Validated(NamedTuple):
    """The result of validating a document; no manifest if it is unclear what it says."""

    manifest: Manifest | None
    diagnostics: tuple[Diagnostic, ...] = ()
    is_other: bool = False
    """Whether it looks like something else than a manifest."""


def understand(
    source: SourceFile, contract: Contract, parse: Callable[[SourceFile], Parsed]
) -> Validated:
    """All that one text alone determines: parsed, validated, and with its file's name judged."""
    parsed = parse(source)
    if parsed.document is None:
        return Validated(None, parsed.diagnostics)
    manifest, found, _ = validate(parsed.document, contract)
    names_asset = manifest and manifest.form is SingleAssetManifest and "key" not in manifest.data
    of_name = check_asset_name(source) if names_asset else ()
    text = text_patterns(contract, manifest.form) if manifest else Patterns(())
    doubtful = doubts(manifest.document, manifest.broken, text) if manifest else ()
    is_other = is_other_yaml(parsed.document, contract)
    of_text = _not_misplaced(parsed.diagnostics, parsed.document, found)
    return Validated(manifest, (*of_text, *found, *of_name, *doubtful), is_other)


def _not_misplaced(
    of_text: tuple[Diagnostic, ...], document: Document, found: tuple[Diagnostic, ...]
) -> Iterator[Diagnostic]:
    """Without repeated keys that only come from missing indentation, which is reported."""
    repeated = [diagnostic for diagnostic in of_text if diagnostic.code is Code.REPEATED_KEY]
    misplaced = (
        {diagnostic.location for diagnostic in found if diagnostic.code is Code.UNKNOWN_KEY}
        if repeated
        else set()
    )
    names = (
        [name for name in document.keys(("assets",)) if name in FIELDS_OF_ALL] if misplaced else []
    )
    fields = {document.key(("assets", name)) for name in names}
    misplaced |= fields if fields & misplaced else set()
    beside = {document.key((name,)) for name in _after_assets(document)} if misplaced else set()
    misplaced |= beside if beside & misplaced else set()
    return (
        diagnostic
        for diagnostic in of_text
        if diagnostic.code is not Code.REPEATED_KEY
        or diagnostic.related[0].location not in misplaced
    )


class _Slips:
    """Slips, each of which says all that is wrong in some places."""

    def __init__(self, problems: list[Problem]) -> None:
        self.problems = problems
        self.covered = frozenset(path for problem in problems for path in problem.covers)


def _after_assets(document: Document) -> list[str]:
    """The keys after an `assets` that has no value."""
    keys = document.keys(()) if ("assets",) in document.holes else []
    return keys[keys.index("assets") + 1 :] if keys else []


def validate(document: Document, contract: Contract) -> Validated:
    """The valid part of the document, by its own model, and what is wrong with the rest."""
    if not isinstance(document.data, dict):
        return Validated(None, tuple(no_mapping(document)))
    form = form_of(document)
    document = _as_text(document, form, contract)
    typed, problems = _judged(form, document.data, contract)
    if not problems and not document.holes:
        return Validated(Manifest(document, form, document.data, typed=typed))
    lines = _Slips(list(misplaced_lines(document, form, contract)))
    shapes = (
        problem
        for problem in misshapen(document, form, contract)
        if not _is_covered(problem.path, lines)
    )
    slips = _Slips([*lines.problems, *shapes])
    data = _without_covered(document.data, slips)
    if slips.problems:
        _, problems = _judged(form, data, contract)
    few = with_few_guesses(problems)
    reported = [
        *slips.problems,
        *(problem for problem in few if not _follows(problem, document, slips)),
    ]
    apart = _in_words(reported, document, form, contract)
    found = [_suspecting(document, problem, contract) for problem in apart]
    found += [hole for path, hole in document.holes.items() if not _is_covered(path, slips)]
    wrong = [*(problem.path for problem in reported), *document.holes, *slips.covered]
    broken = frozenset(str(path[0]) for path in wrong if path)
    manifest = Manifest(document, form, _without(data, [*slips.problems, *problems]), broken)
    return Validated(manifest, tuple(found))


def _judged(
    form: Form, data: dict[str, Any], contract: Contract
) -> tuple[BaseModel | None, list[Problem]]:
    """The data as its model, and what is wrong with it."""
    known, problems = problems_of(form, data, contract)
    try:
        return form.model_validate(known), problems
    except ValidationError as error:
        return None, [*problems, *from_pydantic(form, error)]


def _suspecting(document: Document, problem: Problem, contract: Contract) -> Diagnostic:
    unsure = contract.suspicion if _may_be_added(problem, contract) else ""
    return suspecting(finding(document, problem), unsure)


def _in_words(
    problems: list[Problem], document: Document, form: Form, contract: Contract
) -> Iterator[Problem]:
    """The problems, in words of this format; a missing key that has another name is not
    reported."""
    typed = (with_param_type(problem, document) for problem in problems)
    worded = [with_words(problem, document, form, contract) for problem in typed]
    right = {
        path for problem in worded if problem.code == Code.UNKNOWN_KEY for path in problem.covers
    }
    joins = ((path[:-1], joined(str(path[-1]))) for path in document.holes)
    right |= {(*above, match["key"]) for above, match in joins if match}
    return (
        problem
        for problem in worded
        if problem.code != Code.MISSING_KEY or problem.path not in right
    )


def _may_be_added(problem: Problem, contract: Contract) -> bool:
    """Whether an unknown key may be one that the platform owner has added."""
    if problem.code != Code.UNKNOWN_KEY or problem.path[-1] in FIELDS_OF_ALL:
        return False
    top, depth = problem.path[0], len(problem.path)
    if top in contract.added_fields or (top in contract.blocks and depth > 1):
        return True
    return depth == 1 or (top == "assets" and depth == 3)


def _is_covered(path: Path, slips: _Slips) -> bool:
    """Whether a slip already says all there is to say about a place."""
    return any(path[:end] in slips.covered for end in range(1, len(path) + 1))


def _without_covered(data: dict[str, Any], slips: _Slips) -> dict[str, Any]:
    """The data without what slips cover; an asset is kept, with no fields."""
    gone = dict.fromkeys(
        path for problem in slips.problems for path in problem.covers or (problem.path,)
    )
    names = [path[1] for path in gone if len(path) == 2 and path[0] == "assets"]
    left: dict[str, Any] = _left(data, (), gone, max(map(len, gone), default=0))
    if isinstance(left.get("assets"), dict):
        left["assets"] |= {name: {} for name in names if name not in FIELDS_OF_ALL}
    return left


def _left(value: Any, path: Path, gone: Collection[Path], depth: int) -> Any:
    if not isinstance(value, dict) or not depth:
        return value
    items = ((key, (*path, key), part) for key, part in value.items())
    return {key: _left(part, at, gone, depth - 1) for key, at, part in items if at not in gone}


def _follows(problem: Problem, document: Document, slips: _Slips) -> bool:
    """Whether the problem follows from a missing value, or from a slip."""
    path, holes = problem.path, document.holes
    if holes and any(path[:end] in holes for end in range(1, len(path) + 1)):
        return True
    if any(hole[:-1] == path and str(hole[-1]).startswith(REFERENCE) for hole in holes):
        return True
    if path == ("assets",) and any(covered[0] == "assets" for covered in slips.covered):
        return True
    return _is_covered(path, slips)


def unknown_defaults(path: str, contract: Contract) -> Manifest:
    """Stands for a `_defaults.yaml` that could not be read: it may say anything."""
    names = FIELDS[Defaults] | contract.blocks | contract.added_fields
    return Manifest(Document(SourceFile(path, ""), {}), Defaults, {}, names)


def _as_text(document: Document, form: Form, contract: Contract) -> Document:
    """The document with numbers and booleans as written, wherever text is expected."""
    if not document.holes and not document.written:
        return document
    values: dict[KeyPath, Any] = {
        path: {}  # an asset without a value is still an asset
        for path in document.holes
        if len(path) == 2 and path[0] == "assets" and isinstance(document.data["assets"], dict)
    }
    patterns = text_patterns(contract, form)
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
    """A copy that shares no mappings or lists with the original."""
    if isinstance(value, dict):
        return {key: _copied(part) for key, part in value.items()}
    return [_copied(part) for part in value] if isinstance(value, list) else value


def _without(data: dict[str, Any], problems: list[Problem]) -> dict[str, Any]:
    """The data without the fields that have problems; an asset is kept, whatever is wrong with
    it."""
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
