"""The edges of placeholders: none may close a cycle, and some lead to what is not there."""

# Dagster reads annotations at run time: no `from __future__ import annotations` here.

from collections.abc import Iterable, Iterator, Mapping, Sequence

import dagster as dg

from pipes_projects.compiler.graph import closing

Made = Sequence[dg.AssetsDefinition | dg.AssetSpec]
Specs = Mapping[dg.AssetKey, dg.AssetSpec]


def specs_of(made: Made) -> Iterator[dg.AssetSpec]:
    """The specs of definitions and of external assets."""
    for it in made:
        yield from [it] if isinstance(it, dg.AssetSpec) else it.specs


def without_cycles(placeholders: Specs, made: Made) -> dict[dg.AssetKey, dg.AssetSpec]:
    """The placeholders, without those edges that would make a step wait for itself.

    A script is one step here even where it can be split: nothing is ever made along these edges.
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
            deps=[it for it in spec.deps if (_name(key), steps.get(it.asset_key)) not in cut]
        )
        for key, spec in placeholders.items()
    }


def _first_keys(made: Made) -> Iterator[tuple[dg.AssetKey, dg.AssetSpec]]:
    """Each spec, with the first key of its step."""
    for it in made:
        specs = list(specs_of([it]))
        yield from ((specs[0].key, spec) for spec in specs)


def _name(key: dg.AssetKey) -> str:
    return key.to_escaped_user_string()


def leading_nowhere(
    specs: Iterable[dg.AssetSpec], known: Iterable[dg.AssetKey]
) -> dict[dg.AssetKey, list[str]]:
    """Keys that nothing has, by order, and the names of what depends on each."""
    there, found = set(known), dict[dg.AssetKey, list[str]]()
    for spec in specs:
        for dep in spec.deps:
            if dep.asset_key not in there:
                found.setdefault(dep.asset_key, []).append(spec.key.to_user_string())
    return {key: sorted(found[key]) for key in sorted(found)}
