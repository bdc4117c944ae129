"""Documents that are not a mapping: what was meant, where that is plain."""

from __future__ import annotations

from typing import Any

from pipes_projects.codes import Code
from pipes_projects.compiler.parse.document import Document, missing_spaces
from pipes_projects.compiler.validate.miswritten.right_forms import right_form
from pipes_projects.diagnostics import Diagnostic
from pipes_projects.manifest.model.yaml_flow import flow


def no_mapping(document: Document) -> list[Diagnostic]:
    """What is wrong with a document that is text, or a list."""
    if isinstance(document.data, str) and (spaces := missing_spaces(document.source)):
        return spaces
    message, help_ = "a manifest is a mapping of keys", _help(document)
    if isinstance(document.data, list) and any(isinstance(item, dict) for item in document.data):
        message = "a manifest is a mapping of keys, without `-`"
    return [Diagnostic(Code.INVALID_VALUE, message, document.value(()), help_)]


def _help(document: Document) -> str:
    data: Any = document.as_written(())
    if not isinstance(data, list) or not data:
        return "write `key: value`, as in `kind: subprocess`, or leave the file empty"
    if all(isinstance(item, dict) for item in data):
        return _without_dashes(data)
    if all(isinstance(item, str) and "/" in item for item in data):
        return f"write `deps: {flow(data)}`, if these are the assets that this one is made from"
    return "write `key: value`, as in `kind: subprocess`"


def _without_dashes(items: list[dict[str, Any]]) -> str:
    merged: dict[str, Any] = {}
    for item in items:
        if not merged.keys().isdisjoint(item):  # several assets, each with the same keys
            named = right_form("assets", items)
            return f"several assets are written `assets: {flow(named)}`"
        merged |= item
    lines = " and ".join(f"`{key}: {flow(value)}`" for key, value in list(merged.items())[:4])
    return f"write {lines}"
