"""Nothing waits for itself: no asset, and no script."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.compiler.check.graph import cycles, knots
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.manifest.contract import PARTITION_MAPPINGS
from pipes_projects.project import Asset, Dependency, Project, Script


def dependency_cycle(project: Project) -> Iterator[Diagnostic]:
    """No asset depends on itself, directly or indirectly."""
    edges = asset_edges(project)
    for cycle in cycles({key: tuple(deps) for key, deps in edges.items()}):
        path = " → ".join(f"`{key}`" for key in (*cycle, cycle[0]))
        steps = [edges[a][b] for a, b in zip(cycle, (*cycle[1:], cycle[0]), strict=True)]
        yield Diagnostic(
            Code.DEPENDENCY_CYCLE,
            f"these assets are made from each other: {path}"
            if len(cycle) > 1
            else f"`{cycle[0]}` is made from itself",
            steps[0].location,
            "remove one of these dependencies" if len(cycle) > 1 else "remove the dependency",
            tuple(
                Related(dep.location, f"`{key}` is made from `{dep.key}`")
                for key, dep in zip(cycle[1:], steps[1:], strict=True)
            ),
        )


def script_cycle(project: Project) -> Iterator[Diagnostic]:
    """No script waits for itself, unless it can make some of its assets without the others."""
    if all(len(script.assets) < 2 or script.can_subset for script in project.scripts):
        return  # each asset is a step of its own, and `dependency_cycle` has reported it
    edges = step_edges(project)
    for cycle in cycles({step: tuple(above) for step, above in edges.items()}):
        yield _script_cycle(cycle, edges)


Edges = dict[str, dict[str, Dependency]]


def asset_edges(project: Project) -> Edges:
    """What each asset depends on, and where that is written; the first declaration counts."""
    return {
        asset.key: {dep.key: dep for dep in asset.deps if not _of_earlier_partitions(asset, dep)}
        for asset in project.assets()
    }


def _of_earlier_partitions(asset: Asset, dep: Dependency) -> bool:
    """An asset may depend on its own earlier partitions; Dagster decides which those are."""
    return dep.key == asset.key and dep.partition_mapping not in (None, *PARTITION_MAPPINGS)


def step_edges(project: Project) -> Edges:
    """What each step waits for, without the cycles among assets, which are reported already."""
    made = [(script, asset) for script in project.scripts for asset in script.assets]
    steps = {asset.key: step_of(script, asset) for script, asset in made}
    assets = {key: tuple(deps) for key, deps in asset_edges(project).items()}
    knot = {key: number for number, keys in enumerate(knots(assets)) for key in keys}
    edges: Edges = {step_of(script, asset): {} for script, asset in made}
    for script, asset in made:
        step, own = step_of(script, asset), knot.get(asset.key, -1)
        for dep in asset.deps:
            above = steps.get(dep.key)
            if above is not None and above != step and own != knot.get(dep.key):
                edges[step].setdefault(above, dep)
    return edges


def step_of(script: Script, asset: Asset) -> str:
    """A script is one step; one that can be split has a step for each asset."""
    return f"{script.name}\n{asset.key}" if script.can_subset else script.name


def _script_cycle(cycle: tuple[str, ...], edges: Edges) -> Diagnostic:
    steps = [edges[a][b] for a, b in zip(cycle, (*cycle[1:], cycle[0]), strict=True)]
    names = [step.partition("\n")[0] for step in cycle]
    path = " → ".join(f"`{name}`" for name in (*names, names[0]))
    return Diagnostic(
        Code.DEPENDENCY_CYCLE,
        f"these scripts wait for each other: {path}",
        steps[0].location,
        "split one of them, or write `can_subset: true` if it makes only the selected assets",
        tuple(
            Related(dep.location, f"`{name}` waits for `{dep.key}`")
            for name, dep in zip(names[1:], steps[1:], strict=True)
        ),
    )
