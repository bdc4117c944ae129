"""Where delays come from: one script, four tables, the worst first."""

import sys
from pathlib import Path
from typing import Any

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import database, save, summary

MEASURES = """
    count(*) as flights,
    round(100 * avg((status = 'cancelled')::int), 1) as cancelled_percent,
    round(avg(dep_delay), 1) as departure_delay,
    round(avg(arr_delay), 1) as arrival_delay
"""

BY_CARRIER = f"""
    select carrier, airlines.name as airline, {MEASURES}
    from staging.flights join raw.airlines using (carrier)
    group by all
    order by arrival_delay desc
"""

BY_ROUTE = """
    select origin, dest, airports.name as destination, {MEASURES}
    from staging.flights left join staging.airports on dest = airport
    group by all
    having count(*) >= {min_flights} * (
        select count(distinct date_trunc('month', scheduled_departure)) from staging.flights
    )
    order by arrival_delay desc, origin, dest
"""

BY_HOUR = f"""
    select hour(scheduled_departure) as hour, {MEASURES}
    from staging.flights
    group by all
    order by arrival_delay desc
"""

BY_WEATHER = f"""
    select coalesce(conditions, 'unknown') as conditions, {MEASURES}
    from staging.flights left join staging.weather using (origin, time_hour)
    group by all
    order by arrival_delay desc
"""

WITHOUT_AIRLINE = "from staging.flights anti join raw.airlines using (carrier)"

WITH_WEATHER = """
    select round(100 * avg((conditions is not null)::int), 1)
    from staging.flights left join staging.weather using (origin, time_hour)
"""


def main(pipes: Any) -> None:
    db = database("raw/airlines", "staging/airports", "staging/flights", "staging/weather")
    # The manifest says how many. Outside Dagster it is 1, which keeps nearly every route.
    min_flights = int(pipes.get_extra("min_flights"))
    queries = {
        "marts/delays_by_carrier": BY_CARRIER,
        "marts/delays_by_route": BY_ROUTE.format(MEASURES=MEASURES, min_flights=min_flights),
        "marts/delays_by_hour": BY_HOUR,
        "marts/delays_by_weather": BY_WEATHER,
    }
    for asset, query in queries.items():
        table = save(asset, db.sql(query))
        pipes.report_asset_materialization(asset_key=asset, metadata=summary(table))

    lost = len(db.sql(WITHOUT_AIRLINE))
    pipes.report_asset_check(
        "airlines_known",
        lost == 0,
        metadata={"flights_lost": lost},
        asset_key="marts/delays_by_carrier",
    )
    [(percent,)] = db.sql(WITH_WEATHER).fetchall()
    pipes.report_asset_check(
        "weather_known",
        percent >= 99,
        severity="WARN",
        metadata={"percent": percent},
        asset_key="marts/delays_by_weather",
    )


if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        main(pipes)
