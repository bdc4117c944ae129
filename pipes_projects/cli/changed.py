"""`check --changed-since REF`: only the findings that touch what has changed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from threading import Thread

import click

from pipes_projects.changes import Changes, changes_since
from pipes_projects.cli.project import contract_at
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.touching import declared, hidden, touching
from pipes_projects.git import GitError
from pipes_projects.layout import Layout
from pipes_projects.source import Sources, TextFiles


def only_changed(layout: Layout, ref: str) -> Callable[[Compilation], Compilation]:
    """Leaves the findings that touch what has changed; git looks while the project is compiled."""
    asked = _Asked(layout, ref)
    asked.start()
    return lambda compilation: _touching(compilation, layout, asked.answer())


class _Asked(Thread):
    """Asks git; what it cannot tell is wrong usage."""

    def __init__(self, layout: Layout, ref: str) -> None:
        super().__init__(daemon=True)
        self.layout, self.ref = layout, ref
        self.changes: Changes | BaseException = Changes()

    def run(self) -> None:
        try:
            self.changes = changes_since(self.layout, self.ref)
        except GitError as error:
            self.changes = click.UsageError(f"--changed-since: {error}")
        except BaseException as error:
            self.changes = error

    def answer(self) -> Changes:
        self.join()
        if isinstance(self.changes, BaseException):
            raise self.changes
        return self.changes


def _touching(compilation: Compilation, layout: Layout, changes: Changes) -> Compilation:
    if changes.everything or not compilation.diagnostics:
        return compilation
    twins = tuple(hidden(compilation.texts.values(), changes.paths))
    manifests = (*changes.manifests, *twins)
    files = TextFiles(frozenset())
    before = declared(
        Sources(files, manifests, changes.unreadable, layout.defs), contract_at(layout)
    )
    found = touching(compilation, changes.paths, before, layout.defs)
    return replace(compilation, diagnostics=found)
