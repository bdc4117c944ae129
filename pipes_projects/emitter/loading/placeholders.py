"""What the graph shows for assets in quarantine, and for those that nothing declares."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from functools import cached_property, partial
from itertools import islice
from pathlib import Path
from typing import Final

import dagster as dg

from pipes_projects.analysis.quarantine import Isolation, Placeholder
from pipes_projects.compiler import Compilation
from pipes_projects.compiler.check.graph import closing
from pipes_projects.compiler.parse.file_names import is_group
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.emitter.answers.failing_step import refusing
from pipes_projects.emitter.answers.inquiry import with_views
from pipes_projects.emitter.answers.specs import key_of, spec_of
from pipes_projects.emitter.owner.description import describe, fenced, page_link
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.owner.published.catalog import Catalog
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest
from pipes_projects.project import Asset, Script
from pipes_projects.render.findings.text import render_findings
from pipes_projects.source import Location

TAG: Final = "pipes_projects/quarantine"
_HEAD = (
    "# 🟥 In quarantine\n\nThis asset cannot be made until these errors are fixed. What was made"
    " before stays as it is."
)
_MISSING = "# 🟥 Missing\n\nNo manifest that can be used declares `{key}`. It is needed by {names}."
_MARK: Final = {TAG: "missing: no manifest that can be used declares it"}
_MORE = "… and more: the log of the code location has all of it"
_NAMED: Final = 10
_SHOWN: Final = 50

MadeAssets = Sequence[dg.AssetsDefinition | dg.AssetSpec]


Specs = Mapping[dg.AssetKey, dg.AssetSpec]


Views = Mapping[Location, PipesAssetManifest]
"""Keyed by where their assets are declared."""


def declare(
    isolation: Isolation,
    keys: KeyTable,
    classes: Mapping[str, type[PipesScript]],
    catalog: Catalog,
    root: Path,
) -> Views:
    """The Dagster key of each placeholder, as far as its owner's class can tell.

    The class may need just what is wrong with the manifest, and so may raise anything.
    """
    declared = [placeholder.declared for placeholder in isolation.placeholders.values()]
    scripts = {script.location.path: script for pairs in declared for script, _ in pairs}
    views: dict[Location, PipesAssetManifest] = {}
    for script in scripts.values():
        with suppress(Exception):
            make = partial(classes[script.kind], script, root, "", keys, catalog)
            views |= {view.model.location: view for view in with_views(make).assets}
    for _, asset in (pairs[0] for pairs in declared if pairs):
        with suppress(Exception):
            keys.declare(asset.key, key_of(views[asset.location]))
            keys.declare(asset.key, spec_of(views[asset.location]).key)
    return views


class Placeholders:
    """Placeholders and stubs, by Dagster's keys, each key once."""

    def __init__(
        self,
        isolation: Isolation,
        compilation: Compilation,
        keys: KeyTable,
        views: Views,
        catalog: Catalog,
        root: Path,
    ) -> None:
        self.isolation, self.compilation, self.root = isolation, compilation, root
        self.keys, self.views, self.catalog = keys, views, catalog
        self._specs: dict[Location, dg.AssetSpec] = {}
        self._texts: dict[tuple[int, ...], str] = {}
        self._places: dict[tuple[int, ...], dg.CodeReferencesMetadataValue] = {}

    def assets(self, made: MadeAssets) -> tuple[list[dg.AssetsDefinition], list[dg.AssetSpec]]:
        """The placeholders and the stubs, to add to the assets that are made."""
        known = {spec.key for spec in specs_of(made)}
        known |= set(map(self.keys.resolve, self.isolation.whole.asset_keys))
        same = self._by_key(known)
        specs = without_cycles({key: self._spec(key, its) for key, its in same.items()}, made)
        missing = leading_nowhere((*specs_of(made), *specs.values()), known | specs.keys())
        stubs = [_stub(key, names) for key, names in missing.items() if self._is_ours(key)]
        nobodys = missing.keys() - {stub.key for stub in stubs}
        steps = {step.node_def.name for step in made if isinstance(step, dg.AssetsDefinition)}
        placeholders = [
            refusing(_marked(spec, nobodys), self._findings(same[key]), steps)
            for key, spec in specs.items()
        ]
        return placeholders, stubs

    def partitions(self) -> dict[dg.AssetKey, dg.PartitionsDefinition | None]:
        """Those of the placeholders."""
        declared = (
            (placeholder.key, placeholder.declared[0])
            for placeholder in self.isolation.placeholders.values()
            if placeholder.declared
        )
        return {
            self.keys.resolve(key): self._said(*known).partitions_def for key, known in declared
        }

    def _by_key(self, known: Container[dg.AssetKey]) -> dict[dg.AssetKey, list[Placeholder]]:
        """By their keys in Dagster, which several may share."""
        same: dict[dg.AssetKey, list[Placeholder]] = {}
        for placeholder in self.isolation.placeholders.values():
            key = self.keys.resolve(placeholder.key)
            if key not in known:
                same.setdefault(key, []).append(placeholder)
        return same

    def _spec(self, key: dg.AssetKey, same: Sequence[Placeholder]) -> dg.AssetSpec:
        specs = [self._said(*known) for placeholder in same for known in placeholder.declared]
        specs = specs or [dg.AssetSpec(key, group_name=same[0].group)]
        upstream = dict.fromkeys(dep.asset_key for spec in specs for dep in spec.deps)
        return dg.AssetSpec(
            key,
            deps=[_dep(above) for above in upstream if above != key],
            description=describe(_HEAD, fenced(self._findings(same)), self._page(same)),
            group_name=specs[0].group_name or same[0].group,
            owners=specs[0].owners,
            kinds={"quarantine"},
            tags={TAG: "true"},
            partitions_def=specs[0].partitions_def,
            metadata={"dagster/code_references": self._references(same)},
        )

    def _page(self, same: Sequence[Placeholder]) -> str | None:
        """A link to the asset's page in the catalog, which has one even if nothing is declared."""
        return page_link(self.catalog.catalog_url, same[0].key)

    def _said(self, script: Script, asset: Asset) -> dg.AssetSpec:
        """An asset according to its owner's class or, if that fails, to its manifest."""
        if asset.location not in self._specs:
            self._specs[asset.location] = self._spec_of(script, asset)
        return self._specs[asset.location]

    def _spec_of(self, script: Script, asset: Asset) -> dg.AssetSpec:
        with suppress(Exception):
            return spec_of(self.views[asset.location])
        deps = dict.fromkeys(self.keys.resolve(dep.key) for dep in asset.deps)
        return dg.AssetSpec(
            self.keys.resolve(asset.key),
            deps=list(deps),
            group_name=asset.group,
            owners=asset.fields.owners or [],
            partitions_def=self.catalog.partitions_defs.get(script.fields.partitions_def or ""),
        )

    def _findings(self, same: Sequence[Placeholder]) -> str:
        """The first findings, with their first places: every asset of a long cycle shows them."""
        numbers = _numbers(same)
        if numbers not in self._texts:
            why = _why(same)
            few = [error._replace(related=error.related[:_SHOWN]) for error in why[:_SHOWN]]
            is_all = len(few) == len(why) and all(len(error.related) <= _SHOWN for error in why)
            text = render_findings(self.compilation, few)
            self._texts[numbers] = text if is_all else f"{text}\n{_MORE}\n"
        return self._texts[numbers]

    def _references(self, same: Sequence[Placeholder]) -> dg.CodeReferencesMetadataValue:
        """The first places at fault."""
        numbers = _numbers(same)
        if numbers not in self._places:
            lines = (
                (finding.location.path, finding.location.span.start.line + 1)
                for finding in _why(same)
            )
            references: list[dg.LocalFileCodeReference | dg.UrlCodeReference] = [
                dg.LocalFileCodeReference(file_path=str(self.root / path), line_number=line)
                for path, line in islice(dict.fromkeys(lines), _SHOWN)
            ]
            self._places[numbers] = dg.CodeReferencesMetadataValue(code_references=references)
        return self._places[numbers]

    def _is_ours(self, key: dg.AssetKey) -> bool:
        """Whether a manifest has to declare it; Python may define any other asset."""
        return key.path[0] in self._groups or key in self._declared

    @cached_property
    def _groups(self) -> frozenset[str]:
        whole = self.isolation.whole
        return whole.opaque_groups | {script.group for script in whole.scripts}

    @cached_property
    def _declared(self) -> set[dg.AssetKey]:
        return {self.keys.resolve(asset.key) for asset in self.isolation.whole.assets()}


