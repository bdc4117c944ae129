from pipes_projects import PipesProject

# Scripts run as they lie here, or as PIPES_PROJECTS_DEPLOYMENT has them for the branch.
defs = PipesProject.make_defs()
