"""The compiler: the texts of a project → its model, and everything that is wrong with it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from pipes_projects.codes import Code, Severity
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.compiler.lower.inheritance.unused_defaults import unused_defaults
from pipes_projects.compiler.lower.launch import missing_folder
from pipes_projects.compiler.lower.lowering import Lowered, lower
from pipes_projects.compiler.lower.script_file import ScriptFile, find_script
from pipes_projects.compiler.lower.unknown_groups import groups_meant
from pipes_projects.compiler.manifests import Manifests, read_manifests
from pipes_projects.compiler.memory import Memory
from pipes_projects.compiler.parse.file_names import group_of, is_defaults
from pipes_projects.compiler.quotes import with_quotes
from pipes_projects.diagnostics import Diagnostic, in_order
from pipes_projects.disk.files import Files, JudgedFiles
from pipes_projects.kinds import built_in_contract
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Project, Script
from pipes_projects.source import (
    START,
    Location,
    Position,
    SourceFile,
    Sources,
    Span,
    Unreadable,
)

__all__ = ["Compilation", "Memory", "compile_sources"]


class Compilation(NamedTuple):
    """The result of compiling: a project, its findings in order, and the texts they point into."""

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


def compile_sources(
    sources: Sources,
    contract: Contract | None = None,
    checks: tuple[Check, ...] = CHECKS,
    memory: Memory | None = None,
) -> Compilation:
    """Compile a project from its texts: a function of the texts and the contract only.

    The contract is the built-in one, unless given. With the memory of an earlier compilation, only
    what has changed since then is compiled again; the result is the same.
    """
    files = JudgedFiles(sources.files)
    if memory:
        files = replace(files, judgement=memory.judged)
    memory = memory or Memory()
    contract = memory.begin(contract or built_in_contract())
    manifests = read_manifests(sources, contract, memory)
    lowered = _lowered(manifests, sources, memory, contract.suspicion)
    unknown = _unknown(manifests)
    project = Project(
        tuple(result.script for result in lowered),
        contract.asset_keys,
        frozenset(_opaque_groups(manifests, unknown, sources.defs)),
        contract.partitions_defs,
        contract.suspicion,
        contract.kinds,
        files,
        sources.defs,
        contract.script_defaults,
        contract.run_by_owner,
        contract.connections,
    )
    found = (
        *map(_unreadable, sources.unreadable),
        *manifests.diagnostics,
        *(diagnostic for result in lowered for diagnostic in result.diagnostics),
        *unused_defaults(manifests.defaults, project.scripts, unknown, contract),
        *(diagnostic for check in checks for diagnostic in check(project)),
    )
    texts = {source.path: source for source in sources.manifests}
    wanted = (finding for finding in found if _is_wanted(finding, sources))
    diagnostics = in_order(with_quotes(finding, texts) for finding in wanted)
    others = dict(_others(diagnostics, texts, sources.files))
    return Compilation(project, _with_fixes(diagnostics, texts, manifests), texts, others)


def _is_wanted(finding: Diagnostic, sources: Sources) -> bool:
    if finding.is_error:
        return True
    is_spoken_of = sources.hints or finding.severity is not Severity.HINT
    return is_spoken_of and finding.location.path not in sources.ignored


def _others(
    found: Iterable[Diagnostic], texts: Mapping[str, SourceFile], files: Files
) -> Iterator[tuple[str, SourceFile]]:
    paths = {
        finding.location.path for finding in found if finding.location.span != START
    } - texts.keys()
    for path in sorted(paths):
        content = files.content(path)
        if content is not None:
            yield path, SourceFile(path, content.decode("utf-8-sig", "replace"))


class _Found(NamedTuple):
    """A script, and its file if it has one."""

    script: Script
    diagnostics: tuple[Diagnostic, ...]


def _lowered(
    manifests: Manifests, sources: Sources, memory: Memory, suspicion: str
) -> list[_Found]:
    defs, files, scripts = sources.defs, sources.files, []
    for path, manifest in manifests.of_scripts.items():
        lowered = memory.recall(path, lower, manifest, manifests.above(path), defs)
        wanted = lowered.wanted
        file = find_script(wanted, files, suspicion) if wanted else ScriptFile(None)
        script = memory.recall(path, _at, lowered, file.path)
        missing = (
            finding for folder in lowered.folders for finding in missing_folder(folder, files)
        )
        scripts.append(_Found(script, (*lowered.diagnostics, *file.diagnostics, *missing)))
    return scripts


def _at(lowered: Lowered, path: str | None) -> Script:
    return lowered.script._replace(path=path)


def _unknown(manifests: Manifests) -> frozenset[str]:
    """The files whose assets cannot be known."""
    known = {
        path
        for path, manifest in manifests.of_scripts.items()
        if "assets" in manifest.data or "assets" not in manifest.broken
    }
    return frozenset(
        path for path in manifests.paths if path not in known and not is_defaults(path)
    )


def _opaque_groups(manifests: Manifests, unknown: Iterable[str], defs: str) -> Iterator[str]:
    """Where there may be assets that we do not know of."""
    yield from (group_of(path, defs) for path in unknown)
    for path, manifest in manifests.of_scripts.items():
        if manifest.broken:
            yield from manifests.memory.recall(path, groups_meant, manifest, defs)


def _with_fixes(
    found: tuple[Diagnostic, ...], texts: Mapping[str, SourceFile], manifests: Manifests
) -> tuple[Diagnostic, ...]:
    if not any(map(_may_have_fix, found)):
        return found
    from pipes_projects.compiler.fixes import with_fixes  # few projects need it

    return with_fixes(found, texts, manifests.documents, manifests.memory)


def _may_have_fix(finding: Diagnostic) -> bool:
    return bool(finding.correction or finding.addition or finding.code is Code.DUPLICATE_MANIFEST)


def _unreadable(unreadable: Unreadable) -> Diagnostic:
    at = Position(unreadable.line, 0)
    return Diagnostic(
        Code.UNREADABLE_FILE,
        unreadable.reason,
        Location(unreadable.path, Span(at, at)),
        unreadable.help,
    )
