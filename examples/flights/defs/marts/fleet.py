"""Which planes fly from New York: one row a model, the busiest first."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import database, save, summary

FLEET = """
    select
        manufacturer,
        model,
        count(distinct tailnum) as planes,
        count(*) as flights,
        sum(distance)::bigint as miles,
        median(seats)::int as seats,
        round(avg(2013 - built), 1) as age
    from staging.flights join staging.planes using (tailnum)
    where status <> 'cancelled'
    group by all
    order by flights desc, model
"""

REGISTERED = """
    select round(100 * avg((planes.tailnum is not null)::int), 1)
    from staging.flights left join staging.planes using (tailnum)
    where status <> 'cancelled'
"""

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        db = database("staging/flights", "staging/planes")
        fleet = save("marts/fleet", db.sql(FLEET))
        pipes.report_asset_materialization(metadata=summary(fleet))
        [(percent,)] = db.sql(REGISTERED).fetchall()
        pipes.report_asset_check(
            "planes_registered", percent >= 95, severity="WARN", metadata={"percent": percent}
        )
