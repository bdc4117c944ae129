"""Airports that flights can be joined with: the register lacks four in the Caribbean."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, database, save, summary

AIRPORTS = """
    select faa as airport, name, tzone as time_zone, lat as latitude, lon as longitude
    from raw.airports
    union all by name
    select * from (values
        ('BQN', 'Rafael Hernandez', 'America/Puerto_Rico'),
        ('PSE', 'Mercedita', 'America/Puerto_Rico'),
        ('SJU', 'Luis Munoz Marin Intl', 'America/Puerto_Rico'),
        ('STT', 'Cyril E King', 'America/St_Thomas')
    ) as missing(airport, name, time_zone)
    order by airport
"""

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        db = database("raw/airports")
        airports = save("staging/airports", db.sql(AIRPORTS))
        pipes.report_asset_materialization(metadata=summary(airports) | column_schema(airports))
