"""A project's texts → its manifests, and the defaults above each of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from pipes_projects.compiler.lower.defaults import Inherited
from pipes_projects.compiler.lower.layering import Layering
from pipes_projects.compiler.memory import Memory
from pipes_projects.compiler.parse.file_names import check_names, is_defaults, usable
from pipes_projects.compiler.validate.validation import Manifest, understand, unknown_defaults
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.contract import Contract
from pipes_projects.source import Sources


@dataclass(frozen=True)
class Manifests:
    """What the texts of a project say, each for itself."""

    contract: Contract
    memory: Memory
    scripts: tuple[Manifest, ...]
    """Those of scripts, in the order of the texts."""
    defaults: Mapping[str, Manifest]
    """The defaults of each folder that has any; those that nobody can read may say anything."""
    diagnostics: tuple[Diagnostic, ...]
    _above: dict[str, Inherited] = field(default_factory=dict)

    def above(self, manifest: Manifest) -> Inherited:
        """The defaults of the folders that a manifest is in, the outermost first."""
        folder = folder_of(manifest.path)
        if folder not in self._above:
            parts = folder.split("/")
            folders = ("/".join(parts[: end + 1]) for end in range(len(parts)))
            above = [self.defaults[it] for it in folders if it in self.defaults]
            self._above[folder] = self.memory.recall(folder, _inherited, self.contract, *above)
        return self._above[folder]

    def layering(self, path: str) -> Layering:
        """A script's manifest with what it inherits."""
        manifest = next(it for it in self.scripts if it.path == path)
        return Layering(manifest, self.above(manifest))


def _inherited(contract: Contract, *manifests: Manifest) -> Inherited:
    return Inherited(contract, manifests)


def read_manifests(sources: Sources, contract: Contract, memory: Memory) -> Manifests:
    """Every manifest and all defaults, with what is wrong in each of them alone."""
    files, found = usable(sources.manifests, sources.defs)
    read = [memory.recall(it.path, understand, it, contract) for it in files]
    manifests = [it.manifest for it in read if it.manifest]
    alone = (diagnostic for it in read for diagnostic in it.diagnostics)
    defaults = {folder_of(it.path): it for it in manifests if is_defaults(it.path)}
    for path in filter(is_defaults, paths_of(sources)):
        if folder_of(path) not in defaults:
            unknown = memory.recall(path, unknown_defaults, path, contract)
            defaults[folder_of(path)] = unknown
    return Manifests(
        contract,
        memory,
        tuple(it for it in manifests if not is_defaults(it.path)),
        defaults,
        (*found, *check_names(files, sources.defs), *alone),
    )


def paths_of(sources: Sources) -> Iterator[str]:
    """Every file that is a manifest by its name, readable or not."""
    yield from (it.path for it in sources.manifests)
    yield from (it.path for it in sources.unreadable)


def folder_of(path: str) -> str:
    """The folder that a file is in."""
    return path.rpartition("/")[0]
