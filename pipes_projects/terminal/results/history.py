"""The history of what was run here: one line of JSON for each asset and partition."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final, NamedTuple, get_args

from pipes_projects.disk.boundary import open_file, refuse_outside, refuse_special
from pipes_projects.disk.writing import write
from pipes_projects.terminal.results.records import Record
from pipes_projects.terminal.steps import Outcome

FOLDER: Final = ".pipes-projects"
HISTORY: Final = f"{FOLDER}/history.jsonl"


class History(NamedTuple):
    """Everything that could be read."""

    records: tuple[Record, ...] = ()
    """The oldest first."""
    broken: int = 0
    """How many lines are not ours."""

    def latest(self) -> tuple[Record, ...]:
        """The last record of each asset and partition, in the order in which they were made."""
        found: dict[tuple[str, str | None], Record] = {}
        for record in self.records:
            found.pop((record.asset, record.partition), None)
            found[record.asset, record.partition] = record
        return tuple(found.values())

    def not_made(self) -> dict[str, tuple[str | None, ...]]:
        """The assets whose last run did not make them, each with the partitions that were not
        made."""
        found: dict[str, list[str | None]] = {}
        for record in self.latest():
            if record.result != "made":
                found.setdefault(record.asset, []).append(record.partition)
        return {asset: tuple(partitions) for asset, partitions in found.items()}


def now() -> str:
    """The time, in UTC, to the second."""
    return datetime.now(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def remember(root: Path, records: Iterable[Record]) -> None:
    """Add records, with lines kept whole even if others add some at the same time.

    Raises `LeadsOutError` if links lead out of the project, and OSError if nothing can be
    written.
    """
    path = refuse_outside(root / HISTORY, root)
    write(root, f"{FOLDER}/.gitignore", "*\n")
    lines = [json.dumps(record._asdict(), ensure_ascii=True) + "\n" for record in records]
    with closing(_Appender(path)) as appender:
        for line in lines:
            appender.add(line.encode())


_UNWAITING: Final = getattr(os, "O_NONBLOCK", 0)
"""Do not wait for another process, should it be a named pipe."""


class _Appender:
    def __init__(self, path: Path) -> None:
        self.file = os.open(path, os.O_RDWR | os.O_APPEND | os.O_CREAT | _UNWAITING, 0o666)
        try:
            refuse_special(os.fstat(self.file), path)
            if _is_cut_off(self.file):
                os.write(self.file, b"\n")
        except OSError:
            self.close()
            raise

    def add(self, line: bytes) -> None:
        """Add them in one write, which the system does not mix with others."""
        os.write(self.file, line)

    def close(self) -> None:
        """Close the file."""
        os.close(self.file)


def _is_cut_off(file: int) -> bool:
    """Whether the last line is incomplete, because its writer was killed."""
    size = os.fstat(file).st_size
    if size == 0:
        return False
    os.lseek(file, size - 1, os.SEEK_SET)
    return os.read(file, 1) != b"\n"


def history(root: Path) -> History:
    """What is known about earlier runs; empty if there were none."""
    try:
        with open_file(refuse_outside(root / HISTORY, root)) as file:
            lines = file.read().decode("utf-8", "replace").split("\n")
    except FileNotFoundError:
        return History()
    told = [line for line in lines if line.strip()]
    records = tuple(_records(told))
    return History(records, len(told) - len(records))


def _records(lines: Iterable[str]) -> Iterator[Record]:
    for line in lines:
        with suppress(ValueError, RecursionError, TypeError):
            yield _record(json.loads(line))


def _record(data: Any) -> Record:
    """A record; raises ValueError or TypeError if it is not one; drops what later versions add."""
    known = {name: data[name] for name in Record._fields if name in data}
    record = Record(**known)
    for name, value in record._asdict().items():
        if not _FITS.get(name, _is_text)(value):
            raise ValueError(f"this is no {name}")
    return record


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_text_or_none(value: Any) -> bool:
    return value is None or isinstance(value, str)


def _is_time_or_none(value: Any) -> bool:
    return value is None or (type(value) in (int, float) and 0 <= value <= _LONGEST)


def _is_outcome(value: Any) -> bool:
    return value in get_args(Outcome)


def _has_mappings(value: Any) -> bool:
    return isinstance(value, dict) and all(isinstance(entry, dict) for entry in value.values())


_LONGEST: Final = 1e12
_FITS: Final[Mapping[str, Callable[[Any], bool]]] = {
    **dict.fromkeys(("partition", "code_version", "data_version"), _is_text_or_none),
    **dict.fromkeys(("metadata", "checks"), _has_mappings),
    "code": lambda value: isinstance(value, dict) and all(map(_is_text, value.values())),
    "result": _is_outcome,
    "made": lambda value: isinstance(value, bool),
    "seconds": _is_time_or_none,
}
"""The types of a record's parts; those not listed here are text."""
