"""Assets whose manifest cannot be read on one side: they are neither added nor removed.

Nobody can tell what their values are there; all that is known is the state.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from pipes_projects.analysis.diff.model import ABSENT, STATE, Changed, Known, ValueChange, Values
from pipes_projects.analysis.picture.model import AssetPicture, OtherAsset, Picture
from pipes_projects.analysis.value_history import Origin

_VALUES: Final[Values] = {STATE: "unreadable"}

ByKey = Mapping[str, AssetPicture]


def unreadable(picture: Picture) -> dict[str, OtherAsset]:
    """The assets whose manifests cannot be read, by manifest."""
    return {path: other for other in picture.others for path in other.paths}


def hidden(shown: ByKey, elsewhere: Mapping[str, OtherAsset]) -> dict[str, OtherAsset]:
    """Those of one side whose manifests cannot be read on the other, by key."""
    paths = {key: each.asset.location.path for key, each in shown.items()}
    return {key: elsewhere[path] for key, path in paths.items() if path in elsewhere}


def lost(old: AssetPicture, now: OtherAsset, values: Values) -> Changed:
    """What it is in the head, where it cannot be read."""
    origins = {each.name: each.origin for each in old.values}
    state = ValueChange(STATE, old.state, "unreadable", Origin(now.errors[0].location))
    gone = (
        ValueChange(name, value, ABSENT, origins[name])
        for name, value in values.items()
        if name != STATE
    )
    return Changed(old.key, old.key, (state, *gone), kind=old.script.kind)


def regained(new: AssetPicture, values: Values) -> Changed:
    """What it is in the head, where it can be read again."""
    origins = {each.name: each.origin for each in new.values}
    state = ValueChange(STATE, "unreadable", new.state, Origin(new.asset.location))
    come = (
        ValueChange(name, ABSENT, value, origins[name])
        for name, value in values.items()
        if name != STATE
    )
    return Changed(new.key, new.key, (state, *come), kind=new.script.kind)


def only_in(one: Picture, other: Picture) -> Iterator[Known]:
    """Assets that cannot be read on one side, and whose manifest is not there on the other."""
    known = {shown.asset.location.path for shown in other.assets} | unreadable(other).keys()
    for path, asset in unreadable(one).items():
        if path not in known:
            yield Known(asset.key, _VALUES, path)
