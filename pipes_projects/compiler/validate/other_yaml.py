"""YAML that stands among the manifests, and is none: settings, schemas, files of other tools."""

from __future__ import annotations

from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.parse.file_names import is_defaults, stem_of
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.files import Files
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import FIELDS, MultiAssetManifest, SingleAssetManifest
from pipes_projects.source import MANIFEST_ENDINGS, Location
from pipes_projects.spelling import obvious

_FIELDS = FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest]


def no_manifest(document: Document, files: Files, contract: Contract) -> Diagnostic | None:
    """What is said of a document that is clearly no manifest: it has no key of one, and no script
    stands beside it."""
    path = document.source.path
    if is_defaults(path) or not _is_other(document.data, contract) or _has_sibling(path, files):
        return None
    name = path.rpartition("/")[2]
    message = f"`{name}` is not a manifest: it has no key of one, and no script beside it"
    help_ = (
        f"call it `_{name}`, or list it in pyproject.toml, under `[tool.pipes-projects]`:"
        f' `ignore = ["{path}"]`'
    )
    return Diagnostic(Code.NOT_A_MANIFEST, message, Location(path), help_)


def _is_other(data: Any, contract: Contract) -> bool:
    if not isinstance(data, dict):
        return True
    if not data or "apiVersion" in data:  # Kubernetes says `kind` and `metadata`, too
        return bool(data)
    known = _FIELDS | contract.blocks | contract.added_fields
    return known.isdisjoint(data) and not any(obvious(key, known) for key in data)


def _has_sibling(path: str, files: Files) -> bool:
    """Whether a file that is no YAML has the same stem."""
    folder, _, name = stem_of(path).rpartition("/")
    names = files.siblings(folder).get(name, ())
    return any(not it.lower().endswith(MANIFEST_ENDINGS) for it in names)
