"""What each error is about: a manifest, or some of its assets."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from pipes_projects.compiler.checks import Edges, asset_edges, step_edges, step_of
from pipes_projects.compiler.graph import knots
from pipes_projects.compiler.names import is_defaults
from pipes_projects.diagnostics import Code, Diagnostic
from pipes_projects.project import Project
from pipes_projects.source import Location

# Codes whose related places are as wrong as the place itself.
_OF_ALL_PLACES = frozenset({Code.DUPLICATE_MANIFEST, Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE})

About = dict[tuple[Code, Location], frozenset[str]]
"""Keys of assets, or paths of manifests, by the place of an error."""


@dataclass(frozen=True)
class Blame:
    """Why each manifest, or asset, cannot be used."""

    manifests: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """By path."""
    assets: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """By key."""


def blamed(project: Project, errors: Iterable[Diagnostic]) -> Blame:
    """What the errors are about."""
    blame = Blame()
    assets, manifests = _of_assets(project), _on_cycles_of_steps(project)
    for error in errors:
        places = [(error.code, it) for it in _places(error)]
        for key in _all(assets.get(it) for it in places):
            blame.assets.setdefault(key, []).append(error)
        whole = (
            manifests.get(it) or _inheriting(project, it[1].path)
            for it in places
            if it not in assets
        )
        for path in _all(whole):
            blame.manifests.setdefault(path, []).append(error)
    return blame


def _places(error: Diagnostic) -> Iterator[Location]:
    yield error.location
    if error.code in _OF_ALL_PLACES:
        yield from (it.location for it in error.related)


def _all(groups: Iterable[frozenset[str] | None]) -> Iterator[str]:
    """The members of all groups, each once; large groups come many times over."""
    yield from dict.fromkeys(it for group in dict.fromkeys(groups) for it in group or ())


def _of_assets(project: Project) -> About:
    """The assets that are declared at a place, and those on the cycles that pass through it."""
    codes = (Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE)  # an override's cycles are at its assets
    found = {(code, it.location): frozenset({it.key}) for it in project.assets() for code in codes}
    return found | _on_cycles(asset_edges(project))


def _on_cycles_of_steps(project: Project) -> About:
    """The manifests of scripts that wait for each other."""
    paths = {
        step_of(script, asset): script.location.path
        for script in project.scripts
        for asset in script.assets
    }
    steps = _on_cycles(step_edges(project))
    return {at: frozenset(paths[step] for step in members) for at, members in steps.items()}


def _on_cycles(edges: Edges) -> About:
    """All nodes that reach each other, by the places of the edges between them."""
    found: About = {}
    for members in map(frozenset, knots({node: tuple(above) for node, above in edges.items()})):
        for edge in (edges[member] for member in members):
            for above in edge.keys() & members:
                found[Code.DEPENDENCY_CYCLE, edge[above].location] = members
    return found


def _inheriting(project: Project, path: str) -> frozenset[str]:
    """A manifest; of defaults, all that inherit them."""
    if not is_defaults(path):
        return frozenset({path})
    below = path.rpartition("/")[0] + "/"
    paths = (script.location.path for script in project.scripts)
    return frozenset({path, *(it for it in paths if it.startswith(below))})
