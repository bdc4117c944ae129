"""`pipes-projects check`: find what is wrong with the manifests."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable
from functools import cache, partial
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipes_projects import __version__
from pipes_projects.cli import FINDINGS, USAGE
from pipes_projects.cli.check.outputs import (
    STDOUT,
    Output,
    deliver,
    read_format,
    read_outputs,
    refuse_below,
    refuse_links_out,
)
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import checked, folder_of, layout_at
from pipes_projects.cli.streams import tell
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout, repository_of
from pipes_projects.render.findings.formats import FORMATS
from pipes_projects.render.report import Checked, Report, touches

if TYPE_CHECKING:
    from pipes_projects.analysis.fixing import Select

EXAMPLE = """\b
Examples:
  $ pipes-projects check
  $ pipes-projects check --fix
  $ pipes-projects check --changed-since origin/main --format github
  $ pipes-projects check --output sarif=findings.sarif --output junit=out/junit.xml
"""


@click.command("check", epilog=EXAMPLE)
@click.argument("paths", nargs=-1, type=click.Path(exists=True, path_type=Path))
@click.option("--strict", is_flag=True, help="Fail on warnings too.")
@click.option("--fix", is_flag=True, help="Apply safe fixes; show what remains.")
@click.option("--diff", is_flag=True, help="Show what --fix would write, as a patch.")
@click.option(
    "--changed-since",
    metavar="REF",
    help="Show only findings about what changed since REF, a revision in Git.",
)
@click.option(
    "--format",
    "format_",
    callback=read_format,
    default="text",
    metavar="FORMAT",
    show_default=True,
    help=f"The format of standard output: {', '.join(FORMATS)}.",
)
@click.option(
    "outputs",
    "--output",
    callback=read_outputs,
    multiple=True,
    metavar="FORMAT=FILE",
    help="Also write a format to a file; can be repeated. `-` is standard output.",
)
def command(
    paths: tuple[Path, ...],
    strict: bool,
    fix: bool,
    diff: bool,
    changed_since: str | None,
    format_: str,
    outputs: tuple[Output, ...],
) -> None:
    """Find what is wrong with the manifests.

    PATH is a project's folder, or any folder inside it (by default the current one): the whole
    project is checked. If PATHs are files, or folders inside `defs/`, the whole project is still
    compiled, but only the findings about them are shown; for `pyproject.toml`, `definitions.py`
    and the contract, that is all findings.

    Neither Dagster nor `definitions.py` is imported: what the platform owner publishes is read
    from `schemas/manifest.schema.json`.

    --fix changes only the words at fault: a typo in a key or a name,
    `deps: group/asset` that should be a list, `yes` for `true`, and so on. A change that would not
    help, or would make something else wrong, is not made.

    --changed-since takes a branch, a tag or a commit, and compares with the commit where its
    history and yours diverged. A finding is shown if a file that it depends on has changed: the
    manifest, its script, the defaults above it, or the manifest of a dependency. If the contract,
    `pyproject.toml` or `definitions.py` has changed, all findings are shown.

    Files are written even if there are no findings, and contain those of all projects. In every
    format except text, paths are relative to the root of the Git repository.

    Exit codes: 0 nothing found, 1 errors (with --strict: or warnings), 2 wrong usage, or a file
    that could not be fixed, 3 a bug in pipes-projects. `pipes-projects explain CODE` explains a
    finding.
    """
    if fix and diff:
        raise click.UsageError("--diff shows what --fix would write: use only one of them")
    if diff and (format_ != "text" or any(output.file == STDOUT for output in outputs)):
        raise click.UsageError(
            "--diff writes a patch to standard output: send other formats to files"
        )
    asked = _projects(paths or (Path(),))
    refuse_below([layout.root / layout.defs for layout in asked], outputs)
    refuse_links_out([repository_of(layout.root) or layout.root for layout in asked], outputs)
    selections = {
        layout: _selection(layout, wanted, changed_since) for layout, wanted in asked.items()
    }
    unwritten = _fix_or_show(selections, fix, diff)
    parts = (_checked(layout, wanted, selections[layout]) for layout, wanted in asked.items())
    report = Report(tuple(parts), strict, __version__)
    with doing("writing the findings"):
        deliver(report, (*(() if diff else (Output(format_),)), *outputs))
    if format_ == "text" and not diff:
        _point_at_fixes(report)
    if report.has_failed or unwritten:
        raise click.exceptions.Exit(USAGE if unwritten else FINDINGS)


Selection = Callable[[Compilation], Compilation]


def _fix_or_show(selections: dict[Layout, Selection], fix: bool, diff: bool) -> bool:
    """Make fixes, or show them; returns whether some could not be written."""
    if not (fix or diff):
        return False
    from pipes_projects.cli.check.fixes import show_fixes, write_fixes

    if fix:
        written = [write_fixes(layout, select) for layout, select in selections.items()]
        return not all(written)
    for layout, select in selections.items():
        show_fixes(layout, select, folder_of(layout.root))
    return False


def _selection(
    layout: Layout, wanted: frozenset[str] | None, changed_since: str | None
) -> Selection:
    """The findings that were asked for, with what git knows about the names in them."""
    select = partial(_touching, wanted=wanted)
    informed = _informed(layout, changed_since)
    if changed_since is None:
        return lambda compilation: select(informed(compilation))
    from pipes_projects.cli.check.changed import only_changed

    with doing("asking git what has changed"):
        changed = only_changed(layout, changed_since)
    return lambda compilation: select(changed(informed(compilation)))


def _informed(layout: Layout, changed_since: str | None) -> Selection:
    """Notes which names have just been removed; git is asked only if a name is unknown."""

    @cache
    def history() -> Selection:
        from pipes_projects.cli.check.removed import told_of_removed

        with doing("asking git what was removed"):
            return told_of_removed(layout, changed_since)

    return lambda compilation: (
        history()(compilation)
        if any(diagnostic.code.of_a_name for diagnostic in compilation.diagnostics)
        else compilation
    )


def _point_at_fixes(report: Report) -> None:
    """Tell people at a terminal about `--fix`."""
    found = (diagnostic for part in report.projects for diagnostic in part.compilation.diagnostics)
    number = sum(finding.fix is not None for finding in found)
    if number and sys.stdout is not None and sys.stdout.isatty():
        subject = f"{number} of them have" if number > 1 else "1 of them has"
        tell(f"{subject} a fix: --diff shows it, --fix applies it")


def _projects(paths: tuple[Path, ...]) -> dict[Layout, frozenset[str] | None]:
    """The projects that the paths are in, and which parts were asked for; None for everything."""
    found: dict[Layout, frozenset[str] | None] = {}
    for path in paths:
        layout = layout_at(path if path.is_dir() else path.parent)
        inside = _part(path, layout)
        earlier = found.get(layout, frozenset())
        found[layout] = None if inside is None or earlier is None else earlier | {inside}
    return found


def _part(path: Path, layout: Layout) -> str | None:
    """The part of a project that a path means; None for everything."""
    relative = Path(os.path.abspath(path)).relative_to(layout.root).as_posix()  # links as written
    if relative in layout.common:
        return None
    return relative if relative.startswith(f"{layout.defs}/") or path.is_file() else None


def _checked(layout: Layout, wanted: frozenset[str] | None, select: Select) -> Checked:
    whole = checked(layout)
    part = select(whole)
    elsewhere = len(whole.diagnostics) - len(part.diagnostics)
    return Checked(part, folder_of(layout.root), wanted, elsewhere)


def _touching(compilation: Compilation, wanted: frozenset[str] | None) -> Compilation:
    if wanted is None:
        return compilation
    kept = tuple(
        diagnostic
        for diagnostic in compilation.diagnostics
        if any(touches(p, wanted) for p in _places(diagnostic))
    )
    return compilation._replace(diagnostics=kept)


def _places(diagnostic: Diagnostic) -> list[str]:
    return [diagnostic.location.path, *(related.location.path for related in diagnostic.related)]
