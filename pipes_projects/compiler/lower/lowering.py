"""Manifest → Script with its Assets: both forms of manifest become one thing here.

Everything that a manifest inherits is merged into it, its kind is determined, and what is still
missing is reported. Finding the script's file, which takes the disk, is left to `script_file`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from posixpath import dirname, join, normpath
from sys import intern
from typing import Any, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.inheritance.defaults import Inherited, put_together
from pipes_projects.compiler.lower.inheritance.layering import (
    Layering,
    is_kind_refused,
    kind_name,
    layering_of,
)
from pipes_projects.compiler.lower.inheritance.layers import Layer, Origins, merged
from pipes_projects.compiler.lower.launch import WantedFolder
from pipes_projects.compiler.lower.policies import policy_problems
from pipes_projects.compiler.lower.script_file import Wanted, wanted_script
from pipes_projects.compiler.lower.values import Part, TypedValues, only
from pipes_projects.compiler.lower.variables import variables_twice
from pipes_projects.compiler.parse.file_names import asset_name, group_of, script_name
from pipes_projects.compiler.validate.findings import findings
from pipes_projects.compiler.validate.kind_rules import kind_problems
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.asset_checks import AssetCheck, ScriptCheck
from pipes_projects.manifest.deps import Upstream
from pipes_projects.manifest.forms import FIELDS, SingleAssetManifest
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, CodePath, DeclaredCheck, Dependency, Script
from pipes_projects.source import Location

NOTHING = AssetFields.model_construct()
_NO_METADATA: Mapping[str, Any] = {}
_LISTS = {"deps": None, "checks": None}
_NAMES: dict[frozenset[str], set[str]] = {}


class Lowered(NamedTuple):
    """A script whose file is still to be found, and what is wrong with the values it was made
    from."""

    script: Script
    wanted: Wanted | None
    """The script file that it needs; None where it needs none, or that is not known."""
    folders: tuple[WantedFolder, ...] = ()
    """The folders that must exist when it runs."""
    diagnostics: tuple[Diagnostic, ...] = ()


def lower(manifest: Manifest, inherited: Inherited, defs: str) -> Lowered:
    """The script that a manifest declares, with its assets."""
    group = group_of(manifest.path, defs)
    layering = layering_of(manifest, inherited)
    return _Lowering(layering, defs, group, TypedValues(layering)).lowered()


@dataclass(frozen=True)
class _Lowering:
    layering: Layering
    defs: str
    group: str
    values: TypedValues

    def lowered(self) -> Lowered:
        layering, whole = self.layering, self.whole()
        data = layering.scheduled(merged(layering.taken)) if whole is None else self.loose()
        kind, origin = layering.kind, Origins(layering.taken)
        if self.is_single:
            fields = Part(whole) if whole else self.values.typed(SingleAssetManifest, data, origin)
            assets = [self.single(fields.value, data)]
            fields = fields._replace(value=assets[0].value.fields)
            top: Part[Any] = Part(fields.value)
        else:
            fields = self.values.typed(ScriptFields, data, origin)
            top = self.top(data, origin)
            assets = list(self.assets())
        added = self.values.added(kind.script_fields if kind else None, data, origin)
        params = self.values.params(fields.value)
        options = self.values.options(kind, data, origin, params)
        script = Script(
            script_name(layering.manifest.path, self.defs),
            self.group,
            kind.name if kind else str(kind_name(layering.manifest, layering.inherited)),
            None,
            fields.value,
            top.value,
            added.value,
            options.value,
            tuple(asset.value for asset in assets),
            origin(),
            kind.runs if kind else True,
            any("partitions_def" in manifest.broken for manifest in layering.chain),
            code_paths=tuple(_code_paths(fields.value, origin)),
            params_unknown=params is None or self.values.is_broken("params", "extras"),
        )
        kinds = layering.contract.kinds
        wanted = wanted_script(layering.manifest, kind, data, kinds) if kind else None
        clashes = Part(None, tuple(variables_twice(fields.value, options.value, kind, origin)))
        parts: tuple[Part[Any], ...] = (fields, top, added, options, clashes, *assets)
        found = [diagnostic for part in parts for diagnostic in part.diagnostics]
        folders = (
            tuple(self.values.folders(data, origin))
            if not any(finding.is_error for finding in options.diagnostics)
            else ()
        )
        return Lowered(script, wanted, folders, (*self.of_kind(), *found))

    @property
    def is_single(self) -> bool:
        return self.layering.manifest.form is SingleAssetManifest

    def of_kind(self) -> Iterator[Diagnostic]:
        """That there is no kind, or what an inherited kind rules out in the manifest."""
        layering, manifest = self.layering, self.layering.manifest
        if layering.kind is None:
            if not is_kind_refused(manifest, layering.inherited):
                names = ", ".join(f"`{name}`" for name in layering.contract.kinds)
                message = "this manifest needs a `kind`"
                help_ = f"the kinds of this project are {names}"
                yield Diagnostic(Code.MISSING_KEY, message, Location(manifest.path), help_)
        elif "kind" not in manifest.data:  # otherwise validation has reported it
            problems = kind_problems(layering.kind, manifest.data, layering.contract)
            yield from findings(manifest.document, problems)

    def whole(self) -> SingleAssetManifest | None:
        """The validated manifest and defaults in one, where nothing needs merging and nothing is
        wrong."""
        typed = self.layering.manifest.typed
        has_nulls = self.layering.manifest.document.has_nulls
        if has_nulls or not isinstance(typed, SingleAssetManifest):
            return None
        values = self.layering.inherited.values(self.layering.kind)
        whole = put_together(typed, values) if values is not None else None
        if whole is None:
            return None
        data: dict[str, Any] = {}
        for layer in self.layering.taken:  # no mapping is in more than one of them
            data.update(layer.data)
        return whole if next(policy_problems(data), None) is None else None

    def loose(self) -> dict[str, Any]:
        """What the manifest's model does not know: options, and the owner's fields."""
        known = FIELDS[SingleAssetManifest]
        if all(layer.data.keys() <= known for layer in self.layering.taken):
            return {}
        return merged([layer.without(known) for layer in self.layering.taken])

    def top(self, data: Mapping[str, Any], origin: Origins) -> Part[Any]:
        """The asset fields at the top of a multi-asset manifest, which its assets share."""
        shared = {name: value for name, value in data.items() if name != "checks"}
        return self.values.typed(AssetFields, shared, origin, whole=False)

    def single(self, fields: AssetFields, data: Mapping[str, Any]) -> Part[Asset]:
        """The asset that is named after its file."""
        name = asset_name(self.layering.manifest.path)
        return self.asset(name, self.layering.taken, data, Part(fields), NOTHING)

    def assets(self) -> Iterator[Part[Asset]]:
        """The assets of the script, in the manifest's order."""
        for name, body in self.layering.manifest.data.get("assets", {}).items():
            layers = self.layering.of_asset(name)
            data = merged(layers)
            fields = self.values.typed(AssetFields, data, Origins(layers))
            own = AssetFields.model_validate(only(body, FIELDS[AssetFields]))
            yield self.asset(name, layers, data, fields, own)

    def asset(
        self,
        name: str,
        layers: tuple[Layer, ...],
        data: Mapping[str, Any],
        typed: Part[Any],
        own: AssetFields,
    ) -> Part[Asset]:
        """One asset from its effective values; `own` is what is written under its name."""
        fields, origin, kind = typed.value, Origins(layers), self.layering.kind
        added = self.values.added(kind.asset_fields if kind else None, data, origin)
        asset = Asset(
            fields.key or intern(f"{self.group}/{name}"),
            name,
            self.group,
            _kept(fields),
            own,
            added.value,
            tuple(map(_dependency, fields.deps, origin.items("deps"))) if fields.deps else (),
            tuple(self.checks(name, fields)),
            origin(),
        )
        return Part(asset, (*typed.diagnostics, *added.diagnostics))

    def checks(self, asset: str, fields: AssetFields) -> Iterator[DeclaredCheck]:
        """The checks written under the asset, and those at the top that name it."""
        for name, check in (fields.checks or {}).items():
            yield _check(name, check)
        for name, data in self.layering.checks_above(asset).items():
            if name not in (fields.checks or {}):
                yield _check(name, ScriptCheck.model_validate(data))


def _kept(fields: AssetFields) -> AssetFields:
    """The fields as they are kept for thousands of assets: without those that an `Asset` has in a
    form of its own, and the names of what is set only once for all that set the same."""
    kept = fields.model_copy(update=_LISTS)
    names = _NAMES.setdefault(frozenset(fields.model_fields_set), kept.model_fields_set)
    object.__setattr__(kept, "__pydantic_fields_set__", names)
    return kept


def _code_paths(fields: ScriptFields, origin: Origins) -> Iterator[CodePath]:
    places = origin.items("code_paths") if fields.code_paths else ()
    for written, place in zip(fields.code_paths or (), places, strict=True):
        yield CodePath(normpath(join(dirname(place.path), written)), place)


def _dependency(dep: Upstream, location: Location) -> Dependency:
    return Dependency(dep.asset, location, dep.partition_mapping, bool(dep.metadata))


def _check(name: str, check: AssetCheck) -> DeclaredCheck:
    metadata = check.metadata or _NO_METADATA
    return DeclaredCheck(name, check.description, bool(check.blocking), metadata)
