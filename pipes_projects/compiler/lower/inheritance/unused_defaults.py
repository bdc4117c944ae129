"""Defaults that apply to nothing: files with no manifests below them, and values that none uses."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping

from pipes_projects.codes import Code
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.project import Script
from pipes_projects.source import Location


def unused_defaults(
    defaults: Mapping[str, Manifest],
    scripts: Collection[Script],
    unknown: Collection[str],
    contract: Contract,
) -> Iterator[Diagnostic]:
    """What no script uses of the defaults above it.

    `unknown` are the files that could not be understood, which the defaults above them may be for.
    """
    kinds = _kinds_below(defaults, scripts, unknown)
    for folder, manifest in defaults.items():
        names = kinds[folder]
        is_unknown = manifest.broken and not manifest.data  # a finding has said why
        if names is None or is_unknown or not names <= contract.kinds.keys():
            continue
        if not names:
            message = "there is no manifest for these defaults, neither in this folder nor below it"
            yield _warning(message, Location(manifest.path), "remove the file, or move it")
        else:
            yield from _untaken(manifest, [contract.kinds[name] for name in names], contract)


def _kinds_below(
    defaults: Mapping[str, Manifest], scripts: Collection[Script], unknown: Collection[str]
) -> dict[str, set[str] | None]:
    """The kinds of the scripts in each folder and below it; None where some are unknown."""
    found: dict[str, set[str] | None] = {folder: set() for folder in defaults}
    for inside, kind in {
        *((_folder_of(script.location.path), script.kind) for script in scripts),
        *((_folder_of(path), None) for path in unknown),
    }:
        for folder in _with_those_above(inside):
            names = found.get(folder)
            if names is not None:
                found[folder] = names | {kind} if kind else None
    return found


def _folder_of(path: str) -> str:
    return path.rpartition("/")[0]


def _with_those_above(folder: str) -> Iterator[str]:
    while folder:
        yield folder
        folder = _folder_of(folder)


def _untaken(manifest: Manifest, kinds: list[Kind], contract: Contract) -> Iterator[Diagnostic]:
    for key in manifest.data:
        if all(key in contract.not_for(kind) for kind in kinds):
            found = ", ".join(f"`kind: {kind.name}`" for kind in kinds)
            message = f"no manifest takes `{key}` from these defaults"
            help_ = f"the manifests below are of {found}: remove it, or move it"
            yield _warning(message, manifest.document.key((key,)), help_)


def _warning(message: str, place: Location, help_: str) -> Diagnostic:
    return Diagnostic(Code.UNUSED_DEFAULTS, message, place, help_)
