"""YAML files among the manifests that are not manifests: settings, schemas, files of other
tools."""

from __future__ import annotations

from functools import partial
from itertools import islice
from typing import Any, Final

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document
from pipes_projects.compiler.parse.file_names import is_defaults, stem_of
from pipes_projects.compiler.validate.words.other_tools import PLACE_OF, plain
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.disk.files import Files
from pipes_projects.manifest.contract import Contract
from pipes_projects.manifest.forms import FIELDS, MultiAssetManifest, SingleAssetManifest
from pipes_projects.source import MANIFEST_ENDINGS, Location
from pipes_projects.spelling import word_meant

_FEW: Final = 20
"""How many keys are compared with those of manifests: few manifests have more."""
_OTHERS = frozenset({"apiVersion", "jobs", "openapi", "services", "swagger", "$schema"})
"""Keys that identify files of other tools."""
_FIELDS = FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest]


def no_manifest(path: str) -> Diagnostic:
    """What is said about a file that is clearly not a manifest."""
    name = path.rpartition("/")[2]
    message = f"`{name}` is not a manifest: it has no key of a manifest, and no script beside it"
    help_ = (
        f"call it `_{name}`, or list it in pyproject.toml, under `[tool.pipes-projects]`:"
        f' `ignore = ["{path}"]`'
    )
    return Diagnostic(Code.NOT_A_MANIFEST, message, Location(path), help_)


def is_other_yaml(document: Document, contract: Contract) -> bool:
    """Whether a document has no key of a manifest, nor one that could be meant as one."""
    data = document.data
    if is_defaults(document.source.path) or not data:
        return False
    if isinstance(data, list):
        return all(map(partial(_is_other_item, contract=contract), data[:_FEW]))
    return isinstance(data, dict) and _is_other(data, contract)


def _is_other_item(item: Any, contract: Contract) -> bool:
    """Whether an item of a list belongs to another tool; manifests and dependencies may be lists by
    mistake."""
    if isinstance(item, dict):
        return _is_other(item, contract)
    return not (isinstance(item, str) and "/" in item)


def _is_other(data: dict[str, Any], contract: Contract) -> bool:
    if not _OTHERS.isdisjoint(data):  # Kubernetes has `kind` and `metadata`, too
        return "assets" not in data and "deps" not in data
    if not _FIELDS.isdisjoint(data):
        return False
    if isinstance(data.get("version"), int):  # dbt
        return True
    known = _FIELDS | contract.blocks | contract.added_fields
    few = list(islice(data, _FEW))
    if not known.isdisjoint(data) or any(word_meant(key, known) for key in few):
        return False
    words = sum(plain(key) in PLACE_OF for key in few)  # other tools' words for keys of manifests
    return 2 * words < len(few)


def has_script_beside(path: str, files: Files) -> bool:
    """Whether a file other than YAML has the same stem."""
    folder, _, name = stem_of(path).rpartition("/")
    names = files.siblings(folder).get(name, ())
    return any(not name.lower().endswith(MANIFEST_ENDINGS) for name in names)
