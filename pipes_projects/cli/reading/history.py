"""`pipes-projects history`: what was run here, and the results."""

from __future__ import annotations

import sys
from pathlib import Path
from shutil import get_terminal_size

import click

from pipes_projects.cli.arguments import selection_and_path
from pipes_projects.cli.project import compiled, layout_at, selected
from pipes_projects.cli.streams import hand_over, show, tell
from pipes_projects.terminal.results.history import HISTORY, History, history
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.results.report import render_history
from pipes_projects.text.plain import json_text

EXAMPLE = """\b
Examples:
  $ pipes-projects history
  $ pipes-projects history 'group:sales' --limit 5
  $ pipes-projects history --json | jq '.runs[] | select(.result == "failed")'
"""


@click.command("history", epilog=EXAMPLE)
@selection_and_path
@click.option(
    "--limit",
    type=click.IntRange(min=1),
    default=30,
    show_default=True,
    help="Show only this many lines, the latest.",
)
@click.option("--json", "as_json", is_flag=True, help="Print all of it as JSON, for programs.")
def command(selection: str, path: Path, limit: int, as_json: bool) -> None:
    """Show what `pipes-projects run` has run here, latest last.

    There is a line for each asset, and for each of its partitions. SELECTION is as in `run`. PATH
    is the project's folder, or any folder inside it.

    The history is in .pipes-projects/history.jsonl, which git ignores. Delete the file to clear it.

    Exit codes: 0 shown, 2 wrong usage.
    """
    layout = layout_at(path)
    known = history(layout.root)
    if known.broken:
        lines = "a line" if known.broken == 1 else f"{known.broken} lines"
        tell(f"{lines} of {HISTORY} cannot be read")
    if selection:
        keys = set(selected(layout, compiled(layout).project, selection))
        known = History(tuple(record for record in known.records if record.asset in keys))
    if as_json:
        hand_over(json_text({"runs": [_data(record) for record in known.records]}) + "\n")
    else:
        _show(known, limit)


def _data(record: Record) -> dict[str, object]:
    return {**record._asdict(), "rows": record.rows}


def _show(known: History, limit: int) -> None:
    if not known.records:
        tell("nothing was run here yet")
        return
    is_terminal = sys.stdout is not None and sys.stdout.isatty()
    show(
        render_history(known.records[-limit:], get_terminal_size().columns if is_terminal else None)
    )
    if len(known.records) > limit:
        tell(f"{len(known.records) - limit} earlier lines are left out: see --limit")
