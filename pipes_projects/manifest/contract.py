"""What a project's owner publishes to its authors: the contract.

A kind's options and added fields are shapes: from Pydantic models where there are any, from JSON
Schema where the contract was read from a file.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property
from typing import Any, Final, NamedTuple

from pipes_projects.manifest.forms import FIELDS, FORMS, Form
from pipes_projects.manifest.model import AsWritten
from pipes_projects.manifest.model.marks import ANY, Pattern, Patterns, marked
from pipes_projects.manifest.model.problems import (
    Path,
    Problem,
)
from pipes_projects.manifest.model.shapes import (
    NO_FIELDS,
    ModelShape,
    SchemaShape,
    Shape,
    connections_in,
    text_in,
)

NOTHING_FORBIDDEN: Final[Mapping[str, str]] = {}


@dataclass(frozen=True)
class Kind:
    """A way to run scripts, as authors see it. All of it but the name is in a contract."""

    name: str
    description: str = ""
    options: Shape | None = None
    """The fields of the block with the kind's name; None where there is no such block."""
    script_fields: Shape = NO_FIELDS
    """Fields that the owner added for scripts of this kind."""
    asset_fields: Shape = NO_FIELDS
    """Fields that the owner added for assets of this kind."""
    endings: tuple[str, ...] | None = None
    """The endings of scripts that it can run; None for any."""
    any_ending_with: str | None = None
    """The option that makes it run scripts of any ending."""
    takes_script: bool = True
    """Whether there is a file to run."""
    runs: bool = True
    """Whether Dagster runs anything; if not, something else makes its assets."""
    needs: tuple[str, ...] = ()
    """The modules that must be installed where its scripts run."""
    install: str = ""
    """What pip installs for these, such as `pipes-projects[watch]`."""
    example: str = ""
    """A manifest to start from."""
    opening: str = ""
    """How its scripts open Pipes, in Python, where `open_dagster_pipes()` alone is not enough."""
    is_only_checked: bool = False
    """Whether our tests check no more than the call of its client, with the client's own types;
    scripts of other kinds are run there."""
    forbidden: Mapping[str, str] = field(default_factory=lambda: NOTHING_FORBIDDEN)
    """Fields of the format that make no sense for it, each with the reason: what the kind does,
    to be read after \"`deps` is not for `kind: external`, which …\"."""

    @property
    def forbidden_by_reason(self) -> dict[str, list[str]]:
        """The forbidden fields, by what rules them out."""
        found: dict[str, list[str]] = {}
        for name in sorted(self.forbidden):
            found.setdefault(self.forbidden[name], []).append(name)
        return found

    def with_parts(self, parts: Mapping[str, Any]) -> Kind:
        """The kind as authors see it, with some parts changed."""
        own = {part.name: getattr(self, part.name) for part in fields(Kind)}
        return Kind(**{**own, **parts})


KIND_NAME: Final = r"[a-z][a-z0-9_]*"


def can_name_a_kind(name: str) -> bool:
    """Whether a manifest can say it: a block of options bears the name too."""
    return bool(re.fullmatch(KIND_NAME, name)) and not any(name in FIELDS[form] for form in FORMS)


def fault_of_endings(endings: object) -> str | None:
    """What is wrong with the endings of a kind's scripts, as code declares them."""
    if endings is None:
        return None
    if isinstance(endings, str) or not isinstance(endings, Iterable):
        return f'a kind\'s endings are several texts, such as `(".sql",)`, not {endings!r}'
    for ending in endings:
        if not isinstance(ending, str) or not re.fullmatch(r"\.[^./\\]+", ending):
            last = ending.rpartition(".")[2] if isinstance(ending, str) else ""
            right = f": write `.{last}`" if last else ""
            return f"{ending!r} is not the ending of a file{right}"
    return None


PARTITION_MAPPINGS: Mapping[str, str] = {
    "all": "All partitions of the upstream asset.",
    "last": "The last partition of the upstream asset.",
    "identity": "The partition with the same key.",
}
"""The partition mappings of every project."""

AUTOMATION_CONDITIONS: Mapping[str, str] = {
    "eager": "Whenever an upstream asset has changed, and its blocking checks passed.",
    "on_missing": "When a new partition is missing, and everything upstream is there.",
}
"""The rules by which Dagster can make an asset on its own, in every project."""


class PartitionWindows(NamedTuple):
    """Partitions of time, as Dagster has them; times are in ISO 8601, with an offset."""

    cron_schedule: str
    """Where one window ends and the next begins."""
    format: str
    """Of keys, which are the starts of windows."""
    start: str
    timezone: str = "UTC"
    end: str | None = None
    end_offset: int = 0
    """How many windows are added at the end, or left out."""
    exclusions: tuple[str, ...] = ()
    """PartitionWindows that are left out: cron expressions, and times."""


