"""Two pictures → their difference."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from posixpath import splitext
from typing import Any, Final

from pipes_projects.analysis.diff.model import (
    ABSENT,
    STATE,
    Changed,
    Difference,
    Known,
    ValueChange,
    same,
)
from pipes_projects.analysis.diff.unreadable import hidden, lost, only_in, regained, unreadable
from pipes_projects.analysis.explanation import Explained
from pipes_projects.analysis.picture.model import AssetPicture, Picture
from pipes_projects.analysis.value_history import Name, Origin
from pipes_projects.source import Location
from pipes_projects.text.plain import json_text

Scripts = Callable[[Collection[str]], Mapping[str, str]]
"""Reads the texts of scripts, by path, all at once; those that are text."""
_Tells = Callable[[Explained, AssetPicture], bool]
_OF_PLACE: Final = frozenset({"key", "group", "script", "deps"})


def compare(
    base: Picture,
    head: Picture,
    files: Mapping[str, tuple[str, ...]],
    before: Scripts = lambda _: {},
    now: Scripts = lambda _: {},
) -> Difference:
    """What differs. `files` are the changed files of each manifest's code; `before` and `now` read
    scripts, to recognize those that moved."""
    old, new = _by_key(base), _by_key(head)
    gone = {key: old[key] for key in old.keys() - new.keys()}
    come = {key: new[key] for key in new.keys() - old.keys()}
    unread = _unread(gone, come, base, head)
    moves = _moves(gone, come, before, now)
    pairs = [(key, key) for key in old.keys() & new.keys()] + list(moves.items())
    code = _code({key: (old[was], new[key]) for was, key in pairs}, files, before, now)
    changed = [_changed(old[was], new[key], code[key]) for was, key in pairs]
    kept = tuple(asset for asset in changed if asset.values or asset.files or _moved(asset))
    added = (_known(come[key]) for key in come.keys() - set(moves.values()))
    removed = (_known(gone[key]) for key in gone.keys() - moves.keys())
    return Difference(
        _by_name(added, only_in(head, base)),
        _by_name(removed, only_in(base, head)),
        tuple(sorted((*kept, *unread))),
        _stale(head, kept, come.keys()),
    )


def _by_name(*known: Iterable[Known]) -> tuple[Known, ...]:
    return tuple(sorted((each for some in known for each in some), key=lambda each: each.key))


def _unread(
    gone: dict[str, AssetPicture], come: dict[str, AssetPicture], base: Picture, head: Picture
) -> list[Changed]:
    """Take what cannot be read on the other side out of what is gone, and what has come."""
    lost_now = hidden(gone, unreadable(head))
    read_now = hidden(come, unreadable(base))
    before = [(gone.pop(key), asset) for key, asset in lost_now.items()]
    after = [come.pop(key) for key in read_now]
    return [
        *(lost(old, asset, values_of(old)) for old, asset in before),
        *(regained(new, values_of(new)) for new in after),
    ]


def _by_key(picture: Picture) -> dict[str, AssetPicture]:
    return {shown.key: shown for shown in reversed(picture.assets)}


def _moved(asset: Changed) -> bool:
    return asset.key != asset.before


def values_of(shown: AssetPicture) -> dict[Name, Any]:
    """Every value of an asset but its key; its state, too."""
    values = {each.name: each.value for each in shown.values if each.name != ("key",)}
    return {STATE: shown.state, **values}


def _known(shown: AssetPicture) -> Known:
    return Known(shown.key, values_of(shown), shown.asset.location.path)


def _changed(old: AssetPicture, new: AssetPicture, code: tuple[str, ...]) -> Changed:
    is_same = old.key == new.key and old.state == new.state and new.is_made_of_the_same(old)
    values = () if is_same else tuple(_value_changes(old, new))
    return Changed(new.key, old.key, values, code, new.script.kind)


def _code(
    pairs: Mapping[str, tuple[AssetPicture, AssetPicture]],
    files: Mapping[str, tuple[str, ...]],
    before: Scripts,
    now: Scripts,
) -> dict[str, tuple[str, ...]]:
    """The changed files of each asset's code, by its key; a script that only moved is none."""
    code = {key: files.get(new.asset.location.path, ()) for key, (_, new) in pairs.items()}
    moved = {key: both for key, (old, new) in pairs.items() if (both := _move(old, new))}
    was = before({old for old, _ in moved.values()}) if moved else {}
    is_ = now({new for _, new in moved.values()}) if moved else {}
    for key, (old, new) in moved.items():
        rest = tuple(file for file in code[key] if file not in (old, new))
        stays = old in was and was[old] == is_.get(new) and splitext(old)[1] == splitext(new)[1]
        code[key] = rest if stays else (new, *rest)
    return code


