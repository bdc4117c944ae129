"""Paths in options and added fields: each was written relative to its own file."""

from __future__ import annotations

import posixpath
from typing import Any

from pipes_projects.compiler.document import KeyPath
from pipes_projects.compiler.inheritance import Origins
from pipes_projects.manifest.contract import Shape
from pipes_projects.manifest.marks import Patterns, marked
from pipes_projects.manifest.model import FromHere


def anchored(shape: Shape, data: dict[str, Any], origin: Origins, *prefix: str) -> dict[str, Any]:
    """The data with paths made relative to the project; `prefix` is where it stands."""
    model = getattr(shape, "model", None)
    paths = marked(model, FromHere) if model else ()
    if not paths:
        return data
    made: dict[str, Any] = _Anchor(Patterns(paths), origin, prefix).value(data, ())
    return made


class _Anchor:
    def __init__(self, paths: Patterns, origin: Origins, prefix: KeyPath) -> None:
        self.paths, self.origin, self.prefix = paths, origin, prefix

    def value(self, value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: self.value(part, (*path, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [self.value(part, (*path, index)) for index, part in enumerate(value)]
        if not isinstance(value, str) or path not in self.paths:
            return value
        folder = posixpath.dirname(self.origin(*self.prefix, *path).path)
        return posixpath.normpath(posixpath.join(folder, value))
