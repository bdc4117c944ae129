"""What several commands do first: find the project, read its contract, compile it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, NoReturn, TextIO

import click

from pipes_projects.cli.progress import doing
from pipes_projects.cli.streams import tell
from pipes_projects.compiler import Compilation, Memory
from pipes_projects.compiler.check import WITHOUT_READING
from pipes_projects.disk.cleared import Clearances
from pipes_projects.disk.files import JudgedFiles
from pipes_projects.layout import (
    ASSET_KEYS,
    Layout,
    LayoutError,
    NoProjectError,
    find_layout,
    repository_of,
)
from pipes_projects.manifest.contract import Contract
from pipes_projects.project import Project
from pipes_projects.project_folder import compile_layout, sources_of
from pipes_projects.project_folder.read_texts import compile_known
from pipes_projects.schema.asset_keys import write_keys
from pipes_projects.schema.contract.of_project import contract_of
from pipes_projects.schema.contract.reading import ContractError
from pipes_projects.spelling import similar

if TYPE_CHECKING:
    from pipes_projects.analysis.picture.model import Picture


def layout_at(path: Path) -> Layout:
    """The project at a path, or above it; a usage error if there is none that can be read."""
    try:
        return find_layout(path)
    except NoProjectError as error:
        raise click.UsageError(f"{error}; `pipes-projects init` creates one") from None
    except LayoutError as error:
        raise click.UsageError(str(error)) from None


def contract_at(layout: Layout) -> Contract:
    """What the platform owner publishes; a usage error if that cannot be read."""
    try:
        return contract_of(layout)
    except ContractError as error:
        raise click.UsageError(str(error)) from None


def compiled(layout: Layout, memory: Memory | None = None) -> Compilation:
    """The project, compiled against its contract, without Dagster or `definitions.py`; reads no
    scripts."""
    contract = contract_at(layout)
    with doing("reading the manifests"):
        return compile_layout(layout, contract, memory, WITHOUT_READING)


def pictured(layout: Layout) -> Picture:
    """A picture of the project, compiled as by `compiled`."""
    from pipes_projects.project_folder.picture import picture_layout  # only a few commands need it

    contract = contract_at(layout)
    with doing("reading the manifests"):
        return picture_layout(layout, contract, WITHOUT_READING)


def checked(layout: Layout) -> Compilation:
    """The project, compiled against its contract, with all findings."""
    contract = contract_at(layout)
    with doing("reading the manifests"):
        sources = sources_of(layout)
    clearances = Clearances(layout.root)
    files = JudgedFiles(sources.files, clearances.judged)
    with doing(f"checking {len(sources.manifests):,} manifests"):
        compilation = compile_known(layout.root, sources._replace(files=files), contract)
        clearances.keep()
    return compilation


def selected(layout: Layout, project: Project, text: str) -> tuple[str, ...]:
    """The keys of the assets that a text selects, relative to the current folder; a usage error if
    there are none."""
    from pipes_projects.analysis.selection import select  # only a few commands need it

    found = select(project, text, str(Path.cwd()), str(layout.root))
    for problem in found.problems:
        raise click.UsageError(f"{problem.message}; {problem.help}")
    return found.keys


def part_of(layout: Layout, picture: Picture, text: str) -> Picture:
    """The part of a picture that a text selects, with what cannot be read; a usage error if there
    is none."""
    from pipes_projects.analysis.picture.unreadable import selectable

    project = selectable(picture.compilation.project, picture.others)
    return picture.only(selected(layout, project, text))


def refuse_unknown_key(
    key: str, project: Project, hint: str | None = None, noun: str = "asset"
) -> NoReturn:
    """A usage error that says why there is no such asset; `hint` is what may be meant."""
    from pipes_projects.analysis.selection.advice import UNREAD  # only if there is none

    if key in project.asset_keys:
        raise click.UsageError(f"`{key}` is made by Python definitions: no manifest declares it")
    if key.partition("/")[0] in project.opaque_groups:
        hint = UNREAD
    hint = hint or similar(key, (asset.key for asset in project.assets()), "an asset")
    hint = hint or "`pipes-projects list` shows them"
    raise click.UsageError(f"no {noun} is called `{key}`; {hint}")


def folder_of(root: Path) -> str:
    """A project's path in its repository or, without one, below the current folder."""
    for above in (repository_of(root), Path.cwd()):
        if above and root.is_relative_to(above):
            return "" if root == above else root.relative_to(above).as_posix()
    return ""


def difference(before: str, after: str, names: tuple[str, str]) -> str:
    """The changes from one text to another, as a patch."""
    from difflib import unified_diff

    lines = before.splitlines(), after.splitlines()
    return "".join(f"{line}\n" for line in unified_diff(*lines, *names, lineterm="", n=2))


def wants_colour() -> bool:
    """Whether standard output shows colours."""
    import sys

    return colour_is_for(sys.stdout)


def colour_is_for(stream: TextIO | None) -> bool:
    """Colours are for terminals whose owner has not set `NO_COLOR`."""
    import os

    refused = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return stream is not None and stream.isatty() and not refused


def refresh_keys(layout: Layout, memory: Memory | None = None) -> None:
    """Write them in a command that is not about them: a failure does not end it."""
    try:
        if write_keys(layout, compiled(layout, memory).project):
            tell(f"wrote {ASSET_KEYS}: commit it")
    except (click.UsageError, OSError, ValueError) as error:
        reason = error.message if isinstance(error, click.UsageError) else error
        tell(f"{ASSET_KEYS} is not up to date: {reason}")
