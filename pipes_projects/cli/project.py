"""What several commands do first: find the project, read its contract, compile it."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.compiler import Compilation, compile_project
from pipes_projects.layout import Layout, LayoutError, find_layout, repository_of
from pipes_projects.manifest.contract import Contract
from pipes_projects.schema.asset_keys import write_keys
from pipes_projects.schema.contract_reading import ContractError, read_contract


def layout_at(path: Path) -> Layout:
    """The project at a path, or above it; a usage error where there is none."""
    try:
        return find_layout(path)
    except LayoutError as error:
        raise click.UsageError(f"{error}\n`pipes-projects init` creates one") from None


def contract_at(layout: Layout) -> Contract:
    """What the platform owner publishes; a usage error where that cannot be read."""
    try:
        return read_contract(layout.contract)
    except ContractError as error:
        raise click.UsageError(str(error)) from None


def compiled(layout: Layout) -> Compilation:
    """The project by its contract, without Dagster and without `definitions.py`."""
    return compile_project(layout.root, contract_at(layout), layout.defs)


def folder_of(root: Path) -> str:
    """Where a project is in its repository; without one, below the current folder."""
    for above in (repository_of(root), Path.cwd()):
        if above and root.is_relative_to(above):
            return "" if root == above else root.relative_to(above).as_posix()
    return ""


def difference(before: str, after: str, names: tuple[str, str]) -> str:
    """What changes from one text to another, as a patch."""
    from difflib import unified_diff

    lines = before.splitlines(), after.splitlines()
    return "\n".join(unified_diff(*lines, *names, lineterm="", n=2))


def wants_colour() -> bool:
    """Colours are for terminals whose owner has not set `NO_COLOR`."""
    import os
    import sys

    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stdout is not None and sys.stdout.isatty() and not refused


def refresh_keys(layout: Layout) -> None:
    """Write them where that is not the task of the command: what goes wrong does not end it."""
    try:
        if write_keys(layout, compiled(layout).project):
            click.echo(f"wrote {layout.asset_keys}: commit it", err=True)
    except (click.UsageError, OSError, ValueError) as error:
        said = error.message if isinstance(error, click.UsageError) else error
        click.echo(f"{layout.asset_keys} is not up to date: {said}", err=True)
