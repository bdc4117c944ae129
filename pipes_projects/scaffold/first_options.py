"""The options that a new manifest starts with, where its kind does without none."""

from __future__ import annotations

import re
from typing import Final

from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.scaffold.starters import PROGRAMS
from pipes_projects.source import SourceFile

_CONNECTION: Final = re.compile(r"(?<=\bconnection: )\w+")


def with_first_options(manifest: SourceFile, kind: Kind, contract: Contract) -> SourceFile | None:
    """A manifest of `new` with the options of the kind's example, and the project's only
    connection in place of the one there; None for a kind without an example."""
    block = re.search(rf"^{kind.name}:.*\n(?:[ #].*\n)*", kind.example, re.MULTILINE)
    if block is None:
        return None
    options = _CONNECTION.sub(lambda found: _published(found[0], contract), block[0])
    first, rest = manifest.text.split("\n", 1)
    return SourceFile(manifest.path, f"{first}\n{options}{rest}")


def with_program(manifest: SourceFile, kind: Kind, script: str) -> SourceFile | None:
    """A manifest of `new` with the program that runs such a script as it is; None if none does, or
    if the kind asks for none."""
    program = PROGRAMS.get(script[script.rfind(".") :])
    if program is None or kind.any_ending_with is None:
        return None
    first, rest = manifest.text.split("\n", 1)
    options = f"{kind.name}:\n  {kind.any_ending_with}: {program}\n"
    return SourceFile(manifest.path, f"{first}\n{options}{rest}")


def _published(name: str, contract: Contract) -> str:
    known = contract.connections
    return next(iter(known)) if len(known) == 1 and name not in known else name
