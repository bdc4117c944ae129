"""The compiler: a project's texts → its model, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.compiler.lower.defaults import Inherited
from pipes_projects.compiler.lower.inherited_size import too_much
from pipes_projects.compiler.lower.lowering import Lowering
from pipes_projects.compiler.lower.unknown_groups import groups_meant
from pipes_projects.compiler.lower.unused_defaults import unused_defaults
from pipes_projects.compiler.parse.document import parse
from pipes_projects.compiler.parse.file_names import (
    check_asset_name,
    check_names,
    group_of,
    is_defaults,
    usable,
)
from pipes_projects.compiler.validate.validation import Manifest, unknown_defaults, validate
from pipes_projects.diagnostics import Diagnostic, in_order
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import SingleAssetManifest
from pipes_projects.project import Project, Script
from pipes_projects.source import (
    Location,
    Position,
    SourceFile,
    Sources,
    Span,
    Unreadable,
    read_sources,
)

__all__ = ["Compilation", "compile_project", "compile_sources"]


class Compilation(NamedTuple):
    """What came of compiling: a project, the findings in order, and the texts they point into."""

    project: Project
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, SourceFile] = {}

    @property
    def has_errors(self) -> bool:
        """Whether the project cannot be run as it is."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def compile_project(
    root: Path,
    contract: Contract | None = None,
    defs: str = "defs",
    checks: tuple[Check, ...] = CHECKS,
) -> Compilation:
    """Compile the manifests below `root`/`defs`; reads the disk, raises nothing."""
    return compile_sources(read_sources(root, defs), contract, checks)


def compile_sources(
    sources: Sources,
    contract: Contract | None = None,
    checks: tuple[Check, ...] = CHECKS,
    lower: Callable[[Lowering], Script] = Lowering.script,
) -> Compilation:
    """Compile a project from its texts. The contract is the built-in one, unless given."""
    contract = contract or built_in_contract()
    found = [_unreadable(it) for it in sources.unreadable]
    files = usable(sources.manifests, sources.defs, found)
    found += check_names(files, sources.defs)
    defaults = _defaults(files, sources, contract, found)
    inherited = cache(partial(_inherited, contract, defaults))
    unknown, meant = set(_paths(sources)), set[str]()
    scripts = []
    for source in files:
        manifest = None if is_defaults(source.path) else _manifest(source, contract, found)
        if manifest is None:
            continue
        above = inherited(_folder(manifest))
        if refusal := too_much(manifest, above):
            found.append(refusal)
            continue
        if "assets" not in manifest.broken - manifest.data.keys():
            unknown.discard(source.path)
        meant |= set(groups_meant(manifest, sources.defs)) if manifest.broken else set()
        lowering = Lowering(manifest, above, contract, sources.files, found, sources.defs)
        scripts.append(lower(lowering))
    unknown = {path for path in unknown if not is_defaults(path)}
    found += unused_defaults(defaults, scripts, unknown, contract)
    opaque = frozenset(group_of(path, sources.defs) for path in unknown) | meant
    keys, partitions = contract.asset_keys, contract.partitions_defs
    project = Project(tuple(scripts), keys, opaque, partitions)
    found += [diagnostic for check in checks for diagnostic in check(project)]
    texts = {source.path: source for source in sources.manifests}
    return Compilation(project, _with_fixes(in_order(found), texts), texts)


def _with_fixes(
    found: tuple[Diagnostic, ...], texts: Mapping[str, SourceFile]
) -> tuple[Diagnostic, ...]:
    if not any(it.correction or it.code is Code.DUPLICATE_MANIFEST for it in found):
        return found
    from pipes_projects.compiler.fixes import with_fixes  # few projects need it

    return with_fixes(found, texts)


def _manifest(source: SourceFile, contract: Contract, found: list[Diagnostic]) -> Manifest | None:
    """What a source validly says; None, with a finding, where nobody can know."""
    document = parse(source, found)
    manifest = validate(document, contract, found) if document else None
    if manifest and manifest.form is SingleAssetManifest and "key" not in manifest.data:
        found += check_asset_name(source)
    return manifest


def _defaults(
    files: list[SourceFile], sources: Sources, contract: Contract, found: list[Diagnostic]
) -> dict[str, Manifest]:
    """The defaults of each folder that has any; those that nobody can read may say anything."""
    read = (_manifest(it, contract, found) for it in files if is_defaults(it.path))
    known = {_folder(it): it for it in read if it is not None}
    for path in filter(is_defaults, _paths(sources)):
        manifest = unknown_defaults(path, contract)
        known.setdefault(_folder(manifest), manifest)
    return known


def _paths(sources: Sources) -> Iterator[str]:
    yield from (it.path for it in sources.manifests)
    yield from (it.path for it in sources.unreadable)


def _folder(manifest: Manifest) -> str:
    return manifest.path.rpartition("/")[0]


def _inherited(contract: Contract, defaults: Mapping[str, Manifest], folder: str) -> Inherited:
    """The defaults in a folder and those that it is in, the outermost first."""
    parts = folder.split("/")
    folders = ("/".join(parts[: end + 1]) for end in range(len(parts)))
    return Inherited(contract, tuple(defaults[it] for it in folders if it in defaults))


def _unreadable(it: Unreadable) -> Diagnostic:
    at = Position(it.line, 0)
    return Diagnostic(Code.UNREADABLE_FILE, it.reason, Location(it.path, Span(at, at)), it.help)
