"""The start of a window ↔ its key."""

from __future__ import annotations

from datetime import UTC, datetime, tzinfo


def written(start: datetime, format_: str, every_hour: bool) -> str:
    """The key of a window; if an hour comes twice, the second one includes its offset."""
    if every_hour and "%z" not in format_ and _is_second(start):
        return start.strftime(f"{format_}%z")
    return start.strftime(format_)


def _is_second(start: datetime) -> bool:
    first = start.replace(fold=0).utcoffset()
    second = start.replace(fold=1).utcoffset()
    is_fold = start.fold == 1 and start.tzinfo is not UTC
    return bool(is_fold and first is not None and second is not None and first > second)


def read(key: str, format_: str, zone: tzinfo) -> datetime | None:
    """The time that a key names; None if it does not match the format."""
    found = _parsed(key, format_) or ("%z" not in format_ and _parsed(key, f"{format_}%z")) or None
    if found is None:
        return None
    return found.astimezone(zone) if found.tzinfo else found.replace(tzinfo=zone)


def _parsed(key: str, format_: str) -> datetime | None:
    try:
        return datetime.strptime(key, format_)
    except ValueError:
        return None
