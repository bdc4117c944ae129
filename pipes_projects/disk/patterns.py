"""Patterns of paths, as in a `.gitignore`: which files of a project to ignore."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fnmatch import translate
from functools import cached_property

_ANY_FOLDERS = None
_OPEN = "\0"
"""Stands for a `[` that is not closed: neither patterns nor paths contain it."""
_Steps = tuple[re.Pattern[str] | None, ...]


@dataclass(frozen=True)
class PathPatterns:
    """`*` is any part of a name, `**` any folders. A pattern without a slash, except at its end,
    matches a name at any depth; others match a path from the project's root. A folder matches all
    in it."""

    patterns: tuple[str, ...] = ()

    def __contains__(self, path: str) -> bool:
        return bool(self.patterns) and any(_leads(step, path.split("/")) for step in self._steps)

    @cached_property
    def _steps(self) -> tuple[_Steps, ...]:
        return tuple(map(_compiled, self.patterns))


def regular(pattern: str) -> re.Pattern[str]:
    """The regular expression for a pattern of a name.

    `fnmatch` would look for the end of each `[` in all that follows, in time squared.
    """
    head, end, rest = pattern.rpartition("]")
    marked = head + end + rest.replace("[", _OPEN)
    return re.compile(translate(marked).replace(_OPEN, r"\["))


def _compiled(pattern: str) -> _Steps:
    names = [name for name in pattern.split("/") if name not in ("", ".")]
    anywhere = "/" not in pattern.rstrip("/")
    return tuple(
        _ANY_FOLDERS if name == "**" else regular(name)
        for name in (["**", *names] if anywhere else names)
    )


def _leads(steps: _Steps, names: Sequence[str]) -> bool:
    """Whether the steps match a path, or a folder above it; no steps lead to the top folder."""
    reached = _through(steps, [0])
    for name in names:
        if len(steps) in reached:
            return True
        ahead = (
            at + 1 for at in reached if (step := steps[at]) is _ANY_FOLDERS or step.match(name)
        )
        stay = (at for at in reached if steps[at] is _ANY_FOLDERS)
        reached = _through(steps, [*ahead, *stay])
    return len(steps) in reached


def _through(steps: _Steps, reached: Iterable[int]) -> set[int]:
    """The steps that may come next: `**` also matches no folder at all, unless it comes last."""
    found = set(reached)
    for at in range(len(steps) - 1):
        if at in found and steps[at] is _ANY_FOLDERS:
            found.add(at + 1)
    return found
