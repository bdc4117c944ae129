"""Which file a manifest runs: the one beside it with its name, or the one that it names."""

from __future__ import annotations

import posixpath
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any, Final, NamedTuple

from pipes_projects.codes import Code
from pipes_projects.compiler.lower.launch import UNEXPANDED, needs_a_shell
from pipes_projects.compiler.parse.file_names import copied, stem_of
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.diagnostics import Correction, Diagnostic, suspecting
from pipes_projects.disk.boundary import LINK_OUT
from pipes_projects.disk.files import Files
from pipes_projects.manifest.contract import Kind
from pipes_projects.manifest.forms import SingleAssetManifest
from pipes_projects.source import MANIFEST_ENDINGS, Location
from pipes_projects.spelling import edits, nearest, obvious

_MOST: Final = 600
"""A folder with at most this many files can be searched for the right one in no time."""
_OTHER_ENDINGS: Final = frozenset(
    {".pyc", ".pyi", ".pyw", ".pyx", ".pyz", ".hy", ".p", ".pl", ".pm", ".ps"}
    | {".ash", ".csh", ".ksh", ".zsh", ".h", ".s", ".so"}
)
"""Endings of other languages that are one letter away from those that kinds run."""


class Wanted(NamedTuple):
    """What a manifest says about the script that it needs."""

    manifest: Manifest
    kind: Kind
    endings: tuple[str, ...] | None
    """The endings that the script may have; None for any."""
    kinds: Mapping[str, Kind] = {}
    """All kinds of the project."""
    suspicion: str = ""
    """Why the contract may be out of date."""


class ScriptFile(NamedTuple):
    """A script's path in the project; None, with findings, where it is missing."""

    path: str | None
    diagnostics: tuple[Diagnostic, ...] = ()


def wanted_script(
    manifest: Manifest, kind: Kind, data: Mapping[str, Any], kinds: Mapping[str, Kind]
) -> Wanted | None:
    """The script that a manifest needs, by its effective values; None where it needs none."""
    if not kind.takes_script or "script" in manifest.broken:
        return None
    return Wanted(manifest, kind, _endings(kind, data), kinds)


def find_script(wanted: Wanted, files: Files, suspicion: str = "") -> ScriptFile:
    """The file that is wanted; no other stage asks which files exist.

    The contract, which may be out of date, says which endings a kind runs.
    """
    wanted = wanted._replace(suspicion=suspicion)
    named = wanted.manifest.data.get("script")
    outcome = _named(wanted, named, files) if named is not None else _sibling(wanted, files)
    return ScriptFile(None, (outcome,)) if isinstance(outcome, Diagnostic) else ScriptFile(outcome)


def _endings(kind: Kind, data: Mapping[str, Any]) -> tuple[str, ...] | None:
    options = data.get(kind.name)
    if kind.any_ending_with and isinstance(options, dict) and options.get(kind.any_ending_with):
        return None
    return kind.endings


def _runs(name: str, endings: tuple[str, ...] | None) -> bool:
    ending = name[name.rfind(".") :]
    return ending not in MANIFEST_ENDINGS if endings is None else ending in endings


def _named(wanted: Wanted, named: str, files: Files) -> str | Diagnostic:
    manifest, endings = wanted.manifest, wanted.endings
    where = manifest.document.value(("script",))
    path = posixpath.normpath(posixpath.join(posixpath.dirname(manifest.path), named))
    if path.startswith("../") or path == "..":
        message = f"`{named}` is outside the project"
        help_ = "only what is inside the project is deployed with it: move the script there"
        return Diagnostic(Code.SCRIPT_OUTSIDE_PROJECT, message, where, help_)
    if not files.is_file(path):
        if what := files.oddity(path):
            return _odd(path, what, where)
        folder, name = posixpath.split(path)
        close = nearest(name, (file for file in _files_in(folder, files) if file != name))
        similar = f"a file with a similar name exists: `{close}`" if close else None
        rule = "a script is a file, and its path is relative to this one"
        help_ = similar or (UNEXPANDED if needs_a_shell(named) else rule)
        if not named.startswith("..") and files.is_file(posixpath.normpath(named)):
            there = posixpath.relpath(named, posixpath.dirname(manifest.path))
            help_ = f"the path is relative to this file: write `script: {there}`"
        elif moved := _moved(manifest, stem_of(name), [name], files):
            help_ = f"a file of this name is in another folder: write `script: {moved}`"
        names = [
            file for file in _all_files_in(folder, files) if file != name and _runs(file, endings)
        ]
        right = _meant(name, names, endings or ())
        correction = (
            Correction(where, posixpath.join(posixpath.dirname(named), right)) if right else None
        )
        is_folder = files.is_folder(path)
        message = f"there is no file `{path}`"
        if is_folder:
            message, help_ = f"`{path}` is a folder", "name the script in it"
        return Diagnostic(Code.MISSING_SCRIPT, message, where, help_, correction=correction)
    if not _runs(path, endings):
        ending = posixpath.splitext(path)[1]
        return _cannot_run(wanted, f"a `{ending}` file", where, ending)
    return path


def _sibling(wanted: Wanted, files: Files) -> str | Diagnostic | None:
    manifest, endings = wanted.manifest, wanted.endings
    folder, _, name = manifest.path.rpartition("/")
    stem = stem_of(name)
    siblings = [n for n in files.siblings(folder).get(stem, ()) if n != name]
    runnable = [n for n in siblings if _runs(n, endings)]
    if len(runnable) == 1:
        return f"{folder}/{runnable[0]}"
    where = Location(manifest.path)
    if runnable:
        names = " and ".join(f"`{n}`" for n in runnable)
        message = f"both {names} could be the script of `{name}`"
        help_ = f"say which: `script: {runnable[0]}`"
        return Diagnostic(Code.AMBIGUOUS_SCRIPT, message, where, help_)
    if not siblings and _is_copy(manifest, files):
        return None
    missing = _none(wanted, folder, stem, siblings, files)
    named = [file for file in _names(stem, files) if _runs(file, endings)]
    moved = _moved(manifest, stem, named, files) if not siblings else None
    help_ = f"a file of this name is in another folder: write `script: {moved}`"
    return missing._replace(help=help_) if moved else missing


