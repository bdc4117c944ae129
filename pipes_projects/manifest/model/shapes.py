"""Sets of named fields, from a Pydantic model or from the JSON Schema of a contract."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Protocol

from pydantic import BaseModel

from pipes_projects.manifest.model import NAMES, AsWritten, NamesConnection
from pipes_projects.manifest.model.marks import ANY, Pattern, marked
from pipes_projects.manifest.model.problems import (
    Problem,
    model_problems,
    schema_problems,
    unknown_key,
)


class Shape(Protocol):
    """A set of named fields, and what is wrong with values for them."""

    @property
    def names(self) -> frozenset[str]:
        """The names of the fields."""
        ...

    @property
    def required(self) -> tuple[str, ...]:
        """The names of the fields that must be there."""
        ...

    def problems(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        """What is wrong with these fields; paths begin with a field's name."""
        ...


@dataclass(frozen=True)
class ModelShape:
    """The fields of a model, without those that its `beside` model has too."""

    model: type[BaseModel]
    beside: type[BaseModel] | None = None

    @cached_property
    def names(self) -> frozenset[str]:
        """See `Shape`."""
        known = self.beside.model_fields if self.beside else {}
        return frozenset(name for name in self.model.model_fields if name not in known)

    @cached_property
    def required(self) -> tuple[str, ...]:
        """See `Shape`."""
        fields = self.model.model_fields.items()
        return tuple(name for name, field in fields if name in self.names and field.is_required())

    def problems(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        """See `Shape`."""
        if self.beside is None and self.model.model_config.get("extra", "ignore") == "ignore":
            for key in sorted(data.keys() - self.names):
                yield unknown_key((key,), tuple(sorted(self.names)))
        yield from model_problems(self.model, dict(data), as_json=True)


@dataclass(frozen=True)
class SchemaShape:
    """Fields whose JSON Schema a contract holds."""

    schema: Mapping[str, Any]

    @cached_property
    def names(self) -> frozenset[str]:
        """See `Shape`."""
        return frozenset(self.schema.get("properties", ()))

    @property
    def required(self) -> tuple[str, ...]:
        """See `Shape`."""
        return tuple(self.schema.get("required", ()))

    @cached_property
    def _validator(self) -> Any:
        from pipes_projects.manifest.model.json_schema import (
            validator,  # takes time, for few fields
        )

        return validator(self.schema)

    def problems(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        """See `Shape`."""
        if self._validator is None:
            message = "what the contract says about this is not JSON Schema"
            help_ = "write the contract again with `pipes-projects schema`"
            return iter([Problem(tuple(data)[:1], "invalid-value", message, help_)])
        return schema_problems(self._validator.iter_errors(dict(data)))


class NoFields:
    """The shape without fields: what most kinds add."""

    names: frozenset[str] = frozenset()
    required: tuple[str, ...] = ()

    def problems(self, data: Mapping[str, Any]) -> Iterator[Problem]:
        """See `Shape`."""
        del data
        return iter(())


NO_FIELDS = NoFields()


def text_in(shape: Shape | None) -> set[Pattern]:
    if not isinstance(shape, ModelShape):
        return set()
    return {pattern for pattern in marked(shape.model, AsWritten) if pattern[0] in shape.names}


def connections_in(shape: Shape | None) -> tuple[Pattern, ...]:
    """Where a kind's options name connections, whether they are a model or in a contract."""
    if isinstance(shape, ModelShape):
        return marked(shape.model, NamesConnection)
    return tuple(_connections(shape.schema)) if isinstance(shape, SchemaShape) else ()


def _connections(schema: Any) -> Iterator[Pattern]:
    if not isinstance(schema, Mapping):
        return
    if NAMES in schema:
        yield ()
    inner = schema.get("properties")
    parts = [*inner.items()] if isinstance(inner, Mapping) else []
    parts += [(ANY, schema.get(part)) for part in ("items", "additionalProperties")]
    for name, part in parts:
        yield from ((name, *rest) for rest in _connections(part))
    for branch in schema.get("anyOf", ()):
        yield from _connections(branch)
