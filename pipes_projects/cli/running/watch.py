"""`pipes-projects run --watch`: whatever a changed file affects is run again."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from pathlib import Path
from threading import Event

import click

from pipes_projects.cli.project import compiled
from pipes_projects.cli.streams import show, tell
from pipes_projects.compiler import Compilation
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.layout import Layout
from pipes_projects.render.findings.text import render_findings
from pipes_projects.terminal.planning.touched import files_of, is_code, touched


def before(layout: Layout) -> Contents:
    """What there is before the first run, so that no change during it is missed."""
    try:
        import watchfiles  # noqa: F401
    except ImportError:
        raise click.UsageError("to watch files, install `pipes-projects[watch]`") from None
    return Contents(layout.root, layout.defs, partial(_named, layout))


def follow(
    layout: Layout, memory: Contents, stop: Event, run: Callable[[frozenset[str]], object]
) -> None:
    """Call `run` with the assets that a change affects, until `stop` is set."""
    from watchfiles import watch

    changes = watch(
        layout.root / layout.defs, stop_event=stop, raise_interrupt=False, yield_on_timeout=False
    )
    while not stop.is_set() and (paths := memory.changed(memory.paths())):
        _again(layout, paths, run)
    tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")
    for change in changes:
        paths = memory.changed(file for _, path in change for file in _within(path))
        if paths:
            _again(layout, paths, run)
            tell(f"watching {layout.root / layout.defs}; Ctrl-C ends it")


def _named(layout: Layout) -> frozenset[str]:
    try:
        return files_of(compiled(layout).project, layout.root)
    except click.UsageError:
        return frozenset()  # the next run says what is wrong


def _within(path: str) -> Iterator[str]:
    """A changed file; for a folder, what was in it before anybody could watch it."""
    yield path
    if os.path.isdir(path):
        yield from map(str, Path(path).rglob("*"))


def _again(layout: Layout, paths: frozenset[str], run: Callable[[frozenset[str]], object]) -> None:
    """Run again; a mistake in an unfinished edit is no reason to stop."""
    tell(f"changed: {', '.join(sorted(paths))}")
    try:
        compilation = compiled(layout)
        if unread := _unread(compilation, paths):
            show(render_findings(compilation, unread), err=True)
        run(touched(compilation.project, layout.root, paths))
    except click.UsageError as error:
        tell(f"Error: {error.format_message()}")


def _unread(compilation: Compilation, paths: frozenset[str]) -> list[Diagnostic]:
    """The errors in manifests of which nothing could be read, so that no asset has them."""
    read = {script.location.path for script in compilation.project.scripts}
    errors = (diagnostic for diagnostic in compilation.diagnostics if diagnostic.is_error)
    return [error for error in errors if error.location.path in paths - read]


class Contents:
    """The contents of files that may affect a script when they were last looked at.

    `named` gives the files that scripts name, whatever their endings.
    """

    def __init__(self, root: Path, defs: str, named: Callable[[], frozenset[str]]) -> None:
        self.root = root
        self.defs = root / defs
        self.named = named
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
        named = names & self.named() if names > code else frozenset[str]()
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
