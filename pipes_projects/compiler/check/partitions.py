"""What must hold between the partitions of assets and those of their dependencies."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.manifest.contract import PARTITION_MAPPINGS
from pipes_projects.project import Asset, Dependency, Project


def conflicting_partition_mapping(project: Project) -> Iterator[Diagnostic]:
    """A script maps the partitions of an upstream asset in only one way."""
    for script in project.scripts:
        if len(script.assets) == 1:
            continue
        first: dict[str, Dependency] = {}
        for dep in (dep for asset in script.assets for dep in asset.deps):
            earlier = first.setdefault(dep.key, dep)
            if earlier.partition_mapping != dep.partition_mapping:
                yield Diagnostic(
                    Code.CONFLICTING_PARTITION_MAPPING,
                    f"one script has two partition mappings for `{dep.key}`",
                    dep.location,
                    "a script runs with one set of partitions: write the same mapping in both",
                    (Related(earlier.location, _named(earlier)),),
                )


def _named(dep: Dependency) -> str:
    return f"here it is `{dep.partition_mapping}`" if dep.partition_mapping else "here it has none"


def partition_mismatch(project: Project) -> Iterator[Diagnostic]:
    """Partitions of different types do not match, unless a mapping says how."""
    named = _partitions(project) if project.partitions_defs else {}
    for script in project.scripts if named else ():
        below = script.fields.partitions_def
        for asset in () if script.partitions_unknown else script.assets:
            for dep in asset.deps:
                above = named.get(dep.key)
                if dep.key == asset.key:
                    yield from _of_itself(asset, dep, _type(below, project))
                elif above and _differ(_type(above, project), _type(below, project), dep):
                    yield _mismatch(asset, dep, above, below)


def _partitions(project: Project) -> dict[str, str | None]:
    """The partitions of each asset in Dagster, which ignores those of assets that it never
    makes."""
    twice = declared_twice(project)
    return {
        asset.key: script.fields.partitions_def
        for script in project.scripts
        for asset in script.assets
        if script.runs and asset.key not in twice
    }


def declared_twice(project: Project) -> frozenset[str]:
    """Keys that are declared twice, so that they are ambiguous."""
    count = Counter(asset.key for asset in project.assets())
    return frozenset(key for key, number in count.items() if number > 1)


def _type(name: str | None, project: Project) -> str | None:
    known = project.partitions_defs.get(name or "")
    return known.type if known else None


def _differ(above: str | None, below: str | None, dep: Dependency) -> bool:
    if dep.partition_mapping == "identity":
        return above != below
    free = "multi" in (above, below) or below is None
    return not free and above != below and dep.partition_mapping is None


def _of_itself(asset: Asset, dep: Dependency, kind: str | None) -> Iterator[Diagnostic]:
    named = dep.partition_mapping not in (None, *PARTITION_MAPPINGS)  # otherwise it is a cycle
    if named and kind not in ("time_window", "multi"):
        message = f"`{asset.key}` has no earlier partitions that it could be made from"
        help_ = "only time partitions come one after the other"
        yield Diagnostic(Code.PARTITION_MISMATCH, message, dep.location, help_)


def _mismatch(asset: Asset, dep: Dependency, above: str, below: str | None) -> Diagnostic:
    has = f"has the partitions `{below}`" if below else "has no partitions"
    return Diagnostic(
        Code.PARTITION_MISMATCH,
        f"`{asset.key}` {has}, and `{dep.key}` has `{above}`, of another type",
        dep.location,
        f"say how they belong together: `{{asset: {dep.key}, partition_mapping: all}}`",
    )
