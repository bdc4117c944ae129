"""Names without an attribute, and what they could be."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from pipes_projects.analysis.selection.expressions import SelectionProblem
from pipes_projects.analysis.selection.paths import from_top
from pipes_projects.analysis.selection.tokens import ANSWERABLE, ENDS
from pipes_projects.project import Project
from pipes_projects.spelling import similar

_BARE: Final = re.compile(r"([0-9]*\+\s*)?([^\s+:=\"(),]+)(\s*\+[0-9]*)?")


def bare_name(
    project: Project, text: str, here: str = "", root: str = ""
) -> SelectionProblem | None:
    """What is meant by a name without an attribute; None where a text is something else."""
    match = _BARE.fullmatch(text.strip())
    if match is None or match[2] == "*" or match[2] in _WORDS:
        return None
    offset = text.index(match[2])
    forms = list(_forms(project, from_top(match[2], here, root)))
    name = similar(match[2], (asset.key for asset in project.assets()), "an asset")
    written = forms or [f'key:"{match[2]}"']
    whole = [f"{match[1] or ''}{form}{match[3] or ''}" for form in written]
    help_ = "write " + " or ".join(f"`{form}`" for form in whole)
    if name and not forms:
        help_ += f"; {name}"
    return SelectionProblem(f"`{match[2]}` is a name without an attribute", help_, offset)


def _forms(project: Project, name: str) -> Iterator[str]:
    """The selections that a name could stand for, with their attributes."""
    keys, plain = _keys(project), name.replace("\\", "/").strip("*/")
    plain = plain.removeprefix(f"{project.defs}/")  # a folder's path
    if plain == project.defs:
        yield "*"
    elif plain in keys:
        yield f'key:"{plain}"'
    elif plain in {script.group for script in project.scripts}:
        yield f'group:"{plain}"'
    elif named := [key for key in sorted(keys) if key.rpartition("/")[2] == plain]:
        yield from (f'key:"{key}"' for key in named[:3])
    elif "*" in name:
        yield f'key:"{name}"'


def _keys(project: Project) -> frozenset[str]:
    return project.asset_keys.union(asset.key for asset in project.assets())


_WORDS: Final = frozenset({*ANSWERABLE, *ENDS, "not", "and", "or", "NOT", "AND", "OR"})
