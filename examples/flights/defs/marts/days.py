"""The year day by day."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import database, months, report_month, save

DAYS = """
    select
        scheduled_departure::date as day,
        count(*) as flights,
        count(*) filter (status = 'cancelled') as cancelled,
        round(avg(arr_delay), 1) as arrival_delay,
        mode(conditions) filter (conditions <> 'fair') as weather
    from staging.flights left join staging.weather using (origin, time_hour)
    group by all
    order by day
"""

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        for month in months(pipes):
            db = database("staging/flights", "staging/weather", month=month)
            report_month(pipes, "marts/days", month, save("marts/days", db.sql(DAYS), month))
