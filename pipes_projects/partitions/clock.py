"""Cron expression and time zone → the moments at which it ticks, as Dagster has them.

When clocks go forward, a skipped tick comes right after the change; when they go back, a repeated
time ticks only the second time. Hourly ticks are not affected: none are skipped, and both
repetitions tick.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, tzinfo
from functools import lru_cache
from itertools import dropwhile
from typing import Final
from zoneinfo import ZoneInfo

from pipes_projects.manifest.cron.fields import Fault, Fields, expand
from pipes_projects.manifest.cron.ticks import Month, days_in, times_in

_CHANGING: Final = frozenset({1, 2, 3})
"""The hours in which Dagster accounts for clock changes."""
_HOUR: Final = timedelta(hours=1)
_NONE: Final = timedelta()
_LAST_CERTAIN: Final = 28
"""The last day that every month has."""
_LEAP_DAY: Final = " 29 2 *"
"""How expressions for February 29 end: Dagster finds these ticks from the day before."""


def time_zone(name: str) -> tzinfo:
    """A time zone by its name; raises `LookupError` or `ValueError` if it is not known."""
    return UTC if name in ("utc", "UTC") else ZoneInfo(name)


class Clock:
    """The moments at which a cron expression ticks in a time zone."""

    def __init__(self, cron: str, zone: tzinfo) -> None:
        fields = expand(cron)
        if isinstance(fields, Fault):
            raise ValueError(fields.reason)
        self.fields: Fields = fields
        self.zone = zone
        self.every_hour = fields.hours.every or len(fields.hours.numbers) == 24
        self.is_plain = _is_plain(fields)
        self.month = lru_cache(maxsize=64)(self._month)
        self.found_before = timedelta(days=cron.endswith(_LEAP_DAY))

    def is_certain(self, since: float) -> bool:
        """Whether there is one answer: where clocks change by half an hour, Dagster's own about
        every hour depend on the day on which it is asked."""
        year = datetime.fromtimestamp(since, self.zone).year
        months = (datetime(year, month, 1, tzinfo=self.zone) for month in range(1, 13))
        saved = {(month.dst() or _NONE) % _HOUR for month in months}
        return not self.every_hour or saved == {_NONE}

    def after(self, moment: float) -> Iterator[datetime]:
        """Every tick from a moment on, given as a timestamp."""
        year, month = self._month_of(moment)
        ticks = (tick for at in _forwards(year, month) for tick in self.month(*at))
        return dropwhile(lambda tick: self._found(tick) < moment, ticks)

    def before(self, moment: float) -> Iterator[datetime]:
        """Every tick up to a moment, the latest first."""
        year, month = self._month_of(moment)
        ticks = (tick for at in _backwards(year, month) for tick in reversed(self.month(*at)))
        return dropwhile(lambda tick: self._found(tick) > moment, ticks)

    def _found(self, tick: datetime) -> float:
        """The moment that Dagster compares to tell whether a tick is over.

        Subtracting anything from a time, even nothing, forgets that it is the second of its name.
        """
        return (tick - self.found_before if self.found_before else tick).timestamp()

    def _month_of(self, moment: float) -> tuple[int, int]:
        local = datetime.fromtimestamp(moment, self.zone)
        return local.year, local.month

    def _month(self, year: int, month: int) -> tuple[datetime, ...]:
        """All ticks of a month, in order, each once."""
        moments = sorted(self._moments(year, month), key=datetime.timestamp)
        return tuple({tick.timestamp(): tick for tick in reversed(moments)}.values())[::-1]

    def _moments(self, year: int, month: int) -> Iterator[datetime]:
        hours, minutes = times_in(self.fields.hours, 24), times_in(self.fields.minutes, 60)
        for day in days_in(self.fields, _month(year, month)):
            for hour in hours:
                for minute in minutes:
                    local = datetime.combine(date.fromordinal(day), time(hour, minute), self.zone)
                    yield from self._told(local)

    def _told(self, local: datetime) -> Iterator[datetime]:
        """When a time of day occurs: never, once or twice."""
        again = local.replace(fold=1)
        if local.utcoffset() == again.utcoffset():
            yield local
        elif not _exists(local):
            yield from () if self.every_hour else [_moved(local)]
        elif self.every_hour:
            yield from (local, again)
        else:
            yield local if self.is_plain and local.hour not in _CHANGING else again


def _is_plain(fields: Fields) -> bool:
    """Whether it ticks once a day, by weekday or on one date."""
    once = len(times_in(fields.hours, 24)) == len(times_in(fields.minutes, 60)) == 1
    by_weekday = fields.days.every and not fields.weekdays.nth
    number = next(iter(fields.days.numbers), _LAST_CERTAIN + 1)
    by_date = fields.weekdays.every and len(fields.days) == 1 and number <= _LAST_CERTAIN
    return once and fields.months.every and (by_weekday or by_date)


def _exists(local: datetime) -> bool:
    there = local.astimezone(UTC).astimezone(local.tzinfo)
    return there.replace(tzinfo=None) == local.replace(tzinfo=None)


def _moved(local: datetime) -> datetime:
    """The moment right after clocks go forward, for a time of day that is skipped."""
    if local.hour not in _CHANGING:
        return local
    saved = (local + timedelta(hours=1)).dst() or timedelta()
    return local.replace(minute=0) + saved


def _month(year: int, month: int) -> Month:
    first = date(year, month, 1)
    following = date(year + month // 12, month % 12 + 1, 1) if (year, month) != _END else date.max
    last = following.toordinal() + ((year, month) == _END)
    return Month(month, first.toordinal(), last - first.toordinal())


_END: Final = (9999, 12)


def _forwards(year: int, month: int) -> Iterator[tuple[int, int]]:
    for number in range(12 * year + month - 1, 12 * 9999 + 11):
        yield number // 12, number % 12 + 1


def _backwards(year: int, month: int) -> Iterator[tuple[int, int]]:
    for number in range(12 * year + month - 1, 12 * 2, -1):
        yield number // 12, number % 12 + 1
