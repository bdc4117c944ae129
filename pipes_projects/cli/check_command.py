"""`pipes-projects check`: find what is wrong with the manifests."""

from __future__ import annotations

import os
from dataclasses import replace
from pathlib import Path

import click

from pipes_projects import __version__
from pipes_projects.cli.outputs import Output, deliver, read_format, read_outputs
from pipes_projects.cli.project import compiled, layout_at
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout, repository_of
from pipes_projects.render.formats import FORMATS
from pipes_projects.render.report import Checked, Report, touches

EXAMPLE = """\b
Examples:
  $ pipes-projects check
  $ pipes-projects check --format github
  $ pipes-projects check --output sarif=findings.sarif --output junit=out/junit.xml
"""


@click.command("check", epilog=EXAMPLE)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option(
    "--format",
    "format_",
    callback=read_format,
    default="text",
    metavar="FORMAT",
    show_default=True,
    help=f"What standard output gets: {', '.join(FORMATS)}.",
)
@click.option(
    "outputs",
    "--output",
    callback=read_outputs,
    multiple=True,
    metavar="FORMAT=FILE",
    help="A file that gets a format, too; can be repeated. `-` is standard output.",
)
def command(
    paths: tuple[Path, ...], strict: bool, format_: str, outputs: tuple[Output, ...]
) -> None:
    """Find what is wrong with the manifests.

    PATH is a project's folder, or any below it (by default the current one): the whole project is
    checked. Where PATHs are files, or folders inside `defs/`, the whole project is compiled all
    the same, and the findings that touch them are shown.

    Neither Dagster nor `definitions.py` is imported: what the platform owner publishes is read
    from `schemas/manifest.schema.json`.

    Files are written whether there are findings or not, and hold those of all projects. In every
    format but text, paths are told from the root of the Git repository.

    Exit codes: 0 nothing found, 1 errors (with --strict: or warnings), 2 wrong usage, 3 a bug.
    """
    asked = _projects(paths or (Path(),))
    checked = (_checked(layout, wanted) for layout, wanted in asked.items())
    report = Report(tuple(checked), strict, __version__)
    deliver(report, (Output(format_), *outputs))
    if report.has_failed:
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


def _checked(layout: Layout, wanted: frozenset[str] | None) -> Checked:
    return Checked(_touching(compiled(layout), wanted), _folder(layout.root), wanted)


def _folder(root: Path) -> str:
    """Where a project is in its repository; without one, below the current folder."""
    for above in (repository_of(root), Path.cwd()):
        if above and root.is_relative_to(above):
            return "" if root == above else root.relative_to(above).as_posix()
    return ""


def _touching(compilation: Compilation, wanted: frozenset[str] | None) -> Compilation:
    if wanted is None:
        return compilation
    kept = tuple(
        it for it in compilation.diagnostics if any(touches(p, wanted) for p in _places(it))
    )
    return replace(compilation, diagnostics=kept)


def _places(diagnostic: Diagnostic) -> list[str]:
    return [diagnostic.location.path, *(it.location.path for it in diagnostic.related)]
