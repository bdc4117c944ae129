"""Selected assets → the script runs that make them, in an order that works."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pipes_projects.project import Asset, Project, Script
from pipes_projects.terminal.steps import Slice, Step

Slices = Callable[[Script], tuple[Slice, ...] | None]
"""The partitions for each run of a script; None for a script without partitions."""
Params = Callable[[Script], Mapping[str, Any]]


class RunPlan(NamedTuple):
    """Steps, and what each has to wait for."""

    steps: tuple[Step, ...]
    """Each step comes after everything that it waits for."""
    upstream: tuple[frozenset[int], ...]
    """For each step, the numbers of the steps that it waits for."""
    missing: tuple[tuple[str, ...], ...]
    """For each step, the selected upstream assets that cannot be made."""
    notes: tuple[str, ...] = ()


def plan(
    project: Project, keys: Iterable[str], slices: Slices, params: Params, out: Iterable[str] = ()
) -> RunPlan:
    """The plan for some assets; `out` are the ones that cannot be made."""
    selected, broken = set(keys), frozenset(out)
    chosen = {script.name: _asked(script, selected) for script in project.scripts if script.runs}
    scripts = [script for script in project.scripts if chosen.get(script.name)]
    makers = {asset.key: script.name for script in scripts for asset in chosen[script.name]}
    above = {script.name: _above(script, chosen[script.name]) for script in scripts}
    waits = {name: {makers[key] for key in keys if key in makers} for name, keys in above.items()}
    steps = [
        Step(script, chosen[script.name], part, params(script))
        for script in _in_order(scripts, waits)
        for part in _parts(script, slices)
    ]
    return RunPlan(
        tuple(steps),
        _waiting(steps, waits),
        tuple(tuple(sorted(above[step.script.name] & broken)) for step in steps),
        tuple(_notes(scripts, chosen, selected)),
    )


def _asked(script: Script, selected: set[str]) -> tuple[Asset, ...]:
    """A script that ignores the selection makes all of its assets, or none."""
    found = [asset for asset in script.assets if asset.key in selected]
    chosen = found if script.can_subset or not found else script.assets
    return tuple(sorted(chosen, key=lambda asset: asset.key.split("/")))


def _parts(script: Script, slices: Slices) -> tuple[Slice | None, ...]:
    found = slices(script)
    return (None,) if found is None else found


def _above(script: Script, assets: Iterable[Asset]) -> frozenset[str]:
    """The assets of other scripts that some of a script's assets depend on."""
    own = {asset.key for asset in script.assets}
    return frozenset(dep.key for asset in assets for dep in asset.deps) - own


def _in_order(scripts: list[Script], waits: Mapping[str, set[str]]) -> list[Script]:
    """Depth first, so that related assets are made together."""
    by_name = {script.name: script for script in scripts}
    ordered: dict[str, Script] = {}
    opened, pending = set[str](), [*reversed(by_name)]
    while pending:
        name = pending[-1]
        first = sorted(waits[name] - ordered.keys() - opened, reverse=True)
        if first and name not in opened:
            pending += first
        else:
            ordered.setdefault(name, by_name[name])
            pending.pop()
        opened.add(name)
    return list(ordered.values())


def _waiting(steps: list[Step], waits: Mapping[str, set[str]]) -> tuple[frozenset[int], ...]:
    numbers: dict[str, list[int]] = {}
    found: list[frozenset[int]] = []
    for number, step in enumerate(steps):
        own = numbers.setdefault(step.script.name, [])
        above = (earlier for name in waits[step.script.name] for earlier in numbers.get(name, ()))
        needed = {earlier for earlier in above if _needs(step, steps[earlier])}
        found.append(frozenset(needed | ({own[-1]} if own and _builds_on_itself(step) else set())))
        own.append(number)
    return tuple(found)


def _needs(step: Step, other: Step) -> bool:
    """Partitions depend on those with the same key, unless a dependency says otherwise."""
    same = step.script.fields.partitions_def == other.script.fields.partitions_def
    if step.slice is None or other.slice is None or not same:
        return True
    made = {asset.key for asset in other.assets}
    deps = (dep for asset in step.assets for dep in asset.deps if dep.key in made)
    if any(dep.partition_mapping not in (None, "identity") for dep in deps):
        return True
    return not set(step.slice.keys).isdisjoint(other.slice.keys)


def _builds_on_itself(step: Step) -> bool:
    """Whether an asset depends on its own earlier partitions."""
    return any(dep.key == asset.key for asset in step.assets for dep in asset.deps)


def _notes(
    scripts: list[Script], chosen: Mapping[str, tuple[Asset, ...]], selected: set[str]
) -> Iterator[str]:
    for script in scripts:
        more = [asset.key for asset in chosen[script.name] if asset.key not in selected]
        if more:
            listed = ", ".join(f"`{key}`" for key in more)
            yield f"{script.path} makes all of its assets together: also {listed}"
