"""Cron expressions and time zones: accepted exactly when Dagster accepts them."""

from __future__ import annotations

import re
from functools import cache
from typing import Annotated, Any, Final

from pydantic import AfterValidator, WithJsonSchema

from pipes_projects.manifest.cron.words import MACROS
from pipes_projects.manifest.model import SchemaPattern, refuse

_BLANK = r"\s\x1c-\x1f\x85"  # to Python, but not to JavaScript, the latter are blanks too
_FIVE = rf"[{_BLANK}]*[^{_BLANK}]+([{_BLANK}]+[^{_BLANK}]+){{4}}[{_BLANK}]*"
_SHORT = "|".join(
    "@" + "".join(f"[{letter.upper()}{letter}]" for letter in macro[1:]) for macro in MACROS
)
_CRON_HELP = "a cron expression has five fields: minute, hour, day of the month, month, weekday"

CRON_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    **SchemaPattern(f"{_FIVE}|{_SHORT}", _CRON_HELP).schema,
}
"""Editors only check the number of fields: no pattern can say what each of them may be."""


def _cron(text: str) -> str:
    from pipes_projects.manifest.cron.fields import Fault, expand  # for few manifests

    found = expand(text)
    if isinstance(found, Fault):
        message = f"`{' '.join(text.split())}` is not a cron expression: {found.reason}"
        raise refuse("invalid-cron", message, found.help)
    return text


Cron = Annotated[str, AfterValidator(_cron), WithJsonSchema(CRON_SCHEMA)]
"""A cron expression of five fields, or a short name such as `@daily`."""

_ZONE = r"[A-Za-z0-9_+/-]+"
_ZONE_HELP = "names are those of the IANA database, such as `Europe/Berlin` and `UTC`"
TIME_ZONE_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    **SchemaPattern(_ZONE, _ZONE_HELP).schema,
}


@cache
def _is_time_zone(name: str) -> bool:
    """Whether it is known here; apart from `utc`, Dagster takes names only in their own case."""
    from zoneinfo import ZoneInfo

    try:
        return name == "utc" or bool(re.fullmatch(_ZONE, name) and ZoneInfo(name))
    except (KeyError, OSError, ValueError):
        return False


def _time_zone(name: str) -> str:
    if not _is_time_zone(name):
        help_, right = _nearest_zone(name)
        known = () if right else _time_zones()
        message = f"`{name}` is not a time zone"
        raise refuse("invalid-value", message, help_, right=right, known=known)
    return name


@cache
def _time_zones() -> tuple[str, ...]:
    from zoneinfo import available_timezones

    return tuple(sorted(available_timezones()))


def _may_be(wanted: str, zone: str) -> bool:
    """Whether it is worth a closer look, which takes long."""
    starts = [(zone_name[:1], zone_name.rpartition("/")[2][:1]) for zone_name in (wanted, zone)]
    pairs = zip(*starts, strict=True)
    return abs(len(wanted) - len(zone)) < 8 and any(one == other for one, other in pairs)


@cache
def _nearest_zone(name: str) -> tuple[str, str | None]:
    """A help line; and the time zone, if all but its case or its region is there."""
    from difflib import get_close_matches

    wanted = name.strip().replace(" ", "_").lower()
    zones = {zone.lower(): zone for zone in _time_zones()}
    cities = [zone for low, zone in zones.items() if low.rpartition("/")[2] == wanted]
    right = zones.get(wanted) or (cities[0] if len(cities) == 1 else None)
    if right is None and re.fullmatch(r"[A-Z]{1,5}|.*[-+]\d.*", name):
        return f"abbreviations and offsets do not count: {_ZONE_HELP}", None
    alike = () if right else (other for other in zones if _may_be(wanted, other))
    close = get_close_matches(wanted, alike, 1)
    zone = right or next(iter(cities), None) or (zones[close[0]] if close else None)
    return f"a time zone with a similar name exists: `{zone}`" if zone else _ZONE_HELP, right


TimeZone = Annotated[str, AfterValidator(_time_zone), WithJsonSchema(TIME_ZONE_SCHEMA)]
"""The name of a time zone in the IANA database."""
