"""Two pictures → their difference."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import Any, Final

from pipes_projects.analysis.diff.model import (
    ABSENT,
    Changed,
    Difference,
    Known,
    ValueChange,
    same,
)
from pipes_projects.analysis.explanation import Explained
from pipes_projects.analysis.picture.model import AssetPicture, Picture
from pipes_projects.analysis.value_history import Name, Origin
from pipes_projects.plain_text import json_text

Scripts = Callable[[str], bytes | None]
"""Reads a script; None where it cannot be read."""
_OF_PLACE: Final = frozenset({"key", "group", "script", "deps"})
_STATE: Final[Name] = ("state",)


def compare(
    base: Picture,
    head: Picture,
    files: Mapping[str, tuple[str, ...]],
    before: Scripts = lambda _: None,
    now: Scripts = lambda _: None,
) -> Difference:
    """What differs. `files` are the changed files of each manifest's code; `before` and `now` read
    scripts, to recognize those that moved."""
    old, new = _by_key(base), _by_key(head)
    gone = {key: old[key] for key in old.keys() - new.keys()}
    come = {key: new[key] for key in new.keys() - old.keys()}
    moves = _moves(gone, come, before, now)
    pairs = [(key, key) for key in old.keys() & new.keys()] + list(moves.items())
    changed = [_changed(old[was], new[key], files, was != key) for was, key in pairs]
    kept = tuple(asset for asset in changed if asset.values or asset.files or _moved(asset))
    return Difference(
        tuple(_known(come[key]) for key in sorted(come.keys() - set(moves.values()))),
        tuple(_known(gone[key]) for key in sorted(gone.keys() - moves.keys())),
        tuple(sorted(kept)),
        _stale(head, kept, come.keys()),
    )


def _by_key(picture: Picture) -> dict[str, AssetPicture]:
    return {shown.key: shown for shown in reversed(picture.assets)}


def _moved(asset: Changed) -> bool:
    return asset.key != asset.before


def values_of(shown: AssetPicture) -> dict[Name, Any]:
    """Every value of an asset but its key; its state, too."""
    values = {each.name: each.value for each in shown.values if each.name != ("key",)}
    return {_STATE: shown.state, **values}


def _known(shown: AssetPicture) -> Known:
    return Known(shown.key, values_of(shown), shown.asset.location.path)


def _changed(
    old: AssetPicture, new: AssetPicture, files: Mapping[str, tuple[str, ...]], moved: bool
) -> Changed:
    is_same = not moved and old.state == new.state and new.is_made_of_the_same(old)
    values = () if is_same else tuple(_value_changes(old, new))
    code = files.get(new.asset.location.path, ())
    code = tuple(file for file in code if not moved or file != new.script.path)
    return Changed(new.key, old.key, values, code, new.script.kind)


def _value_changes(old: AssetPicture, new: AssetPicture) -> Iterator[ValueChange]:
    before, after = _origins(old), _origins(new)
    was, values = values_of(old), values_of(new)
    for name in dict.fromkeys((*was, *values)):
        one, other = was.get(name, ABSENT), values.get(name, ABSENT)
        if not same(one, other):
            origin = after.get(name) or before.get(name) or Origin(new.asset.location)
            yield ValueChange(name, one, other, origin)


def _origins(shown: AssetPicture) -> dict[Name, Origin]:
    return {each.name: each.origin for each in shown.values}


def _moves(
    gone: Mapping[str, AssetPicture],
    come: Mapping[str, AssetPicture],
    before: Scripts,
    now: Scripts,
) -> dict[str, str]:
    """The new keys of assets of which nothing but their place differs, by their old keys."""
    if not gone or not come:
        return {}
    old = _alike(gone.values(), before)
    new = _alike(come.values(), now)
    return {
        those[0]: new[content][0]
        for content, those in old.items()
        if content in new and len(those) == len(new[content]) == 1
    }


def _alike(assets: Iterable[AssetPicture], read: Scripts) -> dict[str, list[str]]:
    """Keys, by all that is known of an asset besides its place; of one that could be any, none."""
    found: dict[str, list[str]] = {}
    for shown in assets:
        script = read(shown.script.path) if shown.script.path else None
        told = [each for each in shown.values if _is_telling(each)]
        if script or told:
            body = sorted((each.name, json_text(each.value)) for each in told)
            found.setdefault(repr((script, shown.script.kind, body)), []).append(shown.key)
    return found


def _is_telling(each: Explained) -> bool:
    return each.name[0] not in _OF_PLACE and not each.origin.is_built_in


def _stale(
    head: Picture, changed: Iterable[Changed], added: Iterable[str]
) -> dict[str, tuple[str, ...]]:
    """What is made from assets that need a run, and from which of them."""
    below: dict[str, list[str]] = {}
    for upstream, key in head.edges():
        below.setdefault(upstream, []).append(key)
    direct = [*(asset.key for asset in changed if "run" in asset.weights), *added]
    causes: dict[str, list[str]] = {}
    for cause in sorted(direct):
        for key in _reached(cause, below):
            causes.setdefault(key, []).append(cause)
    runs = {shown.key for shown in head.assets if shown.state == "runs"}
    skip = set(direct)
    return {key: tuple(found) for key, found in sorted(causes.items()) if key in runs - skip}


def _reached(start: str, below: Mapping[str, list[str]]) -> set[str]:
    found: set[str] = set()
    pending = [start]
    while pending:
        new = set(below.get(pending.pop(), ())) - found
        found |= new
        pending += new
    return found
