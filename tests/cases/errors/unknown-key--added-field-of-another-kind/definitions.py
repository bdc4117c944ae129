from tests.support.team_platform import TeamProject

defs = TeamProject.make_defs()
