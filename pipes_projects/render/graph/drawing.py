"""A picture → what is drawn of it: nodes, edges, and groups that are shown as one node."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Iterator
from typing import Final, Literal, NamedTuple

from pipes_projects.analysis.picture.model import (
    AssetPicture,
    Elsewhere,
    OtherAsset,
    Picture,
    State,
)
from pipes_projects.project import Script

MOST: Final = 60
"""With more assets than this, groups are collapsed."""

Look = State | Elsewhere | Literal["group"]
LOOKS: Final[dict[Look, str]] = {
    "runs": "Dagster runs it",
    "external": "external: something else makes it",
    "quarantined": "quarantined: it has errors",
    "python": "made by Python definitions",
    "unreadable": "its manifest cannot be read",
    "missing": "no asset has this key",
    "group": "a group, with the number of its assets",
}
"""What each look means, in the order of a legend."""


class DrawnNode(NamedTuple):
    """Something that is drawn: an asset, or a collapsed group."""

    name: str
    """The key of the asset, or the name of the group."""
    group: str
    look: Look
    facts: tuple[str, ...] = ()
    """What else is shown of it: `by` its partitions, `at` its schedule, `when` its condition holds;
    codes of its errors."""
    assets: int = 1
    """How many assets it stands for."""


class DrawnEdge(NamedTuple):
    """That one node depends on another, by their places among the nodes."""

    upstream: int
    downstream: int
    weight: int = 1
    """How many dependencies it stands for."""


class Drawing(NamedTuple):
    """What is drawn of a project."""

    nodes: tuple[DrawnNode, ...]
    edges: tuple[DrawnEdge, ...]

    @property
    def looks(self) -> tuple[Look, ...]:
        """The looks that occur."""
        there = {node.look for node in self.nodes}
        return tuple(look for look in LOOKS if look in there)

    @property
    def collapsed(self) -> tuple[str, ...]:
        """The groups that are one node each."""
        return tuple(node.name for node in self.nodes if node.look == "group")

    def groups(self) -> dict[str, list[int]]:
        """The places of the nodes in each group that is not collapsed; without a group, of none."""
        found: dict[str, list[int]] = {}
        for at, node in enumerate(self.nodes):
            if node.look != "group" and node.group:
                found.setdefault(node.group, []).append(at)
        return found


def draw(picture: Picture, expand: Collection[str] = (), most: int = MOST) -> Drawing:
    """All assets; if there are more than `most`, groups as one node each, except for those to
    expand."""
    assets: dict[str, AssetPicture | OtherAsset] = {other.key: other for other in picture.others}
    assets |= {shown.key: shown for shown in picture.assets}
    closed = _collapsed(assets.values(), expand) if len(assets) > most else {}
    shown = {key: asset for key, asset in assets.items() if _group(asset) not in closed}
    nodes = (*map(_node, shown.values()), *(_of_group(*pair) for pair in closed.items()))
    ordered = sorted(nodes, key=lambda node: (node.group, node.name))
    places = {(node.look == "group", node.name): at for at, node in enumerate(ordered)}
    at = {
        key: places[True, group] if (group := _group(asset)) in closed else places[False, key]
        for key, asset in assets.items()
    }
    return Drawing(tuple(ordered), tuple(_edges(picture, at)))


def _collapsed(
    assets: Iterable[AssetPicture | OtherAsset], expand: Collection[str]
) -> dict[str, list[AssetPicture | OtherAsset]]:
    """The groups with several assets that are not to be expanded."""
    groups: dict[str, list[AssetPicture | OtherAsset]] = {}
    for asset in assets:
        groups.setdefault(_group(asset), []).append(asset)
    return {
        name: members
        for name, members in groups.items()
        if name and len(members) > 1 and name not in expand
    }


def _group(asset: AssetPicture | OtherAsset) -> str:
    return asset.asset.group if isinstance(asset, AssetPicture) else asset.group


def _node(asset: AssetPicture | OtherAsset) -> DrawnNode:
    codes = tuple(dict.fromkeys(f"{error.code}" for error in asset.errors))
    facts = tuple(_facts(asset)) if isinstance(asset, AssetPicture) else ()
    return DrawnNode(asset.key, _group(asset), asset.state, (*facts, *codes))


def _facts(shown: AssetPicture) -> Iterator[str]:
    fields, condition = shown.script.fields, shown.asset.fields.automation_condition
    told = {"by": fields.partitions_def, "at": timing(shown.script), "when": condition}
    return (f"{word} {value}" for word, value in told.items() if value)


def timing(script: Script) -> str:
    """A schedule in one line; empty where there is none."""
    schedule = script.fields.schedule
    values = schedule.model_dump(exclude_none=True).values() if schedule else ()
    return " ".join(value for value in values if isinstance(value, str))


def _of_group(name: str, members: list[AssetPicture | OtherAsset]) -> DrawnNode:
    states = Counter[Look](member.state for member in members)
    facts = [f"{len(members)} assets"]
    facts += [f"{states[look]} {look}" for look in LOOKS if look != "runs" and states.get(look)]
    return DrawnNode(name, name, "group", tuple(facts), len(members))


def _edges(picture: Picture, at: dict[str, int]) -> Iterator[DrawnEdge]:
    found = Counter(
        (at[upstream], at[downstream])
        for upstream, downstream in picture.edges()
        if upstream in at and at[upstream] != at[downstream]
    )
    for (upstream, downstream), count in sorted(found.items()):
        yield DrawnEdge(upstream, downstream, count)
