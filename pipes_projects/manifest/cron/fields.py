"""Cron expression → what its five fields name, by the rules of the croniter inside Dagster.

They are written again here because `check` works without Dagster, and because the croniter on PyPI
has others: it takes `15W`, and `59/15` means something else to it.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, NamedTuple

from pipes_projects.manifest.cron.words import MACROS, MONTHS, WEEKDAYS

NAMES: Final = ("minute", "hour", "day of the month", "month", "day of the week")
LAST: Final = -1
"""The place of the last weekday of a month, among the first, the second and so on."""

_DAY, _MONTH, _WEEKDAY = 2, 3, 4
_RANGES: Final = ((0, 59), (0, 23), (1, 31), (1, 12), (0, 6))
_WORDS: Final[tuple[dict[str, int], ...]] = (
    {},
    {},
    {},
    {name: number for number, name in enumerate(MONTHS, 1)},
    {name: number for number, name in enumerate(WEEKDAYS)},
)
_HELP: Final = (
    "minutes are 0 to 59",
    "hours are 0 to 23",
    "days of the month are 1 to 31, and `L` is the last one",
    "months are 1 to 12, or `jan` to `dec`",
    "days of the week are 0 to 7, or `sun` to `sat`; 0 and 7 are Sunday",
)
_NUMBER = "Dagster does not know `H`: write a number"
_PLACES = "`1#2` is the second Monday of a month, `1#5` the fifth, and other days cannot join them"
_FIVE = "write five fields: minute, hour, day of the month, month, day of the week"


@dataclass(frozen=True)
class Field:
    """What one field names."""

    numbers: frozenset[int] = frozenset()
    every: bool = False
    """Whether `*` is among it."""
    last: bool = False
    """Whether the last day of a month is among it."""
    nth: frozenset[tuple[int, int]] = frozenset()
    """Weekdays of a month, such as the second Monday; their numbers are among `numbers`."""

    def __len__(self) -> int:
        return len(self.numbers) + self.every + self.last


class Fields(NamedTuple):
    """A cron expression."""

    minutes: Field
    hours: Field
    days: Field
    months: Field
    weekdays: Field


class Fault(NamedTuple):
    """Why some text is not a cron expression, and what would be one."""

    reason: str
    help: str


@cache
def expand(text: str) -> Fields | Fault:
    """What the expression names; where it draws by chance (`R`), one of the possible draws."""
    parts = tuple(MACROS.get(text.lower(), text.lower()).split())
    if len(parts) != 5:
        return _miscounted(text, len(parts))
    found = [_field(index, part) for index, part in enumerate(parts)]
    for index, field in enumerate(found):
        if field is None:
            return _fault(index, text.split()[index])
    return _whole(Fields(*(field for field in found if field is not None)), parts)


def _miscounted(text: str, count: int) -> Fault:
    if text.startswith("@"):
        return Fault("there is no such short name", f"known are {_listed(MACROS)}")
    if not count:
        return Fault("it is empty", _FIVE)
    short = f"@{text.strip().lower()}"
    help_ = f'write `"{short}"`' if short in MACROS else _FIVE
    return Fault(f"it has {count} field{'s' if count > 1 else ''}", help_)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(f"`{name}`" for name in names)


def _fault(index: int, part: str) -> Fault:
    hashed = re.fullmatch(_DRAW, part.lower()) and part[0] in "hH"
    help_ = _NUMBER if hashed else _PLACES if index == _WEEKDAY and "#" in part else _HELP[index]
    return Fault(f"its {NAMES[index]} cannot be `{part}`", help_)


def _whole(fields: Fields, parts: tuple[str, ...]) -> Fields | Fault:
    """What must hold between the fields."""
    days, months = fields.days, fields.months
    if months == Field(frozenset({2})) and days in _NOT_IN_FEBRUARY:
        return Fault(f"there is no {min(days.numbers)} February", "February has 28 or 29 days")
    return fields._replace(
        days=_all_of(days, 31, parts[_WEEKDAY]), weekdays=_all_of(fields.weekdays, 7, parts[_DAY])
    )


_NOT_IN_FEBRUARY = (Field(frozenset({30})), Field(frozenset({31})))


def _all_of(field: Field, size: int, other: str) -> Field:
    """Days that are all written out restrict nothing where the other field of days has a `*`."""
    return replace(field, every=field.every or (len(field) == size and "*" in other))


def _field(index: int, text: str) -> Field | None:
    if text == "?" and index in (_DAY, _WEEKDAY):
        return Field(every=True)
    drawn = re.fullmatch(_DRAW, text)
    if drawn:
        return _drawn(index, drawn)
    found = Field()
    for item in text.split(","):
        named = _item(index, item)
        if named is None:
            return None
        found = _union(found, named)
    return None if _is_mixed(found) else found


def _union(one: Field, other: Field) -> Field:
    return Field(
        one.numbers | other.numbers,
        one.every or other.every,
        one.last or other.last,
        one.nth | other.nth,
    )


def _is_mixed(field: Field) -> bool:
    """The second Monday and any Tuesday do not go together."""
    others = field.numbers - {weekday for weekday, _ in field.nth}
    return bool(field.nth and others) and len(field) != 7


_DRAW = r"([hr])(?:\((\d+)-(\d+)\))?(?:/(\d+))?"


def _drawn(index: int, match: re.Match[str]) -> Field | None:
    """Of a field that is drawn by chance, the lowest draw, if it and the highest are possible."""
    letter, begin, end, step = match.groups()
    low, high = (_number(begin), _number(end)) if begin else _RANGES[index]
    if letter == "h" or low is None or high is None or low >= high:
        return None
    size = 1 if step is None else _number(step)
    if not size:
        return None
    lowest, highest = low, high if step is None else low + size - 1
    rest = "" if step is None else f"-{high}/{size}"
    drawn = [_item(index, f"{draw}{rest}") for draw in (lowest, highest)]
    return None if None in drawn else drawn[0]


_NTH = r"(\w+|(?:{0})-(?:{0}))#(\d+)".format("|".join(WEEKDAYS))
_LAST = r"l(\d+)"


def _item(index: int, text: str) -> Field | None:
    """What one of the items between commas names."""
    if index == _WEEKDAY and (match := re.fullmatch(_NTH, text)):
        place = _number(match[2])
        return _nth(match[1], place) if place in range(1, 6) else None
    if index == _WEEKDAY and (match := re.fullmatch(_LAST, text)):
        return _nth(match[1], LAST)
    if text == "*":
        return Field(every=True)
    if index == _DAY and text == "l":
        return Field(last=True)
    numbers = _numbers(index, text)
    first, last = _RANGES[index]
    inside = numbers and all(first <= number <= last for number in numbers)
    return Field(frozenset(numbers)) if numbers and inside else None


def _nth(weekdays: str, place: int | None) -> Field | None:
    found = _item(_WEEKDAY, weekdays)
    if found is None or place is None or found.nth or found.every:
        return None
    return replace(found, nth=frozenset((weekday, place) for weekday in found.numbers))


_RANGE = r"(\w+)-(\w+)(?:/(\d+))?"
_STEPS = r"(\w+|\*)/(\d+)"


def _numbers(index: int, text: str) -> list[int] | None:
    """The numbers of `5`, `1-5`, `1-5/2`, `1/2` and `*/2`."""
    first, last = _RANGES[index]
    if match := re.fullmatch(_RANGE, text):
        low, high, step = _value(index, match[1]), _value(index, match[2]), match[3] or "1"
        high = last if index == _DAY and match[2] == "l" else high
    elif match := re.fullmatch(_STEPS, text):
        low, high, step = first if match[1] == "*" else _value(index, match[1]), last, match[2]
    else:
        single = _value(index, text)
        return None if single is None else [single]
    size = _number(step)
    if low is None or high is None or not size or max(low, high) > last:
        return None
    return _span(low, high, size, _RANGES[index])


def _span(low: int, high: int, step: int, bounds: tuple[int, int]) -> list[int]:
    first, last = bounds
    if low == high:  # `sun-sun` is the whole week
        return list(range(first, last + 1, step))
    if low < high:
        return list(range(low, high + 1, step))
    before = list(range(low, last + 1, step))
    left = last - before[-1]
    skipped = step - left if step - 1 > left else 0
    return before + list(range(first + skipped, high + 1, step))


def _value(index: int, text: str) -> int | None:
    number = _WORDS[index].get(text, _number(text))
    return 0 if index == _WEEKDAY and number == 7 else number


def _number(text: str) -> int | None:
    return int(text) if text.isdecimal() and len(text) < 4000 else None
