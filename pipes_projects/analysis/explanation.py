"""Where each effective value of an asset comes from, and what it overrides.

The layers are the same ones that lowering merges.
"""

from __future__ import annotations

from collections.abc import Callable, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any, Final, NamedTuple

from pipes_projects.analysis.code_version.parts import FILES, SHORT, CoveredCode
from pipes_projects.analysis.told import Anchored, Told
from pipes_projects.analysis.value_history import BUILT_IN, Name, Origin, Saying, Sayings, history
from pipes_projects.compiler import Compilation, Memory, compile_sources
from pipes_projects.compiler.check import WITHOUT_READING
from pipes_projects.compiler.lower.inheritance.layering import Layering
from pipes_projects.compiler.lower.inheritance.layers import Layer
from pipes_projects.compiler.manifests import read_manifests
from pipes_projects.kinds import DEFAULT
from pipes_projects.manifest.asset import AssetFields
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import SingleAssetManifest
from pipes_projects.manifest.script import ScriptFields
from pipes_projects.project import Asset, Script
from pipes_projects.source import Sources

_NO_CODE: Final = CoveredCode()


class Explained(NamedTuple):
    """An effective value by its name, and what it overrides, the nearest first."""

    name: Name
    value: Any
    origin: Origin
    overrides: Sayings = ()


@dataclass(frozen=True)
class Explanation:
    """Every effective value of an asset: what it is, how it is run, and what else is known of
    it."""

    asset: Asset
    sections: tuple[tuple[Explained, ...], ...]
    has_errors: bool
    """Whether its manifest, or what that inherits, has errors: only valid values are explained."""


class Words(str):
    """A description of a value that is long and means nothing to people."""


def hashed(code: CoveredCode) -> Words:
    """What a code version is a hash of."""
    count = len(code.parts)
    return Words("hash of the script" if count < 2 else f"hash of {count} parts")


def explain(
    sources: Sources,
    contract: Contract,
    key: str,
    code_of: Callable[[Script], CoveredCode] = lambda _: _NO_CODE,
) -> tuple[Compilation, Explanation | None]:
    """Compile a project, and explain one of its assets; None where no asset has the key. `code_of`
    reads what a code version covers."""
    memory = Memory()
    compilation = compile_sources(sources, contract, WITHOUT_READING, memory)
    made = ((owner, asset) for owner in compilation.project.scripts for asset in owner.assets)
    script, asset = next((pair for pair in made if pair[1].key == key), (None, None))
    if script is None or asset is None:
        return compilation, None
    layering = read_manifests(sources, contract, memory).layering(script.location.path)
    sections = Explaining(layering, script, asset, code_of(script)).sections()
    paths = {manifest.path for manifest in layering.chain}
    return compilation, Explanation(asset, sections, _is_wrong(compilation, paths))


def _is_wrong(compilation: Compilation, paths: Container[str]) -> bool:
    errors = (diagnostic for diagnostic in compilation.diagnostics if diagnostic.is_error)
    places = (
        at for error in errors for at in (error.location, *(r.location for r in error.related))
    )
    return any(place.path in paths for place in places)


# In the order in which people look for them; fields that are not here come after these.
_HOW_IT_IS_RUN: Final = (
    *("extras", "params", "schedule", "partitions_def", "backfill_policy"),
    *("retry_policy", "pool", "can_subset", "op_tags", *ScriptFields.model_fields),
)
_WHAT_IT_IS: Final = (
    *("description", "deps", "owners", "tags", "kinds", "metadata", "columns", "code_version"),
    *("automation_condition", "freshness_policy", "checks", *AssetFields.model_fields),
)
_IDENTITY: Final = frozenset({"key", "group", "kind", "script"})
_RUN: Final = tuple(name for name in dict.fromkeys(_HOW_IT_IS_RUN) if name not in _IDENTITY)
_ABOUT: Final = tuple(name for name in dict.fromkeys(_WHAT_IT_IS) if name not in _IDENTITY)
_TO_CODE: Final = _ABOUT.index("code_version") + 1
_WHY: Final = {"script": "the script", "import": "imported"}


