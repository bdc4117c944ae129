"""`pipes-projects run`: run scripts here, without Dagster."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import get_terminal_size
from threading import Event
from uuid import uuid4

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.project import layout_at
from pipes_projects.cli.running.live import Live, stopped_by_signals, watched
from pipes_projects.cli.running.request import Planned, RunRequest, planned
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.layout import Layout
from pipes_projects.plain_text import json_text
from pipes_projects.render.findings.text import render_findings
from pipes_projects.terminal.dotenv import ENV, variables
from pipes_projects.terminal.history import now, remember
from pipes_projects.terminal.job import Surroundings
from pipes_projects.terminal.records import Record, records_of
from pipes_projects.terminal.report import render_report
from pipes_projects.terminal.script_run import ScriptRun
from pipes_projects.terminal.side_by_side import side_by_side
from pipes_projects.terminal.told import code_of

EXAMPLE = """\b
Examples:
  $ pipes-projects run defs/sales/orders.py
  $ pipes-projects run 'key:"sales/orders"+' --param min_rows=5
  $ pipes-projects run '*' --dry-run
"""


@click.command("run", epilog=EXAMPLE)
@click.argument("selection")
@click.argument("path", default=".", type=click.Path(exists=True, path_type=Path))
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="The value of a parameter, for all selected scripts that have it.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many scripts run at a time; by default as many as there are processors.",
)
@click.option("--dry-run", is_flag=True, help="Run nothing; show what would be run, and how.")
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What is written to standard output at the end.",
)
def command(
    selection: str,
    path: Path,
    params: tuple[str, ...],
    jobs: int | None,
    dry_run: bool,
    form: str,
) -> None:
    """Run scripts here, as Dagster would: each once what it is made from is made.

    SELECTION is the path of a script or a manifest, or in Dagster's language: `key:"sales/orders"`,
    `+group:marts`, `*`; see docs/selection.md. PATH is the project's folder, or any folder inside
    it.

    What scripts print is shown while they run, with the name of the asset before each line. Where
    a script or a blocking check fails, nothing downstream of it runs. At the end comes a table of
    what was made, and what the scripts reported.

    Ctrl-C ends all scripts, each with the time that its `grace` gives it.

    Exit codes: 0 all was made, 1 something failed, 2 wrong usage, 130 stopped.
    """
    layout = layout_at(path)
    os.environ.update(_env(layout.root))
    request = RunRequest(selection, dict(map(_param, params)))
    made = planned(layout, request)
    _tell(made)
    if dry_run:
        _show_plan(made, layout, form)
        return
    _run(made, layout, jobs or os.cpu_count() or 1, form)


def _param(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if not equals or not name:
        raise click.UsageError(f"`--param {text}` names no value: write `--param {name}=VALUE`")
    return name, value


def _env(root: Path) -> dict[str, str]:
    try:
        return variables(root)
    except (OSError, ValueError) as error:
        raise click.UsageError(f"`{ENV}` cannot be read: {error}") from None


def _tell(made: Planned) -> None:
    """What is to be known before anything runs."""
    if made.isolation:
        why = {
            id(it): it for key in made.broken for it in made.isolation.placeholders[key].diagnostics
        }
        show(render_findings(made.compilation, why.values()), err=True)
        others = "" if made.broken else "other "
        tell(f"{others}manifests have errors: see `pipes-projects check`")
    for note in made.plan.notes:
        tell(note)


def _show_plan(made: Planned, layout: Layout, form: str) -> None:
    from pipes_projects.cli.running.dry_run import render_steps, steps_of

    steps = steps_of(made.plan, layout.root)
    if form == "json":
        hand_over(json_text({"steps": steps}) + "\n")
    else:
        show(render_steps(steps))
    if made.broken:
        raise click.exceptions.Exit(FINDINGS)


def _run(made: Planned, layout: Layout, jobs: int, form: str) -> None:
    stop = Event()
    around = Surroundings(layout.root, uuid4().hex, stop)
    with stopped_by_signals(stop):
        done = dict(_done(made, around, jobs))
        is_stopped = stop.is_set()
    records = [record for number in sorted(done) for record in done[number]]
    _show(records, form, around.run_id)
    if is_stopped:
        raise click.exceptions.Exit(130)
    if made.broken or any(it.result != "made" for it in records):
        raise click.exceptions.Exit(FINDINGS)


def _done(made: Planned, around: Surroundings, jobs: int) -> Iterator[tuple[int, list[Record]]]:
    """What is done, by the number of its step; remembered as soon as it is."""
    steps = made.plan.steps
    codes = [code_of(it, around.root) for it in steps]
    events = side_by_side(
        made.plan, lambda step, emit: ScriptRun(step, around, emit)(), jobs, around.stop
    )
    for number, result in watched(events, Live(made.plan), around.stop):
        found = list(records_of(steps[number], result, codes[number], around.run_id, now()))
        try:
            remember(around.root, found)
        except OSError as error:
            tell(f"the history cannot be written: {error}")
        yield number, found


def _show(records: list[Record], form: str, run_id: str) -> None:
    if form == "json":
        told = [{**it._asdict(), "rows": it.rows} for it in records]
        hand_over(json_text({"run": run_id, "assets": told}) + "\n")
        return
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    show(render_report(records, get_terminal_size().columns if is_terminal else None))
