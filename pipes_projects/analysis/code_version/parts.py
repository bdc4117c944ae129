"""A script → the parts that its code version is made of, each with its hash.

The parts are the script, the modules of the project that it imports, the files that `code_paths`
names, and the values of extras, defaults of params and options of its kind. Secrets, and what looks
like one, are left out.
"""

from __future__ import annotations

import json
import os
import re
from collections.abc import Iterable, Iterator, Mapping
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from posixpath import dirname, join, normpath
from typing import Any, Final, NamedTuple

from pipes_projects.analysis.imports.closure import IMPORTING, Closures
from pipes_projects.analysis.script_text import ScriptText, read_script
from pipes_projects.disk.code_paths import is_outside, matched
from pipes_projects.disk.files import DiskFiles
from pipes_projects.project import Script

RECORDED_AS: Final = "pipes_projects/code"
"""The metadata key under which materializations record the parts, each with its hash."""
SHORT: Final = 12
"""How many digits of a hash are recorded: enough to tell it from others."""
MOST_FILES: Final = 50
"""A pattern that matches more files than this is a single part."""
_SECRET: Final = re.compile(
    r"(.*[_.-])?(secrets?|passw(or)?d|token|credentials?|(api|private|access)[_-]?key)([_.-].*)?",
    re.IGNORECASE,
)


class CodePart(NamedTuple):
    """Something that the code version covers."""

    name: str
    """The path of a file, or the field and key of a value, such as `extras.region`."""
    hash: str
    """SHA-256, in hexadecimal."""
    why: str
    """Why it is a part: `script`, `import`, `code_paths`, or the field that the value is in."""


class Given(NamedTuple):
    """The values that a script is run with."""

    extras: Mapping[str, Any]
    params: Mapping[str, Any]
    """The default of each parameter."""
    code_paths: Iterable[str]
    """Relative to the project."""


class CoveredCode(NamedTuple):
    """All that a code version covers."""

    parts: tuple[CodePart, ...] = ()

    @property
    def version(self) -> str | None:
        """A hash of everything; for a script alone, that of its content. None where no file is
        known that makes the result."""
        if not any(part.why in FILES for part in self.parts):
            return None
        if [part.why for part in self.parts] == ["script"]:
            return self.parts[0].hash
        return _hash(sorted((part.name, part.hash) for part in self.parts))

    def short(self) -> dict[str, str]:
        """The parts with shortened hashes, as recorded for a run."""
        return {part.name: part.hash[:SHORT] for part in self.parts}


FILES: Final = frozenset({"script", "import", "code_paths"})
"""Reasons for a file to be a part; parts with other reasons are values."""


def recorded(code: CoveredCode, written: str | None = None) -> dict[str, str]:
    """What is recorded for a run: the parts, or the fact that the version was written by hand."""
    return {"code_version": _hash(written)[:SHORT]} if written else code.short()


class CodeReader:
    """Reads the code of a project's scripts: each file once, except for the scripts themselves."""

    def __init__(self, root: Path) -> None:
        self.root = root
        self.closures = Closures(root)
        self.files = DiskFiles(root)

    def code(
        self, script: Script, content: ScriptText | None = None, given: Given | None = None
    ) -> CoveredCode:
        """What the code version of a script covers; raises `ScriptUnreadableError`.

        `content` is the script's, if it has been read already; `given` are the values, if the
        owner's classes have changed what the manifest says.
        """
        if content is None and script.path is not None:
            content = read_script(self.root, script.path)
        given = given or given_by(script)
        files = {file.name: file for file in self._files(script, content, given.code_paths)}
        return CoveredCode((*files.values(), *_values(script, given)))

    def _files(
        self, script: Script, content: ScriptText | None, code_paths: Iterable[str]
    ) -> Iterator[CodePart]:
        """Of parts with the same name, such as a helper in `code_paths`, the last one counts."""
        for path in code_paths:
            yield from self._named(path)
        if script.path is None or content is None:
            return
        if script.path.endswith(IMPORTING):
            found = self.closures.helpers(script.path, content, tuple(python_path(script)))
            yield from (CodePart(of_file(path), hash_, "import") for path, hash_ in found.items())
        yield CodePart(of_file(script.path), content.hash, "script")

    def _named(self, path: str) -> Iterator[CodePart]:
        """The files that a code path matches; if there are many, a single part for all."""
        paths = () if is_outside(path) else matched(path, self.files)
        hashes = {file: found for file in paths if (found := self.closures.hash(file))}
        if len(hashes) > MOST_FILES:
            yield CodePart(of_file(path), hash_of_many(hashes), "code_paths")
        else:
            yield from (
                CodePart(of_file(file), found, "code_paths") for file, found in hashes.items()
            )


def given_by(script: Script) -> Given:
    """The values as the manifest gives them."""
    fields = script.fields
    params = {
        name: param.default for name, param in (fields.params or {}).items() if param is not None
    }
    return Given(fields.extras or {}, params, [path.path for path in script.code_paths])


def _values(script: Script, given: Given) -> Iterator[CodePart]:
    if not (given.extras or given.params or script.options):
        return
    secrets = frozenset(secret.name for secret in script.fields.secrets or ())
    options = _without_secrets(script.options, secrets)
    named = (("extras", given.extras), ("params", given.params), (script.kind, options))
    for field, values in named:
        for name, value in values.items():
            if value is not None:
                yield CodePart(f"{field}.{name}", _hash_of_value(value), field)


def _without_secrets(value: Any, secrets: frozenset[str]) -> Any:
    """A value without the entries that are listed as secrets, or have names that look like
    secrets."""
    if isinstance(value, Mapping):
        return {
            str(key): _without_secrets(part, secrets)
            for key, part in value.items()
            if not _is_secret(str(key), secrets)
        }
    if isinstance(value, list | tuple):
        return [_without_secrets(part, secrets) for part in value]
    return value


def _is_secret(name: str, secrets: frozenset[str]) -> bool:
    return name in secrets or _SECRET.fullmatch(name) is not None


def python_path(script: Script) -> Iterator[str]:
    """The folders of the project in a literal PYTHONPATH; relative ones are resolved from where the
    script runs."""
    env = script.options.get("env")
    written = env.get("PYTHONPATH") if isinstance(env, Mapping) else None
    folder = script.options.get("cwd") or dirname(script.path or "")
    for path in str(written or "").split(os.pathsep):
        if path and not path.startswith(("/", "~")) and "{" not in path:
            yield normpath(join(str(folder), path))


def of_file(path: str) -> str:
    """The name of a file's part, which no value can have."""
    return path if "/" in path else f"./{path}"


def hash_of_many(hashes: Mapping[str, str]) -> str:
    """The hash of the part that stands for many files, from their hashes by path."""
    return _hash(sorted(hashes.items()))


def _hash(value: Any) -> str:
    return sha256(_JSON.encode(value).encode()).hexdigest()


def _hash_of_value(value: Any) -> str:
    """Many scripts of a project have the same ones."""
    return _hash_again(value) if type(value) in _REPEATED else _hash(value)


_hash_again = lru_cache(typed=True)(_hash)


def _kind_of(value: object) -> str:
    """Of an owner's object, which may be a new one each time, only its type counts."""
    return type(value).__qualname__


_REPEATED: Final = frozenset({str, int, bool})
_JSON: Final = json.JSONEncoder(sort_keys=True, ensure_ascii=True, default=_kind_of)
