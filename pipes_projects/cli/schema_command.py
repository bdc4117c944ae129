"""`pipes-projects schema`: write the contract that editors and CI read."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.cli.project import layout_at
from pipes_projects.layout import Layout
from pipes_projects.schema.documents import manifest_schema, render


@click.command("schema")
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option("--check", is_flag=True, help="Write nothing; fail, and show how, if it is stale.")
def command(path: Path, check: bool) -> None:
    """Write the contract that editors and CI read: schemas/manifest.schema.json.

    It holds what the platform owner publishes: kinds with their options, added fields, and the
    asset keys that Python definitions make. To learn that, `definitions.py` is imported, which
    takes Dagster; manifests are not read. Commit the file.

    Without Dagster, a project gets the built-in contract if it has none yet.
    """
    layout = layout_at(path)
    text = _contract(layout)
    if check:
        _compare(layout, text)
    else:
        _write(layout, text)


def _contract(layout: Layout) -> str:
    from pipes_projects.manifest.kinds import built_in_contract

    try:
        from pipes_projects.emitter.recording import published_contract
    except ImportError:
        if layout.contract.exists():
            raise click.UsageError(
                f"{layout.contract} is there already, and without Dagster it cannot be made again;"
                " install `pipes-projects[dagster]`"
            ) from None
        click.echo("without Dagster: writing the built-in contract", err=True)
        return render(manifest_schema(built_in_contract()))
    return published_contract(layout)


def _write(layout: Layout, text: str) -> None:
    layout.contract.parent.mkdir(parents=True, exist_ok=True)
    if layout.contract.exists() and layout.contract.read_text("utf-8") == text:
        click.echo(f"{layout.contract} is up to date", err=True)
        return
    fresh = layout.contract.with_suffix(".tmp")
    fresh.write_text(text, "utf-8")
    fresh.replace(layout.contract)
    click.echo(f"{layout.contract} is written: commit it", err=True)


def _compare(layout: Layout, text: str) -> None:
    from difflib import unified_diff

    written = layout.contract.read_text("utf-8") if layout.contract.exists() else ""
    if written == text:
        return
    names = (str(layout.contract), "what the classes of this project say")
    lines = unified_diff(written.splitlines(), text.splitlines(), *names, lineterm="", n=2)
    click.echo("\n".join(lines))
    click.echo("the contract is stale: run `pipes-projects schema`, and commit it", err=True)
    raise click.exceptions.Exit(1)
