"""Durations: what is one, what is none, and what is said then."""

import re
from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import TypeAdapter, ValidationError

from pipes_projects.manifest.model import Model
from pipes_projects.manifest.model.json_schema import validator
from pipes_projects.manifest.values.duration import (
    DELAY_SCHEMA,
    DURATION_SCHEMA,
    Delay,
    Duration,
    duration_text,
    parse_duration,
)

HELP = "write a number and its unit, as in `90s`, `24h` or `1d12h`"
DURATION: TypeAdapter[timedelta] = TypeAdapter(Duration)
DELAY: TypeAdapter[float] = TypeAdapter(Delay)
PYDANTIC = TypeAdapter(timedelta)


class Times(Model):
    """Both types, as fields."""

    window: Duration | None = None
    delay: Delay | None = None


def refusal(adapter: TypeAdapter[Any], value: object) -> tuple[str, str | None]:
    with pytest.raises(ValidationError) as raised:
        adapter.validate_python(value)
    (error,) = raised.value.errors()
    assert error["type"] == "invalid-value"
    return error["msg"], error["ctx"]["help"]


def is_shown_as_right(schema: dict[str, Any], value: object) -> bool:
    return bool(validator(schema).is_valid(value))


@pytest.mark.parametrize(
    ("text", "seconds", "again"),
    [
        ("24h", 86400, "1d"),
        ("90m", 5400, "1h30m"),
        ("1d12h", 129600, "1d12h"),
        ("1d 12h", 129600, "1d12h"),
        ("1d   12h 5s", 129605, "1d12h5s"),
        ("45s", 45, "45s"),
        ("2w", 1209600, "14d"),
        ("1w1d1h1m1s", 694861, "8d1h1m1s"),
        ("1.5h", 5400, "1h30m"),
        ("0.1s", 0.1, "0.1s"),
        ("10s", 10, "10s"),
        ("0s", 0, "0s"),
        ("007d", 604800, "7d"),
        ("PT24H", 86400, "1d"),
        ("P1D", 86400, "1d"),
        ("P1DT12H", 129600, "1d12h"),
        ("P2W", 1209600, "14d"),
        ("PT0.5S", 0.5, "0.5s"),
        ("PT1M", 60, "1m"),
        ("P1DT1H1M1.000001S", 90061.000001, "1d1h1m1.000001s"),
    ],
)
def test_a_length_of_time(text: str, seconds: float, again: str) -> None:
    duration = DURATION.validate_python(text)
    assert duration == timedelta(seconds=seconds)
    assert duration_text(duration) == again
    assert DELAY.validate_python(text) == seconds
    assert is_shown_as_right(DURATION_SCHEMA, text)
    assert is_shown_as_right(DELAY_SCHEMA, text)


NO_TIMES = ["", "h", "P", "PT", "P1DT", "T1H", "24H", "1 h", " 1h", "1h ", "1h\n", "-1h", "-P1D"]
NO_TIMES += [
    "1e3s",
    ".5h",
    "1,5h",
    "1h1d",
    "1h1h",
    "1h, 5m",
    "1dT2h",
    "1:30",
    "٣h",
    "500ms",
    "PT5M1H",
]
NOT_FIXED = ["P1Y", "P2M", "P1M1D", "P1YT5M", "3mo", "1y", "2 years"]
TOO_LONG = ["10000h", "P123W", "1.0000001d", "31536000s"]


def assert_refused(value: object, message: str, help_: str) -> None:
    assert refusal(DURATION, value) == (message, help_)
    assert parse_duration(value) is None
    assert not is_shown_as_right(DURATION_SCHEMA, value)
    if isinstance(value, str):
        assert refusal(DELAY, value) == (message, help_)
        assert not is_shown_as_right(DELAY_SCHEMA, value)


@pytest.mark.parametrize("value", [*NO_TIMES, -1, float("nan"), float("inf")])
def test_what_is_no_length_of_time(value: object) -> None:
    assert_refused(value, f"`{value}` is not a duration", HELP)


