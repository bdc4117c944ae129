"""The year on one page of Markdown. A script like any other: it knows nothing of Dagster."""

import argparse
import sys
from pathlib import Path

sys.path.append(str(Path(__file__).parents[1]))
from _flights import DATA, database

SECTIONS = {
    "Days with the most cancelled flights": """
        select strftime(day, '%-d %B') || ': ' || cancelled || ' of ' || flights from marts.days
        order by cancelled desc, day
    """,
    "Latest airlines": """
        select airline || ': ' || arrival_delay || ' minutes' from marts.delays_by_carrier
    """,
    "Latest routes": """
        select origin || ' to ' || destination || ': ' || arrival_delay || ' minutes'
        from marts.delays_by_route
    """,
    "Busiest planes": """
        select manufacturer || ' ' || model || ': ' || flights || ' flights' from marts.fleet
    """,
}


def main(top: int) -> None:
    db = database("marts/days", "marts/delays_by_carrier", "marts/delays_by_route", "marts/fleet")
    lines = ["# New York's flights in 2013"]
    for title, query in SECTIONS.items():
        lines += ["", f"## {title}", ""]
        lines += [f"- {line}" for (line,) in db.sql(query).limit(top).fetchall()]
    report = DATA / "reports" / "year_in_review.md"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print(f"{report.name}: {len(lines)} lines")


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--top", type=int, default=3, help="lines a section")
    main(parser.parse_args().top)
