"""A folder → its compilation: layout, contract and texts are found as `check` finds them."""

from __future__ import annotations

from pathlib import Path

from pipes_projects.compiler import Compilation, Memory, compile_sources
from pipes_projects.compiler.check import CHECKS, Check
from pipes_projects.layout import Layout, find_layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.schema.contract.of_project import contract_of
from pipes_projects.source import Sources, read_sources


def compile_project(
    path: Path, contract: Contract | None = None, memory: Memory | None = None
) -> Compilation:
    """Compile the project that a folder is, or is in: what `check` says of it is what comes out.

    The contract is the one in the project, unless given. Raises `LayoutError` where there is no
    project, and `ContractError` where its contract cannot be read; what is wrong with its
    manifests is never raised.
    """
    return compile_layout(find_layout(path), contract, memory)


def compile_layout(
    layout: Layout,
    contract: Contract | None = None,
    memory: Memory | None = None,
    checks: tuple[Check, ...] = CHECKS,
) -> Compilation:
    """Compile the project whose parts are there; raises `ContractError`, as `compile_project`."""
    contract = contract or contract_of(layout)
    return compile_sources(sources_of(layout), contract, checks, memory)


def sources_of(layout: Layout) -> Sources:
    """What the project is compiled from, by its settings."""
    return read_sources(layout.root, layout.defs, layout.ignore, layout.hints)
