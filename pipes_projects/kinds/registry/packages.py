"""The kinds that other packages add, by entry points of the group `pipes_projects.kinds`.

A faulty kind makes only itself unusable: no package may break a project.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import redirect_stdout
from functools import cache
from typing import TYPE_CHECKING, Final, NamedTuple

from pipes_projects.kinds.registry.built_in import BUILT_IN
from pipes_projects.kinds.registry.registered import PROCESS, RegisteredKind
from pipes_projects.manifest.contract import can_name_a_kind, fault_of_endings

if TYPE_CHECKING:
    from importlib.metadata import EntryPoint

GROUP: Final = "pipes_projects.kinds"


class PackageKinds(NamedTuple):
    """All kinds that installed packages add."""

    kinds: Mapping[str, RegisteredKind]
    unusable: Mapping[str, str]
    """Why others of their kinds cannot be used, by name; the reason names the package."""


class _Offer(NamedTuple):
    """A package's entry point."""

    package: str
    point: EntryPoint


class _UnusableError(Exception):
    """Says why a kind cannot be used."""


@cache
def package_kinds() -> PackageKinds:
    """The kinds of installed packages; they are found once, which takes milliseconds, and
    imported."""
    kinds: dict[str, RegisteredKind] = {}
    unusable: dict[str, str] = {}
    for name, offers in _by_name(_offers()).items():
        try:
            kinds[name] = _kind(name, offers)
        except _UnusableError as error:
            unusable[name] = str(error)
    return PackageKinds(kinds, unusable)


def _offers() -> Iterator[_Offer]:
    offering = [folder for folder in _installed() if any(map(_offers_kinds, _entry_points(folder)))]
    if not offering:
        return
    from importlib.metadata import distributions  # takes longer than everything else here

    for distribution in distributions(path=offering):
        if GROUP not in (distribution.read_text("entry_points.txt") or ""):
            continue  # few packages have any, and parsing entry points takes time
        for point in distribution.entry_points.select(group=GROUP):
            yield _Offer(distribution.name, point)


def _installed() -> list[str]:
    """Where packages are, without the current folder: checking a project must not run any of its
    code."""
    here = os.getcwd()
    return [folder for folder in sys.path if os.path.abspath(folder) != here]


def _entry_points(folder: str) -> Iterator[str]:
    """Where the entry points of the packages in a folder would be, whether they have any or not."""
    try:
        names = os.listdir(folder)
    except OSError:
        return
    for name in names:
        if name.endswith((".dist-info", ".egg-info")):
            yield os.path.join(folder, name, "entry_points.txt")


def _offers_kinds(path: str) -> bool:
    try:
        with open(path, "rb") as file:
            return GROUP.encode() in file.read()
    except OSError:
        return False


def _by_name(offers: Iterator[_Offer]) -> dict[str, list[_Offer]]:
    """The offers of each name; for a package that is installed twice, the one that is imported."""
    found: dict[str, dict[str, _Offer]] = {}
    for offer in offers:
        found.setdefault(offer.point.name, {}).setdefault(offer.package, offer)
    return {name: list(by_package.values()) for name, by_package in sorted(found.items())}


def _kind(name: str, offers: Sequence[_Offer]) -> RegisteredKind:
    packages = " and ".join(sorted(f"`{offer.package}`" for offer in offers))
    if len(offers) > 1:
        raise _UnusableError(f"packages {packages} register `{name}`: remove all but one")
    if name in BUILT_IN:
        raise _UnusableError(f"package {packages} registers `{name}`, which is a built-in kind")
    if not can_name_a_kind(name):
        raise _UnusableError(
            f"package {packages} registers `{name}`: the name of a kind has lower-case letters,"
            " digits and `_`, and is no field of a manifest"
        )
    kind = _loaded(offers[0])
    if wrong := _fault(name, kind):
        raise _UnusableError(f"package {packages} registers `{name}`, but {wrong}")
    return kind


def _loaded(offer: _Offer) -> RegisteredKind:
    told = f"package `{offer.package}` registers `{offer.point.name}`, but `{offer.point.value}`"
    try:
        with redirect_stdout(sys.stderr):  # stdout is for findings
            kind = offer.point.load()
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
