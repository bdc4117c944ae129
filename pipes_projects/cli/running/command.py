"""`pipes-projects run`: run scripts here, without Dagster."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterable, Mapping
from functools import partial
from pathlib import Path
from threading import Event

import click

from pipes_projects.cli import STOPPED
from pipes_projects.cli.project import layout_at
from pipes_projects.cli.running.carry_out import (
    Manner,
    carry_out,
    show_plan,
    show_records,
    tell_first,
)
from pipes_projects.cli.running.live import stopped_by_signals
from pipes_projects.cli.running.request import RunRequest, planned, why_nothing
from pipes_projects.cli.streams import tell
from pipes_projects.layout import Layout
from pipes_projects.terminal.dotenv import EnvError, unread_lines, variables
from pipes_projects.terminal.planning.partitions import WantedPartitions

EXAMPLE = """\b
Examples:
  $ pipes-projects run defs/sales/orders.py
  $ pipes-projects run 'key:"sales/orders"+' --param min_rows=5
  $ pipes-projects run '*' --dry-run
"""


def _only(_: click.Context, param: click.Parameter, values: tuple[str, ...]) -> str | None:
    """Click's hook: an option of which the last would count, silently."""
    different = dict.fromkeys(values)
    if len(different) > 1:
        given = " and ".join(f"`{param.opts[0]} {value}`" for value in different)
        help_ = "use only one of them; several partitions are a `--range FIRST...LAST`"
        raise click.UsageError(f"{given} contradict each other: {help_}")
    return next(iter(different), None)


@click.command("run", epilog=EXAMPLE)
@click.argument("selection", default="")
@click.argument("path", default=".", type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--partition",
    metavar="KEY",
    multiple=True,
    callback=_only,
    help="The partition to make, for scripts that have any.",
)
@click.option(
    "--range",
    "range_",
    metavar="FIRST...LAST",
    multiple=True,
    callback=_only,
    help="The partitions to make, both ends included.",
)
@click.option(
    "--param",
    "params",
    multiple=True,
    metavar="NAME=VALUE",
    help="Set a parameter, in all selected scripts that have it; repeatable.",
)
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    help="How many scripts run at once; by default as many as there are processors.",
)
@click.option(
    "--last-failed",
    is_flag=True,
    help="Run only what was not made the last time it was run here, in the same partitions.",
)
@click.option(
    "--watch", is_flag=True, help="Keep running, and run again what a changed file affects."
)
@click.option("--dry-run", is_flag=True, help="Run nothing; show what would be run, and how.")
@click.option(
    "--dagster",
    is_flag=True,
    help="Have Dagster run it, from definitions.py: for kinds that only Dagster runs.",
)
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json"]),
    default="text",
    help="What is written to standard output at the end.",
)
@click.pass_obj
def command(
    own_variables: tuple[str, ...] | None,
    selection: str,
    path: Path,
    partition: str | None,
    range_: str | None,
    params: tuple[str, ...],
    jobs: int | None,
    last_failed: bool,
    watch: bool,
    dry_run: bool,
    dagster: bool,
    form: str,
) -> None:
    """Run scripts here, as Dagster would: each as soon as what it is made from has been made.

    SELECTION is the path of a script or a manifest, or in Dagster's language: `key:"sales/orders"`,
    `+group:marts`, `*`; see docs/selection.md. PATH is the project's folder, or any folder inside
    it.

    What scripts print is shown while they run, with the name of the asset before each line. If a
    script or a blocking check fails, nothing downstream of it runs. At the end, a table shows what
    was made, and what the scripts reported.

    With --watch, a script runs again when it, its manifest, or a file in a group that it names
    changes; so does everything selected that is made from it.

    With --dagster, Dagster makes the assets, on the instance of DAGSTER_HOME or, if that is not
    set, on a temporary one: in one run or, for a range of partitions, in one for each of them,
    unless `backfill_policy` says otherwise. Dagster must be installed.

    Ctrl-C ends all scripts, each with the time that its `grace` allows.

    Exit codes: 0 everything was made, 1 something failed, 2 wrong usage, 130 stopped.
    """
    gc.enable()  # unlike other commands, this one lasts
    layout = layout_at(path)
    _set_environment(layout.root, own_variables or ())
    if not selection and not last_failed:
        example = f"`'*'` or `{layout.defs}/GROUP/SCRIPT`"
        raise click.UsageError(f"say what to run: a selection, such as {example}")
    wanted = _wanted(partition, range_)
    request = RunRequest(selection, _params(params), wanted, last_failed)
    manner = Manner(layout.root, jobs or os.cpu_count() or 1, form)
    if watch and (dry_run or last_failed):
        other = "--dry-run" if dry_run else "--last-failed"
        raise click.UsageError(
            f"--watch runs what a change affects: it cannot be used with {other}"
        )
    if dagster:
        _refuse_with_dagster({"--jobs": jobs, "--watch": watch, "--dry-run": dry_run})
        from pipes_projects.cli.running.with_dagster import with_dagster

        raise click.exceptions.Exit(with_dagster(layout, request, manner))
    if dry_run:
        raise click.exceptions.Exit(_dry_run(layout, request, manner))
    stop = Event()
    with stopped_by_signals(stop):
        begin = _watched if watch else _once
        code = begin(layout, request, manner, stop)
        raise click.exceptions.Exit(STOPPED if stop.is_set() else code)


