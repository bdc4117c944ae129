"""Names of assets, checks and partitions in sentences: all, or the one that may be meant."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

from pipes_projects.spelling import nearest, similar


def listed(names: Iterable[str], most: int = 10) -> str:
    """The first of some names, and how many others there are."""
    known = list(names)
    more = f" and {len(known) - most} more" if len(known) > most else ""
    return ", ".join(f"`{name}`" for name in known[:most]) + more


def nearest_asset(key: str, declared: Collection[str]) -> str:
    """Which declared asset may be meant by a wrong key; all of them if that is not clear."""
    same = [other for other in declared if other.rpartition("/")[2] == key.rpartition("/")[2]]
    close = same[0] if len(same) == 1 else nearest(key, declared)
    if close:
        return f"an asset with a similar name exists: `{close}`"
    return f"it declares {listed(sorted(declared))}"


def nearest_check(name: str, names: Sequence[str]) -> str:
    """Which declared check may be meant by a wrong name; all of them if that is not clear."""
    if name in names:
        return "other assets have checks of this name"
    if not names:
        return "it declares no checks"
    return similar(name, names, "a check") or f"its checks are {listed(names)}"
