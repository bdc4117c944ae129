"""What the manifests below `defs/` may name: the months, and a rule."""

import dagster as dg

from pipes_projects import PipesProject


class Flights(PipesProject):
    @classmethod
    def partitions_defs(cls) -> dict[str, dg.PartitionsDefinition]:
        months = dg.MonthlyPartitionsDefinition(
            start_date="2013-01", end_date="2014-01", fmt="%Y-%m", timezone="America/New_York"
        )
        return {"months_of_2013": months}

    @classmethod
    def automation_conditions(cls) -> dict[str, dg.AutomationCondition]:
        """`eager`, but with the months that are there, and only if their blocking checks passed."""
        condition = dg.AutomationCondition
        some_months = condition.all_deps_match(~condition.missing())
        on_new_month = (
            condition.eager().replace(~condition.any_deps_missing(), some_months)
            & condition.all_deps_blocking_checks_passed()
        ).with_label("on_new_month")
        return {**super().automation_conditions(), "on_new_month": on_new_month}


defs = Flights.make_defs()
