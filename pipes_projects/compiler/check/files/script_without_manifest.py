"""Scripts that no manifest runs.

Only a hint, and a careful one: groups also hold what scripts import, call or read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from posixpath import dirname, join, normpath

from pipes_projects.codes import Code
from pipes_projects.compiler.check.files.runnable import ending_of, endings, exact_endings
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.kinds.notebook.cells import ENDING, code_in
from pipes_projects.project import Project, Script
from pipes_projects.source import MANIFEST_ENDINGS, Location

_TEST = re.compile(r"test_.*|.*[_.]test|conftest|setup", re.IGNORECASE)
_FILE = re.compile(rb"[\w-]+(?:\.[\w-]+)+")
_IMPORT = re.compile(rb"^[ \t]*(?:from|import|use|using|require|library)\b[^\r\n]*", re.MULTILINE)
_WORD = re.compile(rb"[\w-]+")
_QUOTED = re.compile(rb"""["'](?:[^"'\s]*/)?([\w-]+)["']""")
_DEFINITIONS = re.compile(
    rb"^[ \t]*(?:from|import)[ \t]+(?:dagster(?!_pipes\b)|pipes_projects)", re.MULTILINE
)
_NO_GROUP = ""
"""Stands for the group of a file directly in `defs/`, which scripts of all groups may use."""


def script_without_manifest(project: Project) -> Iterator[Diagnostic]:
    """Each script is in a group, and run by a manifest or used by other scripts of the group."""
    groups: dict[str, list[str]] = {}
    for path in _candidates(project):
        groups.setdefault(_group(dirname(path), project), []).append(path)
    known = endings(project) if groups else frozenset()
    alone: list[str] = []
    for group, paths in groups.items():
        scripts = _scripts_in(group, known, project)
        used = _used(paths, scripts) | _named_in_options(paths, group, project)
        alone += (path for path in paths if path not in used)
    elsewhere = _imported_elsewhere(alone, project)
    exact = exact_endings(project)
    yield from (_hint(path, exact, project) for path in alone if path not in elsewhere)


def _hint(path: str, exact: frozenset[str], project: Project) -> Diagnostic:
    folder, _, name = path.rpartition("/")
    stem, _, ending = name.rpartition(".")
    is_run = f".{ending}" in exact  # only if the case is the same
    right = name if is_run else f"{stem}.{ending.lower()}"
    message = f"no manifest runs `{name}`"
    if folder == project.defs:
        message += f", which is directly in `{folder}/`, outside any group"
        what = f"move it into a folder, whose name is the group: `{folder}/my_group/{right}`"
    else:
        first = "" if is_run else f"call it `{right}`: then "
        what = f"{first}an empty `{stem}{MANIFEST_ENDINGS[0]}` beside it makes it an asset"
    help_ = (
        f"{what}; what is not a script can be called `_{name}`, or listed under `ignore` in"
        " `[tool.pipes-projects]`"
    )
    return Diagnostic(Code.SCRIPT_WITHOUT_MANIFEST, message, Location(path), help_)


def _candidates(project: Project) -> Iterator[str]:
    """Files that look like scripts, without a manifest of their name or one that names them."""
    known, runs = endings(project), set(_run(project.scripts))
    seeking = {
        script.group
        for script in project.scripts
        if not script.path and _takes_script(script, project)
    }
    for folder, stems in project.files.folders.items():
        paths = [
            f"{folder}/{name}"
            for stem, names in stems.items()
            if not any(map(_is_yaml, names))
            for name in names
            if ending_of(name) in known
            if f"{folder}/{name}" not in runs and not _TEST.fullmatch(stem)
        ]
        if paths and _is_spoken_of(folder, seeking, project):
            kept = _outside_packages(paths, folder, project)
            yield from (file for file in kept if not _has_odd_manifest(file, project))


def _is_spoken_of(folder: str, seeking: set[str], project: Project) -> bool:
    """Whether none of the groups that lack a script may lack one of this folder."""
    if folder == project.defs:
        return not seeking
    return folder.startswith(f"{project.defs}/") and _group(folder, project) not in seeking


def _has_odd_manifest(path: str, project: Project) -> bool:
    """Whether something named like its manifest is no file of the project, such as a link out of
    it."""
    stem = path.rpartition(".")[0]
    return any(project.files.oddity(f"{stem}{ending}") for ending in MANIFEST_ENDINGS)


def _takes_script(script: Script, project: Project) -> bool:
    """Whether a script's file is missing: any of the files that nobody runs may be the one."""
    kind = project.kinds.get(script.kind)
    return kind is None or kind.takes_script


