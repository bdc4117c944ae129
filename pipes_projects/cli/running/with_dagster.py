"""`pipes-projects run --dagster`: Dagster makes what is selected, by `definitions.py`."""

from __future__ import annotations

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.running.carry_out import Manner, show_records, tell_errors
from pipes_projects.cli.running.request import RunRequest, chosen, why_nothing
from pipes_projects.cli.streams import tell
from pipes_projects.disk.boundary import in_words
from pipes_projects.layout import Layout
from pipes_projects.terminal.planning.parameters import values_of
from pipes_projects.terminal.results.history import remember
from pipes_projects.terminal.results.records import Record


def with_dagster(layout: Layout, request: RunRequest, manner: Manner) -> int:
    """The exit code of a run by Dagster, whose results are shown and recorded like any other."""
    found = chosen(layout, request)
    tell_errors(found)
    for note in found.notes:
        tell(note)
    if found.broken:
        show_records([], manner.form, "")
        return FINDINGS
    if not found.keys:
        tell(why_nothing(layout, request))
        show_records([], manner.form, "")
        return 0
    try:
        from pipes_projects.emitter.inspection import materializing
        from pipes_projects.emitter.inspection.partition_runs import Asked
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "dagster":
            raise
        help_ = "install `pipes-projects[dagster]`"
        raise click.UsageError(f"`--dagster` needs Dagster: {help_}") from None
    given = {script.name: values_of(script, request.params) for script in found.scripts}
    wanted = found.wanted
    partitions = Asked(wanted.range, wanted.of_assets)
    order = materializing.Order(found.keys, wanted.key, partitions, given)
    records: list[Record] = []
    problem = ""
    try:
        for of_run in materializing.materialized(layout, order):
            records += of_run
            _remember(layout, of_run)
    except materializing.CannotMaterializeError as error:
        if not records:
            raise click.UsageError(str(error)) from None
        problem = str(error)
    return _shown(records, manner, problem)


def _remember(layout: Layout, records: list[Record]) -> None:
    try:
        remember(layout.root, records)
    except OSError as error:
        tell(f"the history cannot be written: {in_words(error)}")


def _shown(records: list[Record], manner: Manner, problem: str) -> int:
    show_records(records, manner.form, next((record.run for record in records if record.run), ""))
    if problem:
        tell(f"Error: {problem}")
    is_success = all(record.is_success for record in records)
    return 0 if is_success and not problem else FINDINGS
