"""`pipes-projects why`: what has changed since an asset was made."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.analysis.code_version.changes import LastRun, Why, why
from pipes_projects.analysis.code_version.parts import CodeReader, recorded
from pipes_projects.analysis.script_text import ScriptUnreadableError
from pipes_projects.cli.project import compiled, layout_at, refuse_unknown_key
from pipes_projects.cli.streams import hand_over, show
from pipes_projects.layout import Layout
from pipes_projects.project import Asset, Project, Script
from pipes_projects.render.why import render_why, render_why_json
from pipes_projects.terminal.results.history import history

EXAMPLE = """\b
Examples:
  $ pipes-projects why marts/days
  marts/days: stale, because of what has changed since the run at 2026-05-01T06:00:00Z
    defs/_flights.py  changed
    extras.region     added
  $ pipes-projects why marts/days --dagster --format json
"""


@click.command("why", epilog=EXAMPLE)
@click.argument("key")
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option("--dagster", is_flag=True, help="Ask Dagster's instance in DAGSTER_HOME.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What is written to standard output.",
)
def command(key: str, path: Path, dagster: bool, form: str) -> None:
    """Show what has changed in an asset's code since it was made.

    KEY is an asset's key, as in `deps`: group/asset. What its code version covers is compared with
    what was recorded for the last run that made it: the script, the modules of the project that it
    imports, the files that `code_paths` names, extras, defaults of params, the options of its kind.
    PATH is the project's folder, or any folder inside it.

    The last run is that of `pipes-projects run`; with --dagster, which imports `definitions.py`,
    the latest materialization in the instance that DAGSTER_HOME names.

    Exit codes: 0 shown, changed or not, 2 wrong usage.
    """
    layout = layout_at(path)
    script, asset = _asset(key, compiled(layout).project)
    if not script.runs:
        raise click.UsageError(f"`{key}` is made by something else: nothing here runs for it")
    answer = _in_dagster(layout, key) if dagster else _here(layout, script, asset)
    if form == "json":
        hand_over(render_why_json(answer))
    else:
        show(render_why(answer))


def _asset(key: str, project: Project) -> tuple[Script, Asset]:
    made = ((script, asset) for script in project.scripts for asset in script.assets)
    found = next((pair for pair in made if pair[1].key == key), None)
    return found or refuse_unknown_key(key, project)


def _here(layout: Layout, script: Script, asset: Asset) -> Why:
    """From the history of `pipes-projects run`."""
    try:
        now = recorded(CodeReader(layout.root).code(script), asset.fields.code_version)
    except ScriptUnreadableError as error:
        raise click.UsageError(str(error)) from None
    made = [record for record in history(layout.root).records if record.asset == asset.key]
    last = next((record for record in reversed(made) if record.made), None)
    known = LastRun(last.time, last.run, last.partition, last.code) if last else None
    return why(asset.key, known, now)


def _in_dagster(layout: Layout, key: str) -> Why:
    try:
        from pipes_projects.emitter.inspection.explanation import NotMadeError
        from pipes_projects.emitter.inspection.last_run import why_in_dagster
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "dagster":
            raise
        help_ = "install `pipes-projects[dagster]`"
        raise click.UsageError(f"`--dagster` needs Dagster: {help_}") from None
    try:
        return why_in_dagster(layout, key)
    except NotMadeError as error:
        raise click.UsageError(f"Dagster is given nothing of `{key}`: {error}") from None
