"""A project that uses the kind: its owner writes nothing for it."""

from pipes_projects import PipesProject

defs = PipesProject.make_defs()
