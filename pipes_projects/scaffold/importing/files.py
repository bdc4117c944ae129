"""What an import writes: manifests beside copies of their scripts, and what they need."""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Final, NamedTuple

from pipes_projects.compiler.parse.comments import comments
from pipes_projects.compiler.parse.file_names import RESERVED
from pipes_projects.disk.boundary import leads_out
from pipes_projects.kinds.subprocess import INTERPRETERS
from pipes_projects.manifest.contract import AUTOMATION_CONDITIONS
from pipes_projects.scaffold.importing.imported import (
    ImportedProject,
    ImportedScript,
    PublishedCode,
    Remark,
)
from pipes_projects.scaffold.importing.manifest_text import manifest_text
from pipes_projects.scaffold.yaml_text import word
from pipes_projects.source import MANIFEST_ENDINGS

COMPONENT: Final = "pipes_projects.components.PipesProjectComponent"
DEFS, DEFAULTS, OWNER, CLASS = "defs.yaml", "_defaults.yaml", "owner.py", "ImportedProject"
_NOT_COPIED: Final = frozenset({"__pycache__", DEFS, "defs.yml", "component.yaml"})


class NewFiles(NamedTuple):
    """What is written, by path from the project's folder."""

    texts: Mapping[str, str]
    copies: Mapping[str, Path]
    """Files that are copied as they are."""
    remarks: tuple[Remark, ...] = ()


def new_files(found: ImportedProject, into: Path) -> NewFiles:
    """All files of an import into a folder for groups."""
    texts: dict[str, str] = {}
    copies: dict[Path, Path] = {}
    remarks: list[Remark] = []
    taken = set[str]()
    homes = _homes(found, into, copies)
    for script in found.scripts:
        folder = homes[script.file.parent]
        if not folder.is_relative_to(into / script.group):
            folder = into / _folder(script, found.folder)
        path = _manifest(folder, script, taken)
        at = _at(script.script, homes)
        named = {} if _is_found(at, path) else {"script": _relative(at, folder)}
        if any(_is_rival(path, copy) for copy in copies):
            named = {"script": _relative(at, folder)}
        remarks += _not_copied(script.file.parent, found.root)
        texts[_key(path, found)] = _text(script, named)
    texts.update(_external(found, into))
    texts.update({_key(into / name, found): text for name, text in _around(found, into).items()})
    return NewFiles(
        texts,
        {_key(path, found): source for path, source in copies.items()},
        tuple(dict.fromkeys(remarks)),
    )


def _homes(found: ImportedProject, into: Path, copies: dict[Path, Path]) -> dict[Path, Path]:
    """Where each component's folder is copied to: once, whatever the groups of its assets. Its
    files are added to `copies`."""
    homes: dict[Path, Path] = {}
    for script in found.scripts:
        home = script.file.parent
        if home not in homes:
            homes[home] = _free(home, script, found, into, {*homes.values(), *copies})
            copies.update(_copies(home, homes[home], found.root))
    return homes


def _free(
    home: Path, script: ImportedScript, found: ImportedProject, into: Path, taken: set[Path]
) -> Path:
    """A folder of the group in which no other component has its files."""
    folder = wanted = into / _folder(script, found.folder)
    above = wanted if wanted.parent == into else wanted.parent
    number = 2
    while folder in taken or any(
        path in taken or path.exists() for path, _ in _copies(home, folder, found.root)
    ):
        folder, number = above / f"{wanted.name}_{number}", number + 1
    return folder


def _text(script: ImportedScript, named: Mapping[str, str]) -> str:
    text = manifest_text(script, comments(script.file.read_text("utf-8")))
    lines = "".join(f"{key}: {word(value)}\n" for key, value in named.items())
    return f"{lines}{text}"


def _key(path: Path, found: ImportedProject) -> str:
    return path.relative_to(found.root).as_posix()


def _folder(script: ImportedScript, defs: Path) -> Path:
    """Below the group, the folder that it was in: names that begin with `_` are not read."""
    parts = script.file.parent.relative_to(defs).parts
    parts = parts[1:] if parts[:1] == (script.group,) else parts
    return Path(script.group, *(part.lstrip("_.") or "x" for part in parts))


def _manifest(folder: Path, script: ImportedScript, taken: set[str]) -> Path:
    """A path that no other manifest has."""
    name = stem = f"{script.name}_" if script.name in RESERVED else script.name
    number = 2
    while f"{folder}/{name}" in taken or (folder / f"{name}.yaml").exists():
        name, number = f"{stem}_{number}", number + 1
    taken.add(f"{folder}/{name}")
    return folder / f"{name}.yaml"