def _run(scripts: Iterable[Script]) -> Iterator[str]:
    for script in scripts:
        if script.path:
            yield script.path
        elif script.fields.script:  # a finding says why it cannot be run
            yield normpath(join(dirname(script.location.path), script.fields.script))


def _outside_packages(paths: list[str], folder: str, project: Project) -> Iterator[str]:
    """Without the modules of Python packages: folders with an `__init__.py` and no manifest."""
    names = (name for names in project.files.siblings(folder).values() for name in names)
    is_package = project.files.is_file(f"{folder}/__init__.py") and not any(map(_is_yaml, names))
    return (path for path in paths if not (is_package and path.endswith(".py")))


def _scripts_in(group: str, known: frozenset[str], project: Project) -> Iterator[tuple[str, bytes]]:
    """The files of a group that look like scripts, with their text."""
    within = f"{join(project.defs, group).rstrip('/')}/"
    for folder, stems in project.files.folders.items():
        if f"{folder}/".startswith(within):
            for name in (name for names in stems.values() for name in names):
                if ending_of(name) in known:
                    content = project.files.content(f"{folder}/{name}") or b""
                    yield f"{folder}/{name}", code_in(content) if _is_notebook(name) else content


def _used(paths: list[str], scripts: Iterable[tuple[str, bytes]]) -> set[str]:
    """Files that others import or name, and those that define Dagster assets themselves."""
    by_word: dict[bytes, list[str]] = {}
    for path in paths:
        name = path.rpartition("/")[2]
        for word in (name, name.rpartition(".")[0]):
            by_word.setdefault(word.encode("utf-8", "replace"), []).append(path)
    used, mine = set(), frozenset(paths)
    for path, content in scripts:
        if path in mine and _DEFINITIONS.search(content):
            used.add(path)
        for named in _words(content) & by_word.keys():
            used.update(other for other in by_word[named] if other != path)
        if used == mine:  # the others need not be read
            break
    return used


def _imported_elsewhere(paths: list[str], project: Project) -> set[str]:
    """Python modules that scripts of other groups import, or that `code_paths` names."""
    modules = [path for path in paths if path.endswith(".py")]
    named = {code_path.path for script in project.scripts for code_path in script.code_paths}
    used = {path for path in paths for prefix in named if f"{path}/".startswith(f"{prefix}/")}
    if modules:
        lines = (
            line
            for path in _that_import(project)
            for line in _IMPORT.findall(_python(path, project))
        )
        words = {word for line in lines for word in _WORD.findall(line)}
        used.update(
            module for module in modules if _stem(module).encode("utf-8", "replace") in words
        )
    return used


def _that_import(project: Project) -> list[str]:
    """The scripts that are run, and the file beside `defs/` that loads them."""
    run = {script.path for script in project.scripts if script.path}
    return sorted({*run, join(dirname(project.defs), "definitions.py")})


def _python(path: str, project: Project) -> bytes:
    """The Python in a script."""
    if not path.endswith(".py") and not _is_notebook(path):
        return b""
    content = project.files.content(path) or b""
    return code_in(content) if _is_notebook(path) else content


def _is_notebook(path: str) -> bool:
    return path.endswith(ENDING)


def _stem(path: str) -> str:
    return path.rpartition("/")[2].rpartition(".")[0]


def _words(content: bytes) -> set[bytes]:
    """File names that a script mentions, and those of the modules that it may import."""
    words = {*_FILE.findall(content), *_QUOTED.findall(content)}
    for line in _IMPORT.findall(content):
        words.update(_WORD.findall(line))
    return words


def _named_in_options(paths: list[str], group: str, project: Project) -> set[str]:
    """Files that manifests of their group name in options or extras."""
    of_group = (script for script in project.scripts if group in (script.group, _NO_GROUP))
    text = " ".join(repr((script.options, script.fields.extras)) for script in of_group)
    words = set(_FILE.findall(text.encode("utf-8", "replace")))
    return {path for path in paths if path.rpartition("/")[2].encode("utf-8", "replace") in words}


def _group(folder: str, project: Project) -> str:
    return f"{folder}/".removeprefix(f"{project.defs}/").partition("/")[0] or _NO_GROUP


def _is_yaml(name: str) -> bool:
    return name.lower().endswith(MANIFEST_ENDINGS)
