"""A folder → its compilation: with layout, contract and texts found as `check` finds them."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.compiler import Compilation, Memory, compile_sources
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.layout import Layout, find_layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.project_folder.read_texts import compile_known
from pipes_projects.schema.contract.of_project import contract_of
from pipes_projects.source import Sources, read_sources


def compile_project(
    path: Path, contract: Contract | None = None, memory: Memory | None = None
) -> Compilation:
    """Compile the project that a folder is, or is in: the result is what `check` would report.

    The contract is the one in the project, unless given. Raises `LayoutError` if there is no
    project, and `ContractError` if its contract cannot be read; what is wrong with its manifests is
    never raised.
    """
    return compile_layout(find_layout(path), contract, memory)


def compile_layout(
    layout: Layout,
    contract: Contract | None = None,
    memory: Memory | None = None,
    checks: tuple[Check, ...] = CHECKS,
) -> Compilation:
    """Compile the project with this layout; raises `ContractError`, as `compile_project` does.

    Without a memory, what earlier runs have read is known from the user's cache.
    """
    contract = contract or contract_of(layout)
    if memory:
        return compile_sources(sources_of(layout), contract, checks, memory)
    return compile_known(layout.root, sources_of(layout), contract, checks)


def sources_of(layout: Layout) -> Sources:
    """What the project is compiled from, according to its settings."""
    return read_sources(layout.root, layout.defs, layout.ignore, layout.hints)
