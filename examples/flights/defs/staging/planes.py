"""Planes, each maker under one name: AIRBUS INDUSTRIE is AIRBUS."""

import sys
from pathlib import Path

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import column_schema, database, save, summary

PLANES = """
    select
        tailnum,
        regexp_replace(
            manufacturer, ' (INDUSTRIE|INC|AIRCRAFT CO|CORPORATION|CORP|CO|LTD)$', ''
        ) as manufacturer,
        model,
        year as built,
        engines,
        engine as engine_type,
        seats
    from raw.planes
    order by tailnum
"""

if __name__ == "__main__":
    with open_dagster_pipes() as pipes:
        db = database("raw/planes")
        planes = save("staging/planes", db.sql(PLANES))
        pipes.report_asset_materialization(metadata=summary(planes) | column_schema(planes))
