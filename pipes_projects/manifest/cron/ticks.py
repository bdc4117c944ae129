"""Cron expression → the shortest time between two of its ticks, as Dagster reckons it.

Dagster looks at the next thousand ticks in UTC, or twenty years of them. This looks at all, so that
the answer does not depend on the day on which it is asked for.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta
from functools import cache
from itertools import pairwise
from typing import Final, NamedTuple

from pipes_projects.manifest.cron.fields import LAST, Fault, Field, Fields, expand

_YEARS: Final = range(2001, 2057)  # weekdays and leap days repeat after 28 years: twice that
_RARE: Final = 19 * 365  # days; Dagster may find fewer than two ticks in its twenty years


class Month(NamedTuple):
    """A month of some year."""

    number: int
    first: int
    """The ordinal of its first day."""
    size: int

    @property
    def days(self) -> range:
        return range(self.first, self.first + self.size)


@cache
def smallest_interval(text: str) -> timedelta | None:
    """Between two ticks of a valid expression; None, if there are too few for Dagster to tell."""
    fields = expand(text)
    days = [] if isinstance(fields, Fault) else _days(fields)
    if isinstance(fields, Fault) or len(days) < 3:
        return None
    if any(later - day > _RARE for day, later in zip(days, days[2:], strict=False)):
        return None
    hours, minutes = times_in(fields.hours, 24), times_in(fields.minutes, 60)
    times = [60 * hour + minute for hour in hours for minute in minutes]
    overnight = 24 * 60 * min(_gaps(days)) - (times[-1] - times[0])
    return timedelta(minutes=min([overnight, *_gaps(times)]))


def _gaps(values: list[int]) -> list[int]:
    return [later - value for value, later in pairwise(values)]


def times_in(field: Field, size: int) -> list[int]:
    """The minutes or hours that a field names, of so many."""
    return list(range(size)) if field.every else sorted(field.numbers)


def _days(fields: Fields) -> list[int]:
    """The ordinals of all days with ticks; none, if Dagster cannot tell them."""
    by_date: set[int] = set()
    by_weekday: set[int] = set()
    for month in _months(fields.months):
        dates, weekdays = _in_month(fields, month)
        by_date |= dates
        by_weekday |= weekdays
    # Cron's day of the month OR day of the week: croniter fails if either of them never comes.
    return sorted(by_date | by_weekday) if by_date and by_weekday else []


def _in_month(fields: Fields, month: Month) -> tuple[set[int], set[int]]:
    """Days by their date, and by their weekday: the same, unless either is enough."""
    dates, weekdays = _dates(fields.days, month), _weekdays(fields.weekdays, month)
    either = not fields.days.every and not fields.weekdays.every
    by_date = dates if either and not fields.weekdays.nth else dates & weekdays
    return by_date, weekdays if either else dates & weekdays


def days_in(fields: Fields, month: Month) -> list[int]:
    """The ordinals of the days of a month that have ticks."""
    if not fields.months.every and month.number not in fields.months.numbers:
        return []
    by_date, by_weekday = _in_month(fields, month)
    return sorted(by_date | by_weekday)


@cache
def _calendar() -> tuple[Month, ...]:
    months = [(year, month) for year in _YEARS for month in range(1, 13)]
    firsts = [date(year, month, 1).toordinal() for year, month in months]
    pairs = zip(months, pairwise(firsts), strict=False)  # the end of the last one is not needed
    return tuple(Month(month, first, end - first) for (_, month), (first, end) in pairs)


def _months(field: Field) -> Iterator[Month]:
    return (month for month in _calendar() if field.every or month.number in field.numbers)


def _dates(field: Field, month: Month) -> set[int]:
    if field.every:
        return set(month.days)
    found = {month.days[number - 1] for number in field.numbers if number <= month.size}
    return found | ({month.days[-1]} if field.last else set())


def _weekdays(field: Field, month: Month) -> set[int]:
    if field.nth:
        return {day for weekday, place in field.nth for day in _nth(month, weekday, place)}
    return {day for day in month.days if field.every or day % 7 in field.numbers}


def _nth(month: Month, weekday: int, place: int) -> list[int]:
    days = [day for day in month.days if day % 7 == weekday]
    return days[-1:] if place == LAST else days[place - 1 : place]