def _numbers(same: Sequence[Placeholder]) -> tuple[int, ...]:
    """The same for all assets of a manifest that is taken out as a whole."""
    return tuple(id(placeholder.diagnostics) for placeholder in same)


def _why(same: Sequence[Placeholder]) -> list[Diagnostic]:
    return list({id(why): why for placeholder in same for why in placeholder.diagnostics}.values())


def _dep(key: dg.AssetKey, **marks: str) -> dg.AssetDep:
    """A dependency that ignores partitions: nothing is ever made along this edge."""
    return dg.AssetDep(key, partition_mapping=dg.AllPartitionMapping(), metadata=marks)


def _marked(spec: dg.AssetSpec, nobodys: Container[dg.AssetKey]) -> dg.AssetSpec:
    """With a mark that Dagster puts on the stub it makes for a dependency that nothing declares.

    A stub of ours would stop the location from loading if a Python definition makes the asset.
    """
    deps = [_dep(dep.asset_key, **_MARK) if dep.asset_key in nobodys else dep for dep in spec.deps]
    return spec.replace_attributes(deps=deps)


def _stub(key: dg.AssetKey, waiting: Sequence[str]) -> dg.AssetSpec:
    names = ", ".join(f"`{name}`" for name in waiting[:_NAMED])
    names += f" and {len(waiting) - _NAMED} more" if len(waiting) > _NAMED else ""
    return dg.AssetSpec(
        key,
        description=_MISSING.format(key=key.to_user_string(), names=names),
        group_name=key.path[0] if is_group(key.path[0]) else None,
        kinds={"missing"},
        tags={TAG: "missing"},
    )


