"""The compiler: a project's texts → its model, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path

from pipes_projects.compiler.checks import CHECKS
from pipes_projects.compiler.document import parse
from pipes_projects.compiler.lowering import lower
from pipes_projects.compiler.names import (
    check_asset_name,
    check_names,
    group_of,
    is_defaults,
    usable,
)
from pipes_projects.compiler.validation import Manifest, validate
from pipes_projects.diagnostics import Code, Diagnostic, in_order
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import SingleAssetManifest
from pipes_projects.manifest.kinds import built_in_contract
from pipes_projects.project import Project
from pipes_projects.source import Location, SourceFile, Sources, Unreadable, read_sources

__all__ = ["Compilation", "compile_project", "compile_sources"]


@dataclass(frozen=True)
class Compilation:
    """What came of compiling: a project, the findings in order, and the texts they point into."""

    project: Project
    diagnostics: tuple[Diagnostic, ...]
    texts: Mapping[str, SourceFile] = field(repr=False, default_factory=dict)

    @property
    def has_errors(self) -> bool:
        """Whether the project cannot be run as it is."""
        return any(diagnostic.is_error for diagnostic in self.diagnostics)


def compile_project(
    root: Path, contract: Contract | None = None, defs: str = "defs"
) -> Compilation:
    """Compile the manifests below `root`/`defs`; reads the disk, raises nothing."""
    return compile_sources(read_sources(root, defs), contract)


def compile_sources(sources: Sources, contract: Contract | None = None) -> Compilation:
    """Compile a project from its texts. The contract is the built-in one, unless given."""
    contract = contract or built_in_contract()
    found = [_unreadable(it) for it in sources.unreadable]
    files = usable(sources.manifests, sources.defs, found)
    found += check_names(files, sources.defs)
    manifests, opaque = _manifests(files, contract, sources, found)
    defaults = {_folder(it): it for it in manifests if is_defaults(it.document.source)}
    scripts = []
    for manifest in manifests:
        if not is_defaults(manifest.document.source):
            inherited = [defaults[f] for f in _folders_above(manifest) if f in defaults]
            scripts.append(lower(manifest, inherited, contract, sources.files, found, sources.defs))
    project = Project(tuple(scripts), contract.asset_keys, opaque)
    found += [diagnostic for check in CHECKS for diagnostic in check(project)]
    texts = {source.path: source for source in sources.manifests}
    return Compilation(project, in_order(found), texts)


def _manifests(
    files: list[SourceFile], contract: Contract, sources: Sources, found: list[Diagnostic]
) -> tuple[list[Manifest], frozenset[str]]:
    """The manifests that could be read, and the groups in which one could not."""
    manifests = []
    opaque = {group_of(it.path, sources.defs) for it in sources.unreadable}
    for source in files:
        document = parse(source, found)
        manifest = validate(document, contract, found) if document else None
        if manifest is None:
            opaque.add(group_of(source.path, sources.defs))
            continue
        manifests.append(manifest)
        if manifest.form is SingleAssetManifest and "key" not in manifest.data:
            found += check_asset_name(source)
    return manifests, frozenset(opaque)


def _folder(manifest: Manifest) -> str:
    return manifest.path.rpartition("/")[0]


def _folders_above(manifest: Manifest) -> Iterator[str]:
    """The folders that a manifest is in, the outermost first."""
    parts = manifest.path.split("/")[:-1]
    return ("/".join(parts[: end + 1]) for end in range(len(parts)))


def _unreadable(it: Unreadable) -> Diagnostic:
    return Diagnostic(Code.UNREADABLE_FILE, it.reason, Location(it.path), it.help)
