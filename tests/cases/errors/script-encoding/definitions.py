from pipes_projects import PipesProject


class TeamProject(PipesProject):
    @classmethod
    def connections(cls):
        return {"warehouse": "duckdb:///warehouse.duckdb", "crm": "sqlite:///crm.db"}


defs = TeamProject.make_defs()
