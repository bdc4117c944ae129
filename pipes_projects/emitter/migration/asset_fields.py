"""What Dagster knows of an asset and its checks → the fields of a manifest."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

import dagster as dg

from pipes_projects.emitter.inspection.from_dagster import Plain
from pipes_projects.emitter.migration.dg_project import Declared
from pipes_projects.emitter.migration.published import Names
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.scaffold.importing.imported import KeyPath

ASSETS: Final = ("attributes", "assets")
_ADDED: Final = frozenset({"dagster/component_origin", "dagster/code_references"})
_PLAIN: Final = Plain(Catalog())


class CannotMapError(Exception):
    """A component stays as it is: what in it has no place in a manifest."""

    def __init__(self, place: KeyPath, why: str) -> None:
        super().__init__(why)
        self.place = place


def fields_of(
    declared: Declared, number: int, spec: dg.AssetSpec, names: Names
) -> Iterator[tuple[str, Any, KeyPath]]:
    """Each field that says something, and where it comes from."""
    written: Mapping[str, Any] = declared.written["attributes"]["assets"][number]
    place = (*ASSETS, number)
    if spec.skippable:
        raise CannotMapError(
            (*place, "skippable"), "a script with a manifest makes all of its assets"
        )
    for field, value in _plain_fields(spec, written, place):
        if value:
            yield field, value, (*place, field)
    if spec.automation_condition is not None:
        yield (
            "automation_condition",
            _rule(declared, number, spec, names),
            (
                *place,
                "automation_condition",
            ),
        )
    if spec.freshness_policy is not None:
        policy = _PLAIN(spec.freshness_policy)
        kind = "cron" if "deadline_cron" in policy else "time_window"
        yield "freshness_policy", {kind: policy}, (*place, "freshness_policy")


def _plain_fields(
    spec: dg.AssetSpec, written: Mapping[str, Any], place: KeyPath
) -> Iterator[tuple[str, Any]]:
    tags = {key: value for key, value in spec.tags.items() if not key.startswith("dagster/kind/")}
    if "kind" in tags:
        raise CannotMapError((*place, "tags"), "a tag `kind` would be a badge: write it in `kinds`")
    metadata = {key: value for key, value in spec.metadata.items() if key not in _ADDED}
    yield "description", spec.description
    yield "deps", [_dep(dep, place) for dep in _in_order(spec.deps, written.get("deps"))]
    yield "owners", list(spec.owners)
    yield "kinds", _in_order(sorted(spec.kinds), written.get("kinds"))
    yield "tags", tags
    yield "metadata", {key: _metadata(key, value, place) for key, value in metadata.items()}
    yield "code_version", spec.code_version


def _in_order(values: Any, written: Any) -> list[Any]:
    """As they are written, for the comments beside them."""
    order = {str(value): number for number, value in enumerate(written or ())}
    return sorted(values, key=lambda value: order.get(_text(value), len(order)))


def _text(value: Any) -> str:
    key = getattr(value, "asset_key", None)
    return key.to_user_string() if isinstance(key, dg.AssetKey) else str(value)


def _dep(dep: dg.AssetDep, place: KeyPath) -> str:
    if dep.partition_mapping is not None or any("/" in part for part in dep.asset_key.path):
        raise CannotMapError((*place, "deps"), f"`{_text(dep)}` cannot be written as it is")
    return _text(dep)


def _metadata(key: str, value: Any, place: KeyPath) -> Any:
    """Only what is data already: other values of Dagster's would become text."""
    if value is None:
        message = f"`{key}` is null, which in a manifest means that there is no `{key}`"
        raise CannotMapError((*place, "metadata", key), message)
    try:
        same = json.loads(json.dumps(value, allow_nan=False)) == value
    except (TypeError, ValueError):
        same = False
    if not same:
        message = f"`{key}` is a {type(value).__name__}, which YAML cannot write"
        raise CannotMapError((*place, "metadata", key), message)
    return value


def _rule(declared: Declared, number: int, spec: dg.AssetSpec, names: Names) -> str:
    component: Any = declared.component
    is_own = component.assets[number].automation_condition == spec.automation_condition
    written = declared.written["attributes"]["assets"][number].get("automation_condition")
    name = names.of_rule(written) if is_own else None
    if name is None:
        message = "its rule is not a plain expression in this file: publish it under a name"
        raise CannotMapError((*ASSETS, number, "automation_condition"), message)
    return name


def checks_of(
    declared: Declared, key: dg.AssetKey
) -> Iterator[tuple[str, tuple[dict[str, Any], int]]]:
    """The checks of an asset by name, each with its number in the file."""
    component: Any = declared.component
    for number, check in enumerate(component.checks or ()):
        place = ("attributes", "checks", number)
        if check.additional_deps:
            message = "checks in manifests have no dependencies of their own"
            raise CannotMapError((*place, "additional_deps"), message)
        if check.automation_condition is not None:
            raise CannotMapError(place, "checks in manifests have no rules of their own")
        if check.asset_key == key:
            values = {
                "description": check.description,
                "blocking": check.blocking or None,
                "metadata": {n: _metadata(n, v, place) for n, v in (check.metadata or {}).items()},
            }
            yield check.name, ({n: v for n, v in values.items() if v}, number)
