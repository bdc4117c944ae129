"""What the compiler has to say: findings, as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipes_projects.codes import Code, Severity
from pipes_projects.plain_text import brief
from pipes_projects.source import Location


class Related(NamedTuple):
    """A second place that explains a finding."""

    location: Location
    message: str


class TextEdit(NamedTuple):
    """Text that takes the place of what stands there; LSP's word."""

    location: Location
    new_text: str


class DeleteFile(NamedTuple):
    """A file that is not needed."""

    path: str


class Fix(NamedTuple):
    """The one certain way to put a finding right, as edits of files."""

    message: str
    edits: tuple[TextEdit | DeleteFile, ...]


class Correction(NamedTuple):
    """What would have been right, where there is only one such thing; a `Fix` is made of it."""

    location: Location
    """Around the word at fault."""
    right: str | bool | tuple[str, ...]
    """The value, or the key; a tuple for a list of text."""
    wrong: str | None = None
    """The word at fault, where the place holds others too."""
    is_key: bool = False


class Cause(NamedTuple):
    """A mistake in Python code, which many findings may come from."""

    location: Location
    mistake: str
    """What is the same in all of them."""
    among: str
    """What they are about: `assets` or `scripts`."""


class Diagnostic(NamedTuple):
    """One mistake: what is wrong, where, and what to do about it."""

    code: Code
    message: str
    location: Location
    help: str | None = None
    related: tuple[Related, ...] = ()
    correction: Correction | None = None
    fix: Fix | None = None
    cause: Cause | None = None
    """The platform owner's mistake that it comes from."""

    @property
    def severity(self) -> Severity:
        """That of its code."""
        return self.code.severity

    @property
    def is_error(self) -> bool:
        """Whether it makes `check` fail without `--strict`."""
        return self.severity is Severity.ERROR


def suspecting(diagnostic: Diagnostic, suspicion: str) -> Diagnostic:
    """With the suspicion, if there is one, that what it was judged by is not up to date."""
    help_ = with_suspicion(diagnostic.help, suspicion)
    return diagnostic._replace(help=help_) if suspicion else diagnostic


def with_suspicion(help_: str | None, suspicion: str) -> str | None:
    """A help line, and the suspicion."""
    return "; ".join(filter(None, (help_, suspicion))) or None


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, each once, in words that can be shown."""
    once = map(_shown, dict.fromkeys(found))
    return tuple(sorted(once, key=lambda it: (it.location, it.code, it.message)))


def by_cause(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings in order, with those that come from one mistake as one, at its place."""
    same: dict[Cause, list[Diagnostic]] = {}
    others = []
    for diagnostic in found:
        if diagnostic.cause:
            same.setdefault(diagnostic.cause, []).append(diagnostic)
        else:
            others.append(diagnostic)
    return in_order((*others, *(_as_one(cause, those) for cause, those in same.items())))


def _as_one(cause: Cause, found: Sequence[Diagnostic]) -> Diagnostic:
    first = found[0]
    more = len({diagnostic.location for diagnostic in found}) - 1
    among = cause.among if more > 1 else cause.among.removesuffix("s")
    message = f"{first.message} (and {more} more {among})" if more else first.message
    related = (Related(first.location, "found for this manifest"), *first.related)
    return first._replace(message=message, location=cause.location, related=related)


def _shown(it: Diagnostic) -> Diagnostic:
    message, help_ = brief(it.message), brief(it.help) if it.help else None
    related = tuple(Related(place, brief(said)) for place, said in it.related)
    if (message, help_, related) == (it.message, it.help, it.related):
        return it
    return it._replace(message=message, help=help_, related=related)
