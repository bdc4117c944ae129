"""A folder → a picture of its project: `list`, `graph` and `diff` read the same one."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.analysis.picture.making import picture_sources
from pipes_projects.analysis.picture.model import Picture
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.layout import Layout, find_layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder import sources_of
from pipes_projects.schema.contract.of_project import contract_of


def picture_project(path: Path, contract: Contract | None = None) -> Picture:
    """A picture of the project that a folder is, or is in.

    The contract is the one in the project, unless given. Raises `LayoutError` and `ContractError`,
    as `compile_project` does; what is wrong with its manifests is never raised.
    """
    return picture_layout(find_layout(path), contract)


def picture_layout(
    layout: Layout, contract: Contract | None = None, checks: tuple[Check, ...] = CHECKS
) -> Picture:
    """A picture of the project with this layout; raises `ContractError`."""
    return picture_sources(sources_of(layout), contract or contract_of(layout), checks)