def specs_of(made: MadeAssets) -> Iterator[dg.AssetSpec]:
    """The specs of definitions and of external assets."""
    for definition in made:
        yield from [definition] if isinstance(definition, dg.AssetSpec) else definition.specs


def without_cycles(placeholders: Specs, made: MadeAssets) -> dict[dg.AssetKey, dg.AssetSpec]:
    """The placeholders, without the edges that would make a step wait for itself.

    A script is one step here even if it can be split: nothing is ever made along these edges.
    """
    steps = {spec.key: _name(key) for key, spec in _first_keys(made)}
    steps |= {key: _name(key) for key in placeholders}
    graph: dict[str, list[str]] = {step: [] for step in steps.values()}
    for spec in (*specs_of(made), *placeholders.values()):
        above = (steps.get(dep.asset_key) for dep in spec.deps)
        own = steps[spec.key]
        graph[own] += [step for step in above if step is not None and step != own]
    cut = set(closing(graph, {_name(key) for key in placeholders}))
    return {
        key: spec.replace_attributes(
            deps=[dep for dep in spec.deps if (_name(key), steps.get(dep.asset_key)) not in cut]
        )
        for key, spec in placeholders.items()
    }


def _first_keys(made: MadeAssets) -> Iterator[tuple[dg.AssetKey, dg.AssetSpec]]:
    """Each spec, with the first key of its step."""
    for definition in made:
        specs = list(specs_of([definition]))
        yield from ((specs[0].key, spec) for spec in specs)


def _name(key: dg.AssetKey) -> str:
    return key.to_escaped_user_string()


def leading_nowhere(
    specs: Iterable[dg.AssetSpec], known: Iterable[dg.AssetKey]
) -> dict[dg.AssetKey, list[str]]:
    """Keys that nothing has, in order, and the names of what depends on each."""
    there, found = set(known), dict[dg.AssetKey, list[str]]()
    for spec in specs:
        for dep in spec.deps:
            if dep.asset_key not in there:
                found.setdefault(dep.asset_key, []).append(spec.key.to_user_string())
    return {key: sorted(found[key]) for key in sorted(found)}
