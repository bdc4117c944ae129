from pipes_projects import PipesProject


class TeamProject(PipesProject):
    @classmethod
    def connections(cls):
        return {"amazon": {"bucket": "team-pipes", "region_name": "eu-west-1"}}


defs = TeamProject.make_defs()
