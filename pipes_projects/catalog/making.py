"""A project → its catalog, as HTML."""

from __future__ import annotations

from collections.abc import Container
from dataclasses import replace
from pathlib import Path

from pipes_projects.analysis.picture.model import Picture
from pipes_projects.catalog.content.gathering import content_of
from pipes_projects.catalog.content.sources import paths_of, sources_of
from pipes_projects.catalog.hidden import mask_of
from pipes_projects.catalog.imprint import Imprint
from pipes_projects.catalog.page import html_of
from pipes_projects.catalog.repository import published_at
from pipes_projects.disk.boundary import LeadsOutError
from pipes_projects.layout import Layout
from pipes_projects.manifest.contract import Contract
from pipes_projects.terminal.results.history import History, history


def catalog_of(
    layout: Layout,
    imprint: Imprint,
    picture: Picture,
    contract: Contract,
    keys: Container[str] | None = None,
    with_sources: bool = True,
    reloads: bool = False,
) -> str:
    """The page about a project, or about the assets with some keys.

    Files are read within the project alone, and values of secrets are masked; git is asked about
    the commit and its host. With `reloads`, the page is read again whenever somebody returns to it.
    Raises `EnvError` if `.env` is there but cannot be read.
    """
    root = layout.root
    shown = picture if keys is None else _part(picture, keys)
    mask = mask_of(picture, contract, root)
    published = published_at(root, layout.file_url)
    content = content_of(imprint, shown, contract, published, _history(root), mask)
    sources = sources_of(shown, mask) if with_sources else "{}"
    return html_of(imprint.name, content, sources, reloads)


def _part(picture: Picture, keys: Container[str]) -> Picture:
    """Some assets, and the findings in what makes them or says something about them."""
    part = picture.only(keys)
    paths = paths_of(part)
    found = (at for at in part.compilation.diagnostics if at.location.path in paths)
    return replace(part, compilation=part.compilation._replace(diagnostics=tuple(found)))


def _history(root: Path) -> History:
    """What was run here; nothing, if its file is no file of the project."""
    try:
        return history(root)
    except (LeadsOutError, OSError):
        return History()
