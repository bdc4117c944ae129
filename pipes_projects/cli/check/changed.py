"""`check --changed-since REF`: only the findings that touch what has changed."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import TypeVar

import click

from pipes_projects.analysis.changes.files import Changes, ask_for_changes, read_changes
from pipes_projects.analysis.changes.findings import declared, hidden, touching
from pipes_projects.analysis.git.process import GitError
from pipes_projects.analysis.git.repository import Git
from pipes_projects.cli.project import contract_at
from pipes_projects.compiler import Compilation
from pipes_projects.disk.files import TextFiles
from pipes_projects.layout import Layout
from pipes_projects.source import Sources

T = TypeVar("T")


def only_changed(layout: Layout, ref: str) -> Callable[[Compilation], Compilation]:
    """Keeps the findings that touch what has changed since HEAD and `ref` diverged; git works that
    out while the project is compiled, and is stopped if there are no findings."""
    git = Git(layout.root)
    questions = _asked(lambda: ask_for_changes(git, layout, git.fork(ref)))
    for question in questions:
        click.get_current_context().call_on_close(question.close)
    changes = cache(lambda: _asked(lambda: read_changes(git, layout, questions)))
    return lambda compilation: (
        _touching(compilation, layout, changes()) if compilation.diagnostics else compilation
    )


def _asked(ask: Callable[[], T]) -> T:
    """Git's answer; if it has none, that is wrong usage."""
    try:
        return ask()
    except GitError as error:
        raise click.UsageError(f"--changed-since: {error}") from None


def _touching(compilation: Compilation, layout: Layout, changes: Changes) -> Compilation:
    if changes.everything:
        return compilation
    twins = tuple(hidden(compilation.texts.values(), changes.paths))
    manifests = (*changes.manifests, *twins)
    files = TextFiles(frozenset())
    before = declared(
        Sources(files, manifests, changes.unreadable, layout.defs), contract_at(layout)
    )

    def texts() -> dict[str, str | None]:
        return {**_asked(changes.texts), **{twin.path: twin.text for twin in twins}}

    found = touching(compilation, changes.paths, before, layout.defs, texts)
    return compilation._replace(diagnostics=found)
