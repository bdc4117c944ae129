"""Flights with real timestamps, and with a word for what became of each."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, database, save, summary

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

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        db = database("raw/flights")
        flights = save("staging/flights", db.sql(FLIGHTS))
        pipes.report_asset_materialization(metadata=summary(flights) | column_schema(flights))
