"""The compiler: a project's texts → its model, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import cache, partial
from pathlib import Path
from typing import NamedTuple

from pipes_projects.codes import Code, Severity
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.compiler.lower.defaults import Inherited
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
from pipes_projects.compiler.parse.misnamed import misnamed_files
from pipes_projects.compiler.validate.doubts import doubts
from pipes_projects.compiler.validate.other_yaml import no_manifest
from pipes_projects.compiler.validate.validation import Manifest, unknown_defaults, validate
from pipes_projects.diagnostics import Diagnostic, in_order
from pipes_projects.files import Files
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import SingleAssetManifest
from pipes_projects.project import Project, Script
from pipes_projects.source import (
    START,
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
    """The manifests."""
    others: Mapping[str, SourceFile] = {}
    """Other files that findings point into."""

    def source(self, path: str) -> SourceFile | None:
        """The text of a file that a finding is in."""
        return self.texts.get(path) or self.others.get(path)

    @property
    def has_errors(self) -> bool:
        """Whether the project cannot be run as it is."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def compile_project(
    root: Path,
    contract: Contract | None = None,
    defs: str = "defs",
    checks: tuple[Check, ...] = CHECKS,
    ignore: tuple[str, ...] = (),
    hints: bool = True,
) -> Compilation:
    """Compile the manifests below `root`/`defs`; reads the disk, raises nothing."""
    return compile_sources(read_sources(root, defs, ignore, hints), contract, checks)


def compile_sources(
    sources: Sources,
    contract: Contract | None = None,
    checks: tuple[Check, ...] = CHECKS,
    lower: Callable[[Lowering], Script] = Lowering.script,
) -> Compilation:
    """Compile a project from its texts. The contract is the built-in one, unless given."""
    contract = contract or built_in_contract()
    found = [_unreadable(it) for it in sources.unreadable]
    misnamed = tuple(misnamed_files(sources))
    found += (it.diagnostic for it in misnamed)
    files = usable(sources.manifests, sources.defs, found)
    found += check_names(files, sources.defs)
    unread = (*(it.path for it in sources.unreadable), *(it.meant for it in misnamed))
    defaults = _defaults(files, unread, sources.files, contract, found)
    inherited = cache(partial(_inherited, contract, defaults))
    unknown, meant = {*unread, *(it.path for it in sources.manifests)}, set[str]()
    scripts = []
    for source in files:
        if is_defaults(source.path):
            continue
        manifest = _manifest(source, sources.files, contract, found)
        if manifest is None:
            continue
        if "assets" not in manifest.broken - manifest.data.keys():
            unknown.discard(source.path)
        meant |= set(groups_meant(manifest, sources.defs)) if manifest.broken else set()
        above = inherited(_folder(manifest))
        lowering = Lowering(manifest, above, contract, sources.files, found, sources.defs)
        scripts.append(lower(lowering))
    unknown = {path for path in unknown if not is_defaults(path)}
    found += unused_defaults(defaults, scripts, unknown, contract)
    opaque = frozenset(group_of(path, sources.defs) for path in unknown) | meant
    project = Project(
        tuple(scripts),
        contract.asset_keys,
        opaque,
        contract.partitions_defs,
        contract.kinds,
        sources.files,
        sources.defs,
    )
    found += [diagnostic for check in checks for diagnostic in check(project)]
    texts = {source.path: source for source in sources.manifests}
    diagnostics = in_order(it for it in found if _is_wanted(it, sources))
    others = dict(_others(diagnostics, texts, sources.files))
    return Compilation(project, _with_fixes(diagnostics, texts), texts, others)


def _others(
    found: Iterable[Diagnostic], texts: Mapping[str, SourceFile], files: Files
) -> Iterator[tuple[str, SourceFile]]:
    paths = {it.location.path for it in found if it.location.span != START} - texts.keys()
    for path in sorted(paths):
        content = files.content(path)
        if content is not None:
            yield path, SourceFile(path, content.decode("utf-8-sig", "replace"))


def _is_wanted(it: Diagnostic, sources: Sources) -> bool:
    if it.is_error:
        return True
    is_spoken_of = sources.hints or it.severity is not Severity.HINT
    return is_spoken_of and it.location.path not in sources.ignored


def _with_fixes(
    found: tuple[Diagnostic, ...], texts: Mapping[str, SourceFile]
) -> tuple[Diagnostic, ...]:
    if not any(it.correction or it.code is Code.DUPLICATE_MANIFEST for it in found):
        return found
    from pipes_projects.compiler.fixes import with_fixes  # few projects need it

    return with_fixes(found, texts)


def _manifest(
    source: SourceFile, files: Files, contract: Contract, found: list[Diagnostic]
) -> Manifest | None:
    """What a source validly says; None, with a finding, where nobody can know."""
    document = parse(source, found)
    if document and (other := no_manifest(document, files, contract)):
        found.append(other)
        return None
    manifest = validate(document, contract, found) if document else None
    found += doubts(manifest, contract) if manifest else ()
    if manifest and manifest.form is SingleAssetManifest and "key" not in manifest.data:
        found += check_asset_name(source)
    return manifest


def _defaults(
    sources: list[SourceFile],
    unread: Iterable[str],
    files: Files,
    contract: Contract,
    found: list[Diagnostic],
) -> dict[str, Manifest]:
    """The defaults of each folder that has any; those that nobody can read may say anything."""
    mine = [it for it in sources if is_defaults(it.path)]
    read = (_manifest(it, files, contract, found) for it in mine)
    known = {_folder(it): it for it in read if it is not None}
    for path in (*filter(is_defaults, unread), *(it.path for it in mine)):
        manifest = unknown_defaults(path, contract)
        known.setdefault(_folder(manifest), manifest)
    return known


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
