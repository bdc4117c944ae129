"""`pipes-projects catalog`: write a page for browsing a project."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import click

from pipes_projects import __version__
from pipes_projects.analysis.picture.unreadable import selectable
from pipes_projects.catalog.imprint import Imprint, made
from pipes_projects.catalog.making import catalog_of
from pipes_projects.cli import FINDINGS
from pipes_projects.cli.arguments import selection_and_path
from pipes_projects.cli.progress import doing
from pipes_projects.cli.project import contract_at, layout_at, selected
from pipes_projects.cli.reading.following import follow
from pipes_projects.cli.streams import tell
from pipes_projects.disk.boundary import LeadsOutError, refuse_outside
from pipes_projects.disk.writing import replace, write
from pipes_projects.layout import Layout
from pipes_projects.project_folder.picture import picture_layout
from pipes_projects.terminal.dotenv import EnvError, unread_lines

DEFAULT: Final = ".pipes-projects/catalog.html"
EXAMPLE = """\b
Examples:
  $ pipes-projects catalog --open
  $ pipes-projects catalog --open --watch
  $ pipes-projects catalog --output public        # public/index.html, for GitHub or GitLab Pages
  $ pipes-projects catalog '+group:marts' --output marts.html
"""


@click.command("catalog", epilog=EXAMPLE)
@selection_and_path
@click.option(
    "--output",
    type=click.Path(path_type=Path),
    metavar="DIR|FILE.html",
    help=f"The file to write, or a folder for an index.html. By default {DEFAULT}, which git"
    " ignores.",
)
@click.option("--open", "opens", is_flag=True, help="Open it in your browser.")
@click.option(
    "--watch",
    is_flag=True,
    help="Write it again whenever the project changes, until Ctrl-C; the page reloads when you"
    " return to it.",
)
@click.option(
    "--sources/--no-sources",
    default=True,
    help="Whether the texts of scripts and manifests are in it.",
)
def command(
    selection: str, path: Path, output: Path | None, opens: bool, watch: bool, sources: bool
) -> None:
    """Write a catalog: a page for browsing and searching the project.

    It is one HTML file that needs neither a server nor a network: mail it, keep it in CI, or
    publish it on GitHub or GitLab Pages (see docs/ci.md). It has every asset with its description,
    lineage, columns, checks, schedule and source, where each value comes from, what `check`
    finds, and what `pipes-projects run` has run here. Every asset has a link of its own:
    catalog.html#/asset/sales/orders.

    SELECTION is the path of a script or a manifest, or in Dagster's language: `+group:marts`; see
    docs/selection.md. PATH is the project's folder, or any folder inside it.

    Values of secrets are never in it; what is written in scripts and manifests is, unless
    `--no-sources` leaves their texts out.

    Exit codes: 0 written, 1 written, but some manifests have errors, which it shows, 2 wrong usage.
    """
    layout = layout_at(path)
    file = _file(layout, output)
    if output is None:
        with _writing(file):
            write(layout.root, f"{Path(DEFAULT).parent}/.gitignore", "*\n")

    def make() -> bool:
        return _write(layout, selection, file, sources, reloads=watch)

    has_errors = make()
    if opens:
        _open(file)
    if watch:
        follow(layout, file, make)
    if has_errors:
        tell("some manifests have errors: the page shows them, and so does `pipes-projects check`")
        raise click.exceptions.Exit(FINDINGS)


def _write(layout: Layout, selection: str, file: Path, sources: bool, reloads: bool) -> bool:
    """Write the page; whether some manifests have errors."""
    contract = contract_at(layout)
    with doing("reading and checking the project"):
        picture = picture_layout(layout, contract)
    known = selectable(picture.compilation.project, picture.others)
    keys = selected(layout, known, selection) if selection else None
    imprint = Imprint(layout.root.name, __version__, made())
    with doing("writing the catalog"):
        with _masking():
            page = catalog_of(layout, imprint, picture, contract, keys, sources, reloads)
            unread = unread_lines(layout.root)
        with _writing(file):
            replace(file, page.encode())
    for sentence in unread:
        tell(f"warning: {sentence}")
    tell(f"wrote {os.path.relpath(file)}")
    return picture.has_errors


@contextmanager
def _masking() -> Iterator[None]:
    """A usage error if some values of secrets are in a file that cannot be read."""
    try:
        yield
    except EnvError as error:
        raise click.UsageError(str(error)) from None


@contextmanager
def _writing(file: Path) -> Iterator[None]:
    """A usage error if that fails."""
    try:
        yield
    except OSError as error:
        why = (error.strerror or type(error).__name__).lower()
        message = f"`{os.path.relpath(file)}` cannot be written: {why}; `--output` names another"
        raise click.UsageError(f"{message} file, or a folder") from None


def _file(layout: Layout, output: Path | None) -> Path:
    """The file to write; a usage error if a link takes it out of the project it is in."""
    file = layout.root / DEFAULT if output is None else _named(Path(os.path.abspath(output)))
    try:
        return refuse_outside(file, layout.root) if file.is_relative_to(layout.root) else file
    except LeadsOutError as error:
        raise click.UsageError(str(error)) from None


def _open(file: Path) -> None:
    import webbrowser

    if not webbrowser.open(file.resolve().as_uri()):
        tell(f"no browser can be started here: open {os.path.relpath(file)} yourself")


def _named(output: Path) -> Path:
    if output.suffix.lower() in (".html", ".htm") and not output.is_dir():
        return output
    if output.exists() and not output.is_dir():
        message = f"`{output.name}` is a file, but not .html: name a folder, or FILE.html"
        raise click.UsageError(message)
    return output / "index.html"
