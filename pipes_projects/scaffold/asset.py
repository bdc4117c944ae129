"""A new asset: what `new` writes, and what it finds in the project."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from pipes_projects.compiler.parse.file_names import RESERVED
from pipes_projects.disk.files import Files
from pipes_projects.kinds import DEFAULT
from pipes_projects.manifest.contract import Contract, Kind
from pipes_projects.scaffold.pipes import LANGUAGES, Language
from pipes_projects.scaffold.starters import PROGRAMS, starter
from pipes_projects.scaffold.yaml_text import word
from pipes_projects.source import MANIFEST_ENDINGS, SourceFile
from pipes_projects.spelling import similar

_GROUP: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9_]*")
_ASSET: Final = re.compile(r"[A-Za-z0-9-][A-Za-z0-9_.-]*")
_ENDING: Final = re.compile(r"\.[A-Za-z][A-Za-z0-9]{0,4}$")
_ALLOWED: Final = "a group has letters, digits and `_`, an asset's name `-` and `.` too"
_DESCRIPTION: Final = "description: What this asset is, in a sentence.\n"


class InvalidNameError(ValueError):
    """The requested asset cannot be created."""


class AssetRequest(NamedTuple):
    """What the user of `new` asks for."""

    name: str
    """`group/asset`, or a script in the group: `group/asset.sh`."""
    assets: tuple[str, ...] = ()
    """The assets of the script, if it makes several."""
    deps: tuple[str, ...] = ()
    kind: str | None = None
    language: str | None = None
    """The language of a script that speaks Pipes, unless the ending says all."""


class NewAsset(NamedTuple):
    """A manifest to write, and its script, which may exist already or start from a template."""

    manifest: SourceFile
    script: str | None
    text: str | None
    kind: Kind
    doubt: str | None = None
    """Why the script cannot be run, unless the defaults above it name a program."""
    helper: SourceFile | None = None
    """What speaks Pipes for the script; it may exist already."""


class _Place(NamedTuple):
    folder: str
    stem: str
    ending: str | None


def check_asset_name(name: str) -> None:
    """Raises `InvalidNameError` unless this is `group/asset` in characters that file names may
    have."""
    group, _, asset = name.partition("/")
    if not _GROUP.fullmatch(group) or not _ASSET.fullmatch(asset):
        raise InvalidNameError(f"`{name}` is not `group/asset`: {_ALLOWED}")
    if asset in RESERVED:
        raise InvalidNameError(f"an asset cannot be called `{asset}`: {RESERVED[asset]}")


def check_group(name: str) -> None:
    """Raises `InvalidNameError` unless a folder with this name can be a group."""
    if not _GROUP.fullmatch(name):
        raise InvalidNameError(f"`{name}` is not a group: it has letters, digits and `_`")


def new_asset(request: AssetRequest, defs: str, files: Files, contract: Contract) -> NewAsset:
    """What to write for a request; raises `InvalidNameError` if that is unclear."""
    _check_kind(request.kind, contract)
    kind = contract.kinds.get(request.kind or "")
    place = _place(request.name.removeprefix(f"{defs}/"), kind, contract)
    place = _in_language(place, request)
    group = place.folder.partition("/")[0]
    if not group or not place.stem:
        raise InvalidNameError(f"`{request.name}` is not `group/asset`: {_ALLOWED}")
    check_asset_name(f"{group}/{place.stem}")
    folder = f"{defs}/{place.folder}"
    there = list(files.siblings(folder).get(place.stem, ()))
    taken = [f"{folder}/{name}" for name in there if name.lower().endswith(MANIFEST_ENDINGS)]
    if taken:
        raise InvalidNameError(f"{taken[0]} already exists")
    keys = [f"{group}/{name}" for name in request.assets or (place.stem,)]
    if kind and not kind.takes_script:
        return NewAsset(_manifest(request, f"{folder}/{place.stem}", kind.name), None, None, kind)
    script, kind = _script(place, kind, there, contract)
    doubt = None if _runs(kind, script) else _cannot_run(place, contract)
    rivals = [name for name in there if name != script and _runs(kind, name)]
    named = script if rivals else None
    language = LANGUAGES.get(request.language or "") if script not in there else None
    manifest = _manifest(request, f"{folder}/{place.stem}", kind.name, named, language)
    text = None if script in there else _starter(script, keys, language, kind)
    if text is not None and place.folder != group:
        message = f"`{request.name}` is not `group/asset`, and there is no `{folder}/{script}`"
        raise InvalidNameError(message)
    helper = SourceFile(f"{folder}/{language.helper}", language.helper_text) if language else None
    return NewAsset(manifest, f"{folder}/{script}", text, kind, doubt, helper)


def _starter(script: str, keys: list[str], language: Language | None, kind: Kind) -> str:
    """Empty for an unknown language, and for what a service starts in a way of its own."""
    if language:
        return language.script(keys)
    ending = _ending_of(script)
    return "" if ending in PROGRAMS and not kind.any_ending_with else starter(ending, keys)


def _check_kind(name: str | None, contract: Contract) -> None:
    if name is not None and name not in contract.kinds:
        hint = similar(name, contract.kinds, "a kind") or f"there are {_listed(contract.kinds)}"
        raise InvalidNameError(f"no kind is called `{name}`; {hint}")


def _place(name: str, kind: Kind | None, contract: Contract) -> _Place:
    """The folder, the name and the ending in the name of a request."""
    folder, _, last = name.rpartition("/")
    known = sorted(_endings(contract), key=len)
    ending = next((end for end in reversed(known) if last.endswith(end) and last != end), None)
    if ending and kind and not kind.takes_script:
        message = f"`kind: {kind.name}` has no script: write `{name.removesuffix(ending)}`"
        raise InvalidNameError(message)
    if ending is None and (not kind or kind.takes_script):
        ending = _unknown_ending(name, last)
    return _Place(folder, last.removesuffix(ending or ""), ending)


def _in_language(place: _Place, request: AssetRequest) -> _Place:
    """The place, with the ending of scripts in the language that is asked for."""
    if request.language is None:
        return place
    language = LANGUAGES.get(request.language)
    ending = language.ending if language else ".py"
    if place.ending not in (None, ending):
        message = (
            f"`{request.name}` is not a script in {request.language}: that ends with `{ending}`"
        )
        raise InvalidNameError(message)
    return place._replace(ending=ending)


def _unknown_ending(name: str, last: str) -> str | None:
    """What looks like the ending of a script, although no kind runs it."""
    found = _ENDING.search(last)
    if found and found[0] in MANIFEST_ENDINGS:
        message = f"`{name}` is a manifest: name the asset, `{name.removesuffix(found[0])}`"
        raise InvalidNameError(f"{message}, or its script")
    return found[0] if found else None


def _cannot_run(place: _Place, contract: Contract) -> str:
    name = f"{place.folder}/{place.stem}{place.ending}"
    return (
        f"no kind of this project runs `{place.ending}` files (those that do run are"
        f" {_listed(dict.fromkeys(_endings(contract)))}); if `{place.ending}` is part of the"
        f" asset's name, add the ending of its script: `{name}.py`"
    )


def _script(
    place: _Place, kind: Kind | None, there: list[str], contract: Contract
) -> tuple[str, Kind]:
    """The script's name, and the kind that runs it."""
    if place.ending is not None:
        name = f"{place.stem}{place.ending}"
        return name, kind or _kind_for(name, place, contract)
    kinds = [kind] if kind else list(_runners(contract))
    runnable = [name for name in there if any(_runs(runner, name) for runner in kinds)]
    if len(runnable) > 1:
        example = f"{place.folder}/{runnable[0]}"
        raise InvalidNameError(
            f"{_listed(runnable, 'and')} could each be the script: say which, as in `{example}`"
        )
    if runnable:
        return runnable[0], kind or _kind_for(runnable[0], place, contract)
    kind = kind or contract.kinds.get(DEFAULT) or next(_runners(contract), None)
    if kind is None:
        raise InvalidNameError("no kind of this project takes a script")
    return f"{place.stem}{(kind.endings or ('.py',))[0]}", kind


