"""The project as it would be after an import: nothing is written before this has been compiled."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

from pipes_projects.compiler import Compilation, compile_sources
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import DiskFiles
from pipes_projects.kinds import installed_contract
from pipes_projects.layout import layout_of
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import sources_of
from pipes_projects.scaffold.importing.files import NewFiles
from pipes_projects.scaffold.importing.imported import ImportedProject
from pipes_projects.scaffold.would_be import new_findings, with_all
from pipes_projects.schema.contract.of_project import contract_of
from pipes_projects.source import MANIFEST_ENDINGS, SourceFile, Sources


def errors_after(
    found: ImportedProject, files: NewFiles, into: Path
) -> tuple[Compilation, tuple[Diagnostic, ...]]:
    """What the new files would make wrong, and the compilation that says so."""
    layout = layout_of(into) if into.is_dir() else None
    defs = into.relative_to(found.root).as_posix()
    sources = sources_of(layout) if layout else Sources(DiskFiles(found.root), defs=defs)
    contract = _contract(contract_of(layout) if layout else installed_contract(), found)
    fresh = {path: text for path, text in files.texts.items() if not (found.root / path).exists()}
    own = {f"{defs}/defs.yaml"}
    manifests = [
        SourceFile(path, text)
        for path, text in fresh.items()
        if path.endswith(MANIFEST_ENDINGS) and path not in own
    ]
    copies = dict.fromkeys(files.copies, "")
    after = compile_sources(with_all(sources, manifests, {**copies, **fresh}), contract)
    before = compile_sources(sources, contract)
    return after, tuple(new for new in new_findings(before, after) if new.is_error)


def _contract(contract: Contract, found: ImportedProject) -> Contract:
    code, rules = found.code, dict.fromkeys(found.code.automation_conditions, "")
    return replace(
        contract,
        asset_keys=contract.asset_keys | found.others,
        partitions_defs={**contract.partitions_defs, **code.described},
        automation_conditions={**contract.automation_conditions, **rules},
    )
