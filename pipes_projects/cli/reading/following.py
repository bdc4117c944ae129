"""`pipes-projects catalog --watch`: the page is written again whenever the project changes."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import click

from pipes_projects.cli.streams import tell
from pipes_projects.layout import Layout
from pipes_projects.terminal.results.history import HISTORY


def follow(layout: Layout, file: Path, make: Callable[[], object]) -> None:
    """Call `make` after every change of what the page shows, until Ctrl-C; `file` is the page."""
    try:
        from watchfiles import watch
    except ImportError:
        raise click.UsageError("to watch files, install `pipes-projects[watch]`") from None
    known = (layout.root / layout.defs, layout.contract.parent, (layout.root / HISTORY).parent)
    places = [place for place in known if place.is_dir()]
    tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")
    for changes in watch(*places, raise_interrupt=True):
        if any(_counts(Path(path), file) for _, path in changes):
            _again(make)


def _counts(changed: Path, file: Path) -> bool:
    """Whether this is no page of ours, and no file that is only there for a moment."""
    return changed != file and not changed.name.startswith(".")


def _again(make: Callable[[], object]) -> None:
    """A mistake in an unfinished edit is no reason to stop."""
    try:
        make()
    except click.UsageError as error:
        tell(f"Error: {error.format_message()}")
