"""What the compiler has to say: findings, as data."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import NamedTuple

from pipes_projects.source import Location

LONGEST = 1000


class Severity(StrEnum):
    """LSP's words; only errors make `check` fail."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


class Code(StrEnum):
    """Every finding there is; each has a section in `docs/diagnostics.md`."""

    UNREADABLE_FILE = "unreadable-file"
    YAML_SYNTAX = "yaml-syntax"
    REPEATED_KEY = "repeated-key"
    UNKNOWN_KEY = "unknown-key"
    MISSING_KEY = "missing-key"
    INVALID_VALUE = "invalid-value"
    UNKNOWN_KIND = "unknown-kind"
    WRONG_KIND_OPTIONS = "wrong-kind-options"
    KIND_OR_KINDS = "kind-or-kinds"
    NOT_FOR_EXTERNAL = "not-for-external"
    INVALID_NAME = "invalid-name"
    RESERVED_NAME = "reserved-name"
    MANIFEST_OUTSIDE_GROUP = "manifest-outside-group"
    MISSING_SCRIPT = "missing-script"
    AMBIGUOUS_SCRIPT = "ambiguous-script"
    SCRIPT_OUTSIDE_PROJECT = "script-outside-project"
    DUPLICATE_MANIFEST = "duplicate-manifest"
    DUPLICATE_ASSET = "duplicate-asset"
    UNKNOWN_DEPENDENCY = "unknown-dependency"
    DEPENDENCY_CYCLE = "dependency-cycle"
    INVALID_OWNER = "invalid-owner"
    INVALID_TAG = "invalid-tag"
    INVALID_POOL = "invalid-pool"
    UNKNOWN_PARTITIONS_DEF = "unknown-partitions-def"
    UNKNOWN_PARTITION_MAPPING = "unknown-partition-mapping"
    CONFLICTING_PARTITION_MAPPING = "conflicting-partition-mapping"
    PARTITION_MISMATCH = "partition-mismatch"
    UNKNOWN_AUTOMATION_CONDITION = "unknown-automation-condition"
    INVALID_CRON = "invalid-cron"
    SCHEDULE_ORDER = "schedule-order"
    UNUSED_DEFAULTS = "unused-defaults"


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
    """The one obvious way to mend a finding, as edits of files."""

    message: str
    edits: tuple[TextEdit | DeleteFile, ...]


class Mend(NamedTuple):
    """What would have been right, where there is only one such thing; a `Fix` is made of it."""

    location: Location
    """Around the word at fault."""
    right: str | bool | tuple[str, ...]
    """The value, or the key; a tuple for a list of text."""
    wrong: str | None = None
    """The word at fault, where the place holds others too."""
    is_key: bool = False


class Diagnostic(NamedTuple):
    """One mistake: what is wrong, where, and what to do about it."""

    code: Code
    message: str
    location: Location
    help: str | None = None
    related: tuple[Related, ...] = ()
    severity: Severity = Severity.ERROR
    mend: Mend | None = None
    fix: Fix | None = None

    @property
    def is_error(self) -> bool:
        """Whether it makes `check` fail without `--strict`."""
        return self.severity is Severity.ERROR


def in_order(found: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    """By place, each once, in words that can be shown."""
    once = map(_shown, dict.fromkeys(found))
    return tuple(sorted(once, key=lambda it: (it.location, it.code, it.message)))


def _shown(it: Diagnostic) -> Diagnostic:
    return it._replace(
        message=one_line(it.message),
        help=one_line(it.help) if it.help else None,
        related=tuple(Related(place, one_line(message)) for place, message in it.related),
    )


def one_line(text: str) -> str:
    """Text with words of users in it: printable, in one line, and not endless."""
    if not text.isprintable():
        text = "".join(c if c.isprintable() else _escaped(c) for c in text)
    return text if len(text) <= LONGEST else f"{text[:LONGEST]} …"


def _escaped(letter: str) -> str:
    return " " if letter in "\t\r\n" else "\N{REPLACEMENT CHARACTER}"


def nearest(word: str, known: Iterable[str]) -> str | None:
    """The known word that `word` was probably meant to be."""
    return next(iter(nearest_two(word, known)), None)


def nearest_two(word: str, known: Iterable[str]) -> list[str]:
    """The known words that `word` may have been meant to be, the nearest first."""
    from difflib import get_close_matches

    return get_close_matches(word, list(known), n=2, cutoff=0.6)


def obvious(word: str, known: Iterable[str]) -> str | None:
    """The only known word that `word` can be a slip of the pen for; numbers are no such slips."""
    from difflib import SequenceMatcher, get_close_matches

    close = get_close_matches(word, list(known), n=2, cutoff=0.75)
    ratios = [SequenceMatcher(None, it, word).ratio() for it in close]
    if not close or (len(close) > 1 and ratios[0] - ratios[1] < 0.05):
        return None
    digits = [[letter for letter in it if letter.isdigit()] for it in (word, close[0])]
    return close[0] if digits[0] == digits[1] else None


def similar(word: str, known: Iterable[str], noun: str) -> str | None:
    """A help line that names the nearest known word, where there is one."""
    close = nearest(word, known)
    return f"{noun} with a similar name exists: `{close}`" if close else None
