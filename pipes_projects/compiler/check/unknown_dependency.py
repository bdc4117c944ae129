"""Each dependency is an asset that is declared somewhere."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.compiler.check.meant import Meanings
from pipes_projects.diagnostics import Correction, Diagnostic, suspecting
from pipes_projects.project import Asset, Dependency, Project
from pipes_projects.spelling import obvious, similar


def unknown_dependency(project: Project) -> Iterator[Diagnostic]:
    """Each dependency is an asset that a manifest, or the platform owner, declares."""
    known = {asset.key for asset in project.assets()} | project.asset_keys
    reported: set[Dependency] = set()
    meant: set[tuple[str, str]] = set()
    meanings = Meanings(project, known)
    most = max(10, 50_000 // max(1, len(known)))  # finding similar names takes time
    for asset in project.assets():
        for dep in asset.deps:
            unsure = dep.key.split("/", 1)[0] in project.opaque_groups
            if dep.key not in known and dep not in reported and not unsure:
                reported.add(dep)  # one line at the top may apply to several assets
                found = _unknown_dependency(dep)
                if len(reported) <= most:
                    found = _with_nearest(found, dep, asset, meanings, meant)
                yield suspecting(found, project.suspicion)


def _is_made_from(asset: Asset, key: str) -> bool:
    return key == asset.key or any(dep.key == key for dep in asset.deps)


def _unknown_dependency(dep: Dependency) -> Diagnostic:
    message = f"no asset is called `{dep.key}`"
    return Diagnostic(Code.UNKNOWN_DEPENDENCY, message, dep.location, _ELSEWHERE)


_ELSEWHERE = "declare an asset of another system in a manifest of `kind: external`"


def _with_nearest(
    found: Diagnostic,
    dep: Dependency,
    asset: Asset,
    meanings: Meanings,
    meant: set[tuple[str, str]],
) -> Diagnostic:
    """With the nearest asset: as the correction, if it was surely meant and is not a dependency
    yet."""
    named = [key for key in meanings.known if key.endswith(f"/{dep.key}")]
    if named and "/" not in dep.key and not meanings.is_group(dep.key):
        help_ = f"write the whole key: {' or '.join(f'`{key}`' for key in named[:3])}"
        right = None
    elif plain := meanings.help(dep.key):
        return found._replace(help=plain)
    else:
        others = [key for key in meanings.known if key != asset.key]
        help_ = similar(dep.key, others, "an asset") or _ELSEWHERE
        right = obvious(dep.key, meanings.known)
    if right is None or (asset.key, right) in meant or _is_made_from(asset, right):
        return found._replace(help=help_)
    meant.add((asset.key, right))
    return found._replace(help=help_, correction=Correction(dep.location, right, dep.key))
