"""The texts of a project's scripts and manifests, for the page."""

from __future__ import annotations

from typing import Final

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.analysis.picture.unreadable import files_of
from pipes_projects.catalog.content.shared import object_of
from pipes_projects.catalog.hidden import Mask
from pipes_projects.text.plain import page_json

LONGEST: Final = 100_000
"""How many letters of a file are shown."""


def sources_of(picture: Picture, mask: Mask) -> str:
    """By path, the text of each file, as JSON. What is no text is left out, and so is whatever
    links lead out of the project to; what is very long is cut."""
    files = picture.compilation.project.files
    contents = ((path, files.content(path)) for path in _paths(picture))
    texts = ((path, _text(content)) for path, content in contents if content is not None)
    return object_of(
        {path: page_json(_cut(mask(text))) for path, text in texts if text is not None}
    )


def _paths(picture: Picture) -> list[str]:
    return sorted(paths_of(picture) | {at.location.path for at in picture.compilation.diagnostics})


def paths_of(picture: Picture) -> set[str]:
    """Scripts, manifests, and the defaults that say something about the assets."""
    files = picture.compilation.project.files
    found = {path for other in picture.others for path in files_of(other, files)}
    found |= {shown.script.path for shown in picture.assets if shown.script.path}
    found |= {shown.asset.location.path for shown in picture.assets}
    origins = (value.origin.location for shown in picture.assets for value in shown.values)
    return found | {at.path for at in origins if at}


def _text(content: bytes) -> str | None:
    if b"\0" in content:
        return None
    return content.decode("utf-8-sig", "replace").replace("\r\n", "\n")


def _cut(text: str) -> str:
    return text if len(text) <= LONGEST else f"{text[:LONGEST]}\n…"
