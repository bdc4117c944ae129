"""Durations, as people write them: `24h`, `1d 12h`, `PT24H`."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, Any, Final

from pydantic import BeforeValidator, Field, PlainSerializer, WithJsonSchema
from pydantic_core import PydanticCustomError

from pipes_projects.manifest.model import SchemaPattern, refuse

_UNITS: Final = {"w": "weeks", "d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
_DIGITS: Final = {"w": 2, "d": 4, "h": 4, "m": 5, "s": 7}  # together less than 10**9 seconds
_LONGEST: Final = 200
"""Of what is asked how it is wrong, in letters: that takes time."""
_HELP: Final = "write a number and its unit, as in `90s`, `24h` or `1d12h`"


def _part(unit: str) -> str:
    return rf"[0-9]{{1,{_DIGITS[unit.lower()]}}}(\.[0-9]{{1,6}})?{unit}"


def _parts(units: str, between: str = "") -> str:
    """Some of the units, at least one, in their order."""
    parts = (_part(unit) for unit in units)
    return "(?=[0-9])" + "".join(f"({between}{part})?" for part in parts)


_SHORT = _parts("wdhms", " *")
_TIME = f"T{_parts('HMS')}"
_ISO = f"P({_part('W')}|{_part('D')}({_TIME})?|{_TIME})"
_PATTERN = f"{_SHORT}|{_ISO}"
_WITHOUT_LIMITS = re.sub(r"\{1,\d\}", "+", _PATTERN)
DURATION_SCHEMA: Final[dict[str, Any]] = {
    "type": "string",
    **SchemaPattern(_PATTERN, _HELP).schema,
}
DELAY_SCHEMA: Final[dict[str, Any]] = {
    **DURATION_SCHEMA,
    "type": ["number", "string"],
    "minimum": 0,
    "maximum": 10**9,
}
_NOT_ZERO = rf"(?=.*[1-9])(?:{_PATTERN})"
SECONDS_SCHEMA: Final[dict[str, Any]] = {
    "type": ["number", "string"],
    **SchemaPattern(_NOT_ZERO, _HELP).schema,
    "exclusiveMinimum": 0,
    "maximum": 10**9,
}


def parse_duration(text: object) -> timedelta | None:
    """The duration that the text is, if it is one."""
    if not isinstance(text, str) or not re.fullmatch(_PATTERN, text):
        return None
    numbers = re.findall(r"([0-9.]+)([wdhms])", text.lower())
    return sum(
        (timedelta(**{_UNITS[unit]: float(number)}) for number, unit in numbers), timedelta()
    )


def duration_text(duration: timedelta) -> str:
    """The shortest text that is this duration: `1d12h`."""
    hours, seconds = divmod(duration.seconds, 3600)
    minutes, seconds = divmod(seconds, 60)
    fraction = f".{duration.microseconds:06}".rstrip("0").rstrip(".")
    numbers = {"d": duration.days, "h": hours, "m": minutes, "s": f"{seconds}{fraction}"}
    return "".join(f"{n}{unit}" for unit, n in numbers.items() if n not in (0, "0")) or "0s"


def _duration(value: object) -> timedelta:
    found = value if isinstance(value, timedelta) else parse_duration(value)
    if found is None:
        raise _refused(value)
    return found


def _refused(value: object) -> PydanticCustomError:
    if isinstance(value, bool) or not isinstance(value, int | float | str):
        return refuse("invalid-value", "this is not a duration", _HELP)
    text = f"{value}"
    if len(text) > _LONGEST:
        return refuse("invalid-value", f"`{text}` is not a duration", _HELP)
    if re.fullmatch(r"[0-9]+(\.[0-9]+)?", text):
        return refuse("invalid-value", f"`{text}` has no unit", f"write the unit, as in `{text}s`")
    if re.fullmatch(r"P.*\d[YM](\d.*)?|.*\d *(mo|months?|y|years?)", text.partition("T")[0]):
        help_ = "years and months have no fixed length: write days, as in `30d`"
        return refuse("invalid-value", f"`{text}` is not a fixed duration", help_)
    if re.fullmatch(_WITHOUT_LIMITS, text):
        help_ = "write it in another unit, as in `30d`"
        return refuse("invalid-value", f"`{text}` has too many digits", help_)
    return refuse("invalid-value", f"`{text}` is not a duration", _HELP)


Duration = Annotated[
    timedelta,
    BeforeValidator(_duration),
    PlainSerializer(duration_text, return_type=str, when_used="json"),
    WithJsonSchema(DURATION_SCHEMA),
]
"""A duration: `24h`, `1d 12h`, or as ISO 8601 writes it, `PT24H`."""


def _delay(value: object) -> float:
    if isinstance(value, str):
        return _duration(value).total_seconds()
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise refuse("invalid-value", "this is neither a number of seconds nor a duration", _HELP)
    return value if isinstance(value, float) else float(max(-1, min(value, 10**10)))


Delay = Annotated[
    float,
    BeforeValidator(_delay),
    Field(ge=0, le=10**9, allow_inf_nan=False),
    WithJsonSchema(DELAY_SCHEMA),
]
"""A number of seconds, or a duration with its unit."""


Seconds = Annotated[
    float,
    BeforeValidator(_delay),
    Field(gt=0, le=10**9, allow_inf_nan=False),
    WithJsonSchema(SECONDS_SCHEMA),
]
"""A number of seconds, or a duration with its unit; more than none."""
