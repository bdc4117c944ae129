"""A difference, as data: what was added, removed, renamed and changed, and what is stale then."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal, NamedTuple

from pipes_projects.analysis.value_history import Name, Origin
from pipes_projects.text.plain import json_text

Weight = Literal["run", "plan", "about"]
"""What a change asks for: a run; nothing now, but later runs differ; or nothing, as it only says
something about the asset."""
ABSENT: Final = "\0absent"
"""Stands for a value that is not there."""
STATE: Final[Name] = ("state",)
"""The value that says whether an asset can be made: `runs`, `external`, `quarantined`; or
`unreadable`, and then no other value is known."""

Values = Mapping[Name, Any]
"""The values of an asset, by name."""


class ValueChange(NamedTuple):
    """A value that differs."""

    name: Name
    before: Any
    """The value in the base; `ABSENT` where there was none."""
    after: Any
    """The value in the head; `ABSENT` where there is none."""
    origin: Origin
    """What changed it: where it is from now, or where it was from."""

    @property
    def place(self) -> str:
        """The file and the line of the origin, or words for it."""
        at = self.origin.location
        return f"{at.path}:{at.span.start.line + 1}" if at else self.origin.words


class Known(NamedTuple):
    """An asset on one side of the difference."""

    key: str
    values: Values
    path: str
    """Its manifest."""


class Changed(NamedTuple):
    """An asset that is in both, and differs."""

    key: str
    before: str
    """Its key in the base: another one, if it was renamed."""
    values: tuple[ValueChange, ...] = ()
    files: tuple[str, ...] = ()
    """Files of its code that differ: the script, helpers, what `code_paths` names."""
    kind: str = ""
    """How its script is run."""

    @property
    def weights(self) -> frozenset[Weight]:
        """What its changes ask for."""
        found = {weight_of(change, self.kind) for change in self.told}
        return frozenset(found | ({"run"} if self.files else set()))

    @property
    def told(self) -> tuple[ValueChange, ...]:
        """The changes that say something: only that of the state, if one side cannot be read."""
        if not self.is_hidden:
            return self.values
        return tuple(change for change in self.values if change.name == STATE)

    @property
    def is_hidden(self) -> bool:
        """Whether its manifest, or what it inherits, cannot be read on one side: only its state is
        known there."""
        unknown = {STATE: "unreadable", ("kind",): ABSENT}
        return any(
            change.name in unknown and unknown[change.name] in (change.before, change.after)
            for change in self.values
        )


class Difference(NamedTuple):
    """All that differs between a base and a head."""

    added: tuple[Known, ...] = ()
    removed: tuple[Known, ...] = ()
    changed: tuple[Changed, ...] = ()
    """Those that were renamed among them."""
    stale: Mapping[str, tuple[str, ...]] = {}
    """What is made again although it has not changed, by key, and the changed assets that it is
    made from."""

    @property
    def renamed(self) -> tuple[Changed, ...]:
        """Those whose key differs."""
        return tuple(asset for asset in self.changed if asset.key != asset.before)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


_RUN: Final = frozenset({"extras", "params", "code_paths", "kind", "deps", "secrets"})
"""Beside the files of the code, which say whether the text of a script differs."""
_ABOUT: Final = frozenset(
    {"description", "owners", "tags", "kinds", "metadata", "columns", "group"}
)


def weight_of(change: ValueChange, kind: str) -> Weight:
    """What a change of a value asks for."""
    name = change.name
    if name == ("deps",) and _needed(change.before) == _needed(change.after):
        return "about"
    if name == ("script",) and ABSENT in (change.before, change.after):
        return "run"
    if name[0] in _RUN or name[0] == kind or name[0] == "code_version":
        return "run"
    return "about" if name[0] in _ABOUT else "plan"


def _needed(deps: Any) -> frozenset[str]:
    """What is depended on, and how, in whatever order and form that is written."""
    listed = deps if isinstance(deps, list | tuple) else ()
    return frozenset(
        json_text(dep if isinstance(dep, Mapping) else {"asset": dep}) for dep in listed
    )


def same(one: Any, other: Any) -> bool:
    """Whether two values are the same: `1`, `1.0` and `true` are not."""
    return type(one) is type(other) and repr(one) == repr(other)  # NaN is not equal to itself
