"""What the compiler has to say: findings, as data."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from pipes_projects.codes import Code, Severity
from pipes_projects.source import Location
from pipes_projects.text.plain import brief


class Related(NamedTuple):
    """A second place that explains a finding."""

    location: Location
    message: str


class TextEdit(NamedTuple):
    """Text that replaces what is at a place; LSP's word."""

    location: Location
    new_text: str


class DeleteFile(NamedTuple):
    """A file to be removed."""

    path: str


class Fix(NamedTuple):
    """The one certain way to fix a finding, as edits of files."""

    message: str
    edits: tuple[TextEdit | DeleteFile, ...]


class Correction(NamedTuple):
    """What would have been right, if there is only one such thing; a `Fix` is made from it."""

    location: Location
    """The place of the word at fault."""
    right: str | bool | tuple[str, ...]
    """The value, or the key; a tuple for a list of text."""
    wrong: str | None = None
    """The word at fault, if the place contains others too."""
    is_key: bool = False


class Addition(NamedTuple):
    """An entry that a list lacks, if there is only one way to say it; a `Fix` is made from it."""

    path: str
    """The manifest."""
    keys: tuple[str, ...]
    """Where the list is in it, or would be."""
    word: str


class Cause(NamedTuple):
    """A mistake in Python code, which may cause many findings."""

    location: Location
    mistake: str
    """What all of their messages have in common."""
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
    """The platform owner's mistake that caused it."""
    addition: Addition | None = None

    @property
    def severity(self) -> Severity:
        """The severity of its code."""
        return self.code.severity

    @property
    def is_error(self) -> bool:
        """Whether it makes `check` fail without `--strict`."""
        return self.severity is Severity.ERROR


def suspecting(diagnostic: Diagnostic, suspicion: str) -> Diagnostic:
    """With the suspicion, if there is one, that the contract is out of date."""
    help_ = with_suspicion(diagnostic.help, suspicion)
    return diagnostic._replace(help=help_) if suspicion else diagnostic


def with_suspicion(help_: str | None, suspicion: str) -> str | None:
    """A help line with the suspicion added."""
    return "; ".join(filter(None, (help_, suspicion))) or None


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """Sorted by place, each once, in printable words."""
    once = map(_shown, dict.fromkeys(found))
    return tuple(
        sorted(once, key=lambda finding: (finding.location, finding.code, finding.message))
    )


def by_cause(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """The findings in order, with those from one mistake joined as one, at its place."""
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


def _shown(finding: Diagnostic) -> Diagnostic:
    message, help_ = brief(finding.message), brief(finding.help) if finding.help else None
    related = tuple(Related(place, brief(text)) for place, text in finding.related)
    if (message, help_, related) == (finding.message, finding.help, finding.related):
        return finding
    return finding._replace(message=message, help=help_, related=related)
