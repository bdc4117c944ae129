"""`pipes-projects check`: find what is wrong with the manifests."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from pipes_projects.cli.project import compiled, layout_at, wants_colour
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout
from pipes_projects.render.text import render_text


@click.command("check")
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
def command(paths: tuple[Path, ...], strict: bool) -> None:
    """Find what is wrong with the manifests.

    PATH is a project's folder, or any below it (by default the current one): the whole project is
    checked. Where PATHs are files, or folders inside `defs/`, the whole project is compiled all
    the same, and the findings that touch them are shown.

    Neither Dagster nor `definitions.py` is imported: what the platform owner publishes is read
    from `schemas/manifest.schema.json`.

    Exit codes: 0 nothing found, 1 errors (with --strict: or warnings), 2 wrong usage, 3 a bug.
    """
    failed = False
    for layout, wanted in _projects(paths or (Path(),)).items():
        compilation = _touching(compiled(layout), wanted)
        click.echo(render_text(compilation, wants_colour()), nl=False, color=True)
        warned = any(it.severity != "hint" for it in compilation.diagnostics)
        failed |= compilation.has_errors or (strict and warned)
    if failed:
        raise click.exceptions.Exit(1)


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
