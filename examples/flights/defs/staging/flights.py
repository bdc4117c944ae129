"""Flights with real timestamps, and with a word for what became of each."""

import sys
from pathlib import Path
from typing import Any

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import database, months, report_month, save

FLIGHTS = """
    select
        carrier, flight, tailnum, origin, dest,
        make_timestamp(year, month, day, hour, minute, 0) as scheduled_departure,
        -- not from dep_time: that has no date, and late flights leave on the next day
        scheduled_departure + to_minutes(dep_delay) as departure,
        dep_delay, arr_delay, air_time, distance,
        case
            when dep_time is null then 'cancelled'
            when arr_delay is null then 'diverted'
            else 'flown'
        end as status,
        time_hour
    from raw.flights
    order by scheduled_departure, carrier, flight
"""

REPEATED = """
    select carrier, flight, origin, scheduled_departure::date as day
    from staging.flights group by all having count(*) > 1
"""

WITHOUT_TAIL_NUMBER = "select * from staging.flights where tailnum is null"


def check(pipes: Any) -> None:
    db = database("staging/flights")
    repeated, without = len(db.sql(REPEATED)), len(db.sql(WITHOUT_TAIL_NUMBER))
    pipes.report_asset_check("unique", repeated == 0, metadata={"repeated": repeated})
    pipes.report_asset_check(
        "tail_numbers", without == 0, severity="WARN", metadata={"flights_without": without}
    )


if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        for month in months(pipes):
            rows = database("raw/flights", month=month).sql(FLIGHTS)
            report_month(pipes, "staging/flights", month, save("staging/flights", rows, month))
        check(pipes)
