"""What a platform owner publishes: the classes of a project → its contract."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import dagster as dg

from pipes_projects.emitter.owner.catalog import Catalog
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.kinds import registered_kinds, unusable_kinds
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import (
    AUTOMATION_CONDITIONS,
    PARTITION_MAPPINGS,
    Contract,
    Kind,
    Partitions,
    can_name_a_kind,
)
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.manifest.shapes import ModelShape


def contract_of(
    classes: Mapping[str, type[PipesScript]],
    asset_keys: Iterable[str | dg.AssetKey],
    catalog: Catalog,
    pools: Iterable[str],
) -> Contract:
    """The contract of live classes; raises ValueError for what no manifest could refer to."""
    registered = registered_kinds()
    kinds = {name: _kind(name, cls, registered.get(name)) for name, cls in classes.items()}
    mappings = _objects("partition_mappings", catalog.partition_mappings, dg.PartitionMapping)
    conditions = catalog.automation_conditions
    conditions = _objects("automation_conditions", conditions, dg.AutomationCondition)
    definitions = _named("partitions_defs", catalog.partitions_defs)
    return Contract(
        kinds,
        frozenset(_keys(asset_keys)),
        published=True,
        partitions_defs={name: _partitions(name, it) for name, it in definitions.items()},
        partition_mappings=_described(mappings, PARTITION_MAPPINGS),
        automation_conditions=_described(conditions, AUTOMATION_CONDITIONS),
        pools=frozenset(_name("pools", it) for it in _several("pools", pools)),
        unusable_kinds=unusable_kinds(),
    )


def _described(names: Iterable[str], built_in: Mapping[str, str]) -> dict[str, str]:
    return {name: built_in.get(name, "") for name in names}


def _keys(keys: object) -> Iterator[str]:
    for key in _several("asset_keys", keys):
        text = key.to_user_string() if isinstance(key, dg.AssetKey) else key
        yield _name("asset_keys", text)


def _several(method: str, values: object) -> Iterable[Any]:
    """All that a method returns; a text would be its letters."""
    if isinstance(values, str) or not isinstance(values, Iterable):
        raise ValueError(f"{method}() returns a list of names, not {values!r}")
    return values


def _name(method: str, name: object) -> str:
    """A name that a manifest can hold: YAML takes blanks away at its ends."""
    if not isinstance(name, str) or not name or name != name.strip():
        raise ValueError(f"{method}(): {name!r} is no name: it is a text without blanks around it")
    return name


def _named(method: str, objects: object) -> Mapping[str, Any]:
    """The objects that a method returns, by their names."""
    if not isinstance(objects, Mapping):
        raise ValueError(f"{method}() returns objects by their names, not {objects!r}")
    for name in objects:
        _name(method, name)
    return objects


def _objects(method: str, objects: object, cls: type) -> Mapping[str, Any]:
    """Named objects, all of one class."""
    named = _named(method, objects)
    for name, it in named.items():
        if not isinstance(it, cls):
            call = "; write `()` after it" if callable(it) else ""
            raise ValueError(f"{method}(): `{name}` is no {cls.__name__}: {it!r}{call}")
    return named


def _partitions(name: str, definition: object) -> Partitions:
    for kind, cls in _TYPES.items():
        if isinstance(definition, cls):
            return Partitions(kind, _words(definition))
    raise ValueError(f"partitions_defs(): `{name}` is no partitions definition: {definition!r}")


def _words(definition: dg.PartitionsDefinition) -> str:
    """What authors read; of static keys a few, because all may be many, and change."""
    if not isinstance(definition, dg.StaticPartitionsDefinition):
        return str(definition)
    keys = definition.get_partition_keys()
    return f"Keys such as {', '.join(f'`{key}`' for key in keys[:3])}."


_TYPES: dict[str, type[dg.PartitionsDefinition]] = {
    "time_window": dg.TimeWindowPartitionsDefinition,
    "static": dg.StaticPartitionsDefinition,
    "dynamic": dg.DynamicPartitionsDefinition,
    "multi": dg.MultiPartitionsDefinition,
}


def _kind(name: str, cls: type[PipesScript], registered: Kind | None) -> Kind:
    if not can_name_a_kind(name):
        rule = "small letters, digits and `_`, and no field of a manifest"
        raise ValueError(f"`{name}` cannot be the name of a kind ({cls.__name__}): {rule}")
    options = cls.options()
    plain = registered or Kind(name, (cls.__doc__ or "").strip().split("\n\n")[0])
    return plain.with_parts(
        {
            "options": ModelShape(options) if options else plain.options,
            "script_fields": ModelShape(cls.script_fields(), beside=ScriptFields),
            "asset_fields": ModelShape(cls.asset_fields(), beside=AssetFields),
            "endings": cls.script_endings() or plain.endings,
            "takes_script": plain.takes_script and cls.takes_script(),
        }
    )
