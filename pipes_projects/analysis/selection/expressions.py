"""A selection as data: what may be asked of assets, and how answers are combined."""

from __future__ import annotations

import sys
from typing import Final, Literal, NamedTuple

ALL_LAYERS: Final = sys.maxsize
Answerable = Literal["key", "owner", "group", "tag", "kind", "is", "partitions"]
End = Literal["sinks", "roots"]


class Everything(NamedTuple):
    """`*`: all assets that Dagster runs."""


class Having(NamedTuple):
    """Assets of which an attribute has a value: `owner:"team:sales"`."""

    attribute: Answerable
    value: str | None
    """None for `<null>`: assets without any."""
    tag_value: str = ""
    """Of `tag:key=value`."""
    offset: int = 0


class Around(NamedTuple):
    """Assets, and those around them: `2+key:"a/b"+`."""

    of: Expression
    up: int | None
    """How many layers upstream; None where the sign is missing."""
    down: int | None


class EndsOf(NamedTuple):
    """Those of some assets that nothing else of them comes after, or before."""

    end: End
    of: Expression


class Not(NamedTuple):
    """All assets that Dagster runs, but for some."""

    of: Expression


class AllOf(NamedTuple):
    """Assets that each part selects."""

    parts: tuple[Expression, ...]


class AnyOf(NamedTuple):
    """Assets that some part selects."""

    parts: tuple[Expression, ...]


Expression = Everything | Having | Around | EndsOf | Not | AllOf | AnyOf


class SelectionProblem(NamedTuple):
    """Why a text selects nothing."""

    message: str
    help: str
    offset: int
    """The column in the text, counted from zero."""
