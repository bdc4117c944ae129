"""The values that a script may ask for, from what it is told through Pipes."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time
from typing import Any, NamedTuple

from pipes_projects.kinds.sql.reading.statements import AskedValue, BadSqlError


class RunTold(NamedTuple):
    """What a run says about parameters and partitions."""

    extras: Mapping[str, Any]
    keys: tuple[str, ...] | None
    """The keys of its partitions; None for a script without partitions."""
    window: tuple[date, date] | None
    """From the start of the first to the end of the last, in the partitions' own time zone; dates
    where both are at midnight."""

    def value(self, asked: AskedValue) -> Any:
        """What stands for `{params.name}`; raises `BadSqlError` if there is nothing."""
        return self._param(asked) if asked.what == "params" else self._of_partition(asked)

    def _param(self, asked: AskedValue) -> Any:
        if asked.name not in self.extras:
            from difflib import get_close_matches  # few scripts need it

            near = get_close_matches(asked.name, map(str, self.extras), 1)
            help_ = f"there is `{near[0]}`" if near else "declare it under `params` in the manifest"
            raise BadSqlError(asked.line, f"there is no param `{asked.name}`: {help_}")
        value = self.extras[asked.name]
        if isinstance(value, dict):
            raise BadSqlError(asked.line, f"`{asked.name}` is a mapping, which cannot be bound")
        return value

    def _of_partition(self, asked: AskedValue) -> Any:
        if self.keys is None:
            raise BadSqlError(
                asked.line, "the script has no partitions: its manifest names no `partitions_def`"
            )
        if asked.name == "keys":
            return list(self.keys)
        if asked.name == "key":
            if len(self.keys) > 1:
                raise BadSqlError(asked.line, _SEVERAL)
            return self.keys[0]
        if asked.name not in ("start", "end"):
            known = "`key`, `keys`, `start` and `end`"
            raise BadSqlError(asked.line, f"a partition has {known}, not `{asked.name}`")
        if self.window is None:
            raise BadSqlError(asked.line, "these are not partitions of time: use `{partition.key}`")
        return self.window[asked.name == "end"]


_SEVERAL = (
    "this run is for several partitions: use `{partition.start}` and `{partition.end}`, or"
    " `in {partition.keys}`"
)


def told(data: Mapping[str, Any]) -> RunTold:
    """What a Pipes context says."""
    extras, range_, window = (
        data["extras"] or {},
        data["partition_key_range"],
        data["partition_time_window"],
    )
    if range_ is None:
        return RunTold(extras, None, None)
    keys = extras.get("partition_keys") or [range_["start"]]
    return RunTold(extras, tuple(keys), _window(window["start"], window["end"]) if window else None)


def _window(start: str, end: str) -> tuple[date, date]:
    times = [datetime.fromisoformat(text).replace(tzinfo=None) for text in (start, end)]
    if all(moment.time() == time() for moment in times):
        return times[0].date(), times[1].date()
    return times[0], times[1]
