"""What must hold between the partitions of assets and of what they are made from."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.diagnostics import Code, Diagnostic, Related
from pipes_projects.project import Asset, Dependency, Project


def conflicting_partition_mapping(project: Project) -> Iterator[Diagnostic]:
    """A script sees the partitions of an upstream asset in one way only."""
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
    """Partitions of one type do not belong to those of another, unless a mapping says how."""
    types = {name: it.type for name, it in project.partitions_defs.items()}
    named = {
        asset.key: script.fields.partitions_def
        for script in project.scripts
        for asset in script.assets
        if script.kind != "external" and script.fields.partitions_def in types
    }
    for asset in project.assets() if named else ():
        if below := named.get(asset.key):
            for dep in asset.deps:
                above = named.get(dep.key)
                if above and _differ(types[above], types[below], dep.partition_mapping):
                    yield _mismatch(asset, dep, above, below)


def _differ(above: str, below: str, mapping: str | None) -> bool:
    same = above == below or "multi" in (above, below)
    return not same and mapping in (None, "identity")


def _mismatch(asset: Asset, dep: Dependency, above: str, below: str) -> Diagnostic:
    return Diagnostic(
        Code.PARTITION_MISMATCH,
        f"`{asset.key}` has the partitions `{below}`, and `{dep.key}` has `{above}`, of another"
        " type",
        dep.location,
        f"say how they belong together: `{{asset: {dep.key}, partition_mapping: all}}`",
    )
