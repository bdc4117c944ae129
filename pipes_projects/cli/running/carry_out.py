"""A plan → a run, shown while it lasts and recorded; at the end, its results."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path
from shutil import get_terminal_size
from threading import Event
from typing import NamedTuple
from uuid import uuid4

from pipes_projects.analysis.code_version.parts import CodeReader
from pipes_projects.cli import FINDINGS
from pipes_projects.cli.progress import doing
from pipes_projects.cli.running.live import Live, watched
from pipes_projects.cli.running.request import Chosen, Planned
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.disk.boundary import in_words
from pipes_projects.manifest.script import ProcessFields
from pipes_projects.render.findings.text import render_findings
from pipes_projects.terminal.job import Surroundings
from pipes_projects.terminal.results.history import now, remember
from pipes_projects.terminal.results.records import Record, records_of
from pipes_projects.terminal.results.report import render_report
from pipes_projects.terminal.script_run import ScriptRun
from pipes_projects.terminal.side_by_side import side_by_side
from pipes_projects.terminal.told import code_of
from pipes_projects.text.plain import json_text


class Manner(NamedTuple):
    """How to carry out a plan, whatever is in it."""

    root: Path
    jobs: int
    form: str
    """`text` or `json`."""


def tell_errors(chosen: Chosen) -> None:
    """What is wrong with the selected assets."""
    if chosen.isolation:
        show(render_findings(chosen.compilation, chosen.errors()), err=True)
        others = "" if chosen.broken else "other "
        tell(f"{others}manifests have errors: see `pipes-projects check`")


def tell_first(made: Planned) -> None:
    """What to say before anything runs."""
    tell_errors(made.chosen)
    for note in (*made.chosen.notes, *made.plan.notes):
        tell(note)


def show_plan(made: Planned, manner: Manner) -> int:
    """Show what a run would do; returns the exit code."""
    from pipes_projects.cli.running.dry_run import is_stopped, render_steps, steps_of

    known = made.chosen.project.connections
    steps = steps_of(made.plan, manner.root, _defaults(made), known)
    if manner.form == "json":
        hand_over(json_text({"steps": steps}) + "\n")
    else:
        show(render_steps(steps))
    return FINDINGS if made.chosen.broken or any(map(is_stopped, steps)) else 0


def carry_out(made: Planned, manner: Manner, stop: Event) -> int:
    """Run all of it; returns the exit code, as if it had not been stopped."""
    known, compiled = made.chosen.project.connections, made.chosen.compilation.project
    partitions = compiled.partitions_by_asset()
    around = Surroundings(manner.root, uuid4().hex, stop, _defaults(made), known, partitions)
    done = dict(_done(made, around, manner.jobs))
    records = [record for number in sorted(done) for record in done[number]]
    show_records(records, manner.form, around.run_id)
    is_success = all(record.is_success for record in records)
    return 0 if is_success and not made.chosen.broken else FINDINGS


def _defaults(made: Planned) -> ProcessFields:
    return ProcessFields.model_validate(made.chosen.project.script_defaults)


def _done(made: Planned, around: Surroundings, jobs: int) -> Iterator[tuple[int, list[Record]]]:
    """What is done, by the number of its step, and recorded right away."""
    steps = made.plan.steps
    reader = CodeReader(around.root)
    with doing("reading the scripts"):
        codes = [code_of(step, reader) for step in steps]
    events = side_by_side(
        made.plan, lambda step, emit: ScriptRun(step, around, emit)(), jobs, around.stop
    )
    for number, result in watched(events, Live(made.plan), around.stop):
        found = list(records_of(steps[number], result, codes[number], around.run_id, now()))
        try:
            remember(around.root, found)
        except OSError as error:
            tell(f"the history cannot be written: {in_words(error)}")
        yield number, found


def show_records(records: list[Record], form: str, run_id: str) -> None:
    """The results of a run, on standard output."""
    if form == "json":
        told = [{**record._asdict(), "rows": record.rows} for record in records]
        hand_over(json_text({"run": run_id, "assets": told}) + "\n")
        return
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    show(render_report(records, get_terminal_size().columns if is_terminal else None))
