"""Projects of platform owners who override something."""

from typing import Any

from pipes_projects import PipesAssetManifest, PipesProject, PipesScript, PipesScriptManifest


def with_kinds(
    project: type[PipesProject] = PipesProject, **kinds: type[PipesScript]
) -> type[PipesProject]:
    """The project, with classes for the scripts of these kinds."""

    class Owned(project):  # type: ignore[misc, valid-type]
        @classmethod
        def script_kind_map(cls) -> dict[str, type[PipesScript]]:
            return {**super().script_kind_map(), **kinds}

    return Owned


def script_with(
    asset: type[Any] = PipesAssetManifest,
    script: type[Any] = PipesScriptManifest,
    of: type[PipesScript] = PipesScript,
) -> type[PipesScript]:
    """Scripts with these views of their assets and of themselves."""

    class Viewed(of):  # type: ignore[misc, valid-type]
        @classmethod
        def asset_manifest_class(cls) -> type:
            return asset

        @classmethod
        def script_manifest_class(cls) -> type:
            return script

    return Viewed