def _at(script: Path, homes: Mapping[Path, Path]) -> Path:
    """Where a script will be: in the copy of a component's folder, or where it is."""
    for home, folder in homes.items():
        if script.is_relative_to(home):
            return folder / script.relative_to(home)
    return script


def _is_found(script: Path, manifest: Path) -> bool:
    """Whether a script needs no name: it is beside its manifest, and no other could be meant."""
    return script == manifest.with_suffix(".py")


def _is_rival(manifest: Path, copy: Path) -> bool:
    runs = copy.suffix in INTERPRETERS and copy.suffix != ".py"
    return runs and copy.with_suffix(".yaml") == manifest


def _relative(path: Path, folder: Path) -> str:
    return Path(os.path.relpath(path, folder)).as_posix()


def _copies(home: Path, folder: Path, root: Path) -> Iterator[tuple[Path, Path]]:
    for path in _files(home):
        if not _why_not(path, root):
            yield folder / path.relative_to(home), path


def _not_copied(home: Path, root: Path) -> Iterator[Remark]:
    for path in _files(home):
        if why := _why_not(path, root):
            yield Remark(path, 0, f"not copied: {why}")


def _why_not(path: Path, root: Path) -> str | None:
    if path.name.endswith(MANIFEST_ENDINGS):
        return "among manifests, it would be read as one"
    if leads_out(path, root):
        return "this link leads out of the project"
    return None if path.is_file() else "this is not a regular file"


def _files(home: Path) -> Iterator[Path]:
    for folder, folders, names in os.walk(home):
        folders[:] = sorted(name for name in folders if name not in _NOT_COPIED)
        yield from (Path(folder, name) for name in sorted(names) if name not in _NOT_COPIED)


def _external(found: ImportedProject, into: Path) -> Iterator[tuple[str, str]]:
    """What nothing makes is declared as made elsewhere, in the group that it has."""
    for key in found.unmade:
        name = re.sub(r"[^A-Za-z0-9_.-]", "_", key.replace("/", "__")).lstrip("_.") or "asset"
        own = "" if key == f"default/{name}" else f"key: {word(key)}\n"
        yield _key(into / "default" / f"{name}.yaml", found), f"kind: external\n{own}"


def _around(found: ImportedProject, into: Path) -> dict[str, str]:
    """The component, what all scripts have in common, and the owner's class if one is needed."""
    code = found.code
    attributes = {"path": "."}
    if code.partitions_defs or code.automation_conditions:
        attributes["project"] = f".{OWNER.removesuffix('.py')}.{CLASS}"
    if _needs_others(found):
        attributes["sees_others"] = "true"
    lines = "".join(f"  {name}: {value}\n" for name, value in attributes.items())
    files = {
        DEFS: f"type: {COMPONENT}\n\nattributes:\n{lines}",
        DEFAULTS: _DEFAULTS.format(cwd=_relative(found.root, into)),
    }
    return {**files, OWNER: _owner(code)} if "project" in attributes else files


def _needs_others(found: ImportedProject) -> bool:
    return any(not found.others.isdisjoint(_deps(script)) for script in found.scripts)


def _deps(script: ImportedScript) -> Iterator[str]:
    for part in (script.manifest, *script.manifest.get("assets", {}).values()):
        yield from part.get("deps", ())


def _owner(code: PublishedCode) -> str:
    methods = []
    if code.partitions_defs:
        methods.append(_method("partitions_defs", "", code.partitions_defs))
    if code.automation_conditions:
        inherited = "            **super().automation_conditions(),\n"
        methods.append(_method("automation_conditions", inherited, code.automation_conditions))
    return _OWNER + "\n".join(methods)


def _method(name: str, inherited: str, values: Mapping[str, str]) -> str:
    rows = "".join(
        f'{_OURS if key in AUTOMATION_CONDITIONS else ""}            "{key}": {value},\n'
        for key, value in values.items()
    )
    return (
        f"    @classmethod\n    def {name}(cls):\n        return {{\n{inherited}{rows}        }}\n"
    )


_OURS: Final = (
    "            # As in `dg`: without this line, it would wait for blocking checks to pass, too.\n"
)
_DEFAULTS: Final = """\
# `dg` ran the scripts in the folder in which it was started itself.
subprocess:
  cwd: {cwd}
"""
_OWNER: Final = f"""\
import dagster as dg
from pipes_projects import PipesProject


class {CLASS}(PipesProject):
    \"\"\"What the manifests here refer to by name.\"\"\"

"""