def _refuse_with_dagster(others: Mapping[str, object]) -> None:
    for name, value in others.items():
        if value:
            raise click.UsageError(f"{name} is only for runs without Dagster: leave out --dagster")


def _dry_run(layout: Layout, request: RunRequest, manner: Manner) -> int:
    made = planned(layout, request)
    tell_first(made)
    return show_plan(made, manner)


def _once(layout: Layout, request: RunRequest, manner: Manner, stop: Event) -> int:
    made = planned(layout, request)
    tell_first(made)
    if made.plan.steps or made.chosen.broken:
        return carry_out(made, manner, stop)
    tell(why_nothing(layout, request))
    if manner.form == "json" and request.only is None:
        show_records([], manner.form, "")
    return 0


def _watched(layout: Layout, request: RunRequest, manner: Manner, stop: Event) -> int:
    from pipes_projects.cli.running.watch import before, follow

    memory = before(layout)
    code = _once(layout, request, manner, stop)
    if not stop.is_set():
        follow(layout, memory, stop, partial(_again, layout, request, manner, stop))
    return code


def _again(
    layout: Layout, request: RunRequest, manner: Manner, stop: Event, keys: frozenset[str]
) -> None:
    _once(layout, request._replace(only=keys, last_failed=False), manner, stop)


def _params(texts: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for name, value in map(_param, texts):
        if found.setdefault(name, value) != value:
            both = f"`--param {name}={found[name]}` and `--param {name}={value}`"
            raise click.UsageError(f"{both} contradict each other: use only one of them")
    return found


def _param(text: str) -> tuple[str, str]:
    name, equals, value = text.partition("=")
    if equals and not name:
        raise click.UsageError(f"`--param {text}` names no param: write `--param NAME={value}`")
    if not equals:
        raise click.UsageError(f"`--param {text}` has no value: write `--param {name}=VALUE`")
    return name, value


def _wanted(partition: str | None, range_: str | None) -> WantedPartitions:
    if range_ is None:
        return WantedPartitions(partition)
    if partition is not None:
        raise click.UsageError("--partition is one, and --range is several: use only one of them")
    first, dots, last = range_.partition("...")
    if not (first and dots and last):
        raise click.UsageError(f"`--range {range_}` is not a range: write `--range FIRST...LAST`")
    return WantedPartitions(range=(first, last))


def _set_environment(root: Path, own: Iterable[str]) -> None:
    """Set it for the scripts: without the variables that are only for this process, with `.env`."""
    for name in own:
        os.environ.pop(name, None)
    try:
        os.environ.update(variables(root))
        for sentence in unread_lines(root):
            tell(f"warning: {sentence}")
    except EnvError as error:
        raise click.UsageError(str(error)) from None
