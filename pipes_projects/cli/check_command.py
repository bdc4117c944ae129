"""`pipes-projects check`: find what is wrong with the manifests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from pathlib import Path

import click

from pipes_projects.cli import FINDINGS, USAGE
from pipes_projects.cli.project import compiled, layout_at, wants_colour
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout
from pipes_projects.render.text import render_text


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--fix", is_flag=True, help="Write what has one obvious mend; show what is left.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, as a patch.")
@click.option(
    "--changed-since", metavar="REF", help="Show only what touches files changed since git's REF."
)
def command(
    paths: tuple[Path, ...], strict: bool, fix: bool, diff: bool, changed_since: str | None
) -> None:
    """Find what is wrong with the manifests.

    PATH is a project's folder, or any below it (by default the current one): the whole project is
    checked. Where PATHs are files, or folders inside `defs/`, the whole project is compiled all
    the same, and the findings that touch them are shown.

    Neither Dagster nor `definitions.py` is imported: what the platform owner publishes is read
    from `schemas/manifest.schema.json`.

    --fix changes only the words at fault: a key or a name that is one slip away from a known one,
    `deps: group/asset` that should be a list, `yes` for `true`, and so on. A change that would not
    help, or would make something else wrong, is not made.

    --changed-since takes a branch, a tag or a commit, and compares with where its history and
    yours parted: a finding is shown if a file that it depends on differs, as the manifest, its
    script, the defaults above it, or the manifest of a dependency. If the contract,
    `pyproject.toml` or `definitions.py` differs, all are shown.

    Exit codes: 0 nothing found, 1 errors (with --strict: or warnings), 2 wrong usage, or a file
    that could not be fixed, 3 a bug.
    """
    if fix and diff:
        raise click.UsageError("--diff shows what --fix would write: use one of them")
    failed, unwritten = False, False
    for layout, wanted in _projects(paths or (Path(),)).items():
        select = _selection(layout, wanted, changed_since)
        if fix or diff:
            from pipes_projects.cli.fixing import show_fixes, write_fixes

            unwritten |= not (write_fixes if fix else show_fixes)(layout, select)
        compilation = select(compiled(layout))
        if not diff:
            click.echo(render_text(compilation, wants_colour()), nl=False, color=True)
            _point_at_fixes(compilation)
        warned = any(it.severity != "hint" for it in compilation.diagnostics)
        failed |= compilation.has_errors or (strict and warned)
    if failed or unwritten:
        raise click.exceptions.Exit(USAGE if unwritten else FINDINGS)


def _selection(
    layout: Layout, wanted: frozenset[str] | None, changed_since: str | None
) -> Callable[[Compilation], Compilation]:
    """Which of the findings were asked for."""
    select = partial(_touching, wanted=wanted)
    if changed_since is None:
        return select
    from pipes_projects.cli.changed import only_changed

    changed = only_changed(layout, changed_since)
    return lambda compilation: select(changed(compilation))


def _point_at_fixes(compilation: Compilation) -> None:
    """To people at a terminal: that there is `--fix`."""
    number = sum(it.fix is not None for it in compilation.diagnostics)
    if number and sys.stdout is not None and sys.stdout.isatty():
        said = f"{number} of them have" if number > 1 else "1 of them has"
        click.echo(f"{said} one obvious mend: --diff shows it, --fix makes it", err=True)


def _projects(paths: tuple[Path, ...]) -> dict[Layout, frozenset[str] | None]:
    """The projects that the paths are in, and what of them was asked for; None for all of it."""
    found: dict[Layout, frozenset[str] | None] = {}
    for path in paths:
        layout = layout_at(path if path.is_dir() else path.parent)
        inside = _below_defs(path, layout)
        earlier = found.get(layout, frozenset())
        found[layout] = None if inside is None or earlier is None else earlier | {inside}
    return found


def _below_defs(path: Path, layout: Layout) -> str | None:
    relative = Path(os.path.abspath(path)).relative_to(layout.root).as_posix()  # links as written
    return relative if relative.startswith(f"{layout.defs}/") or path.is_file() else None


def _touching(compilation: Compilation, wanted: frozenset[str] | None) -> Compilation:
    if wanted is None:
        return compilation
    kept = tuple(
        it for it in compilation.diagnostics if any(_is_in(p, wanted) for p in _places(it))
    )
    return replace(compilation, diagnostics=kept)


def _places(diagnostic: Diagnostic) -> list[str]:
    return [diagnostic.location.path, *(it.location.path for it in diagnostic.related)]


def _is_in(place: str, wanted: frozenset[str]) -> bool:
    stems = {place, place.rpartition(".")[0]}  # a script stands for its manifest
    return any(
        place == path or place.startswith(f"{path}/") or path.rpartition(".")[0] in stems
        for path in wanted
    )
