"""Flights with real timestamps, and with a word for what became of each."""

import sys
from pathlib import Path

import duckdb
from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, save, summary, use

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
        use("raw/flights")
        flights = save("staging/flights", duckdb.sql(FLIGHTS))
        pipes.report_asset_materialization(metadata=summary(flights) | column_schema(flights))
