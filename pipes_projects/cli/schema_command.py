"""`pipes-projects schema`: write the contract that editors and CI read."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.project import difference, layout_at, refresh_keys
from pipes_projects.kinds import installed_contract, unusable_kinds
from pipes_projects.layout import Layout
from pipes_projects.schema.documents import project_schemas, render
from pipes_projects.writing import write


EXAMPLE = """\b
Examples:
  $ pipes-projects schema
  $ pipes-projects schema --check
"""


@click.command("schema", epilog=EXAMPLE)
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--check", is_flag=True, help="Write nothing; if the contract is stale, show how, and fail."
)
def command(path: Path, check: bool) -> None:
    """Write the contract that editors and CI read: schemas/manifest.schema.json, and
    schemas/defaults.schema.json for `_defaults.yaml`.

    It contains what the platform owner publishes: kinds with their options, added fields, the
    names of partitions, mappings, automation conditions and pools, and the keys of assets that
    Python definitions make. To find that out, `definitions.py` is imported, which requires
    Dagster. Manifests are read only to write schemas/asset-keys.json, if that is missing. Commit
    the files.

    Without Dagster, a project that has no contract yet gets the built-in one.

    Exit codes: 0 written or up to date, 1 stale (with --check), 2 wrong usage, or an owner's class
    that cannot be read.
    """
    layout = layout_at(path)
    texts = _schemas(layout)
    for why in unusable_kinds().values():
        click.echo(f"warning: {why}", err=True)
    stale = {path: text for path, text in texts.items() if _written(layout, path) != text}
    if check:
        _compare(layout, stale)
    else:
        _write(layout, stale)


def _schemas(layout: Layout) -> dict[str, str]:
    try:
        from pipes_projects.emitter.inspection.definitions_file import published_schemas
    except ImportError:
        if layout.contract.exists():
            raise click.UsageError(
                f"{layout.contract} exists already, and cannot be written again without Dagster:"
                " install `pipes-projects[dagster]`"
            ) from None
        click.echo("without Dagster: writing the built-in contract", err=True)
        schemas = project_schemas(installed_contract())
        return {path: render(schema) for path, schema in schemas.items()}
    return published_schemas(layout)


def _written(layout: Layout, path: str) -> str:
    file = layout.root / path
    return file.read_text("utf-8") if file.exists() else ""


def _write(layout: Layout, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        write(layout.root / path, text)
        click.echo(f"wrote {layout.root / path}: commit it", err=True)
    if not layout.asset_keys.exists():
        refresh_keys(layout)
    if not texts:
        click.echo(f"{layout.contract} is up to date", err=True)


def _compare(layout: Layout, stale: dict[str, str]) -> None:
    for path, text in stale.items():
        names = (str(layout.root / path), "what the classes of this project say")
        click.echo(difference(_written(layout, path), text, names))
    if not layout.asset_keys.exists():
        click.echo(f"{layout.asset_keys} is missing, and the contract refers to it", err=True)
    if stale or not layout.asset_keys.exists():
        click.echo("the contract is stale: run `pipes-projects schema`, and commit it", err=True)
        raise click.exceptions.Exit(1)
