"""Manifest → Script with its Assets: both forms of manifest become one thing here.

Everything that a manifest inherits is merged into it, its kind is settled, and what is then
missing is said.
"""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pipes_projects.compiler.inheritance import Layer, Origins, merged
from pipes_projects.compiler.names import asset_name, group_of, script_name
from pipes_projects.compiler.scripts import find_script
from pipes_projects.compiler.validation import Manifest, findings, kind_problems
from pipes_projects.diagnostics import Code, Diagnostic, Related
from pipes_projects.manifest.asset import AssetDefaults, AssetFields, InheritedAssetFields
from pipes_projects.manifest.contract import Contract, Kind, Shape
from pipes_projects.manifest.forms import MultiAssetManifest, SingleAssetManifest
from pipes_projects.manifest.marks import marked, matches
from pipes_projects.manifest.model import FromHere
from pipes_projects.manifest.problems import Problem, model_problems
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, Dependency, Script
from pipes_projects.source import Files, Location

NOTHING = AssetFields()


def lower(
    manifest: Manifest,
    inherited: Sequence[Manifest],
    contract: Contract,
    files: Files,
    found: list[Diagnostic],
    defs: str,
) -> Script:
    """The script that a manifest and the defaults above it (farthest first) describe."""
    return _Lowering(manifest, inherited, contract, files, found, defs).script()


