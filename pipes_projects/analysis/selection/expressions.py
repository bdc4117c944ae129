"""A selection as data: conditions on assets, and how they are combined."""

from __future__ import annotations

import sys
from typing import Final, Literal, NamedTuple

ALL_LAYERS: Final = sys.maxsize
Answerable = Literal["key", "owner", "group", "tag", "kind", "is", "partitions"]
End = Literal["sinks", "roots"]


class Everything(NamedTuple):
    """`*`: all assets that Dagster runs."""


class Having(NamedTuple):
    """Assets with a value of an attribute: `owner:"team:sales"`."""

    attribute: Answerable
    value: str | None
    """None for `<null>`: assets without any."""
    tag_value: str = ""
    """The value in `tag:key=value`."""
    offset: int = 0


class Around(NamedTuple):
    """Assets, and those around them: `2+key:"a/b"+`."""

    of: Expression
    up: int | None
    """How many layers upstream; None without the sign."""
    down: int | None


class EndsOf(NamedTuple):
    """The sinks or roots of some assets: no other one of these is downstream, or upstream, of
    them."""

    end: End
    of: Expression


class Not(NamedTuple):
    """All assets that Dagster runs, except for some."""

    of: Expression


class AllOf(NamedTuple):
    """Assets that every part selects."""

    parts: tuple[Expression, ...]


class AnyOf(NamedTuple):
    """Assets that any part selects."""

    parts: tuple[Expression, ...]


Expression = Everything | Having | Around | EndsOf | Not | AllOf | AnyOf


class SelectionProblem(NamedTuple):
    """Why a text is not a valid selection, or selects nothing."""

    message: str
    help: str
    offset: int
    """The column in the text, counted from zero."""
