"""What the layers of a script or an asset say, with paths as scripts are run with them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from functools import cached_property
from typing import Any

from pipes_projects.compiler.lower.inheritance.layers import Layer, Origins, anchored, merged
from pipes_projects.manifest.contract import Kind


class Told:
    """What layers say about a script or an asset, the farthest first."""

    def __init__(self, layers: Sequence[Layer]) -> None:
        self.layers = layers
        self.names = frozenset(name for layer in layers for name in layer.data)

    @cached_property
    def data(self) -> dict[str, Any]:
        """The effective values."""
        return merged(self.layers)


class Anchored:
    """Layers with their paths relative to the project, each made once."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, str], tuple[Layer, Layer]] = {}

    def layer(self, layer: Layer, kind: Kind | None) -> Layer:
        """The layer as scripts of this kind are run with it."""
        key = (id(layer), kind.name if kind else "")
        if key not in self._made:
            self._made[key] = (layer, _in_project(layer, kind))  # an object that is kept has its id
        return self._made[key][1]


def _in_project(layer: Layer, kind: Kind | None) -> Layer:
    """The layer with its paths relative to the project, as scripts are run with them."""
    if kind is None:
        return layer
    data, origin = dict(layer.data), Origins((layer,))
    for shape in (kind.script_fields, kind.asset_fields):
        if named := data.keys() & shape.names:
            data |= anchored(shape, {k: data[k] for k in named}, origin)
    if kind.options and isinstance(data.get(kind.name), dict):
        data[kind.name] = anchored(kind.options, data[kind.name], origin, kind.name)
    return replace(layer, data=data)
