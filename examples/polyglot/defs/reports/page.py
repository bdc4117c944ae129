"""Makes reports/page, in a container that has nothing but Python and the shared folder."""

import json
from pathlib import Path

from dagster_pipes import open_dagster_pipes

SHARED = Path("/data")

with open_dagster_pipes() as pipes:
    days = json.loads((SHARED / "weather.json").read_text("utf-8"))
    lines = ["# When flights from New York were latest", ""]
    lines += [
        f"- {day['day']}: {day['mean_delay']} minutes, with {day['rain_mm']} mm of rain and wind up"
        f" to {day['wind_kmh']} km/h"
        for day in days
    ]
    (SHARED / "page.md").write_text("\n".join([*lines, ""]), "utf-8")
    pipes.report_asset_materialization(metadata={"days": len(days)})