def _names(stem: str, files: Files) -> list[str]:
    return [posixpath.basename(path) for path in files.named(stem)]


def _moved(manifest: Manifest, stem: str, names: list[str], files: Files) -> str | None:
    """The only file with this name that belongs to no other manifest, relative to the manifest."""
    free = [
        path
        for path in files.named(stem)
        if posixpath.basename(path) in names and not _has_manifest(path, stem, files)
    ]
    here = posixpath.dirname(manifest.path)
    return posixpath.relpath(free[0], here) if len(free) == 1 else None


def _is_copy(manifest: Manifest, files: Files) -> bool:
    """Whether a manifest is only a copy of one beside it, for which its name is reported."""
    folder, _, name = manifest.path.rpartition("/")
    original = copied(stem_of(name))
    if original is None or manifest.form is not SingleAssetManifest or "key" in manifest.data:
        return False
    return _has_manifest(f"{folder}/{original}", original, files)


def _has_manifest(path: str, stem: str, files: Files) -> bool:
    return any(
        file.endswith(MANIFEST_ENDINGS)
        for file in files.siblings(posixpath.dirname(path)).get(stem, ())
    )


def _none(wanted: Wanted, folder: str, stem: str, siblings: list[str], files: Files) -> Diagnostic:
    kind, endings, where = wanted.kind, wanted.endings, Location(wanted.manifest.path)
    for path in (f"{folder}/{stem}{ending}" for ending in kind.endings or ()):
        if what := files.oddity(path):
            return _odd(path, what, where)
    others = [n for n in siblings if not n.endswith(MANIFEST_ENDINGS)]
    if others:
        return _cannot_run(wanted, f"`{others[0]}`", where, posixpath.splitext(others[0])[1])
    for ending in endings or ():
        if files.is_folder(f"{folder}/{stem}{ending}"):
            message = f"`{stem}{ending}` is a folder, and a script is a file"
            help_ = f"name the script in it: `script: {stem}{ending}/main{ending}`, for example"
            return Diagnostic(Code.MISSING_SCRIPT, message, where, help_)
    expected = f"{stem}{(endings or ('.py',))[0]}"
    message = f"there is no script `{expected}` beside this manifest"
    close = nearest(expected, (n for n in _files_in(folder, files) if _runs(n, endings)))
    help_ = f"add `{expected}`, or name the script: `script: {close or 'path/to/script.py'}`"
    if stem.lower() in ("default", "defaults"):
        help_ = "the defaults of a folder are called `_defaults.yaml`: rename the file"
    return Diagnostic(Code.MISSING_SCRIPT, message, where, help_)


def _odd(path: str, what: str, where: Location) -> Diagnostic:
    """Something with the name of a script that is not one."""
    if what == LINK_OUT:
        help_ = "only what is in the project is deployed with it: put the script there"
        return Diagnostic(Code.SCRIPT_OUTSIDE_PROJECT, f"`{path}` is {what}", where, help_)
    help_ = "a script is a file, which is read whenever the project is loaded"
    return Diagnostic(Code.MISSING_SCRIPT, f"`{path}` is {what}, not a file", where, help_)


def _meant(name: str, names: list[str], endings: tuple[str, ...]) -> str | None:
    """The file that was certainly meant: its name has a typo in the stem, or else in the ending."""
    stem, ending = posixpath.splitext(name)
    if ending in endings:
        stems = {file.removesuffix(ending): file for file in names if file.endswith(ending)}
        return stems.get(obvious(stem, stems) or "")
    same = [file for file in names if posixpath.splitext(file)[0] == stem]
    if len(same) != 1 or ending in _OTHER_ENDINGS:
        return None
    right = posixpath.splitext(same[0])[1]
    return same[0] if len(right) > 2 and edits(ending, right, 1) == 1 else None


def _all_files_in(folder: str, files: Files) -> Iterator[str]:
    """All file names, among which to be sure of the right one: none where there are too many."""
    stems = files.siblings(folder)
    return (name for names in stems.values() for name in names) if len(stems) < _MOST else iter(())


def _files_in(folder: str, files: Files) -> Iterator[str]:
    """File names among which to look for a similar one: few enough to take no time."""
    stems = files.siblings(folder).values()
    return (name for names in islice(stems, 200) for name in names)


def _cannot_run(wanted: Wanted, what: str, where: Location, ending: str) -> Diagnostic:
    kind = wanted.kind
    if kind.any_ending_with:
        message = f"`kind: {kind.name}` does not know how to run {what}"
        help_ = f"name the program: `{kind.name}: {{{kind.any_ending_with}: my-program}}`"
        runners = (name for name, k in wanted.kinds.items() if k.endings and ending in k.endings)
        runner = next(runners, None)
        help_ += f", or the kind that runs such files: `kind: {runner}`" if runner else ""
    else:
        message = f"`kind: {kind.name}` does not run {what}"
        endings = " and ".join(f"`{ending}`" for ending in kind.endings or ())
        help_ = f"it runs files that end in {endings}"
    found = Diagnostic(Code.MISSING_SCRIPT, message, where, help_)
    return suspecting(found, wanted.suspicion)
