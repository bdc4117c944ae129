"""Weather in metric units, and in one word."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import database, months, report_month, save

WEATHER = """
    select
        origin,
        time_hour,
        round((temp - 32) / 1.8, 1) as temperature,
        -- one anemometer reported 1,048 miles an hour
        case when wind_speed < 200 then round(wind_speed * 1.609) end as wind,
        round(wind_gust * 1.609) as gusts,
        round(precip * 25.4, 1) as precipitation,
        round(visib * 1.609, 1) as visibility,
        case
            when visib < 2 then 'fog'
            when precip > 0 and temp <= 34 then 'snow'
            when precip >= 0.1 then 'heavy rain'
            when precip > 0 then 'rain'
            when wind_gust >= 30 then 'gusts'
            else 'fair'
        end as conditions
    from raw.weather
    order by time_hour, origin
"""

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        for month in months(pipes):
            rows = database("raw/weather", month=month).sql(WEATHER)
            report_month(pipes, "staging/weather", month, save("staging/weather", rows, month))
