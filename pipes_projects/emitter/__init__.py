"""Project → Dagster's definitions. The only part that knows Dagster."""

from pipes_projects.emitter.loading.errors import InvalidProjectError
from pipes_projects.emitter.owner.script import PipesScript
from pipes_projects.emitter.owner.views import PipesAssetManifest, PipesScriptManifest
from pipes_projects.emitter.project import PipesProject

__all__ = [
    "InvalidProjectError",
    "PipesAssetManifest",
    "PipesProject",
    "PipesScript",
    "PipesScriptManifest",
]
