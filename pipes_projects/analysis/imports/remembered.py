"""What files import, by their content, kept from run to run: parsing thousands takes seconds.

It is in the user's cache, outside the project; if it is missing or cannot be written, all files are
parsed again.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Mapping
from pathlib import Path
from zlib import crc32

from pipes_projects.analysis.imports.statements import Import, Statements
from pipes_projects.disk.cleared import cache_folder

FEW = 200
"""Up to this many files are parsed each time: keeping anything would save no time."""


class RememberedStatements:
    """The statements of one project's files, as they were read last."""

    def __init__(self, root: Path, version: str) -> None:
        self.whose = f"{os.path.abspath(root)}, {version}, {sys.version}"
        name = f"imports-{crc32(self.whose.encode('utf-8', 'replace')):08x}.json"
        self.file = cache_folder() / name

    def read(self) -> dict[str, Statements]:
        """What the last run kept, by the hash of the content."""
        try:
            kept = json.loads(self.file.read_bytes())
            if kept["whose"] != self.whose:
                return {}
            return {hash_: _statements(*parts) for hash_, parts in kept["statements"].items()}
        except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
            return {}

    def keep(self, statements: Mapping[str, Statements], before: Mapping[str, Statements]) -> None:
        """Keep them for the next run, if that saves time; a failure to do so is ignored."""
        if len(statements) <= FEW or statements.keys() <= before.keys():
            return
        beside = self.file.with_suffix(f".{os.getpid()}")
        try:
            self.file.parent.mkdir(parents=True, exist_ok=True)
            beside.write_text(json.dumps({"whose": self.whose, "statements": statements}), "utf-8")
            os.replace(beside, self.file)
        except (OSError, ValueError):
            return


def _statements(imports: list[list[object]], folders: list[str], exports: list[str]) -> Statements:
    return Statements(tuple(map(_import, imports)), tuple(folders), tuple(exports))


def _import(written: list[object]) -> Import:
    module, level, names = written
    return Import(tuple(map(str, module)), int(level), tuple(map(str, names)))  # type: ignore[call-overload]
