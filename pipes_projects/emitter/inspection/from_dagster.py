"""Dagster's objects as plain data, in manifest terms where they exist."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Callable, Mapping
from datetime import timedelta
from enum import Enum
from typing import Any, Final

import dagster as dg
from pydantic import BaseModel

from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.manifest.values.duration import duration_text

_KINDS: Final = "dagster/kind/"
_SHOWN_APART: Final = frozenset({"dagster/column_schema", "dagster/code_references"})


class Plain:
    """Turns objects into data; whatever the owner publishes is shown by its name."""

    def __init__(self, catalog: Catalog) -> None:
        published = (
            catalog.partitions_defs,
            catalog.partition_mappings,
            catalog.automation_conditions,
        )
        self.names = [(value, name) for names in published for name, value in names.items()]

    def __call__(self, value: Any) -> Any:
        """Turn any value into text, numbers, lists and mappings."""
        if hasattr(value, "to_timedelta"):  # Dagster's own, which is not public
            return duration_text(value.to_timedelta())
        for types, made in _MADE:
            if isinstance(value, types):
                return made(value, self)
        return self.name(value) or _words(value)

    def name(self, value: Any) -> str | None:
        """The owner's name for it; some of Dagster's tuples equal tuples of other types."""
        same = (name for known, name in self.names if type(known) is type(value) and known == value)
        return next(same, None)


def tags_of(spec: dg.AssetSpec) -> dict[str, str]:
    """The tags, except those that are kinds."""
    return {key: value for key, value in spec.tags.items() if not key.startswith(_KINDS)}


def metadata_of(spec: dg.AssetSpec) -> dict[str, Any]:
    """The metadata, except what is derived from other fields."""
    return {key: value for key, value in spec.metadata.items() if key not in _SHOWN_APART}


def _words(value: Any) -> str:
    text = str(value)
    return type(value).__name__ if " object at 0x" in text else text


def _mapping(value: Mapping[Any, Any], plain: Plain) -> dict[str, Any]:
    return {str(key): plain(part) for key, part in value.items()}


def _dep(dep: dg.AssetDep, plain: Plain) -> Any:
    key = plain(dep.asset_key)
    if dep.partition_mapping is None:
        return key
    return {"asset": key, "partition_mapping": plain(dep.partition_mapping)}


def _check(check: dg.AssetCheckSpec, plain: Plain) -> dict[str, Any]:
    return _given(check, plain, "name", "description", "blocking", "metadata")


def _columns(schema: dg.TableSchema, plain: Plain) -> list[Any]:
    return [
        _given(column, plain, "name", "type", "description", "tags") for column in schema.columns
    ]


def _given(value: Any, plain: Plain, *names: str) -> dict[str, Any]:
    parts = ((name, plain(getattr(value, name))) for name in names)
    return {name: part for name, part in parts if part}


def _backfill(policy: dg.BackfillPolicy, plain: Plain) -> dict[str, Any]:
    most = plain(policy.max_partitions_per_run)
    one = {"type": "single_run"}
    return one if most is None else {"type": "multi_run", "max_partitions_per_run": most}


def _window(policy: Any, plain: Plain) -> dict[str, Any]:
    names = ("fail_window", "warn_window", "deadline_cron", "lower_bound_delta", "timezone")
    return _given(policy, plain, *(name for name in names if hasattr(policy, name)))


def _condition(condition: Any, plain: Plain) -> str:
    return plain.name(condition) or condition.get_label() or type(condition).__name__


_MADE: Final[tuple[tuple[Any, Callable[[Any, Plain], Any]], ...]] = (
    (Enum, lambda value, plain: plain(value.value)),
    ((type(None), bool, int, float, str), lambda value, _plain: value),
    (Mapping, _mapping),
    (timedelta, lambda value, _plain: duration_text(value)),
    (BaseModel, lambda value, _plain: value.model_dump(mode="json", exclude_none=True)),
    (dg.AssetKey, lambda value, _plain: value.to_user_string()),
    (dg.AssetDep, _dep),
    (dg.AssetCheckSpec, _check),
    (dg.TableSchema, _columns),
    (dg.MetadataValue, lambda value, plain: plain(value.value)),
    (dg.RetryPolicy, lambda value, plain: _given(value, plain, *value._fields)),
    (dg.BackfillPolicy, _backfill),
    (dg.FreshnessPolicy, _window),
    (dg.AutomationCondition, _condition),
    ((set, frozenset), lambda value, plain: sorted(map(plain, value), key=str)),
    (
        (dg.PartitionsDefinition, dg.PartitionMapping),
        lambda value, plain: plain.name(value) or _words(value),
    ),
    ((list, tuple), lambda value, plain: list(map(plain, value))),
)
