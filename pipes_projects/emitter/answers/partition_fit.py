"""Whether the partitions of assets and their dependencies are compatible, as Dagster sees it.

Dagster would only find out when it loads the code location, and then refuse all of it.
"""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

import re
from collections.abc import Iterator, Mapping, Sequence

import dagster as dg

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.answers.attribution import overriding
from pipes_projects.emitter.answers.failing_step import refusing
from pipes_projects.emitter.answers.override_checks import Emitted
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest

Definition = dg.PartitionsDefinition | None
_CLASS = re.compile(r"<class '(?:\w+\.)*(\w+)'>")


def unfit(
    emitted: Sequence[Emitted], apart: Mapping[dg.AssetKey, Definition]
) -> Iterator[Diagnostic]:
    """Dependencies whose partitions Dagster finds incompatible; `apart` is in quarantine."""
    made = [asset for asset in emitted if asset.view.script.model.runs]
    partitions = {**apart, **{asset.spec.key: asset.spec.partitions_def for asset in made}}
    judge = _Judge()
    for asset in made:
        for dep in asset.spec.deps:
            above = partitions.get(dep.asset_key)
            refusal = judge(above, asset.spec.partitions_def, dep.partition_mapping)
            if refusal:
                yield _finding(asset.view, dep.asset_key, refusal)


class _Judge:
    """Asks Dagster only once about the same partitions."""

    def __init__(self) -> None:
        self.answers: dict[tuple[object, ...], str | None] = {}

    def __call__(
        self, above: Definition, below: Definition, mapping: dg.PartitionMapping | None
    ) -> str | None:
        """Why they are not compatible; None if they are."""
        if above is None or (mapping is None and above is below):
            return None
        question = (type(above), above, type(below), below, id(mapping))
        if question not in self.answers:
            self.answers[question] = _refusal(above, below, mapping)
        return self.answers[question]


def _refusal(
    above: Definition, below: Definition, mapping: dg.PartitionMapping | None
) -> str | None:
    """What Dagster says about two assets that have nothing but these partitions."""
    dep = dg.AssetDep("above", partition_mapping=mapping)
    specs = (
        dg.AssetSpec("above", partitions_def=above),
        dg.AssetSpec("below", partitions_def=below, deps=[dep]),
    )
    assets = [refusing(spec, "", set()) for spec in specs]
    try:
        dg.Definitions.validate_loadable(dg.Definitions(assets=assets))
    except dg.DagsterError as error:
        message = str(error.__cause__ or error).strip().partition("\n")[0]
        return _CLASS.sub(r"`\1`", message)
    return None


def _finding(view: PipesAssetManifest, above: dg.AssetKey, refusal: str) -> Diagnostic:
    keys, model = view.script.project_keys, view.model
    declared = next((dep for dep in model.deps if keys.resolve(dep.key) == above), None)
    name = declared.key if declared else above.to_user_string()
    help_ = f"say how they belong together: `{{asset: {name}, partition_mapping: all}}`"
    if name == model.key:
        help_ = "only time partitions come one after the other"
    override = overriding(view, PipesAssetManifest, "deps", "partitions_def", "asset_spec")
    override = override or overriding(view.script.manifest, PipesScriptManifest, "partitions_def")
    return Diagnostic(
        Code.PARTITION_MISMATCH,
        f"Dagster cannot match the partitions of `{model.key}` and `{name}`: {refusal}",
        declared.location if declared else model.location,
        override.help if override else help_,
    )
