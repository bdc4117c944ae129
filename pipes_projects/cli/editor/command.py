"""`pipes-projects editor`: update what editors know about the project."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.editor.settings import wire, wired
from pipes_projects.cli.project import compiled, difference, layout_at
from pipes_projects.cli.streams import show, tell
from pipes_projects.disk.writing import current
from pipes_projects.layout import ASSET_KEYS, CONTRACT, Layout
from pipes_projects.scaffold.editors import other_editors
from pipes_projects.schema.asset_keys import fresh_keys, write_keys

EXAMPLE = """\b
Examples:
  $ pipes-projects editor
  $ pipes-projects editor --settings --dry-run
  $ pipes-projects editor --watch
"""


@click.command("editor", epilog=EXAMPLE)
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--watch", is_flag=True, help="Keep running, and write again when a manifest changes."
)
@click.option(
    "--settings",
    is_flag=True,
    help="Also set up VS Code and git; show the lines for other editors.",
)
@click.option("--dry-run", is_flag=True, help="Write nothing; show what would change.")
def command(path: Path, watch: bool, settings: bool, dry_run: bool) -> None:
    """Update what editors know about the project.

    schemas/asset-keys.json gets the keys of all assets, which editors complete in `deps`. Commit
    it. Stale keys are never an error; `new`, `rename` and `dagster dev` update them too.

    With --watch, folders may be moved and branches switched: the keys follow. Nothing is written
    while there is no project, nor where a branch does not have the file of the keys.

    With --settings, .vscode/settings.json and .vscode/extensions.json get what VS Code needs to
    complete manifests, and .gitattributes tells git how to merge the keys. Existing settings are
    kept.

    Exit codes: 0 up to date, 2 wrong usage.
    """
    if watch and dry_run:
        raise click.UsageError("--watch writes, and --dry-run writes nothing: use only one of them")
    layout = layout_at(path)
    if dry_run:
        more = wired(layout.root, layout.defs) if settings else {}
        _show(layout, {ASSET_KEYS: _keys(layout), **more})
        return
    _write(layout)
    if settings:
        wire(layout.root, layout.defs)
        show(f"\n{other_editors(layout.defs)}")
    if watch:
        from pipes_projects.cli.editor.watch import follow

        follow(layout)


def _keys(layout: Layout) -> str:
    before = current(layout.root, ASSET_KEYS, "replace") or ""
    return fresh_keys(compiled(layout).project, before)


def _write(layout: Layout) -> None:
    written = write_keys(layout, compiled(layout).project)
    outcome = f"wrote {ASSET_KEYS}: commit it" if written else f"{ASSET_KEYS} is up to date"
    tell(outcome)
    if not layout.contract.exists():
        tell(f"{CONTRACT} is missing: `pipes-projects schema` writes it")


def _show(layout: Layout, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        before = current(layout.root, name, "replace") or ""
        if before.replace("\r\n", "\n") != text.replace("\r\n", "\n"):
            show(difference(before, text, (name, f"{name}, as it would be")))
