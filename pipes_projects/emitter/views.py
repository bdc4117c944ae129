"""What a platform owner overrides: a script and its assets, as their manifests describe them.

Every value is a property whose `super()` gives what the manifest says, with all that it inherits.
An owner adds a default, replaces or merges in one line.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
from collections.abc import Mapping, Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import BaseModel

from pipes_projects.emitter.description import describe
from pipes_projects.manifest.asset import AssetFields, Column
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, Script

if TYPE_CHECKING:
    from pipes_projects.emitter.script import PipesScript


class PipesScriptManifest:
    """A script, as its manifest describes it. Subclass it to change what all scripts have."""

    def __init__(self, script: "PipesScript") -> None:
        self.script = script
        self.model: Script = script.model
        """What the compiler made of the manifest."""
        self.kind = script.model.kind
        """What runs the script."""

    @property
    def group_name(self) -> str:
        """The folder below `defs/`, which is the group of the assets."""
        return self.model.group

    @property
    def tags(self) -> dict[str, str]:
        """The tags at the top of the manifest; `kind` among them is the compute kind, a badge."""
        return _given(self.model.top.tags)

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata at the top of the manifest."""
        return dict(self.model.top.metadata or {})

    @property
    def extras(self) -> dict[str, Any]:
        """What the script gets with `pipes.get_extra`."""
        return dict(self.model.fields.extras or {})

    @property
    def op_name(self) -> str:
        """The name of the step, unique in the project."""
        return self.script.default_op_name

    @property
    def op_tags(self) -> dict[str, str]:
        """Tags of the step."""
        return _given(self.model.fields.op_tags)

    @property
    def pool(self) -> str | None:
        """Dagster's concurrency pool."""
        return self.model.fields.pool

    @property
    def can_subset(self) -> bool:
        """Whether the script honours the selected assets."""
        return self.model.can_subset

    @property
    def retry_policy(self) -> dg.RetryPolicy | None:
        """How often the step is tried again."""
        policy = self.model.fields.retry_policy
        if policy is None:
            return None
        retries = 1 if policy.max_retries is None else policy.max_retries
        backoff = dg.Backoff(policy.backoff) if policy.backoff else None
        jitter = dg.Jitter(policy.jitter) if policy.jitter else None
        return dg.RetryPolicy(retries, policy.delay, backoff, jitter)

    @cached_property
    def added_fields(self) -> BaseModel:
        """The owner's own fields, as the class that `script_fields()` names."""
        return self.script.script_fields().model_validate_json(_json(self.model.added))

    def __getattr__(self, name: str) -> Any:
        return _added(self, self.script.script_fields(), name)


