"""A kind as the file of a contract has it: every part, in the form that fits the part's type.

For built-in kinds, only what the owner changed is written, so that contracts stay small. Other
kinds are written in full: readers may not have the package that the kind comes from.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Annotated, Any, Final, get_type_hints

from pydantic import AfterValidator, ConfigDict, create_model

from pipes_projects.kinds import BUILT_IN
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.model.shapes import NO_FIELDS, SchemaShape, Shape
from pipes_projects.schema import Schema


def _with_properties(schema: Schema) -> Schema:
    if not isinstance(schema.get("properties", {}), dict):
        raise ValueError("these are not fields")
    return schema


_Fields = Annotated[Schema, AfterValidator(_with_properties)]
_AS_JSON: Final[Mapping[Any, Any]] = {
    Shape: _Fields | None,
    Shape | None: _Fields | None,
    tuple[str, ...] | None: list[str] | None,
    tuple[str, ...]: list[str],
    Mapping[str, str]: dict[str, str],
}
"""How values of a type are written if JSON has no such type."""

_SHAPES: Final = (Shape, Shape | None)
_TYPES: Final = {name: of for name, of in get_type_hints(Kind).items() if name != "name"}
PARTS: Final = dict(sorted(_TYPES.items(), key=lambda part: part[1] not in _SHAPES))
"""The parts of a kind with their types, in the order of a contract."""

_FIELD_DEFINITIONS: dict[str, Any] = {
    name: (_AS_JSON.get(of, of), None) for name, of in PARTS.items()
}
PublishedKind = create_model(
    "PublishedKind",
    __config__=ConfigDict(extra="forbid", strict=True, defer_build=True),
    **_FIELD_DEFINITIONS,
)
"""A kind in a contract; what it sets is in `model_fields_set`."""


def read_kind(name: str, published: Any) -> Kind:
    """The kind that a contract describes."""
    parts = {part: getattr(published, part) for part in published.model_fields_set}
    return usual(name).with_parts(
        {part: _value(PARTS[part], value) for part, value in parts.items()}
    )


def usual(name: str) -> Kind:
    """What a kind is where its contract says nothing else."""
    return BUILT_IN.get(name) or Kind(name, endings=())


def _value(of: Any, written: Any) -> Any:
    if of == Shape | None:
        return None if written is None else SchemaShape(written)
    if of is Shape:
        return SchemaShape(written) if written and written.get("properties") else NO_FIELDS
    return tuple(written) if isinstance(written, list) else written
