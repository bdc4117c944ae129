"""The kinds that other packages add, by entry points of the group `pipes_projects.kinds`.

A faulty kind makes only itself unusable: no package may break a project.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from typing import Final, NamedTuple

from pipes_projects.kinds.registry.built_in import BUILT_IN
from pipes_projects.kinds.registry.entry_points import EntryPoint, entry_points
from pipes_projects.kinds.registry.registered import PROCESS, RegisteredKind
from pipes_projects.manifest.contract import can_name_a_kind, fault_of_endings

GROUP: Final = "pipes_projects.kinds"


class PackageKinds(NamedTuple):
    """All kinds that installed packages add."""

    kinds: Mapping[str, RegisteredKind]
    unusable: Mapping[str, str]
    """Why others of their kinds cannot be used, by name; the reason names the package."""


class _UnusableError(Exception):
    """Says why a kind cannot be used."""


@cache
def package_kinds() -> PackageKinds:
    """The kinds of installed packages; they are found once, which takes milliseconds, and
    imported."""
    kinds: dict[str, RegisteredKind] = {}
    unusable: dict[str, str] = {}
    for name, offers in _by_name(entry_points(GROUP)).items():
        try:
            kinds[name] = _kind(name, offers)
        except _UnusableError as error:
            unusable[name] = str(error)
    return PackageKinds(kinds, unusable)


def _by_name(offers: Iterator[EntryPoint]) -> dict[str, list[EntryPoint]]:
    """The offers of each name; for a package that is installed twice, the one that is imported."""
    found: dict[str, dict[str, EntryPoint]] = {}
    for offer in offers:
        found.setdefault(offer.name, {}).setdefault(offer.package, offer)
    return {name: list(by_package.values()) for name, by_package in sorted(found.items())}


def _kind(name: str, offers: Sequence[EntryPoint]) -> RegisteredKind:
    packages = " and ".join(sorted(f"`{offer.package}`" for offer in offers))
    if len(offers) > 1:
        raise _UnusableError(f"packages {packages} register `{name}`: remove all but one")
    if name in BUILT_IN:
        raise _UnusableError(f"package {packages} registers `{name}`, which is a built-in kind")
    if not can_name_a_kind(name):
        raise _UnusableError(
            f"package {packages} registers `{name}`: the name of a kind has lower-case letters,"
            " digits and `_`, and is not a field of a manifest"
        )
    kind = _loaded(offers[0])
    if wrong := _fault(name, kind):
        raise _UnusableError(f"package {packages} registers `{name}`, but {wrong}")
    return kind


def _loaded(offer: EntryPoint) -> RegisteredKind:
    told = f"package `{offer.package}` registers `{offer.name}`, but `{offer.value}`"
    try:
        with redirect_stdout(sys.stderr):  # stdout is for findings
            kind = offer.load()
    except (Exception, SystemExit) as error:
        why = f"{type(error).__name__}: {error}".removesuffix(": ")
        raise _UnusableError(f"{told} cannot be imported: {why}") from error
    if not isinstance(kind, RegisteredKind):
        raise _UnusableError(f"{told} is not a `RegisteredKind`")
    return kind


def _fault(name: str, kind: RegisteredKind) -> str | None:
    """What is wrong with a kind's definition."""
    if kind.name != name:
        return f"the kind is called `{kind.name}`"
    if kind.runs and kind.launch is None and kind.runner == PROCESS:
        return "it has neither a `launch` nor a `runner` of its own"
    if name in kind.forbidden or "kind" in kind.forbidden:
        return "it forbids what names it"
    for field, why in kind.forbidden.items():
        if not isinstance(why, str) or not why.strip():
            return f"it does not say why it forbids `{field}`"
    return fault_of_endings(kind.endings)
