"""What files import, by their content, kept from run to run: parsing thousands takes seconds."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from pipes_projects.analysis.imports.statements import Import, Statements
from pipes_projects.disk.cache import FEW, CacheFile


class RememberedStatements:
    """The statements of one project's files, as they were read last."""

    def __init__(self, root: Path) -> None:
        self.file = CacheFile("imports", root)

    def read(self) -> dict[str, Statements]:
        """What the last run kept, by the hash of the content."""
        known: dict[str, Any] = self.file.read()
        try:
            return {hash_: _statements(*parts) for hash_, parts in known.items()}
        except (ValueError, TypeError):
            return {}

    def keep(self, statements: Mapping[str, Statements], before: Mapping[str, Statements]) -> None:
        """Keep them for the next run, if that saves time."""
        if len(statements) > FEW and not statements.keys() <= before.keys():
            self.file.keep(statements)


def _statements(imports: list[list[object]], folders: list[str], exports: list[str]) -> Statements:
    return Statements(tuple(map(_import, imports)), tuple(folders), tuple(exports))


def _import(written: list[object]) -> Import:
    module, level, names = written
    return Import(tuple(map(str, module)), int(level), tuple(map(str, names)))  # type: ignore[call-overload]
