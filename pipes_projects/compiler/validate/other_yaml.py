"""YAML that stands among the manifests, and is none: settings, schemas, files of other tools."""

from __future__ import annotations

from itertools import islice
from typing import Any, Final

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.parse.file_names import is_defaults, stem_of
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.files import Files
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import FIELDS, MultiAssetManifest, SingleAssetManifest
from pipes_projects.source import MANIFEST_ENDINGS, Location
from pipes_projects.spelling import obvious

_FEW: Final = 20
"""Keys that are compared with those of manifests: no manifest has many more."""
_FIELDS = FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest]


def no_manifest(path: str) -> Diagnostic:
    """What is said of a file that is clearly no manifest."""
    name = path.rpartition("/")[2]
    message = f"`{name}` is not a manifest: it has no key of one, and no script beside it"
    help_ = (
        f"call it `_{name}`, or list it in pyproject.toml, under `[tool.pipes-projects]`:"
        f' `ignore = ["{path}"]`'
    )
    return Diagnostic(Code.NOT_A_MANIFEST, message, Location(path), help_)


def is_other_yaml(document: Document, contract: Contract) -> bool:
    """Whether a document has no key of a manifest, nor one that is nearly so."""
    return not is_defaults(document.source.path) and _is_other(document.data, contract)


def _is_other(data: Any, contract: Contract) -> bool:
    if not isinstance(data, dict):
        return True
    if not data or "apiVersion" in data:  # Kubernetes says `kind` and `metadata`, too
        return bool(data)
    if not _FIELDS.isdisjoint(data):
        return False
    known = _FIELDS | contract.blocks | contract.added_fields
    few = islice(data, _FEW)
    return known.isdisjoint(data) and not any(obvious(it, known, plurals=True) for it in few)


def has_script_beside(path: str, files: Files) -> bool:
    """Whether a file that is no YAML has the same stem."""
    folder, _, name = stem_of(path).rpartition("/")
    names = files.siblings(folder).get(name, ())
    return any(not it.lower().endswith(MANIFEST_ENDINGS) for it in names)