@dataclass(frozen=True)
class _Lowering:
    manifest: Manifest
    inherited: Sequence[Manifest]
    contract: Contract
    files: Files
    found: list[Diagnostic]
    defs: str

    def script(self) -> Script:
        data, origin = merged(self.layers), Origins(self.layers)
        kind = self.kind(data)
        known = ScriptFields.model_fields.keys()
        path = find_script(self.manifest, kind, data, self.files, self.found) if kind else None
        fields = self.typed(ScriptFields, _only(data, known), origin)
        group = group_of(self.manifest.path, self.defs)
        script = Script(
            script_name(self.manifest.path, self.defs),
            group,
            kind.name if kind else str(data.get("kind", "subprocess")),
            path,
            fields,
            self.typed(AssetFields, _only(data, AssetFields.model_fields), origin),
            self.added(kind.script_fields if kind else None, data, origin),
            self.options(kind, data, origin) if kind else {},
            tuple(self.assets(group, kind)),
            self.manifest.document.value(()) if not data else _first_line(self.manifest),
            origin,
        )
        return script

    @property
    def layers(self) -> tuple[Layer, ...]:
        """What the top of the manifest says, after what it inherits."""
        return tuple(Layer(it.document, it.data) for it in (*self.inherited, self.manifest))

    def kind(self, data: Mapping[str, Any]) -> Kind | None:
        """The effective kind; None, where a finding says that it is not known."""
        if any("kind" in it.broken for it in (*self.inherited, self.manifest)):
            return None
        kind = self.contract.kinds[data.get("kind", "subprocess")]
        if "kind" not in self.manifest.data:  # else the document alone said so
            problems = kind_problems(kind, self.manifest.data, self.contract)
            self.found.extend(findings(self.manifest.document, problems))
        return kind

    def typed(self, model: type[Any], data: dict[str, Any], origin: Origins) -> Any:
        """The merged fields as their model; what is missing after merging is said."""
        problems = list(model_problems(model, data)) + list(_policy_problems(data))
        self.report(problems, origin)
        for problem in problems:
            data.pop(str(problem.path[0]), None)
        return model.model_validate(data)

    def report(self, problems: Sequence[Problem], origin: Origins, *prefix: str) -> None:
        for problem in problems:
            path = (*prefix, *problem.path)
            missing = problem.code == Code.MISSING_KEY
            place = origin(*(path[:-1] if missing else path))
            related = tuple(self.looked_at()) if missing else ()
            message = problem.message
            if missing and len(path) > 1 and isinstance(path[-2], str):
                message = f"`{path[-2]}` needs `{path[-1]}`"
            self.found.append(
                Diagnostic(Code(problem.code), message, place, problem.help, related)
            )

    def looked_at(self) -> Iterator[Related]:
        for it in self.inherited:
            yield Related(Location(it.path), "these defaults do not give it either")

    def options(self, kind: Kind, data: Mapping[str, Any], origin: Origins) -> dict[str, Any]:
        options = data.get(kind.name, {})
        if kind.options is None or kind.name in self.manifest.broken:
            return {}
        self.report(list(kind.options.problems(options)), origin, kind.name)
        return self.anchored(kind, options, origin)

    def anchored(self, kind: Kind, options: dict[str, Any], origin: Origins) -> dict[str, Any]:
        """Paths made relative to the project: each was written relative to its own file."""
        model = getattr(kind.options, "model", None)
        patterns = marked(model, FromHere) if model else ()
        anchored = dict(options)
        for name in options:
            if matches((name,), patterns):
                folder = posixpath.dirname(origin(kind.name, name).path)
                anchored[name] = posixpath.normpath(posixpath.join(folder, options[name]))
        return anchored

    def added(self, shape: Shape | None, data: Mapping[str, Any], origin: Origins) -> dict[str, Any]:
        if shape is None or not shape.names:
            return {}
        mine = _only(dict(data), shape.names)
        problems = [it for it in shape.problems(mine) if it.path[0] not in self.manifest.broken]
        self.report([it for it in problems if it.code == Code.MISSING_KEY], origin)
        return mine

    def assets(self, group: str, kind: Kind | None) -> Iterator[Asset]:
        if self.manifest.form is not MultiAssetManifest:
            name = asset_name(self.manifest.path)
            yield self.asset(name, group, kind, self.single_layers(kind), NOTHING)
            return
        above = tuple(self.shared(layer, kind) for layer in self.layers)
        for name, body in self.manifest.data.get("assets", {}).items():
            own = Layer(self.manifest.document, body, ("assets", name))
            known = AssetFields.model_validate(_only(body, AssetFields.model_fields))
            yield self.asset(name, group, kind, (*above, own), known)

    def single_layers(self, kind: Kind | None) -> tuple[Layer, ...]:
        *above, own = self.layers
        names = (*AssetFields.model_fields, *(kind.asset_fields.names if kind else ()))
        return (*(self.shared(layer, kind) for layer in above), own.only(names))

    def shared(self, layer: Layer, kind: Kind | None) -> Layer:
        """What assets take over from a layer above them, as far as their kind allows it."""
        here = layer.document is self.manifest.document
        model = AssetDefaults if here else InheritedAssetFields
        added = kind.asset_fields.names if kind else ()
        forbidden = kind.forbidden if kind else frozenset()
        return layer.only([n for n in (*model.model_fields, *added) if n not in forbidden])

    def asset(
        self, name: str, group: str, kind: Kind | None, layers: tuple[Layer, ...], own: AssetFields
    ) -> Asset:
        data, origin = merged(layers), Origins(layers)
        fields: AssetFields = self.typed(
            AssetFields, _only(data, AssetFields.model_fields), origin
        )
        added = self.added(kind.asset_fields if kind else None, data, origin)
        deps = (
            Dependency(key, origin("deps", index)) for index, key in enumerate(fields.deps or ())
        )
        single = self.manifest.form is SingleAssetManifest
        location = _first_line(self.manifest) if single else origin()
        key = fields.key or f"{group}/{name}"
        return Asset(key, name, group, fields, own, added, tuple(deps), location, origin)


def _first_line(manifest: Manifest) -> Location:
    return manifest.document.key((next(iter(manifest.document.data)),) if manifest.data else ())


def _policy_problems(data: Mapping[str, Any]) -> Iterator[Problem]:
    retry = data.get("retry_policy") or {}
    for name in ("backoff", "jitter"):
        if isinstance(retry, dict) and retry.get(name) and retry.get("delay") is None:
            message, help_ = f"`{name}` needs a `delay`", "write `delay:`, in seconds"
            yield Problem(("retry_policy", name), "invalid-value", message, help_)


def _only(data: Mapping[str, Any], names: Any) -> dict[str, Any]:
    return {name: data[name] for name in names if name in data}
