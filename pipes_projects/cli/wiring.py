"""The settings of editors in a project: what is missing in them is added, or shown."""

from __future__ import annotations

from pathlib import Path

import click

from pipes_projects.scaffold.editors import by_hand, merged, merges
from pipes_projects.writing import current, write


def wire(root: Path, defs: str) -> None:
    """Write what is missing, and say what was done about each file."""
    for name, text in _merged(root, defs).items():
        there = (root / name).exists()
        if text is None:
            _tell_by_hand(root / name, by_hand(name, defs))
        elif not write(root / name, text):
            click.echo(f"kept  {root / name}, which has all that it needs")
        else:
            click.echo(f"added to {root / name}" if there else f"wrote {root / name}")


def wired(root: Path, defs: str) -> dict[str, str]:
    """What the files would then say, by their paths."""
    return {name: text for name, text in _merged(root, defs).items() if text is not None}


def _merged(root: Path, defs: str) -> dict[str, str | None]:
    return {name: _with_what_is_missing(root, name, defs) for name in merges(defs)}


def _with_what_is_missing(root: Path, name: str, defs: str) -> str | None:
    try:
        return merged(name, current(root / name) or "", defs)
    except (OSError, UnicodeDecodeError):
        return None


def _tell_by_hand(path: Path, text: str) -> None:
    click.echo(f"kept  {path}, which was there already and is not understood; it needs this:")
    click.echo("".join(f"  {line}\n" for line in text.splitlines()), nl=False)
