"""Partitions of time: keys, and the window of each, as Dagster has them."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from itertools import islice, pairwise, takewhile
from typing import Final, NamedTuple

from pipes_projects.manifest.contract import PartitionWindows
from pipes_projects.partitions.clock import Clock, time_zone
from pipes_projects.partitions.key_text import read, written
from pipes_projects.partitions.problems import PartitionProblem, reversed_range, unknown_key

_AROUND: Final = " \t."
"""What a key may have around it by mistake, as from `FIRST ... LAST`."""


class PartitionWindow(NamedTuple):
    """From a moment to the one at which the next window starts."""

    start: datetime
    end: datetime

    @property
    def since(self) -> float:
        """The start, for comparison: an hour that comes twice is one time of day."""
        return self.start.timestamp()

    @property
    def until(self) -> float:
        """The end, for comparison."""
        return self.end.timestamp()


class TimePartitions:
    """A contract's time partitions; raises `ValueError` or `LookupError` for invalid values."""

    def __init__(self, published: PartitionWindows) -> None:
        self.published = published
        self.zone = time_zone(published.timezone)
        self.clock = Clock(published.cron_schedule, self.zone)
        self.start = self._read(published.start)
        self.end = None if published.end is None else self._read(published.end)
        moments = {exclusion: _moment(exclusion) for exclusion in published.exclusions}
        self._excluded = frozenset(moments.values()) - {None}
        self._excluding = [
            Clock(moment, self.zone) for moment in moments if moments[moment] is None
        ]

    def _read(self, text: str) -> float:
        return datetime.fromisoformat(text).astimezone(self.zone).timestamp()

    def keys(self, now: datetime) -> list[str]:
        """All keys up to now, in order."""
        return [self._key(window) for window in self._windows(now)]

    def window(self, key: str) -> PartitionWindow | None:
        """The window of a key; None if the key does not match the format."""
        start = read(key, self.published.format, self.zone)
        return None if start is None else next(self._after(start.timestamp()), None)

    def problem(self, key: str, now: datetime) -> PartitionProblem | None:
        """Why a key is not one of the partitions up to now, with one that is."""
        window, windows = self.window(key), self._windows(now)
        if window and self._key(window) == key and window.since in {own.since for own in windows}:
            return None
        if not windows:
            return unknown_key(key, "there are none yet")
        start = read(key.strip(_AROUND), self.published.format, self.zone)
        if start is None:
            return unknown_key(key, f"keys look like `{self._key(windows[-1])}`")
        if not windows[0].since <= start.timestamp() < windows[-1].until:
            ends = f"`{self._key(windows[0])}` to `{self._key(windows[-1])}`"
            return unknown_key(key, f"there are {ends}")
        nearest = next(own for own in windows if start.timestamp() < own.until)
        return unknown_key(key, f"the nearest is `{self._key(nearest)}`")

    def between(self, first: str, last: str, now: datetime) -> list[str] | PartitionProblem:
        """The keys from one to another, in order."""
        for key in (first, last):
            if problem := self.problem(key, now):
                return problem
        keys = self.keys(now)
        low, high = keys.index(first), keys.index(last)
        return keys[low : high + 1] if low <= high else reversed_range(first, last)

    def overlapping(self, since: float, until: float, now: datetime) -> list[str]:
        """The keys of the windows that share some time with another."""
        windows = self._windows(now)
        return [self._key(own) for own in windows if own.since < until and since < own.until]

    def latest(self, now: datetime) -> str | None:
        """The last partition whose window has ended; None if there is none."""
        ended = [window for window in self._windows(now) if window.until <= now.timestamp()]
        return self._key(ended[-1]) if ended else None

    def _key(self, window: PartitionWindow) -> str:
        return written(window.start, self.published.format, self.clock.every_hour)

    def _windows(self, now: datetime) -> list[PartitionWindow]:
        """Up to the last one, and at least the first."""
        last = self._last(now.timestamp())
        if last is None:
            return []
        windows = self._after(self.start)
        first = next(windows)
        return [first, *takewhile(lambda window: window.since <= last.since, windows)]

    def _first(self, now: float) -> PartitionWindow | None:
        """The first window, if there are any up to now."""
        offset, first = self.published.end_offset, next(self._after(self.start), None)
        if first is None or (self.end is not None and self.end <= self.start):
            return None
        if offset == 0:
            return first if first.until <= now else None
        later, earlier = self._after(now), self._before(now)
        until = _nth(later, offset) if offset > 0 else _nth(earlier, -offset - 1)
        return first if until and first.until <= until.since else None

    def _last(self, now: float) -> PartitionWindow | None:
        offset, first = self.published.end_offset, self._first(now)
        if first is None:
            return None
        if offset == 0:
            return next(self._before(now if self.end is None else min(now, self.end)), None)
        ended = next(self._before(now))
        ahead = _nth(self._after(ended.until), offset - 1)
        current = ahead if offset > 0 else _nth(self._before(now), -offset)
        end = None if self.end is None else next(self._before(self.end), None)
        if end and current and end.since <= current.since:
            return end
        return max(first, current, key=lambda window: window.since) if current else None

    def _after(self, moment: float) -> Iterator[PartitionWindow]:
        """The windows that start at a moment or later."""
        for start, end in pairwise(self.clock.after(moment)):
            if not self._is_excluded(start):
                yield PartitionWindow(start, end)

    def _before(self, moment: float) -> Iterator[PartitionWindow]:
        """The windows that end at a moment or earlier, the last one first."""
        for end, start in pairwise(self.clock.before(moment)):
            if not self._is_excluded(start):
                yield PartitionWindow(start, end)

    def _is_excluded(self, start: datetime) -> bool:
        moment = start.timestamp()
        ticks = (next(clock.after(moment), None) for clock in self._excluding)
        return moment in self._excluded or any(
            tick and tick.timestamp() == moment for tick in ticks
        )


def _moment(exclusion: str) -> float | None:
    """The moment of an excluded time; None for a cron expression."""
    try:
        return datetime.fromisoformat(exclusion).timestamp()
    except ValueError:
        return None


def _nth(windows: Iterator[PartitionWindow], number: int) -> PartitionWindow | None:
    return next(islice(windows, max(number, 0), None), None)
