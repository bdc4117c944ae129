from pipes_projects import PipesProject

defs = PipesProject.make_defs()
