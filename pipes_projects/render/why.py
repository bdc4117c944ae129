"""The answer of `why`, for people and for programs.

The JSON, in version 1:

    {"version": 1, "key": KEY, "verdict": "changed" | "unchanged" | "never-ran" | "unknown",
     "run": {"time": …, "run": …, "partition": …} or null,
     "changed": [NAME, …], "added": [NAME, …], "removed": [NAME, …]}

A NAME is the path of a file, or a field with the key of a value in it, such as `extras.region`. The
verdict is `unknown` if the last run recorded nothing about its code.
"""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.analysis.code_version.changes import Why
from pipes_projects.text.plain import json_text, shown
from pipes_projects.text.width import width


def render_why(why: Why) -> str:
    """What has changed, and since when, a line for each."""
    rows = [(shown(name), what) for name, what in _rows(why)]
    widest = max((width(name) for name, _ in rows), default=0)
    lines = (f"  {name}{' ' * (widest - width(name))}  {what}\n" for name, what in rows)
    return shown(_head(why)) + "\n" + "".join(lines)


def render_why_json(why: Why) -> str:
    """One object: see above."""
    return json_text(why.plain()) + "\n"


def _rows(why: Why) -> Iterator[tuple[str, str]]:
    for what, names in why.changes._asdict().items():
        yield from ((name, what) for name in names)


def _head(why: Why) -> str:
    if why.last is None:
        return f"{why.key}: never ran"
    of = f" of {why.last.partition}" if why.last.partition else ""
    run = f"the run{of} at {why.last.time}"
    if why.verdict == "unknown":
        return f"{why.key}: {run} recorded nothing of its code"
    if why.verdict == "unchanged":
        return f"{why.key}: nothing has changed since {run}"
    return f"{why.key}: stale, because of what has changed since {run}"
