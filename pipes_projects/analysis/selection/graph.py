"""A compiled project → what selections need: each asset's attributes and neighbours."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Final, NamedTuple

from pipes_projects.project import Asset, Project, Script

KIND_TAG: Final = "dagster/kind/"
"""The prefix of a badge among the tags that Dagster has for an asset."""
_TYPES: Final = {
    "time_window": "time",
    "static": "static",
    "dynamic": "dynamic",
    "multi": "multipartitions",
}


class Candidate(NamedTuple):
    """An asset, as far as its manifest tells."""

    key: str
    runs: bool = False
    """Whether Dagster runs something that makes it; otherwise it is external."""
    group: str = ""
    owners: tuple[str, ...] = ()
    tags: Mapping[str, str] = {}
    partitions: str = "none"
    upstream: tuple[str, ...] = ()
    declared: bool = False
    """Whether a manifest declares it; otherwise Python definitions make it."""


@dataclass(frozen=True)
class Graph:
    """All assets, by key."""

    nodes: Mapping[str, Candidate]

    @cached_property
    def running(self) -> frozenset[str]:
        """The assets that Dagster runs."""
        return frozenset(key for key, node in self.nodes.items() if node.runs)

    @cached_property
    def upstream(self) -> Mapping[str, tuple[str, ...]]:
        """What each asset depends on."""
        known = self.nodes.keys()
        return {k: tuple(key for key in n.upstream if key in known) for k, n in self.nodes.items()}

    @cached_property
    def downstream(self) -> Mapping[str, list[str]]:
        """What depends on each asset."""
        found: dict[str, list[str]] = {key: [] for key in self.nodes}
        for key, above in self.upstream.items():
            for upstream in above:
                found[upstream].append(key)
        return found


def graph_of(project: Project) -> Graph:
    """The assets of manifests, and those of Python definitions that they depend on."""
    nodes = {key: Candidate(key) for key in sorted(project.asset_keys)}
    declared = ((asset, script) for script in project.scripts for asset in script.assets)
    for asset, script in declared:
        nodes[asset.key] = _node(asset, script, project)
    return Graph(nodes)


def _node(asset: Asset, script: Script, project: Project) -> Candidate:
    return Candidate(
        asset.key,
        script.runs,
        asset.group,
        tuple(asset.fields.owners or ()),
        dict(_tags(asset, script)),
        _partitions(script, project),
        tuple(dict.fromkeys(dep.key for dep in asset.deps)),
        declared=True,
    )


def _tags(asset: Asset, script: Script) -> Iterator[tuple[str, str]]:
    """The tags as Dagster has them, unless the platform owner's classes change them."""
    top, own = script.top.tags or {}, asset.own.tags
    badges = [*(asset.fields.kinds or ()), top.get("kind")]
    taken_back = own is None and "tags" in asset.own.model_fields_set
    above = {} if taken_back else {k: v for k, v in top.items() if k != "kind"}
    yield from ((k, v) for k, v in {**above, **(own or {})}.items() if v is not None)
    yield from ((KIND_TAG + badge, "") for badge in badges if badge is not None)


def _partitions(script: Script, project: Project) -> str:
    name = script.fields.partitions_def
    known = project.partitions_defs.get(name or "")
    return _TYPES.get(known.type, "none") if known else "none"


def around(keys: Iterable[str], steps: Mapping[str, Iterable[str]], layers: int) -> frozenset[str]:
    """Some assets, and all within a number of steps from them."""
    found = set(keys)
    edge = set(found)
    while edge and layers > 0:
        edge = {to for key in edge for to in steps[key]} - found
        found |= edge
        layers -= 1
    return frozenset(found)


def without_steps_into(
    keys: frozenset[str], steps: Mapping[str, Iterable[str]], layers: int
) -> frozenset[str]:
    """Those that no step leads to from another one of them, directly or indirectly."""
    others = {to for key in keys for to in steps[key] if to != key}
    return keys - around(others, steps, layers)
