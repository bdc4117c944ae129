"""A project's contract, and whether it may be out of date.

The contract is stored with what it was made from: a checksum of the owner's Python files, and the
version of this package. Timestamps of files would be useless, because git sets them.
"""

from __future__ import annotations

import os
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from pipes_projects.disk.writing import current
from pipes_projects.layout import CONTRACT, Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.schema import Schema
from pipes_projects.schema.contract.reading import contract_in, read_schema
from pipes_projects.version import VERSION

STAMP = "x-pipes-projects-made-from"
_AGAIN = "run `pipes-projects schema`"
_MOST_FILES = 100


def contract_of(layout: Layout) -> Contract:
    """What the owner of a project publishes, with a suspicion if it may be out of date."""
    schema = read_schema(layout.contract)
    contract = contract_in(schema, layout.contract)
    return replace(contract, suspicion=_suspicion(layout, schema))


def stamped(schemas: Mapping[str, Schema], definitions: str | None) -> dict[str, Schema]:
    """The schemas of a project, with what they were made from: the version of this package, and the
    checksum of the definitions, if there were any."""
    stamp = {"version": VERSION, "definitions": definitions}
    return {**schemas, CONTRACT: {**schemas[CONTRACT], STAMP: stamp}}


def unstamped(schema: Schema) -> Schema:
    """A schema without its stamp."""
    return {key: value for key, value in schema.items() if key != STAMP}


def _suspicion(layout: Layout, schema: Schema | None) -> str:
    definitions = Path(layout.definitions).name
    if schema is None:
        there = os.path.isfile(layout.root / layout.definitions)
        reason = f"there is no contract that says what `{definitions}` publishes"
        return f"{reason}: {_AGAIN}" if there else ""
    stamp = schema.get(STAMP)
    stamp = stamp if isinstance(stamp, dict) else {}
    if stamp.get("version") != VERSION:
        return f"the contract was written by another version of this package: {_AGAIN}"
    if stamp.get("definitions") != definitions_checksum(layout):
        reason = f"`{definitions}`, or a file beside it, has changed since the contract was written"
        return f"{reason}: if this is new there, {_AGAIN}"
    return ""


def definitions_checksum(layout: Layout) -> str | None:
    """A checksum of the Python files that decide what a project publishes; None if there are
    none."""
    path = layout.root / layout.definitions
    if not os.path.isfile(path):
        return None
    others = sorted(_in_packages(path, layout.root / layout.defs))
    files = [*sorted(_beside(path)), *others][:_MOST_FILES]
    names = (file.relative_to(path.parent).as_posix() for file in files)
    texts = (_text(layout.root, file) for file in files)
    return checksum(dict(zip(names, texts, strict=True)))


def checksum(files: Mapping[str, str]) -> str:
    """A checksum of Python files, by name; comments, line endings and trailing spaces do not
    count."""
    total = 0
    for name, text in files.items():
        code = (line.rstrip() for line in text.splitlines())
        kept = [line for line in code if line and not line.lstrip().startswith("#")]
        total = zlib.crc32("\n".join([name, *kept, ""]).encode("utf-8", "replace"), total)
    return f"{total:08x}"


def _text(root: Path, file: Path) -> str:
    try:
        return current(root, str(file.relative_to(root)), "replace") or ""
    except OSError:
        return ""


def _beside(path: Path) -> Iterator[Path]:
    for file in path.parent.glob("*.py"):
        is_ours = file == path or not file.name.startswith(("test_", "conftest.", "setup."))
        if is_ours and file.is_file():
            yield file


def _in_packages(path: Path, defs: Path) -> Iterator[Path]:
    """The modules of packages beside a file, except for the folder of manifests."""
    for package in sorted(path.parent.glob("*/__init__.py")):
        if package.parent not in (defs, path.parent / "tests"):
            yield from (file for file in package.parent.rglob("*.py") if file.is_file())
