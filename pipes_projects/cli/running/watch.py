"""`pipes-projects run --watch`: whatever a changed file affects is run again."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable
from pathlib import Path
from threading import Event

import click

from pipes_projects.cli.project import compiled
from pipes_projects.cli.streams import tell
from pipes_projects.layout import Layout
from pipes_projects.terminal.planning.touched import is_code, touched


def follow(layout: Layout, stop: Event, run: Callable[[frozenset[str]], object]) -> None:
    """Call `run` with the assets that a change affects, until `stop` is set."""
    try:
        from watchfiles import watch
    except ImportError:
        raise click.UsageError("to watch files, install `pipes-projects[watch]`") from None
    memory = Contents(layout.root, layout.defs)
    changes = watch(
        layout.root / layout.defs, stop_event=stop, raise_interrupt=False, yield_on_timeout=False
    )
    tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")
    for change in changes:
        paths = memory.changed(path for _, path in change)
        if paths:
            tell(f"changed: {', '.join(sorted(paths))}")
            _again(layout, paths, run)
            tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")


def _again(layout: Layout, paths: frozenset[str], run: Callable[[frozenset[str]], object]) -> None:
    """Run again; a mistake in an unfinished edit is no reason to stop."""
    try:
        run(touched(compiled(layout).project, layout.root, paths))
    except click.UsageError as error:
        tell(f"Error: {error.format_message()}")


class Contents:
    """The contents of code files when they were last looked at."""

    def __init__(self, root: Path, defs: str) -> None:
        self.root = root
        self.known: dict[str, str] = {}
        self.changed(str(path) for path in (root / defs).rglob("*"))

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        """The files whose contents have changed, relative to the project's folder."""
        found = set[str]()
        for path in paths:
            name = Path(path).relative_to(self.root).as_posix()
            if is_code(name) and self.known.get(name, "") != (now := _hash(path)):
                self.known[name] = now
                found.add(name)
        return frozenset(found)


def _hash(path: str) -> str:
    """A file's hash; empty if there is no such file."""
    try:
        return hashlib.sha256(Path(path).read_bytes()).hexdigest()
    except OSError:
        return ""