class Explaining:
    """One asset, explained by the layers of its manifest; `code` is what its code version covers.

    `anchored` keeps the layers that assets share: for many assets, pass the same.
    """

    def __init__(
        self,
        layering: Layering,
        script: Script,
        asset: Asset,
        code: CoveredCode = _NO_CODE,
        anchored: Anchored | None = None,
    ) -> None:
        self.code = _NO_CODE if asset.fields.code_version else code
        self.layering, self.script, self.asset = layering, script, asset
        self.kind = layering.kind
        anchored = anchored or Anchored()
        self.of_script = Told([anchored.layer(layer, self.kind) for layer in layering.taken])
        self.of_asset = self.of_script
        if layering.manifest.form is not SingleAssetManifest:
            of_asset = (_checks_above(layering, asset), *layering.of_asset(asset.name))
            self.of_asset = Told([anchored.layer(layer, self.kind) for layer in of_asset])

    def sections(self) -> tuple[tuple[Explained, ...], ...]:
        return tuple(self.identity()), tuple(self.run()), tuple(self.about())

    def identity(self) -> Iterator[Explained]:
        yield self.key()
        yield Explained(("group",), self.asset.group, Origin(None, "the folder"))
        if self.kind:
            yield from self.fields(["kind"], self.of_script)
        if self.script.path:
            sayings = history(self.of_script.layers, "script").get(("script",), ())
            beside = Origin(None, "beside the manifest")
            yield Explained(("script",), self.script.path, sayings[0].origin if sayings else beside)

    def key(self) -> Explained:
        is_single = self.layering.manifest.form is SingleAssetManifest
        origin = Origin(None, "the file's name") if is_single else Origin(self.asset.location)
        named = Saying(f"{self.asset.group}/{self.asset.name}", origin)
        sayings = history(self.of_asset.layers, "key").get(("key",), ())
        sayings = (*sayings, named) if self.asset.fields.key else (named, *sayings)
        return Explained(("key",), *sayings[0], sayings[1:])

    def run(self) -> Iterator[Explained]:
        names = list[str]()
        if self.kind and self.kind.name not in self.layering.manifest.broken:
            names += [self.kind.name]
        names += sorted(self.kind.script_fields.names - _IDENTITY) if self.kind else []
        data = self.of_script.data
        alone = data.keys() - self.layering.scheduled(data).keys()
        names = [name for name in (*names, *_RUN) if name not in alone]
        return self.fields(names, self.of_script)

    def about(self) -> Iterator[Explained]:
        added = sorted(self.kind.asset_fields.names - _IDENTITY) if self.kind else []
        yield from self.fields(_ABOUT[:_TO_CODE], self.of_asset)
        yield from self.parts()
        yield from self.fields((*_ABOUT[_TO_CODE:], *added), self.of_asset)

    def parts(self) -> Iterator[Explained]:
        """The parts of the code version, if it covers more than the script."""
        for part in self.code.parts if len(self.code.parts) > 1 else ():
            is_file = part.why in FILES
            name = (part.name,) if is_file else tuple(part.name.split(".", 1))
            sayings = self.origins.get((part.why,) if is_file else name)
            origin = sayings[0].origin if sayings else Origin(None, _WHY.get(part.why, "built in"))
            yield Explained(("code_version", *name), Words(part.hash[:SHORT]), origin)

    @cached_property
    def origins(self) -> dict[Name, Sayings]:
        """Where the values are written that the code version covers."""
        fields = ("extras", "params", "code_paths", self.script.kind)
        found: dict[Name, Sayings] = {}
        for field in fields:
            for name, sayings in history(self.of_script.layers, field).items():
                if name[:2] not in found or (field, name[2:]) == ("params", ("default",)):
                    found[name[:2]] = sayings  # of a mapping, where its first entry is written
        return found

    def fields(self, names: Iterable[str], told: Told) -> Iterator[Explained]:
        """The values of some fields, with their built-in defaults."""
        known = told.names | _BUILT_IN.keys()
        for name in dict.fromkeys(name for name in names if name in known):
            values = history(told.layers, name) if name in told.names else {}
            for default in self.built_in(name, told.data):
                built_in = Saying(default.value, BUILT_IN)
                values[default.name] = (built_in, *values.get(default.name, ()))
            for path, sayings in values.items():
                yield Explained(path, *sayings[0], sayings[1:])

    def built_in(self, field: str, data: Mapping[str, Any]) -> Iterator[_BuiltIn]:
        """The built-in defaults of a field that apply."""
        if self.kind and field in self.kind.forbidden:
            return
        for default in _BUILT_IN.get(field, ()):
            if default.is_meant(data):
                if field != "code_version":
                    yield default
                elif self.script.path or self.code.version:
                    yield default._replace(value=hashed(self.code))


class _BuiltIn(NamedTuple):
    """A value that applies where none is written."""

    name: Name
    value: Any
    beside: Name = ()
    """What must be written for it to apply."""
    only: str | None = None
    """The value that `beside` must have, if not just any."""

    def is_meant(self, data: Mapping[str, Any]) -> bool:
        there = _at(data, self.beside)
        fits = there is not None and self.only in (None, there)
        return fits and _at(data, self.name) is None


_EVERY_BUILT_IN: Final = (
    _BuiltIn(("kind",), DEFAULT),
    _BuiltIn(("can_subset",), False),
    _BuiltIn(("schedule", "execution_timezone"), "UTC", ("schedule", "cron_schedule")),
    _BuiltIn(
        ("backfill_policy", "max_partitions_per_run"), 1, ("backfill_policy", "type"), "multi_run"
    ),
    _BuiltIn(("retry_policy", "max_retries"), 1, ("retry_policy",)),
    _BuiltIn(("code_version",), Words("hash of the script")),
    _BuiltIn(("freshness_policy", "cron", "timezone"), "UTC", ("freshness_policy", "cron")),
)


_BUILT_IN: Final = {
    field: tuple(default for default in _EVERY_BUILT_IN if default.name[0] == field)
    for field in {default.name[0] for default in _EVERY_BUILT_IN}
}


def _at(data: Any, name: Name) -> Any:
    for key in name:
        data = data.get(key) if isinstance(data, dict) else None
    return data


def _checks_above(layering: Layering, asset: Asset) -> Layer:
    """What the top of a multi-asset manifest says about the checks of this asset."""
    checks = layering.checks_above(asset.name).items()
    own_checks = {name: {k: v for k, v in check.items() if k != "asset"} for name, check in checks}
    return Layer(layering.manifest.document, {"checks": own_checks} if own_checks else {})


class Made(NamedTuple):
    """A value that Dagster gets for an asset."""

    name: str
    value: Any
    manifest: Any
    """What it would be without the owner's classes."""
    by: str | None
    """The owner's class and property that changed it."""
