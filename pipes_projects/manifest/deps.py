"""What an asset is made from: keys, with a partition mapping where one is needed."""

from __future__ import annotations

from typing import Annotated

from pydantic import AfterValidator, BeforeValidator, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema

from pipes_projects.manifest.model import KEY_PATTERN, Key, Model, refuse


class Upstream(Model):
    """An upstream asset, and which of its partitions this asset needs."""

    asset: Key
    """The upstream asset's whole key: `group/asset`."""

    partition_mapping: str | None = None
    """Which of its partitions a partition of this asset needs: `all`, `last`, `identity`, or a
    name that the platform owner publishes."""

    metadata: bool | None = None
    """Whether the script is told of it: `pipes.get_extra("upstream")` has the metadata, the data
    version and the partition of its latest materialization."""


_FORMS = "an entry of `deps` is a key, or `{asset: group/asset, partition_mapping: name}`"


def _with_key(value: object) -> object:
    if isinstance(value, str):
        return {"asset": value}
    if not isinstance(value, dict):
        help_ = "put it in quotes" if isinstance(value, int | float) else ""
        raise refuse("invalid-value", _FORMS, help_)
    return value


def _once(deps: list[Upstream]) -> list[Upstream]:
    seen = set[str]()
    for at, dep in enumerate(deps):
        if dep.asset in seen:
            message = f"`{dep.asset}` is listed twice in `deps`"
            raise refuse("invalid-value", message, "remove one of them", (at,))
        seen.add(dep.asset)
    return deps


class _KeyOrMapping:
    """To editors: a key, or a mapping that has one."""

    def __get_pydantic_json_schema__(
        self, core: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [{"type": "string", **KEY_PATTERN.schema}, handler(core)]}


Deps = Annotated[
    list[Annotated[Upstream, BeforeValidator(_with_key), _KeyOrMapping()]],
    AfterValidator(_once),
    Field(json_schema_extra={"uniqueItems": True}),
]
"""The assets that something is made from."""
