"""`pipes-projects explain`: show where each value of an asset comes from."""

from __future__ import annotations

from pathlib import Path
from typing import NoReturn

import click

from pipes_projects.analysis.explanation import Made, explain
from pipes_projects.cli.project import contract_at, layout_at, wants_colour
from pipes_projects.cli.streams import hand_over, show_painted, tell
from pipes_projects.layout import Layout
from pipes_projects.project import Project
from pipes_projects.project_folder import sources_of
from pipes_projects.render.explanation import render_json, render_table
from pipes_projects.spelling import similar

EXAMPLE = """\b
Example:
  $ pipes-projects explain sales/orders
  tags.tier     gold       defs/sales/orders.yaml:2
    instead of  bronze     defs/_defaults.yaml:4
  pool          (nothing)  defs/sales/orders.yaml:3
    instead of  warehouse  defs/_defaults.yaml:5
  can_subset    false      built in
"""


@click.command("explain", epilog=EXAMPLE)
@click.argument("key")
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--definitions", is_flag=True, help="Show what the owner's classes make of it, too.")
@click.option("--json", "as_json", is_flag=True, help="For programs.")
def command(key: str, path: Path, definitions: bool, as_json: bool) -> None:
    """Show where each value of an asset comes from: the file and line, or what is built in, and
    below it what it took the place of.

    KEY is the asset's key, as in `deps`: group/asset. PATH is the project's folder, or any below
    it.

    With --definitions, `definitions.py` is imported, which takes Dagster: then what Dagster is
    given is shown, and which property of the platform owner's classes made it different from the
    manifest.

    What a manifest with errors validly says is explained; the exit code is then 1, and `check`
    tells the errors.
    """
    layout = layout_at(path)
    compilation, explanation = explain(sources_of(layout), contract_at(layout), key)
    if explanation is None:
        _refuse(key, compilation.project)
    made, problem = _definitions(layout, key) if definitions else (None, None)
    if as_json:
        hand_over(render_json(explanation, made))
    else:
        show_painted(render_table(explanation, made, wants_colour()))
    if explanation.has_errors:
        tell("its manifest has errors: see `pipes-projects check`")
    if problem:
        tell(f"Dagster is given nothing of it: {problem}")
    if explanation.has_errors or problem:
        raise click.exceptions.Exit(1)


def _definitions(layout: Layout, key: str) -> tuple[list[Made] | None, str | None]:
    """What Dagster is given of the asset, or why that is nothing."""
    try:
        from pipes_projects.emitter.inspection.explanation import NotMadeError, definitions_of
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "dagster":
            raise
        help_ = "install `pipes-projects[dagster]`"
        raise click.UsageError(f"`--definitions` needs Dagster: {help_}") from None
    try:
        return definitions_of(layout, key), None
    except NotMadeError as error:
        return None, str(error)


def _refuse(key: str, project: Project) -> NoReturn:
    """Why there is nothing to explain."""
    if key in project.asset_keys:
        raise click.UsageError(f"`{key}` is made by Python definitions: no manifest declares it")
    keys = [asset.key for asset in project.assets()]
    hint = similar(key, keys, "an asset") or "`pipes-projects list` shows them"
    if key.partition("/")[0] in project.opaque_groups:
        hint += "; a manifest of this group cannot be read: see `pipes-projects check`"
    raise click.UsageError(f"no asset is called `{key}`; {hint}")
