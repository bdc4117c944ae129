"""Which assets the errors of a project remove from it, so that all others can be made.

Usually, a manifest with an error is removed whole, because its script could do anything. If a key
is declared twice, or assets form a cycle, only these assets are: the other assets of their scripts
remain.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.check.dependency_cycle import Edges, asset_edges, step_edges, step_of
from pipes_projects.compiler.check.graph import knots
from pipes_projects.compiler.parse.file_names import asset_name, group_of, is_group, stem_of
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.project import Asset, Project, Script
from pipes_projects.source import MANIFEST_ENDINGS, Location


class Placeholder(NamedTuple):
    """An asset that cannot be made, and why."""

    key: str
    group: str
    diagnostics: tuple[Diagnostic, ...]
    """The same object for all assets of a manifest that is removed whole."""
    declared: tuple[tuple[Script, Asset], ...] = ()
    """Each declaration of it; empty where none could be read."""
    paths: tuple[str, ...] = ()
    """The manifests that could not be read, and are named after it."""


class Isolation(NamedTuple):
    """A project without its errors, and what takes the place of what they concern."""

    whole: Project
    project: Project
    """What can be made; it knows placeholders and missing assets as if they were made elsewhere."""
    placeholders: Mapping[str, Placeholder]


def isolate(project: Project, errors: Iterable[Diagnostic], defs: str) -> Isolation:
    """Remove what the errors are about, with one placeholder for each key that is not made."""
    blame = blamed(project, errors)
    kept = tuple(script for script in _kept(project, blame) if script.assets)
    made = {asset.key for script in kept for asset in script.assets} | project.asset_keys
    found = (*_declared(project, blame), *_guessed(project, blame, defs))
    placeholders = _by_key(
        placeholder
        for placeholder in found
        if placeholder.key not in made and is_group(placeholder.group)
    )
    missing = frozenset(_upstream(kept, placeholders)) - made - placeholders.keys()
    known = project.asset_keys | placeholders.keys() | missing
    usable = project._replace(scripts=kept, asset_keys=known)
    return Isolation(project, usable, placeholders)


def _upstream(kept: Iterable[Script], placeholders: Mapping[str, Placeholder]) -> Iterator[str]:
    assets = (asset for script in kept for asset in script.assets)
    out = (asset for placeholder in placeholders.values() for _, asset in placeholder.declared)
    yield from (dep.key for asset in (*assets, *out) for dep in asset.deps)


def _kept(project: Project, blame: Blame) -> Iterator[Script]:
    """The scripts that can run, without the assets that are removed."""
    for script in project.scripts:
        if script.location.path in blame.manifests or not is_group(script.group):
            continue
        apart = frozenset(asset.key for asset in script.assets if asset.key in blame.assets)
        assets = tuple(asset for asset in script.assets if asset.key not in apart)
        yield script._replace(assets=assets, apart=apart) if apart else script


def _declared(project: Project, blame: Blame) -> Iterator[Placeholder]:
    """Placeholders for what manifests validly declare."""
    for script in project.scripts:
        whole = tuple(blame.manifests.get(script.location.path, ()))
        for asset in script.assets:
            own = blame.assets.get(asset.key)
            if why := _each_once((*whole, *own)) if own else whole:
                yield Placeholder(asset.key, asset.group, why, ((script, asset),))


def _guessed(project: Project, blame: Blame, defs: str) -> Iterator[Placeholder]:
    """If the assets of a manifest are unknown, a placeholder for the asset with its file's name."""
    understood = {script.location.path for script in project.scripts if script.assets}
    for path in sorted(blame.manifests.keys() - understood):
        group = group_of(path, defs)
        if _may_be_manifest(path, blame.manifests[path]):
            why = tuple(blame.manifests[path])
            yield Placeholder(f"{group}/{_asset_meant(path)}", group, why, paths=(path,))


