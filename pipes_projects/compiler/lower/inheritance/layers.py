"""The one rule of defaults: the nearest value wins, mappings merge, null resets.

It applies to `_defaults.yaml`, to the top of a multi-asset manifest, and to an asset itself.
"""

from __future__ import annotations

import posixpath
from collections.abc import Container, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import PureWindowsPath
from typing import Any, NamedTuple

from pipes_projects.compiler.parse.document import Document, KeyPath
from pipes_projects.manifest.model import FromHere, FromHereIfPath
from pipes_projects.manifest.model.marks import Patterns, marked
from pipes_projects.manifest.model.shapes import Shape
from pipes_projects.source import Location

# What is inside an entry of these belongs to the script or to Dagster: it is a single value.
OPAQUE = frozenset({"extras", "metadata"})


@dataclass(frozen=True)
class Layer:
    """Some values, and where they are in a document."""

    document: Document
    data: Mapping[str, Any]
    path: KeyPath = ()

    @cached_property
    def location(self) -> Location:
        """The place of the layer's own name; the file, for the top of a document."""
        return self.document.key(self.path) if self.path else Location(self.document.source.path)

    def place(self, path: KeyPath) -> Location:
        """The place of a key in the layer."""
        if path not in self._places:
            self._places[path] = self.document.key((*self.path, *path))
        return self._places[path]

    @cached_property
    def _places(self) -> dict[KeyPath, Location]:
        return {}

    def without(self, names: Container[str]) -> Layer:
        """The layer without the named fields."""
        if not any(name in names for name in self.data):
            return self
        kept = {name: value for name, value in self.data.items() if name not in names}
        return Layer(self.document, kept, self.path)

    def only(self, names: Container[str]) -> Layer:
        """The layer with only the named fields."""
        kept = {name: value for name, value in self.data.items() if name in names}
        return Layer(self.document, kept, self.path)


def merged(layers: Sequence[Layer]) -> dict[str, Any]:
    """The effective values of layers, which go from the farthest to the nearest."""
    result = dict(layers[0].data)
    for layer in layers[1:]:
        for name, value in layer.data.items():
            result[name] = _merge(result.get(name), value, name not in OPAQUE)
    return {name: _present(value, name) for name, value in result.items() if value is not None}


def _merge(far: Any, near: Any, deep: bool) -> Any:
    if not isinstance(far, dict) or not isinstance(near, dict):
        return near
    result = dict(far)
    for key, value in near.items():
        result[key] = _merge(far.get(key), value, True) if deep else value
    return result


def _present(value: Any, name: str) -> Any:
    """A mapping without the entries that are null."""
    if not isinstance(value, dict):
        return value
    deep = name not in OPAQUE
    return {k: _present(v, k) if deep else v for k, v in value.items() if v is not None}


class Origins(NamedTuple):
    """Finds where an effective value comes from."""

    layers: tuple[Layer, ...]

    def __call__(self, *path: str | int) -> Location:
        """The nearest place that gives this value; the nearest layer itself where none does."""
        for layer in reversed(self.layers):
            if path and _has(layer.data, path):
                return layer.document.key((*layer.path, *path))
        return self.layers[-1].location

    def items(self, name: str) -> Iterator[Location]:
        """The places of the items of an effective list."""
        layer = next(layer for layer in reversed(self.layers) if name in layer.data)
        return layer.document.items((*layer.path, name))

    def value(self, *path: str | int) -> Location:
        """The place of the value itself, rather than its key, in the nearest layer that has it."""
        for layer in reversed(self.layers):
            if _has(layer.data, path):
                return layer.document.value((*layer.path, *path))
        return self.layers[-1].location

    def says(self, *path: str | int) -> bool:
        """Whether a layer gives this value, or resets it."""
        return any(_has(layer.data, path) for layer in self.layers)

    def is_refused(self, *path: str | int) -> bool:
        """Whether the value was written, but left out because of a finding."""
        if self.says(*path):  # as null, which resets it
            return False
        places = ((layer.document, (*layer.path, *path)) for layer in self.layers)
        return any(
            _has(document.data, place) or place in document.holes for document, place in places
        )

    def nearest(self, *path: str | int) -> Location:
        """Where the nearest layer gives this value, or would have to."""
        return Origins(self.layers[-1:])(*path)


def _has(value: Any, path: tuple[str | int, ...]) -> bool:
    for step in path:
        if isinstance(value, list):
            known = isinstance(step, int) and step < len(value)
        else:
            known = isinstance(value, dict) and step in value
        if not known:
            return False
        value = value[step]
    return True


def anchored(shape: Shape, data: dict[str, Any], origin: Origins, *prefix: str) -> dict[str, Any]:
    """The data with paths made relative to the project; `prefix` is where the data is."""
    model = getattr(shape, "model", None)
    paths = marked(model, FromHere) if model else ()
    if not paths:
        return data
    words = marked(model, FromHereIfPath) if model else ()
    made: dict[str, Any] = _Anchor(Patterns(paths), Patterns(words), origin, prefix).value(data, ())
    return made


class _Anchor:
    def __init__(self, paths: Patterns, words: Patterns, origin: Origins, prefix: KeyPath) -> None:
        self.paths, self.words, self.origin, self.prefix = paths, words, origin, prefix

    def value(self, value: Any, path: KeyPath) -> Any:
        if isinstance(value, dict):
            return {key: self.value(part, (*path, key)) for key, part in value.items()}
        if isinstance(value, list):
            return [self.value(part, (*path, index)) for index, part in enumerate(value)]
        if not isinstance(value, str) or path not in self.paths:
            return value
        if path in self.words and ("/" not in value or PureWindowsPath(value).drive):
            return value
        folder = posixpath.dirname(self.origin(*self.prefix, *path).path)
        return posixpath.normpath(posixpath.join(folder, value))
