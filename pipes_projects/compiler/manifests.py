"""The texts of a project → its manifests, and the defaults above each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from pipes_projects.compiler.lower.inheritance.defaults import Inherited
from pipes_projects.compiler.lower.inheritance.inherited_size import limited
from pipes_projects.compiler.lower.inheritance.layering import Layering, layering_of
from pipes_projects.compiler.memory import Memory, reader_of
from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.parse.file_names import check_names, is_defaults, usable
from pipes_projects.compiler.parse.misnamed import misnamed_files
from pipes_projects.compiler.validate.other_yaml import has_script_beside, no_manifest
from pipes_projects.compiler.validate.validation import (
    Manifest,
    Validated,
    understand,
    unknown_defaults,
)
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import Files
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import Defaults
from pipes_projects.source import SourceFile, Sources


@dataclass(frozen=True)
class Manifests:
    """What the texts of a project say, each by itself."""

    contract: Contract
    memory: Memory
    of_scripts: Mapping[str, Manifest]
    """The manifests of scripts by path, in the order of the texts."""
    defaults: Mapping[str, Manifest]
    """The defaults of each folder that has any; an unreadable one may say anything."""
    paths: tuple[str, ...]
    """Every file with a name like that of a manifest or defaults, readable or not."""
    diagnostics: tuple[Diagnostic, ...]
    _above: dict[str, Inherited] = field(default_factory=dict)

    @property
    def documents(self) -> Mapping[str, Document]:
        """The documents of all manifests and defaults, by path."""
        manifests = (*self.of_scripts.values(), *self.defaults.values())
        return {manifest.path: manifest.document for manifest in manifests}

    def above(self, path: str) -> Inherited:
        """The defaults in the folders above a manifest, the outermost first."""
        folder = folder_of(path)
        if folder not in self._above:
            parts = folder.split("/")
            folders = ("/".join(parts[: end + 1]) for end in range(len(parts)))
            above = [self.defaults[folder] for folder in folders if folder in self.defaults]
            self._above[folder] = self.memory.recall(folder, _inherited, self.contract, *above)
        return self._above[folder]

    def layering(self, path: str) -> Layering:
        """The layers of a script's manifest."""
        return layering_of(self.of_scripts[path], self.above(path))


def _inherited(contract: Contract, *manifests: Manifest) -> Inherited:
    return Inherited(contract, manifests)


def read_manifests(sources: Sources, contract: Contract, memory: Memory) -> Manifests:
    """Every manifest and all defaults, with what is wrong in each of them by itself."""
    files, found = usable(sources.manifests, sources.defs)
    misnamed = tuple(misnamed_files(sources, contract.kinds))
    paths = (*paths_of(sources), *(file.meant for file in misnamed))
    read = [_understood(file, sources.files, contract, memory) for file in files]
    alone = (diagnostic for result in read for diagnostic in result.diagnostics)
    manifests = {result.manifest.path: result.manifest for result in read if result.manifest}
    defaults = {
        folder_of(path): manifest
        for path, manifest in manifests.items()
        if manifest.form is Defaults
    }
    for path in paths:
        if path not in manifests and is_defaults(path) and folder_of(path) not in defaults:
            unknown = memory.recall(path, unknown_defaults, path, contract)
            defaults[folder_of(path)] = unknown
    whole = Manifests(
        contract,
        memory,
        {path: manifest for path, manifest in manifests.items() if manifest.form is not Defaults},
        defaults,
        paths,
        (
            *found,
            *(file.diagnostic for file in misnamed),
            *check_names(files, sources.defs),
            *alone,
        ),
    )
    return _limited(whole)


def _limited(whole: Manifests) -> Manifests:
    """Without the assets of files in which inherited values would grow too much."""
    scripts = dict(whole.of_scripts)
    found = list(whole.diagnostics)
    for path, manifest in whole.of_scripts.items():
        if len(manifest.data.get("assets") or ()) > 1:
            kept = whole.memory.recall(path, limited, manifest, whole.above(path))
            scripts[path] = kept.manifest
            found += kept.diagnostics
    return replace(whole, of_scripts=scripts, diagnostics=tuple(found))


def _understood(source: SourceFile, files: Files, contract: Contract, memory: Memory) -> Validated:
    """What a text says; only that it is no manifest, if it is not and has no script beside it."""
    understood = memory.recall(source.path, understand, source, contract, reader_of(memory))
    if understood.is_other and not has_script_beside(source.path, files):
        return Validated(None, (no_manifest(source.path),))
    return understood


def paths_of(sources: Sources) -> Iterator[str]:
    """Every file that has the name of a manifest, readable or not."""
    yield from (manifest.path for manifest in sources.manifests)
    yield from (file.path for file in sources.unreadable)


def folder_of(path: str) -> str:
    """The folder that a file is in."""
    return path.rpartition("/")[0]
