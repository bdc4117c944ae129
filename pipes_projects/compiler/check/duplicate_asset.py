"""Each asset is declared once."""

from __future__ import annotations

from collections.abc import Iterator

from pipes_projects.codes import Code
from pipes_projects.diagnostics import Diagnostic, Related
from pipes_projects.project import Asset, Project


def duplicate_asset(project: Project) -> Iterator[Diagnostic]:
    """Each asset is made by only one script."""
    first: dict[str, Asset] = {}
    for asset in project.assets():
        earlier = first.setdefault(asset.key, asset)
        if earlier is not asset:
            yield Diagnostic(
                Code.DUPLICATE_ASSET,
                f"asset `{asset.key}` is declared twice",
                asset.location,
                "rename one of them, or give it a `key:` of its own",
                (Related(earlier.location, "first declared here"),),
            )
        elif asset.key in project.asset_keys:
            message = f"asset `{asset.key}` is made by the platform owner's Python definitions too"
            yield Diagnostic(Code.DUPLICATE_ASSET, message, asset.location, "rename one of them")
