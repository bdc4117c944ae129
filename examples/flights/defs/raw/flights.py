"""The flights that were to leave New York in 2013, as reported: zipped CSV → Parquet, by month."""

import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zipfile import ZipFile

from dagster_pipes import open_dagster_pipes

sys.path.append(str(Path(__file__).parents[1]))
from _flights import as_table, database, months, read_csv, report_month, save, source

ROW_COUNTS = """
    with days as (
        select make_date(year, month, day) as day, count(*) as flights from raw.flights group by all
    )
    select
        strftime(day, '%Y-%m') as month,
        sum(flights)::int as flights,
        min(flights) as fewest_a_day,
        max(flights) as most_a_day,
        day(last_day(max(day))) - count(*) as days_missing
    from days group by all order by all
"""


def check_row_counts(pipes: Any) -> None:
    counts = database("raw/flights").sql(ROW_COUNTS)
    fewest, most = int(pipes.get_extra("min_flights")), int(pipes.get_extra("max_flights"))
    wrong = counts.filter(f"days_missing > 0 or flights not between {fewest} and {most}")
    pipes.report_asset_check(
        "row_counts",
        len(wrong) == 0,
        metadata={
            "months": len(counts),
            "wrong_months": len(wrong),
            "rows_by_month": as_table(counts),
        },
    )


if __name__ == "__main__":
    with open_dagster_pipes() as pipes, TemporaryDirectory() as folder:
        year = read_csv(ZipFile(source("flights.csv.zip")).extract("flights.csv", folder))
        for month in months(pipes):
            flights = save("raw/flights", year.filter(f"month = {month[-2:]}"), month)
            pipes.log.info(f"{month}: {len(flights):,} flights read")
            report_month(pipes, "raw/flights", month, flights)
        check_row_counts(pipes)