def _kind_for(script: str, place: _Place, contract: Contract) -> Kind:
    kinds = [kind for kind in _runners(contract) if _runs(kind, script)]
    kinds = kinds or [kind for kind in _runners(contract) if kind.any_ending_with]
    if not kinds:
        raise InvalidNameError(_cannot_run(place, contract))
    usual = [kind for kind in kinds if kind.name == DEFAULT] or list(_ready(kinds))
    usual = usual or _by_program(script, contract) or kinds
    if len(usual) > 1:
        names = _listed([kind.name for kind in usual], "and")
        raise InvalidNameError(f"the kinds {names} all run `{script}`: say which, with --kind")
    return usual[0]


def _by_program(script: str, contract: Contract) -> list[Kind]:
    """The usual kind, if the manifest can name a program for it that runs the script."""
    usual = contract.kinds.get(DEFAULT)
    may = usual and usual.any_ending_with and _ending_of(script) in PROGRAMS
    return [usual] if usual and may else []


def _ready(kinds: list[Kind]) -> Iterator[Kind]:
    """Those that run a script of which nothing more is said."""
    return (kind for kind in kinds if not (kind.options and kind.options.required))


def _runners(contract: Contract) -> Iterator[Kind]:
    return (kind for kind in contract.kinds.values() if kind.takes_script)


def _endings(contract: Contract) -> list[str]:
    return [ending for kind in _runners(contract) for ending in kind.endings or ()]


def _ending_of(name: str) -> str:
    return name[name.rfind(".") :]


def _runs(kind: Kind, name: str) -> bool:
    if kind.endings is None:
        return not name.endswith(MANIFEST_ENDINGS)
    return _ending_of(name) in kind.endings


def _manifest(
    request: AssetRequest,
    stem: str,
    kind: str,
    script: str | None = None,
    language: Language | None = None,
) -> SourceFile:
    lines = [f"kind: {word(kind)}\n"]
    if script:
        lines.append(f"script: {word(script)}\n")
    if language:
        lines.append(f"code_paths: [{language.helper}]\n")
    if request.deps:
        lines.append(f"deps: [{', '.join(map(word, dict.fromkeys(request.deps)))}]\n")
    if not request.assets:
        return SourceFile(f"{stem}.yaml", "".join((*lines, _DESCRIPTION)))
    named = [f"  {word(name)}:\n    {_DESCRIPTION}" for name in dict.fromkeys(request.assets)]
    return SourceFile(f"{stem}.yaml", "".join((*lines, "assets:\n", *named)))


def _listed(names: Iterable[str], joint: str = "") -> str:
    quoted = [f"`{name}`" for name in names]
    if not joint or len(quoted) < 2:
        return ", ".join(quoted)
    return f"{', '.join(quoted[:-1])} {joint} {quoted[-1]}"
