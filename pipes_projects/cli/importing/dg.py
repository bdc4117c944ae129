"""`pipes-projects import dg`: write manifests for the script components of a `dg` project."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path
from shlex import quote

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.project import folder_of
from pipes_projects.cli.streams import hand_over_patch, say, show, tell
from pipes_projects.disk.writing import current, write
from pipes_projects.layout import find_layout
from pipes_projects.render.findings.text import render_findings
from pipes_projects.render.patch import file_patch, head, new_file
from pipes_projects.scaffold.dg import PYPROJECT, with_setting
from pipes_projects.scaffold.files import copy_new, write_new
from pipes_projects.scaffold.importing.files import DEFAULTS, DEFS, OWNER, NewFiles, new_files
from pipes_projects.scaffold.importing.imported import ImportedProject, Remark
from pipes_projects.scaffold.importing.would_be import errors_after

EXAMPLE = """\b
Examples:
  $ pipes-projects import dg
  $ pipes-projects import dg company --dry-run
  $ pipes-projects import dg --into src/company/defs/scripts
"""


@click.command("dg", epilog=EXAMPLE)
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--into",
    type=click.Path(file_okay=False, path_type=Path),
    help="The folder for the groups; by default the one that pyproject.toml names, or else `pipes`"
    " in the folder that `dg` loads.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would be, as a patch.")
def command(path: Path, into: Path | None, dry_run: bool) -> None:
    """Write manifests for the script components (PythonScriptComponent) of a `dg` project.

    The project is loaded by `dg`, which requires Dagster. Each component becomes a manifest, with
    the comments of its `defs.yaml`, beside a copy of its script and of the other files in its
    folder. All of them together are one component, a PipesProjectComponent. Partitions and rules
    that are written inline get names, which a class in owner.py publishes.

    A file with something that has no place in a manifest, or whose templates bring in a value of
    the environment, is left as it is; so is everything else. Both are reported, with their place.
    Nothing that exists is changed, except that pyproject.toml gets a setting that says where the
    manifests are.

    Afterwards, remove the files that were imported: `dg` would find their assets twice.

    Exit codes: 0 written, 1 nothing was imported, 2 wrong usage, or `dg` cannot load the project.
    """
    found = _read(path.resolve())
    into = _into(found, into)
    _refuse_nested(found, into)
    if not found.scripts:
        _tell_remarks(found, ())
        tell("there is nothing to import")
        raise click.exceptions.Exit(FINDINGS)
    files = new_files(found, into)
    _refuse_errors(found, files, into)
    setting = with_setting(current(found.root, PYPROJECT), into, found.root)
    if dry_run:
        _show_patch(found, files, setting)
    else:
        _write(found, files, setting)
    _tell_remarks(found, files.remarks)
    _tell_next(found)


def _read(path: Path) -> ImportedProject:
    try:
        from pipes_projects.emitter.migration.importing import read_import
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "dagster":
            raise
        needed = "install `pipes-projects[dagster]`"
        raise click.UsageError(f"`import dg` needs Dagster: {needed}") from None
    return read_import(path)


def _into(found: ImportedProject, asked: Path | None) -> Path:
    """The folder for the groups, which pyproject.toml names for other commands."""
    into = (asked or found.folder / "pipes").resolve()
    if with_setting(current(found.root, PYPROJECT), into, found.root) is None:
        layout = find_layout(found.root)
        named = (layout.root / layout.defs).resolve()
        if asked and into != named:
            raise click.UsageError(f"--into: {found.root / PYPROJECT} names {named}")
        into = named
    if into == found.folder.resolve() or not into.is_relative_to(found.folder.resolve()):
        message = f"{into} is not below {found.folder}, where `dg` finds components"
        raise click.UsageError(f"{message}: name another folder with --into")
    return into


def _refuse_nested(found: ImportedProject, into: Path) -> None:
    for script in found.scripts:
        if into.is_relative_to(script.file.parent.resolve()):
            raise click.UsageError(f"{into} is in the folder of {script.file}: name another one")


def _refuse_errors(found: ImportedProject, files: NewFiles, into: Path) -> None:
    after, errors = errors_after(found, files, into)
    if errors:
        show(render_findings(after, errors), err=True)
        _tell_remarks(found, ())
        tell("nothing was written, because of this")
        raise click.exceptions.Exit(FINDINGS)


def _write(found: ImportedProject, files: NewFiles, setting: str | None) -> None:
    for written in (copy_new(found.root, files.copies), write_new(found.root, files.texts)):
        for path in written.fresh:
            say(f"wrote {path.relative_to(found.root).as_posix()}")
        for path in written.kept:
            say(f"kept  {path.relative_to(found.root).as_posix()}, which was there already")
            _tell_by_hand(path, files.texts.get(path.relative_to(found.root).as_posix(), ""))
    if setting is not None:
        write(found.root, PYPROJECT, setting)
        say(f"added to {PYPROJECT}")


def _tell_by_hand(path: Path, text: str) -> None:
    """What a file that all manifests share would have said."""
    if path.name in (DEFS, DEFAULTS, OWNER) and text != current(path.parent, path.name):
        tell("add to it by hand what it needs of this:")
        show("".join(f"  {line}\n" for line in text.splitlines()), err=True)


def _show_patch(found: ImportedProject, files: NewFiles, setting: str | None) -> None:
    folder = folder_of(found.root)
    hand_over_patch("".join(_patch(found, files, setting, f"{folder}/" if folder else "")))


def _patch(
    found: ImportedProject, files: NewFiles, setting: str | None, above: str
) -> Iterator[str]:
    for path, source in sorted(files.copies.items()):
        try:
            text = source.read_bytes().decode()
        except UnicodeDecodeError:
            tell(f"{path} is not in the patch: a copy of {source}, which is not text")
        else:
            if not (found.root / path).exists():
                yield from new_file(f"{above}{path}", text)
    for path, text in sorted(files.texts.items()):
        if not (found.root / path).exists():
            yield from new_file(f"{above}{path}", text)
    if setting is not None:
        yield head(f"{above}{PYPROJECT}")
        yield from file_patch(f"{above}{PYPROJECT}", current(found.root, PYPROJECT) or "", setting)


def _tell_remarks(found: ImportedProject, others: Iterable[Remark]) -> None:
    for remark in (*found.remarks, *others):
        tell(f"{_place(found, remark)}: {remark.text}")
    for remark in found.left:
        tell(f"{_place(found, remark)}: left as it is: {remark.text}")
    for key in found.unmade:
        tell(f"nothing makes `{key}`, on which scripts depend: it is declared as `kind: external`")


def _place(found: ImportedProject, remark: Remark) -> str:
    return f"{remark.file.relative_to(found.root).as_posix()}:{remark.line + 1}"


def _tell_next(found: ImportedProject) -> None:
    folders = dict.fromkeys(script.file.parent for script in found.scripts)
    show("\nnext:\n", err=True)
    for folder in folders:
        tell(f"  rm -r {quote(folder.relative_to(found.root).as_posix())}")
    tell("  pipes-projects schema")
    tell("  dg check defs")
