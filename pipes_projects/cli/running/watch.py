"""`pipes-projects run --watch`: whatever a changed file affects is run again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from threading import Event
from typing import Final

import click

from pipes_projects.cli.project import compiled
from pipes_projects.cli.streams import show, tell
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout
from pipes_projects.render.findings.text import render_findings
from pipes_projects.terminal.planning.touched import Users, is_code, touched, users_of

_LOOK: Final = 0.5
"""Seconds after which it looks whether the folder is still the one that it watches."""


def before(layout: Layout) -> Contents:
    """What there is before the first run, so that no change during it is missed."""
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        raise click.UsageError("to watch files, install `pipes-projects[watch]`") from None
    return Contents(layout.root, layout.defs, partial(_users, layout))


def follow(
    layout: Layout, memory: Contents, stop: Event, run: Callable[[frozenset[str]], object]
) -> None:
    """Call `run` with the assets that a change affects, until `stop` is set."""
    while not stop.is_set() and (paths := memory.changed(memory.paths())):
        _again(layout, paths, memory, run)
    tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")
    for paths in _changes(layout.root / layout.defs, memory, stop):
        if paths:
            _again(layout, paths, memory, run)
            tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")


def _changes(folder: Path, memory: Contents, stop: Event) -> Iterator[frozenset[str]]:
    """The files that have changed, again and again, until `stop` is set; also those that changed
    before anybody watched, and all of them if the folder itself is replaced."""
    from watchfiles import watch

    while not stop.is_set():
        watched = _identity(folder)
        yield memory.changed(memory.paths())
        if watched is None:
            stop.wait(_LOOK)
            continue
        changes = watch(
            folder,
            stop_event=stop,
            raise_interrupt=False,
            yield_on_timeout=True,
            rust_timeout=int(_LOOK * 1000),
        )
        for number, change in enumerate(changes):
            files = (file for _, path in change for file in _within(path))
            yield memory.changed(memory.paths() if number == 0 else files)
            if _identity(folder) != watched:
                break


def _identity(folder: Path) -> tuple[int, int] | None:
    """What tells a folder from another of the same name; None if there is none."""
    try:
        found = folder.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _users(layout: Layout) -> Users:
    try:
        return users_of(compiled(layout).project, layout.root)
    except click.UsageError:
        return {}  # the next run says what is wrong


def _within(path: str) -> Iterator[str]:
    """A changed file; for a folder, what was in it before anybody could watch it."""
    yield path
    if os.path.isdir(path):
        yield from map(str, Path(path).rglob("*"))


def _again(
    layout: Layout,
    paths: frozenset[str],
    memory: Contents,
    run: Callable[[frozenset[str]], object],
) -> None:
    """Run again; a mistake in an unfinished edit is no reason to stop."""
    tell(f"changed: {', '.join(sorted(paths))}")
    try:
        compilation = compiled(layout)
        if unread := _unread(compilation, paths):
            show(render_findings(compilation, unread), err=True)
        affected = touched(compilation.project, layout.root, paths, memory.used)
        memory.used = users_of(compilation.project, layout.root)
        run(affected)
    except click.UsageError as error:
        tell(f"Error: {error.format_message()}")


def _unread(compilation: Compilation, paths: frozenset[str]) -> list[Diagnostic]:
    """The errors in manifests of which nothing could be read, so that no asset has them."""
    read = {script.location.path for script in compilation.project.scripts}
    errors = (diagnostic for diagnostic in compilation.diagnostics if diagnostic.is_error)
    return [error for error in errors if error.location.path in paths - read]


class Contents:
    """The contents of files that may affect a script when they were last looked at.

    `users` gives the scripts of each file that they name, whatever its ending.
    """

    def __init__(self, root: Path, defs: str, users: Callable[[], Users]) -> None:
        self.root = root
        self.defs = root / defs
        self.users = users
        self.used = users()
        """The scripts of each file when the project was last compiled."""
        self.known: dict[str, str] = {}
        self.changed(self.paths())

    def paths(self) -> set[str]:
        """All files, also those that are gone."""
        known = {str(self.root / name) for name in self.known}
        return known.union(map(str, self.defs.rglob("*")))

    def changed(self, paths: Iterable[str]) -> frozenset[str]:
        """The files whose contents have changed, relative to the project's folder."""
        names = {Path(path).relative_to(self.root).as_posix() for path in paths}
        code = {name for name in names if is_code(name)}
        named = names & (self.users().keys() | self.used.keys()) if names > code else set[str]()
        return frozenset(name for name in code | named if self._has_changed(name))

    def _has_changed(self, name: str) -> bool:
        before, now = self.known.get(name, ""), _hash(self.root / name)
        self.known[name] = now
        return before != now


def _hash(path: Path) -> str:
    """A file's hash; empty if there is no such file."""
    try:
        return hashlib.sha256(path.read_bytes()).hexdigest()
    except OSError:
        return ""
