"""`check` in a Git repository: names of what has just been removed are not typos."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from pipes_projects.analysis.changes.removed import Removed, read_removed, without_removed
from pipes_projects.analysis.git.process import GitError
from pipes_projects.analysis.git.repository import Git
from pipes_projects.cli.project import contract_at
from pipes_projects.compiler import Compilation
from pipes_projects.layout import Layout, repository_of
from pipes_projects.schema.contract.reading import names_in


def told_of_removed(layout: Layout, ref: str | None) -> Callable[[Compilation], Compilation]:
    """Tells findings what was removed from the project in the last commit, since then, and since
    the histories of HEAD and `ref` diverged; if git cannot say, nothing."""
    removed = list(_removed(layout, ref))
    return lambda compilation: without_removed(compilation, removed)


def _removed(layout: Layout, ref: str | None) -> Iterator[Removed]:
    if repository_of(layout.root) is None:
        return
    times = {"HEAD^": "in the last commit", "HEAD": "since the last commit"}
    for name, since in {**times, **({ref: f"since `{ref}`"} if ref else {})}.items():
        try:
            commit = Git(layout.root).fork(name)
            yield read_removed(layout, commit, since, contract_at(layout), names_in)
        except GitError:
            continue
