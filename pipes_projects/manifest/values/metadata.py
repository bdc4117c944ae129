"""Metadata: anything, except under the names to which Dagster gives a meaning."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Final

from pydantic import WithJsonSchema

from pipes_projects.manifest.model import refusal
from pipes_projects.manifest.model.problems import Problem

TYPES: Final[dict[str, type]] = {
    "dagster/row_count": int,
    "dagster/partition_row_count": int,
    "dagster/table_name": str,
    "dagster/relation_identifier": str,
    "dagster/storage_kind": str,
    "dagster/uri": str,
}
_MEANING: Final = {
    "dagster/row_count": "How many rows the table has.",
    "dagster/partition_row_count": "How many rows a partition of the table has.",
    "dagster/table_name": "The table's full name, with database and schema.",
    "dagster/relation_identifier": "The table's name, under the key of older versions of Dagster.",
    "dagster/storage_kind": "What stores the table, such as `snowflake`.",
    "dagster/uri": "Where the asset is stored.",
}
NOT_HERE: Final = {
    "dagster/column_schema": "declare the columns in `columns`",
    "dagster/column_lineage": "report it from the script",
    "dagster/code_references": "it is made from the script and the manifest",
}
_WORDS = {int: "a whole number", str: "text"}


def metadata_problems(metadata: Mapping[str, Any]) -> Iterator[Problem]:
    """Entries that Dagster would not take under the names that it knows."""
    for name in sorted(metadata.keys() & NOT_HERE.keys()):
        message = f"`{name}` cannot be written as metadata"
        yield Problem((name,), "invalid-value", message, NOT_HERE[name], (), True)
    for name in sorted(metadata.keys() & TYPES.keys()):
        value, expected = metadata[name], TYPES[name]
        if value is not None and type(value) is not expected:
            message = f"`{name}` must be {_WORDS[expected]}"
            yield Problem((name,), "invalid-value", message, _lower(_MEANING[name]))


def _lower(sentence: str) -> str:
    return sentence[0].lower() + sentence[1:].removesuffix(".")


def _schema() -> dict[str, Any]:
    names = {int: "integer", str: "string"}
    typed = {
        name: {"type": [names[kind], "null"], "description": _MEANING[name]}
        for name, kind in TYPES.items()
    }
    refused = [refusal([name], help_) for name, help_ in NOT_HERE.items()]
    rules = {"properties": typed, "additionalProperties": True, "allOf": refused}
    return {"type": "object", **rules}


Metadata = Annotated[dict[str, Any], WithJsonSchema(_schema())]
"""Values by name; `dagster/row_count` and a few others are of one type."""
