from pydantic import BaseModel

from pipes_projects import PipesProject, PipesScript
from pipes_projects.kinds import ConnectionName


class QueryOptions(BaseModel):
    connection: ConnectionName


class QueryScript(PipesScript):
    """Runs a query."""

    @classmethod
    def options(cls):
        return QueryOptions

    @classmethod
    def script_endings(cls):
        return (".sql",)

    def invoke(self, context):
        return None


class TeamProject(PipesProject):
    @classmethod
    def script_kind_map(cls):
        return {**super().script_kind_map(), "query": QueryScript}

    @classmethod
    def connections(cls):
        return {f"lake_{number}": f"duckdb:///{number}.duckdb" for number in range(10)}


defs = TeamProject.make_defs()
