"""Groups whose assets are not all known: dependencies on others there may be right."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from pipes_projects.compiler.parse.file_names import group_of
from pipes_projects.compiler.validate.validation import Manifest
from pipes_projects.manifest.forms import FIELDS, MultiAssetManifest, SingleAssetManifest
from pipes_projects.spelling import word_near

_DECLARING = ("assets", "key")
_KNOWN = FIELDS[SingleAssetManifest] | FIELDS[MultiAssetManifest]


def groups_meant(manifest: Manifest, defs: str) -> frozenset[str]:
    """Where there may be assets whose keys the manifest gives wrongly."""
    meant = list(_meant(manifest))
    if not meant:
        return frozenset()
    named = (key.partition("/")[0] for key in meant if isinstance(key, str))
    return frozenset({group_of(manifest.path, defs), *named})


def _meant(manifest: Manifest) -> Iterator[Any]:
    """What is written where a key should be, or under a misspelled name."""
    written, valid = manifest.document.data, manifest.data
    yield from (None for path in manifest.document.holes if path[-1:] == ("key",))
    yield from _refused(written, valid)
    assets, kept = written.get("assets"), valid.get("assets", {})
    for name, body in assets.items() if isinstance(assets, dict) else ():
        yield from _refused(body, kept.get(name, {})) if isinstance(body, dict) else ()


def _refused(written: Mapping[str, Any], valid: Mapping[str, Any]) -> Iterator[Any]:
    for name in written.keys() - valid.keys():
        if name == "key" or (name not in _KNOWN and word_near(name, _DECLARING)):
            yield written[name]