class PipesAssetManifest:
    """An asset, as its manifest describes it. Subclass it to change what all assets have."""

    def __init__(self, script: "PipesScript", model: Asset) -> None:
        self.script = script
        self.model = model
        """What the compiler made of the manifest."""
        self.name = model.name
        """The asset's name: the file's stem, or the key under `assets`."""
        self.manifest_key = model.key
        """The key that manifests and scripts use."""

    @property
    def group_name(self) -> str:
        """The folder below `defs/`, or what the script's view makes of it."""
        name: str = self.script.manifest.group_name
        return name

    @property
    def asset_key(self) -> dg.AssetKey:
        """The key in Dagster."""
        return dg.AssetKey(self.manifest_key.split("/"))

    @property
    def deps(self) -> Sequence[str | dg.AssetKey | dg.AssetDep]:
        """The upstream assets, by their manifests' keys; an owner may add Dagster's own."""
        return [dep.key for dep in self.model.deps]

    @property
    def description(self) -> str | None:
        """The author's words, and the script's source in a fence."""
        return describe(self.model.fields.description, self.script.source, self.script.model.path)

    @property
    def owners(self) -> list[str]:
        """E-mail addresses, or `team:` and a name."""
        return list(self.model.fields.owners or [])

    @property
    def tags(self) -> dict[str, str]:
        """The script's tags but `kind`, then the asset's own."""
        above = {k: v for k, v in self.script.manifest.tags.items() if k != "kind"}
        return _over(above, self.model.own, "tags")

    @property
    def kinds(self) -> list[str]:
        """Badges: the manifest's `kinds`, and the compute kind."""
        compute = self.script.manifest.tags.get("kind")
        return list(
            dict.fromkeys([*(self.model.fields.kinds or []), *([compute] if compute else [])])
        )

    @property
    def metadata(self) -> dict[str, Any]:
        """The script's metadata, then the asset's own."""
        return _over(self.script.manifest.metadata, self.model.own, "metadata")

    @property
    def column_schema(self) -> dg.TableSchema | None:
        """The columns that the manifest declares."""
        columns = self.model.fields.columns
        return dg.TableSchema([_column(column) for column in columns]) if columns else None

    @property
    def code_version(self) -> str | None:
        """The manifest's, or else a hash of the script's content."""
        return self.model.fields.code_version or self.script.content_hash

    @property
    def code_references(self) -> dg.CodeReferencesMetadataValue:
        """The script, and the asset's own line in its manifest."""
        place = self.model.location
        manifest = dg.LocalFileCodeReference(
            file_path=os.path.join(self.script.root, place.path),
            line_number=place.span.start.line + 1,
        )
        if self.script.model.path is None:
            return dg.CodeReferencesMetadataValue(code_references=[manifest])
        script = dg.LocalFileCodeReference(file_path=self.script.script_path)
        return dg.CodeReferencesMetadataValue(code_references=[script, manifest])

    @property
    def asset_spec(self) -> dg.AssetSpec:
        """All of it, as Dagster takes it. Override this to take over."""
        columns = self.column_schema
        if columns is not None and not isinstance(columns, dg.TableSchema):
            raise TypeError(f"`column_schema` is a TableSchema, not {columns!r}")
        return dg.AssetSpec(
            self.asset_key,
            deps=self.script.project_keys.deps(self.deps),
            description=self.description,
            group_name=self.group_name,
            code_version=self.code_version,
            owners=self.owners,
            tags=self.tags,
            kinds=set(self.kinds),
            metadata={
                **self.metadata,
                **({"dagster/column_schema": columns} if columns else {}),
                "dagster/code_references": self.code_references,
            },
        )

    @cached_property
    def added_fields(self) -> BaseModel:
        """The owner's own fields, as the class that `asset_fields()` names."""
        return self.script.asset_fields().model_validate_json(_json(self.model.added))

    def __getattr__(self, name: str) -> Any:
        return _added(self, self.script.asset_fields(), name)


def _given(mapping: Mapping[str, str | None] | None) -> dict[str, str]:
    return {key: value for key, value in (mapping or {}).items() if value is not None}


def _over(above: dict[str, Any], own: AssetFields, name: str) -> dict[str, Any]:
    """The asset's own entries over those above it; null takes back."""
    mine = getattr(own, name)
    if mine is None:
        return {} if name in own.model_fields_set else above
    return {key: value for key, value in {**above, **mine}.items() if value is not None}


def _column(column: Column) -> dg.TableColumn:
    tags = dict(column.tags or {})
    return dg.TableColumn(column.name, column.type, description=column.description, tags=tags)


def _json(added: Mapping[str, Any]) -> str:
    from json import dumps

    return dumps(dict(added))


def _added(view: Any, model: type[BaseModel], name: str) -> Any:
    """An added field's value; anything else is not an attribute."""
    if hasattr(type(view), name):  # a property of this name raised an AttributeError: let it
        return object.__getattribute__(view, name)
    if name in _BUILT_IN or name not in model.model_fields:
        raise AttributeError(f"{type(view).__name__} has no attribute {name!r}")
    return getattr(view.added_fields, name)


_BUILT_IN = AssetFields.model_fields.keys() | ScriptFields.model_fields.keys()
