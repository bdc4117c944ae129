from tests.support.projects.team_platform import TeamProject

defs = TeamProject.make_defs()
