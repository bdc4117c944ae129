"""`pipes-projects editor`: update what editors know about the project."""

from __future__ import annotations

import gc
import re
from pathlib import Path

import click

from pipes_projects.cli.editor_settings import wire, wired
from pipes_projects.cli.project import compiled, difference, layout_at, refresh_keys
from pipes_projects.layout import ASSET_KEYS, Layout
from pipes_projects.scaffold.editors import other_editors
from pipes_projects.schema.asset_keys import fresh_keys, write_keys
from pipes_projects.writing import current


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
        click.echo(f"\n{other_editors(layout.defs)}", nl=False)
    if watch:
        _watch(layout)


def _keys(layout: Layout) -> str:
    before = current(layout.asset_keys, "replace") or ""
    return fresh_keys(compiled(layout).project, before)


def _write(layout: Layout) -> None:
    written = write_keys(layout, compiled(layout).project)
    keys = layout.asset_keys
    said = f"wrote {keys}: commit it" if written else f"{keys} is up to date"
    click.echo(said, err=True)
    if not layout.contract.exists():
        click.echo(f"{layout.contract} is missing: `pipes-projects schema` writes it", err=True)


def _show(layout: Layout, texts: dict[str, str]) -> None:
    for name, text in texts.items():
        before = current(layout.root / name, "replace") or ""
        if before.replace("\r\n", "\n") != text.replace("\r\n", "\n"):
            click.echo(difference(before, text, (name, f"{name}, as it would be")))


def _watch(layout: Layout) -> None:
    try:
        from watchfiles import DefaultFilter, watch
    except ImportError:
        raise click.UsageError("to watch files, install `pipes-projects[watch]`") from None
    click.echo("watching for changes; press Ctrl-C to stop", err=True)
    usual = DefaultFilter.ignore_entity_patterns
    others = DefaultFilter(ignore_entity_patterns=(*usual, re.escape(layout.asset_keys.name)))
    places = (layout.root / layout.defs, layout.contract.parent)
    changes = watch(*places, watch_filter=others, rust_timeout=500, yield_on_timeout=True)
    gc.enable()  # unlike other commands, this one lasts
    for number, changed in enumerate(changes):
        if changed or number == 0:  # at first, for what came before anybody watched
            refresh_keys(layout)