def _move(old: AssetPicture, new: AssetPicture) -> tuple[str, str] | None:
    """Where the script was and is, if that differs."""
    was, is_ = old.script.path, new.script.path
    return (was, is_) if was and is_ and was != is_ else None


def _value_changes(old: AssetPicture, new: AssetPicture) -> Iterator[ValueChange]:
    before, after = _origins(old), _origins(new)
    was, values = values_of(old), values_of(new)
    for name in dict.fromkeys((*was, *values)):
        one, other = was.get(name, ABSENT), values.get(name, ABSENT)
        if not same(one, other):
            origin = after.get(name) or before.get(name) or Origin(_of_state(old, new))
            yield ValueChange(name, one, other, origin)


def _of_state(old: AssetPicture, new: AssetPicture) -> Location:
    """What made an asset's state another one: an error that came or went, or else its manifest."""
    errors = new.errors or old.errors
    return errors[0].location if errors else new.asset.location


def _origins(shown: AssetPicture) -> dict[Name, Origin]:
    return {each.name: each.origin for each in shown.values}


def _moves(
    gone: Mapping[str, AssetPicture],
    come: Mapping[str, AssetPicture],
    before: Scripts,
    now: Scripts,
) -> dict[str, str]:
    """The new keys of assets of which nothing but their place differs, by their old keys; or, if
    they are not told apart by what they inherit, nothing that is their own."""
    if not gone or not come:
        return {}
    old_texts, new_texts = before(_scripts(gone)), now(_scripts(come))
    found: dict[str, str] = {}
    for tells in (_is_telling, _is_its_own):
        old = _alike((gone[key] for key in gone.keys() - found.keys()), old_texts, tells)
        new = _alike((come[key] for key in come.keys() - {*found.values()}), new_texts, tells)
        found |= {
            those[0]: new[content][0]
            for content, those in old.items()
            if content in new and len(those) == len(new[content]) == 1
        }
    return found


def _scripts(assets: Mapping[str, AssetPicture]) -> set[str]:
    return {shown.script.path for shown in assets.values() if shown.script.path}


def _alike(
    assets: Iterable[AssetPicture], texts: Mapping[str, str], tells: _Tells
) -> dict[str, list[str]]:
    """Keys, by what tells of an asset besides its place; not of one that could be any."""
    found: dict[str, list[str]] = {}
    for shown in assets:
        script = texts.get(shown.script.path or "")
        told = [each for each in shown.values if tells(each, shown)]
        if (script and script.strip()) or any(_is_own(each, shown) for each in told):
            body = sorted((each.name, json_text(each.value)) for each in told)
            found.setdefault(repr((script, shown.script.kind, body)), []).append(shown.key)
    return found


def _is_own(each: Explained, shown: AssetPicture) -> bool:
    """Whether a value tells an asset from others: those of defaults, and kinds, are shared."""
    place = each.origin.location
    return place is not None and place.path == shown.asset.location.path and each.name != ("kind",)


def _is_telling(each: Explained, _: AssetPicture) -> bool:
    return each.name[0] not in _OF_PLACE and not each.origin.is_built_in


def _is_its_own(each: Explained, shown: AssetPicture) -> bool:
    """Whether a value moves with the asset, as what it inherits does not."""
    return _is_telling(each, shown) and _is_own(each, shown)


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