def _may_be_manifest(path: str, errors: Iterable[Diagnostic]) -> bool:
    """Whether a file is a manifest, whatever its ending, and not defaults, however misspelled."""
    meant = path.endswith(MANIFEST_ENDINGS) or any(
        error.code is Code.MISNAMED_FILE for error in errors
    )
    return meant and not path.rpartition("/")[2].startswith(("_", "."))


def _asset_meant(path: str) -> str:
    """The name of a manifest's asset, even for `orders.yaml.txt`."""
    name = asset_name(path)
    return stem_of(name) if name.lower().endswith(MANIFEST_ENDINGS) else name


def _by_key(found: Iterable[Placeholder]) -> dict[str, Placeholder]:
    """One for each key; if it is declared repeatedly, with all that is known of it."""
    same: dict[str, list[Placeholder]] = {}
    for placeholder in found:
        same.setdefault(placeholder.key, []).append(placeholder)
    return {key: _as_one(those) for key, those in same.items()}


def _as_one(same: list[Placeholder]) -> Placeholder:
    if len(same) == 1:
        return same[0]
    why = _each_once(why for placeholder in same for why in placeholder.diagnostics)
    declared = tuple(known for placeholder in same for known in placeholder.declared)
    paths = tuple(path for placeholder in same for path in placeholder.paths)
    return same[0]._replace(diagnostics=why, declared=declared, paths=paths)


def _each_once(why: Iterable[Diagnostic]) -> tuple[Diagnostic, ...]:
    return tuple({id(error): error for error in why}.values())  # objects are compared by identity


About = dict[tuple[Code, Location], frozenset[str]]
"""Keys of assets, or paths of manifests, by the code and place of an error."""


@dataclass(frozen=True)
class Blame:
    """Why each manifest, or asset, cannot be used."""

    manifests: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """Errors of manifests, by path."""
    assets: dict[str, list[Diagnostic]] = field(default_factory=dict)
    """Errors of assets, by key."""


def blamed(project: Project, errors: Iterable[Diagnostic]) -> Blame:
    """What the errors are about."""
    blame = Blame()
    assets, manifests = _of_assets(project), _on_cycles_of_steps(project)
    for error in errors:
        places = [(error.code, place) for place in _places(error)]
        for key in _all(assets.get(place) for place in places):
            blame.assets.setdefault(key, []).append(error)
        whole = (
            manifests.get(place) or _inheriting(project, place[1].path)
            for place in places
            if place not in assets
        )
        for path in _all(whole):
            blame.manifests.setdefault(path, []).append(error)
    return blame


def _places(error: Diagnostic) -> Iterator[Location]:
    yield error.location
    if error.code.wrong_everywhere:
        yield from (related.location for related in error.related)


def _all(groups: Iterable[frozenset[str] | None]) -> Iterator[str]:
    """The members of all groups, each once; large groups occur repeatedly."""
    yield from dict.fromkeys(member for group in dict.fromkeys(groups) for member in group or ())


def _of_assets(project: Project) -> About:
    """The assets that are declared at a place, and those on cycles through it."""
    codes = (Code.DUPLICATE_ASSET, Code.DEPENDENCY_CYCLE)  # cycles by overrides are at assets
    found = {
        (code, asset.location): frozenset({asset.key})
        for asset in project.assets()
        for code in codes
    }
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
    """The nodes of each cycle, by the places of the edges between them."""
    found: About = {}
    for members in map(frozenset, knots({node: tuple(above) for node, above in edges.items()})):
        for edge in (edges[member] for member in members):
            for above in edge.keys() & members:
                found[Code.DEPENDENCY_CYCLE, edge[above].location] = members
    return found


def _inheriting(project: Project, path: str) -> frozenset[str]:
    """The manifest itself; for defaults, all manifests that inherit them."""
    if not path.rpartition("/")[2].startswith(("_", ".")):  # names of defaults may be misspelled
        return frozenset({path})
    below = path.rpartition("/")[0] + "/"
    paths = (script.location.path for script in project.scripts)
    return frozenset({path, *(other for other in paths if other.startswith(below))})
