"""`pipes-projects schema`: write the contract that editors and CI read."""

from __future__ import annotations

import json
from pathlib import Path

import click

from pipes_projects.cli.project import difference, layout_at, refresh_keys
from pipes_projects.cli.streams import show, tell
from pipes_projects.disk.boundary import LeadsOutError, NotAFolderError
from pipes_projects.disk.writing import current, write
from pipes_projects.kinds import installed_contract, unusable_kinds
from pipes_projects.layout import ASSET_KEYS, CONTRACT, Layout
from pipes_projects.schema.contract.of_project import stamped, unstamped
from pipes_projects.schema.documents import project_schemas, render

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
        tell(f"warning: {why}")
    if check:
        _compare(
            layout, {path: text for path, text in texts.items() if _differs(layout, path, text)}
        )
    else:
        _write(
            layout, {path: text for path, text in texts.items() if _written(layout, path) != text}
        )


def _differs(layout: Layout, path: str, text: str) -> bool:
    """Whether the written contract differs, whatever it was made from."""
    try:
        written = json.loads(_written(layout, path))
    except ValueError:
        return True
    return not isinstance(written, dict) or unstamped(written) != unstamped(json.loads(text))


def _schemas(layout: Layout) -> dict[str, str]:
    try:
        from pipes_projects.emitter.inspection.definitions_file import published_schemas
    except ImportError:
        if layout.contract.exists():
            raise click.UsageError(
                f"{layout.contract} exists already, and cannot be written again without Dagster:"
                " install `pipes-projects[dagster]`"
            ) from None
        tell("without Dagster: writing the built-in contract")
        schemas = stamped(project_schemas(installed_contract()), None)
        return {path: render(schema) for path, schema in schemas.items()}
    return published_schemas(layout)


def _written(layout: Layout, path: str) -> str:
    try:
        return (current(layout.root, path, "replace") or "").replace("\r\n", "\n")
    except (LeadsOutError, NotAFolderError) as error:
        raise click.UsageError(str(error)) from None
    except OSError as error:
        raise click.UsageError(f"{path} cannot be read: {error.strerror}") from None


def _write(layout: Layout, texts: dict[str, str]) -> None:
    for path, text in texts.items():
        write(layout.root, path, text)
        tell(f"wrote {path}: commit it")
    if not layout.asset_keys.exists():
        refresh_keys(layout)
    if not texts:
        tell(f"{CONTRACT} is up to date")


def _compare(layout: Layout, stale: dict[str, str]) -> None:
    for path, text in stale.items():
        names = (path, "what the classes of this project say")
        show(difference(_written(layout, path), text, names))
    if not layout.asset_keys.exists():
        tell(f"{ASSET_KEYS} is missing, and the contract refers to it")
    if stale or not layout.asset_keys.exists():
        tell("the contract is stale: run `pipes-projects schema`, and commit it")
        raise click.exceptions.Exit(1)
