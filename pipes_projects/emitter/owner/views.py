"""What a platform owner overrides: a script and its assets, as their manifests describe them.

Every value is a property whose `super()` gives what the manifest says, including what it inherits.
An owner adds a default, replaces or merges in one line.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import os
from collections.abc import Sequence
from functools import cached_property
from typing import TYPE_CHECKING, Any

import dagster as dg
from pydantic import BaseModel

from pipes_projects.emitter.owner import to_dagster
from pipes_projects.emitter.owner.description import describe, page_link
from pipes_projects.emitter.owner.hooks import entries, one_or_none
from pipes_projects.emitter.owner.values import added, as_json, given, over
from pipes_projects.manifest.params import Param
from pipes_projects.manifest.schedule import CronSchedule
from pipes_projects.project import Asset, Dependency, Script

if TYPE_CHECKING:
    from pipes_projects.emitter.owner.script import PipesScript


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
        """The tags at the top of the manifest; the tag `kind` is the compute kind, a badge."""
        return given(self.model.top.tags)

    @property
    def metadata(self) -> dict[str, Any]:
        """The metadata at the top of the manifest."""
        return dict(self.model.top.metadata or {})

    @property
    def extras(self) -> dict[str, Any]:
        """What the script gets with `pipes.get_extra`."""
        return dict(self.model.fields.extras or {})

    @property
    def params(self) -> dict[str, Param]:
        """What a launch may change: the step's config in Dagster, and extras for the script."""
        params = self.model.fields.params or {}
        return {name: param for name, param in params.items() if param is not None}

    @property
    def code_paths(self) -> list[str]:
        """What else is part of the script's code: files, folders and patterns, relative to the
        project."""
        return [path.path for path in self.model.code_paths]

    @property
    def op_name(self) -> str:
        """The name of the step, unique in the project."""
        return self.script.default_op_name

    @property
    def op_tags(self) -> dict[str, str]:
        """Tags of the step."""
        return given(self.model.fields.op_tags)

    @property
    def timeout(self) -> float | None:
        """How many seconds the script may run; None for as long as it takes."""
        seconds: float | None = self._nearest("timeout")
        return seconds

    @property
    def grace(self) -> float | None:
        """How many seconds a script has to end after each signal; None for the usual 5."""
        seconds: float | None = self._nearest("grace")
        return seconds

    @property
    def inherit_env(self) -> str | list[str] | None:
        """Which variables of Dagster's environment the script sees: `all`, `none`, or a list of
        names; None for all."""
        names: str | list[str] | None = self._nearest("inherit_env")
        return names

    @property
    def secrets(self) -> dict[str, str]:
        """The variables with secret values: the script's names for them, and the owner's."""
        return {secret.name: secret.known_as for secret in self.model.fields.secrets or ()}

    def _nearest(self, name: str) -> Any:
        """The manifest's value, or else the project's; null in a manifest counts as a value."""
        fields = self.model.fields
        is_said = name in fields.model_fields_set
        return getattr(fields if is_said else self.script.catalog.script_defaults, name)

    @property
    def pool(self) -> str | None:
        """Dagster's concurrency pool."""
        return self.model.fields.pool

    @property
    def can_subset(self) -> bool:
        """Whether the script honours the selected assets."""
        return self.model.can_subset

    @property
    def partitions_def(self) -> dg.PartitionsDefinition | None:
        """The partitions of the script's assets, as the owner published them."""
        name = self.model.fields.partitions_def
        return self.script.catalog.partitions_defs[name] if name is not None else None

    @property
    def backfill_policy(self) -> dg.BackfillPolicy | None:
        """Whether a run over many partitions is one run of the script, or several."""
        policy = self.model.fields.backfill_policy
        return to_dagster.backfill_policy(policy) if policy is not None else None

    @property
    def schedule(self) -> CronSchedule | None:
        """When the script runs: a cron expression and its time zone."""
        return self.model.fields.schedule

    @property
    def retry_policy(self) -> dg.RetryPolicy | None:
        """How many times the step is retried."""
        policy = self.model.fields.retry_policy
        return to_dagster.retry_policy(policy) if policy is not None else None

    @cached_property
    def added_fields(self) -> BaseModel:
        """The owner's own fields, as the class that `script_fields()` names."""
        return self.script.script_fields().model_validate_json(as_json(self.model.added))

    def __getattr__(self, name: str) -> Any:
        return added(self, self.script.script_fields(), name)


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
    def asset_key(self) -> dg.AssetKey:
        """The key in Dagster."""
        return dg.AssetKey(self.manifest_key.split("/"))

    @property
    def group_name(self) -> str:
        """The folder below `defs/`, or what the script's view says instead."""
        name: str = self.script.manifest.group_name
        return name

    @property
    def deps(self) -> Sequence[str | dg.AssetKey | dg.AssetDep]:
        """The upstream assets, by their manifests' keys; an owner may add Dagster's own."""
        return [
            self._upstream(dep) if dep.partition_mapping else dep.key for dep in self.model.deps
        ]

    def _upstream(self, dep: Dependency) -> dg.AssetDep:
        mapping = self.script.catalog.partition_mappings[dep.partition_mapping or ""]
        return dg.AssetDep(self.script.project_keys.resolve(dep.key), partition_mapping=mapping)

    @property
    def partitions_def(self) -> dg.PartitionsDefinition | None:
        """The partitions of the script, or what its view says instead."""
        found: dg.PartitionsDefinition | None = self.script.manifest.partitions_def
        return found

    @property
    def automation_condition(self) -> dg.AutomationCondition[Any] | None:
        """The rule by which Dagster makes the asset on its own."""
        name = self.model.fields.automation_condition
        return self.script.catalog.automation_conditions[name] if name is not None else None

    @property
    def freshness_policy(self) -> dg.FreshnessPolicy | None:
        """How old the asset may become."""
        policy = self.model.fields.freshness_policy
        return to_dagster.freshness_policy(policy) if policy is not None else None

    @property
    def check_specs(self) -> list[dg.AssetCheckSpec]:
        """The checks that the script reports about the asset."""
        key = self.script.project_keys.resolve(self.manifest_key)
        return [to_dagster.check_spec(check, key) for check in self.model.checks]

    @property
    def description(self) -> str | None:
        """The author's words, the script's source in a fence, and a link to the asset's page in the
        catalog if the project has a `catalog_url`."""
        page = page_link(self.script.catalog.catalog_url, self.manifest_key)
        return describe(self.model.fields.description, self.script.shown_source, page)

    @property
    def owners(self) -> list[str]:
        """E-mail addresses, or `team:` and a name."""
        return list(self.model.fields.owners or [])

    @property
    def tags(self) -> dict[str, str]:
        """The script's tags except `kind`, then the asset's own."""
        above = {k: v for k, v in self.script.manifest.tags.items() if k != "kind"}
        return over(above, self.model.own, "tags")

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
        return over(self.script.manifest.metadata, self.model.own, "metadata")

    @property
    def column_schema(self) -> dg.TableSchema | None:
        """The columns that the manifest declares."""
        columns = self.model.fields.columns
        return to_dagster.column_schema(columns) if columns else None

    @property
    def code_version(self) -> str | None:
        """The manifest's, or else a hash of what makes the result: the script, what it imports from
        the project, `code_paths`, extras, defaults of params and the options of its kind."""
        version: str | None = self.model.fields.code_version or self.script.code.version
        return version

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
        """The asset as Dagster takes it. Override this to take over completely."""
        columns = one_or_none("column_schema", self.column_schema, dg.TableSchema)
        return dg.AssetSpec(
            self.asset_key,
            deps=self.script.project_keys.deps(self.deps),
            description=self.description,
            group_name=self.group_name,
            code_version=self.code_version,
            owners=self.owners,
            tags=self.tags,
            kinds=set(entries("kinds", self.kinds)),
            partitions_def=self.partitions_def,
            automation_condition=self.automation_condition,
            freshness_policy=self.freshness_policy,
            metadata={
                **self.metadata,
                **({"dagster/column_schema": columns} if columns else {}),
                "dagster/code_references": one_or_none(
                    "code_references", self.code_references, dg.CodeReferencesMetadataValue
                ),
            },
        )

    @cached_property
    def added_fields(self) -> BaseModel:
        """The owner's own fields, as the class that `asset_fields()` names."""
        return self.script.asset_fields().model_validate_json(as_json(self.model.added))

    def __getattr__(self, name: str) -> Any:
        return added(self, self.script.asset_fields(), name)
