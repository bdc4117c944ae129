"""What a platform owner publishes: the classes of a project → its contract."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, Final

import dagster as dg
from pydantic import BaseModel, ValidationError

from pipes_projects.emitter.owner.hooks import (
    Check,
    OwnerError,
    WrongAnswerError,
    answer,
    classes_of,
    instance_of,
    keys,
    names,
    objects,
    of_class,
    or_none,
    shown,
    subclass_of,
)
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.emitter.owner.published.connections import connections
from pipes_projects.emitter.owner.published.connections import described as described_connections
from pipes_projects.emitter.owner.published.partitions import TYPES, described
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.kinds import registered_kinds, unusable_kinds
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import (
    AUTOMATION_CONDITIONS,
    PARTITION_MAPPINGS,
    Contract,
    Kind,
    Partitions,
    can_name_a_kind,
    fault_of_endings,
)
from pipes_projects.manifest.model.problems import from_pydantic
from pipes_projects.manifest.model.shapes import ModelShape
from pipes_projects.manifest.script import ProcessFields, ScriptFields

_URL: Final = re.compile(r"(?:https?|file)://[^\s<>#\\\x00-\x1f\x7f]+")
_SUCH_AS: Final = "https://example.com/catalog/"


def contract_of(project: type) -> Contract:
    """The contract of a project's class; raises `OwnerError` for values that no manifest could
    refer to, and for values that its methods must not return."""
    catalog, partitions = answer(project, "catalog", _with_descriptions)
    return Contract(
        _kinds(project),
        frozenset(answer(project, "asset_keys", keys)),
        published=True,
        partitions_defs=partitions,
        partition_mappings=_named(catalog.partition_mappings, PARTITION_MAPPINGS),
        automation_conditions=_named(catalog.automation_conditions, AUTOMATION_CONDITIONS),
        pools=frozenset(answer(project, "pools", names)),
        unusable_kinds=unusable_kinds(),
        script_defaults=catalog.script_defaults.model_dump(mode="json", exclude_none=True),
        connections=described_connections(catalog.connections),
        run_by_owner=frozenset(_run_by_owner(kind_map(project))),
    )


def _run_by_owner(classes: Mapping[str, type[PipesScript]]) -> Iterator[str]:
    for name in classes.keys() & registered_kinds().keys():
        cls = classes[name]
        if cls.invoke is not PipesScript.invoke or cls.launch is not PipesScript.launch:
            yield name


def published(project: type) -> Contract:
    """What a project's class publishes, by its own method; raises `OwnerError`."""
    return answer(project, "contract", instance_of(Contract))


def catalog_of(project: type[Any]) -> Catalog:
    """The objects that a project's class publishes by name."""
    answers = {method: answer(project, method, check) for method, check in _PUBLISHED.items()}
    return Catalog(**answers, secret=of_class(project, "secret", "NAME"))


def kind_map(project: type) -> Mapping[str, type[PipesScript]]:
    """The classes of a project's scripts, by kind."""
    return answer(project, "script_kind_map", classes_of(PipesScript))


def a_catalog(value: object) -> Catalog:
    """A check of what `catalog()` returns."""
    catalog = instance_of(Catalog)(value)
    for method, check in _PUBLISHED.items():
        check(getattr(catalog, method))
    return catalog


def _named(names: Iterable[str], built_in: Mapping[str, str]) -> dict[str, str]:
    return {name: built_in.get(name, "") for name in names}


def _with_descriptions(value: object) -> tuple[Catalog, dict[str, Partitions]]:
    catalog = a_catalog(value)
    return catalog, _described(catalog.partitions_defs)


def _described(definitions: Mapping[str, dg.PartitionsDefinition]) -> dict[str, Partitions]:
    return {name: described(definition) for name, definition in definitions.items()}


def _url(value: object) -> str:
    """A page, without a fragment; in Markdown it stands between `<` and `>`."""
    if isinstance(value, str) and _URL.fullmatch(value):
        return value
    raise WrongAnswerError(f"must return the URL of a page, such as {_SUCH_AS}, not {shown(value)}")


def _script_defaults(value: object) -> ProcessFields:
    if isinstance(value, ProcessFields):
        return value
    if not isinstance(value, Mapping):
        raise WrongAnswerError(
            f"must return a mapping of field names to values, not {shown(value)}"
        )
    try:
        return ProcessFields.model_validate(dict(value))
    except ValidationError as error:
        wrong = next(from_pydantic(ProcessFields, error))
        given = f"gives {shown(value[wrong.path[0]])} for `{wrong.path[0]}`"
        raise WrongAnswerError(f"{given}: {wrong.message}") from None


_PUBLISHED: dict[str, Check[Any]] = {
    "partitions_defs": objects("a partitions definition", *TYPES.values()),
    "partition_mappings": objects("a PartitionMapping", dg.PartitionMapping),
    "automation_conditions": objects("an AutomationCondition", dg.AutomationCondition),
    "script_defaults": _script_defaults,
    "connections": connections,
    "catalog_url": or_none(_url),
}


def _kinds(project: type) -> dict[str, Kind]:
    registered = registered_kinds()
    return {name: _kind(name, cls, registered.get(name)) for name, cls in kind_map(project).items()}


def _own(name: str, cls: type[PipesScript]) -> Kind:
    return Kind(name, (cls.__doc__ or "").strip().split("\n\n")[0])


def _is_of(registered: Kind, options: type[BaseModel] | None) -> bool:
    """Whether a class is for a kind of a package, and not for one that only has its name: then it
    takes other options."""
    model = getattr(registered.options, "model", None)
    return options is None or (model is not None and issubclass(options, model))


def _endings(value: object) -> tuple[str, ...] | None:
    if fault := fault_of_endings(value):
        raise WrongAnswerError(f"is wrong: {fault}")
    return or_none(names)(value)


def _kind(name: str, cls: type[PipesScript], registered: Kind | None) -> Kind:
    if not can_name_a_kind(name):
        rule = "lower-case letters, digits and `_`, and no field of a manifest"
        raise OwnerError(f"`{name}` cannot be the name of a kind ({cls.__name__}): {rule}")
    answer(cls, "script_manifest_class", subclass_of(PipesScriptManifest))
    answer(cls, "asset_manifest_class", subclass_of(PipesAssetManifest))
    options = answer(cls, "options", or_none(subclass_of(BaseModel)))
    script_fields = answer(cls, "script_fields", subclass_of(ScriptFields))
    asset_fields = answer(cls, "asset_fields", subclass_of(AssetFields))
    plain = registered if registered and _is_of(registered, options) else _own(name, cls)
    return plain.with_parts(
        {
            "options": ModelShape(options) if options else plain.options,
            "script_fields": ModelShape(script_fields, beside=ScriptFields),
            "asset_fields": ModelShape(asset_fields, beside=AssetFields),
            "endings": answer(cls, "script_endings", _endings) or plain.endings,
            "takes_script": plain.takes_script and answer(cls, "takes_script", instance_of(bool)),
        }
    )
