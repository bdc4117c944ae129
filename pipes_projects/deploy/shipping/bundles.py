"""A script → everything that is shipped with it, named by its content alone.

A bundle is the script, the modules of the project that it imports, and the files that `code_paths`
names, each at its path in the project: its folder in the store can be imported from as it is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from hashlib import sha256
from pathlib import Path
from types import MappingProxyType
from typing import Final, NamedTuple

from pipes_projects.analysis.code_version.parts import MOST_FILES, hash_of_many, python_path
from pipes_projects.analysis.imports.closure import IMPORTING, Closures
from pipes_projects.analysis.imports.remembered import RememberedStatements
from pipes_projects.analysis.imports.statements import Statements
from pipes_projects.deploy.errors import DeployError
from pipes_projects.deploy.shipping.contents import ShippedFiles
from pipes_projects.disk.code_paths import is_outside, matched, matched_links
from pipes_projects.disk.files import DiskFiles
from pipes_projects.project import Project, Script

STORE: Final = "store"
IN_PATHS: Final = 16
"""How many digits of a bundle's hash make up its folder's name."""


class Bundle(NamedTuple):
    """A script with everything that it needs."""

    script: str
    """Its path in the project."""
    main: str
    """The file to run: the script's own, or the one that it links to."""
    files: Mapping[str, str]
    """The hash of each file, by its path in the project."""
    hash: str
    """SHA-256 of the names, the contents, and what is executable, in hexadecimal."""
    parts: Mapping[str, str]
    """What is compared to say why a bundle differs, each with a hash: files, and code paths that
    stand for many files."""
    as_text: Mapping[str, str] = MappingProxyType({})
    """The hashes by which parts count in a code version, where these are others."""
    executable: tuple[str, ...] = ()
    """The files that can be run by their path."""
    generation: int = 0
    """See `Shipped`."""

    @property
    def folder(self) -> str:
        """Where it is on a storage."""
        return folder_of(self.hash, self.generation)


def folder_of(hash_: str, generation: int = 0) -> str:
    """Where the bundle with a hash is on a storage."""
    return f"{STORE}/{hash_[:IN_PATHS]}{f'-{generation}' if generation else ''}"


def hash_of(main: str, files: Mapping[str, str], executable: Iterable[str]) -> str:
    """The hash of a bundle, from the file to run, the hashes of all files by their paths, and which
    of them can be run."""
    marks = ((path, "executable") for path in executable)
    return _hash(((main, "main"), *marks, *files.items()))


def bundles_of(project: Project, root: Path) -> dict[str, Bundle]:
    """The bundle of each script that is a file and is run by Dagster, by the script's path.

    Raises `DeployError` for what cannot be read, and for links that lead out of the project.
    """
    memory = RememberedStatements(root)
    before = memory.read()
    bundler = _Bundler(root, before)
    bundles: dict[str, Bundle] = {}
    for script in project.scripts:
        if script.path is not None and script.runs:
            bundle = bundler.bundle(script, script.path)
            earlier = bundles.get(script.path)
            bundles[script.path] = _together(earlier, bundle) if earlier else bundle
    for helper in sorted(bundler.closures.unread):
        bundler.contents.hash(helper)  # says why it cannot be shipped
    memory.keep(bundler.closures.by_content, before)
    return bundles


def files_of(bundle: Bundle, root: Path) -> Iterator[tuple[str, bytes]]:
    """Each file's path on a storage, and its content; raises `DeployError` if that has changed
    since it was bundled."""
    contents = ShippedFiles(root)
    folder = bundle.folder
    for path, hash_ in bundle.files.items():
        data = contents.read(path)
        if sha256(data).hexdigest() != hash_:
            message = f"`{path}` was changed while it was shipped"
            raise DeployError(message, "run the command again: nothing was published")
        yield f"{folder}/{path}", data


class _Bundler:
    """Makes the bundles of one project; each file is read once."""

    def __init__(self, root: Path, remembered: Mapping[str, Statements]) -> None:
        self.contents = ShippedFiles(root)
        self.closures = Closures(root, remembered)
        self.files = DiskFiles(root)

    def bundle(self, script: Script, path: str) -> Bundle:
        """A script's bundle. The script is read here; of a file's hashes, the last counts."""
        main = self.contents.real(path)
        paths = {code_path.path: self._named(code_path.path) for code_path in script.code_paths}
        helpers = self._helpers(script, path, main) if path.endswith(IMPORTING) else {}
        files = {file: hash_ for named in paths.values() for file, hash_ in named.items()}
        files |= {**helpers, main: self.contents.hash(main)}
        parts = {**dict(_parts(paths)), **helpers, path: files[main]}
        executable = tuple(sorted(filter(self.contents.is_executable, files)))
        as_text = dict(self._as_text(parts, paths))
        return Bundle(
            path, main, files, hash_of(main, files, executable), parts, as_text, executable
        )

    def _as_text(
        self, parts: Mapping[str, str], paths: Mapping[str, Mapping[str, str]]
    ) -> Iterator[tuple[str, str]]:
        for path in parts:
            if path in paths and path not in paths[path]:
                yield path, hash_of_many({file: self._text_hash(file) for file in paths[path]})
            elif path in self.contents.with_marks:
                yield path, self._text_hash(path)

    def _text_hash(self, path: str) -> str:
        """The hash of a file as code versions have it."""
        is_plain = path not in self.contents.with_marks
        return (None if is_plain else self.closures.hash(path)) or self.contents.hash(path)

    def _helpers(self, script: Script, path: str, main: str) -> dict[str, str]:
        folders = tuple(python_path(script)) if script.options else ()
        found = self.closures.helpers(path, self.contents.text(path), folders, main)
        return {file: self.contents.hash(file) for file in found}

    def _named(self, path: str) -> dict[str, str]:
        """The files of a code path. A link is shipped as the file that it leads to; raises
        `DeployError` if that is not a file of the project."""
        if is_outside(path):
            return {}
        paths = (*matched(path, self.files), *matched_links(path, self.files.root))
        return {file: self.contents.hash(file) for file in paths}


def _parts(paths: Mapping[str, Mapping[str, str]]) -> Iterator[tuple[str, str]]:
    """A code path that stands for many files is a single part."""
    for path, files in paths.items():
        if len(files) > MOST_FILES:
            yield path, _hash(files.items())
        else:
            yield from files.items()


def _hash(files: Iterable[tuple[str, str]]) -> str:
    lines = (f"{hash_} {path}\n" for path, hash_ in sorted(files))
    return sha256("".join(lines).encode("utf-8", "surrogateescape")).hexdigest()


def _together(one: Bundle, other: Bundle) -> Bundle:
    """For two manifests of one script, with different code paths."""
    executable = tuple(sorted({*one.executable, *other.executable}))
    files, parts = {**one.files, **other.files}, {**one.parts, **other.parts}
    hash_, as_text = hash_of(one.main, files, executable), {**one.as_text, **other.as_text}
    return Bundle(one.script, one.main, files, hash_, parts, as_text, executable)