class Partitions(NamedTuple):
    """A partitions definition, as authors see it."""

    type: str
    """`time_window`, `static`, `dynamic` or `multi`."""
    description: str = ""
    windows: PartitionWindows | None = None
    """Of the type `time_window`, where the contract says."""
    keys: tuple[str, ...] | None = None
    """Of the type `static`, where they are not too many."""
    dimensions: Mapping[str, Partitions] | None = None
    """Of the type `multi`, by name."""


class Connection(NamedTuple):
    """A connection, as authors see it: never its value."""

    type: str = ""
    """What it leads to: the beginning of its URL, such as `postgresql`, or the name of its model.
    Empty if that is known only where scripts run."""
    variable: str = ""
    """The environment variable that has its value in runs without Dagster; empty for the usual
    one."""


@dataclass(frozen=True)
class Contract:
    """Everything that manifests of one project may refer to."""

    kinds: Mapping[str, Kind]
    asset_keys: frozenset[str] = field(default_factory=frozenset)
    """Assets that Python definitions in the same location make."""
    published: bool = False
    """Whether the owner's own classes were asked."""
    partitions_defs: Mapping[str, Partitions] = field(default_factory=dict)
    """The partitions definitions that scripts may name."""
    partition_mappings: Mapping[str, str] = field(default_factory=lambda: PARTITION_MAPPINGS)
    """The partition mappings that dependencies may name, each with what it means."""
    automation_conditions: Mapping[str, str] = field(default_factory=lambda: AUTOMATION_CONDITIONS)
    """The rules that assets may name, each with what it means."""
    pools: frozenset[str] = field(default_factory=frozenset)
    """The pools that scripts may name; any, where there are none here."""
    connections: Mapping[str, Connection] = field(default_factory=dict)
    """The connections that options of kinds may name."""
    script_defaults: Mapping[str, Any] = field(default_factory=dict)
    """What holds for scripts of which no manifest says anything else, as manifests write it."""
    run_by_owner: frozenset[str] = field(default_factory=frozenset)
    """Kinds of packages that a class of the owner's runs in its own way, in Dagster alone."""
    suspicion: str = ""
    """Why it may be out of date, and what to do: for the help of names that are not in it."""
    unusable_kinds: Mapping[str, str] = field(default_factory=dict)
    """Kinds that installed packages offer but that cannot be used, each with the reason."""

    @cached_property
    def added_script_fields(self) -> Mapping[str, list[str]]:
        """The added script fields, and the kinds that have each."""
        return _by_field((name, kind.script_fields.names) for name, kind in self.kinds.items())

    @cached_property
    def added_asset_fields(self) -> Mapping[str, list[str]]:
        """The added asset fields, and the kinds that have each."""
        return _by_field((name, kind.asset_fields.names) for name, kind in self.kinds.items())

    @cached_property
    def _text_patterns(self) -> dict[Form, Patterns]:
        options, fields, of_assets = set[Pattern](), set[Pattern](), set[Pattern]()
        for kind in self.kinds.values():
            options |= {(kind.name, *rest) for rest in text_in(kind.options)}
            fields |= text_in(kind.script_fields)
            of_assets |= text_in(kind.asset_fields)
        under = {("assets", ANY, *rest) for rest in of_assets}
        added = options | fields | of_assets | under
        return {form: Patterns([*marked(form, AsWritten), *added]) for form in FORMS}

    @cached_property
    def added_fields(self) -> frozenset[str]:
        """Names of added fields of scripts and assets, of all kinds."""
        return frozenset(self.added_script_fields) | frozenset(self.added_asset_fields)

    @cached_property
    def blocks(self) -> frozenset[str]:
        """The kinds that have a block of options."""
        return frozenset(name for name, kind in self.kinds.items() if kind.options is not None)

    @cached_property
    def connecting(self) -> Mapping[str, tuple[Pattern, ...]]:
        """Where the options of kinds name connections, for the kinds that have any."""
        found = ((name, connections_in(kind.options)) for name, kind in self.kinds.items())
        return {name: patterns for name, patterns in found if patterns}

    @cached_property
    def options(self) -> Mapping[str, list[str]]:
        """The options of kinds, and the kinds that have each."""
        blocks = ((name, self.kinds[name].options) for name in sorted(self.blocks))
        return _by_field((name, options.names) for name, options in blocks if options)

    def not_for(self, kind: Kind) -> frozenset[str]:
        """Fields that mean nothing for scripts of a kind, and are not inherited by them."""
        own = kind.script_fields.names | kind.asset_fields.names | {kind.name}
        return ((self.added_fields | self.blocks) - own) | kind.forbidden.keys()


def text_patterns(contract: Contract, form: Form) -> Patterns:
    """Where in a form of document text is taken as it is written."""
    return contract._text_patterns[form]


def _by_field(kinds: Iterable[tuple[str, frozenset[str]]]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for kind, names in kinds:
        for name in sorted(names):
            found.setdefault(name, []).append(kind)
    return found


__all__ = [
    "Connection",
    "Contract",
    "Kind",
    "ModelShape",
    "Path",
    "Problem",
    "SchemaShape",
    "Shape",
]
