"""The keys of the assets that other components make."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator
from inspect import Parameter
from pathlib import Path
from typing import Any, Protocol

import dagster as dg

from pipes_projects.emitter.answers.inquiry import Inquiry
from pipes_projects.emitter.answers.specs import emission_of
from pipes_projects.emitter.loading.build import compiled
from pipes_projects.emitter.owner.key_table import KeyTable
from pipes_projects.emitter.project import PipesProject
from pipes_projects.layout import layout_of


class Ours(Protocol):
    """Another component of our type."""

    def own_keys(self, context: dg.ComponentLoadContext) -> Iterable[dg.AssetKey]:
        """The keys of its assets, whatever they depend on."""


def seeing(project: type[PipesProject], keys: Iterable[dg.AssetKey]) -> type[PipesProject]:
    """A project's class that also publishes these keys, under its own name."""
    found = tuple(keys)

    def asset_keys(cls: type[PipesProject]) -> Iterable[str | dg.AssetKey]:
        return (*super(made, cls).asset_keys(), *found)

    names = {"__module__": project.__module__, "__qualname__": project.__qualname__}
    body: dict[str, Any] = {**names, "asset_keys": classmethod(asset_keys)}
    made: Any = type(project.__name__, (project,), body)
    return made  # type: ignore[no-any-return]


def keys_of_others(ours: type[Ours], context: dg.ComponentLoadContext) -> Iterator[dg.AssetKey]:
    """The keys of all assets in the tree but those of the component that asks.

    Other components are built; another of our type is only compiled: to build it would be to build
    this one again, if it sees others too.
    """
    for decl in _apart(ours, context.component_tree.find_root_decl(), context):
        if decl.loc == context.component_loc:
            continue
        if _is_ours(ours, decl, context):
            component: Any = context.load_structural_component_at_loc(decl.loc)
            yield from component.own_keys(_context_of(decl))
        else:
            yield from _keys(context.build_defs(decl.loc))


def keys_of(project: type[PipesProject], folder: Path) -> Iterator[dg.AssetKey]:
    """The keys of a project's assets, as its owner's classes have them."""
    owner, layout = project._owner(), layout_of(folder)
    scripts = compiled(owner, layout).project
    parts = owner.classes, layout.root, owner.catalog, KeyTable(), Inquiry(is_lenient=True)
    return (emitted.spec.key for emitted in emission_of(scripts, *parts).emitted.values())


def _keys(defs: dg.Definitions) -> Iterator[dg.AssetKey]:
    for asset in defs.assets or ():
        if isinstance(asset, dg.AssetsDefinition):
            yield from asset.keys
        elif isinstance(key := getattr(asset, "key", None), dg.AssetKey):
            yield key


def _apart(ours: type, decl: Any, context: dg.ComponentLoadContext) -> Iterator[Any]:
    """The highest declarations with nothing of ours below them, and those that are ours."""
    children = list(decl.iterate_child_component_decls())
    if children and any(map(_ours_below(ours, context), children)):
        for child in children:
            yield from _apart(ours, child, context)
    else:
        yield decl


def _ours_below(ours: type, context: dg.ComponentLoadContext) -> Any:
    def is_below(decl: Any) -> bool:
        children = list(decl.iterate_child_component_decls())
        return any(map(is_below, children)) if children else _is_ours(ours, decl, context)

    return is_below


def _is_ours(ours: type, decl: Any, context: dg.ComponentLoadContext) -> bool:
    """The type of a component that a function returns may be known only from the component."""
    if decl.loc == context.component_loc:
        return True
    declared = decl.component_type
    if isinstance(declared, type) and declared not in (dg.Component, Parameter.empty):
        return issubclass(declared, ours)
    return isinstance(context.load_structural_component_at_loc(decl.loc), ours)


def _context_of(decl: Any) -> dg.ComponentLoadContext:
    return dg.ComponentLoadContext.from_decl_load_context(decl.context, decl)
