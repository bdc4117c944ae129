"""Where the query, the container and the host of this project are: once, for all authors."""

import dagster as dg

from pipes_projects import PipesProject


class Polyglot(PipesProject):
    @classmethod
    def connections(cls) -> dict[str, object]:
        return {
            "warehouse": dg.EnvVar("POLYGLOT_WAREHOUSE"),
            "containers": dg.EnvVar("POLYGLOT_DOCKER"),
            "box": dg.EnvVar("POLYGLOT_BOX"),
        }


defs = Polyglot.make_defs()
