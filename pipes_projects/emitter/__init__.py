"""Project → Dagster's definitions. The only part that knows Dagster."""

from pipes_projects.emitter.errors import InvalidProjectError
from pipes_projects.emitter.project import PipesProject
from pipes_projects.emitter.script import PipesScript
from pipes_projects.emitter.views import PipesAssetManifest, PipesScriptManifest

__all__ = [
    "InvalidProjectError",
    "PipesAssetManifest",
    "PipesProject",
    "PipesScript",
    "PipesScriptManifest",
]
