"""`pipes-projects run --dagster`: Dagster makes what is selected, by `definitions.py`."""

from __future__ import annotations

import click

from pipes_projects.cli import FINDINGS
from pipes_projects.cli.running.carry_out import Manner, show_records, tell_errors
from pipes_projects.cli.running.request import RunRequest, chosen, why_nothing
from pipes_projects.cli.streams import tell
from pipes_projects.layout import Layout
from pipes_projects.terminal.planning.parameters import values_of
from pipes_projects.terminal.results.history import remember


def with_dagster(layout: Layout, request: RunRequest, manner: Manner) -> int:
    """The exit code of a run by Dagster, whose results are shown and recorded like any other."""
    found = chosen(layout, request)
    tell_errors(found)
    for note in found.notes:
        tell(note)
    if found.broken:
        return FINDINGS
    if not found.keys:
        tell(why_nothing(layout, request))
        show_records([], manner.form, "")
        return 0
    if found.wanted.of_assets:
        raise click.UsageError("`--last-failed` with `--dagster`: say `--partition` or `--range`")
    try:
        from pipes_projects.emitter.inspection import materializing
    except ImportError as error:
        if (error.name or "").partition(".")[0] != "dagster":
            raise
        help_ = "install `pipes-projects[dagster]`"
        raise click.UsageError(f"`--dagster` needs Dagster: {help_}") from None
    given = {script.name: values_of(script, request.params) for script in found.scripts}
    keys = found.keys
    order = materializing.Order(keys, found.wanted.key, found.wanted.range, given)
    try:
        records = materializing.materialized(layout, order)
    except materializing.CannotMaterializeError as error:
        raise click.UsageError(str(error)) from None
    try:
        remember(layout.root, records)
    except OSError as error:
        tell(f"the history cannot be written: {error}")
    show_records(records, manner.form, records[0].run if records else "")
    return FINDINGS if any(record.result != "made" for record in records) else 0