@pytest.mark.parametrize("value", [True, None, [], {"d": 1}])
def test_what_is_neither_text_nor_number_is_no_length_of_time(value: object) -> None:
    assert_refused(value, "this is not a duration", HELP)


@pytest.mark.parametrize("value", [3600, 1.5, 0, "3600", "1.5"])
def test_a_bare_number_has_no_unit(value: object) -> None:
    assert_refused(value, f"`{value}` has no unit", f"write the unit, as in `{value}s`")


@pytest.mark.parametrize("text", NOT_FIXED)
def test_years_and_months_have_no_fixed_length(text: str) -> None:
    help_ = "years and months have no fixed length: write days, as in `30d`"
    assert_refused(text, f"`{text}` is not a fixed duration", help_)


@pytest.mark.parametrize("text", TOO_LONG)
def test_a_number_has_few_digits(text: str) -> None:
    help_ = "write it in another unit, as in `30d`"
    assert_refused(text, f"`{text}` has too many digits", help_)


@given(st.from_regex(re.compile(DURATION_SCHEMA["pattern"]), fullmatch=True))
@settings(max_examples=300, deadline=None)
def test_what_editors_accept_is_accepted_and_written_again(text: str) -> None:
    duration = DURATION.validate_python(text)
    assert duration.total_seconds() <= 10**9
    assert DELAY.validate_python(text) == duration.total_seconds()
    if duration.days < 10**4:
        assert parse_duration(duration_text(duration)) == duration


@given(st.text("0123456789.wdhmsPTWDHMS ", max_size=12))
@settings(max_examples=500, deadline=None)
def test_any_text_has_an_answer_that_the_schema_has_too(text: str) -> None:
    known = parse_duration(text) is not None
    assert (
        is_shown_as_right(DURATION_SCHEMA, text) == is_shown_as_right(DELAY_SCHEMA, text) == known
    )


@given(st.timedeltas(timedelta(), timedelta(days=9999)))
def test_pydantic_reads_the_iso_form_alike(duration: timedelta) -> None:
    seconds = f"{duration.seconds}.{duration.microseconds:06}"
    text = f"P{duration.days}DT{seconds}S"
    assert DURATION.validate_python(text) == PYDANTIC.validate_python(text) == duration


@pytest.mark.parametrize("value", [0, 0.5, 60, 10**9, -0.0])
def test_a_delay_may_be_a_number_of_seconds(value: float) -> None:
    assert DELAY.validate_python(value) == value
    assert is_shown_as_right(DELAY_SCHEMA, value)


@pytest.mark.parametrize("value", [-1, -0.5, 10**9 + 1, 10**400, -(10**400), float("inf")])
def test_a_delay_is_not_any_number(value: float) -> None:
    with pytest.raises(ValidationError) as raised:
        DELAY.validate_python(value)
    assert raised.value.errors()[0]["type"] in ("greater_than_equal", "less_than_equal")
    assert not is_shown_as_right(DELAY_SCHEMA, value)


@pytest.mark.parametrize("value", [True, [], {}, None])
def test_a_delay_is_a_number_or_text(value: object) -> None:
    message = "this is neither a number of seconds nor a duration"
    assert refusal(DELAY, value) == (message, HELP)
    assert not is_shown_as_right(DELAY_SCHEMA, value)


def test_fields_survive_being_written_and_read_again() -> None:
    times = Times.model_validate({"window": "36h", "delay": "1.5m"})
    written = times.model_dump(mode="json")
    assert written == {"window": "1d12h", "delay": 90.0}
    assert Times.model_validate(written) == times
    assert Times.model_validate(times.model_dump()) == times
    assert Times.model_validate_json(times.model_dump_json(), strict=True) == times


def test_the_schemas_are_those_of_the_types() -> None:
    assert DURATION.json_schema() == DURATION_SCHEMA
    assert DELAY.json_schema() == DELAY_SCHEMA
