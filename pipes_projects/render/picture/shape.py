"""The shape of the picture for programs: what `list --json` writes, in version 1.

Within a version, members may be added, but none is removed or changes its meaning. The models are
for the schema: the data are made in `pipes_projects.render.picture.plain`.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field

from pipes_projects.analysis.picture.model import Elsewhere, State

FromOne = Annotated[int, Field(ge=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, defer_build=True)


class PlaceOfValue(_Part):
    """A place in a manifest or in defaults."""

    path: str
    """The file, relative to the project."""
    line: FromOne
    """Counted from 1."""


class BuiltIn(_Part):
    """Nobody wrote it: it is the default of the format."""

    built_in: Literal[True]
    """Always true."""


class ByLayout(_Part):
    """It follows from the names of files and folders."""

    layout: str
    """From which of them, in words."""


class PlaceOverride(PlaceOfValue):
    """A value that is overridden, and its place."""

    value: Any
    """The value; null where it resets what is farther away."""


class BuiltInOverride(BuiltIn):
    """A built-in default that is overridden."""

    value: Any
    """The value."""


class LayoutOverride(ByLayout):
    """A value that follows from names, and is overridden."""

    value: Any
    """The value."""


class EffectiveValue(_Part):
    """A value, where it is from, and what it overrides."""

    name: tuple[str, ...]
    """The field, and the keys that lead to the value in it, such as `tags` and `tier`."""
    value: Any
    """The value; null where it is reset."""
    origin: PlaceOfValue | BuiltIn | ByLayout
    """Where it is from: `path` and `line`, or `built_in`, or `layout`."""
    overrides: tuple[PlaceOverride | BuiltInOverride | LayoutOverride, ...]
    """What it overrides, the nearest first."""


class BlockingError(_Part):
    """An error that keeps an asset from being made."""

    code: str
    """The kind of error: a section of docs/diagnostics.md."""
    message: str
    """What is wrong, in one line."""
    path: str
    """The file, relative to the project."""
    line: FromOne
    """Counted from 1."""


class ListedAsset(_Part):
    """An asset that a manifest declares."""

    key: str
    """Its key, as in `deps`."""
    group: str
    """The folder below `defs/`."""
    kind: str
    """How its script is run."""
    script: str | None
    """The script's path, relative to the project; null for a kind that needs none."""
    deps: tuple[str, ...]
    """The keys of the assets that it depends on."""
    partitions_def: str | None
    """The published name of its partitions; null if it has none."""
    schedule: dict[str, Any] | None
    """Its schedule, such as `cron_schedule` and `execution_timezone`; null if it has none."""
    automation_condition: str | None
    """The published name of its condition; null if it has none."""
    checks: tuple[str, ...]
    """The names of its checks."""
    owners: tuple[str, ...]
    """Its owners: teams, and addresses of people."""
    path: str
    """The manifest that declares it, relative to the project."""
    line: FromOne
    """The line that declares it, counted from 1; 1 where the whole file does."""
    state: State
    """`runs`: Dagster runs its script. `external`: something else makes it. `quarantined`: errors
    keep it from being made."""
    errors: tuple[BlockingError, ...]
    """What keeps it from being made; empty unless it is quarantined."""
    values: tuple[EffectiveValue, ...]
    """Every effective value, as `explain` shows them."""


class OtherListed(_Part):
    """An asset that is known of, although no readable manifest declares it."""

    key: str
    """Its key, as in `deps`."""
    group: str
    """Its group; empty where it has none."""
    state: Elsewhere
    """`python`: Python definitions make it. `unreadable`: its manifest cannot be read. `missing`:
    it is only depended on."""
    paths: tuple[str, ...]
    """The manifest that cannot be read, relative to the project: several, if they have the same
    name; none unless the state is `unreadable`."""
    errors: tuple[BlockingError, ...]
    """What is wrong with its manifest; empty unless that cannot be read."""


class ProjectPicture(_Part):
    """What `pipes-projects list --json` writes."""

    version: Literal[1]
    """The version of this shape."""
    has_errors: bool
    """Whether some manifests have errors, so that only their valid values are here."""
    assets: tuple[ListedAsset, ...]
    """By key; an asset that is declared twice is here twice."""
    others: tuple[OtherListed, ...]
    """By key: those that others depend on, and those whose manifests cannot be read."""
