"""What is imported, as data: the emitter reads it from Dagster, and here it becomes files."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, NamedTuple

from pipes_projects.manifest.contract import Partitions

KeyPath = tuple[str | int, ...]


class Remark(NamedTuple):
    """Something that is not imported, and where it is."""

    file: Path
    line: int
    """Counted from zero."""
    text: str


@dataclass(frozen=True)
class ImportedScript:
    """One script with its assets."""

    file: Path
    """Where it was declared."""
    document: int
    lines: Mapping[KeyPath, int]
    """The lines there of each key, counted from zero."""
    script: Path
    group: str
    name: str
    """What its manifest is called."""
    manifest: Mapping[str, Any]
    origins: Mapping[KeyPath, KeyPath]
    """Where parts of the manifest come from; what is below them comes from below there."""


@dataclass(frozen=True)
class PublishedCode:
    """What the platform owner's class publishes, each with its Python expression."""

    partitions_defs: Mapping[str, str] = field(default_factory=dict)
    automation_conditions: Mapping[str, str] = field(default_factory=dict)
    described: Mapping[str, Partitions] = field(default_factory=dict)
    """The partitions definitions, as the contract has them."""


@dataclass(frozen=True)
class ImportedProject:
    """All that is imported from one project."""

    root: Path
    """The folder of the project's `pyproject.toml`."""
    folder: Path
    """The folder whose files the other tool loads."""
    scripts: tuple[ImportedScript, ...] = ()
    remarks: tuple[Remark, ...] = ()
    """What is lost of scripts that are imported."""
    left: tuple[Remark, ...] = ()
    """Why scripts are not imported."""
    others: frozenset[str] = frozenset()
    """The keys of all assets that stay as they are."""
    unmade: tuple[str, ...] = ()
    """The keys of assets that scripts depend on, and nothing makes."""
    code: PublishedCode = PublishedCode()
