"""Manifest → Script with its Assets: both forms of manifest become one thing here.

Everything that a manifest inherits is merged into it, its kind is settled, and what is then
missing is said.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any

from pydantic import ValidationError

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.defaults import Inherited, layer_of, put_together
from pipes_projects.compiler.lower.layers import Layer, Origins, anchored, merged
from pipes_projects.compiler.lower.policies import MAX_BADGES, fault, policy_problems
from pipes_projects.compiler.lower.script_file import find_script
from pipes_projects.compiler.parse.file_names import asset_name, group_of, script_name
from pipes_projects.compiler.validate.kind_rules import kind_problems
from pipes_projects.compiler.validate.validation import Manifest, findings
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.kinds import DEFAULT
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.asset_checks import AssetCheck, ScriptCheck
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.manifest.deps import Upstream
from pipes_projects.manifest.forms import FIELDS, SingleAssetManifest
from pipes_projects.manifest.problems import Problem, missing_key, model_problems
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.manifest.shapes import Shape
from pipes_projects.project import Asset, Check, Dependency, Script
from pipes_projects.source import Files, Location

NOTHING = AssetFields.model_construct()


class Lowering:
    """Lowers one manifest; `explain` asks it for the layers that it merges."""

    def __init__(
        self,
        manifest: Manifest,
        inherited: Inherited,
        contract: Contract,
        files: Files,
        found: list[Diagnostic],
        defs: str,
    ) -> None:
        self.manifest, self.inherited, self.contract = manifest, inherited, contract
        self.files, self.found, self.defs = files, found, defs
        self.kind = self._kind()
        """The effective kind; None, where a finding says that it is not known."""
        self.taken = (*inherited.taken(self.kind), layer_of(manifest))
        """What the top of the manifest says, after what it inherits for its kind."""

    def script(self) -> Script:
        """The script, with its assets; what is wrong is among the findings."""
        kind, layers, whole = self.kind, self.taken, self.whole()
        data = self.scheduled(merged(layers)) if whole is None else self.loose
        origin = Origins(layers)
        group = group_of(self.manifest.path, self.defs)
        if self.manifest.form is SingleAssetManifest:
            fields = top = whole or self.typed(SingleAssetManifest, data, origin)
            name = asset_name(self.manifest.path)
            assets = [self.asset(name, group, layers, data, top, NOTHING)]
        else:
            fields = self.typed(ScriptFields, data, origin)
            shared = {k: v for k, v in data.items() if k != "checks"}
            top = self.typed(AssetFields, shared, origin, whole=False)
            assets = list(self.assets(group))
        return Script(
            script_name(self.manifest.path, self.defs),
            group,
            kind.name if kind else str(self.kind_name),
            find_script(self.manifest, kind, data, self.files, self.found) if kind else None,
            fields,
            top,
            self.added(kind.script_fields if kind else None, data, origin),
            self.options(kind, data, origin) if kind else {},
            tuple(assets),
            origin(),
            kind.runs if kind else True,
            any("partitions_def" in it.broken for it in self.chain),
        )

    def whole(self) -> SingleAssetManifest | None:
        """What validation made of the documents, where nothing is to be merged or judged."""
        typed = self.manifest.typed
        if not isinstance(typed, SingleAssetManifest):
            return None
        values = None if self.manifest.document.has_nulls else self.inherited.values(self.kind)
        whole = put_together(typed, values) if values is not None else None
        if whole is None or whole.model_fields_set & _JUDGED:
            return None
        return None if len(whole.kinds or ()) >= MAX_BADGES else whole

    @property
    def loose(self) -> dict[str, Any]:
        """What the model of the manifest does not know: options, and the owner's fields."""
        known = FIELDS[SingleAssetManifest]
        if all(layer.data.keys() <= known for layer in self.taken):
            return {}
        return merged([layer.without(known) for layer in self.taken])

    @property
    def chain(self) -> tuple[Manifest, ...]:
        """The manifest after the defaults above it."""
        return (*self.inherited.manifests, self.manifest)

    def scheduled(self, data: dict[str, Any]) -> dict[str, Any]:
        """A time zone alone, in the defaults, is for those who have a schedule."""
        alone = "cron_schedule" not in data.get("schedule", {"cron_schedule"})
        if alone and "schedule" not in self.manifest.data:
            del data["schedule"]
        return data

    @property
    def kind_name(self) -> Any:
        """What the nearest document that says it calls the kind."""
        said = (it.data["kind"] for it in reversed(self.chain) if "kind" in it.data)
        return next(said, DEFAULT)

    def _kind(self) -> Kind | None:
        if known := self.contract.kinds.get(self.manifest.data.get("kind", "")):
            return known
        nearest = (it for it in reversed(self.chain) if "kind" in it.data or "kind" in it.broken)
        if (said := next(nearest, None)) and "kind" in said.broken:
            return None
        kind = self.contract.kinds.get(self.kind_name)
        if kind is None:
            names = ", ".join(f"`{name}`" for name in self.contract.kinds)
            message, help_ = (
                "this manifest needs a `kind`",
                f"the kinds of this project are {names}",
            )
            self.found.append(
                Diagnostic(Code.MISSING_KEY, message, Location(self.manifest.path), help_)
            )
            return None
        if "kind" not in self.manifest.data:  # else the document alone said so
            problems = kind_problems(kind, self.manifest.data, self.contract)
            self.found.extend(findings(self.manifest.document, problems))
        return kind

    def typed(
        self, model: type[Any], data: Mapping[str, Any], origin: Origins, whole: bool = True
    ) -> Any:
        """The merged fields as their model; what is missing after merging is said, if that is
        all of them."""
        known = _only(data, FIELDS[model])
        problems = list(policy_problems(known)) if whole else []
        try:
            typed = model.model_validate(known)
        except ValidationError:
            problems += model_problems(model, known)
        if not problems:
            return typed
        self.report(problems, origin)
        broken = {problem.path[0] for problem in problems}
        return model.model_validate({k: v for k, v in known.items() if k not in broken})

    def report(self, problems: Sequence[Problem], origin: Origins, *prefix: str) -> None:
        """Make findings of problems with merged values, each where the value comes from."""
        for problem in problems:
            path = (*prefix, *problem.path)
            if problem.code == Code.MISSING_KEY:
                self.found.extend(self.missing(path, origin))
            else:
                place, related = fault(problem, path, origin, self.manifest.document)
                code, message = Code(problem.code), problem.message
                self.found.append(Diagnostic(code, message, place, problem.help, related))

    def missing(self, path: tuple[str | int, ...], origin: Origins) -> Iterator[Diagnostic]:
        """What neither the manifest nor its defaults give; unless a finding explains that."""
        if any(path[0] in it.broken for it in self.chain) or origin.is_refused(*path):
            return
        taken_back = origin.says(*path)
        yield Diagnostic(
            Code.MISSING_KEY,
            missing_key(path).message,
            origin.nearest(*path) if taken_back else origin.nearest(*path[:-1]),
            "write it here, or for a whole folder in a `_defaults.yaml`",
            tuple(
                Related(Location(it.path), "these defaults do not give it either")
                for it in (() if taken_back else self.inherited.manifests)
            ),
        )

    def options(self, kind: Kind, data: Mapping[str, Any], origin: Origins) -> dict[str, Any]:
        """The options of the kind, as its owner's model has them; nothing where they are wrong."""
        options = data.get(kind.name, {})
        if kind.options is None or kind.name in self.manifest.broken:
            return {}
        if not options and not kind.options.needs_any:
            return {}
        self.report(list(kind.options.problems(options)), origin, kind.name)
        return anchored(kind.options, options, origin, kind.name)

    def added(
        self, shape: Shape | None, data: Mapping[str, Any], origin: Origins
    ) -> dict[str, Any]:
        """The values of fields that an owner added, as their model has them."""
        if shape is None or not shape.names:
            return {}
        mine = _only(data, shape.names)
        missing = [it for it in shape.problems(mine) if it.code == Code.MISSING_KEY]
        self.report([it for it in missing if it.path[0] not in self.manifest.broken], origin)
        return anchored(shape, mine, origin)

    def assets(self, group: str) -> Iterator[Asset]:
        """The assets of the script, in the order of the manifest."""
        for name, body in self.manifest.data.get("assets", {}).items():
            layers = self.layers_of(name)
            data = merged(layers)
            fields = self.typed(AssetFields, data, Origins(layers))
            own = AssetFields.model_validate(_only(body, FIELDS[AssetFields]))
            yield self.asset(name, group, layers, data, fields, own)

    def layers_of(self, asset: str) -> tuple[Layer, ...]:
        """What is said about one of the assets, the farthest first."""
        if self.manifest.form is SingleAssetManifest:
            return self.taken
        body = self.manifest.data["assets"][asset]
        return (*self.shared, Layer(self.manifest.document, body, ("assets", asset)))

    @cached_property
    def shared(self) -> tuple[Layer, ...]:
        """What the top of the manifest, after what it inherits, says about all its assets."""
        names = FIELDS[AssetFields] | (self.kind.asset_fields.names if self.kind else frozenset())
        return tuple(layer.only(names - {"checks"}) for layer in self.taken)

    def asset(
        self,
        name: str,
        group: str,
        layers: tuple[Layer, ...],
        data: Mapping[str, Any],
        fields: AssetFields,
        own: AssetFields,
    ) -> Asset:
        """One asset, of the values that hold for it; `own` is what stands under its name."""
        origin = Origins(layers)
        return Asset(
            fields.key or f"{group}/{name}",
            name,
            group,
            fields,
            own,
            self.added(self.kind.asset_fields if self.kind else None, data, origin),
            tuple(map(_dependency, fields.deps, origin.items("deps"))) if fields.deps else (),
            tuple(self.checks(name, fields)),
            origin(),
        )

    def checks(self, asset: str, fields: AssetFields) -> Iterator[Check]:
        """The checks that stand with the asset, and those at the top that are about it."""
        for name, check in (fields.checks or {}).items():
            yield _check(name, check)
        above = self.checks_above(asset) if "assets" in self.manifest.data else {}
        for name, said in above.items():
            if name not in (fields.checks or {}):
                yield _check(name, ScriptCheck.model_validate(said))

    def checks_above(self, asset: str) -> dict[str, Any]:
        """The checks at the top of the manifest that are about one of several assets."""
        top = self.manifest.data.get("checks") if "assets" in self.manifest.data else None
        return {name: said for name, said in (top or {}).items() if said.get("asset") == asset}


_JUDGED = {"retry_policy", "backfill_policy", "schedule", "freshness_policy"}


def _dependency(dep: Upstream, location: Location) -> Dependency:
    return Dependency(dep.asset, location, dep.partition_mapping)


def _check(name: str, said: AssetCheck) -> Check:
    return Check(name, said.description, bool(said.blocking), said.metadata or {})


def _only(data: Mapping[str, Any], names: frozenset[str]) -> dict[str, Any]:
    return {name: value for name, value in data.items() if name in names}
